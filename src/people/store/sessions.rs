//! Sign-ins, and who they are for.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use entity::{EmployerId, MembershipId, PersonId, StaffRole};
use entity::{employer, employer_agent, membership, session};
use sea_orm::sea_query::Query;
use sea_orm::{ColumnTrait, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect, Set};

use crate::db::{Db, Tx};
use crate::error::{Fault, Found};
use crate::tenancy::{Member, SystemScope};

/// A sign-in, with who it is for as the tables say now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Who, as what, for whom.
    pub member: Member,
    /// The last use that was written down.
    pub used_at: DateTime<Utc>,
    /// The end, whatever happens.
    pub expires_at: DateTime<Utc>,
}

/// The sign-in with this hash, ended or not.
///
/// # Errors
/// Where the database does not answer.
pub async fn find_session(db: &Db, scope: &SystemScope, token_hash: &str) -> Found<Option<Session>> {
    let to_membership = session::Entity::belongs_to(membership::Entity)
        .from(session::Column::MembershipId)
        .to(membership::Column::Id)
        .into();
    let row = session::Entity::find_by_id(token_hash.to_owned())
        .join(JoinType::InnerJoin, to_membership)
        .select_also(membership::Entity)
        .one(db.read(scope))
        .await?;
    let Some((session, member)) = row else { return Ok(None) };
    let member = member.ok_or_else(|| Fault::stored("session", "it has no membership"))?;
    let employers = match member.role {
        StaffRole::Employer => load_employers_of(db, scope, member.person_id).await?,
        StaffRole::Assessor
        | StaffRole::Lead
        | StaffRole::AgencyOfficer
        | StaffRole::Observer
        | StaffRole::Service => Arc::default(),
    };
    let member = Member {
        membership: member.id,
        person: member.person_id,
        role: member.role,
        body: member.body_id,
        employers,
    };
    Ok(Some(Session { member, used_at: session.used_at, expires_at: session.expires_at }))
}

async fn load_employers_of(db: &Db, scope: &SystemScope, person: PersonId) -> Found<Arc<[EmployerId]>> {
    let rows = employer_agent::Entity::find()
        .filter(employer_agent::Column::PersonId.eq(person))
        .order_by_asc(employer_agent::Column::EmployerId)
        .all(db.read(scope))
        .await?;
    Ok(rows.into_iter().map(|row| row.employer_id).collect())
}

/// The legal names of the employers that people act for.
pub(super) async fn employer_names(db: &Db, scope: &SystemScope) -> Found<HashMap<PersonId, Vec<String>>> {
    let to_employer = employer_agent::Entity::belongs_to(employer::Entity)
        .from(employer_agent::Column::EmployerId)
        .to(employer::Column::Id)
        .into();
    let rows = employer_agent::Entity::find()
        .join(JoinType::InnerJoin, to_employer)
        .select_also(employer::Entity)
        .order_by_asc(employer::Column::LegalName)
        .all(db.read(scope))
        .await?;
    let mut names: HashMap<_, Vec<_>> = HashMap::new();
    for (agent, employer) in rows {
        names.entry(agent.person_id).or_default().extend(employer.map(|employer| employer.legal_name));
    }
    Ok(names)
}

/// Keeps a new sign-in.
///
/// # Errors
/// Where the database does not answer.
pub async fn save_session(
    tx: &Tx,
    token_hash: &str,
    membership: MembershipId,
    expires_at: DateTime<Utc>,
) -> Found<()> {
    let row = session::ActiveModel {
        token_hash: Set(token_hash.to_owned()),
        membership_id: Set(membership),
        created_at: Set(tx.now()),
        used_at: Set(tx.now()),
        expires_at: Set(expires_at),
    };
    session::Entity::insert(row).exec_without_returning(tx.conn()).await?;
    Ok(())
}

/// Writes down that a sign-in was used.
///
/// # Errors
/// Where the database does not answer.
pub async fn note_use(tx: &Tx, token_hash: &str) -> Found<()> {
    session::Entity::update_many()
        .set(session::ActiveModel { used_at: Set(tx.now()), ..Default::default() })
        .filter(session::Column::TokenHash.eq(token_hash))
        .exec(tx.conn())
        .await?;
    Ok(())
}

/// Ends a sign-in; nothing where there is none.
///
/// # Errors
/// Where the database does not answer.
pub async fn delete_session(tx: &Tx, token_hash: &str) -> Found<()> {
    session::Entity::delete_by_id(token_hash.to_owned()).exec(tx.conn()).await?;
    Ok(())
}

/// Clears away sign-ins whose last moment has passed, `most` of them; tells how many.
///
/// # Errors
/// Where the database does not answer.
pub async fn delete_ended_sessions(tx: &Tx, most: u64) -> Found<u64> {
    let ended = Query::select()
        .column(session::Column::TokenHash)
        .from(session::Entity)
        .and_where(session::Column::ExpiresAt.lte(tx.now()))
        .limit(most)
        .to_owned();
    let ended = session::Column::TokenHash.in_subquery(ended);
    Ok(session::Entity::delete_many().filter(ended).exec(tx.conn()).await?.rows_affected)
}
