//! What an act sets off beyond its own application, told before it is done or after.

use serde::{Deserialize, Serialize};

use crate::quota::rules::Returned;

/// Who is next for a place that came free, as far as the viewer may know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Next {
    /// Nobody is due one.
    Nobody,
    /// An application that the viewer may see, by its reference.
    Own(String),
    /// One that is not the viewer's to see.
    Another,
}

/// What an act sets off. It holds references and numbers, never personal data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Impact {
    /// How many places go back.
    pub places_returned: i32,
    /// How many lines of the last published release are suspended, and removed later.
    pub lines_removed: i32,
    /// Reference of the application that is next for the place; none where nobody is, or it is not the viewer's to see.
    pub next_in_line: Option<String>,
    /// All of it in a sentence or two.
    pub summary: String,
}

impl Impact {
    /// With what else it sets off, a sentence each.
    #[must_use]
    pub fn and(mut self, sentences: impl IntoIterator<Item = String>) -> Self {
        for sentence in sentences {
            self.summary.push(' ');
            self.summary.push_str(&sentence);
        }
        self
    }

    /// What ending an application sets off.
    #[must_use]
    pub fn of(returned: Returned, next: Next) -> Self {
        let summary = match (returned, &next) {
            (Returned::Nothing, _) => "It holds no place, so nothing else changes.".to_owned(),
            (Returned::Freed { place }, Next::Nobody) => {
                format!("Place {place} comes free at once. Nobody is due one.")
            }
            (Returned::Freed { place }, Next::Own(reference)) => {
                format!("Place {place} comes free at once, and {reference} is nominated.")
            }
            (Returned::Freed { place }, Next::Another) => {
                format!("Place {place} comes free at once, and the application that is next is nominated.")
            }
            (Returned::Retired { place }, _) => {
                format!("Place {place} stands above the cap and retires: nobody gets it.")
            }
            (Returned::Returning { place }, _) => format!(
                "Place {place} is on a published release. The next release suspends the line, and the place comes \
                 free once the agency has acknowledged that."
            ),
            (Returned::AlreadyReturning { place }, _) => {
                format!("Place {place} is on its way back already; that does not change.")
            }
        };
        let next_in_line = match next {
            Next::Own(reference) => Some(reference),
            Next::Nobody | Next::Another => None,
        };
        Self {
            places_returned: i32::from(returned.place().is_some()),
            lines_removed: i32::from(matches!(returned, Returned::Returning { .. })),
            next_in_line,
            summary,
        }
    }
}
