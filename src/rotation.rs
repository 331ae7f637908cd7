//! The keys change while the service serves: a new one becomes the current one, what the former ones sealed is sealed anew,
//! fingerprints are filled in, and then the former ones are retired. Joins the slices, as what is sealed stands in several.
//!
//! Three steps, each of transactions of their own, so that it may be stopped anywhere and run again:
//!
//! 1. [`UseKey`]: the newest key is in use beside the former ones. From then on everybody who writes seals with it and writes
//!    fingerprints under every key in use, or is refused: [`crate::keys::Sealing`].
//! 2. [`Batch`]es seal anew and fill in. Until all are through, workers are compared by the oldest key in use, of which
//!    every one of them has a fingerprint.
//! 3. [`RetireKeys`]: nothing is left of the former keys; their fingerprints go in one statement, and workers are compared by
//!    the new key.

mod batch;
mod store;
mod turn;

use entity::{DeploymentKeyState, ExceptionId, deployment_key};

pub use batch::{Batch, Batched, Part};
pub use turn::{RetireKeys, UseKey};

use crate::app::App;
use crate::error::{Acted, Fault, Found};
use crate::exceptions::store as exceptions;
use crate::keys::load_keys;
use crate::tenancy::SystemScope;

/// What a change of keys did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rotated {
    /// The number of the key that is the current one now.
    pub current: i32,
    /// What was sealed anew or filled in.
    pub changed: u64,
    /// The numbers of the keys that were retired.
    pub retired: Vec<i32>,
}

/// A key that the database knows, and how much is still kept under it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Its number.
    pub number: i32,
    /// What tells it from others.
    pub id: String,
    /// What it is to the deployment; none where the database was never told of it.
    pub state: Option<DeploymentKeyState>,
    /// Whether this process has it.
    pub is_here: bool,
    /// Passports and texts that it sealed.
    pub seals: u64,
    /// Fingerprints under it.
    pub fingerprints: u64,
}

fn scope() -> SystemScope {
    SystemScope::of("keys")
}

/// Whether a change of keys has begun and not ended.
///
/// # Errors
/// Where the database does not answer.
pub async fn is_under_way(app: &App) -> Found<bool> {
    let rows = load_keys(&app.db.read(&scope())).await?;
    Ok(rows.iter().any(|row| row.state == DeploymentKeyState::Former))
}

/// The number of a key that this process has and that was never used: newer than all that were; none where there is none.
///
/// # Errors
/// Where the database does not answer.
pub async fn unused_key(app: &App) -> Found<Option<i32>> {
    let rows = load_keys(&app.db.read(&scope())).await?;
    let all = app.keys.all();
    let first = all.first().map_or(1, |key| key.number());
    let last = rows.last().map_or(first, |row| row.number);
    Ok(all.last().map(|key| key.number()).filter(|newest| *newest > last))
}

/// Brings a change of keys to its end: the newest key that this process has becomes the current one, where it is not yet,
/// and the former ones are retired.
///
/// # Errors
/// Faults; what was done stays, and it goes on from there when it is run again.
pub async fn rotate(app: &App, tell: &(dyn Fn(&str) + Sync)) -> Acted<Rotated> {
    let number = match unused_key(app).await? {
        Some(number) if !is_under_way(app).await? => {
            app.db.perform(&scope(), None, &UseKey { app, number }).await?
        }
        Some(_) | None => app.keys.in_use(&app.db.read(&scope())).await?.current().number(),
    };
    tell(&format!("Key {number} is the current one: what is made anew is made with it."));
    let mut rotated = Rotated { current: number, ..Rotated::default() };
    loop {
        let (changed, passed_over) = seal_anew(app).await?;
        rotated.changed += changed;
        tell(&format!("Sealed anew or filled in: {}.", rotated.changed));
        if passed_over == 0
            && let Some(retired) = app.db.perform(&scope(), None, &RetireKeys { app }).await?
        {
            rotated.retired = retired;
            return Ok(rotated);
        }
        // Somebody is at work on what is left.
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
}

/// One pass over everything: how much was changed, and how much was passed over since somebody held it.
async fn seal_anew(app: &App) -> Acted<(u64, u64)> {
    let exceptions: Vec<ExceptionId> =
        exceptions::load_all(&app.db.read(&scope())).await?.into_iter().map(|one| one.id).collect();
    let workers = exceptions.into_iter().map(Part::Workers);
    let parts = workers.chain([Part::Discrepancies, Part::Lines, Part::Messages]);
    let (mut changed, mut passed_over) = (0, 0);
    for part in parts {
        let mut after = None;
        loop {
            let batched = app.db.perform(&scope(), None, &Batch { app, part, after }).await?;
            changed += batched.changed;
            passed_over += batched.passed_over;
            match batched.last {
                Some(last) => after = Some(last),
                None => break,
            }
        }
    }
    Ok((changed, passed_over))
}

/// The keys that the database or this process knows, in order of their numbers.
///
/// # Errors
/// Where the database does not answer.
pub async fn standing(app: &App) -> Found<Vec<Standing>> {
    let scope = scope();
    let conn = &app.db.read(&scope);
    let (rows, here) = (load_keys(conn).await?, app.keys.all());
    let row_of = |number| rows.iter().find(|row: &&deployment_key::Model| row.number == number);
    let mut numbers: Vec<i32> = here.iter().map(|key| key.number()).collect();
    numbers.extend(rows.iter().map(|row| row.number));
    numbers.sort_unstable();
    numbers.dedup();
    let mut all = Vec::with_capacity(numbers.len());
    for number in numbers {
        let key = here.iter().find(|key| key.number() == number);
        let row = row_of(number);
        let id = row.map(|row| row.key_id.clone()).or_else(|| key.map(|key| key.id().hex()));
        let id = id.ok_or_else(|| Fault::stored("key", "nobody knows it"))?;
        let bytes = hex::decode(&id).map_err(|why| Fault::stored("key", why))?;
        all.push(Standing {
            number,
            state: row.map(|row| row.state),
            is_here: key.is_some_and(|key| key.id().hex() == id),
            seals: store::count_seals(conn, &bytes).await?,
            fingerprints: store::count_fingerprints(conn, number).await?,
            id,
        });
    }
    Ok(all)
}
