//! Mutations on anybody's rows, chosen so that what each viewer may read stays what it was.
//!
//! What an act changes would change who may read what: a nomination's reference is on the list of both bodies, a draft
//! that is handed in is the body's too. The secrets are known once and hold for all of a run, so an act is sent in one of
//! three ways. On what is hidden from the caller it is sent as it should be: it must be refused. On the caller's own it is
//! sent as it should be where its success tells nobody more than before, or where it is a rehearsal. All other acts on the
//! caller's own are sent with the version before: they come as far as reading the row, and are refused.

use nominations::schema::GlobalId;
use serde_json::{Value, json};

use super::dice::Dice;
use super::pool::Pool;
use crate::service::isolation::rows::{Row, Stage, list, pay_of, text};
use crate::service::isolation::{may_see, unknown_nzbn, unknown_reference};
use crate::service::support::Caller;
use crate::service::support::acts::{MUTATIONS, Target, input};
use crate::service::support::cast::{EVERYBODY, ITP, KAURI, KAURI_SECOND, NZTECH, RATA};

/// Whose success tells nobody more than they could read before.
const HARMLESS: [&str; 20] = [
    "createApplication",
    "updateApplication",
    "addEvidence",
    "removeEvidence",
    "assignApplications",
    "takeNextApplication",
    "declareConflict",
    "recordAssessment",
    "recommend",
    "sendBack",
    "verifyEvidence",
    "answerInformationRequest",
    "requestInformation",
    "cancelInformationRequest",
    "holdApplication",
    "releaseHold",
    "inviteMember",
    "inviteColleague",
    "signOffReconciliation",
    "resolveDiscrepancy",
];

/// Of the others those that can be rehearsed.
const REHEARSED: [&str; 2] = ["withdrawApplication", "revokeNomination"];

/// On people and sign-ins: what they act on stands where an application does.
const ON_PEOPLE: [&str; 3] = ["changeMember", "removeMember", "revokeInvitation"];

/// That name no row, and may be done by whoever asks: they are sent with words and numbers of nobody.
const OF_NOBODY: [&str; 3] = ["registerInterest", "registerEmployer", "recordAgencyOutcomes"];

/// What stands in the texts of acts on what is hidden.
const OF_NO_ROW: &str = "Kiwiq";

/// An act as it is sent.
pub struct Act {
    pub mutation: &'static str,
    pub input: Value,
}

/// Any act by somebody.
pub async fn choose(dice: &Dice, pool: &Pool, rows: &[Row], (handle, caller): (&str, &Caller)) -> Act {
    let mutation = *dice.pick(&MUTATIONS);
    let at = dice.below(rows.len());
    let row = &rows[at];
    let person = GlobalId::of(&dice.pick(&EVERYBODY).person()).to_string();
    let mut target = row.target(&person, OF_NO_ROW);
    target.passport = format!("N000000{at}");
    target.release = pool.ids("Release").first().cloned().unwrap_or(target.release);
    target.reconciliation = dice.pick(pool.ids("Reconciliation")).clone();
    if may_see(handle, row) {
        look(caller, &mut target).await;
        own(mutation, row, handle, &mut target);
    }
    if ON_PEOPLE.contains(&mutation) {
        target.application = of_another(dice, pool, mutation, handle);
    }
    if OF_NOBODY.contains(&mutation) {
        target.nzbn = unknown_nzbn();
        OF_NO_ROW.clone_into(&mut target.word);
    }
    let mut input = input(mutation, &target);
    settle(mutation, &target.word, &mut input);
    if dice.one_in(8) {
        input["idempotencyKey"] = json!(format!("key {}", dice.below(20)));
    }
    Act { mutation, input }
}

/// What the caller sees of a row that is theirs: its version now, and what hangs on it.
async fn look(caller: &Caller, target: &mut Target) {
    let query = "query($it: ID!) { node(id: $it) { ... on Application {
        version evidence { id } informationRequests { id } } } }";
    let seen = caller.data(query, json!({ "it": target.application })).await;
    let seen = &seen["node"];
    target.version = seen["version"].as_i64().expect("a version");
    let last = |of: &str| list(&seen[of]).last().map(|one| text(&one["id"]));
    target.evidence = last("evidence").unwrap_or_default();
    target.question = last("informationRequests").unwrap_or_else(|| target.question.clone());
}

/// Of the caller's own rows.
fn own(mutation: &str, row: &Row, handle: &str, target: &mut Target) {
    if mutation == "revealPassport" {
        // It tells what nobody is told otherwise.
        target.reference = unknown_reference();
    }
    // The bodies have nothing of this agent's hand, and so do not know the name.
    let may_act = row.stage == Stage::Draft || handle != KAURI_SECOND.handle;
    if HARMLESS.contains(&mutation) && may_act {
        word_of(mutation, row, handle).clone_into(&mut target.word);
    } else if !REHEARSED.contains(&mutation) {
        target.version -= 1;
    }
}

/// The word of those who may read what is written.
fn word_of(mutation: &str, row: &Row, handle: &str) -> &'static str {
    let is_inside = !["requestInformation", "cancelInformationRequest"].contains(&mutation);
    let is_new = ["createApplication", "inviteColleague"].contains(&mutation) || row.stage == Stage::Draft;
    match (row.body.slug, row.firm.nzbn) {
        (slug, _) if handle.starts_with(slug) && is_inside => {
            if slug == ITP.slug {
                "Wekaq"
            } else {
                "Moreporkq"
            }
        }
        (_, nzbn) if is_new => {
            if nzbn == KAURI.nzbn {
                "Keaq"
            } else {
                "Wrenq"
            }
        }
        (slug, nzbn) if nzbn == KAURI.nzbn => {
            if slug == ITP.slug {
                "Pipitq"
            } else {
                "Canaryq"
            }
        }
        (_, nzbn) => {
            assert_eq!(nzbn, RATA.nzbn, "a firm is new: say which words are its");
            "Robinq"
        }
    }
}

/// A membership of another body, or an invitation of whomever.
fn of_another(dice: &Dice, pool: &Pool, mutation: &str, handle: &str) -> String {
    let invitations = pool.ids("Invitation");
    if mutation == "revokeInvitation" && !invitations.is_empty() {
        return dice.pick(invitations).clone();
    }
    let body = if handle.starts_with(NZTECH.slug) { &ITP } else { &NZTECH };
    let others: Vec<_> = EVERYBODY
        .into_iter()
        .filter(|member| member.body.is_some_and(|its| its.slug == body.slug))
        .map(|member| GlobalId::of(&member.membership()).to_string())
        .collect();
    dice.pick(&others).clone()
}

/// What keeps an act from telling anybody more than before.
fn settle(mutation: &str, word: &str, input: &mut Value) {
    if input.get("dryRun").is_some() {
        input["dryRun"] = json!(true);
    }
    if word != OF_NO_ROW && input.get("remuneration").is_some() {
        input["remuneration"]["amount"] = json!(pay_of(word));
    }
    if mutation == "registerEmployer" {
        // A body that is asked reads who asks.
        input["body"] = json!("no-such-body");
    }
}
