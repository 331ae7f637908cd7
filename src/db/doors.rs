//! The doors of the database: on PostgreSQL one for each tenant, with connections that come to its rows and to no other's.
//!
//! A connection takes its tenant's role, and its body, when it is made, and never changes either, so that nothing of one
//! tenant is ever left behind for another. Only what differs from person to person is set for a transaction and ends with
//! it. docs/decisions/the-second-wall.md says what that costs, beside what else was measured.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use entity::{BodyId, EmployerId};
use futures_util::FutureExt;
use migration::{MigratorTrait, roles};
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, Statement};

use super::{DbSettings, Pool};
use crate::error::Found;
use crate::tenancy::{Actor, Scope, Tenant};

/// How long SQLite waits for another process's write.
const SQLITE_BUSY: Duration = Duration::from_secs(30);
/// How long a tenant's connection is kept that nobody uses.
const KEPT: Duration = Duration::from_mins(2);

/// What is shown every statement.
type Watcher = Arc<dyn Fn(&Statement) + Send + Sync>;

/// A tenant as far as its connections differ from another's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Door {
    System,
    Jobs,
    Body(BodyId),
    Shared(Option<BodyId>),
    Agency,
    Public,
    Person,
}

impl Door {
    fn of(tenant: &Tenant, may_take_long: bool) -> Self {
        match tenant {
            Tenant::System if may_take_long => Self::Jobs,
            Tenant::System => Self::System,
            Tenant::Body(body) => Self::Body(*body),
            Tenant::Shared(body) => Self::Shared(*body),
            Tenant::Agency => Self::Agency,
            Tenant::Public => Self::Public,
            Tenant::Person(_) => Self::Person,
        }
    }

    fn role(self) -> &'static str {
        match self {
            Self::System | Self::Jobs => roles::SYSTEM,
            Self::Body(_) => roles::BODY,
            Self::Shared(_) => roles::SHARED,
            Self::Agency => roles::AGENCY,
            Self::Public => roles::PUBLIC,
            Self::Person => roles::PERSON,
        }
    }

    /// Its name in metrics.
    fn word(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Jobs => "jobs",
            Self::Body(_) => "body",
            Self::Shared(_) => "shared",
            Self::Agency => "agency",
            Self::Public => "public",
            Self::Person => "person",
        }
    }

    fn body(self) -> Option<BodyId> {
        match self {
            Self::Body(body) => Some(body),
            Self::Shared(body) => body,
            Self::System | Self::Jobs | Self::Agency | Self::Public | Self::Person => None,
        }
    }

    /// What a connection is told when it is made. Nobody waits for a job, whose statements take as long as they take.
    fn settings(self, statement_time: Option<Duration>) -> Vec<(&'static str, String)> {
        let mut settings = vec![("role", self.role().to_owned())];
        settings.extend(statement_timeout(statement_time.filter(|_| self != Self::Jobs)));
        settings.extend(self.body().map(|body| (roles::OF_BODY, body.to_string())));
        settings
    }
}

/// What is said at the beginning of a transaction, where the connection does not say it already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Said {
    person: String,
    employers: String,
}

impl Said {
    /// To read: of a person's rows nothing can be said before. A connection says the rest.
    pub(super) fn to_read(tenant: &Tenant, actor: Actor) -> Option<Self> {
        match tenant {
            Tenant::Person(employers) => Some(Self::of(actor, employers)),
            Tenant::System | Tenant::Body(_) | Tenant::Shared(_) | Tenant::Agency | Tenant::Public => None,
        }
    }

    /// To act: whose keys are remembered as well. Those of a body's people are known by their memberships.
    pub(super) fn to_act(tenant: &Tenant, actor: Actor) -> Option<Self> {
        match tenant {
            Tenant::System | Tenant::Body(_) => None,
            Tenant::Person(employers) => Some(Self::of(actor, employers)),
            Tenant::Shared(_) | Tenant::Agency | Tenant::Public => Some(Self::of(actor, &[])),
        }
    }

    fn of(actor: Actor, employers: &[EmployerId]) -> Self {
        let employers: Vec<String> = employers.iter().map(ToString::to_string).collect();
        let person = actor.person.map(|person| person.to_string()).unwrap_or_default();
        Self { person, employers: employers.join(",") }
    }

    /// Says it; it ends with the transaction.
    pub(super) async fn say(&self, conn: &impl ConnectionTrait) -> Found<()> {
        let sql = format!(
            "SELECT set_config('{}', $1, true), set_config('{}', $2, true)",
            roles::OF_PERSON,
            roles::OF_EMPLOYERS
        );
        let values = [self.person.as_str().into(), self.employers.as_str().into()];
        conn.execute_raw(Statement::from_sql_and_values(DbBackend::Postgres, sql, values)).await?;
        Ok(())
    }
}

/// The connections of a database.
pub(super) struct Doors {
    settings: DbSettings,
    /// SQLite: everybody's. PostgreSQL: that of whoever the service connects as, for the schema alone.
    first: DatabaseConnection,
    of_tenants: Mutex<HashMap<Door, DatabaseConnection>>,
    watcher: Option<Watcher>,
}

impl std::fmt::Debug for Doors {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Doors").field("first", &self.first).finish_non_exhaustive()
    }
}

impl Doors {
    pub(super) async fn open(settings: DbSettings) -> Found<Self> {
        // Whoever asks whether the service is ready waits as well.
        let told = statement_timeout(settings.statement_time).into_iter().collect();
        let first = Database::connect(options(&settings, told)).await?;
        Ok(Self { settings, first, of_tenants: Mutex::default(), watcher: None })
    }

    /// Shows every statement to `watcher`; before any is made.
    pub(super) fn watch(&mut self, watcher: Watcher) {
        let own = Arc::clone(&watcher);
        self.first.set_metric_callback(move |info| own(info.statement));
        self.watcher = Some(watcher);
    }

    pub(super) fn backend(&self) -> DbBackend {
        self.first.get_database_backend()
    }

    /// The connection that the schema is made and looked at by, whose role is not the service's.
    pub(super) fn of_the_schema(&self) -> &DatabaseConnection {
        &self.first
    }

    /// The connections of one tenant. On SQLite there is no second wall: all use the same.
    pub(super) fn of<S: Scope>(&self, scope: &S, tenant: &Tenant) -> DatabaseConnection {
        if self.backend() != DbBackend::Postgres {
            return self.first.clone();
        }
        let door = Door::of(tenant, scope.may_take_long());
        let mut of_tenants = self.of_tenants.lock().unwrap_or_else(PoisonError::into_inner);
        of_tenants.entry(door).or_insert_with(|| self.make(door)).clone()
    }

    /// How the connections of each door are used. Those that nobody has come through yet are left out.
    pub(super) fn pools(&self) -> Vec<Pool> {
        let first = if self.backend() == DbBackend::Postgres { "schema" } else { "all" };
        let of_tenants = self.of_tenants.lock().unwrap_or_else(PoisonError::into_inner);
        let of_tenants =
            of_tenants.iter().map(|(door, connection)| Pool::of(door.word(), door.body(), connection));
        [Pool::of(first, None, &self.first)].into_iter().chain(of_tenants).collect()
    }

    /// Nothing is connected yet: the first statement does that.
    fn make(&self, door: Door) -> DatabaseConnection {
        let mut options = options(&self.settings, door.settings(self.settings.statement_time));
        options.connect_lazy(true).idle_timeout(KEPT);
        let made = Database::connect(options).now_or_never();
        let made = made.expect("nothing is waited for").expect("the same address was connected to before");
        self.watched(made)
    }

    fn watched(&self, mut connection: DatabaseConnection) -> DatabaseConnection {
        if let Some(watcher) = self.watcher.clone() {
            connection.set_metric_callback(move |info| watcher(info.statement));
        }
        connection
    }

    /// Brings the schema up to date. Whoever does so owns the tables; on PostgreSQL it makes the tenants' roles as well.
    pub(super) async fn migrate(&self) -> Found<()> {
        Ok(migration::Migrator::up(&self.first, None).await?)
    }

    pub(super) async fn close(self) -> Found<()> {
        let of_tenants = self.of_tenants.into_inner().unwrap_or_else(PoisonError::into_inner);
        for connection in of_tenants.into_values() {
            connection.close().await?;
        }
        Ok(self.first.close().await?)
    }
}

/// How long a statement may take, as PostgreSQL is told when a connection is made.
fn statement_timeout(time: Option<Duration>) -> Option<(&'static str, String)> {
    time.map(|time| ("statement_timeout", time.as_millis().to_string()))
}

fn options(settings: &DbSettings, told: Vec<(&'static str, String)>) -> ConnectOptions {
    let durable = settings.durable;
    let mut options = ConnectOptions::new(settings.url.clone());
    options
        .max_connections(settings.connections)
        .acquire_timeout(Duration::from_secs(30))
        .sqlx_logging(false)
        .test_before_acquire_if_idle_for(Duration::from_secs(30))
        // PostgreSQL would take longer to compile some of our queries than to answer them.
        .map_sqlx_postgres_opts(move |postgres| postgres.options([("jit", "off")]).options(told.clone()))
        .map_sqlx_sqlite_opts(move |sqlite| {
            sqlite
                .create_if_missing(true)
                .busy_timeout(SQLITE_BUSY)
                .foreign_keys(true)
                .pragma("journal_mode", "WAL")
                .pragma("synchronous", if durable { "FULL" } else { "OFF" })
        });
    options
}

/// What the service connects as has to be let into the tenants' roles, and these have to be held by the wall.
pub(super) async fn why_no_wall(conn: &DatabaseConnection) -> Found<Option<String>> {
    if conn.get_database_backend() != DbBackend::Postgres {
        return Ok(None);
    }
    let row = conn.query_one_raw(Statement::from_string(DbBackend::Postgres, roles::STATE)).await?;
    let Some(row) = row else { return Ok(None) };
    let login: String = row.try_get("", "login")?;
    if !row.try_get::<bool>("", "is_let_in")? {
        let roles = roles::SERVICE;
        return Ok(Some(format!(
            "The service connects to PostgreSQL as {login}, who may not act for its tenants. Let whoever ran \
             `nominations migrate` say: GRANT {roles} TO \"{login}\";"
        )));
    }
    let unheld: Option<String> = row.try_get("", "unheld")?;
    Ok(unheld.map(|unheld| {
        format!(
            "Row-level security would not hold {unheld}: a role of the service is a superuser, has BYPASSRLS or owns \
             tables. Take that from it (ALTER ROLE … NOSUPERUSER NOBYPASSRLS, ALTER TABLE … OWNER TO …)."
        )
    }))
}

/// The role that a tenant's connections have.
pub(super) fn role_of(tenant: &Tenant) -> &'static str {
    Door::of(tenant, false).role()
}
