//! Every query on people, tenants and sign-ins. Reads take a scope, which also filters; writes take the
//! transaction.
//!
//! Employers are the one thing that may give away a competitor's caseload: a body's staff find an employer only
//! through an application that was submitted to their body.

pub mod claims;
pub mod frontends;
pub mod invitations;
pub mod issuers;
pub mod members;
mod sessions;

use std::collections::HashMap;

use entity::{BodyId, EmployerId, InstallationKind, PersonId, StaffRole};
use entity::{application, body, employer, installation, membership, person};
use sea_orm::sea_query::{Expr, OnConflict, Query};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, JoinType, QueryFilter, QueryOrder, QuerySelect,
    RelationDef, Select, Set,
};

pub use members::goes_on;
pub use sessions::{
    NewSession, Session, delete_ended_sessions, delete_session, delete_sessions_of, end_session_of,
    find_session, load_members, load_sessions_of, load_uses, member_of, note_use, save_session,
};

use crate::db::{Db, Tx};
use crate::error::{Fault, Found};
use crate::tenancy::{CaseloadScope, PublicScope, Scope, SystemScope};
use crate::values::fold::fold;
use crate::values::nzbn::Nzbn;

/// How the handles of a demo's extras begin: they act for one employer each, and nobody signs in as them.
pub const UNLISTED: &str = "agent-";

/// A person as one viewer sees them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonView {
    /// Who.
    pub id: PersonId,
    /// Their name, or the name of a service account.
    pub name: String,
    /// Only for themselves and for colleagues of the same body.
    pub email: Option<String>,
    /// Whether the viewer is this person or a colleague of the same body.
    pub is_near: bool,
}

/// A person who may sign in to the demo.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DemoPerson {
    /// What to sign in with.
    pub handle: String,
    /// Their name.
    pub name: String,
    /// As what they sign in.
    pub membership: membership::Model,
    /// The slug of their body.
    pub body: Option<String>,
    /// The legal names of the employers that they act for.
    pub employers: Vec<String>,
}

/// What the database is for; none before it was set up.
///
/// # Errors
/// Where the database does not answer.
pub async fn find_installation(db: &Db, scope: &SystemScope) -> Found<Option<InstallationKind>> {
    Ok(installation(&db.read(scope)).await?.map(|row| row.kind))
}

/// What the database is for, and since when; none before it was set up.
///
/// # Errors
/// Where the database does not answer.
pub async fn installation(conn: &impl ConnectionTrait) -> Found<Option<installation::Model>> {
    Ok(installation::Entity::find().one(conn).await?)
}

/// The body with this slug, under any exception.
///
/// # Errors
/// Where the database does not answer.
pub async fn find_body(conn: &impl ConnectionTrait, slug: &str) -> Found<Option<body::Model>> {
    Ok(body::Entity::find().filter(body::Column::Slug.eq(slug)).one(conn).await?)
}

/// Bodies by id. Everybody may know them.
///
/// # Errors
/// Where the database does not answer.
pub async fn load_bodies(
    db: &Db,
    scope: &PublicScope,
    ids: &[BodyId],
) -> Found<HashMap<BodyId, body::Model>> {
    let select = body::Entity::find().filter(body::Column::Id.is_in(ids.iter().copied()));
    let rows = select.all(&db.read(scope)).await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

/// Persons by id, as the person `who` of the body `of` sees them. Ids may come only from rows that the viewer
/// may read.
///
/// # Errors
/// Where the database does not answer.
pub async fn load_persons<S: Scope>(
    db: &Db,
    scope: &S,
    (who, of): (PersonId, Option<BodyId>),
    ids: &[PersonId],
) -> Found<HashMap<PersonId, PersonView>> {
    let rows = person::Entity::find()
        .filter(person::Column::Id.is_in(ids.iter().copied()))
        .join(JoinType::LeftJoin, membership_of_person())
        .select_also(membership::Entity)
        .all(&db.read(scope))
        .await?;
    let view = |(person, member): (person::Model, Option<membership::Model>)| {
        let body = member.and_then(|member| member.body_id);
        let is_near = person.id == who || (of.is_some() && body == of);
        let email = person.email.filter(|_| is_near);
        (person.id, PersonView { id: person.id, name: person.name, email, is_near })
    };
    Ok(rows.into_iter().map(view).collect())
}

/// Employers by id, as far as the scope reaches.
///
/// # Errors
/// Where the database does not answer.
pub async fn load_employers(
    db: &Db,
    scope: &CaseloadScope,
    ids: &[EmployerId],
) -> Found<HashMap<EmployerId, employer::Model>> {
    let select = employers_in(scope).filter(employer::Column::Id.is_in(ids.iter().copied()));
    let rows = select.all(&db.read(scope)).await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

/// One employer by its number, as far as the scope reaches.
///
/// # Errors
/// Where the database does not answer.
pub async fn find_employer(db: &Db, scope: &CaseloadScope, nzbn: Nzbn) -> Found<Option<employer::Model>> {
    find_employer_in(&db.read(scope), scope, nzbn).await
}

/// The same, within a transaction.
///
/// # Errors
/// Where the database does not answer.
pub async fn find_employer_in(
    conn: &impl ConnectionTrait,
    scope: &CaseloadScope,
    nzbn: Nzbn,
) -> Found<Option<employer::Model>> {
    let select = employers_in(scope).filter(employer::Column::Nzbn.eq(nzbn.to_string()));
    Ok(select.one(conn).await?)
}

/// The number of an employer, of whichever tenant.
///
/// # Errors
/// A fault where there is none.
pub async fn number_of(tx: &Tx, employer: EmployerId) -> Found<Nzbn> {
    let row = employer::Entity::find_by_id(employer).one(tx.conn()).await?;
    let row = row.ok_or_else(|| Fault::stored("employer", "it is gone"))?;
    Nzbn::parse(&row.nzbn).map_err(|why| Fault::stored("employer", why))
}

/// The employer with this number, whom nobody is told of; added under its legal name where there is none. One that is
/// there stays as it is, whatever it is called now. It is looked for among those of all tenants: a number is one employer.
///
/// # Errors
/// Where the database refuses; a race where it is gone.
pub async fn find_or_add_employer(tx: &Tx, nzbn: Nzbn, legal_name: &str) -> Found<EmployerId> {
    let across = tx.across_tenants().await?;
    let id = employer_by_number(tx, nzbn, legal_name).await?;
    across.end().await?;
    Ok(id)
}

async fn employer_by_number(tx: &Tx, nzbn: Nzbn, legal_name: &str) -> Found<EmployerId> {
    let known = || employer::Entity::find().filter(employer::Column::Nzbn.eq(nzbn.to_string()));
    if let Some(row) = known().one(tx.conn()).await? {
        return Ok(row.id);
    }
    let row = employer::ActiveModel {
        id: Set(tx.new_id()),
        nzbn: Set(nzbn.to_string()),
        legal_name: Set(legal_name.to_owned()),
        folded_name: Set(fold(legal_name)),
        trading_name: Set(None),
        region: Set(None),
        size_band: Set(None),
    };
    // Another transaction may add it meanwhile: that one is waited for, and then stands.
    employer::Entity::insert(row)
        .on_conflict(OnConflict::column(employer::Column::Nzbn).do_nothing().to_owned())
        .exec_without_returning(tx.conn())
        .await?;
    let row = known().one(tx.conn()).await?;
    row.map(|row| row.id).ok_or(Fault::Race("the employer is gone"))
}

/// The employers that a scope reaches.
fn employers_in(scope: &CaseloadScope) -> Select<employer::Entity> {
    match scope {
        CaseloadScope::Employers(own) => {
            employer::Entity::find().filter(employer::Column::Id.is_in(own.employers().iter().copied()))
        }
        CaseloadScope::Body(body) => {
            let submitted = Query::select()
                .expr(Expr::val(1))
                .from(application::Entity)
                .and_where(
                    application::Column::EmployerId
                        .into_expr()
                        .equals((employer::Entity, employer::Column::Id)),
                )
                .and_where(application::Column::BodyId.eq(body.body()))
                .and_where(application::Column::SubmittedAt.is_not_null())
                .to_owned();
            employer::Entity::find().filter(Expr::exists(submitted))
        }
    }
}

/// Everybody who may sign in to a demo, by handle.
///
/// # Errors
/// Where the database does not answer.
pub async fn load_demo_people(db: &Db, scope: &SystemScope) -> Found<Vec<DemoPerson>> {
    let rows = person::Entity::find()
        .filter(person::Column::Handle.not_like(format!("{UNLISTED}%")))
        .join(JoinType::InnerJoin, membership_of_person())
        .select_also(membership::Entity)
        .order_by_asc(person::Column::Handle)
        .all(&db.read(scope))
        .await?;
    let bodies: HashMap<_, _> =
        body::Entity::find().all(&db.read(scope)).await?.into_iter().map(|row| (row.id, row.slug)).collect();
    let mut employers = sessions::employer_names(db, scope).await?;
    let person = |(person, member): (person::Model, Option<membership::Model>)| {
        let membership = member?;
        let body = membership.body_id.and_then(|id| bodies.get(&id).cloned());
        let employers = match membership.role {
            StaffRole::Employer => employers.remove(&person.id).unwrap_or_default(),
            StaffRole::Assessor
            | StaffRole::Lead
            | StaffRole::AgencyOfficer
            | StaffRole::Observer
            | StaffRole::Service => Vec::new(),
        };
        Some(DemoPerson { handle: person.handle, name: person.name, membership, body, employers })
    };
    Ok(rows.into_iter().filter_map(person).collect())
}

/// A person has one membership.
fn membership_of_person() -> RelationDef {
    person::Entity::belongs_to(membership::Entity)
        .from(person::Column::Id)
        .to(membership::Column::PersonId)
        .into()
}
