//! The heads of the sealed history that releases carry.

use sea_orm::{FromQueryResult, Statement};

use crate::db::Snapshot;
use crate::error::Found;

/// How many are read: one says it all.
const MOST_READ: u64 = 100;

/// A release whose head of the history no seal has.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Astray {
    /// Of which class exception.
    pub slug: String,
    /// Its number.
    pub number: i32,
    /// The head that it carries.
    pub head: String,
}

/// The releases whose head none of the seals has: the history was sealed anew since they were prepared.
///
/// # Errors
/// Where the database does not answer.
pub async fn without_seal(snapshot: &Snapshot) -> Found<Vec<Astray>> {
    let sql = format!(
        "SELECT class_exception.slug AS slug, release.number AS number, release.history_head AS head \
         FROM release JOIN class_exception ON class_exception.id = release.exception_id \
         WHERE release.history_head IS NOT NULL \
             AND NOT EXISTS (SELECT 1 FROM seal WHERE seal.head = release.history_head) \
         ORDER BY slug, number LIMIT {MOST_READ}"
    );
    let statement = Statement::from_string(snapshot.backend(), sql);
    Ok(Astray::find_by_statement(statement).all(snapshot.conn()).await?)
}
