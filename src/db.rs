//! The only way to a connection or a transaction.
//!
//! A connection is given in exchange for a scope. Acts are [`Command`]s: `perform` begins, runs, keeps the
//! idempotency key, commits, and runs again what lost a race. Nobody else begins, retries or commits.

mod doors;
mod pools;
mod races;
mod reader;
mod transaction;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use entity::{PersonId, idempotency};
use migration::MigratorTrait;
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    AccessMode, ConnectionTrait, DatabaseTransaction, DbBackend, EntityTrait, IsolationLevel, Set,
    SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait,
};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::clock::Clock;
use crate::error::{Acted, Failure, Fault, Found, UserError, UserErrorCode};
use crate::random::{IdMaker, Random};
use crate::tenancy::{Actor, Scope};

use doors::{Doors, Said};
pub use pools::Pool;
use races::may_run_again;
pub use races::{is_out_of_time, is_unique_violation};
pub use reader::Reader;
pub use transaction::{Across, Gate, Savepoint, Tx};

/// How often an act that lost a race is run before the fault is told.
const ATTEMPTS: u32 = 8;
/// How long a statement of a request may take. A lock that is waited for longer is one that somebody will not let go of soon.
pub const STATEMENT_TIME: Duration = Duration::from_secs(3);

/// The database, with the clock and the chance that every act is handed.
#[derive(Debug)]
pub struct Db {
    doors: Doors,
    clock: Clock,
    random: Random,
    /// SQLite has one writer; waiting here is fair, waiting in SQLite is not.
    write_turn: tokio::sync::Mutex<()>,
}

/// How to open a database.
#[derive(Clone, Debug)]
pub struct DbSettings {
    /// `sqlite://path/to/file.db` or `postgres://…`.
    pub url: String,
    /// Most connections at once; on PostgreSQL, of each tenant: what one body asks for leaves the others theirs.
    pub connections: u32,
    /// How long PostgreSQL may be at one statement before it gives it up, waiting for locks included; none where it may take as
    /// long as it takes, as for commands and always for jobs. SQLite has no such bound: what is asked of it is bounded by the
    /// time of a whole operation alone.
    pub statement_time: Option<Duration>,
    /// Whether SQLite waits for the disk at every commit. Only the making of a demo does without.
    pub durable: bool,
}

impl DbSettings {
    /// The usual settings for a database.
    pub fn new(url: impl Into<String>) -> Self {
        Self { url: url.into(), connections: 10, statement_time: None, durable: true }
    }

    /// The settings where requests are served: nobody waits longer than [`STATEMENT_TIME`] for a statement.
    pub fn to_serve(url: impl Into<String>) -> Self {
        Self { statement_time: Some(STATEMENT_TIME), ..Self::new(url) }
    }
}

impl Db {
    /// Opens the database; makes an SQLite file that is not there.
    ///
    /// # Errors
    /// Where the database cannot be reached.
    pub async fn connect(settings: DbSettings, clock: Clock, random: Random) -> Found<Self> {
        let doors = Doors::open(settings).await?;
        Ok(Self { doors, clock, random, write_turn: tokio::sync::Mutex::new(()) })
    }

    /// Shows every statement to `watcher` once it has run, to measure what an answer costs.
    pub fn watch(&mut self, watcher: impl Fn(&Statement) + Send + Sync + 'static) {
        self.doors.watch(Arc::new(watcher));
    }

    /// Brings the schema up to date; on PostgreSQL, as whoever the service connects as, who owns the tables.
    ///
    /// # Errors
    /// Where the database refuses a migration.
    pub async fn migrate(&self) -> Found<()> {
        self.doors.migrate().await
    }

    /// Why the second wall would not hold on PostgreSQL, and what to do; nothing where it does, and on SQLite, which has none.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub async fn why_no_wall(&self) -> Found<Option<String>> {
        doors::why_no_wall(self.doors.of_the_schema()).await
    }

    /// How many migrations are still to be applied.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn pending_migrations(&self) -> Found<usize> {
        Ok(migration::Migrator::get_pending_migrations_read_only(self.doors.of_the_schema()).await?.len())
    }

    /// The clock that every act goes by.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// SQLite or PostgreSQL.
    #[must_use]
    pub fn backend(&self) -> DbBackend {
        self.doors.backend()
    }

    /// A connection for reading, in exchange for a scope.
    #[must_use]
    pub fn read<S: Scope>(&self, scope: &S) -> Reader {
        let tenant = scope.reads_as();
        let said = self.on_postgres(|| Said::to_read(&tenant, scope.actor()));
        Reader { connection: self.doors.of(scope, &tenant), said }
    }

    /// How the connections of this process are used.
    #[must_use]
    pub fn pools(&self) -> Vec<Pool> {
        self.doors.pools()
    }

    /// What has to be said of who asks; nothing on SQLite.
    fn on_postgres(&self, said: impl FnOnce() -> Option<Said>) -> Option<Said> {
        if self.backend() == DbBackend::Postgres { said() } else { None }
    }

    /// One view of the whole database for reading, however long it takes: nothing that is committed meanwhile is
    /// in it, so what belongs together can be read in many statements.
    ///
    /// # Errors
    /// Where the database does not answer.
    #[expect(clippy::disallowed_methods, reason = "this file is the one place that begins a transaction")]
    pub async fn snapshot<S: Scope>(&self, scope: &S) -> Found<Snapshot> {
        let postgres = self.backend() == DbBackend::Postgres;
        let options = TransactionOptions {
            isolation_level: postgres.then_some(IsolationLevel::RepeatableRead),
            access_mode: postgres.then_some(AccessMode::ReadOnly),
            sqlite_transaction_mode: Some(SqliteTransactionMode::Deferred),
        };
        let tenant = scope.reads_as();
        let inner = self.doors.of(scope, &tenant).begin_with_options(options).await?;
        if let Some(said) = self.on_postgres(|| Said::to_read(&tenant, scope.actor())) {
            said.say(&inner).await?;
        }
        Ok(Snapshot { inner })
    }

    /// Closes all connections.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub async fn close(self) -> Found<()> {
        self.doors.close().await
    }

    /// Does `command` once, in one transaction: all of it or nothing. Under a key that was used before by the
    /// same person, or the same [`Command::asker`], for the same command, nothing is done and the first answer is given again.
    ///
    /// # Errors
    /// What the command refuses; `KEY_REUSED` where the key was used for something else; faults.
    #[tracing::instrument(level = "debug", skip_all, fields(command = C::NAME))]
    pub async fn perform<S: Scope, C: Command>(
        &self,
        scope: &S,
        keyed: Option<&Keyed>,
        command: &C,
    ) -> Acted<C::Answer> {
        let mut attempt = 1;
        loop {
            // On the heap: what an act holds is large, and is nothing for the stack of who waits for it.
            match Box::pin(self.perform_once(scope, keyed, command)).await {
                Err(Failure::Fault(fault)) if attempt < ATTEMPTS && may_run_again(&fault) => {
                    tracing::debug!(%fault, attempt, "run again");
                    let spread = u64::try_from(self.random.below(10)).unwrap_or_default();
                    tokio::time::sleep(Duration::from_millis(spread * u64::from(attempt))).await;
                    attempt += 1;
                }
                outcome => return outcome,
            }
        }
    }

    /// What was answered to this command under this key before; none where the key is new.
    ///
    /// # Errors
    /// `KEY_REUSED` where the key was used for something else; faults.
    pub async fn recall<S: Scope, C: Command>(
        &self,
        scope: &S,
        keyed: Option<&Keyed>,
    ) -> Acted<Option<C::Answer>> {
        let (Some(keyed), Some(actor)) = (keyed, scope.actor().person) else { return Ok(None) };
        let id = (actor, C::NAME.to_owned(), keyed.key.clone());
        let first = idempotency::Entity::find_by_id(id).one(&self.read(scope)).await?;
        first.map(|first| answer_again::<C>(keyed, first)).transpose()
    }

    /// Does `command` and undoes it: what it answers is what it would do.
    ///
    /// # Errors
    /// What the command refuses; faults.
    pub async fn rehearse<S: Scope, C: Command>(&self, scope: &S, command: &C) -> Acted<C::Answer> {
        let _turn = self.write_turn().await;
        let tx = self.begin(scope, command).await?;
        let answer = Box::pin(command.run(&tx)).await;
        tx.inner.rollback().await.map_err(Fault::from)?;
        answer
    }

    async fn write_turn(&self) -> Option<tokio::sync::MutexGuard<'_, ()>> {
        match self.backend() {
            DbBackend::Sqlite => Some(self.write_turn.lock().await),
            _ => None,
        }
    }

    async fn perform_once<S: Scope, C: Command>(
        &self,
        scope: &S,
        keyed: Option<&Keyed>,
        command: &C,
    ) -> Acted<C::Answer> {
        let _turn = self.write_turn().await;
        let tx = self.begin(scope, command).await?;
        match run_keyed(&tx, keyed, command).await {
            Ok(answer) => {
                tx.inner.commit().await.map_err(Fault::from)?;
                Ok(answer)
            }
            Err(failure) => {
                // What went wrong is told, not that undoing it did too: a broken connection undoes by itself.
                if let Err(error) = tx.inner.rollback().await {
                    tracing::warn!(%error, "not rolled back");
                }
                Err(failure)
            }
        }
    }

    #[expect(clippy::disallowed_methods, reason = "this file is the one place that begins a transaction")]
    async fn begin<S: Scope, C: Command>(&self, scope: &S, command: &C) -> Found<Tx> {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        let (now, actor, tenant) = (self.clock.now(), scope.actor(), scope.acts_as());
        let inner = self.doors.of(scope, &tenant).begin_with_options(options).await?;
        let asker = Actor { person: actor.person.or_else(|| command.asker()), ..actor };
        if let Some(said) = self.on_postgres(|| Said::to_act(&tenant, asker)) {
            said.say(&inner).await?;
        }
        let ids = Mutex::new(IdMaker::new(now, &self.random));
        Ok(Tx::new(inner, now, actor, ids, self.random.clone(), doors::role_of(&tenant)))
    }
}

/// See [`Db::snapshot`].
#[derive(Debug)]
pub struct Snapshot {
    inner: DatabaseTransaction,
}

impl Snapshot {
    /// The connection that it is read through.
    #[must_use]
    pub fn conn(&self) -> &DatabaseTransaction {
        &self.inner
    }

    /// SQLite or PostgreSQL.
    #[must_use]
    pub fn backend(&self) -> DbBackend {
        self.inner.get_database_backend()
    }

    /// Lets go of it.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub async fn end(self) -> Found<()> {
        Ok(self.inner.rollback().await?)
    }
}

/// Something that is done whole or not at all.
pub trait Command: Sync {
    /// What it answers; under a key it is kept, so it holds ids and codes, never personal data.
    type Answer: Serialize + DeserializeOwned + Send;
    /// The mutation's name: keys are remembered per person and name.
    const NAME: &'static str;

    /// Whose keys are remembered where nobody is signed in, by an id that no person has; none's where it is not said.
    fn asker(&self) -> Option<PersonId> {
        None
    }

    /// Does it within `tx`.
    fn run(&self, tx: &Tx) -> impl Future<Output = Acted<Self::Answer>> + Send;
}

/// A caller's idempotency key, with the keyed hash of what it asked.
#[derive(Clone, Debug)]
pub struct Keyed {
    /// The caller's words.
    pub key: String,
    /// Made by `Keys::idempotency_hashes` from the input: the one that is kept, then those that an earlier key made.
    pub request_hashes: Vec<[u8; 32]>,
}

async fn run_keyed<C: Command>(tx: &Tx, keyed: Option<&Keyed>, command: &C) -> Acted<C::Answer> {
    let (Some(keyed), Some(actor_id)) = (keyed, tx.actor.person.or_else(|| command.asker())) else {
        return Box::pin(command.run(tx)).await;
    };
    let id = (actor_id, C::NAME.to_owned(), keyed.key.clone());
    let claim = idempotency::ActiveModel {
        actor_id: Set(id.0),
        act: Set(id.1.clone()),
        key: Set(id.2.clone()),
        request_hash: Set(keyed.request_hashes.first().map(|hash| hash.to_vec()).unwrap_or_default()),
        answer: Set(None),
        at: Set(tx.now),
    };
    // Another transaction with the same key is waited for here, so that the act is done once.
    let claimed = idempotency::Entity::insert(claim.clone())
        .on_conflict(OnConflict::new().do_nothing().to_owned())
        .exec_without_returning(&tx.inner)
        .await?;
    if claimed == 1 {
        let answer = Box::pin(command.run(tx)).await?;
        let kept = serde_json::to_value(&answer).map_err(|why| Fault::stored("answer", why))?;
        let update = idempotency::ActiveModel { answer: Set(Some(kept)), ..claim };
        idempotency::Entity::update(update).exec(&tx.inner).await?;
        return Ok(answer);
    }
    let first = idempotency::Entity::find_by_id(id).one(&tx.inner).await?;
    answer_again::<C>(keyed, first.ok_or(Fault::Race("the first act under this key was undone"))?)
}

/// The answer of the first act under a key.
fn answer_again<C: Command>(keyed: &Keyed, first: idempotency::Model) -> Acted<C::Answer> {
    if !keyed.request_hashes.iter().any(|hash| first.request_hash == hash) {
        let message = "This idempotency key was used for another input. Use a new key for a new act.";
        return Err(UserError::at(UserErrorCode::KeyReused, "idempotencyKey", message).into());
    }
    let answer = first.answer.unwrap_or_default();
    Ok(serde_json::from_value(answer).map_err(|why| Fault::stored("answer", why))?)
}
