//! What a discrepancy says to the person who has to do something about it. It names no person and no value: those stand
//! beside it.

use entity::DiscrepancyKind;

use super::finding::Field;

/// What is wrong, and what can be done.
#[must_use]
pub fn explanation(kind: DiscrepancyKind, field: Option<&str>, two_bodies: bool) -> String {
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
        DiscrepancyKind::IllegalStatusChange => {
            "The agency's status cannot follow the one that it sent before. Nothing was changed. If it is right all the \
             same, the agency sends it again as a correction."
        }
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
        let say = |field: Field| explanation(DiscrepancyKind::SameWorker, Some(field.word()), true);
        assert!(say(Field::NameAndBirth).contains("a hint"));
        assert!(!say(Field::Passport).contains("a hint"));
        assert!(say(Field::Passport).contains("a lead of each body"));
        for kind in DiscrepancyKind::all() {
            assert!(explanation(kind, None, false).ends_with('.'), "{kind:?}");
        }
    }
}
