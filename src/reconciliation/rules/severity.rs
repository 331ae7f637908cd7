//! How bad a finding is.

use entity::{DiscrepancyKind, Severity};

use super::finding::Field;

/// How bad it is: a place that nobody accounts for and an act of the agency on a line that is gone can harm somebody at
/// once; a name that two workers share is a hint.
#[must_use]
pub fn severity(kind: DiscrepancyKind, field: Option<Field>) -> Severity {
    match kind {
        DiscrepancyKind::PlaceWithoutNomination
        | DiscrepancyKind::NominationWithoutPlace
        | DiscrepancyKind::RemovedLineActedOn => Severity::Critical,
        DiscrepancyKind::SameWorker if field == Some(Field::NameAndBirth) => Severity::Low,
        DiscrepancyKind::MissingAtAgency | DiscrepancyKind::DuplicateLine => Severity::Low,
        DiscrepancyKind::SameWorker
        | DiscrepancyKind::NotOnRelease
        | DiscrepancyKind::UnknownReference
        | DiscrepancyKind::DetailsDiffer
        | DiscrepancyKind::StatusDiffers
        | DiscrepancyKind::IllegalStatusChange
        | DiscrepancyKind::NotAcknowledged => Severity::High,
    }
}
