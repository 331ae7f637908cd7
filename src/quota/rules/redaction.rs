//! How much of the ledger a reader sees. The movement itself, its day and whose it is are agreed shared figures;
//! which application, why and by whose hand are its own body's alone.

use entity::{BodyId, PersonId, PlaceMovementKind};

/// Who reads the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LedgerReader {
    /// The people and machines of a body.
    Body(BodyId),
    /// Who sees figures alone: the ministry and the agency.
    Figures,
}

/// What a reader sees of a movement beyond the shared figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shown {
    /// The application's reference and the reason.
    pub details: bool,
    /// Whose hand it is by.
    pub actor: ShownActor,
}

/// Which hands a reader may know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShownActor {
    /// None.
    Nobody,
    /// The service's, and those of the reader's colleagues. What another body's people set off may move a
    /// place of the reader's body: whoever gives one back makes the next in the queue be served.
    ServiceAndColleagues,
    /// Anybody's: it was done to an application of the reader's body, which knows who acts on those.
    Anybody,
}

/// What `reader` sees of a movement of this kind, whose application is the body `of`'s; of nobody's where the place
/// had no holder.
#[must_use]
pub fn shown(reader: LedgerReader, of: Option<BodyId>, kind: PlaceMovementKind) -> Shown {
    let hidden = Shown { details: false, actor: ShownActor::Nobody };
    match (reader, of) {
        (LedgerReader::Figures, _) => hidden,
        (LedgerReader::Body(own), Some(body)) if body != own => hidden,
        (LedgerReader::Body(_), Some(_)) => Shown { details: true, actor: actor_of_own(kind) },
        (LedgerReader::Body(_), None) => Shown { details: true, actor: ShownActor::ServiceAndColleagues },
    }
}

fn actor_of_own(kind: PlaceMovementKind) -> ShownActor {
    match kind {
        // Shared acts: the queue serves all bodies, a release carries the lines of all, the cap is everybody's, the agency's
        // people are its own, and what the leads of two bodies agree on may end with the other's word.
        PlaceMovementKind::Created
        | PlaceMovementKind::Allocated
        | PlaceMovementKind::Published
        | PlaceMovementKind::Consumed
        | PlaceMovementKind::GivenBack
        | PlaceMovementKind::Restored
        | PlaceMovementKind::Freed
        | PlaceMovementKind::Retired => ShownActor::ServiceAndColleagues,
        PlaceMovementKind::Transferred => ShownActor::Anybody,
    }
}

/// The hand of a movement as far as it is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hand {
    /// Not this reader's to know.
    Hidden,
    /// The service's own.
    Service,
    /// This person's, if they are near to the reader.
    Colleague(PersonId),
    /// This person's.
    Person(PersonId),
}

impl ShownActor {
    /// What becomes of the actor that stands in the ledger; none there is the service.
    #[must_use]
    pub fn hand(self, actor: Option<PersonId>) -> Hand {
        match (self, actor) {
            (Self::Nobody, _) => Hand::Hidden,
            (Self::ServiceAndColleagues | Self::Anybody, None) => Hand::Service,
            (Self::ServiceAndColleagues, Some(person)) => Hand::Colleague(person),
            (Self::Anybody, Some(person)) => Hand::Person(person),
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const OWN: BodyId = BodyId(Uuid::from_u128(1));
    const OTHER: BodyId = BodyId(Uuid::from_u128(2));
    const SOMEBODY: PersonId = PersonId(Uuid::from_u128(3));

    #[test]
    fn details_are_the_own_bodys_alone() {
        for kind in PlaceMovementKind::all() {
            for (reader, of, details) in [
                (LedgerReader::Body(OWN), Some(OWN), true),
                (LedgerReader::Body(OWN), None, true),
                (LedgerReader::Body(OWN), Some(OTHER), false),
                (LedgerReader::Figures, Some(OWN), false),
                (LedgerReader::Figures, None, false),
            ] {
                let shown = shown(reader, of, kind);
                assert_eq!(shown.details, details, "{reader:?} of {of:?}, {kind:?}");
                let hand = shown.actor.hand(Some(SOMEBODY));
                assert_eq!(hand == Hand::Hidden, !details, "{reader:?} of {of:?}, {kind:?}");
            }
        }
    }

    #[test]
    fn another_bodys_people_are_not_named_for_what_they_set_off() {
        use PlaceMovementKind as Kind;
        for (kind, hand) in [
            (Kind::Created, Hand::Colleague(SOMEBODY)),
            (Kind::Allocated, Hand::Colleague(SOMEBODY)),
            (Kind::Published, Hand::Colleague(SOMEBODY)),
            (Kind::Retired, Hand::Colleague(SOMEBODY)),
            (Kind::Consumed, Hand::Colleague(SOMEBODY)),
            (Kind::GivenBack, Hand::Colleague(SOMEBODY)),
            (Kind::Restored, Hand::Colleague(SOMEBODY)),
            (Kind::Freed, Hand::Colleague(SOMEBODY)),
            (Kind::Transferred, Hand::Person(SOMEBODY)),
        ] {
            let shown = shown(LedgerReader::Body(OWN), Some(OWN), kind);
            assert_eq!(shown.actor.hand(Some(SOMEBODY)), hand, "{kind:?}");
            assert_eq!(shown.actor.hand(None), Hand::Service, "{kind:?}");
        }
    }
}
