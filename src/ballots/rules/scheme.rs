//! What a ballot is called in everything that is hashed.

use std::fmt;

use thiserror::Error;

use crate::values::slug::is_slug;

/// A ballot's name: the class exception's slug, a slash and the ballot's number, e.g. `specialist-tech/1`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scheme {
    /// Slug of the class exception.
    pub exception: String,
    /// Counts the ballots of the exception from 1.
    pub number: u32,
}

/// A text that names no ballot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error(
    "A ballot's scheme is the class exception's slug, a slash and the ballot's number, e.g. specialist-tech/1."
)]
pub struct SchemeError;

impl Scheme {
    /// Reads a scheme as it is published.
    ///
    /// # Errors
    /// Where it is written in any other way.
    pub fn parse(text: &str) -> Result<Self, SchemeError> {
        let (exception, number) = text.rsplit_once('/').ok_or(SchemeError)?;
        let number = number.parse().map_err(|_| SchemeError)?;
        let read = Self { exception: exception.to_owned(), number };
        let is_good = is_slug(exception) && number > 0;
        if is_good && read.to_string() == text { Ok(read) } else { Err(SchemeError) }
    }
}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.exception, self.number)
    }
}
