//! Who may be one worker, among applications that match by the same thing. Pure.

use std::collections::{BTreeMap, HashSet};

use chrono::{DateTime, Utc};
use entity::{ApplicationId, BodyId, ExceptionId};

use super::finding::{Field, Finding, Subject};

/// How many of those that came before are told of one application: somebody who hands in the same worker again and again
/// fills no tables.
const MOST_PAIRS: usize = 50;

/// A live application, and what its worker could match another's by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Which.
    pub application: ApplicationId,
    /// Whose.
    pub body: BodyId,
    /// First complete submission.
    pub submitted_at: Option<DateTime<Utc>>,
    /// The fingerprint of the passport, or a hash of name and date of birth.
    pub matched: String,
}

/// What people have told apart: two applications, the smaller id first, and what they matched by.
pub type Apart = HashSet<(ApplicationId, ApplicationId, String)>;

/// Pairs of applications, the smaller id first.
pub type Pairs = HashSet<(ApplicationId, ApplicationId)>;

/// The pairs among applications that may match: by passport each with those before it, by name each with the first of them,
/// since that is a hint. `twins` has the pairs that match by passport.
#[must_use]
pub fn pairs(
    exception: ExceptionId,
    people: Vec<Person>,
    by: Field,
    apart: &Apart,
    twins: &Pairs,
) -> Vec<Finding> {
    let mut groups: BTreeMap<String, Vec<Person>> = BTreeMap::new();
    for person in people {
        groups.entry(person.matched.clone()).or_default().push(person);
    }
    let mut findings = Vec::new();
    for mut group in groups.into_values().filter(|group| group.len() > 1) {
        group.sort_unstable_by_key(|one| (one.submitted_at, one.application));
        let most = if by == Field::NameAndBirth { 1 } else { MOST_PAIRS };
        for (at, later) in group.iter().enumerate() {
            let before = group[..at].iter().filter(|earlier| !are_apart(apart, earlier, later));
            let before = before.filter(|earlier| !twins.contains(&ordered(earlier, later)));
            findings.extend(before.take(most).map(|earlier| pair(exception, earlier, later, by)));
        }
    }
    findings
}

/// The two ids of a pair, the smaller first.
fn ordered(one: &Person, other: &Person) -> (ApplicationId, ApplicationId) {
    (one.application.min(other.application), one.application.max(other.application))
}

fn are_apart(apart: &Apart, one: &Person, other: &Person) -> bool {
    let (first, second) = ordered(one, other);
    apart.contains(&(first, second, one.matched.clone()))
}

fn pair(exception: ExceptionId, one: &Person, other: &Person, by: Field) -> Finding {
    let subject = |person: &Person| Subject { application: person.application, body: person.body };
    Finding::same_worker(exception, subject(one), subject(other), by)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn person(number: u128, matched: &str) -> Person {
        let submitted_at = Some(
            DateTime::UNIX_EPOCH
                + chrono::TimeDelta::minutes(100 - i64::try_from(number).expect("a small number")),
        );
        Person {
            application: ApplicationId(Uuid::from_u128(number)),
            body: BodyId(Uuid::from_u128(1)),
            submitted_at,
            matched: matched.into(),
        }
    }

    fn found(by: Field, apart: &Apart, twins: &[(u128, u128)]) -> Vec<(u128, u128)> {
        let id = |number: u128| ApplicationId(Uuid::from_u128(number));
        let twins = twins.iter().map(|(one, other)| (id(*one), id(*other))).collect();
        let people = vec![person(1, "a"), person(2, "a"), person(3, "b"), person(4, "a"), person(5, "c")];
        let number = |subject: Option<Subject>| subject.map_or(0, |one| one.application.0.as_u128());
        let findings = pairs(ExceptionId(Uuid::from_u128(9)), people, by, apart, &twins);
        findings.iter().map(|finding| (number(finding.subject), number(finding.other))).collect()
    }

    #[test]
    fn passports_pair_everybody_and_a_name_pairs_with_the_earliest() {
        let nobody = Apart::default();
        // 4 was submitted first, then 2, then 1.
        assert_eq!(found(Field::Passport, &nobody, &[]), [(2, 4), (1, 4), (1, 2)]);
        assert_eq!(found(Field::NameAndBirth, &nobody, &[]), [(2, 4), (1, 4)]);
        assert_eq!(found(Field::NameAndBirth, &nobody, &[(2, 4)]), [(1, 4)]);
        let id = |number: u128| ApplicationId(Uuid::from_u128(number));
        let apart: Apart = [(id(1), id(4), "a".to_owned()), (id(2), id(4), "b".to_owned())].into();
        assert_eq!(found(Field::Passport, &apart, &[]), [(2, 4), (1, 2)]);
        assert_eq!(found(Field::NameAndBirth, &apart, &[]), [(2, 4), (1, 2)]);
    }
}
