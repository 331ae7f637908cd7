//! Who may do what: every role with every mutation. What a role may do at all is told before anything is looked for.

use serde_json::{Value, json};

use super::probes::{unknown, unknown_id};
use crate::service::support::World;
use crate::service::support::acts::{MUTATIONS, Target, document, input};
use crate::service::support::caseload::Caseload;
use crate::service::support::cast::{
    ITP_SERVICE, KAURI_AGENT, Member, NZTECH_ASSESSOR, NZTECH_LEAD, NZTECH_SERVICE, OBSERVER, OFFICER,
};

on_both_databases! { each_role_may_do_what_the_table_says_and_nothing_else }

const EMPLOYER: &[&str] = &["EMPLOYER"];
const ASSESSORS: &[&str] = &["ASSESSOR", "LEAD"];
const LEADS: &[&str] = &["LEAD"];
const OFFICERS: &[&str] = &["AGENCY_OFFICER"];
const ASSESSORS_AND_OFFICERS: &[&str] = &["ASSESSOR", "LEAD", "AGENCY_OFFICER"];
const LEADS_AND_MACHINES: &[&str] = &["LEAD", "SERVICE"];
const LEADS_AND_AGENTS: &[&str] = &["LEAD", "EMPLOYER"];
const WHOEVER_IS_SIGNED_IN: &[&str] =
    &["EMPLOYER", "ASSESSOR", "LEAD", "SERVICE", "AGENCY_OFFICER", "OBSERVER"];
const LEADS_AND_THE_AGENCY: &[&str] = &["LEAD", "AGENCY_OFFICER"];

/// Whoever they are, and whether or not they are signed in.
const ANYBODY: &[&str] = &["PUBLIC", "EMPLOYER", "ASSESSOR", "LEAD", "SERVICE", "AGENCY_OFFICER", "OBSERVER"];

/// The mutations, each with the roles that may do it.
const WHO_MAY: [(&str, &[&str]); 53] = [
    ("createApplication", EMPLOYER),
    ("updateApplication", EMPLOYER),
    ("addEvidence", EMPLOYER),
    ("removeEvidence", EMPLOYER),
    ("submitApplication", EMPLOYER),
    ("takeNextApplication", ASSESSORS),
    ("declareConflict", ASSESSORS),
    ("recordAssessment", ASSESSORS),
    ("verifyEvidence", ASSESSORS),
    ("recommend", ASSESSORS),
    ("assignApplications", LEADS),
    ("confirm", LEADS),
    ("answerInformationRequest", EMPLOYER),
    ("withdrawApplication", EMPLOYER),
    ("replaceWorker", EMPLOYER),
    ("requestInformation", ASSESSORS),
    ("cancelInformationRequest", ASSESSORS),
    ("amendNomination", ASSESSORS),
    ("decline", LEADS),
    ("sendBack", LEADS),
    ("returnApplication", LEADS),
    ("reconsider", LEADS),
    ("holdApplication", LEADS),
    ("releaseHold", LEADS),
    ("revokeNomination", LEADS),
    ("confirmAmendment", LEADS),
    ("importApplications", LEADS_AND_MACHINES),
    ("registerInterest", ANYBODY),
    ("recordAgencyOutcomes", OFFICERS),
    ("prepareRelease", LEADS),
    ("attestRelease", LEADS),
    ("publishRelease", LEADS),
    ("abandonRelease", LEADS),
    ("acknowledgeRelease", OFFICERS),
    ("openBallot", LEADS),
    ("commitBallotSecret", LEADS),
    ("revealBallotSecret", LEADS),
    ("drawBallot", LEADS),
    ("strikeBallotEntry", LEADS),
    ("voidBallot", LEADS),
    ("inviteMember", LEADS),
    ("inviteColleague", EMPLOYER),
    ("revokeInvitation", LEADS_AND_AGENTS),
    ("changeMember", LEADS),
    ("removeMember", LEADS),
    ("addServiceAccount", LEADS),
    ("registerEmployer", EMPLOYER),
    ("decideEmployerClaim", LEADS_AND_AGENTS),
    ("endSession", WHOEVER_IS_SIGNED_IN),
    ("resolveDiscrepancy", LEADS_AND_THE_AGENCY),
    ("reconcile", LEADS_AND_THE_AGENCY),
    ("signOffReconciliation", LEADS),
    ("revealPassport", ASSESSORS_AND_OFFICERS),
];

const SOMEBODY: [&Member; 7] =
    [&KAURI_AGENT, &NZTECH_ASSESSOR, &NZTECH_LEAD, &NZTECH_SERVICE, &ITP_SERVICE, &OFFICER, &OBSERVER];

#[test]
fn every_mutation_is_in_the_table() {
    let mut listed = WHO_MAY.map(|(mutation, _)| mutation);
    let mut all = MUTATIONS;
    listed.sort_unstable();
    all.sort_unstable();
    assert_eq!(listed, all, "say in WHO_MAY who may do it");
}

async fn each_role_may_do_what_the_table_says_and_nothing_else(world: World) {
    let _exception = Caseload::new(&world, |_| {}).await;
    for (mutation, roles) in WHO_MAY {
        let variables = json!({ "input": input(mutation, &nothing()) });
        let public = world.anybody().ask(&document(mutation), &variables).await;
        if roles.contains(&"PUBLIC") {
            assert_eq!(public.json().get("errors"), None, "{mutation}");
        } else {
            assert_eq!(public.code(), "UNAUTHENTICATED", "{mutation}");
            assert_eq!(public.json().get("data"), Some(&Value::Null), "{mutation}");
        }
        for member in SOMEBODY {
            let answer = world.sign_in(member).await.ask(&document(mutation), &variables).await.json();
            assert_eq!(answer.get("errors"), None, "{mutation} by {}", member.handle);
            let payload = &answer["data"][mutation];
            let refused = payload["userErrors"][0]["code"] == "NOT_PERMITTED";
            let may = roles.contains(&member.role.word().as_str());
            assert_eq!(refused, !may, "{mutation} by {}: {payload}", member.handle);
            if refused {
                let done = match mutation {
                    "assignApplications" => &payload["applications"],
                    "recordAgencyOutcomes" => &payload["discrepancies"],
                    "importApplications" => &payload["results"],
                    "inviteMember" | "inviteColleague" | "revokeInvitation" => &payload["invitation"],
                    "changeMember" | "removeMember" | "addServiceAccount" => &payload["member"],
                    "registerEmployer" | "decideEmployerClaim" => &payload["employerClaim"],
                    _ if mutation.ends_with("Release") => &payload["release"],
                    "openBallot" | "commitBallotSecret" | "revealBallotSecret" | "drawBallot"
                    | "strikeBallotEntry" | "voidBallot" => &payload["ballot"],
                    "revealPassport" => &payload["passport"],
                    "resolveDiscrepancy" => &payload["discrepancy"],
                    "reconcile" | "signOffReconciliation" => &payload["reconciliation"],
                    _ => &payload["application"],
                };
                assert!(*done == Value::Null || *done == json!([]), "{mutation}: {payload}");
            }
        }
    }
}

/// Good input about nothing that is there.
fn nothing() -> Target {
    let like = Target {
        body: "nobody".to_owned(),
        nzbn: String::new(),
        application: String::new(),
        reference: String::new(),
        version: 1,
        evidence: String::new(),
        person: unknown_id("Person"),
        question: unknown_id("InformationRequest"),
        amendment: unknown_id("Amendment"),
        discrepancy: unknown_id("Discrepancy"),
        reconciliation: unknown_id("Reconciliation"),
        interest: String::new(),
        release: String::new(),
        ballot: String::new(),
        word: "Kiwiq".to_owned(),
        passport: "Z0000001".to_owned(),
    };
    unknown(&like)
}
