//! What a job title means: an index of the known titles, built once per revision of the terms.
//!
//! A title that stands in the terms is matched exactly, after normalising. Everything else is at best *close*, and
//! what is close or ambiguous is for a person: nothing here guesses. Searching for type-ahead is as generous as
//! matching is strict.

mod lookup;
mod names;
mod nearness;
mod normalise;
mod search;
mod words;

use super::definition::{Confidence, Standing, Terms};
use normalise::{key_of, words_of};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};

pub use lookup::Finding;
pub use names::is_named_in;
pub use normalise::normalise;
pub use search::{MOST_MATCHES, search};

/// A job title and the occupation that it means.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobTitle {
    /// As the terms write it.
    pub title: String,
    /// The occupation's code.
    pub occupation_code: String,
    /// The occupation's title in its classification.
    pub occupation_title: String,
    /// The edition that has the code.
    pub classification: String,
}

/// A job title that a text may mean, and how near it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct JobTitleMatch {
    /// The title.
    pub job_title: JobTitle,
    /// The code of the approved role; none where the occupation is known and not approved.
    pub role: Option<String>,
    /// From 0 to 1, which is the title itself.
    pub score: f64,
}

/// Where a known title stands in the terms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The title and its occupation.
    pub job_title: JobTitle,
    /// The role that the occupation falls under.
    pub role: Option<String>,
    /// Whether the criteria name the occupation.
    pub standing: Standing,
    /// How sure it is that the title means the occupation.
    pub confidence: Confidence,
    /// The title's words, normalised.
    words: Vec<String>,
    /// What makes it the same title, see [`title_key`].
    key: String,
}

impl Entry {
    fn to_match(&self, score: f64) -> JobTitleMatch {
        JobTitleMatch {
            job_title: self.job_title.clone(),
            role: self.role.clone(),
            // Three decimals: the rest is noise that would differ between releases.
            score: (score * 1000.0).round() / 1000.0,
        }
    }
}

/// An occupation as far as a caller's code can point to it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct OccupationFacts {
    role: Option<String>,
    standing: Standing,
    /// Its edition is not the one that the role's code belongs to, e.g. a later one of another country.
    is_synonym: bool,
}

/// The known titles of one revision of the terms, ready to be matched many times.
#[derive(Clone, Debug)]
pub struct TitleIndex {
    entries: Vec<Entry>,
    by_key: HashMap<String, usize>,
    occupations: BTreeMap<String, OccupationFacts>,
    words: words::WordLists,
}

impl TitleIndex {
    /// Builds the index of these terms. Where two titles have one key, the first stands: terms that were parsed have
    /// no two occupations for one key.
    #[must_use]
    pub fn new(terms: &Terms) -> Self {
        let mut entries = Vec::new();
        let mut by_key = HashMap::new();
        let mut occupations = BTreeMap::new();
        for occupation in &terms.occupations {
            let home = occupation.role.as_deref().and_then(|role| terms.role(role));
            let facts = OccupationFacts {
                role: occupation.role.clone(),
                standing: occupation.standing,
                is_synonym: home.is_some_and(|role| role.classification != occupation.classification),
            };
            occupations.insert(occupation.code.clone(), facts);
            for (title, confidence) in occupation.job_titles.each() {
                let words = words_of(title);
                let key = key_of(&words);
                by_key.entry(key.clone()).or_insert(entries.len());
                let job_title = JobTitle {
                    title: title.to_owned(),
                    occupation_code: occupation.code.clone(),
                    occupation_title: occupation.title.clone(),
                    classification: occupation.classification.clone(),
                };
                let role = occupation.role.clone();
                entries.push(Entry {
                    job_title,
                    role,
                    standing: occupation.standing,
                    confidence,
                    words,
                    key,
                });
            }
        }
        Self { entries, by_key, occupations, words: words::WordLists::new(&terms.vocabulary) }
    }

    /// The titles that mean an occupation under this role, in the order of the terms.
    pub fn of_role(&self, role: &str) -> impl Iterator<Item = &JobTitle> {
        self.entries
            .iter()
            .filter(move |entry| entry.role.as_deref() == Some(role))
            .map(|entry| &entry.job_title)
    }

    /// The role of an occupation that the terms know.
    #[must_use]
    pub fn role_of_occupation(&self, occupation_code: &str) -> Option<&str> {
        self.occupations.get(occupation_code.trim()).and_then(|facts| facts.role.as_deref())
    }

    /// Whether the terms know this occupation.
    #[must_use]
    pub fn knows_occupation(&self, occupation_code: &str) -> bool {
        self.occupations.contains_key(occupation_code.trim())
    }

    fn listed(&self, words: &[String]) -> Option<&Entry> {
        self.by_key.get(&key_of(words)).map(|&at| &self.entries[at])
    }
}

/// What makes two titles the same: their normalised words, in the singular, run together.
#[must_use]
pub fn title_key(title: &str) -> String {
    key_of(&words_of(title))
}

#[cfg(test)]
mod tests;
