//! What a discrepancy says to the person who has to do something about it. It names no person and no value: those stand
//! beside it.

use entity::{AgencyStatus, DiscrepancyKind};

use super::finding::{Field, Values};
use super::outcomes::is_dated;

/// What is wrong, and what can be done. `values` are what each side says, as words of the agency's statuses where the kind
/// is about those.
#[must_use]
pub fn explanation(kind: DiscrepancyKind, field: Option<&str>, two_bodies: bool, values: &Values) -> String {
    let text = match kind {
        DiscrepancyKind::SameWorker => return same_worker(field, two_bodies),
        DiscrepancyKind::PlaceWithoutNomination => {
            "A place is held by an application that is no nomination. The caseload and the ledger have to be brought \
             together by whoever runs the service; it goes away with the next run."
        }
        DiscrepancyKind::NominationWithoutPlace => {
            "An application is a nomination and holds no place. The caseload and the ledger have to be brought together \
             by whoever runs the service; it goes away with the next run."
        }
        DiscrepancyKind::NotOnRelease => {
            "The ledger says that a published release carries this nomination, and the last one does not. The next \
             release has to carry it: prepare one, and publish it."
        }
        DiscrepancyKind::UnknownReference => {
            "The agency sent news of a reference that is on no published release, or with it the details of another \
             line. Nothing was changed. Find out which line is meant; the agency sends it again under the right \
             reference."
        }
        DiscrepancyKind::MissingAtAgency => {
            "The agency has acknowledged the release with this line, and has not said anything of the case for a long \
             time. Ask the agency whether it has it."
        }
        DiscrepancyKind::DetailsDiffer => {
            "The agency has another value than we. Find out which is right. If ours is, tell the agency; if theirs is, \
             correct the nomination, and the next release carries the correction."
        }
        DiscrepancyKind::StatusDiffers => {
            "The place is not where the agency's status puts it. Compare the case's history with the agency's."
        }
        DiscrepancyKind::IllegalStatusChange => illegal_status(field, values),
        DiscrepancyKind::DuplicateLine => {
            "The agency told this line twice in one message. The first was taken. If the second is the right one, the \
             agency sends it by itself."
        }
        DiscrepancyKind::RemovedLineActedOn => {
            "The agency acted on a line that a published release removed or suspended. Nothing was changed here. Tell \
             the agency at once that the nomination does not stand any more."
        }
        DiscrepancyKind::NotAcknowledged => {
            "The agency has not acknowledged the last published release. It acknowledges it by its digest."
        }
    };
    text.to_owned()
}

/// A correction mends what only the order of statuses stands against.
fn illegal_status(field: Option<&str>, values: &Values) -> &'static str {
    if field == Some(Field::At.word()) {
        return "The agency dates the status in the future. Nothing was changed, and a correction would not change that. The \
                agency sends it again once that time has come, or at once with the right date.";
    }
    let status =
        |word: &Option<String>| AgencyStatus::all().into_iter().find(|status| Some(status.word()) == *word);
    match (status(&values.ours), status(&values.theirs)) {
        (_, Some(AgencyStatus::NotSent | AgencyStatus::Sent)) => {
            "That a line was sent, or was not, follows from our releases and is not the agency's to tell, not even as a \
             correction. Nothing was changed. To take back all that it said, the agency sends ACKNOWLEDGED as a correction; \
             else it sends the status that is right."
        }
        (Some(from), Some(AgencyStatus::Acknowledged)) if !is_dated(from) => {
            "That a line was acknowledged follows from the agency's acknowledging the release and cannot be told line by \
             line. Nothing was changed, and there is nothing to correct: the agency has said nothing else of the case. It \
             acknowledges the release, if it has not yet."
        }
        (_, Some(AgencyStatus::Acknowledged)) => {
            "The agency told ACKNOWLEDGED of a case that has gone on. Nothing was changed. If it takes back all that it \
             said, the agency sends ACKNOWLEDGED again as a correction."
        }
        _ => {
            "The agency's status cannot follow the one that it sent before. Nothing was changed. If it is right all the \
             same, the agency sends it again as a correction."
        }
    }
}

fn same_worker(field: Option<&str>, two_bodies: bool) -> String {
    let why = if field == Some(Field::NameAndBirth.word()) {
        "Two live applications are for workers of the same name and date of birth. They may be two people: this is a hint."
    } else {
        "Two live applications are for the holder of the same passport. A worker comes to one place at most."
    };
    let who = if two_bodies {
        "The other one is another body's: a lead of each body has to say the same. Nothing of an application but its \
         reference is told to the other body."
    } else {
        "Both are your body's."
    };
    format!("{why} {who} The one that does not stand is withdrawn without prejudice.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shared_name_is_called_a_hint_and_a_shared_passport_is_not() {
        let none = Values::default();
        let say = |field: Field| explanation(DiscrepancyKind::SameWorker, Some(field.word()), true, &none);
        assert!(say(Field::NameAndBirth).contains("a hint"));
        assert!(!say(Field::Passport).contains("a hint"));
        assert!(say(Field::Passport).contains("a lead of each body"));
        for kind in DiscrepancyKind::all() {
            assert!(explanation(kind, None, false, &none).ends_with('.'), "{kind:?}");
        }
    }

    #[test]
    fn a_correction_is_proposed_where_one_is_taken_alone() {
        use AgencyStatus as S;
        let say = |field: Field, ours: Option<S>, theirs: String| {
            let values = Values { ours: ours.map(S::word), theirs: Some(theirs) };
            explanation(DiscrepancyKind::IllegalStatusChange, Some(field.word()), false, &values)
        };
        let proposes = |text: &str| text.contains("the agency sends it again as a correction");
        assert!(proposes(&say(Field::Status, Some(S::VisaGranted), S::TravelRequested.word())));
        let ahead = say(Field::At, None, "2030-01-01T00:00:00Z".into());
        assert!(!proposes(&ahead) && ahead.contains("once that time has come"), "{ahead}");
        for status in [S::NotSent, S::Sent] {
            let told = say(Field::Status, Some(S::Invited), status.word());
            assert!(!proposes(&told) && told.contains("ACKNOWLEDGED as a correction"), "{told}");
        }
        let early = say(Field::Status, Some(S::Sent), S::Acknowledged.word());
        assert!(early.contains("It acknowledges the release"), "{early}");
        let late = say(Field::Status, Some(S::Invited), S::Acknowledged.word());
        assert!(late.contains("ACKNOWLEDGED again as a correction"), "{late}");
    }
}
