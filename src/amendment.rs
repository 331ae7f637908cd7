//! A class exception loaded from its file, or brought in line with it: exceptions, quota and applications in turn.
//!
//! What an amendment does is told line by line, and the same lines are told by a rehearsal that changes nothing.

use entity::{BodyId, EventKind, ExceptionId, body, class_exception, class_exception_body};
use serde_json::{Value, json};

use crate::app::App;
use crate::applications::actions::give_places;
use crate::ballots;
use crate::clock::day_in_new_zealand;
use crate::counted::counted;
use crate::db::{Command, Gate, Tx};
use crate::error::{Acted, Fault, Found, UserError, UserErrorCode};
use crate::exceptions::definition::{BodyDefinition, Definition, Settings};
use crate::exceptions::rules::is_purged;
use crate::exceptions::store;
use crate::history::seal::digest_of_value;
use crate::history::{self, Event};
use crate::people::store as people;
use crate::purge::{self, store::Held};
use crate::quota;
use crate::quota::rules::CapChange;

/// Applies a definition. It answers with what changed, a line each; with none where nothing did.
#[derive(Clone, Debug)]
pub struct ApplyDefinition<'a> {
    /// The service.
    pub app: &'a App,
    /// What the file says.
    pub definition: Definition,
    /// Whether a day of the purge that has come already is taken: everything goes within the hour then.
    pub purge_now: bool,
}

impl Command for ApplyDefinition<'_> {
    type Answer = Vec<String>;
    const NAME: &'static str = "applyDefinition";

    async fn run(&self, tx: &Tx) -> Acted<Vec<String>> {
        let slug = &self.definition.settings.slug;
        let found = store::find_by_slug(tx.conn(), slug).await?;
        let id = found.map_or_else(|| tx.new_id(), |found| found.id);
        let gate = tx.gate(id).await?;
        tx.lock_settings(&gate).await?;
        // Another amendment may have held the gate meanwhile: what it left is what this one changes.
        let before = store::find_by_slug(tx.conn(), slug).await?;
        if before.as_ref().is_some_and(|before| before.id != id) {
            return Err(Fault::Race("the class exception was just made").into());
        }
        if let Some(before) = &before {
            self.leave_the_ballot(tx, before).await?;
            self.leave_what_is_purged(tx, before)?;
        }
        let mut lines = Vec::new();
        let revision = self.save_exception(&gate, before.as_ref(), &mut lines).await?;
        self.save_bodies(&gate, &mut lines).await?;
        self.fit_quota(&gate, &mut lines).await?;
        self.purge(&gate, before.as_ref(), &mut lines).await?;
        if !lines.is_empty() {
            let event = Event::of_exception(EventKind::ExceptionApplied, id);
            // History is sealed, and with this the terms are.
            let terms = digest_of_value(&json!(self.definition.terms));
            let detail = json!({ "revision": revision, "changes": lines.len(), "terms": terms });
            history::record(tx, [event.with(detail)]).await?;
        }
        Ok(lines)
    }
}

impl ApplyDefinition<'_> {
    /// While a ballot is open, the way in which places are given stays, and so does what its bodies agreed on.
    async fn leave_the_ballot(&self, tx: &Tx, before: &class_exception::Model) -> Acted<()> {
        let settings = &self.definition.settings;
        let stays = settings.allocation == before.allocation && settings.closes_at == before.closes_at;
        if stays || ballots::store::find_live(tx.conn(), before.id).await?.is_none() {
            return Ok(());
        }
        let message = "A ballot is open: allocation and closes_at stay until it is drawn or voided.";
        Err(UserError::new(UserErrorCode::WrongStatus, message).into())
    }

    /// Deleting is for good, so the day of it stays once it has come: nothing that was purged comes back to life.
    fn leave_what_is_purged(&self, tx: &Tx, before: &class_exception::Model) -> Acted<()> {
        match before.purge_on {
            Some(day) if is_purged(before, tx.now()) && self.definition.settings.purge_on != Some(day) => {
                let message = format!(
                    "purge_on: {day} has come, and what is held of people is deleted or being deleted: it cannot be moved or \
                     taken out."
                );
                Err(UserError::new(UserErrorCode::DeadlinePassed, message).into())
            }
            Some(_) | None => Ok(()),
        }
    }

    /// Tells what a day that has come already deletes, and refuses it unless that is meant.
    async fn purge(
        &self,
        gate: &Gate<'_>,
        before: Option<&class_exception::Model>,
        lines: &mut Vec<String>,
    ) -> Acted<()> {
        let today = day_in_new_zealand(gate.tx().now());
        let stood = before.and_then(|before| before.purge_on);
        let Some(day) = self.definition.settings.purge_on.filter(|day| *day <= today && Some(*day) != stood)
        else {
            return Ok(());
        };
        let Held { applications, interests } = purge::store::count(gate).await?;
        let applications = counted(applications, "application", "applications");
        let interests = counted(interests, "expression of interest", "expressions of interest");
        let told = format!(
            "purge_on: {day} has come already: what is held of people in {applications} and {interests} is deleted within \
             the hour, for good"
        );
        if !self.purge_now {
            let message = format!("{told}. Say --purge-now where that is meant, or give a day to come.");
            return Err(UserError::new(UserErrorCode::DeadlinePassed, message).into());
        }
        lines.push(told);
        Ok(())
    }

    /// Saves the columns and, where the terms differ, a new revision of them.
    async fn save_exception(
        &self,
        gate: &Gate<'_>,
        before: Option<&class_exception::Model>,
        lines: &mut Vec<String>,
    ) -> Acted<i32> {
        let tx = gate.tx();
        let terms = &self.definition.terms;
        let known = match before {
            Some(before) => Some(self.app.shelf.terms(tx.conn(), before.id, before.revision).await?),
            None => None,
        };
        let same = known.as_ref().is_some_and(|known| known.terms == *terms);
        let revision = before.map_or(1, |before| before.revision + i32::from(!same));
        let after = columns(gate.exception(), &self.definition.settings, before, revision)?;
        match before {
            None => lines.push(format!("class exception {} is new", after.slug)),
            Some(before) => lines.extend(differences(before, &after)),
        }
        store::save_exception(tx, after).await?;
        if !same {
            store::save_terms(tx, gate.exception(), revision, terms).await?;
            if let Some(known) = known {
                lines.extend(term_differences(&json!(known.terms), &json!(terms)));
                lines.push(format!("terms: revision {revision}; what was submitted keeps its own"));
            }
        }
        Ok(revision)
    }

    async fn save_bodies(&self, gate: &Gate<'_>, lines: &mut Vec<String>) -> Acted<()> {
        let tx = gate.tx();
        let members = store::bodies_of(tx.conn(), gate.exception()).await?;
        for (_, body) in &members {
            if !self.definition.bodies.iter().any(|one| one.slug == body.slug) {
                let message = format!(
                    "The file leaves out the body {}, which has been on it. Keep it, with a last day in ends_on.",
                    body.slug
                );
                return Err(UserError::new(UserErrorCode::Invalid, message).into());
            }
        }
        for definition in &self.definition.bodies {
            let member = members.iter().find(|(_, body)| body.slug == definition.slug);
            self.save_body(gate, definition, member, lines).await?;
        }
        Ok(())
    }

    async fn save_body(
        &self,
        gate: &Gate<'_>,
        definition: &BodyDefinition,
        member: Option<&(class_exception_body::Model, body::Model)>,
        lines: &mut Vec<String>,
    ) -> Acted<()> {
        let tx = gate.tx();
        let found = people::find_body(tx.conn(), &definition.slug).await?;
        if found.as_ref().is_some_and(|body| body.prefix != definition.prefix) {
            let message =
                format!("The prefix of {} cannot change: its references carry it.", definition.slug);
            return Err(UserError::new(UserErrorCode::Invalid, message).into());
        }
        let id: BodyId = found.as_ref().map_or_else(|| tx.new_id(), |body| body.id);
        if found.as_ref().is_none_or(|body| body.name != definition.name) {
            lines.push(format!("body {}: {} ({})", definition.slug, definition.name, definition.prefix));
            let BodyDefinition { slug, name, prefix, .. } = definition.clone();
            store::save_body(tx, body::Model { id, slug, name, prefix }).await?;
        }
        let row = class_exception_body::Model {
            exception_id: gate.exception(),
            body_id: id,
            starts_on: definition.starts_on,
            ends_on: definition.ends_on,
        };
        if member.is_none_or(|(member, _)| *member != row) {
            let day = |day: Option<chrono::NaiveDate>| day.map_or("open".into(), |day| day.to_string());
            let (from, to) = (day(row.starts_on), day(row.ends_on));
            lines.push(format!("body {} nominates, from {from} to {to}", definition.slug));
            store::save_member(tx, row).await?;
        }
        Ok(())
    }

    /// Makes or retires places, and serves whoever became due.
    async fn fit_quota(&self, gate: &Gate<'_>, lines: &mut Vec<String>) -> Found<()> {
        let CapChange { created, retired, excess } = quota::actions::fit_to_cap(gate).await?;
        let served = give_places(gate, self.app).await?.len();
        let figures = [
            (created, "places are created"),
            (retired, "free places retire"),
            (excess, "places are held above the cap; they retire as they come back"),
            (i64::try_from(served).unwrap_or(i64::MAX), "applications that waited are nominated"),
        ];
        lines.extend(
            figures.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")),
        );
        Ok(())
    }
}

fn columns(
    id: ExceptionId,
    settings: &Settings,
    before: Option<&class_exception::Model>,
    revision: i32,
) -> Result<class_exception::Model, Fault> {
    let number = |number: u32| i32::try_from(number).map_err(|why| Fault::stored("number of places", why));
    Ok(class_exception::Model {
        id,
        slug: settings.slug.clone(),
        title: settings.title.clone(),
        agency: settings.agency.clone(),
        places: number(settings.places)?,
        allocation: settings.allocation,
        drawn_at: before.and_then(|before| before.drawn_at),
        announced_on: settings.announced_on,
        opens_at: settings.opens_at,
        closes_at: settings.closes_at,
        allocation_ends_at: settings.allocation_ends_at,
        per_employer_cap: settings.per_employer_cap.map(number).transpose()?,
        purge_on: settings.purge_on,
        paused: settings.paused,
        revision,
    })
}

/// The columns that differ, by the names that the file gives them.
fn differences(before: &class_exception::Model, after: &class_exception::Model) -> Vec<String> {
    let told = |row: &class_exception::Model| {
        [
            ("title", row.title.clone()),
            ("agency", row.agency.clone()),
            ("places", row.places.to_string()),
            ("allocation", row.allocation.word()),
            ("announced_on", told(row.announced_on)),
            ("opens_at", row.opens_at.to_rfc3339()),
            ("closes_at", told(row.closes_at.map(|at| at.to_rfc3339()))),
            ("allocation_ends_at", told(row.allocation_ends_at.map(|at| at.to_rfc3339()))),
            ("per_employer_cap", told(row.per_employer_cap)),
            ("purge_on", told(row.purge_on)),
            ("paused", row.paused.to_string()),
        ]
    };
    let pairs = told(before).into_iter().zip(told(after));
    pairs
        .filter(|((_, before), (_, after))| before != after)
        .map(|((name, before), (_, after))| format!("{name}: {before} -> {after}"))
        .collect()
}

fn told(value: Option<impl ToString>) -> String {
    value.map_or_else(|| "none".into(), |value| value.to_string())
}

/// The parts of the terms that differ; where a part is a list of things with codes, the codes too.
fn term_differences(before: &Value, after: &Value) -> Vec<String> {
    let Some(parts) = after.as_object() else { return Vec::new() };
    let differing = parts.iter().filter(|(name, part)| before.get(name.as_str()) != Some(part));
    differing.map(|(name, part)| tell_part(name, &before[name.as_str()], part)).collect()
}

fn tell_part(name: &str, before: &Value, after: &Value) -> String {
    let codes = |part: &Value| -> Vec<String> {
        let things = part.as_array().into_iter().flatten();
        things.filter_map(|thing| thing["code"].as_str().map(str::to_owned)).collect()
    };
    let (old, new) = (codes(before), codes(after));
    let added: Vec<_> =
        new.iter().filter(|code| !old.contains(code)).map(|code| format!("+{code}")).collect();
    let gone: Vec<_> = old.iter().filter(|code| !new.contains(code)).map(|code| format!("-{code}")).collect();
    let list = |part: &Value, code: &String| {
        part.as_array().into_iter().flatten().find(|thing| thing["code"] == json!(code)).cloned()
    };
    let changed = new.iter().filter(|code| old.contains(code) && list(before, code) != list(after, code));
    let changed = changed.map(|code| format!("~{code}"));
    let all: Vec<_> = added.into_iter().chain(gone).chain(changed).collect();
    if all.is_empty() { format!("{name}: changed") } else { format!("{name}: {}", all.join(" ")) }
}
