//! What can be wrong with a definition, in words for whoever writes the file.

/// One reason why a definition is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DefinitionError {
    /// Not TOML, or not the fields and types that a definition has; the text names line, column and field.
    #[error("{0}")]
    Unreadable(String),
    /// Readable, and wrong in itself.
    #[error("{path}: {fault}")]
    Invalid {
        /// Where in the file, e.g. `roles[2].minimum_pay`.
        path: String,
        /// What is wrong there.
        fault: Fault,
    },
}

/// What is wrong at one place of a definition.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// Nothing but spaces.
    #[error("must not be blank")]
    Blank,
    /// An empty list where something must stand.
    #[error("needs at least one entry")]
    Empty,
    /// Zero, or less.
    #[error("must be more than zero")]
    NotPositive,
    /// No working day, or more than a year has of them.
    #[error("must be 1 to 250 working days")]
    NotWorkingDays,
    /// Parts of a cent.
    #[error("must have two decimals at most")]
    TooFine,
    /// Beyond anything that is paid.
    #[error("must be 10,000,000 at most")]
    TooLarge,
    /// Not lower-case words joined by hyphens.
    #[error(
        "must be lower-case letters and digits joined by single hyphens, 50 at most, e.g. specialist-tech"
    )]
    NotASlug,
    /// Not a classification's code.
    #[error("must be 1 to 20 letters, digits, dots or hyphens")]
    NotACode,
    /// Not two to five capital letters.
    #[error("must be 2 to 5 capital letters, e.g. NZT")]
    NotAPrefix,
    /// Not an address that a reader could open.
    #[error("must be an absolute http or https address")]
    NotAnAddress,
    /// The same code, slug or prefix twice.
    #[error("\"{0}\" stands more than once")]
    Repeated(String),
    /// A job title, once normalised, is claimed by two occupations.
    #[error("\"{title}\" already means occupation {other}")]
    TitleTaken {
        /// The title as it is written here.
        title: String,
        /// The code of the occupation that has it.
        other: String,
    },
    /// A reference to a role that the file does not have.
    #[error("there is no role \"{0}\" in this file")]
    UnknownRole(String),
    /// A named occupation without the role that names it.
    #[error("a NAMED occupation needs its role")]
    NamedWithoutRole,
    /// A role for an occupation that is outside.
    #[error("a NOT_APPROVED occupation has no role")]
    NotApprovedWithRole,
    /// An instant or day that must lie after another.
    #[error("must be later than {0}")]
    NotAfter(&'static str),
    /// More than one criterion of a kind that there can be one of.
    #[error("only one criterion may be of this kind")]
    SecondOfKind,
    /// No criterion asks for the role, which every nomination states.
    #[error("one criterion is of kind ROLE: a nomination states its role")]
    NoRole,
    /// An evidence criterion that nothing could show.
    #[error("an EVIDENCE criterion names the kinds of evidence that show it")]
    NothingShowsIt,
    /// Evidence or names for a criterion of another kind.
    #[error("only an EVIDENCE criterion has this")]
    OnlyForEvidence,
    /// A way to measure validity too many.
    #[error("give either an instant or months, not both")]
    EitherOr,
    /// A short form that would be replaced by nothing, or by more readings than can be tried.
    #[error("needs one to four meanings, none of them blank")]
    Meanings,
}
