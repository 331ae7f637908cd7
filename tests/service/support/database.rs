//! A database per test, copied from a template that is made once per process: migrated, with the cast in it.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use nominations::clock::Clock;
use nominations::db::{Db, DbSettings};
use nominations::random::Random;
use sea_orm::{ConnectOptions, ConnectionTrait, DatabaseConnection};
use tempfile::TempDir;
use tokio::sync::OnceCell;
use url::Url;

use super::{NOW, cast};

/// Which database a test runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Sqlite,
    Postgres,
}

/// A test's database.
pub enum Database {
    Sqlite { _folder: TempDir, path: PathBuf },
    Postgres { name: String },
}

impl Database {
    /// Copies the template.
    pub async fn make(kind: Kind) -> Self {
        match kind {
            Kind::Sqlite => {
                let folder = tempfile::tempdir().expect("a folder");
                let path = folder.path().join("test.db");
                std::fs::write(&path, sqlite_template().await).expect("a file");
                Self::Sqlite { _folder: folder, path }
            }
            Kind::Postgres => {
                let name = format!("nominations_test_{}_{}", std::process::id(), next_number());
                let template = postgres_template().await;
                on_server(&format!("CREATE DATABASE {name} TEMPLATE {template}")).await;
                Self::Postgres { name }
            }
        }
    }

    /// Keeps what is in it, to make others of. Nobody may have it open.
    pub fn into_template(self) -> Template {
        match self {
            Self::Sqlite { path, .. } => Template::Sqlite { file: std::fs::read(path).expect("the file") },
            Self::Postgres { name } => Template::Postgres { name },
        }
    }

    /// How the service opens it.
    pub fn settings(&self) -> DbSettings {
        let url = match self {
            Self::Sqlite { path, .. } => sqlite_url(path),
            Self::Postgres { name } => server_url(name),
        };
        DbSettings { connections: 10, durable: false, ..DbSettings::new(url) }
    }

    /// Clears it away.
    pub async fn drop(self) {
        if let Self::Postgres { name } = self {
            on_server(&format!("DROP DATABASE {name} WITH (FORCE)")).await;
        }
    }
}

/// What databases are made of.
pub enum Template {
    Sqlite { file: Vec<u8> },
    Postgres { name: String },
}

impl Template {
    /// A database with the same in it.
    pub async fn copy(&self) -> Database {
        match self {
            Self::Sqlite { file } => {
                let folder = tempfile::tempdir().expect("a folder");
                let path = folder.path().join("test.db");
                std::fs::write(&path, file).expect("a file");
                Database::Sqlite { _folder: folder, path }
            }
            Self::Postgres { name: template } => {
                let name = format!("nominations_test_{}_{}", std::process::id(), next_number());
                on_server(&format!("CREATE DATABASE {name} TEMPLATE {template}")).await;
                Database::Postgres { name }
            }
        }
    }

    /// Clears it away.
    pub async fn drop(self) {
        match self {
            Self::Sqlite { .. } => {}
            Self::Postgres { name } => Database::Postgres { name }.drop().await,
        }
    }
}

fn next_number() -> u32 {
    static MADE: AtomicU32 = AtomicU32::new(0);
    MADE.fetch_add(1, Ordering::Relaxed)
}

/// The bytes of a file with everything in it that a world begins with.
async fn sqlite_template() -> &'static [u8] {
    static TEMPLATE: OnceCell<Vec<u8>> = OnceCell::const_new();
    let make = || async {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("template.db");
        fill(&sqlite_url(&path)).await;
        std::fs::read(&path).expect("the file")
    };
    TEMPLATE.get_or_init(make).await
}

/// The name of a database with everything in it. It stays on the server, which `make test` throws away.
async fn postgres_template() -> &'static str {
    static TEMPLATE: OnceCell<String> = OnceCell::const_new();
    let make = || async {
        let name = format!("nominations_template_{}", std::process::id());
        on_server(&format!("DROP DATABASE IF EXISTS {name}")).await;
        on_server(&format!("CREATE DATABASE {name}")).await;
        fill(&server_url(&name)).await;
        name
    };
    TEMPLATE.get_or_init(make).await
}

async fn fill(url: &str) {
    let clock = Clock::standing_at(NOW.parse().expect("an instant"));
    let settings = DbSettings { connections: 2, durable: false, ..DbSettings::new(url) };
    let db = Db::connect(settings, clock, Random::from_seed(1)).await.expect("a database");
    db.migrate().await.expect("a schema");
    db.close().await.expect("a closed database");
    let conn = behind_its_back(url).await;
    cast::settle(&conn).await;
    conn.close().await.expect("a closed connection");
}

fn sqlite_url(path: &std::path::Path) -> String {
    format!("sqlite://{}", path.display())
}

/// The URL of a database on the server that tests run on.
fn server_url(name: &str) -> String {
    let url = std::env::var("TEST_DATABASE_URL").expect(
        "TEST_DATABASE_URL names no PostgreSQL server: run `make test`, or `tests/with-postgres cargo test`",
    );
    let mut url = Url::parse(&url).expect("TEST_DATABASE_URL is a URL");
    url.set_path(name);
    url.into()
}

async fn on_server(sql: &str) {
    let mut options = ConnectOptions::new(server_url("postgres"));
    options.max_connections(1).sqlx_logging(false);
    let server: DatabaseConnection = sea_orm::Database::connect(options).await.expect("a server");
    server.execute_unprepared(sql).await.expect(sql);
    server.close().await.expect("a closed connection");
}

/// A few connections of a test's own. On SQLite they wait for the service's, as another process would.
pub async fn behind_its_back(url: &str) -> DatabaseConnection {
    let mut options = ConnectOptions::new(url);
    options.max_connections(4).connect_lazy(true).sqlx_logging(false).map_sqlx_sqlite_opts(|sqlite| {
        sqlite.busy_timeout(std::time::Duration::from_secs(30)).foreign_keys(true)
    });
    sea_orm::Database::connect(options).await.expect("a connection")
}
