//! From a text, and perhaps an occupation's code, to what it means.
//!
//! The order is strict to loose, and the first hit stands: the text as written, with short forms written out, without
//! rank, without tools, without what stands in brackets. Whatever had to be left out must not decide against
//! anybody, nor for anybody on a mere judgement: such hits count as close.

use super::nearness::nearness;
use super::normalise::{words_of, words_outside_brackets};
use super::{Entry, JobTitleMatch, TitleIndex};
use crate::exceptions::definition::{Confidence, Standing};

/// Nearer than this is close; what is less near is unknown.
const CLOSE: f64 = 0.75;
/// Titles within this of the nearest are as good as it.
const AS_GOOD: f64 = 0.05;
/// Most titles to name for a close or ambiguous text.
const MOST_NAMED: usize = 5;

/// What a text means.
#[derive(Clone, Debug, PartialEq)]
pub enum Finding<'a> {
    /// It is this title.
    Exact(&'a Entry),
    /// It may well mean these, which agree on role and standing; the nearest first, never empty.
    Close(Vec<(&'a Entry, f64)>),
    /// It may mean several things, or code and title say different things; what is known of them, perhaps nothing.
    Ambiguous(Vec<(&'a Entry, f64)>),
    /// It is like nothing in the terms.
    Unknown,
}

impl Finding<'_> {
    /// The titles found, best first.
    #[must_use]
    pub fn matches(&self) -> Vec<JobTitleMatch> {
        match self {
            Self::Exact(entry) => vec![entry.to_match(1.0)],
            Self::Close(found) | Self::Ambiguous(found) => {
                found.iter().map(|(entry, score)| entry.to_match(*score)).collect()
            }
            Self::Unknown => Vec::new(),
        }
    }
}

impl TitleIndex {
    /// What a title means by itself.
    #[must_use]
    pub fn find(&self, title: &str) -> Finding<'_> {
        let words = words_of(title);
        if words.is_empty() {
            return Finding::Unknown;
        }
        let outside = words_outside_brackets(title);
        self.find_whole(&words)
            .or_else(|| {
                outside.as_ref().and_then(|outside| self.find_whole(outside)).map(when_brackets_were_left_out)
            })
            .unwrap_or_else(|| self.find_near(outside.as_deref().unwrap_or(&words)))
    }

    /// What a title means where the caller names the occupation too. A code narrows what the title leaves open; it
    /// never overrides what the title says.
    #[must_use]
    pub fn find_with_code(&self, title: &str, occupation_code: &str) -> Finding<'_> {
        let code = occupation_code.trim();
        let agrees = |entry: &Entry| self.codes_agree(&entry.job_title.occupation_code, code);
        match self.find(title) {
            Finding::Exact(entry) if agrees(entry) => Finding::Exact(entry),
            Finding::Exact(entry) => Finding::Ambiguous(vec![(entry, 1.0)]),
            Finding::Close(found) => match narrowed(&found, agrees) {
                kept if kept.is_empty() => Finding::Ambiguous(found),
                kept => Finding::Close(kept),
            },
            Finding::Ambiguous(found) => match narrowed(&found, agrees).as_slice() {
                [] => Finding::Ambiguous(found),
                [(entry, score)] if is_certain(*score) => Finding::Exact(entry),
                kept if is_one_meaning(kept) => Finding::Close(kept.to_vec()),
                kept => Finding::Ambiguous(kept.to_vec()),
            },
            Finding::Unknown => Finding::Unknown,
        }
    }

    /// Two codes agree when they are one, or when both are named under one role and at least one of them comes from
    /// another edition than the role's: such codes are synonyms within their role.
    fn codes_agree(&self, one: &str, other: &str) -> bool {
        if one == other {
            return true;
        }
        let (Some(one), Some(other)) = (self.occupations.get(one), self.occupations.get(other)) else {
            return false;
        };
        let named = one.standing == Standing::Named && other.standing == Standing::Named;
        named && one.role == other.role && (one.is_synonym || other.is_synonym)
    }

    fn find_whole(&self, words: &[String]) -> Option<Finding<'_>> {
        if let Some(entry) = self.listed(words) {
            return Some(Finding::Exact(entry));
        }
        let readings = self.words.readings(words);
        let hits: Vec<_> = readings.each.iter().map(|reading| self.find_reading(reading)).collect();
        if hits.iter().all(Option::is_none) {
            return None;
        }
        match hits.as_slice() {
            [Some(only)] if !readings.truncated => Some(only.clone()),
            hits => Some(Finding::Ambiguous(distinct(hits.iter().flatten()))),
        }
    }

    /// One reading of the text: as it is, without rank, without tools.
    fn find_reading(&self, reading: &[String]) -> Option<Finding<'_>> {
        if let Some(entry) = self.listed(reading) {
            return Some(Finding::Exact(entry));
        }
        let plain = self.words.without_seniority(reading);
        if let Some(entry) = self.listed(&plain) {
            return Some(Finding::Exact(entry));
        }
        let bare = self.words.without_seniority(&self.words.without_qualifiers(&plain));
        self.listed(&bare).map(when_tools_were_left_out)
    }

    fn find_near(&self, words: &[String]) -> Finding<'_> {
        let readings = self.words.readings(words);
        let texts: Vec<_> =
            readings.each.iter().map(|reading| self.words.without_seniority(reading)).collect();
        let near = |entry: &Entry| texts.iter().map(|text| nearness(text, &entry.words)).fold(0.0, f64::max);
        let mut found: Vec<_> = self.entries.iter().map(|entry| (entry, near(entry))).collect();
        found.retain(|(_, score)| *score >= CLOSE);
        found.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.words.cmp(&b.0.words)));
        let Some(best) = found.first().map(|(_, score)| *score) else { return Finding::Unknown };
        found.retain(|(_, score)| *score >= best - AS_GOOD);
        found.truncate(MOST_NAMED);
        if is_one_meaning(&found) && texts.len() == 1 {
            Finding::Close(found)
        } else {
            Finding::Ambiguous(found)
        }
    }
}

/// A tool does not change the occupation, unless what is left is a word that other trades have too: "Java Architect"
/// builds no houses.
fn when_tools_were_left_out(entry: &Entry) -> Finding<'_> {
    match entry.standing {
        Standing::Named | Standing::Unsettled => Finding::Exact(entry),
        Standing::NotApproved => Finding::Close(vec![(entry, LEFT_OUT)]),
    }
}

/// What stood in brackets may have been what mattered: "Architect (Software)" builds no houses, and "Platform Engineer
/// (Drilling)" no software. Only a title beyond doubt stands.
fn when_brackets_were_left_out(finding: Finding<'_>) -> Finding<'_> {
    match finding {
        Finding::Exact(entry) => match (entry.standing, entry.confidence) {
            (Standing::Named, Confidence::High) | (Standing::Unsettled, _) => Finding::Exact(entry),
            (Standing::Named, Confidence::Medium | Confidence::Low) | (Standing::NotApproved, _) => {
                Finding::Close(vec![(entry, LEFT_OUT)])
            }
        },
        Finding::Close(found) => Finding::Close(found),
        Finding::Ambiguous(found) => Finding::Ambiguous(found),
        Finding::Unknown => Finding::Unknown,
    }
}

/// The score of a title that was found by leaving words out.
const LEFT_OUT: f64 = 0.9;

fn is_certain(score: f64) -> bool {
    score >= 1.0
}

fn narrowed<'a>(found: &[(&'a Entry, f64)], agrees: impl Fn(&Entry) -> bool) -> Vec<(&'a Entry, f64)> {
    found.iter().filter(|(entry, _)| agrees(entry)).copied().collect()
}

fn is_one_meaning(found: &[(&Entry, f64)]) -> bool {
    let mut meanings = found.iter().map(|(entry, _)| (&entry.role, entry.standing));
    meanings.next().is_none_or(|first| meanings.all(|other| other == first))
}

/// The entries of several findings, each once, in order.
fn distinct<'a, 'f>(findings: impl Iterator<Item = &'f Finding<'a>>) -> Vec<(&'a Entry, f64)>
where
    'a: 'f,
{
    let mut all: Vec<(&Entry, f64)> = Vec::new();
    for finding in findings {
        let found = match finding {
            Finding::Exact(entry) => vec![(*entry, 1.0)],
            Finding::Close(found) | Finding::Ambiguous(found) => found.clone(),
            Finding::Unknown => Vec::new(),
        };
        for (entry, score) in found {
            if !all.iter().any(|(other, _)| other.job_title == entry.job_title) {
                all.push((entry, score));
            }
        }
    }
    all
}
