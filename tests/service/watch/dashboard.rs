//! What is committed for those who run the service names what is there: the dashboard, the alerts and the page.

use std::collections::BTreeSet;

use serde_json::Value;

use super::labels::busy;
use crate::service::support::World;

on_both_databases! {
    the_dashboard_the_alerts_and_the_page_name_what_is_told,
}

const DASHBOARD: &str = include_str!("../../../docs/grafana.json");
const ALERTS: &str = include_str!("../../../docs/alerts.yaml");
const PAGE: &str = include_str!("../../../docs/operations.md");

async fn the_dashboard_the_alerts_and_the_page_name_what_is_told(world: World) {
    let told = busy(&world).await;
    let (names, labels) = (told.names(), told.label_names());
    let dashboard: Value = serde_json::from_str(DASHBOARD).expect("JSON");
    let mut queries = Vec::new();
    queries_in(&dashboard, &mut queries);
    assert!(queries.len() > 15, "{queries:?}");
    let mut asked = BTreeSet::new();
    for query in queries.into_iter().chain([ALERTS]) {
        for name in words(query).filter(|word| word.starts_with("nominations_")) {
            assert!(names.contains(name), "{name} is told nowhere, and asked for by {query}");
            asked.insert(family(name));
        }
        for label in labels_of(query) {
            assert!(
                labels.contains(label) || label == "instance",
                "{label} is no label, and is used by {query}"
            );
        }
    }
    // What is told is shown, and is explained.
    let families: BTreeSet<_> = names.iter().map(|name| family(name)).collect();
    let not_shown: Vec<_> = families.difference(&asked).filter(|name| !NOT_SHOWN.contains(name)).collect();
    assert!(not_shown.is_empty(), "no panel and no alert shows {not_shown:?}");
    let explained: BTreeSet<_> = PAGE.lines().filter_map(explained_in).map(family).collect();
    assert_eq!(explained, families, "the table of metrics in docs/operations.md");
}

/// What is told for those who look closely.
const NOT_SHOWN: [&str; 1] = ["nominations_job_last_run_timestamp_seconds"];

/// The metric that a row of the page's table is about.
fn explained_in(line: &str) -> Option<&str> {
    let name = line.strip_prefix("| `nominations_")?.split(['`', '{']).next()?;
    let start = "| `".len();
    line.get(start..start + "nominations_".len() + name.len())
}

/// The name of a metric without what its kind puts at its end.
fn family(name: &str) -> &str {
    ["_bucket", "_sum", "_count", "_total"].iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name)
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').filter(|word| !word.is_empty())
}

fn queries_in<'j>(json: &'j Value, queries: &mut Vec<&'j str>) {
    match json {
        Value::Object(members) => {
            queries.extend(members.get("expr").and_then(Value::as_str));
            members.values().for_each(|value| queries_in(value, queries));
        }
        Value::Array(values) => values.iter().for_each(|value| queries_in(value, queries)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// The labels that a query goes by: those it groups by, and those it matches.
fn labels_of(query: &str) -> BTreeSet<&str> {
    let grouped = query.split("by (").skip(1).chain(query.split("on (").skip(1));
    let grouped = grouped.filter_map(|rest| rest.split(')').next()).flat_map(words);
    let matched = query.split("nominations_").skip(1).filter_map(|rest| {
        let (name, rest) = rest.split_once('{')?;
        let is_name = name.chars().all(|c| c.is_ascii_lowercase() || c == '_');
        is_name.then(|| rest.split('}').next())?
    });
    let matched = matched.flat_map(|inside| inside.split("\",")).filter_map(|label| words(label).next());
    grouped.chain(matched).collect()
}
