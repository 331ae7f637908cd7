//! Applications that may be of one worker, to whichever bodies: read across tenants, for the service's own hand alone. What
//! is told of a match to a body is its reference and nothing else.

use std::collections::HashSet;

use chrono::{DateTime, NaiveDate, Utc};
use entity::{
    ApplicationId, ApplicationStatus, BodyId, DiscrepancyId, application, told_apart, worker,
    worker_fingerprint,
};
use sea_orm::sea_query::{Condition, Expr, ExprTrait, OnConflict, Order, Query, SelectStatement};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect, Set,
};
use sha2::{Digest, Sha256};

use crate::applications::rules::is_with_the_body;
use crate::db::Tx;
use crate::error::Found;
use crate::values::fold::fold;

/// How many matches of one application are told: somebody who hands in the same worker again and again fills no tables.
const MOST_TWINS: u64 = 50;
/// How many live applications of workers born on one day are looked through for one name.
const MOST_BORN: u64 = 500;

/// Another live application that matches one at hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Match {
    /// Which.
    pub application: ApplicationId,
    /// Whose.
    pub body: BodyId,
    /// What they match by, as [`tell_apart`] keeps it.
    pub matched: String,
}

/// The live applications under the same class exception whose worker has the same passport and that people have not told
/// apart from this one, in the queue's order.
///
/// # Errors
/// Where the database does not answer.
pub async fn twins_of(tx: &Tx, of: &application::Model) -> Found<Vec<Match>> {
    use worker_fingerprint::{Column, Entity};
    let (own, other) = ("own", "other");
    let same = |column: Column| Expr::col((other, column)).equals((own, column));
    let same = Condition::all()
        .add(same(Column::ExceptionId))
        .add(same(Column::KeyVersion))
        .add(same(Column::Fingerprint))
        .add(Expr::col((other, Column::ApplicationId)).ne(Expr::col((own, Column::ApplicationId))));
    let its =
        Expr::col((application::Entity, application::Column::Id)).equals((other, Column::ApplicationId));
    let apart =
        apart(&(own, Column::ApplicationId), &(other, Column::ApplicationId), &(own, Column::Fingerprint));
    let select = Query::select()
        .distinct()
        .expr_as(Expr::col((application::Entity, application::Column::Id)), "application")
        .expr_as(Expr::col((application::Entity, application::Column::BodyId)), "body")
        .expr_as(Expr::col((other, Column::Fingerprint)), "matched")
        .expr_as(Expr::col((application::Entity, application::Column::SubmittedAt)), "submitted_at")
        .from_as(Entity, own)
        .join_as(sea_orm::JoinType::InnerJoin, Entity, other, same)
        .join(sea_orm::JoinType::InnerJoin, application::Entity, its)
        .and_where(Expr::col((own, Column::ApplicationId)).eq(of.id))
        .and_where(super::stands_in(live()))
        .and_where(Expr::exists(apart).not())
        .order_by("submitted_at", Order::Asc)
        .order_by("application", Order::Asc)
        .limit(MOST_TWINS)
        .to_owned();
    let rows = tx.conn().query_all(&select).await?;
    let read = |row: sea_orm::QueryResult| {
        Ok(Match {
            application: row.try_get("", "application")?,
            body: row.try_get("", "body")?,
            matched: row.try_get("", "matched")?,
        })
    };
    rows.into_iter().map(read).collect()
}

/// Where people have told two applications apart that match by this. The smaller id is kept first.
pub(crate) fn apart<T, C>(one: &(T, C), other: &(T, C), matched: &(T, C)) -> SelectStatement
where
    T: sea_orm::sea_query::IntoIden + Clone,
    C: sea_orm::sea_query::IntoIden + Clone,
{
    use told_apart::{Column, Entity};
    let is = |column: Column, what: &(T, C)| Expr::col((Entity, column)).equals(what.clone());
    let pair = |first: &(T, C), second: &(T, C)| {
        Condition::all().add(is(Column::ApplicationId, first)).add(is(Column::OtherId, second))
    };
    Query::select()
        .expr(Expr::val(1))
        .from(Entity)
        .and_where(is(Column::Matched, matched))
        .cond_where(Condition::any().add(pair(one, other)).add(pair(other, one)))
        .to_owned()
}

#[derive(Debug, FromQueryResult)]
struct Born {
    id: ApplicationId,
    body_id: BodyId,
    family_name: String,
    given_names: String,
}

/// The live applications under the same class exception whose worker has the same name, however it is spelt, and the same
/// date of birth, and that people have not told apart from this one, in the queue's order.
///
/// # Errors
/// Where the database does not answer.
pub async fn namesakes_of(tx: &Tx, of: &application::Model, worker: &worker::Model) -> Found<Vec<Match>> {
    let to_worker = application::Entity::belongs_to(worker::Entity)
        .from(application::Column::Id)
        .to(worker::Column::ApplicationId)
        .into();
    let born: Vec<Born> = application::Entity::find()
        .select_only()
        .columns([application::Column::Id, application::Column::BodyId])
        .join(sea_orm::JoinType::InnerJoin, to_worker)
        .columns([worker::Column::FamilyName, worker::Column::GivenNames])
        .filter(worker::Column::DateOfBirth.eq(worker.date_of_birth))
        .filter(application::Column::ExceptionId.eq(of.exception_id))
        .filter(application::Column::Id.ne(of.id))
        .filter(super::stands_in(live()))
        .order_by_asc(application::Column::SubmittedAt)
        .order_by_asc(application::Column::Id)
        .limit(MOST_BORN)
        .into_model()
        .all(tx.conn())
        .await?;
    let name = folded_name(&worker.family_name, &worker.given_names);
    let matched = matched_by_name(&name, worker.date_of_birth);
    let apart = told_apart_from(tx, of.id, &matched).await?;
    let same = born
        .into_iter()
        .filter(|one| !apart.contains(&one.id) && folded_name(&one.family_name, &one.given_names) == name);
    Ok(same.map(|one| Match { application: one.id, body: one.body_id, matched: matched.clone() }).collect())
}

/// The applications that people have told apart from this one while they matched by this.
async fn told_apart_from(tx: &Tx, of: ApplicationId, matched: &str) -> Found<HashSet<ApplicationId>> {
    use told_apart::Column;
    let rows = told_apart::Entity::find()
        .filter(Column::Matched.eq(matched))
        .filter(Condition::any().add(Column::ApplicationId.eq(of)).add(Column::OtherId.eq(of)))
        .all(tx.conn())
        .await?;
    Ok(rows.into_iter().flat_map(|row| [row.application_id, row.other_id]).collect())
}

/// A worker's name to compare by: its letters alone, in capitals or small, with macrons or without, in one order.
#[must_use]
pub fn folded_name(family_name: &str, given_names: &str) -> String {
    let letters = |name| fold(name).chars().filter(|letter| letter.is_alphabetic()).collect::<String>();
    format!("{}|{}", letters(family_name), letters(given_names))
}

/// What two namesakes match by, without saying who they are to whoever looks through the table.
#[must_use]
pub fn matched_by_name(name: &str, born: NaiveDate) -> String {
    hex::encode(Sha256::digest(format!("same-worker-v1|{name}|{born}")))
}

/// Everything that two applications match by now.
///
/// # Errors
/// Where the database does not answer.
pub async fn matches_of(tx: &Tx, pair: [ApplicationId; 2]) -> Found<Vec<String>> {
    use worker_fingerprint::Column;
    let prints = worker_fingerprint::Entity::find()
        .filter(Column::ApplicationId.is_in(pair))
        .order_by_asc(Column::Fingerprint)
        .all(tx.conn())
        .await?;
    let same = |one: &worker_fingerprint::Model, other: &worker_fingerprint::Model| {
        (&one.fingerprint, one.key_version) == (&other.fingerprint, other.key_version)
    };
    let by_passport = prints.windows(2).filter(|two| same(&two[0], &two[1]));
    let mut matches: Vec<String> = by_passport.map(|two| two[0].fingerprint.clone()).collect();
    let workers =
        worker::Entity::find().filter(worker::Column::ApplicationId.is_in(pair)).all(tx.conn()).await?;
    let names: Vec<String> = workers
        .iter()
        .map(|one| matched_by_name(&folded_name(&one.family_name, &one.given_names), one.date_of_birth))
        .collect();
    if let [one, other] = &names[..]
        && one == other
    {
        matches.push(one.clone());
    }
    Ok(matches)
}

/// Keeps that two applications are of two workers, for as long as they match by this.
///
/// # Errors
/// Where the database refuses.
pub async fn tell_apart(
    tx: &Tx,
    pair: [ApplicationId; 2],
    matched: &str,
    discrepancy: DiscrepancyId,
) -> Found<()> {
    let (first, second) = if pair[0] < pair[1] { (pair[0], pair[1]) } else { (pair[1], pair[0]) };
    let row = told_apart::ActiveModel {
        application_id: Set(first),
        other_id: Set(second),
        matched: Set(matched.to_owned()),
        discrepancy_id: Set(discrepancy),
        at: Set(tx.now()),
    };
    told_apart::Entity::insert(row)
        .on_conflict(OnConflict::new().do_nothing().to_owned())
        .exec_without_returning(tx.conn())
        .await?;
    Ok(())
}

/// Two applications whose worker may be one, as it takes to say which of them is the earlier.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Turn {
    /// Which.
    pub id: ApplicationId,
    /// Its reference.
    pub reference: String,
    /// Where it stands.
    pub status: ApplicationStatus,
    /// First complete submission.
    pub submitted_at: Option<DateTime<Utc>>,
}

/// Two applications in the queue's order, the earlier first.
///
/// # Errors
/// Where the database does not answer.
pub async fn in_order(tx: &Tx, pair: [ApplicationId; 2]) -> Found<Vec<Turn>> {
    let select = application::Entity::find()
        .filter(application::Column::Id.is_in(pair))
        .order_by_asc(application::Column::SubmittedAt)
        .order_by_asc(application::Column::Id);
    Ok(select.into_model().all(tx.conn()).await?)
}

/// States in which an application may still come to a place, or has one.
fn live() -> impl Iterator<Item = ApplicationStatus> {
    ApplicationStatus::all().into_iter().filter(|status| is_with_the_body(*status))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_the_same_however_it_is_spelt_and_in_no_other_order() {
        assert_eq!(folded_name("Ōkawa", "Mina"), folded_name(" OKAWA", "mina "));
        assert_eq!(folded_name("Chan", "Tai Man"), folded_name("Chan", "Tai-Man"));
        assert_eq!(folded_name("O'Neill", "Ana"), folded_name("ONEILL", "Ana."));
        assert_ne!(folded_name("Okawa", "Mina"), folded_name("Mina", "Okawa"));
        assert_ne!(folded_name("Rao Asha", ""), folded_name("Rao", "Asha"));
        let born = |day| NaiveDate::from_ymd_opt(1990, 6, day).expect("a day");
        assert_ne!(matched_by_name("a|b", born(1)), matched_by_name("a|b", born(2)));
        assert_eq!(matched_by_name("a|b", born(1)).len(), 64);
    }
}
