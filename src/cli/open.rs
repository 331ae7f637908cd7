//! Opening a database for a command, with the key that goes with it.

use std::path::{Path, PathBuf};

use entity::InstallationKind;
use url::Url;

use super::Problem;
use crate::app::App;
use crate::clock::Clock;
use crate::db::{Db, DbSettings};
use crate::exceptions::store::Shelf;
use crate::keys::Keys;
use crate::live::Live;
use crate::people::store::find_installation;
use crate::providers::Providers;
use crate::random::Random;
use crate::tenancy::SystemScope;
use crate::watch::Metrics;

/// Connects to a database that is there: a command that only looks must not make one by mistake.
async fn connect(settings: DbSettings, clock: Clock) -> Result<Db, Problem> {
    if let Some(path) = sqlite_path(&settings.url)
        && !path.exists()
    {
        let path = path.display();
        return Err(Problem::told(format!(
            "There is no database at {path}. Make a demo with `nominations demo`, or a new one with \
             `nominations migrate`."
        )));
    }
    Ok(Db::connect(settings, clock, random()?).await?)
}

/// A database whose schema is current, and what it is for.
pub(crate) async fn ready(url: &str, clock: Clock) -> Result<(Db, InstallationKind), Problem> {
    ready_with(DbSettings::new(url), clock).await
}

/// The same, opened in another way than commands do.
pub(crate) async fn ready_with(
    settings: DbSettings,
    clock: Clock,
) -> Result<(Db, InstallationKind), Problem> {
    let db = connect(settings, clock).await?;
    let pending = db.pending_migrations().await?;
    if pending > 0 {
        let words = format!("The database is {pending} migrations behind: run `nominations migrate` first.");
        return Err(Problem::Told(words));
    }
    if let Some(why) = db.why_no_wall().await? {
        return Err(Problem::Told(why));
    }
    let kind = find_installation(&db, &SystemScope::of("start")).await?;
    let kind = kind.ok_or_else(|| {
        Problem::told(
            "The database was never set up to the end: run `nominations migrate`, or make the demo anew.",
        )
    })?;
    Ok((db, kind))
}

/// Puts the service together for a command.
pub(crate) fn assemble(db: Db, keys: Keys, public_url: Url, demo: bool) -> Result<App, Problem> {
    let providers = Providers::default();
    Ok(App {
        db,
        keys,
        shelf: Shelf::default(),
        providers,
        random: random()?,
        public_url,
        live: Live::default(),
        metrics: Metrics::default(),
        demo,
    })
}

/// Where nothing is served, nobody follows a link.
pub(crate) fn no_public_url() -> Result<Url, Problem> {
    Url::parse("http://127.0.0.1/").map_err(|why| Problem::told(why.to_string()))
}

/// The file of an SQLite database; none for PostgreSQL.
pub(crate) fn sqlite_path(url: &str) -> Option<PathBuf> {
    let path = url.strip_prefix("sqlite:")?;
    let path = path.strip_prefix("//").unwrap_or(path);
    Some(PathBuf::from(path.split('?').next().unwrap_or(path)))
}

/// Makes the folder that an SQLite database is to stand in.
pub(crate) fn make_folder(url: &str) -> Result<(), Problem> {
    let path = sqlite_path(url);
    match path.as_deref().and_then(Path::parent).filter(|folder| !folder.as_os_str().is_empty()) {
        Some(folder) => {
            std::fs::create_dir_all(folder).map_err(Problem::io(format!("making {}", folder.display())))
        }
        None => Ok(()),
    }
}

pub(crate) fn random() -> Result<Random, Problem> {
    Random::from_system().map_err(|why| Problem::told(format!("The machine has no randomness: {why}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_of_a_database_is_found_in_its_address() {
        let path = |url| sqlite_path(url).map(|path| path.display().to_string());
        assert_eq!(path("sqlite://data/demo.db").as_deref(), Some("data/demo.db"));
        assert_eq!(path("sqlite:///tmp/demo.db?mode=rwc").as_deref(), Some("/tmp/demo.db"));
        assert_eq!(path("postgres://host/name"), None);
    }
}
