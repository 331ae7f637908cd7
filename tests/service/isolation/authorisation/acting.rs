//! What each role may do, to whose: every mutation is sent, and passes where it is not refused for who sends it, or as
//! for what is not there.

use std::collections::{BTreeMap, BTreeSet};

use nominations::schema::GlobalId;
use serde_json::{Value, json};

use super::ground::{Ground, ROLES, Whose, caller};
use crate::service::isolation::probes::{unknown, unknown_nzbn};
use crate::service::isolation::rows::{Row, Stage, row};
use crate::service::support::acts::{MUTATIONS, Target, document, input};
use crate::service::support::cast::{
    ITP_ASSESSOR, ITP_LEAD, KAURI, KAURI_AGENT, Member, NZTECH, NZTECH_ASSESSOR, NZTECH_LEAD, NZTECH_SECOND,
    RATA, RATA_AGENT,
};
use crate::service::support::{Caller, World};

/// Of every mutation: what each role may do it to.
pub type Done = BTreeMap<&'static str, [BTreeSet<Whose>; ROLES.len()]>;

/// What names an application, each with the stage that has what it acts on.
const OF_APPLICATIONS: [(&str, Stage); 26] = [
    ("updateApplication", Stage::Draft),
    ("addEvidence", Stage::Draft),
    ("removeEvidence", Stage::Draft),
    ("assignApplications", Stage::InAssessment),
    ("recordAssessment", Stage::InAssessment),
    ("verifyEvidence", Stage::InAssessment),
    ("recommend", Stage::InAssessment),
    ("requestInformation", Stage::InAssessment),
    ("answerInformationRequest", Stage::InAssessment),
    ("cancelInformationRequest", Stage::InAssessment),
    ("confirm", Stage::Recommended),
    ("decline", Stage::Recommended),
    ("sendBack", Stage::Recommended),
    ("returnApplication", Stage::InAssessment),
    ("reconsider", Stage::Recommended),
    ("holdApplication", Stage::Recommended),
    ("releaseHold", Stage::Recommended),
    ("amendNomination", Stage::Confirmed),
    ("confirmAmendment", Stage::Confirmed),
    ("resolveDiscrepancy", Stage::Confirmed),
    ("revealPassport", Stage::Confirmed),
    ("replaceWorker", Stage::Confirmed),
    ("revokeNomination", Stage::Confirmed),
    ("withdrawApplication", Stage::Confirmed),
    // The last, since they change whose something is.
    ("submitApplication", Stage::Draft),
    ("declareConflict", Stage::InAssessment),
];

/// What names an employer.
const OF_EMPLOYERS: [&str; 2] = ["createApplication", "inviteColleague"];

/// What names somebody, or what is somebody's.
const OF_PEOPLE: [&str; 5] =
    ["revokeInvitation", "decideEmployerClaim", "changeMember", "removeMember", "endSession"];

/// What names nothing that is one body's alone.
const OF_ALL: [&str; 20] = [
    "takeNextApplication",
    "importApplications",
    "registerInterest",
    "recordAgencyOutcomes",
    "prepareRelease",
    "attestRelease",
    "publishRelease",
    "abandonRelease",
    "acknowledgeRelease",
    "openBallot",
    "commitBallotSecret",
    "revealBallotSecret",
    "drawBallot",
    "strikeBallotEntry",
    "voidBallot",
    "inviteMember",
    "addServiceAccount",
    "registerEmployer",
    "reconcile",
    "signOffReconciliation",
];

#[test]
fn every_mutation_is_of_one_kind() {
    let mut listed: Vec<&str> = OF_APPLICATIONS.iter().map(|(mutation, _)| *mutation).collect();
    listed.extend(OF_EMPLOYERS.iter().chain(&OF_PEOPLE).chain(&OF_ALL));
    let mut all = MUTATIONS.to_vec();
    listed.sort_unstable();
    all.sort_unstable();
    assert_eq!(listed, all, "say here what a new mutation names");
}

pub async fn measure(ground: &Ground) -> Done {
    let mut done = Done::new();
    let somebodies = Somebodies::find(&ground.settled).await;
    for mutation in OF_ALL {
        try_all(&mut done, ground, mutation, |_| vec![(Whose::Common, unknown(&target_of(&ground.rows[0])))])
            .await;
    }
    for mutation in OF_EMPLOYERS {
        try_all(&mut done, ground, mutation, |_| {
            let of = |nzbn: &str| Target { nzbn: nzbn.to_owned(), ..target_of(&ground.rows[0]) };
            vec![
                (Whose::Own, of(KAURI.nzbn)),
                (Whose::Anothers, of(RATA.nzbn)),
                (Whose::Absent, of(&unknown_nzbn())),
            ]
        })
        .await;
    }
    for mutation in OF_PEOPLE {
        try_all(&mut done, ground, mutation, |asker| somebodies.targets(mutation, asker, &ground.rows[0]))
            .await;
    }
    for (mutation, stage) in OF_APPLICATIONS {
        try_all(&mut done, ground, mutation, |asker| of_rows(ground, stage, asker)).await;
        in_conflict(&mut done, ground, mutation, stage).await;
    }
    for (mutation, roles) in &done {
        let wrong = [Whose::Absent, Whose::Hidden];
        assert!(
            roles.iter().all(|of| wrong.iter().all(|whose| !of.contains(whose))),
            "{mutation}: {roles:?}"
        );
    }
    done
}

async fn try_all(
    done: &mut Done,
    ground: &Ground,
    mutation: &'static str,
    targets: impl Fn(Option<&'static Member>) -> Vec<(Whose, Target)>,
) {
    for (role, asker) in ROLES.into_iter().enumerate() {
        let caller = caller(&ground.settled, asker).await;
        for (whose, target) in targets(asker) {
            if passes(&caller, mutation, &target, whose).await {
                done.entry(mutation).or_default()[role].insert(whose);
            }
        }
        done.entry(mutation).or_default();
    }
}

/// The same by an assessor and a lead who have declared a conflict with the employer.
async fn in_conflict(done: &mut Done, ground: &Ground, mutation: &'static str, stage: Stage) {
    for (role, asker) in ROLES.into_iter().enumerate() {
        let Some(member) =
            asker.filter(|one| [NZTECH_ASSESSOR.handle, NZTECH_LEAD.handle].contains(&one.handle))
        else {
            continue;
        };
        let caller = ground.conflicted.sign_in(member).await;
        let stage = if stage == Stage::Draft { Stage::InAssessment } else { stage };
        let about = row(&ground.conflicted_rows, &NZTECH, &KAURI, stage);
        if passes(&caller, mutation, &target_of(about), Whose::Conflict).await {
            done.entry(mutation).or_default()[role].insert(Whose::Conflict);
        }
    }
}

fn of_rows(ground: &Ground, stage: Stage, asker: Option<&'static Member>) -> Vec<(Whose, Target)> {
    let mut all: Vec<(Whose, Target)> = [Whose::Own, Whose::Anothers, Whose::Hidden]
        .into_iter()
        .filter_map(|whose| Some((whose, target_of(ground.row(whose, stage, asker)?))))
        .collect();
    all.push((Whose::Absent, unknown(&target_of(&ground.rows[0]))));
    all
}

fn target_of(row: &Row) -> Target {
    row.target(GlobalId::of(&NZTECH_ASSESSOR.person()).as_ref(), "Kiwiq")
}

/// Sends it, and tells whether it is refused for another reason than who sends it, or not at all.
async fn passes(caller: &Caller, mutation: &str, target: &Target, whose: Whose) -> bool {
    let answer = caller.ask(&document(mutation), &json!({ "input": input(mutation, target) })).await.json();
    if let Some(errors) = answer.get("errors") {
        assert_eq!(errors[0]["extensions"]["code"], "UNAUTHENTICATED", "{mutation}: {answer}");
        return false;
    }
    match answer["data"][mutation]["userErrors"][0]["code"].as_str() {
        Some("NOT_PERMITTED" | "CONFLICT_OF_INTEREST") => false,
        // What is of all may not be there yet.
        Some("NOT_FOUND") => whose == Whose::Common,
        // A conflict bars from what would be done, whatever it is refused for first.
        Some(_) => whose != Whose::Conflict,
        None => true,
    }
}

/// Members, invitations, claims and sessions: of NZTech, of ITP, and of the people there.
struct Somebodies {
    invitations: [String; 3],
    claims: [String; 2],
    sessions: BTreeMap<&'static str, String>,
}

impl Somebodies {
    async fn find(world: &World) -> Self {
        let mut sessions = BTreeMap::new();
        for member in ROLES.into_iter().flatten().chain([&RATA_AGENT, &ITP_LEAD]) {
            let data =
                world.sign_in(member).await.data("{ viewer { sessions { id isCurrent } } }", json!({})).await;
            let all = data["viewer"]["sessions"].as_array().expect("sessions").clone();
            sessions.insert(member.handle, text(&all[0]["id"]));
        }
        let mut found = Vec::new();
        for inviting in [&NZTECH_LEAD, &ITP_LEAD, &KAURI_AGENT] {
            let query =
                "{ invitations(first: 5) { nodes { id } } employerClaims(first: 5) { nodes { id } } }";
            found.push(world.sign_in(inviting).await.data(query, json!({})).await);
        }
        let first = |of: &str, whose: usize| text(&found[whose][of]["nodes"][0]["id"]);
        let invitations = [0, 1, 2].map(|whose| first("invitations", whose));
        Self { invitations, claims: [0, 1].map(|body| first("employerClaims", body)), sessions }
    }

    fn targets(&self, mutation: &str, asker: Option<&'static Member>, like: &Row) -> Vec<(Whose, Target)> {
        let membership = |member: &Member| GlobalId::of(&member.membership()).to_string();
        let is_agent = asker.is_some_and(|member| member.firm.is_some());
        let (own, anothers) = match mutation {
            // Kauri's own is a colleague's; its agent's claim is with NZTech.
            "revokeInvitation" if is_agent => (self.invitations[2].clone(), self.invitations[0].clone()),
            "revokeInvitation" => (self.invitations[0].clone(), self.invitations[1].clone()),
            "decideEmployerClaim" => (self.claims[0].clone(), self.claims[1].clone()),
            "endSession" => {
                let own = asker.map_or(ITP_LEAD.handle, |member| member.handle);
                (self.sessions[own].clone(), self.sessions[RATA_AGENT.handle].clone())
            }
            _ => (membership(&NZTECH_SECOND), membership(&ITP_ASSESSOR)),
        };
        let of = |id: String| Target { application: id, version: 1, ..target_of(like) };
        vec![(Whose::Own, of(own)), (Whose::Anothers, of(anothers))]
    }
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}
