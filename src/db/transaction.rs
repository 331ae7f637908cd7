//! A transaction, and what it may hold: the gate of a class exception, locks, a savepoint, and the steps past its own
//! tenant's rows.
//!
//! Nothing here begins or ends one: that is `db`'s.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use chrono::{DateTime, Utc};
use entity::ExceptionId;
use migration::roles;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, Statement};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::error::Found;
use crate::random::{IdMaker, Random};
use crate::tenancy::Actor;

/// A transaction: one instant, one hand.
#[derive(Debug)]
pub struct Tx {
    pub(super) inner: DatabaseTransaction,
    pub(super) now: DateTime<Utc>,
    pub(super) actor: Actor,
    pub(super) ids: Mutex<IdMaker>,
    pub(super) random: Random,
    /// The role that it began with, which comes to one tenant's rows.
    role: &'static str,
    /// Whether it comes to the rows of all tenants by now.
    is_across: AtomicBool,
}

impl Tx {
    pub(super) fn new(
        inner: DatabaseTransaction,
        now: DateTime<Utc>,
        actor: Actor,
        ids: Mutex<IdMaker>,
        random: Random,
        role: &'static str,
    ) -> Self {
        let is_across = AtomicBool::new(role == roles::SYSTEM);
        Self { inner, now, actor, ids, random, role, is_across }
    }

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
    /// confirmed applications; docs/decisions/the-gate.md says why. Whoever holds it comes to the rows of all tenants from
    /// there on, in the same statement: the queue is everybody's.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub async fn gate(&self, exception: ExceptionId) -> Found<Gate<'_>> {
        let number = lock_number(&["gate", &exception.to_string()]);
        if self.backend() == DbBackend::Postgres {
            let sql = format!("SELECT pg_advisory_xact_lock($1), {}", becoming(roles::SYSTEM));
            let statement = Statement::from_sql_and_values(self.backend(), sql, [number.into()]);
            self.inner.execute_raw(statement).await?;
            self.is_across.store(true, Ordering::Relaxed);
        }
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
    /// about to change. Whoever passes by the gate looks at the queue as its holder does: it comes to the rows of all tenants
    /// to the end of its savepoint.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub async fn try_share_settings(&self, exception: ExceptionId) -> Found<bool> {
        let also = format!(", {}", becoming(roles::SYSTEM));
        let taken =
            self.try_lock("pg_try_advisory_xact_lock_shared", settings_lock(exception), &also).await?;
        self.is_across.store(true, Ordering::Relaxed);
        Ok(taken)
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
        self.try_lock("pg_try_advisory_xact_lock", worker_lock(exception, fingerprint), "").await
    }

    /// Waits for everybody who counts against the same limit, so that two at once do not pass it together. Whoever
    /// counts against several takes the limits in one order.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub async fn lock_limit(&self, limit: &'static str, of: &str) -> Found<()> {
        self.lock(lock_number(&["limit", limit, of])).await
    }

    /// Keeps the keys in use from changing to the end of the transaction. Whoever needs the gate takes it before.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub async fn share_keys(&self) -> Found<()> {
        self.wait("pg_advisory_xact_lock_shared", lock_number(&["keys"])).await
    }

    /// Waits for everybody who writes with the keys in use, and keeps others from it, so that they may change.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub async fn lock_keys(&self) -> Found<()> {
        self.lock(lock_number(&["keys"])).await
    }

    /// Waits for whoever gives the positions of a sequence, so that one gives them at a time.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub async fn lock_sequence(&self, sequence: &'static str) -> Found<()> {
        self.lock(lock_number(&["sequence", sequence])).await
    }

    async fn try_lock(&self, function: &'static str, number: i64, also: &str) -> Found<bool> {
        if self.backend() != DbBackend::Postgres {
            // BEGIN IMMEDIATE holds everything already.
            return Ok(true);
        }
        let sql = format!("SELECT {function}($1) AS taken{also}");
        let statement = Statement::from_sql_and_values(self.backend(), sql, [number.into()]);
        let row = self.inner.query_one_raw(statement).await?;
        Ok(row.map(|row| row.try_get("", "taken")).transpose()?.unwrap_or(false))
    }

    async fn lock(&self, number: i64) -> Found<()> {
        self.wait("pg_advisory_xact_lock", number).await
    }

    async fn wait(&self, function: &'static str, number: i64) -> Found<()> {
        if self.backend() == DbBackend::Postgres {
            let sql = format!("SELECT {function}($1)");
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
        Ok(Savepoint { tx: self, was_across: self.is_across.load(Ordering::Relaxed) })
    }

    /// Comes to the rows of all tenants until it is ended, for what only the service itself may look up or write: each place
    /// that does so says why. Nothing of other tenants leaves it but what the rules of its slice tell.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub async fn across_tenants(&self) -> Found<Across<'_>> {
        let was_across = self.is_across.load(Ordering::Relaxed);
        if !was_across {
            self.become_role(roles::SYSTEM).await?;
        }
        Ok(Across { tx: self, was_across })
    }

    async fn become_role(&self, role: &'static str) -> Found<()> {
        if self.backend() == DbBackend::Postgres {
            let sql = format!("SELECT {}", becoming(role));
            self.inner.execute_raw(Statement::from_string(self.backend(), sql)).await?;
        }
        self.is_across.store(role == roles::SYSTEM, Ordering::Relaxed);
        Ok(())
    }
}

/// Takes a role to the end of the transaction, or to the savepoint that is undone.
fn becoming(role: &str) -> String {
    format!("set_config('role', '{role}', true)")
}

/// See [`Tx::across_tenants`].
#[derive(Debug)]
#[must_use = "end it, or keep it to the end of the transaction"]
pub struct Across<'tx> {
    tx: &'tx Tx,
    was_across: bool,
}

impl Across<'_> {
    /// Goes back to the rows of the transaction's own tenant, where it came from there.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub async fn end(self) -> Found<()> {
        if self.was_across { Ok(()) } else { self.tx.become_role(self.tx.role).await }
    }

    /// Stays: all that the transaction does from here on is the service's own doing.
    pub fn stay(self) {}
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
    was_across: bool,
}

impl Savepoint<'_> {
    /// Keeps what was done since. Whoever stepped past its own tenant's rows since goes back to them.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub async fn keep(self) -> Found<()> {
        let mut sql = "RELEASE SAVEPOINT attempt".to_owned();
        if self.tx.is_across.swap(self.was_across, Ordering::Relaxed) && !self.was_across {
            sql = format!("{sql}; SET LOCAL ROLE {}", self.tx.role);
        }
        self.tx.inner.execute_unprepared(&sql).await?;
        Ok(())
    }

    /// Undoes what was done since, and lets go of the locks that were taken since.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub async fn undo(self) -> Found<()> {
        self.tx.inner.execute_unprepared("ROLLBACK TO SAVEPOINT attempt").await?;
        // PostgreSQL went back to the role as it was then.
        self.tx.is_across.store(self.was_across, Ordering::Relaxed);
        self.keep().await
    }
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
