//! What holds a nomination back from its first release. A line that is out is never held back: what is wrong with it is
//! told by the next release.

use chrono::NaiveDate;
use entity::{HoldBackReason, evidence};

use crate::applications::rules::shows;
use crate::exceptions::definition::{CriterionKind, CriterionStrength, Terms};
use crate::values::dates::is_expired;

/// What the evidence of a nomination is held against.
#[derive(Clone, Copy, Debug)]
pub struct EvidenceOf<'a> {
    /// Its own records and its employer's at its body.
    pub records: &'a [evidence::Model],
    /// What is asked of it.
    pub terms: &'a Terms,
    /// The day in New Zealand.
    pub today: NaiveDate,
}

/// Why a nomination waits for a later release; none where nothing stands against it.
#[must_use]
pub fn hold_back(
    on_hold: bool,
    has_open_duplicate: bool,
    evidence: &EvidenceOf<'_>,
) -> Option<HoldBackReason> {
    if on_hold {
        Some(HoldBackReason::OnHold)
    } else if has_open_duplicate {
        Some(HoldBackReason::OpenDuplicate)
    } else if evidence.has_expired() {
        Some(HoldBackReason::EvidenceExpired)
    } else if evidence.lacks_a_genuine_one() {
        Some(HoldBackReason::EvidenceNotVerified)
    } else {
        None
    }
}

impl EvidenceOf<'_> {
    /// Whether a criterion was shown, and by nothing that is still good. Where it was never shown, people decided
    /// without.
    fn has_expired(&self) -> bool {
        let criteria = self.terms.criteria.iter().filter(|one| one.kind == CriterionKind::Evidence);
        criteria.into_iter().any(|criterion| {
            let mut shown = self
                .records
                .iter()
                .filter(|record| record.genuine != Some(false) && shows(record, criterion))
                .peekable();
            shown.peek().is_some() && shown.all(|record| self.is_over(record))
        })
    }

    fn lacks_a_genuine_one(&self) -> bool {
        let asked =
            |kind, strength| kind == CriterionKind::Evidence && strength == CriterionStrength::Required;
        let mut criteria = self.terms.criteria.iter().filter(|one| asked(one.kind, one.strength));
        criteria.any(|criterion| {
            let good = |record: &&evidence::Model| record.genuine == Some(true) && !self.is_over(record);
            !self.records.iter().filter(good).any(|record| shows(record, criterion))
        })
    }

    fn is_over(&self, record: &evidence::Model) -> bool {
        record.expires_on.is_some_and(|day| is_expired(day, self.today))
    }
}

#[cfg(test)]
mod tests {
    use entity::EvidenceKind;

    use super::*;
    use crate::applications::samples;
    use crate::exceptions::definition::Definition;

    fn terms(strength: CriterionStrength) -> Terms {
        let file = include_str!("../../../exceptions/specialist-tech.toml");
        let mut terms = Definition::parse(file).expect("a definition").terms;
        for criterion in terms.criteria.iter_mut().filter(|one| one.kind == CriterionKind::Evidence) {
            criterion.strength = strength;
        }
        terms
    }

    fn record(kind: EvidenceKind, genuine: Option<bool>, expires_on: Option<&str>) -> evidence::Model {
        let expires_on = expires_on.map(|day| day.parse().expect("a day"));
        evidence::Model { genuine, expires_on, ..samples::evidence(kind) }
    }

    fn told(terms: &Terms, records: &[evidence::Model]) -> Option<HoldBackReason> {
        let today = "2022-03-01".parse().expect("a day");
        hold_back(false, false, &EvidenceOf { records, terms, today })
    }

    #[test]
    fn evidence_holds_back_where_none_of_it_is_good_any_more() {
        use EvidenceKind::{Membership, Programme};
        let expected = terms(CriterionStrength::Expected);
        let expired = || record(Programme, Some(true), Some("2022-02-28"));
        let last_day = || record(Programme, None, Some("2022-03-01"));
        assert_eq!(told(&expected, &[]), None);
        assert_eq!(told(&expected, &[expired()]), Some(HoldBackReason::EvidenceExpired));
        assert_eq!(told(&expected, &[expired(), last_day()]), None);
        assert_eq!(
            told(&expected, &[expired(), record(Programme, Some(false), None)]),
            Some(HoldBackReason::EvidenceExpired)
        );
        let required = terms(CriterionStrength::Required);
        let good = [record(Programme, Some(true), None), record(Membership, Some(true), None)];
        assert_eq!(told(&required, &good), None);
        assert_eq!(told(&required, &good[..1]), Some(HoldBackReason::EvidenceNotVerified));
        let unseen = [good[0].clone(), record(Membership, None, None)];
        assert_eq!(told(&required, &unseen), Some(HoldBackReason::EvidenceNotVerified));
    }

    #[test]
    fn a_hold_and_a_duplicate_hold_back_whatever_is_shown() {
        let terms = terms(CriterionStrength::Expected);
        let today = "2022-03-01".parse().expect("a day");
        let evidence = EvidenceOf { records: &[], terms: &terms, today };
        assert_eq!(hold_back(true, true, &evidence), Some(HoldBackReason::OnHold));
        assert_eq!(hold_back(false, true, &evidence), Some(HoldBackReason::OpenDuplicate));
    }
}
