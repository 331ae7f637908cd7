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

use crate::values::slug::is_slug;

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
        if let Some(base) = Self::base_of(text)? {
            let why = format!("it extends {base}, and is read together with that file");
            return Err(vec![DefinitionError::Unreadable(why)]);
        }
        Self::checked(toml::from_str(text).map_err(unreadable)?)
    }

    /// The slug of the class exception whose file a definition extends, if it does.
    ///
    /// # Errors
    /// Where the file cannot be read, or what it extends is no slug.
    pub fn base_of(text: &str) -> Result<Option<String>, Vec<DefinitionError>> {
        let table: toml::Table = toml::from_str(text).map_err(unreadable)?;
        match table.get(EXTENDS) {
            None => Ok(None),
            Some(toml::Value::String(slug)) if is_slug(slug) => Ok(Some(slug.clone())),
            Some(_) => {
                let why = "extends has to be the slug of a class exception whose file stands beside this one";
                Err(vec![DefinitionError::Unreadable(why.into())])
            }
        }
    }

    /// Reads a definition that extends another's file: each key of `text` stands in place of the same key of `base`, whole.
    ///
    /// # Errors
    /// As [`Self::parse`]; and where `base` extends a third.
    pub fn parse_on(base: &str, text: &str) -> Result<Self, Vec<DefinitionError>> {
        let mut table: toml::Table = toml::from_str(base).map_err(unreadable)?;
        if table.contains_key(EXTENDS) {
            let why = "the file that it extends extends another itself: name that one";
            return Err(vec![DefinitionError::Unreadable(why.into())]);
        }
        table.extend(toml::from_str::<toml::Table>(text).map_err(unreadable)?);
        table.remove(EXTENDS);
        Self::checked(table.try_into().map_err(unreadable)?)
    }

    fn checked(document: document::Document) -> Result<Self, Vec<DefinitionError>> {
        let definition = Self::from(document);
        let faults = validate::faults_of(&definition);
        if faults.is_empty() { Ok(definition) } else { Err(faults) }
    }
}

/// The key that names the file that another extends.
const EXTENDS: &str = "extends";

#[expect(clippy::needless_pass_by_value, reason = "it is what map_err hands over")]
fn unreadable(error: toml::de::Error) -> Vec<DefinitionError> {
    vec![DefinitionError::Unreadable(error.to_string())]
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
    /// The day in New Zealand from which what is held of people is purged; never where absent. No place is given by then.
    pub purge_on: Option<NaiveDate>,
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
