//! What leads do with the members of their body, machines included. Whoever is no lead any more has nobody invited.

use chrono::{DateTime, Utc};
use entity::{EventKind, IssuerId, MembershipId, StaffRole, identity, membership};
use serde_json::json;

use crate::db::{Command, Tx};
use crate::error::{Acted, UserError, UserErrorCode};
use crate::history::{self, Event};
use crate::people::rules::arrival::holds;
use crate::people::rules::issuers::Issuer;
use crate::people::rules::members::{MemberRefusal, may_become};
use crate::people::store::members::{self, Newcomer};
use crate::people::store::{delete_sessions_of, frontends, invitations, issuers};
use crate::tenancy::{BodyScope, SystemScope};
use crate::values::patch::Patch;
use crate::values::text::Line;

/// A member's role or end changes.
#[derive(Clone, Debug)]
pub struct ChangeMember {
    /// Of which body, and who changes it.
    pub scope: BodyScope,
    /// Which membership.
    pub id: MembershipId,
    /// The version that was read.
    pub version: i32,
    /// The new role; none where it stays.
    pub role: Option<StaffRole>,
    /// The new end; exclusive.
    pub ends_at: Patch<DateTime<Utc>>,
}

impl Command for ChangeMember {
    type Answer = MembershipId;
    const NAME: &'static str = "changeMember";

    async fn run(&self, tx: &Tx) -> Acted<MembershipId> {
        let (member, other_leads) = open(tx, &self.scope, self.id).await?;
        let role = self.role.unwrap_or(member.role);
        let ends_at = self.ends_at.clone().applied_to(member.ends_at, |end| end);
        let becomes = (role, ends_at);
        may_become(&member, self.version, becomes, other_leads, tx.now()).map_err(UserError::from)?;
        let changed = [("role", role != member.role), ("endsAt", ends_at != member.ends_at)];
        let fields: Vec<_> =
            changed.iter().filter(|(_, changed)| *changed).map(|(field, _)| *field).collect();
        if fields.is_empty() {
            return Ok(member.id);
        }
        let was_lead = member.role == StaffRole::Lead;
        let saved = members::save(tx, membership::Model { role, ends_at, ..member }).await?;
        if was_lead && role != StaffRole::Lead {
            revoke_invitations_of(tx, &self.scope, &saved).await?;
        }
        let detail = json!({ "member": saved.id, "fields": fields, "role": role });
        history::record(tx, [Event::of_people(EventKind::MemberChanged, saved.body_id).with(detail)]).await?;
        Ok(saved.id)
    }
}

/// Ends a membership at once, every sign-in with it, and every invitation that the member has made. What the member had in hand is given to others before.
///
/// # Errors
/// `NOT_FOUND`; why it may not end; faults.
pub async fn end_membership(
    tx: &Tx,
    scope: &BodyScope,
    id: MembershipId,
    version: i32,
) -> Acted<membership::Model> {
    let (member, other_leads) = open(tx, scope, id).await?;
    let becomes = (member.role, Some(tx.now()));
    may_become(&member, version, becomes, other_leads, tx.now()).map_err(UserError::from)?;
    let saved = members::save(tx, membership::Model { ends_at: Some(tx.now()), ..member }).await?;
    delete_sessions_of(tx, saved.id).await?;
    revoke_invitations_of(tx, scope, &saved).await?;
    let detail = json!({ "member": saved.id });
    history::record(tx, [Event::of_people(EventKind::MemberRemoved, saved.body_id).with(detail)]).await?;
    Ok(saved)
}

async fn revoke_invitations_of(tx: &Tx, scope: &BodyScope, member: &membership::Model) -> Acted<()> {
    let revoked = invitations::revoke_made_by(tx, scope.body(), member.person_id).await?;
    let event =
        |id| Event::of_people(EventKind::InvitationRevoked, member.body_id).with(json!({ "invitation": id }));
    Ok(history::record(tx, revoked.into_iter().map(event)).await?)
}

/// A membership of the body, and how many other leads without an end it has. Two leads who end each other's memberships at
/// once come here one after the other.
async fn open(tx: &Tx, scope: &BodyScope, id: MembershipId) -> Acted<(membership::Model, u64)> {
    tx.lock_limit("leads", &scope.body().to_string()).await?;
    let found = members::find_in(tx, scope.body(), id).await?;
    let found = found.ok_or_else(|| UserError::not_found("id", "member of your body"))?;
    Ok((found, members::count_other_leads(tx, scope.body(), id).await?))
}

/// A machine becomes a member: a client that the body's own provider knows.
#[derive(Clone, Debug)]
pub struct AddServiceAccount {
    /// Of which body, and who adds it.
    pub scope: BodyScope,
    /// What people call it.
    pub name: Line<200>,
    /// Short name of the provider.
    pub issuer: String,
    /// The client's id there.
    pub client_id: String,
    /// Until when; exclusive.
    pub ends_at: Option<DateTime<Utc>>,
}

impl Command for AddServiceAccount {
    type Answer = MembershipId;
    const NAME: &'static str = "addServiceAccount";

    async fn run(&self, tx: &Tx) -> Acted<MembershipId> {
        if self.ends_at.is_some_and(|end| end <= tx.now()) {
            return Err(UserError::from(MemberRefusal::EndHasPassed).into());
        }
        let issuer = self.issuer(tx).await?;
        tx.lock_limit("identity", &format!("{}|{}", issuer.id, self.client_id)).await?;
        // Whether the provider's client is known is looked up among the people of all tenants; a new one has no tenant yet.
        let across = tx.across_tenants().await?;
        let system = SystemScope::of("service account");
        let signs_people_in = issuer.client_id == self.client_id
            || !frontends::origins_of_client(tx.conn(), &system, issuer.id, &self.client_id)
                .await?
                .is_empty();
        if signs_people_in {
            let message = "This client signs people in. Register one of its own for the machine, with the flow client \
                           credentials.";
            return Err(UserError::at(UserErrorCode::Invalid, "clientId", message).into());
        }
        let member = match issuers::find_member(tx.conn(), &system, issuer.id, &self.client_id).await? {
            None => self.add(tx, issuer.id).await?,
            Some(known) if known.role == StaffRole::Service && !holds(known.ends_at, tx.now()) => {
                members::save(tx, membership::Model { ends_at: self.ends_at, ..known }).await?
            }
            Some(_) => {
                let message = "This client, or somebody of this name, is a member already.";
                return Err(UserError::at(UserErrorCode::Duplicate, "clientId", message).into());
            }
        };
        across.end().await?;
        let detail = json!({ "member": member.id });
        history::record(tx, [Event::of_people(EventKind::ServiceAccountAdded, member.body_id).with(detail)])
            .await?;
        Ok(member.id)
    }
}

impl AddServiceAccount {
    /// The body's own provider, where it knows machines.
    async fn issuer(&self, tx: &Tx) -> Acted<Issuer> {
        let body = Some(self.scope.body());
        let found =
            issuers::find_by_slug(tx.conn(), &SystemScope::of("service account"), &self.issuer).await?;
        let found = found.filter(|one| one.audience.is_some() && one.speaks_for(StaffRole::Service, body));
        let none = || UserError::not_found("issuer", "identity provider of your body that knows machines");
        Ok(found.ok_or_else(none)?)
    }

    async fn add(&self, tx: &Tx, issuer: IssuerId) -> Acted<membership::Model> {
        let newcomer = Newcomer {
            name: self.name.as_str(),
            email: None,
            role: StaffRole::Service,
            body: Some(self.scope.body()),
            ends_at: self.ends_at,
        };
        let member = members::add(tx, newcomer).await?;
        let row = identity::Model {
            issuer_id: issuer,
            subject: self.client_id.clone(),
            person_id: member.person_id,
            bound_at: tx.now(),
        };
        issuers::bind(tx, row).await?;
        Ok(member)
    }
}
