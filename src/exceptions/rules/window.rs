//! The window: from when and until when applications are taken in.
//!
//! Ends are exclusive. An end at 12:00:00Z on 31 July shows as 11:59 pm in New Zealand, and the very instant of the
//! end is too late.

use crate::clock::day_in_new_zealand;
use crate::exceptions::definition::Settings;
use chrono::{DateTime, Utc};
use entity::class_exception;
use serde::{Deserialize, Serialize};

/// Where a class exception stands at an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ClassExceptionStatus {
    /// Not open yet; drafts may be written.
    Announced,
    /// Applications are taken in.
    Open,
    /// Nothing is taken in and no place is given for now.
    Paused,
    /// Nothing is taken in any more; all else goes on.
    Closed,
}

/// Why nothing is taken in at an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WindowRefusal {
    /// The window has not opened.
    #[error("Applications are not open yet. The draft is kept; submit it once they are.")]
    TooEarly,
    /// The class exception is paused.
    #[error("Applications are paused. Drafts stay as they are until it goes on.")]
    Paused,
    /// The window has closed.
    #[error("Applications have closed. Drafts stay readable, but nothing more is taken in.")]
    Closed,
}

/// Whether the day has come on which what is held of people under a class exception is purged.
#[must_use]
pub fn is_purged(exception: &class_exception::Model, now: DateTime<Utc>) -> bool {
    exception.purge_on.is_some_and(|day| day <= day_in_new_zealand(now))
}

/// When a class exception takes applications in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// First instant inside.
    pub opens_at: DateTime<Utc>,
    /// First instant outside again; none where it stays open.
    pub closes_at: Option<DateTime<Utc>>,
    /// Taken in no more for now.
    pub paused: bool,
}

impl Window {
    /// Whether an instant lies between opening and closing, paused or not: for what was received elsewhere.
    #[must_use]
    pub fn contains(&self, at: DateTime<Utc>) -> bool {
        at >= self.opens_at && self.closes_at.is_none_or(|closes_at| at < closes_at)
    }

    /// Where the class exception stands. Closed outweighs paused, and paused outweighs not yet open.
    #[must_use]
    pub fn status(&self, now: DateTime<Utc>) -> ClassExceptionStatus {
        if self.closes_at.is_some_and(|closes_at| now >= closes_at) {
            ClassExceptionStatus::Closed
        } else if self.paused {
            ClassExceptionStatus::Paused
        } else if now < self.opens_at {
            ClassExceptionStatus::Announced
        } else {
            ClassExceptionStatus::Open
        }
    }

    /// May an application be submitted?
    ///
    /// # Errors
    /// Why not.
    pub fn may_lodge(&self, now: DateTime<Utc>) -> Result<(), WindowRefusal> {
        match self.status(now) {
            ClassExceptionStatus::Open => Ok(()),
            ClassExceptionStatus::Announced => Err(WindowRefusal::TooEarly),
            ClassExceptionStatus::Paused => Err(WindowRefusal::Paused),
            ClassExceptionStatus::Closed => Err(WindowRefusal::Closed),
        }
    }

    /// May a draft be created or changed?
    ///
    /// # Errors
    /// Why not; never [`WindowRefusal::TooEarly`], since drafts may be written before the opening.
    pub fn may_draft(&self, now: DateTime<Utc>) -> Result<(), WindowRefusal> {
        match self.status(now) {
            ClassExceptionStatus::Open | ClassExceptionStatus::Announced => Ok(()),
            ClassExceptionStatus::Paused => Err(WindowRefusal::Paused),
            ClassExceptionStatus::Closed => Err(WindowRefusal::Closed),
        }
    }
}

impl From<&class_exception::Model> for Window {
    fn from(exception: &class_exception::Model) -> Self {
        Self { opens_at: exception.opens_at, closes_at: exception.closes_at, paused: exception.paused }
    }
}

impl From<&Settings> for Window {
    fn from(settings: &Settings) -> Self {
        Self { opens_at: settings.opens_at, closes_at: settings.closes_at, paused: settings.paused }
    }
}

#[cfg(test)]
mod tests;
