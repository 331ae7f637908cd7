//! What an application is found by: words in its reference, the employer's name, the job's title and the worker's name.

use std::collections::BTreeSet;

use entity::{application, employer, worker};

use crate::values::words::words;

/// The words that an application is found by. A reference is found by its code alone, and with its prefix: the hyphen
/// between them may be left out.
#[must_use]
pub fn words_of(
    application: &application::Model,
    employer: &employer::Model,
    worker: &worker::Model,
) -> BTreeSet<String> {
    let reference: Vec<String> = words(&application.reference).collect();
    let names = [
        Some(employer.legal_name.as_str()),
        employer.trading_name.as_deref(),
        Some(application.job_title.as_str()),
        Some(worker.family_name.as_str()),
        Some(worker.given_names.as_str()),
    ];
    let names = names.into_iter().flatten().flat_map(words);
    names.chain([reference.concat()]).chain(reference.into_iter().skip(1)).collect()
}

/// The words to look for in what somebody typed. One that begins another of them says nothing more.
#[must_use]
pub fn words_to_find(typed: &str) -> Vec<String> {
    let all: BTreeSet<String> = words(typed).collect();
    let says_more = |word: &&String| !all.iter().any(|other| other != *word && other.starts_with(*word));
    all.iter().filter(says_more).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::applications::samples;

    fn found(typed: &str) -> bool {
        let words = words_of(&samples::application(), &samples::employer(), &samples::worker());
        words_to_find(typed).iter().all(|start| words.iter().any(|word| word.starts_with(start.as_str())))
    }

    #[test]
    fn an_application_is_found_by_what_people_call_it() {
        for typed in [
            "NZT-7K4Q2H",
            "nzt7k4",
            "7k4q2h",
            "nzt",
            "kau sof",
            "Kauri Limited",
            "Koru",
            "software ENGINEER",
            "ōka min",
            "okawa kauri nzt-7k4",
            "",
            " % ",
        ] {
            assert!(found(typed), "{typed:?}");
        }
        for typed in ["auri", "okawa rata", "zt7k4", "itp7k4q2h", "engineers"] {
            assert!(!found(typed), "{typed:?}");
        }
    }

    #[test]
    fn a_word_that_begins_another_is_not_looked_for() {
        assert_eq!(words_to_find("so Software  soft wellington SOFTWARE"), ["software", "wellington"]);
    }
}
