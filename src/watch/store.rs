//! What is read for a scrape: figures of all class exceptions and bodies, in a fixed number of statements however many there
//! are. No row of a person or of an application leaves here.

use chrono::{DateTime, Utc};
use entity::{BodyId, PlaceState, body, class_exception, place, unsealed};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, JoinType, PaginatorTrait, QuerySelect, RelationDef, Statement,
};

use crate::error::Found;

/// How many places of a class exception stand in one state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlaceCount {
    /// The class exception's slug.
    pub exception: String,
    /// None where it has no place at all.
    pub state: Option<PlaceState>,
    /// How many.
    pub count: i64,
}

/// What one body has in the queue of a class exception.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Queue {
    /// The class exception's slug.
    pub exception: String,
    /// The body's slug.
    pub body: String,
    /// How many wait for nothing but a place.
    pub due: i64,
    /// How many wait for something else as well.
    pub blocked: i64,
    /// When the one that was submitted first was; none where nobody waits.
    pub oldest: Option<DateTime<Utc>>,
}

/// How many places stand where, one statement.
///
/// # Errors
/// Where the database does not answer.
pub async fn count_places(conn: &impl ConnectionTrait) -> Found<Vec<PlaceCount>> {
    let to_places: RelationDef = class_exception::Entity::belongs_to(place::Entity)
        .from(class_exception::Column::Id)
        .to(place::Column::ExceptionId)
        .into();
    let rows: Vec<(String, Option<PlaceState>, i64)> = class_exception::Entity::find()
        .select_only()
        .column(class_exception::Column::Slug)
        .column(place::Column::State)
        .column_as(place::Column::Id.count(), "count")
        .join(JoinType::LeftJoin, to_places)
        .group_by(class_exception::Column::Slug)
        .group_by(place::Column::State)
        .into_tuple()
        .all(conn)
        .await?;
    Ok(rows.into_iter().map(|(exception, state, count)| PlaceCount { exception, state, count }).collect())
}

/// The queue of every body under every class exception that it takes part in, one statement.
///
/// # Errors
/// Where the database does not answer.
pub async fn load_queues(conn: &impl ConnectionTrait) -> Found<Vec<Queue>> {
    let sql = "SELECT exception.slug AS exception, body.slug AS body, \
                   COUNT(CASE WHEN entry.blocked IS NULL THEN entry.application_id END) AS due, \
                   COUNT(CASE WHEN entry.blocked IS NOT NULL THEN entry.application_id END) AS blocked, \
                   MIN(entry.submitted_at) AS oldest \
               FROM class_exception_body AS part \
               JOIN class_exception AS exception ON exception.id = part.exception_id \
               JOIN body ON body.id = part.body_id \
               LEFT JOIN queue_standing AS entry \
                   ON entry.exception_id = part.exception_id AND entry.body_id = part.body_id \
               GROUP BY exception.slug, body.slug";
    let rows = conn.query_all_raw(Statement::from_string(conn.get_database_backend(), sql)).await?;
    let read = |row: &sea_orm::QueryResult| {
        Ok(Queue {
            exception: row.try_get("", "exception")?,
            body: row.try_get("", "body")?,
            due: row.try_get("", "due")?,
            blocked: row.try_get("", "blocked")?,
            oldest: row.try_get("", "oldest")?,
        })
    };
    rows.iter().map(read).collect()
}

/// How many records wait for a position and a seal, one statement.
///
/// # Errors
/// Where the database does not answer.
pub async fn count_unsealed(conn: &impl ConnectionTrait) -> Found<u64> {
    Ok(unsealed::Entity::find().count(conn).await?)
}

/// The slugs of all bodies, one statement.
///
/// # Errors
/// Where the database does not answer.
pub async fn load_bodies(conn: &impl ConnectionTrait) -> Found<Vec<(BodyId, String)>> {
    let slugs = body::Entity::find().select_only().columns([body::Column::Id, body::Column::Slug]);
    Ok(slugs.into_tuple().all(conn).await?)
}
