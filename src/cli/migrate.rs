//! `nominations migrate`

use std::process::ExitCode;

use entity::{InstallationKind, installation};
use sea_orm::{EntityTrait, Set};

use super::open::{make_folder, random};
use super::{DatabaseArgs, Outcome, Problem};
use crate::applications::actions::FillViews;
use crate::clock::Clock;
use crate::db::{Command, Db, DbSettings, Tx};
use crate::error::Acted;
use crate::exceptions::store::Shelf;
use crate::keys::{KeySource, Keys};
use crate::people::store as people;
use crate::tenancy::SystemScope;

pub(super) async fn run(args: DatabaseArgs) -> Outcome {
    let settings = args.settings()?;
    make_folder(&settings.database_url)?;
    let db = Db::connect(DbSettings::new(&settings.database_url), Clock::system(), random()?).await?;
    let pending = db.pending_migrations().await?;
    db.migrate().await?;
    println!("Migrations applied: {pending}. The schema is current.");
    if let Some(why) = db.why_no_wall().await? {
        return Err(Problem::Told(why));
    }
    fill_views(&db).await?;
    let is_new = db.perform(&SystemScope::of("migrate"), None, &MarkProduction).await?;
    if is_new {
        println!("The database is marked as a production one.");
        make_key(&settings.keys)?;
    }
    db.close().await?;
    Ok(ExitCode::SUCCESS)
}

/// Writes what a later schema keeps beside applications and SQL cannot work out; what is there already stays.
async fn fill_views(db: &Db) -> Result<(), Problem> {
    let (mut after, shelf) = (None, Shelf::default());
    while let Some(last) =
        db.perform(&SystemScope::of("migrate"), None, &FillViews { shelf: &shelf, after }).await?
    {
        after = Some(last);
    }
    Ok(())
}

/// A new database gets a new key, where none is there yet.
fn make_key(keys: &KeySource) -> Result<(), Problem> {
    match keys {
        KeySource::Environment(_) => {
            keys.open()?;
            println!("The key is in the environment.");
        }
        KeySource::File(path) if path.exists() => {
            keys.open()?;
            println!("The key is in {}.", path.display());
        }
        KeySource::File(path) => {
            Keys::create(path)?;
            println!("A new key is in {}: keep it apart from the database, and keep a copy.", path.display());
        }
    }
    Ok(())
}

/// Marks a database that nobody has marked yet; answers whether it did.
struct MarkProduction;

impl Command for MarkProduction {
    type Answer = bool;
    const NAME: &'static str = "markProduction";

    async fn run(&self, tx: &Tx) -> Acted<bool> {
        if people::installation(tx.conn()).await?.is_some() {
            return Ok(false);
        }
        let row = installation::ActiveModel {
            id: Set(1),
            kind: Set(InstallationKind::Production),
            made_at: Set(tx.now()),
        };
        installation::Entity::insert(row).exec_without_returning(tx.conn()).await?;
        Ok(true)
    }
}
