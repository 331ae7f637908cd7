//! Something that was found not to agree, before it is kept.

use std::fmt;

use entity::{ApplicationId, BodyId, DiscrepancyKind, ExceptionId};
use sha2::{Digest, Sha256};

/// An application that a finding is about, and whose it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Subject {
    /// Which.
    pub application: ApplicationId,
    /// Whose.
    pub body: BodyId,
}

/// In which field two records differ, or by which two applications match.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Field {
    /// Issuing state and number of the worker's passport.
    Passport,
    /// The worker's name, folded, with the date of birth.
    NameAndBirth,
    /// The worker's date of birth.
    DateOfBirth,
    /// The employer's New Zealand Business Number.
    EmployerNzbn,
    /// The code of the occupation.
    Occupation,
    /// Where the case stands at the agency.
    Status,
    /// Since when it stands there.
    At,
}

impl Field {
    /// Every field.
    pub const ALL: [Self; 7] = [
        Self::Passport,
        Self::NameAndBirth,
        Self::DateOfBirth,
        Self::EmployerNzbn,
        Self::Occupation,
        Self::Status,
        Self::At,
    ];

    /// Its name in the public schema and in the database.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Passport => "passportNumber",
            Self::NameAndBirth => "nameAndDateOfBirth",
            Self::DateOfBirth => "dateOfBirth",
            Self::EmployerNzbn => "employerNzbn",
            Self::Occupation => "occupationCode",
            Self::Status => "status",
            Self::At => "at",
        }
    }
}

/// What each side says. Personal data is kept sealed; of a passport's number there is never more here than its last three
/// characters.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Values {
    /// What we have.
    pub ours: Option<String>,
    /// What the other side has: the agency, or the ledger against the caseload.
    pub theirs: Option<String>,
}

impl fmt::Debug for Values {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Values(redacted)")
    }
}

/// Something that was found not to agree. The same thing found again has the same [`Finding::mark`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Under which class exception.
    pub exception: ExceptionId,
    /// In what way.
    pub kind: DiscrepancyKind,
    /// The application that it is about. Its body has to mend it.
    pub subject: Option<Subject>,
    /// The other application, where it is about two; its body has a part in it.
    pub other: Option<Subject>,
    /// The reference as it was told, where it is none of ours.
    pub reference: Option<String>,
    /// Number of the place.
    pub place: Option<i32>,
    /// Number of the release.
    pub release: Option<i32>,
    /// In which field.
    pub field: Option<Field>,
    /// What each side says.
    pub values: Values,
    /// What keeps it apart from others like it, e.g. the line of a message; never personal data.
    pub apart: Option<String>,
    /// The last release that is published, where there is one.
    pub after_release: Option<i32>,
}

impl Finding {
    /// A finding that is about nothing in particular yet.
    #[must_use]
    pub fn new(exception: ExceptionId, kind: DiscrepancyKind) -> Self {
        Self {
            exception,
            kind,
            subject: None,
            other: None,
            reference: None,
            place: None,
            release: None,
            field: None,
            values: Values::default(),
            apart: None,
            after_release: None,
        }
    }

    /// About an application of a body's.
    #[must_use]
    pub fn about(mut self, application: ApplicationId, body: BodyId) -> Self {
        self.subject = Some(Subject { application, body });
        self
    }

    /// About two applications of one worker, by what they match.
    #[must_use]
    pub fn same_worker(exception: ExceptionId, one: Subject, other: Subject, by: Field) -> Self {
        let (first, second) = if one.application < other.application { (one, other) } else { (other, one) };
        let mut finding = Self::new(exception, DiscrepancyKind::SameWorker);
        (finding.subject, finding.other, finding.field) = (Some(first), Some(second), Some(by));
        finding
    }

    /// With the reference that the agency told, where it is none of ours.
    #[must_use]
    pub fn told_as(mut self, reference: impl Into<String>) -> Self {
        self.reference = Some(reference.into());
        self
    }

    /// In a field, with what each side says.
    #[must_use]
    pub fn differing(mut self, field: Field, ours: Option<String>, theirs: Option<String>) -> Self {
        self.field = Some(field);
        self.values = Values { ours, theirs };
        self
    }

    /// What it is about, as 64 hexadecimal digits: everything but the values.
    #[must_use]
    pub fn mark(&self) -> String {
        let id = |subject: Option<Subject>| subject.map(|one| one.application.to_string());
        let number = |number: Option<i32>| number.map(|number| number.to_string());
        let parts = [
            Some(self.kind.word()),
            id(self.subject),
            id(self.other),
            self.reference.clone(),
            number(self.place),
            number(self.release),
            self.field.map(|field| field.word().to_owned()),
            self.apart.clone(),
        ];
        let mut hash = Sha256::new_with_prefix(b"discrepancy-v1");
        for part in parts {
            // The length keeps parts apart that could run into each other.
            let part = part.unwrap_or_default();
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        hex::encode(hash.finalize())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use uuid::Uuid;

    use super::*;

    const HERE: ExceptionId = ExceptionId(Uuid::from_u128(1));

    fn subject(number: u128) -> Subject {
        Subject { application: ApplicationId(Uuid::from_u128(number)), body: BodyId(Uuid::from_u128(9)) }
    }

    #[test]
    fn the_mark_is_what_it_is_about_and_not_what_the_values_are() {
        let one = Finding::new(HERE, DiscrepancyKind::DetailsDiffer)
            .about(subject(2).application, subject(2).body)
            .differing(Field::DateOfBirth, Some("1990-01-01".into()), Some("1990-01-02".into()));
        let others = [
            Finding { kind: DiscrepancyKind::StatusDiffers, ..one.clone() },
            Finding { subject: Some(subject(3)), ..one.clone() },
            Finding { subject: None, other: Some(subject(2)), ..one.clone() },
            Finding { field: Some(Field::Passport), ..one.clone() },
            Finding { reference: Some("NZT-1".into()), ..one.clone() },
            Finding { place: Some(1), ..one.clone() },
            Finding { release: Some(1), ..one.clone() },
            Finding { apart: Some("1".into()), ..one.clone() },
        ];
        let marks: BTreeSet<String> = others.iter().chain([&one]).map(Finding::mark).collect();
        assert_eq!(marks.len(), others.len() + 1);
        let same = Finding { values: Values::default(), after_release: Some(3), ..one.clone() };
        assert_eq!(same.mark(), one.mark());
        assert!(!format!("{one:?}").contains("1990"), "{one:?}");
    }

    #[test]
    fn a_pair_is_one_pair_whichever_comes_first() {
        let pair = |one, other| Finding::same_worker(HERE, subject(one), subject(other), Field::Passport);
        assert_eq!(pair(2, 3), pair(3, 2));
        assert_eq!(pair(3, 2).subject, Some(subject(2)));
    }
}
