//! What an act sets off, as callers read it.

use async_graphql::SimpleObject;

use crate::applications::rules;

/// What an act sets off beyond its own application, told before it is done (`dryRun`) or after. It is the same code that
/// tells it and that does it.
#[derive(Clone, Debug, SimpleObject)]
pub struct Impact {
    /// How many places go back to the quota, at once or once the agency has acknowledged it.
    places_returned: i32,
    /// How many lines of the last published release are suspended in the next one.
    release_lines_removed: i32,
    /// Reference of the application that is nominated next; null where nobody is due a place, and where it is not the
    /// viewer's to see. Of two free places the one with the lower number is given first.
    next_in_line: Option<String>,
    /// All of it in plain English, for people. It may be reworded at any time.
    summary: String,
}

impl From<rules::Impact> for Impact {
    fn from(impact: rules::Impact) -> Self {
        Self {
            places_returned: impact.places_returned,
            release_lines_removed: impact.lines_removed,
            next_in_line: impact.next_in_line,
            summary: impact.summary,
        }
    }
}
