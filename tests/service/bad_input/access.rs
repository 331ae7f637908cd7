//! People's access, to be acted on: an invitation, a member, a wish to act for an employer, a sign-in.

use entity::{
    EmployerClaimId, EmployerClaimStatus, InvitationId, IssuerTenant, StaffRole, employer_claim, invitation,
};
use nominations::schema::GlobalId;
use sea_orm::{EntityTrait, IntoActiveModel};
use serde_json::json;
use uuid::Uuid;

use super::{Caller, World};
use crate::service::sign_in::setting::{Added, add_issuer, invite};
use crate::service::support::cast::{KAURI, NZTECH, NZTECH_SECOND, RATA_AGENT};

/// Global ids of what there is.
pub struct Access {
    invitation: String,
    claim: String,
    session: String,
}

impl Access {
    /// Puts it there; the sign-in is the agent's.
    pub async fn new(world: &World, agent: &Caller) -> Self {
        for (slug, tenant) in [("nztech", IssuerTenant::Body), ("employers", IssuerTenant::Employers)] {
            let url = format!("https://{slug}.example.nz");
            add_issuer(world, Added { slug, url: &url, tenant }).await;
        }
        invite(world, StaffRole::Assessor, Some(NZTECH.id()), None).await;
        let invited = invitation::Entity::find().one(world.conn()).await.expect("a row").expect("one");
        let claim = EmployerClaimId(Uuid::from_u128(0x017f_0000_0000_7000_8000_0000_0000_0077));
        let row = employer_claim::Model {
            id: claim,
            person_id: RATA_AGENT.person(),
            body_id: NZTECH.id(),
            nzbn: KAURI.nzbn.to_owned(),
            legal_name: KAURI.name.to_owned(),
            status: EmployerClaimStatus::Asked,
            created_at: world.now(),
            decided_at: None,
            decided_by: None,
            accepted_by: None,
            reason: None,
        };
        employer_claim::Entity::insert(row.into_active_model())
            .exec_without_returning(world.conn())
            .await
            .expect("a row");
        let sessions = agent.data("{ viewer { sessions { id } } }", json!({})).await;
        let session = sessions["viewer"]["sessions"][0]["id"].as_str().expect("an id").to_owned();
        let id: InvitationId = invited.id;
        Self { invitation: GlobalId::of(&id).to_string(), claim: GlobalId::of(&claim).to_string(), session }
    }

    /// What a mutation acts on; none where that is an application.
    pub fn of(&self, mutation: &str) -> Option<String> {
        match mutation {
            "revokeInvitation" => Some(self.invitation.clone()),
            "changeMember" | "removeMember" => Some(GlobalId::of(&NZTECH_SECOND.membership()).to_string()),
            "decideEmployerClaim" => Some(self.claim.clone()),
            "endSession" => Some(self.session.clone()),
            _ => None,
        }
    }
}
