//! The file as it is written: flat, so that an author meets no more nesting than the facts have.
//!
//! It is only ever turned into a [`Definition`]; nothing else sees it. Unknown fields are refused, since a misspelt
//! field that is silently dropped would change who may come.

use super::{
    BodyDefinition, Clocks, Criterion, DatedFact, Definition, Occupation, Role, Settings, Terms, Validity,
    Vocabulary,
};
use chrono::{DateTime, NaiveDate, Utc};
use entity::AllocationMethod;
use serde::Deserialize;

/// Every field that a file may have.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Document {
    slug: String,
    title: String,
    agency: String,
    places: u32,
    allocation: AllocationMethod,
    announced_on: Option<NaiveDate>,
    opens_at: DateTime<Utc>,
    closes_at: Option<DateTime<Utc>>,
    allocation_ends_at: Option<DateTime<Utc>>,
    per_employer_cap: Option<u32>,
    purge_on: Option<NaiveDate>,
    #[serde(default)]
    paused: bool,
    pathway: String,
    guide_url: Option<String>,
    #[serde(default)]
    validity: Validity,
    #[serde(default)]
    clocks: Clocks,
    #[serde(default)]
    facts: Vec<DatedFact>,
    roles: Vec<Role>,
    occupations: Vec<Occupation>,
    #[serde(default)]
    vocabulary: Vocabulary,
    criteria: Vec<Criterion>,
    bodies: Vec<BodyDefinition>,
}

impl From<Document> for Definition {
    fn from(document: Document) -> Self {
        Self {
            settings: Settings {
                slug: document.slug,
                title: document.title,
                agency: document.agency,
                places: document.places,
                allocation: document.allocation,
                announced_on: document.announced_on,
                opens_at: document.opens_at,
                closes_at: document.closes_at,
                allocation_ends_at: document.allocation_ends_at,
                per_employer_cap: document.per_employer_cap,
                purge_on: document.purge_on,
                paused: document.paused,
            },
            bodies: document.bodies,
            terms: Terms {
                pathway: document.pathway,
                guide_url: document.guide_url,
                validity: document.validity,
                clocks: document.clocks,
                facts: document.facts,
                roles: document.roles,
                occupations: document.occupations,
                vocabulary: document.vocabulary,
                criteria: document.criteria,
            },
        }
    }
}
