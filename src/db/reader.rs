//! Reading in a scope.

use sea_orm::prelude::async_trait;
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, ExecResult, QueryResult,
    Statement, TransactionTrait,
};

use super::doors::Said;
use crate::error::{Fault, Found};

/// The connections that a scope reads through. Where more is to be said than the connection says of itself, each statement
/// is a transaction of its own that says it first.
#[derive(Clone, Debug)]
pub struct Reader {
    pub(super) connection: DatabaseConnection,
    pub(super) said: Option<Said>,
}

impl Reader {
    #[expect(clippy::disallowed_methods, reason = "this is a part of db, which alone begins transactions")]
    async fn begin(&self, said: &Said) -> Result<DatabaseTransaction, DbErr> {
        let tx = self.connection.begin().await?;
        told(said.say(&tx).await)?;
        Ok(tx)
    }
}

/// A fault as the trait of connections tells it.
fn told<T>(outcome: Found<T>) -> Result<T, DbErr> {
    outcome.map_err(|fault| match fault {
        Fault::Database(error) => error,
        Fault::Stored { .. } | Fault::Race(_) => DbErr::Custom(fault.to_string()),
    })
}

#[async_trait::async_trait]
impl ConnectionTrait for Reader {
    fn get_database_backend(&self) -> DbBackend {
        self.connection.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        let Some(said) = &self.said else { return self.connection.execute_raw(statement).await };
        let tx = self.begin(said).await?;
        let done = tx.execute_raw(statement).await?;
        tx.commit().await?;
        Ok(done)
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        let Some(said) = &self.said else { return self.connection.execute_unprepared(sql).await };
        let tx = self.begin(said).await?;
        let done = tx.execute_unprepared(sql).await?;
        tx.commit().await?;
        Ok(done)
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        let Some(said) = &self.said else { return self.connection.query_one_raw(statement).await };
        let tx = self.begin(said).await?;
        let row = tx.query_one_raw(statement).await?;
        tx.commit().await?;
        Ok(row)
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        let Some(said) = &self.said else { return self.connection.query_all_raw(statement).await };
        let tx = self.begin(said).await?;
        let rows = tx.query_all_raw(statement).await?;
        tx.commit().await?;
        Ok(rows)
    }
}
