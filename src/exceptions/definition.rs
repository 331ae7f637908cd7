//! A class exception as data: what one file of `exceptions/` says, read whole and checked before anything uses it.
//!
//! A definition falls into [`Settings`], which become columns; bodies, which are tenants; and [`Terms`], the part
//! that grows, kept as JSON with every revision. A file with a fault is refused with every fault and its path;
//! nothing is repaired or assumed. This module never reads a file or a database itself.

mod document;
mod faults;
mod terms;
mod validate;

use chrono::{DateTime, NaiveDate, Utc};
use entity::AllocationMethod;
use serde::Deserialize;

pub use faults::{DefinitionError, Fault};
pub use terms::{
    Clocks, Confidence, Criterion, CriterionKind, CriterionStrength, DatedFact, DeclaredBy, JobTitles,
    Occupation, Role, Standing, Terms, Validity, Vocabulary,
};

/// One class exception, checked.
#[derive(Clone, Debug, PartialEq)]
pub struct Definition {
    /// What is kept in columns, since rules and queries of other parts depend on it.
    pub settings: Settings,
    /// Who takes applications.
    pub bodies: Vec<BodyDefinition>,
    /// What is asked of an application.
    pub terms: Terms,
}

impl Definition {
    /// Reads a definition in TOML and checks all of it.
    ///
    /// # Errors
    /// The one place where it cannot be read, or else every fault with the path to it.
    pub fn parse(text: &str) -> Result<Self, Vec<DefinitionError>> {
        let document: document::Document =
            toml::from_str(text).map_err(|error| vec![DefinitionError::Unreadable(error.to_string())])?;
        let definition = Self::from(document);
        let faults = validate::faults_of(&definition);
        if faults.is_empty() { Ok(definition) } else { Err(faults) }
    }
}

/// The part of a definition that is kept in columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Names the exception in addresses and commands, e.g. `specialist-tech`.
    pub slug: String,
    /// Its name for people.
    pub title: String,
    /// Who decides on travel and visas.
    pub agency: String,
    /// How many workers may come.
    pub places: u32,
    /// How places are given when there are more good applications than places.
    pub allocation: AllocationMethod,
    /// The day of the announcement, in New Zealand.
    pub announced_on: Option<NaiveDate>,
    /// First instant at which applications are taken in.
    pub opens_at: DateTime<Utc>,
    /// First instant at which none is taken in any more.
    pub closes_at: Option<DateTime<Utc>>,
    /// First instant at which no place is given any more.
    pub allocation_ends_at: Option<DateTime<Utc>>,
    /// How many places one employer may hold.
    pub per_employer_cap: Option<u32>,
    /// Nothing is taken in and no place is given for now.
    pub paused: bool,
}

/// A body as the exception names it. It is a tenant once it has been added.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BodyDefinition {
    /// Names the body in addresses and commands.
    pub slug: String,
    /// Its name for people.
    pub name: String,
    /// Two to five capital letters that start every reference it issues.
    pub prefix: String,
    /// First day on which it takes applications; from the start where absent.
    pub starts_on: Option<NaiveDate>,
    /// Last day on which it takes applications; to the end where absent.
    pub ends_on: Option<NaiveDate>,
}

#[cfg(test)]
mod tests;
