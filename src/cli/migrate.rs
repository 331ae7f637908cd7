//! `nominations migrate`

use std::process::ExitCode;

use entity::{InstallationKind, installation};
use sea_orm::{EntityTrait, Set};

use super::open::{key_beside, random, sqlite_path};
use super::{DatabaseArgs, Outcome, Problem};
use crate::clock::Clock;
use crate::db::{Command, Db, DbSettings, Tx};
use crate::error::Acted;
use crate::keys::Keys;
use crate::tenancy::SystemScope;

pub(super) async fn run(args: DatabaseArgs) -> Outcome {
    let db = Db::connect(DbSettings::new(&args.database_url), Clock::system(), random()?).await?;
    let pending = db.pending_migrations().await?;
    db.migrate().await?;
    println!("{pending} migrations applied; the schema is current.");
    let is_new = db.perform(&SystemScope::of("migrate"), None, &MarkProduction).await?;
    if is_new {
        println!("The database is marked as a production one.");
        make_key(&args)?;
    }
    db.close().await?;
    Ok(ExitCode::SUCCESS)
}

/// A new database gets a new key, where none is there yet.
fn make_key(args: &DatabaseArgs) -> Result<(), Problem> {
    let beside = sqlite_path(&args.database_url).map(|path| key_beside(&path));
    let Some(path) = args.key_file.clone().or(beside) else {
        println!("Name a file with --key-file to have the deployment's key made.");
        return Ok(());
    };
    if path.exists() {
        Keys::load(&path)?;
        println!("The key is in {}.", path.display());
    } else {
        Keys::create(&path)?;
        println!("A new key is in {}: keep it apart from the database, and keep a copy.", path.display());
    }
    Ok(())
}

/// Marks a database that nobody has marked yet; answers whether it did.
struct MarkProduction;

impl Command for MarkProduction {
    type Answer = bool;
    const NAME: &'static str = "markProduction";

    async fn run(&self, tx: &Tx) -> Acted<bool> {
        if installation::Entity::find().one(tx.conn()).await?.is_some() {
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
