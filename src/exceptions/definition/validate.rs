//! Everything that must hold of a definition beyond its types. All faults are found in one go.

use super::{
    BodyDefinition, Clocks, Criterion, CriterionKind, Definition, DefinitionError, Fault, Role, Settings,
    Standing, Terms,
};
use crate::clock::day_in_new_zealand;
use crate::exceptions::titles::title_key;
use crate::values::slug::is_slug;
use rust_decimal::Decimal;
use std::collections::{HashMap, HashSet};
use std::ops::RangeInclusive;
use url::Url;

/// The most that a threshold may be: the rules multiply it, and must never overflow.
const MOST_PAY: Decimal = Decimal::from_parts(10_000_000, 0, 0, false, 0);

/// How long a clock may run, in working days.
const WORKING_DAYS: RangeInclusive<u32> = 1..=250;

/// The faults of a definition, in the order of the file.
pub(super) fn faults_of(definition: &Definition) -> Vec<DefinitionError> {
    let mut faults = Faults(Vec::new());
    settings(&mut faults, &definition.settings);
    terms(&mut faults, &definition.terms);
    bodies(&mut faults, &definition.bodies);
    faults.0
}

struct Faults(Vec<DefinitionError>);

impl Faults {
    fn add(&mut self, path: impl Into<String>, fault: Fault) {
        self.0.push(DefinitionError::Invalid { path: path.into(), fault });
    }

    fn unless(&mut self, sound: bool, path: impl Into<String>, fault: Fault) {
        if !sound {
            self.add(path, fault);
        }
    }

    fn text(&mut self, text: &str, path: impl Into<String>) {
        self.unless(!text.trim().is_empty(), path, Fault::Blank);
    }

    fn address(&mut self, text: &str, path: impl Into<String>) {
        self.unless(is_address(text), path, Fault::NotAnAddress);
    }

    fn unique<'a>(&mut self, list: &str, field: &str, values: impl Iterator<Item = &'a str>) {
        let mut seen = HashSet::new();
        for (index, value) in values.enumerate() {
            self.unless(
                seen.insert(value),
                format!("{list}[{index}].{field}"),
                Fault::Repeated(value.to_owned()),
            );
        }
    }
}

fn settings(faults: &mut Faults, settings: &Settings) {
    faults.unless(is_slug(&settings.slug), "slug", Fault::NotASlug);
    faults.text(&settings.title, "title");
    faults.text(&settings.agency, "agency");
    faults.unless(settings.places > 0, "places", Fault::NotPositive);
    faults.unless(settings.per_employer_cap != Some(0), "per_employer_cap", Fault::NotPositive);
    if let Some(closes_at) = settings.closes_at {
        faults.unless(closes_at > settings.opens_at, "closes_at", Fault::NotAfter("opens_at"));
    }
    if let Some(ends_at) = settings.allocation_ends_at {
        let (start, name) = match settings.closes_at {
            Some(closes_at) => (closes_at, "the instant before closes_at"),
            None => (settings.opens_at, "opens_at"),
        };
        let sound = if settings.closes_at.is_some() { ends_at >= start } else { ends_at > start };
        faults.unless(sound, "allocation_ends_at", Fault::NotAfter(name));
    }
    if let Some(day) = settings.purge_on {
        // The day is New Zealand's, which begins before UTC's.
        let over = settings.allocation_ends_at.is_some_and(|ends_at| day > day_in_new_zealand(ends_at));
        faults.unless(over, "purge_on", Fault::NotAfter("allocation_ends_at, which it needs"));
    }
    if let Some(day) = settings.announced_on {
        // The day is New Zealand's, which is ahead of UTC: an announcement on the opening day itself is in order.
        let opening_day = settings.opens_at.date_naive() + chrono::Days::new(1);
        faults.unless(day <= opening_day, "opens_at", Fault::NotAfter("announced_on"));
    }
}

fn terms(faults: &mut Faults, terms: &Terms) {
    faults.text(&terms.pathway, "pathway");
    if let Some(guide_url) = &terms.guide_url {
        faults.address(guide_url, "guide_url");
    }
    validity(faults, terms);
    clocks(faults, terms.clocks);
    for (index, fact) in terms.facts.iter().enumerate() {
        faults.text(&fact.text, format!("facts[{index}].text"));
        faults.address(&fact.source, format!("facts[{index}].source"));
    }
    faults.unless(!terms.roles.is_empty(), "roles", Fault::Empty);
    faults.unique("roles", "code", terms.roles.iter().map(|role| role.code.as_str()));
    for (index, one) in terms.roles.iter().enumerate() {
        role(faults, &format!("roles[{index}]"), one);
    }
    occupations(faults, terms);
    vocabulary(faults, terms);
    criteria(faults, &terms.criteria);
}

fn validity(faults: &mut Faults, terms: &Terms) {
    let validity = &terms.validity;
    let either = validity.nomination_until.is_none() || validity.nomination_months.is_none();
    faults.unless(either, "validity.nomination_until", Fault::EitherOr);
    for (field, number) in [
        ("nomination_months", validity.nomination_months),
        ("invitation_months", validity.invitation_months),
        ("returning_days", validity.returning_days),
    ] {
        faults.unless(number != Some(0), format!("validity.{field}"), Fault::NotPositive);
    }
}

fn clocks(faults: &mut Faults, clocks: Clocks) {
    for (field, days) in [
        ("decision_working_days", clocks.decision_working_days),
        ("question_working_days", clocks.question_working_days),
    ] {
        faults.unless(WORKING_DAYS.contains(&days), format!("clocks.{field}"), Fault::NotWorkingDays);
    }
}

fn role(faults: &mut Faults, path: &str, role: &Role) {
    faults.unless(is_code(&role.code), format!("{path}.code"), Fault::NotACode);
    faults.text(&role.classification, format!("{path}.classification"));
    faults.text(&role.title, format!("{path}.title"));
    faults.unless(role.minimum_pay > Decimal::ZERO, format!("{path}.minimum_pay"), Fault::NotPositive);
    faults.unless(role.minimum_pay <= MOST_PAY, format!("{path}.minimum_pay"), Fault::TooLarge);
    faults.unless(role.minimum_pay.normalize().scale() <= 2, format!("{path}.minimum_pay"), Fault::TooFine);
}

fn occupations(faults: &mut Faults, terms: &Terms) {
    let mut owners: HashMap<String, &str> = HashMap::new();
    faults.unique("occupations", "code", terms.occupations.iter().map(|one| one.code.as_str()));
    for (index, one) in terms.occupations.iter().enumerate() {
        let path = format!("occupations[{index}]");
        faults.unless(is_code(&one.code), format!("{path}.code"), Fault::NotACode);
        faults.text(&one.title, format!("{path}.title"));
        faults.text(&one.classification, format!("{path}.classification"));
        if let Some(role) = &one.role {
            faults.unless(
                terms.role(role).is_some(),
                format!("{path}.role"),
                Fault::UnknownRole(role.clone()),
            );
        }
        let unfit = match (one.standing, &one.role) {
            (Standing::Named, None) => Some(Fault::NamedWithoutRole),
            (Standing::NotApproved, Some(_)) => Some(Fault::NotApprovedWithRole),
            (Standing::Named, Some(_)) | (Standing::NotApproved, None) | (Standing::Unsettled, _) => None,
        };
        if let Some(fault) = unfit {
            faults.add(format!("{path}.role"), fault);
        }
        faults.unless(one.job_titles.each().next().is_some(), format!("{path}.job_titles"), Fault::Empty);
        for (title, _) in one.job_titles.each() {
            let key = title_key(title);
            faults.unless(!key.is_empty(), format!("{path}.job_titles"), Fault::Blank);
            let owner = *owners.entry(key).or_insert(&one.code);
            let taken = || Fault::TitleTaken { title: title.to_owned(), other: owner.to_owned() };
            faults.unless(owner == one.code, format!("{path}.job_titles"), taken());
        }
    }
}

fn vocabulary(faults: &mut Faults, terms: &Terms) {
    for (short, meanings) in &terms.vocabulary.abbreviations {
        let sound = (1..=4).contains(&meanings.len())
            && meanings.iter().all(|meaning| !title_key(meaning).is_empty());
        faults.unless(sound, format!("vocabulary.abbreviations.{short}"), Fault::Meanings);
    }
    for (field, words) in
        [("seniority", &terms.vocabulary.seniority), ("qualifiers", &terms.vocabulary.qualifiers)]
    {
        for (index, word) in words.iter().enumerate() {
            faults.unless(!title_key(word).is_empty(), format!("vocabulary.{field}[{index}]"), Fault::Blank);
        }
    }
}

fn criteria(faults: &mut Faults, criteria: &[Criterion]) {
    faults.unless(!criteria.is_empty(), "criteria", Fault::Empty);
    faults.unique("criteria", "code", criteria.iter().map(|one| one.code.as_str()));
    let asks_for_a_role = criteria.iter().any(|one| one.kind == CriterionKind::Role);
    faults.unless(criteria.is_empty() || asks_for_a_role, "criteria", Fault::NoRole);
    for kind in [CriterionKind::Role, CriterionKind::Pay] {
        for (index, _) in criteria.iter().enumerate().filter(|(_, one)| one.kind == kind).skip(1) {
            faults.add(format!("criteria[{index}].kind"), Fault::SecondOfKind);
        }
    }
    for (index, one) in criteria.iter().enumerate() {
        let path = format!("criteria[{index}]");
        faults.unless(is_slug(&one.code), format!("{path}.code"), Fault::NotASlug);
        faults.text(&one.title, format!("{path}.title"));
        faults.text(&one.guidance, format!("{path}.guidance"));
        faults.text(&one.source, format!("{path}.source"));
        if one.kind == CriterionKind::Evidence {
            faults.unless(!one.shown_by.is_empty(), format!("{path}.shown_by"), Fault::NothingShowsIt);
        } else {
            faults.unless(one.shown_by.is_empty(), format!("{path}.shown_by"), Fault::OnlyForEvidence);
            faults.unless(one.examples.is_empty(), format!("{path}.examples"), Fault::OnlyForEvidence);
        }
        for (at, example) in one.examples.iter().enumerate() {
            faults.text(example, format!("{path}.examples[{at}]"));
        }
    }
}

fn bodies(faults: &mut Faults, bodies: &[BodyDefinition]) {
    faults.unless(!bodies.is_empty(), "bodies", Fault::Empty);
    faults.unique("bodies", "slug", bodies.iter().map(|body| body.slug.as_str()));
    faults.unique("bodies", "prefix", bodies.iter().map(|body| body.prefix.as_str()));
    for (index, body) in bodies.iter().enumerate() {
        let path = format!("bodies[{index}]");
        faults.unless(is_slug(&body.slug), format!("{path}.slug"), Fault::NotASlug);
        faults.text(&body.name, format!("{path}.name"));
        let prefix = &body.prefix;
        let sound = (2..=5).contains(&prefix.len()) && prefix.bytes().all(|byte| byte.is_ascii_uppercase());
        faults.unless(sound, format!("{path}.prefix"), Fault::NotAPrefix);
        if let (Some(starts_on), Some(ends_on)) = (body.starts_on, body.ends_on) {
            faults.unless(
                ends_on >= starts_on,
                format!("{path}.ends_on"),
                Fault::NotAfter("the day before starts_on"),
            );
        }
    }
}

fn is_code(text: &str) -> bool {
    (1..=20).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'.' || b == b'-')
}

fn is_address(text: &str) -> bool {
    Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}
