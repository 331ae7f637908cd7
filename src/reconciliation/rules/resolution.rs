//! Who may resolve what, and how. Pure.
//!
//! What one body has to mend, a lead of it resolves. What two bodies have a part in takes a lead of each: the first proposes,
//! the other agrees by proposing the same, and then it is done. What is nobody's but the agency's, its officers resolve.

use entity::{ApplicationId, BodyId, DiscrepancyKind, Resolution};

use crate::error::{UserError, UserErrorCode};

/// Whose it is to mend.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mends {
    /// A body, or two.
    Bodies(BodyId, Option<BodyId>),
    /// The agency.
    Agency,
}

/// Whose it is to mend, by the bodies that stand on it.
#[must_use]
pub fn mends(body: Option<BodyId>, other: Option<BodyId>) -> Mends {
    match (body.or(other), other) {
        (None, _) => Mends::Agency,
        (Some(body), other) => Mends::Bodies(body, other.filter(|other| *other != body)),
    }
}

impl Mends {
    /// Whether it is this side's to mend: a body's, or with none the agency's.
    #[must_use]
    pub fn is_of(self, side: Option<BodyId>) -> bool {
        match (self, side) {
            (Self::Agency, None) => true,
            (Self::Bodies(body, other), Some(side)) => side == body || Some(side) == other,
            (Self::Agency, Some(_)) | (Self::Bodies(..), None) => false,
        }
    }
}

/// Whether the agency has said something of it, so that it is told to the agency too.
#[must_use]
pub fn concerns_the_agency(kind: DiscrepancyKind) -> bool {
    match kind {
        DiscrepancyKind::SameWorker
        | DiscrepancyKind::PlaceWithoutNomination
        | DiscrepancyKind::NominationWithoutPlace
        | DiscrepancyKind::NotOnRelease => false,
        DiscrepancyKind::UnknownReference
        | DiscrepancyKind::MissingAtAgency
        | DiscrepancyKind::DetailsDiffer
        | DiscrepancyKind::StatusDiffers
        | DiscrepancyKind::IllegalStatusChange
        | DiscrepancyKind::DuplicateLine
        | DiscrepancyKind::RemovedLineActedOn
        | DiscrepancyKind::NotAcknowledged => true,
    }
}

/// Whether it follows from how the records stand, so that a run finds it, and closes it once they agree.
#[must_use]
pub fn is_found_by_runs(kind: DiscrepancyKind) -> bool {
    match kind {
        DiscrepancyKind::SameWorker
        | DiscrepancyKind::PlaceWithoutNomination
        | DiscrepancyKind::NominationWithoutPlace
        | DiscrepancyKind::NotOnRelease
        | DiscrepancyKind::MissingAtAgency
        | DiscrepancyKind::DetailsDiffer
        | DiscrepancyKind::StatusDiffers => true,
        DiscrepancyKind::UnknownReference
        | DiscrepancyKind::IllegalStatusChange
        | DiscrepancyKind::DuplicateLine
        | DiscrepancyKind::RemovedLineActedOn
        | DiscrepancyKind::NotAcknowledged => false,
    }
}

/// What may be made of a discrepancy of a kind. Where the caseload and the ledger disagree there is nothing to choose: that
/// has to be mended, and goes away by itself.
#[must_use]
pub fn allowed(kind: DiscrepancyKind) -> &'static [Resolution] {
    use Resolution::{
        CorrectInNextRelease, EarlierStands, KeepOurs, NotADuplicate, RaisedWithAgency, TakeTheirs,
        WorkerChose,
    };
    match kind {
        DiscrepancyKind::SameWorker => &[WorkerChose, EarlierStands, NotADuplicate],
        DiscrepancyKind::PlaceWithoutNomination | DiscrepancyKind::NominationWithoutPlace => &[],
        DiscrepancyKind::NotOnRelease => &[CorrectInNextRelease],
        DiscrepancyKind::DetailsDiffer => &[KeepOurs, TakeTheirs, CorrectInNextRelease, RaisedWithAgency],
        DiscrepancyKind::MissingAtAgency => &[CorrectInNextRelease, RaisedWithAgency],
        DiscrepancyKind::UnknownReference
        | DiscrepancyKind::StatusDiffers
        | DiscrepancyKind::IllegalStatusChange
        | DiscrepancyKind::DuplicateLine => &[KeepOurs, RaisedWithAgency],
        DiscrepancyKind::RemovedLineActedOn | DiscrepancyKind::NotAcknowledged => &[RaisedWithAgency],
    }
}

/// Why a discrepancy is not resolved.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It is resolved, or went away.
    #[error("It is resolved already: nothing is left to do.")]
    Resolved,
    /// It is another side's to mend.
    #[error("It is for {whose} to resolve.")]
    NotYours {
        /// Whose it is.
        whose: &'static str,
    },
    /// Another kind is resolved like that.
    #[error("It cannot be resolved like that. {hint}")]
    NotAllowed {
        /// What can be done.
        hint: String,
    },
    /// The lead has declared a conflict with an employer of one of the applications.
    #[error("You have declared a conflict of interest with this employer. A colleague has to do this.")]
    ConflictOfInterest,
    /// Nobody said which application stands.
    #[error("Say which of the two applications the worker chose, by its reference.")]
    NothingChosen,
    /// Something was chosen that is neither of the two, or where nothing is to be chosen.
    #[error("{0}")]
    WrongChoice(&'static str),
}

impl From<Refusal> for UserError {
    fn from(refusal: Refusal) -> Self {
        let message = refusal.to_string();
        match refusal {
            Refusal::Resolved => Self::new(UserErrorCode::WrongStatus, message),
            Refusal::NotYours { .. } => Self::new(UserErrorCode::NotPermitted, message),
            Refusal::ConflictOfInterest => Self::new(UserErrorCode::ConflictOfInterest, message),
            Refusal::NotAllowed { .. } => Self::at(UserErrorCode::Invalid, "resolution", message),
            Refusal::NothingChosen => Self::at(UserErrorCode::Required, "chosen", message),
            Refusal::WrongChoice(_) => Self::at(UserErrorCode::Invalid, "chosen", message),
        }
    }
}

impl From<Refusal> for crate::error::Failure {
    fn from(refusal: Refusal) -> Self {
        UserError::from(refusal).into()
    }
}

/// Whether a side may resolve a discrepancy of a kind in this way.
///
/// # Errors
/// The first reason against it.
pub fn may_resolve(
    kind: DiscrepancyKind,
    whose: Mends,
    side: Option<BodyId>,
    resolution: Resolution,
) -> Result<(), Refusal> {
    if !whose.is_of(side) {
        let whose = match whose {
            Mends::Agency => "the agency's officers",
            Mends::Bodies(..) => "a lead of the body whose application it is about",
        };
        return Err(Refusal::NotYours { whose });
    }
    let allowed = allowed(kind);
    if allowed.contains(&resolution) {
        return Ok(());
    }
    let words = allowed.iter().map(|one| one.word()).collect::<Vec<_>>().join(" or ");
    let hint = if allowed.is_empty() {
        "It has to be mended, and goes away with the next run.".to_owned()
    } else {
        format!("Take {words}.")
    };
    Err(Refusal::NotAllowed { hint })
}

/// What a body proposes: what to make of it, and which application stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proposed {
    /// Whose proposal.
    pub body: BodyId,
    /// What to make of it.
    pub resolution: Resolution,
    /// The application that stands.
    pub chosen: Option<ApplicationId>,
}

/// Whether everybody who has a part in it agrees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Agreement {
    /// All agree: it is done.
    Whole,
    /// Somebody else has to agree yet.
    Waits,
}

/// Whether a proposal is agreed on, with the last proposals of everybody else.
#[must_use]
pub fn agreement(whose: Mends, proposed: &Proposed, others: &[Proposed]) -> Agreement {
    let Mends::Bodies(body, Some(other)) = whose else { return Agreement::Whole };
    let second = if proposed.body == body { other } else { body };
    let says_the_same = |one: &Proposed| {
        one.body == second && (one.resolution, one.chosen) == (proposed.resolution, proposed.chosen)
    };
    if others.iter().any(says_the_same) { Agreement::Whole } else { Agreement::Waits }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const ONE: BodyId = BodyId(Uuid::from_u128(1));
    const TWO: BodyId = BodyId(Uuid::from_u128(2));
    const THREE: BodyId = BodyId(Uuid::from_u128(3));

    #[test]
    fn it_is_theirs_to_resolve_whose_it_is_to_mend() {
        let kind = DiscrepancyKind::UnknownReference;
        let try_as =
            |body, other, side| may_resolve(kind, mends(body, other), side, Resolution::KeepOurs).is_ok();
        for (body, other, expected) in [
            (None, None, [true, false, false, false]),
            (Some(ONE), None, [false, true, false, false]),
            (Some(ONE), Some(ONE), [false, true, false, false]),
            (Some(ONE), Some(TWO), [false, true, true, false]),
        ] {
            let may = [None, Some(ONE), Some(TWO), Some(THREE)].map(|side| try_as(body, other, side));
            assert_eq!(may, expected, "{body:?} {other:?}");
        }
    }

    #[test]
    fn what_two_bodies_have_a_part_in_takes_both_to_say_the_same() {
        let stands = |number| Some(ApplicationId(Uuid::from_u128(number)));
        let says = |body, chosen| Proposed { body, resolution: Resolution::WorkerChose, chosen };
        let both = mends(Some(ONE), Some(TWO));
        let mine = says(ONE, stands(7));
        assert_eq!(agreement(mends(Some(ONE), None), &mine, &[]), Agreement::Whole);
        assert_eq!(agreement(mends(Some(ONE), Some(ONE)), &mine, &[]), Agreement::Whole);
        for (others, agreed) in [
            (vec![], Agreement::Waits),
            (vec![says(ONE, stands(7))], Agreement::Waits),
            (vec![says(THREE, stands(7))], Agreement::Waits),
            (vec![says(TWO, stands(8))], Agreement::Waits),
            (
                vec![Proposed { resolution: Resolution::EarlierStands, ..says(TWO, stands(7)) }],
                Agreement::Waits,
            ),
            (vec![says(TWO, stands(7))], Agreement::Whole),
        ] {
            assert_eq!(agreement(both, &mine, &others), agreed, "{others:?}");
        }
    }

    #[test]
    fn every_kind_says_what_can_be_made_of_it() {
        for kind in DiscrepancyKind::all() {
            for resolution in Resolution::all() {
                let may = may_resolve(kind, mends(Some(ONE), None), Some(ONE), resolution);
                assert_eq!(may.is_ok(), allowed(kind).contains(&resolution), "{kind:?} {resolution:?}");
            }
        }
    }
}
