//! Which of the database's refusals mean that a transaction lost a race and may be run again.

use sea_orm::{DbErr, RuntimeErr, SqlxError};

use crate::error::Fault;

pub(super) fn may_run_again(fault: &Fault) -> bool {
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

/// Whether PostgreSQL gave the statement up because it took too long.
#[must_use]
pub fn is_out_of_time(error: &DbErr) -> bool {
    sql_code(error).is_some_and(|code| code == "57014")
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
