//! Sign-ins, and who they are for.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use entity::{EmployerId, IssuerId, MembershipId, PersonId, SessionId, StaffRole};
use entity::{employer, employer_agent, issuer, membership, session};
use sea_orm::sea_query::Query;
use sea_orm::{
    ColumnTrait, EntityTrait, IntoActiveModel, JoinType, QueryFilter, QueryOrder, QuerySelect, Set,
};

use super::goes_on;
use crate::db::{Db, Tx};
use crate::error::{Fault, Found};
use crate::tenancy::{Member, Scope, SystemScope};

/// A sign-in, with who it is for as the tables say now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// What its owner calls it by.
    pub id: SessionId,
    /// On whose word it began; none in a demo.
    pub issuer: Option<IssuerId>,
    /// Who, as what, for whom.
    pub member: Member,
    /// The last use that was written down.
    pub used_at: DateTime<Utc>,
    /// The end, whatever happens.
    pub expires_at: DateTime<Utc>,
}

/// The sign-in with one of these hashes, ended or not, of a membership that goes on.
///
/// # Errors
/// Where the database does not answer.
pub async fn find_session(db: &Db, scope: &SystemScope, hashes: &[String]) -> Found<Option<Session>> {
    let to_membership = session::Entity::belongs_to(membership::Entity)
        .from(session::Column::MembershipId)
        .to(membership::Column::Id)
        .into();
    let row = session::Entity::find()
        .filter(session::Column::TokenHash.is_in(hashes))
        .join(JoinType::InnerJoin, to_membership)
        .select_also(membership::Entity)
        .filter(goes_on(db.clock().now()))
        .one(&db.read(scope))
        .await?;
    let Some((session, member)) = row else { return Ok(None) };
    let member = member.ok_or_else(|| Fault::stored("session", "it has no membership"))?;
    let member = member_of(db, scope, member).await?;
    Ok(Some(Session {
        id: session.id,
        issuer: session.issuer_id,
        member,
        used_at: session.used_at,
        expires_at: session.expires_at,
    }))
}

/// Who a membership makes somebody, as the tables say now.
///
/// # Errors
/// Where the database does not answer.
pub async fn member_of(db: &Db, scope: &SystemScope, member: membership::Model) -> Found<Member> {
    let employers = match member.role {
        StaffRole::Employer => load_employers_of(db, scope, member.person_id).await?,
        StaffRole::Assessor
        | StaffRole::Lead
        | StaffRole::AgencyOfficer
        | StaffRole::Observer
        | StaffRole::Service => Arc::default(),
    };
    Ok(Member {
        membership: member.id,
        person: member.person_id,
        role: member.role,
        body: member.body_id,
        employers,
    })
}

async fn load_employers_of(db: &Db, scope: &SystemScope, person: PersonId) -> Found<Arc<[EmployerId]>> {
    let rows = employer_agent::Entity::find()
        .filter(employer_agent::Column::PersonId.eq(person))
        .order_by_asc(employer_agent::Column::EmployerId)
        .all(&db.read(scope))
        .await?;
    Ok(rows.into_iter().map(|row| row.employer_id).collect())
}

/// When sign-ins were last used, and when they end; none of those that were ended.
///
/// # Errors
/// Where the database does not answer.
pub async fn load_uses(
    db: &Db,
    scope: &SystemScope,
    ids: Vec<SessionId>,
) -> Found<HashMap<SessionId, (DateTime<Utc>, DateTime<Utc>)>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let select = session::Entity::find().filter(session::Column::Id.is_in(ids));
    let rows = select.all(&db.read(scope)).await?;
    Ok(rows.into_iter().map(|row| (row.id, (row.used_at, row.expires_at))).collect())
}

/// Who memberships make people, as the tables say now; none of those that have ended. Two statements, however many they are.
///
/// # Errors
/// Where the database does not answer.
pub async fn load_members(
    db: &Db,
    scope: &SystemScope,
    ids: Vec<MembershipId>,
) -> Found<HashMap<MembershipId, Member>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let conn = &db.read(scope);
    let rows = membership::Entity::find()
        .filter(membership::Column::Id.is_in(ids))
        .filter(goes_on(db.clock().now()))
        .all(conn)
        .await?;
    let agents = rows.iter().filter(|row| row.role == StaffRole::Employer).map(|row| row.person_id);
    let agents: Vec<_> = agents.collect();
    let mut employers: HashMap<PersonId, Vec<EmployerId>> = HashMap::new();
    if !agents.is_empty() {
        let rows = employer_agent::Entity::find()
            .filter(employer_agent::Column::PersonId.is_in(agents))
            .order_by_asc(employer_agent::Column::EmployerId)
            .all(conn)
            .await?;
        for row in rows {
            employers.entry(row.person_id).or_default().push(row.employer_id);
        }
    }
    let member = |row: membership::Model| {
        let own = employers.get(&row.person_id).filter(|_| row.role == StaffRole::Employer);
        let employers = own.map(|own| Arc::from(own.as_slice())).unwrap_or_default();
        let (membership, person) = (row.id, row.person_id);
        (membership, Member { membership, person, role: row.role, body: row.body_id, employers })
    };
    Ok(rows.into_iter().map(member).collect())
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
        .all(&db.read(scope))
        .await?;
    let mut names: HashMap<_, Vec<_>> = HashMap::new();
    for (agent, employer) in rows {
        names.entry(agent.person_id).or_default().extend(employer.map(|employer| employer.legal_name));
    }
    Ok(names)
}

/// A sign-in that begins.
#[derive(Clone, Copy, Debug)]
pub struct NewSession<'s> {
    /// The keyed hash of its token.
    pub token_hash: &'s str,
    /// For whom.
    pub membership: MembershipId,
    /// Who has said so; none in a demo.
    pub issuer: Option<IssuerId>,
    /// Exclusive.
    pub expires_at: DateTime<Utc>,
}

/// Keeps a new sign-in.
///
/// # Errors
/// Where the database does not answer.
pub async fn save_session(tx: &Tx, new: NewSession<'_>) -> Found<()> {
    let row = session::Model {
        token_hash: new.token_hash.to_owned(),
        id: tx.new_id(),
        membership_id: new.membership,
        issuer_id: new.issuer,
        created_at: tx.now(),
        used_at: tx.now(),
        expires_at: new.expires_at,
    };
    session::Entity::insert(row.into_active_model()).exec_without_returning(tx.conn()).await?;
    Ok(())
}

/// The sign-ins of a membership that may still hold, the newest first, each with the name of its issuer.
///
/// # Errors
/// Where the database does not answer.
pub async fn load_sessions_of<S: Scope>(
    db: &Db,
    scope: &S,
    of: MembershipId,
    most: u64,
) -> Found<Vec<(session::Model, Option<issuer::Model>)>> {
    let to_issuer = session::Entity::belongs_to(issuer::Entity)
        .from(session::Column::IssuerId)
        .to(issuer::Column::Id)
        .into();
    Ok(session::Entity::find()
        .filter(session::Column::MembershipId.eq(of))
        .filter(session::Column::ExpiresAt.gt(db.clock().now()))
        .join(JoinType::LeftJoin, to_issuer)
        .select_also(issuer::Entity)
        .order_by_desc(session::Column::CreatedAt)
        .order_by_desc(session::Column::Id)
        .limit(most)
        .all(&db.read(scope))
        .await?)
}

/// Ends one sign-in of a membership; false where it has none with this id.
///
/// # Errors
/// Where the database does not answer.
pub async fn end_session_of(tx: &Tx, of: MembershipId, id: SessionId) -> Found<bool> {
    let own = session::Entity::delete_many()
        .filter(session::Column::MembershipId.eq(of))
        .filter(session::Column::Id.eq(id));
    Ok(own.exec(tx.conn()).await?.rows_affected == 1)
}

/// Writes down that a sign-in was used.
///
/// # Errors
/// Where the database does not answer.
pub async fn note_use(tx: &Tx, id: SessionId) -> Found<()> {
    session::Entity::update_many()
        .set(session::ActiveModel { used_at: Set(tx.now()), ..Default::default() })
        .filter(session::Column::Id.eq(id))
        .exec(tx.conn())
        .await?;
    Ok(())
}

/// Ends a sign-in, and tells whose word it was on; nothing where there is none.
///
/// # Errors
/// Where the database does not answer.
pub async fn delete_session(tx: &Tx, hashes: &[String]) -> Found<Option<IssuerId>> {
    let known = session::Column::TokenHash.is_in(hashes);
    let row = session::Entity::find().filter(known.clone()).one(tx.conn()).await?;
    session::Entity::delete_many().filter(known).exec(tx.conn()).await?;
    Ok(row.and_then(|row| row.issuer_id))
}

/// Ends every sign-in of a membership.
///
/// # Errors
/// Where the database does not answer.
pub async fn delete_sessions_of(tx: &Tx, of: MembershipId) -> Found<()> {
    session::Entity::delete_many().filter(session::Column::MembershipId.eq(of)).exec(tx.conn()).await?;
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
