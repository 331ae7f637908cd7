//! The terms' vocabulary, made ready: short forms, rank, tools.
//!
//! Rank and tools are only ever left out of a text, never out of a known title: "Head of Engineering" is a title of
//! its own although "head of" is rank.

use super::normalise::{singular, words_of};
use crate::exceptions::definition::Vocabulary;
use std::collections::{HashMap, HashSet};

/// More readings than this are not tried: a text with so many short forms is ambiguous anyway.
const MOST_READINGS: usize = 16;

/// Phrases as lists of normalised words.
#[derive(Clone, Debug)]
pub(super) struct WordLists {
    meanings: HashMap<String, Vec<Vec<String>>>,
    seniority: Vec<Vec<String>>,
    qualifiers: HashSet<String>,
}

/// The ways to read a text once its short forms are written out.
pub(super) struct Readings {
    /// At least one; more than one where a short form has several meanings.
    pub(super) each: Vec<Vec<String>>,
    /// There were more than are tried.
    pub(super) truncated: bool,
}

impl WordLists {
    pub(super) fn new(vocabulary: &Vocabulary) -> Self {
        let meanings = vocabulary.abbreviations.iter().map(|(short, meanings)| {
            let short = words_of(short).concat();
            (short, meanings.iter().map(|meaning| words_of(meaning)).collect())
        });
        let mut seniority: Vec<_> = vocabulary.seniority.iter().map(|phrase| words_of(phrase)).collect();
        // Longest first, so that "level 1" goes before a bare "1".
        seniority.sort_by_key(|phrase| std::cmp::Reverse(phrase.len()));
        let qualifiers = vocabulary.qualifiers.iter().map(|word| words_of(word).concat()).collect();
        Self { meanings: meanings.collect(), seniority, qualifiers }
    }

    /// Writes out every short form, in every way it can be meant.
    pub(super) fn readings(&self, words: &[String]) -> Readings {
        let mut each: Vec<Vec<String>> = vec![Vec::new()];
        let mut truncated = false;
        for word in words {
            let Some(meanings) = self.meanings.get(word) else {
                for reading in &mut each {
                    reading.push(word.clone());
                }
                continue;
            };
            let longer = each.iter().flat_map(|reading| {
                meanings.iter().map(|meaning| reading.iter().chain(meaning).cloned().collect::<Vec<_>>())
            });
            let mut longer: Vec<_> = longer.take(MOST_READINGS + 1).collect();
            truncated |= longer.len() > MOST_READINGS;
            longer.truncate(MOST_READINGS);
            each = longer;
        }
        Readings { each, truncated }
    }

    /// The words without rank and form of engagement; all of them where nothing else is left.
    pub(super) fn without_seniority(&self, words: &[String]) -> Vec<String> {
        let mut kept = Vec::new();
        let mut rest = words;
        while let Some(word) = rest.first() {
            let rank = self.seniority.iter().find(|phrase| !phrase.is_empty() && rest.starts_with(phrase));
            if rank.is_none() {
                kept.push(word.clone());
            }
            rest = &rest[rank.map_or(1, Vec::len)..];
        }
        if kept.is_empty() { words.to_vec() } else { kept }
    }

    /// The words without tools and products; all of them where nothing else is left.
    pub(super) fn without_qualifiers(&self, words: &[String]) -> Vec<String> {
        let is_tool =
            |word: &String| self.qualifiers.contains(word) || self.qualifiers.contains(singular(word));
        let kept: Vec<_> = words.iter().filter(|word| !is_tool(word)).cloned().collect();
        if kept.is_empty() { words.to_vec() } else { kept }
    }
}
