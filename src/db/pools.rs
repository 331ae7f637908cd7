//! How the connections of each door are used.

use entity::BodyId;
use sea_orm::{DatabaseConnection, DbBackend};

/// The connections of one door, as one process has them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pool {
    /// Whose they are, in a word.
    pub door: &'static str,
    /// Of which body, where it is a body's.
    pub body: Option<BodyId>,
    /// Connections that are open and used.
    pub in_use: u32,
    /// Connections that are open and wait to be used.
    pub idle: u32,
    /// Connections that there may be.
    pub most: u32,
}

impl Pool {
    pub(super) fn of(door: &'static str, body: Option<BodyId>, connection: &DatabaseConnection) -> Self {
        let (open, idle, most) = if connection.get_database_backend() == DbBackend::Postgres {
            let pool = connection.get_postgres_connection_pool();
            (pool.size(), pool.num_idle(), pool.options().get_max_connections())
        } else {
            let pool = connection.get_sqlite_connection_pool();
            (pool.size(), pool.num_idle(), pool.options().get_max_connections())
        };
        // The two numbers are not read at one instant.
        let idle = u32::try_from(idle).unwrap_or(u32::MAX).min(open);
        Self { door, body, in_use: open - idle, idle, most }
    }
}
