//! What nobody may learn but those to whom it belongs: every word, name, id and reference, each with who may read it.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use entity::StaffRole;
use nominations::schema::GlobalId;

use super::rows::{Row, Stage, pay_of};
use crate::service::support::Answer;
use crate::service::support::cast::{EVERYBODY, Firm, ITP, KAURI, Member, NZTECH, RATA};

/// Something that only some may read.
#[derive(Debug)]
pub struct Secret {
    pub text: String,
    /// How the handles of those begin who may.
    pub of: Vec<&'static str>,
    /// Whether somebody should be seen to read it, so that looking for it means something.
    pub is_shown: bool,
}

/// The words in what was written, each with those whom it is for: first those in applications, then those of a body's
/// own people, then those in expressions of interest.
const WORDS: [(&str, &[&str]); 10] = [
    ("canaryq", &["kauri", "nztech"]),
    ("keaq", &["kauri"]),
    ("robinq", &["rata", "nztech"]),
    ("pipitq", &["kauri", "itp"]),
    ("wrenq", &["rata"]),
    ("moreporkq", &["nztech"]),
    ("wekaq", &["itp"]),
    ("tuiq", &["kauri", "nztech"]),
    ("kakaq", &["kauri", "itp"]),
    ("titiq", &["rata", "nztech"]),
];

/// All of them. They are looked for in small letters.
pub fn secrets(rows: &[Row]) -> Vec<Secret> {
    let mut all: Vec<Secret> = WORDS.iter().map(|(word, of)| shown(word, of)).collect();
    all.extend(WORDS[..5].iter().map(|(word, of)| shown(pay_of(word), of)));
    // The number of a passport is shown to nobody at all.
    all.push(Secret { is_shown: false, ..shown("n000000", &[]) });
    all.extend(
        [(&KAURI, &["kauri", "nztech", "itp"][..]), (&RATA, &["rata", "nztech"])]
            .into_iter()
            .flat_map(|(firm, of)| [shown(firm.name, of), shown(firm.nzbn, of)]),
    );
    all.extend(
        [(&KAURI, &["kauri", "nztech", "itp"][..]), (&RATA, &["rata", "nztech"])]
            .into_iter()
            .flat_map(|(firm, of)| of_id(&GlobalId::of(&firm.id()), of)),
    );
    all.extend(EVERYBODY.into_iter().flat_map(people));
    for member in EVERYBODY {
        let of = member.body.map_or(member.handle, |body| body.slug);
        all.extend(of_id(&GlobalId::of(&member.person()), &[of]));
    }
    for row in rows {
        let firm = prefix_of_firm(row.firm);
        all.extend(row.interest.iter().flat_map(|id| of_id(id, &[firm, row.body.slug])));
        let mut both = vec![firm, row.body.slug];
        if row.stage == Stage::Draft {
            both = vec![firm];
        }
        all.extend(of_id(&row.id, &both));
        // The employer's records count for a draft too, and are the body's to see where it has another application.
        let is_elsewhere = |id| rows.iter().any(|row| row.stage > Stage::Draft && row.evidence.contains(id));
        let evidence = row.evidence.iter().filter(|id| row.stage > Stage::Draft || !is_elsewhere(id));
        all.extend(evidence.flat_map(|id| of_id(id, &both)));
        all.extend(row.events.iter().flat_map(|id| of_id(id, &both)));
        let found = Some(&row.discrepancy).filter(|id| !id.is_empty());
        all.extend(found.into_iter().flat_map(|id| of_id(id, &[row.body.slug])));
        all.extend(row.events_inside.iter().flat_map(|id| of_id(id, &[row.body.slug])));
        // What holds a place is on the combined list, which the bodies share.
        let on_the_list = row.status == "NOMINATED";
        let of = if on_the_list { vec![firm, NZTECH.slug, ITP.slug] } else { both };
        all.push(shown(&row.reference, &of));
    }
    all
}

/// Those that are in an answer and that its reader may not read.
pub fn leaked<'s>(secrets: &'s [Secret], reader: &str, answer: &Answer) -> Vec<&'s Secret> {
    let whole = answer.whole().to_lowercase();
    let hidden = secrets.iter().filter(|secret| !secret.may_be_read_by(reader));
    hidden.filter(|secret| whole.contains(&secret.text)).collect()
}

impl Secret {
    /// Whether somebody with this handle may read it.
    pub fn may_be_read_by(&self, handle: &str) -> bool {
        self.of.iter().any(|start| handle.starts_with(start))
    }
}

/// How the handles of an employer's agents begin.
pub fn prefix_of_firm(firm: &Firm) -> &'static str {
    if firm.nzbn == KAURI.nzbn { "kauri" } else { "rata" }
}

fn shown(text: &str, of: &[&'static str]) -> Secret {
    Secret { text: text.to_lowercase(), of: of.to_vec(), is_shown: true }
}

/// An id as it is sent, and what stands in it.
fn of_id(id: &str, of: &[&'static str]) -> [Secret; 2] {
    let opened = URL_SAFE_NO_PAD.decode(id).expect("an id");
    let opened = String::from_utf8(opened).expect("a text");
    let (_, key) = opened.split_once(':').expect("a type and a key");
    [shown(id, of), Secret { is_shown: false, ..shown(key, of) }]
}

/// A name is for colleagues; an agent's also for the body that the agent writes to. An address is for oneself and
/// for colleagues.
fn people(member: &'static Member) -> Vec<Secret> {
    let name = |of: &[&'static str], is_shown| Secret { is_shown, ..shown(member.name, of) };
    let email = |of: &[&'static str], is_shown| Secret { is_shown, ..shown(&member.email(), of) };
    match (member.role, member.body) {
        (StaffRole::Service, Some(body)) => vec![name(&[body.slug], true)],
        (_, Some(body)) => vec![name(&[body.slug], true), email(&[body.slug], true)],
        (StaffRole::Employer, None) if member.handle == "rata-agent" => {
            vec![name(&["rata", "nztech"], true), email(&["rata"], true)]
        }
        (StaffRole::Employer, None) if member.handle == "kauri-agent" => {
            vec![name(&["kauri", "nztech", "itp"], true), email(&["kauri-agent"], true)]
        }
        // Who acts for an employer reads who of the others did what.
        (StaffRole::Employer, None) => vec![name(&["kauri"], true), email(&[member.handle], true)],
        _ => vec![name(&[member.handle], true), email(&[member.handle], true)],
    }
}
