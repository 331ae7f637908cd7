//! People and their memberships.

use chrono::{DateTime, Utc};
use entity::{BodyId, EmployerId, MembershipId, PersonId, StaffRole, employer_agent, membership, person};
use sea_orm::sea_query::{Expr, OnConflict, Query};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait,
    QueryFilter, QuerySelect, Select, Set, Value,
};
use serde::{Deserialize, Serialize};

use crate::db::Tx;
use crate::error::{Fault, Found};
use crate::page::{Page, PageRequest, keyed};
use crate::tenancy::BodyScope;

/// A membership that goes on at `now`.
#[must_use]
pub fn goes_on(now: DateTime<Utc>) -> Condition {
    Condition::any().add(membership::Column::EndsAt.is_null()).add(membership::Column::EndsAt.gt(now))
}

/// Somebody new, and what they are.
#[derive(Clone, Debug)]
pub struct Newcomer<'n> {
    /// What they are called.
    pub name: &'n str,
    /// Their address, where it is known.
    pub email: Option<String>,
    /// As what.
    pub role: StaffRole,
    /// For which body.
    pub body: Option<BodyId>,
    /// Until when; exclusive.
    pub ends_at: Option<DateTime<Utc>>,
}

/// Adds a person with their membership.
///
/// # Errors
/// Where the database refuses.
pub async fn add(tx: &Tx, new: Newcomer<'_>) -> Found<membership::Model> {
    let person_id = tx.new_id::<PersonId>();
    let person = person::Model {
        id: person_id,
        // Handles are for demos, whose people are named by them; here it only has to be nobody else's.
        handle: person_id.to_string(),
        name: new.name.to_owned(),
        email: new.email,
    };
    person::Entity::insert(person.into_active_model()).exec_without_returning(tx.conn()).await?;
    let member = membership::Model {
        id: tx.new_id(),
        person_id,
        role: new.role,
        body_id: new.body,
        version: 1,
        ends_at: new.ends_at,
    };
    membership::Entity::insert(member.clone().into_active_model()).exec_without_returning(tx.conn()).await?;
    Ok(member)
}

/// Calls somebody what they are called by now, where they have only what stands for a name.
///
/// # Errors
/// Where the database refuses.
pub async fn name_the_nameless(tx: &Tx, person: PersonId, (stands, name): (&str, &str)) -> Found<()> {
    person::Entity::update_many()
        .col_expr(person::Column::Name, Expr::value(name))
        .filter(person::Column::Id.eq(person))
        .filter(person::Column::Name.eq(stands))
        .exec(tx.conn())
        .await?;
    Ok(())
}

/// Saves a membership over the version that was read, and moves the version.
///
/// # Errors
/// A race where it has changed since.
pub async fn save(tx: &Tx, mut member: membership::Model) -> Found<membership::Model> {
    let read = member.version;
    member.version += 1;
    let saved = membership::Entity::update_many()
        .set(member.clone().into_active_model().reset_all())
        .filter(membership::Column::Id.eq(member.id))
        .filter(membership::Column::Version.eq(read))
        .exec(tx.conn())
        .await?;
    if saved.rows_affected == 1 { Ok(member) } else { Err(Fault::Race("the membership has changed")) }
}

/// Lets a person act for an employer; nothing where they do.
///
/// # Errors
/// Where the database refuses.
pub async fn add_agent(tx: &Tx, person: PersonId, employer: EmployerId) -> Found<()> {
    let row = employer_agent::ActiveModel { person_id: Set(person), employer_id: Set(employer) };
    employer_agent::Entity::insert(row)
        .on_conflict(
            OnConflict::columns([employer_agent::Column::PersonId, employer_agent::Column::EmployerId])
                .do_nothing()
                .to_owned(),
        )
        .exec_without_returning(tx.conn())
        .await?;
    Ok(())
}

/// Lets a person act for an employer no more.
///
/// # Errors
/// Where the database refuses.
pub async fn remove_agent(tx: &Tx, person: PersonId, employer: EmployerId) -> Found<()> {
    employer_agent::Entity::delete_by_id((person, employer)).exec(tx.conn()).await?;
    Ok(())
}

/// A membership of a body.
///
/// # Errors
/// Where the database does not answer.
pub async fn find_in(tx: &Tx, body: BodyId, id: MembershipId) -> Found<Option<membership::Model>> {
    let select = membership::Entity::find_by_id(id).filter(membership::Column::BodyId.eq(body));
    Ok(select.one(tx.conn()).await?)
}

/// The addresses of those whose membership of a body goes on, beside one person's.
///
/// # Errors
/// Where the database does not answer.
pub async fn addresses_in(tx: &Tx, body: BodyId, beside: Option<PersonId>) -> Found<Vec<String>> {
    let members = Query::select()
        .column(membership::Column::PersonId)
        .from(membership::Entity)
        .and_where(membership::Column::BodyId.eq(body))
        .cond_where(goes_on(tx.now()))
        .to_owned();
    let mut select = person::Entity::find()
        .select_only()
        .column(person::Column::Email)
        .filter(person::Column::Id.in_subquery(members))
        .filter(person::Column::Email.is_not_null());
    if let Some(beside) = beside {
        select = select.filter(person::Column::Id.ne(beside));
    }
    Ok(select.into_tuple().all(tx.conn()).await?)
}

/// How many leads without an end a body has beside one.
///
/// # Errors
/// Where the database does not answer.
pub async fn count_other_leads(tx: &Tx, body: BodyId, beside: MembershipId) -> Found<u64> {
    Ok(membership::Entity::find()
        .filter(membership::Column::BodyId.eq(body))
        .filter(membership::Column::Role.eq(StaffRole::Lead))
        .filter(membership::Column::EndsAt.is_null())
        .filter(membership::Column::Id.ne(beside))
        .count(tx.conn())
        .await?)
}

/// The key of a membership in a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberKey(pub MembershipId);

impl From<MemberKey> for Vec<Value> {
    fn from(key: MemberKey) -> Self {
        vec![key.0.into()]
    }
}

/// A page of a body's members, in the order in which they joined; those whose membership has ended where they are asked
/// for.
///
/// # Errors
/// Where the database does not answer.
pub async fn page_of(
    conn: &impl ConnectionTrait,
    scope: &BodyScope,
    (now, ended): (DateTime<Utc>, bool),
    request: &PageRequest<MemberKey>,
) -> Found<Page<membership::Model>> {
    let id = Expr::col((membership::Entity, membership::Column::Id));
    let rows = keyed(of_body(scope, now, ended), &[id], false, request).all(conn).await?;
    Ok(Page::of(rows, request))
}

/// How many members a body has.
///
/// # Errors
/// Where the database does not answer.
pub async fn count(
    conn: &impl ConnectionTrait,
    scope: &BodyScope,
    (now, ended): (DateTime<Utc>, bool),
) -> Found<u64> {
    Ok(of_body(scope, now, ended).count(conn).await?)
}

/// One of a body's members, ended or not.
///
/// # Errors
/// Where the database does not answer.
pub async fn find_own(
    conn: &impl ConnectionTrait,
    scope: &BodyScope,
    id: MembershipId,
) -> Found<Option<membership::Model>> {
    let select = membership::Entity::find_by_id(id).filter(membership::Column::BodyId.eq(scope.body()));
    Ok(select.one(conn).await?)
}

fn of_body(scope: &BodyScope, now: DateTime<Utc>, ended: bool) -> Select<membership::Entity> {
    let select = membership::Entity::find().filter(membership::Column::BodyId.eq(scope.body()));
    if ended { select } else { select.filter(goes_on(now)) }
}
