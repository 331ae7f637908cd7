//! Every query on class exceptions, their revisions, and the bodies that nominate under them.
//!
//! What stands here is public. Revisions never change, so their parsed terms are kept in memory for good.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use entity::{BodyId, ExceptionId, body, class_exception, class_exception_body, class_exception_revision};
use sea_orm::sea_query::{Expr, OnConflict, Query};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect, RelationDef,
    Set,
};

use crate::db::{Gate, Tx};
use crate::error::{Fault, Found};
use crate::exceptions::definition::Terms;
use crate::exceptions::titles::TitleIndex;

/// One revision's terms with the index of their job titles.
#[derive(Debug)]
pub struct KnownTerms {
    /// What is asked.
    pub terms: Terms,
    /// Their job titles, ready for matching.
    pub index: TitleIndex,
}

/// The terms that have been read, by exception and revision.
#[derive(Debug, Default)]
pub struct Shelf(RwLock<HashMap<(ExceptionId, i32), Arc<KnownTerms>>>);

impl Shelf {
    /// The terms of a revision: from memory, or read once.
    ///
    /// # Errors
    /// Where the database does not answer, or the revision is not there.
    pub async fn terms(
        &self,
        conn: &impl ConnectionTrait,
        exception: ExceptionId,
        revision: i32,
    ) -> Found<Arc<KnownTerms>> {
        let key = (exception, revision);
        if let Some(known) = self.0.read().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return Ok(Arc::clone(known));
        }
        let row = class_exception_revision::Entity::find_by_id(key).one(conn).await?;
        let row = row.ok_or_else(|| Fault::stored("class exception", "its revision is gone"))?;
        let terms: Terms = serde_json::from_value(row.terms)
            .map_err(|why| Fault::stored("terms of a class exception", why))?;
        let index = TitleIndex::new(&terms);
        let known = Arc::new(KnownTerms { terms, index });
        self.0.write().unwrap_or_else(PoisonError::into_inner).insert(key, Arc::clone(&known));
        Ok(known)
    }

    /// An exception with its terms as they stand now.
    ///
    /// # Errors
    /// As [`Self::terms`].
    pub async fn current(&self, conn: &impl ConnectionTrait, row: class_exception::Model) -> Found<Current> {
        let known = self.terms(conn, row.id, row.revision).await?;
        Ok(Current { row, known })
    }
}

/// A class exception with the terms of its newest revision.
#[derive(Clone, Debug)]
pub struct Current {
    /// Its columns.
    pub row: class_exception::Model,
    /// What it asks.
    pub known: Arc<KnownTerms>,
}

/// All class exceptions, the newest first. There are as many as the Government announces: few.
///
/// # Errors
/// Where the database does not answer.
pub async fn load_all(conn: &impl ConnectionTrait) -> Found<Vec<class_exception::Model>> {
    let select = class_exception::Entity::find()
        .order_by_desc(class_exception::Column::OpensAt)
        .order_by_asc(class_exception::Column::Slug);
    Ok(select.all(conn).await?)
}

/// The class exception with this slug.
///
/// # Errors
/// Where the database does not answer.
pub async fn find_by_slug(conn: &impl ConnectionTrait, slug: &str) -> Found<Option<class_exception::Model>> {
    Ok(class_exception::Entity::find().filter(class_exception::Column::Slug.eq(slug)).one(conn).await?)
}

/// The class exceptions with these slugs; those that are not there are left out.
///
/// # Errors
/// Where the database does not answer.
pub async fn load_by_slugs<'s>(
    conn: &impl ConnectionTrait,
    slugs: impl IntoIterator<Item = &'s str>,
) -> Found<Vec<class_exception::Model>> {
    let select = class_exception::Entity::find().filter(class_exception::Column::Slug.is_in(slugs));
    Ok(select.all(conn).await?)
}

/// The class exceptions with these ids; those that are not there are left out.
///
/// # Errors
/// Where the database does not answer.
pub async fn load_by_ids(
    conn: &impl ConnectionTrait,
    ids: &[ExceptionId],
) -> Found<Vec<class_exception::Model>> {
    let select =
        class_exception::Entity::find().filter(class_exception::Column::Id.is_in(ids.iter().copied()));
    Ok(select.all(conn).await?)
}

/// The bodies that nominate under an exception, with their dates, in order of slug.
///
/// # Errors
/// Where the database does not answer.
pub async fn bodies_of(
    conn: &impl ConnectionTrait,
    exception: ExceptionId,
) -> Found<Vec<(class_exception_body::Model, body::Model)>> {
    let members = class_exception_body::Entity::find()
        .filter(class_exception_body::Column::ExceptionId.eq(exception))
        .all(conn)
        .await?;
    let own = Query::select()
        .column(class_exception_body::Column::BodyId)
        .from(class_exception_body::Entity)
        .and_where(class_exception_body::Column::ExceptionId.eq(exception))
        .to_owned();
    let bodies = body::Entity::find()
        .filter(body::Column::Id.in_subquery(own))
        .order_by_asc(body::Column::Slug)
        .all(conn)
        .await?;
    let member = |id: BodyId| members.iter().find(|member| member.body_id == id).cloned();
    Ok(bodies.into_iter().filter_map(|body| Some((member(body.id)?, body))).collect())
}

/// The bodies that nominate under each of these exceptions, in order of slug.
///
/// # Errors
/// Where the database does not answer.
pub async fn bodies_of_each(
    conn: &impl ConnectionTrait,
    exceptions: &[ExceptionId],
) -> Found<HashMap<ExceptionId, Vec<body::Model>>> {
    let to_body: RelationDef = class_exception_body::Entity::belongs_to(body::Entity)
        .from(class_exception_body::Column::BodyId)
        .to(body::Column::Id)
        .into();
    let rows = class_exception_body::Entity::find()
        .filter(class_exception_body::Column::ExceptionId.is_in(exceptions.iter().copied()))
        .join(JoinType::InnerJoin, to_body)
        .select_also(body::Entity)
        .order_by_asc(body::Column::Slug)
        .all(conn)
        .await?;
    let mut bodies: HashMap<_, Vec<_>> = exceptions.iter().map(|id| (*id, Vec::new())).collect();
    for (member, body) in rows {
        bodies.entry(member.exception_id).or_default().extend(body);
    }
    Ok(bodies)
}

/// Saves an exception's columns, new or changed.
///
/// # Errors
/// Where the database refuses.
pub async fn save_exception(tx: &Tx, exception: class_exception::Model) -> Found<()> {
    use class_exception::Column;
    let changing = [
        Column::Title,
        Column::Agency,
        Column::Places,
        Column::Allocation,
        Column::AnnouncedOn,
        Column::OpensAt,
        Column::ClosesAt,
        Column::AllocationEndsAt,
        Column::PerEmployerCap,
        Column::PurgeOn,
        Column::Paused,
        Column::Revision,
    ];
    class_exception::Entity::insert(class_exception::ActiveModel::from(exception))
        .on_conflict(OnConflict::column(Column::Id).update_columns(changing).to_owned())
        .exec_without_returning(tx.conn())
        .await?;
    Ok(())
}

/// Keeps that the draw was held: whoever waits is due from here on.
///
/// # Errors
/// A race where it was held before.
pub async fn save_drawn(gate: &Gate<'_>) -> Found<()> {
    let tx = gate.tx();
    let set = class_exception::Entity::update_many()
        .col_expr(class_exception::Column::DrawnAt, Expr::value(tx.now()))
        .filter(class_exception::Column::Id.eq(gate.exception()))
        .filter(class_exception::Column::DrawnAt.is_null())
        .exec(tx.conn())
        .await?;
    if set.rows_affected == 1 { Ok(()) } else { Err(Fault::Race("the draw was held before")) }
}

/// Keeps a revision's terms.
///
/// # Errors
/// Where the database refuses.
pub async fn save_terms(tx: &Tx, exception: ExceptionId, revision: i32, terms: &Terms) -> Found<()> {
    let terms =
        serde_json::to_value(terms).map_err(|why| Fault::stored("terms of a class exception", why))?;
    let row = class_exception_revision::ActiveModel {
        exception_id: Set(exception),
        revision: Set(revision),
        terms: Set(terms),
        applied_at: Set(tx.now()),
    };
    class_exception_revision::Entity::insert(row).exec_without_returning(tx.conn()).await?;
    Ok(())
}

/// Saves that a body nominates under an exception, and its dates.
///
/// # Errors
/// Where the database refuses.
pub async fn save_member(tx: &Tx, member: class_exception_body::Model) -> Found<()> {
    use class_exception_body::Column;
    class_exception_body::Entity::insert(class_exception_body::ActiveModel::from(member))
        .on_conflict(
            OnConflict::columns([Column::ExceptionId, Column::BodyId])
                .update_columns([Column::StartsOn, Column::EndsOn])
                .to_owned(),
        )
        .exec_without_returning(tx.conn())
        .await?;
    Ok(())
}

/// Saves a body, new or renamed. Its prefix stays what it was: references carry it.
///
/// # Errors
/// Where the database refuses.
pub async fn save_body(tx: &Tx, row: body::Model) -> Found<()> {
    body::Entity::insert(body::ActiveModel::from(row))
        .on_conflict(OnConflict::column(body::Column::Id).update_column(body::Column::Name).to_owned())
        .exec_without_returning(tx.conn())
        .await?;
    Ok(())
}
