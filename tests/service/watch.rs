//! How the service is seen by those who run it: what is told is true, bounded, and about nobody.

mod collector;
mod dashboard;
mod figures;
mod labels;
mod process;
mod statements;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use nominations::watch::Scraper;

use super::support::World;

/// What a scrape told: the number of each series, by its name and labels as they are written.
pub struct Scrape {
    text: String,
    series: BTreeMap<String, String>,
}

impl World {
    /// What a scraper is told that has not come before.
    pub async fn scrape(&self) -> Scrape {
        Scrape::read(Scraper::new(Arc::clone(&self.app)).scrape().await.expect("a text"))
    }
}

impl Scrape {
    fn read(text: String) -> Self {
        assert!(text.ends_with("# EOF\n"), "{text}");
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        let series = lines.map(|line| {
            let (name, value) = line.rsplit_once(' ').expect("a value");
            (name.to_owned(), value.to_owned())
        });
        Self { series: series.collect(), text }
    }

    /// The number of one series, which is a whole one; its name without the prefix that all have.
    fn value(&self, name: &str) -> i64 {
        let name = format!("nominations_{name}");
        let value = self.series.get(&name).unwrap_or_else(|| panic!("{name} is not among\n{}", self.text));
        value.strip_suffix(".0").unwrap_or(value).parse().expect("a whole number")
    }

    /// The names of all series, without their labels.
    fn names(&self) -> BTreeSet<&str> {
        self.series.keys().filter_map(|name| name.split('{').next()).collect()
    }

    /// The names of all labels.
    fn label_names(&self) -> BTreeSet<&str> {
        let labels = self.series.keys().filter_map(|name| name.split_once('{')).map(|(_, labels)| labels);
        labels.flat_map(|labels| labels.split("\",")).filter_map(|label| label.split('=').next()).collect()
    }
}
