//! Somebody has proved to an identity provider who they are. They enter, or join by an invitation; either way a new
//! sign-in begins, in the same transaction.

use chrono::{DateTime, Utc};
use entity::{BodyId, EventKind, StaffRole, identity, invitation, membership};
use serde_json::json;

use crate::app::App;
use crate::db::{Command, Tx};
use crate::error::{Acted, Fault, Found, UserError};
use crate::history::{self, Event};
use crate::keys::new_token;
use crate::people::rules::arrival::{Arrival, ArrivalRefusal, arrival, is_one_address};
use crate::people::rules::end_of_session;
use crate::people::rules::issuers::Issuer;
use crate::people::store::members::{self, Newcomer};
use crate::people::store::{self, NewSession, invitations, issuers};
use crate::providers::Claims;
use crate::tenancy::SystemScope;
use crate::values::email::Email;
use crate::values::text::Line;

use super::{SignedIn, hash, hashes};

/// What somebody is called who acts for employers and whose provider does not say.
const NAMELESS: &str = "Name not known";
/// Characters of a name.
const NAME_MAX: usize = 200;

/// Signs in somebody whose ID token was verified.
///
/// # Errors
/// Why they may not enter, in words for them; faults.
pub async fn arrive(
    app: &App,
    issuer: &Issuer,
    claims: &Claims,
    invitation: Option<&str>,
) -> Acted<SignedIn> {
    let token = new_token().map_err(|why| Fault::stored("token", why))?;
    let command = Arrive {
        issuer,
        claims,
        invitation: invitation.map(|token| hashes(app, token)),
        token_hash: hash(app, &token),
    };
    let expires_at = app.db.perform(&scope(), None, &command).await?;
    Ok(SignedIn { token, expires_at })
}

fn scope() -> SystemScope {
    SystemScope::of("sign-in")
}

struct Arrive<'a> {
    issuer: &'a Issuer,
    claims: &'a Claims,
    /// The hashes of the token of an invitation, one for each key.
    invitation: Option<Vec<String>>,
    token_hash: String,
}

impl Command for Arrive<'_> {
    type Answer = DateTime<Utc>;
    const NAME: &'static str = "arrive";

    async fn run(&self, tx: &Tx) -> Acted<DateTime<Utc>> {
        // Two first sign-ins at once are one person.
        tx.lock_limit("identity", &format!("{}|{}", self.issuer.id, self.claims.subject)).await?;
        let known = issuers::find_member(tx.conn(), &scope(), self.issuer.id, &self.claims.subject).await?;
        let invited = match &self.invitation {
            Some(hashes) => Some(invitations::find_by_hash(tx.conn(), &scope(), hashes).await?),
            None => None,
        };
        let decided = arrival(self.issuer, known.as_ref(), invited.as_ref().map(Option::as_ref), tx.now());
        let decided = decided.map_err(UserError::from)?;
        let invited = invited.flatten().map(|link| link.invitation);
        if matches!(decided, Arrival::Join | Arrival::Rejoin)
            && let Some(body) = invited.as_ref().and_then(|invited| invited.body_id)
        {
            self.is_nobody_else(tx, body, known.as_ref()).await?;
        }
        let member = match (decided, known, invited) {
            (Arrival::Enter, Some(known), _) => known,
            (Arrival::Register, None, _) => self.register(tx).await?,
            (Arrival::Join, None, Some(invited)) => self.join(tx, &invited).await?,
            (Arrival::Rejoin, Some(known), Some(invited)) => self.rejoin(tx, known, &invited).await?,
            (Arrival::ActForAnother, Some(known), Some(invited)) => self.use_up(tx, known, &invited).await?,
            (
                Arrival::Enter | Arrival::Register | Arrival::Join | Arrival::Rejoin | Arrival::ActForAnother,
                _,
                _,
            ) => return Err(Fault::stored("arrival", "it does not fit who came").into()),
        };
        if let Some(name) = self.name() {
            members::name_the_nameless(tx, member.person_id, (NAMELESS, name.as_str())).await?;
        }
        let expires_at = end_of_session(tx.now());
        let (membership, issuer) = (member.id, Some(self.issuer.id));
        store::save_session(tx, NewSession { token_hash: &self.token_hash, membership, issuer, expires_at })
            .await?;
        Ok(expires_at)
    }
}

impl Arrive<'_> {
    /// One person is one member of a body, however many accounts they have: who advises and who confirms are two.
    async fn is_nobody_else(&self, tx: &Tx, body: BodyId, known: Option<&membership::Model>) -> Acted<()> {
        let Some(address) = self.email() else { return Ok(()) };
        // Two accounts that arrive at once come here one after the other.
        tx.lock_limit("address", &format!("{body}|{}", address.to_lowercase())).await?;
        let others = members::addresses_in(tx, body, known.map(|known| known.person_id)).await?;
        if others.iter().any(|other| is_one_address(other, &address)) {
            return Err(UserError::from(ArrivalRefusal::SameAddress).into());
        }
        Ok(())
    }

    /// Somebody who may ask to act for an employer, and acts for none yet.
    async fn register(&self, tx: &Tx) -> Acted<membership::Model> {
        let name = self.name();
        let name = name.as_ref().map_or(NAMELESS, Line::as_str);
        let newcomer =
            Newcomer { name, email: self.email(), role: StaffRole::Employer, body: None, ends_at: None };
        let member = members::add(tx, newcomer).await?;
        self.bind(tx, &member).await?;
        Ok(member)
    }

    /// Called what whoever invited calls them: the lead knows whom they mean.
    async fn join(&self, tx: &Tx, invited: &invitation::Model) -> Acted<membership::Model> {
        let newcomer = Newcomer {
            name: &invited.name,
            email: self.email(),
            role: invited.role,
            body: invited.body_id,
            ends_at: invited.membership_ends_at,
        };
        let member = members::add(tx, newcomer).await?;
        self.bind(tx, &member).await?;
        self.use_up(tx, member, invited).await
    }

    async fn rejoin(
        &self,
        tx: &Tx,
        known: membership::Model,
        invited: &invitation::Model,
    ) -> Acted<membership::Model> {
        let again = membership::Model {
            role: invited.role,
            body_id: invited.body_id,
            ends_at: invited.membership_ends_at,
            ..known
        };
        let again = members::save(tx, again).await?;
        // Sign-ins of the membership that ran out do not come back with it.
        store::delete_sessions_of(tx, again.id).await?;
        self.use_up(tx, again, invited).await
    }

    async fn use_up(
        &self,
        tx: &Tx,
        member: membership::Model,
        invited: &invitation::Model,
    ) -> Acted<membership::Model> {
        if !invitations::use_up(tx, invited.id, member.person_id).await? {
            return Err(UserError::from(ArrivalRefusal::NoSuchInvitation).into());
        }
        if let Some(employer) = invited.employer_id {
            members::add_agent(tx, member.person_id, employer).await?;
        }
        let detail = json!({ "role": invited.role, "member": member.id, "invitation": invited.id });
        history::record(tx, [Event::of_people(EventKind::MemberJoined, member.body_id).with(detail)]).await?;
        Ok(member)
    }

    async fn bind(&self, tx: &Tx, member: &membership::Model) -> Found<()> {
        let row = identity::Model {
            issuer_id: self.issuer.id,
            subject: self.claims.subject.clone(),
            person_id: member.person_id,
            bound_at: tx.now(),
        };
        issuers::bind(tx, row).await
    }

    fn name(&self) -> Option<Line<NAME_MAX>> {
        self.claims.name.as_deref().and_then(|name| Line::parse(name).ok())
    }

    fn email(&self) -> Option<String> {
        let email = self.claims.email.as_deref().and_then(|typed| Email::parse(typed).ok());
        email.map(|email| email.as_str().to_owned())
    }
}
