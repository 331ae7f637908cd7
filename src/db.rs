//! The only way to a connection or a transaction.
//!
//! A connection is given in exchange for a scope. Acts are [`Command`]s: `perform` begins, runs, keeps the
//! idempotency key, commits, and runs again what lost a race. Nobody else begins, retries or commits.

use std::sync::Mutex;
use std::time::Duration;

use chrono::{DateTime, Utc};
use entity::{ExceptionId, idempotency};
use migration::MigratorTrait;
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    AccessMode, ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction,
    DbBackend, DbErr, EntityTrait, IsolationLevel, RuntimeErr, Set, SqliteTransactionMode, SqlxError,
    Statement, TransactionOptions, TransactionTrait,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::clock::Clock;
use crate::error::{Acted, Failure, Fault, Found, UserError, UserErrorCode};
use crate::random::{IdMaker, Random};
use crate::tenancy::{Actor, Scope};

/// How often an act that lost a race is run before the fault is told.
const ATTEMPTS: u32 = 8;
/// How long SQLite waits for another process's write.
const SQLITE_BUSY: Duration = Duration::from_secs(30);

/// The database, with the clock and the chance that every act is handed.
#[derive(Debug)]
pub struct Db {
    connection: DatabaseConnection,
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
    /// Most connections at once.
    pub connections: u32,
    /// Whether SQLite waits for the disk at every commit. Only the making of a demo does without.
    pub durable: bool,
}

impl DbSettings {
    /// The usual settings for a database.
    pub fn new(url: impl Into<String>) -> Self {
        Self { url: url.into(), connections: 20, durable: true }
    }
}

impl Db {
    /// Opens the database; makes an SQLite file that is not there.
    ///
    /// # Errors
    /// Where the database cannot be reached.
    pub async fn connect(settings: DbSettings, clock: Clock, random: Random) -> Found<Self> {
        let mut options = ConnectOptions::new(settings.url);
        options
            .max_connections(settings.connections)
            .acquire_timeout(Duration::from_secs(30))
            .sqlx_logging(false)
            .test_before_acquire_if_idle_for(Duration::from_secs(30))
            .map_sqlx_sqlite_opts(move |sqlite| {
                sqlite
                    .create_if_missing(true)
                    .busy_timeout(SQLITE_BUSY)
                    .foreign_keys(true)
                    .pragma("journal_mode", "WAL")
                    .pragma("synchronous", if settings.durable { "FULL" } else { "OFF" })
            });
        let connection = Database::connect(options).await?;
        Ok(Self { connection, clock, random, write_turn: tokio::sync::Mutex::new(()) })
    }

    /// Brings the schema up to date.
    ///
    /// # Errors
    /// Where the database refuses a migration.
    pub async fn migrate(&self) -> Found<()> {
        Ok(migration::Migrator::up(&self.connection, None).await?)
    }

    /// How many migrations are still to be applied.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn pending_migrations(&self) -> Found<usize> {
        Ok(migration::Migrator::get_pending_migrations(&self.connection).await?.len())
    }

    /// The clock that every act goes by.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// SQLite or PostgreSQL.
    #[must_use]
    pub fn backend(&self) -> DbBackend {
        self.connection.get_database_backend()
    }

    /// A connection for reading, in exchange for a scope.
    pub fn read<S: Scope>(&self, _scope: &S) -> &DatabaseConnection {
        &self.connection
    }

    /// One view of the whole database for reading, however long it takes: nothing that is committed meanwhile is
    /// in it, so what belongs together can be read in many statements.
    ///
    /// # Errors
    /// Where the database does not answer.
    #[expect(clippy::disallowed_methods, reason = "this file is the one place that begins a transaction")]
    pub async fn snapshot<S: Scope>(&self, _scope: &S) -> Found<Snapshot> {
        let postgres = self.backend() == DbBackend::Postgres;
        let options = TransactionOptions {
            isolation_level: postgres.then_some(IsolationLevel::RepeatableRead),
            access_mode: postgres.then_some(AccessMode::ReadOnly),
            sqlite_transaction_mode: Some(SqliteTransactionMode::Deferred),
        };
        Ok(Snapshot { inner: self.connection.begin_with_options(options).await? })
    }

    /// Closes all connections.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub async fn close(self) -> Found<()> {
        Ok(self.connection.close().await?)
    }

    /// Does `command` once, in one transaction: all of it or nothing. Under a key that was used before by the
    /// same person for the same command, nothing is done and the first answer is given again.
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
            match self.perform_once(scope, keyed, command).await {
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

    /// Does `command` and undoes it: what it answers is what it would do.
    ///
    /// # Errors
    /// What the command refuses; faults.
    pub async fn rehearse<S: Scope, C: Command>(&self, scope: &S, command: &C) -> Acted<C::Answer> {
        let _turn = self.write_turn().await;
        let tx = self.begin(scope.actor()).await?;
        let answer = command.run(&tx).await;
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
        let tx = self.begin(scope.actor()).await?;
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
    async fn begin(&self, actor: Actor) -> Found<Tx> {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        let now = self.clock.now();
        let inner = self.connection.begin_with_options(options).await?;
        let ids = Mutex::new(IdMaker::new(now, &self.random));
        Ok(Tx { inner, now, actor, ids, random: self.random.clone() })
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

    /// Does it within `tx`.
    fn run(&self, tx: &Tx) -> impl Future<Output = Acted<Self::Answer>> + Send;
}

/// A caller's idempotency key, with the keyed hash of what it asked.
#[derive(Clone, Debug)]
pub struct Keyed {
    /// The caller's words.
    pub key: String,
    /// Made by `Keys::idempotency_hash` from the input.
    pub request_hash: [u8; 32],
}

/// A transaction: one instant, one hand.
#[derive(Debug)]
pub struct Tx {
    inner: DatabaseTransaction,
    now: DateTime<Utc>,
    actor: Actor,
    ids: Mutex<IdMaker>,
    random: Random,
}

impl Tx {
    /// The connection that the transaction runs on.
    #[must_use]
    pub fn conn(&self) -> &DatabaseTransaction {
        &self.inner
    }

    /// The instant of everything that this transaction does.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        self.now
    }

    /// Whose hand it is by.
    #[must_use]
    pub fn actor(&self) -> Actor {
        self.actor
    }

    /// A new id, greater than the last that this transaction made.
    pub fn new_id<Id: From<Uuid>>(&self) -> Id {
        self.ids.lock().unwrap_or_else(std::sync::PoisonError::into_inner).make()
    }

    /// `N` random bytes.
    #[must_use]
    pub fn random_bytes<const N: usize>(&self) -> [u8; N] {
        self.random.bytes()
    }

    /// SQLite or PostgreSQL.
    #[must_use]
    pub fn backend(&self) -> DbBackend {
        self.inner.get_database_backend()
    }

    /// Waits for the gate of a class exception and holds it to the end of the transaction. Whoever can change
    /// who is due a place or what is free takes it *before* reading or locking places, queue entries or
    /// confirmed applications; docs/decisions/the-gate.md says why.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub async fn gate(&self, exception: ExceptionId) -> Found<Gate<'_>> {
        self.lock(lock_number(&["gate", &exception.to_string()])).await?;
        Ok(Gate { tx: self, exception })
    }

    /// Waits for every act that passes by the gate to end, and keeps new ones from passing, so that the settings
    /// of a class exception may change; only for the holder of the gate.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub async fn lock_settings(&self, gate: &Gate<'_>) -> Found<()> {
        self.lock(settings_lock(gate.exception)).await
    }

    /// Keeps the settings of a class exception from changing to the end of the transaction; false where they are
    /// about to change.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub async fn try_share_settings(&self, exception: ExceptionId) -> Found<bool> {
        self.try_lock("pg_try_advisory_xact_lock_shared", settings_lock(exception)).await
    }

    /// Waits for the lock of one worker under one exception; only for the holder of the gate.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub async fn lock_worker(&self, gate: &Gate<'_>, fingerprint: &str) -> Found<()> {
        self.lock(worker_lock(gate.exception, fingerprint)).await
    }

    /// Takes the lock of one worker where nobody has it; false where somebody does.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub async fn try_lock_worker(&self, exception: ExceptionId, fingerprint: &str) -> Found<bool> {
        self.try_lock("pg_try_advisory_xact_lock", worker_lock(exception, fingerprint)).await
    }

    async fn try_lock(&self, function: &'static str, number: i64) -> Found<bool> {
        if self.backend() != DbBackend::Postgres {
            // BEGIN IMMEDIATE holds everything already.
            return Ok(true);
        }
        let sql = format!("SELECT {function}($1) AS taken");
        let statement = Statement::from_sql_and_values(self.backend(), sql, [number.into()]);
        let row = self.inner.query_one_raw(statement).await?;
        Ok(row.map(|row| row.try_get("", "taken")).transpose()?.unwrap_or(false))
    }

    async fn lock(&self, number: i64) -> Found<()> {
        if self.backend() == DbBackend::Postgres {
            let sql = "SELECT pg_advisory_xact_lock($1)";
            let statement = Statement::from_sql_and_values(self.backend(), sql, [number.into()]);
            self.inner.execute_raw(statement).await?;
        }
        Ok(())
    }

    /// Begins something that may be undone without undoing the transaction.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub async fn savepoint(&self) -> Found<Savepoint<'_>> {
        self.inner.execute_unprepared("SAVEPOINT attempt").await?;
        Ok(Savepoint { tx: self })
    }
}

/// A proof that the gate of a class exception is held.
#[derive(Debug)]
pub struct Gate<'tx> {
    tx: &'tx Tx,
    exception: ExceptionId,
}

impl Gate<'_> {
    /// The transaction that holds it.
    #[must_use]
    pub fn tx(&self) -> &Tx {
        self.tx
    }

    /// Whose gate it is.
    #[must_use]
    pub fn exception(&self) -> ExceptionId {
        self.exception
    }
}

/// See [`Tx::savepoint`].
#[derive(Debug)]
#[must_use = "keep it or undo it"]
pub struct Savepoint<'tx> {
    tx: &'tx Tx,
}

impl Savepoint<'_> {
    /// Keeps what was done since.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub async fn keep(self) -> Found<()> {
        self.tx.inner.execute_unprepared("RELEASE SAVEPOINT attempt").await?;
        Ok(())
    }

    /// Undoes what was done since, and lets go of the locks that were taken since.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub async fn undo(self) -> Found<()> {
        self.tx.inner.execute_unprepared("ROLLBACK TO SAVEPOINT attempt").await?;
        self.keep().await
    }
}

async fn run_keyed<C: Command>(tx: &Tx, keyed: Option<&Keyed>, command: &C) -> Acted<C::Answer> {
    let (Some(keyed), Some(actor_id)) = (keyed, tx.actor.person) else {
        return command.run(tx).await;
    };
    let id = (actor_id, C::NAME.to_owned(), keyed.key.clone());
    let claim = idempotency::ActiveModel {
        actor_id: Set(id.0),
        act: Set(id.1.clone()),
        key: Set(id.2.clone()),
        request_hash: Set(keyed.request_hash.to_vec()),
        answer: Set(None),
        at: Set(tx.now),
    };
    // Another transaction with the same key is waited for here, so that the act is done once.
    let claimed = idempotency::Entity::insert(claim.clone())
        .on_conflict(OnConflict::new().do_nothing().to_owned())
        .exec_without_returning(&tx.inner)
        .await?;
    if claimed == 1 {
        let answer = command.run(tx).await?;
        let kept = serde_json::to_value(&answer).map_err(|why| Fault::stored("answer", why))?;
        let update = idempotency::ActiveModel { answer: Set(Some(kept)), ..claim };
        idempotency::Entity::update(update).exec(&tx.inner).await?;
        return Ok(answer);
    }
    let first = idempotency::Entity::find_by_id(id).one(&tx.inner).await?;
    let first = first.ok_or(Fault::Race("the first act under this key was undone"))?;
    if first.request_hash != keyed.request_hash {
        let message = "This idempotency key was used for another input. Use a new key for a new act.";
        return Err(UserError::at(UserErrorCode::KeyReused, "idempotencyKey", message).into());
    }
    let answer = first.answer.unwrap_or_default();
    Ok(serde_json::from_value(answer).map_err(|why| Fault::stored("answer", why))?)
}

fn settings_lock(exception: ExceptionId) -> i64 {
    lock_number(&["settings", &exception.to_string()])
}

fn worker_lock(exception: ExceptionId, fingerprint: &str) -> i64 {
    lock_number(&["worker", &exception.to_string(), fingerprint])
}

/// Advisory locks are numbers: the first eight bytes of a hash of what is locked.
fn lock_number(what: &[&str]) -> i64 {
    let digest = Sha256::digest(what.join("|"));
    digest.iter().take(8).fold(0, |number, byte| (number << 8) | i64::from(*byte))
}

fn may_run_again(fault: &Fault) -> bool {
    match fault {
        Fault::Race(_) => true,
        Fault::Database(error) => is_lost_race(error),
        Fault::Stored { .. } => false,
    }
}

/// PostgreSQL: serialisation failure, deadlock, lock not available. SQLite: busy and its kin.
fn is_lost_race(error: &DbErr) -> bool {
    sql_code(error)
        .is_some_and(|code| matches!(code.as_str(), "40001" | "40P01" | "55P03" | "5" | "261" | "517"))
}

/// Whether a unique index refused.
#[must_use]
pub fn is_unique_violation(error: &DbErr) -> bool {
    matches!(error.sql_err(), Some(sea_orm::SqlErr::UniqueConstraintViolation(_)))
}

fn sql_code(error: &DbErr) -> Option<String> {
    let (DbErr::Conn(runtime) | DbErr::Exec(runtime) | DbErr::Query(runtime)) = error else { return None };
    match runtime {
        RuntimeErr::SqlxError(error) => match error.as_ref() {
            SqlxError::Database(error) => error.code().map(std::borrow::Cow::into_owned),
            _ => None,
        },
        RuntimeErr::Internal(_) => None,
    }
}
