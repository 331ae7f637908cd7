//! What an event says, in words.

use entity::{EventKind, history_event};

/// The sentence for an event.
#[must_use]
#[expect(clippy::too_many_lines, reason = "it is one sentence a kind, and no kind may be left out")]
pub fn summary(event: &history_event::Model) -> String {
    let word = |name: &str| match &event.detail[name] {
        serde_json::Value::String(text) => text.clone(),
        serde_json::Value::Null => "unknown".to_owned(),
        other => other.to_string(),
    };
    match event.kind {
        EventKind::ExceptionApplied => {
            format!("Revision {} of the class exception was applied.", word("revision"))
        }
        EventKind::Created => "The application was begun.".into(),
        EventKind::Updated => format!("Changed: {}.", list(&event.detail["fields"])),
        EventKind::EvidenceAdded => format!("Evidence was added: {}.", word("kind")),
        EventKind::EvidenceRemoved => format!("Evidence was taken out: {}.", word("kind")),
        EventKind::Submitted => "The application was submitted and declared to be true.".into(),
        EventKind::Taken => "An assessor took the application.".into(),
        EventKind::Assigned => match &event.detail["assessor"] {
            serde_json::Value::Null => "The application went back to the queue.".into(),
            _ => "The application was assigned to an assessor.".into(),
        },
        EventKind::ConflictDeclared => "A conflict of interest with the employer was declared.".into(),
        EventKind::Assessed => format!("Criterion {} was assessed: {}.", word("criterion"), word("outcome")),
        EventKind::EvidenceVerified => match event.detail["genuine"] {
            serde_json::Value::Bool(true) => "Evidence was seen and found genuine.".into(),
            _ => "Evidence was seen and found not genuine.".into(),
        },
        EventKind::Recommended => format!("The assessor advised: {}.", word("outcome")),
        EventKind::Confirmed => "A second person confirmed the endorsement.".into(),
        EventKind::Nominated => format!("Place {} was given; the nomination stands.", word("place")),
        EventKind::Lapsed => match &event.detail["place"] {
            serde_json::Value::Null => "No place came before the giving of places ended.".into(),
            place => format!("The agency's refusal stood for as long as place {place} was kept; it is free."),
        },
        EventKind::InformationRequested => {
            format!("The employer was asked something, until {}.", word("dueOn"))
        }
        EventKind::InformationAnswered => "The employer answered.".into(),
        EventKind::InformationRequestCancelled => "A question was taken back.".into(),
        EventKind::InformationReminded => format!("The answer is due on {}.", word("dueOn")),
        EventKind::InformationRequestExpired => "The last day for an answer passed without one.".into(),
        EventKind::Declined => "A second person confirmed the advice to decline.".into(),
        EventKind::SentBack => "A second person disagreed with the advice: back to assessment.".into(),
        EventKind::Returned => "The application was returned as incomplete.".into(),
        EventKind::Reconsidered => {
            "The application is reconsidered: back to assessment, by new people.".into()
        }
        EventKind::Held => "The application was put on hold.".into(),
        EventKind::HoldReleased => "The hold was released.".into(),
        EventKind::Withdrawn => ended("The employer withdrew the application", &event.detail["place"]),
        EventKind::Revoked => ended("The body revoked the nomination", &event.detail["place"]),
        EventKind::ReplacementBegun => {
            format!("Application {} for another worker was begun.", word("reference"))
        }
        EventKind::Superseded => format!("Application {} took the place over.", word("reference")),
        EventKind::AmendmentProposed => {
            format!("A correction was proposed: {}.", list(&event.detail["fields"]))
        }
        EventKind::AmendmentAccepted => format!("Corrected: {}.", list(&event.detail["fields"])),
        EventKind::AmendmentRejected => "A proposed correction was rejected.".into(),
        EventKind::BallotOpened => {
            format!("Ballot {} was opened with {} entries.", word("ballot"), word("entries"))
        }
        EventKind::BallotCommitted => format!("{} committed in ballot {}.", word("body"), word("ballot")),
        EventKind::BallotRevealed => format!("{} revealed in ballot {}.", word("body"), word("ballot")),
        EventKind::BallotIncident => {
            format!("Ballot {}: {} by {}.", word("ballot"), word("incident"), word("body"))
        }
        EventKind::BallotEntryStruck => {
            format!("Entry {} of ballot {} was struck.", word("entry"), word("ballot"))
        }
        EventKind::BallotDrawn => {
            format!(
                "Ballot {} was drawn: {} entries, {} places.",
                word("ballot"),
                word("ranked"),
                word("places")
            )
        }
        EventKind::BallotVoided => format!("Ballot {} was voided: {}.", word("ballot"), word("cause")),
        EventKind::Imported => "The body took it in from its own system, where it was handed in.".into(),
        EventKind::WithdrawnWithoutPrejudice => {
            ended("The application was withdrawn without prejudice", &event.detail["place"])
        }
        EventKind::AgencySaid => format!("The agency said: {}.", word("status")),
        EventKind::OutcomesRecorded => {
            format!("A message of the agency was taken in: {} lines.", word("lines"))
        }
        EventKind::LineAskedFor => "The agency asked for a line by a document.".into(),
        EventKind::DiscrepancyOpened => format!("A discrepancy was found: {}.", word("kind")),
        EventKind::ResolutionProposed => format!("{} was proposed for a discrepancy.", word("resolution")),
        EventKind::DiscrepancyResolved => format!("A discrepancy was resolved: {}.", word("resolution")),
        EventKind::DiscrepancyClosed => format!("A discrepancy went away by itself: {}.", word("because")),
        EventKind::Reconciled => format!("Run {}: the records were held against each other.", word("number")),
        EventKind::ReconciliationSigned => format!("A body signed run {}.", word("number")),
        EventKind::ReleasePrepared => format!("Release {} was prepared.", word("release")),
        EventKind::ReleaseAttested => {
            format!("The body attested its section of release {}.", word("release"))
        }
        EventKind::ReleasePublished => format!("Release {} was published.", word("release")),
        EventKind::ReleaseAcknowledged => format!("The agency acknowledged release {}.", word("release")),
        EventKind::ReleaseAbandoned => format!("Release {} was abandoned.", word("release")),
        EventKind::ReleaseRead => format!("The file of release {} was taken.", word("release")),
        EventKind::Listed => format!("Release {} carries it: {}.", word("release"), word("change")),
        EventKind::ListingAcknowledged => {
            format!("The agency acknowledged release {}, which carries it.", word("release"))
        }
        EventKind::PlaceFreed => format!("Place {} came free.", word("place")),
        EventKind::PassportRevealed => match &event.detail["reference"] {
            serde_json::Value::Null => "The worker's passport number was read whole.".into(),
            _ => format!("The agency read the passport number of {} whole.", word("reference")),
        },
        EventKind::WorkerExported => {
            "All that is held about the worker was given out, as the worker may ask.".into()
        }
        EventKind::PersonalDataPurged => {
            format!("What was held of people was deleted, of {} applications.", word("applications"))
        }
        EventKind::MemberInvited => format!("Somebody was invited as {}.", word("role")),
        EventKind::InvitationRevoked => match &event.detail["usedBy"] {
            serde_json::Value::Null => "An invitation was taken back.".into(),
            _ => "A colleague's invitation was taken back, and their access with it.".into(),
        },
        EventKind::MemberJoined => format!("Somebody joined as {}.", word("role")),
        EventKind::ServiceAccountAdded => "A machine was given access.".into(),
        EventKind::IssuerAdded => {
            format!("The identity provider {} at {} was added.", word("slug"), word("url"))
        }
        EventKind::IssuerChanged => {
            format!("The identity provider {} changed: {}.", word("slug"), list(&event.detail["fields"]))
        }
        EventKind::FrontendAdded => format!("The frontend {} was added.", word("name")),
        EventKind::FrontendRemoved => format!("The frontend {} was removed.", word("name")),
        EventKind::MemberChanged => format!("A member's access changed: {}.", list(&event.detail["fields"])),
        EventKind::MemberRemoved => "A member's access was ended.".into(),
        EventKind::EmployerClaimed => "Somebody asked to act for an employer.".into(),
        EventKind::EmployerClaimDecided => {
            format!("It was decided who may act for an employer: {}.", word("status"))
        }
        EventKind::EmployerClaimAccepted => "A colleague was let in to act for an employer.".into(),
    }
}

/// An end, with what became of the place.
fn ended(what: &str, place: &serde_json::Value) -> String {
    match place {
        serde_json::Value::Null => format!("{what}."),
        number => format!("{what}; place {number} was given back."),
    }
}

fn list(value: &serde_json::Value) -> String {
    let words = value.as_array().into_iter().flatten().filter_map(serde_json::Value::as_str);
    words.collect::<Vec<_>>().join(", ")
}
