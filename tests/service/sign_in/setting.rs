//! What every test of sign-in begins with: providers in the database, people bound to what these call them, and a clock
//! that tells the time of the providers.

use chrono::TimeDelta;
use entity::{
    BodyId, EmployerId, InvitationId, IssuerId, IssuerTenant, StaffRole, identity, invitation, issuer,
};
use nominations::clock::Clock;
use sea_orm::{EntityTrait, IntoActiveModel};
use serde_json::json;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::provider::AUDIENCE;
use crate::service::support::World;
use crate::service::support::cast::{ITP, Member, NZTECH, Tenant};

/// An issuer that a test adds.
pub struct Added<'a> {
    pub slug: &'a str,
    pub url: &'a str,
    pub tenant: IssuerTenant,
}

/// An id that is the same for the same text.
fn id_of(text: &str) -> Uuid {
    Uuid::from_slice(&Sha256::digest(text)[..16]).expect("sixteen bytes")
}

/// The clock of the service stands at the time of the providers.
pub fn keep_time(world: &World) {
    world.clock.move_to(Clock::system().now());
}

/// Adds an issuer, for NZTech or ITP where its short name begins with theirs.
pub async fn add_issuer(world: &World, added: Added<'_>) -> IssuerId {
    let body = [&NZTECH, &ITP].into_iter().find(|body| added.slug.starts_with(body.slug));
    let row = issuer::Model {
        id: IssuerId(id_of(added.slug)),
        slug: added.slug.to_owned(),
        name: format!("People <{}>", added.slug),
        url: added.url.to_owned(),
        client_id: "nominations".to_owned(),
        audience: (added.tenant != IssuerTenant::Employers).then(|| AUDIENCE.to_owned()),
        tenant: added.tenant,
        body_id: body.filter(|_| added.tenant == IssuerTenant::Body).map(Tenant::id),
        roles: json!(nominations::people::rules::issuers::roles_of(added.tenant)),
        added_at: world.now(),
    };
    let id = row.id;
    issuer::Entity::insert(row.into_active_model())
        .exec_without_returning(world.conn())
        .await
        .expect("an issuer");
    id
}

/// Binds one of the cast to what an issuer calls them.
pub async fn bind(world: &World, issuer: IssuerId, subject: &str, member: &Member) {
    let row = identity::Model {
        issuer_id: issuer,
        subject: subject.to_owned(),
        person_id: member.person(),
        bound_at: world.now(),
    };
    identity::Entity::insert(row.into_active_model())
        .exec_without_returning(world.conn())
        .await
        .expect("a row");
}

/// Invites somebody behind the service's back, and tells the token of the link.
pub async fn invite(
    world: &World,
    role: StaffRole,
    body: Option<BodyId>,
    employer: Option<EmployerId>,
) -> String {
    let id = InvitationId(id_of(&format!("{role:?}{body:?}{employer:?}")));
    let token = world.app.keys.invitation_token(id.0);
    let row = invitation::Model {
        id,
        token_hash: hex::encode(world.app.keys.token_hash(&token)),
        name: "Ivy Newcomer".to_owned(),
        role,
        body_id: body,
        employer_id: employer,
        membership_ends_at: None,
        invited_by: None,
        created_at: world.now(),
        expires_at: world.now() + TimeDelta::days(7),
        revoked_at: None,
        used_at: None,
        used_by: None,
    };
    invitation::Entity::insert(row.into_active_model())
        .exec_without_returning(world.conn())
        .await
        .expect("a row");
    token
}
