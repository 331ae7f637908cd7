//! The words that applications are found by. They hold names of people, and go where an application goes.
//!
//! Whatever writes a reference, a job's title, a worker's name or an employer's name calls [`save_words`] after it.

use std::collections::{BTreeSet, HashMap};

use entity::{ApplicationId, EmployerId, application, application_word, employer, worker};
use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect};

use super::case::load_worker;
use crate::applications::rules::words_of;
use crate::db::Tx;
use crate::error::{Fault, Found};
use crate::tenancy::CaseloadScope;
use crate::values::words::after_all_with;

/// Rows of one statement: SQLite takes at most 32,766 values.
const AT_ONCE: usize = 5_000;

/// Brings the words of an application in line with what it, its employer and its worker say now.
///
/// # Errors
/// Where the database refuses.
pub async fn save_words(tx: &Tx, application: &application::Model) -> Found<()> {
    let employer = employer::Entity::find_by_id(application.employer_id).one(tx.conn()).await?;
    let employer =
        employer.ok_or_else(|| Fault::stored("employer", "an application names it and it is gone"))?;
    let words = words_of(application, &employer, &load_worker(tx, application).await?);
    let kept = application_word::Entity::find()
        .select_only()
        .column(application_word::Column::Word)
        .filter(application_word::Column::ApplicationId.eq(application.id));
    let kept: BTreeSet<String> = kept.into_tuple::<String>().all(tx.conn()).await?.into_iter().collect();
    let gone: Vec<_> = kept.difference(&words).cloned().collect();
    if !gone.is_empty() {
        application_word::Entity::delete_many()
            .filter(application_word::Column::ApplicationId.eq(application.id))
            .filter(application_word::Column::Word.is_in(gone))
            .exec(tx.conn())
            .await?;
    }
    insert(tx, words.difference(&kept).map(|word| row(application, word.clone())).collect()).await
}

async fn insert(tx: &Tx, rows: Vec<application_word::Model>) -> Found<()> {
    for rows in rows.chunks(AT_ONCE) {
        let rows = rows.iter().cloned().map(IntoActiveModel::into_active_model);
        application_word::Entity::insert_many(rows).exec_without_returning(tx.conn()).await?;
    }
    Ok(())
}

fn row(application: &application::Model, word: String) -> application_word::Model {
    let application::Model { id, body_id, employer_id, .. } = *application;
    application_word::Model { application_id: id, word, body_id, employer_id }
}

/// The ids of those of a viewer's applications that have a word which begins with `start`.
pub(super) fn having(scope: &CaseloadScope, start: &str) -> SelectStatement {
    use application_word::Column;
    let mut select = Query::select();
    select.column(Column::ApplicationId).from(application_word::Entity);
    match scope {
        CaseloadScope::Body(scope) => select.and_where(Column::BodyId.eq(scope.body())),
        CaseloadScope::Employers(scope) => {
            select.and_where(Column::EmployerId.is_in(scope.employers().iter().copied()))
        }
    };
    select.and_where(Column::Word.gte(start)).and_where(Column::Word.lt(after_all_with(start))).to_owned()
}

/// At most `limit` applications behind `after`, in order of id, that have no words at all: from before words were kept.
///
/// # Errors
/// Where the database does not answer.
pub async fn load_without_words(
    tx: &Tx,
    after: Option<ApplicationId>,
    limit: u64,
) -> Found<Vec<application::Model>> {
    let words = Query::select()
        .expr(Expr::val(1))
        .from(application_word::Entity)
        .and_where(
            Expr::col((application_word::Entity, application_word::Column::ApplicationId))
                .equals((application::Entity, application::Column::Id)),
        )
        .to_owned();
    let mut select = application::Entity::find().filter(Expr::exists(words).not());
    if let Some(after) = after {
        select = select.filter(application::Column::Id.gt(after));
    }
    Ok(select.order_by_asc(application::Column::Id).limit(limit).all(tx.conn()).await?)
}

/// Writes the words of applications that have none.
///
/// # Errors
/// Where the database refuses.
pub async fn insert_words(tx: &Tx, applications: &[application::Model]) -> Found<()> {
    let employers: BTreeSet<EmployerId> = applications.iter().map(|one| one.employer_id).collect();
    let employers = employer::Entity::find().filter(employer::Column::Id.is_in(employers));
    let employers: HashMap<_, _> =
        employers.all(tx.conn()).await?.into_iter().map(|one| (one.id, one)).collect();
    let ids = applications.iter().map(|one| one.id);
    let workers = worker::Entity::find().filter(worker::Column::ApplicationId.is_in(ids));
    let workers: HashMap<_, _> =
        workers.all(tx.conn()).await?.into_iter().map(|one| (one.application_id, one)).collect();
    let mut rows = Vec::new();
    for one in applications {
        let (Some(employer), Some(worker)) = (employers.get(&one.employer_id), workers.get(&one.id)) else {
            return Err(Fault::stored("application", "its employer or its worker is gone"));
        };
        rows.extend(words_of(one, employer, worker).into_iter().map(|word| row(one, word)));
    }
    insert(tx, rows).await
}
