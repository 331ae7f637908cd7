//! What whoever runs the service does by the command line: identity providers, and the first people of a tenant.
//! Everybody else is invited by a lead.

use entity::{BodyId, EventKind, InstallationKind, InvitationId, IssuerId, IssuerTenant, StaffRole, issuer};
use serde_json::json;
use url::Url;

use super::invite::{Invited, invite};
use crate::app::App;
use crate::db::{Command, Tx, is_unique_violation};
use crate::error::{Acted, Failure, Fault, UserError, UserErrorCode};
use crate::history::{self, Event};
use crate::people::rules::issuers::roles_of;
use crate::people::store::{self, issuers};
use crate::providers::is_safe;
use crate::values::slug::is_slug;
use crate::values::text::Line;

/// A provider, as it is typed.
#[derive(Clone, Debug)]
pub struct NewIssuer {
    /// In addresses: small letters, digits and hyphens.
    pub slug: String,
    /// What people call it.
    pub name: Line<100>,
    /// Exactly as the provider writes it into `iss`.
    pub url: String,
    /// Our client there.
    pub client_id: String,
    /// `aud` of access tokens for the API; none are taken where it is left out.
    pub audience: Option<String>,
    /// Whose people it knows.
    pub tenant: IssuerTenant,
    /// Slug of the body, where they are a body's.
    pub body: Option<String>,
    /// As what they may come; all that the tenant's people can be where empty.
    pub roles: Vec<StaffRole>,
}

/// Adds an identity provider.
#[derive(Clone, Debug)]
pub struct AddIssuer {
    /// Which.
    pub new: NewIssuer,
}

impl Command for AddIssuer {
    type Answer = IssuerId;
    const NAME: &'static str = "addIssuer";

    async fn run(&self, tx: &Tx) -> Acted<IssuerId> {
        let new = &self.new;
        refuse_in_a_demo(tx).await?;
        check(new)?;
        let body_id = match &new.body {
            Some(slug) => Some(find_body(tx, slug).await?),
            None => None,
        };
        let allowed = roles_of(new.tenant);
        let roles = if new.roles.is_empty() { allowed } else { &new.roles };
        if let Some(role) = roles.iter().find(|role| !allowed.contains(role)) {
            return Err(invalid(&format!("Nobody of this tenant can be {}.", role.word())));
        }
        let row = issuer::Model {
            id: tx.new_id(),
            slug: new.slug.clone(),
            name: new.name.as_str().to_owned(),
            url: new.url.clone(),
            client_id: new.client_id.clone(),
            audience: new.audience.clone(),
            tenant: new.tenant,
            body_id,
            roles: json!(roles),
            added_at: tx.now(),
        };
        let (id, detail) = (row.id, as_kept(&row));
        issuers::insert(tx, row).await.map_err(duplicate)?;
        history::record(tx, [Event::of_people(EventKind::IssuerAdded, body_id).with(detail)]).await?;
        Ok(id)
    }
}

/// What history keeps of a provider: by it anybody can tell later on whose word somebody was let in.
fn as_kept(row: &issuer::Model) -> serde_json::Value {
    json!({
        "issuer": row.id, "slug": row.slug, "name": row.name, "url": row.url, "client": row.client_id,
        "audience": row.audience, "tenant": row.tenant, "roles": row.roles,
    })
}

/// What of a provider is another than before.
fn changed(before: &issuer::Model, after: &issuer::Model) -> Vec<&'static str> {
    [
        ("url", before.url != after.url),
        ("client", before.client_id != after.client_id),
        ("audience", before.audience != after.audience),
        ("name", before.name != after.name),
    ]
    .into_iter()
    .filter_map(|(field, is_another)| is_another.then_some(field))
    .collect()
}

fn duplicate(fault: Fault) -> Failure {
    match fault {
        Fault::Database(error) if is_unique_violation(&error) => {
            let message =
                "There is a provider with this short name or this address already: see list-issuers.";
            UserError::new(UserErrorCode::Duplicate, message).into()
        }
        Fault::Database(_) | Fault::Stored { .. } | Fault::Race(_) => fault.into(),
    }
}

/// Changes what was mistaken of a provider; answers its address. Whose people it knows stays: that decides what they may see.
#[derive(Clone, Debug)]
pub struct ChangeIssuer {
    /// Short name of the provider.
    pub slug: String,
    /// Exactly as the provider writes it into `iss`.
    pub url: Option<String>,
    /// Our client there.
    pub client_id: Option<String>,
    /// `aud` of access tokens for the API.
    pub audience: Option<String>,
    /// What people call it.
    pub name: Option<Line<100>>,
}

impl Command for ChangeIssuer {
    type Answer = String;
    const NAME: &'static str = "changeIssuer";

    async fn run(&self, tx: &Tx) -> Acted<String> {
        let found = issuers::find_row(tx, &self.slug).await?;
        let none = || UserError::new(UserErrorCode::NotFound, "There is no such provider: see list-issuers.");
        let before = found.ok_or_else(none)?;
        let after = issuer::Model {
            url: self.url.clone().unwrap_or_else(|| before.url.clone()),
            client_id: self.client_id.clone().unwrap_or_else(|| before.client_id.clone()),
            audience: self.audience.clone().or_else(|| before.audience.clone()),
            name: self.name.as_ref().map_or_else(|| before.name.clone(), |name| name.as_str().to_owned()),
            ..before.clone()
        };
        check_address(&after.url)?;
        check_words(&after.client_id, after.audience.as_deref())?;
        if after.url != before.url && issuers::count_bound(tx, before.id).await? > 0 {
            let message = "People are bound to what the provider at this address calls them: at another address they would be \
                           somebody else. Add the other one beside it, and invite them anew.";
            return Err(UserError::new(UserErrorCode::WrongStatus, message).into());
        }
        let (url, body) = (after.url.clone(), after.body_id);
        let fields = changed(&before, &after);
        if fields.is_empty() {
            return Ok(url);
        }
        let mut detail = as_kept(&after);
        detail["fields"] = json!(fields);
        issuers::save(tx, after).await.map_err(duplicate)?;
        history::record(tx, [Event::of_people(EventKind::IssuerChanged, body).with(detail)]).await?;
        Ok(url)
    }
}

/// Invites somebody whom no lead can invite: the first lead of a body, an officer of the agency, an observer.
#[derive(Clone, Debug)]
pub struct InviteByHand<'a> {
    /// The service.
    pub app: &'a App,
    /// What they are called.
    pub name: Line<200>,
    /// As what.
    pub role: StaffRole,
    /// Slug of the body, for a lead.
    pub body: Option<String>,
}

impl Command for InviteByHand<'_> {
    type Answer = InvitationId;
    const NAME: &'static str = "inviteByHand";

    async fn run(&self, tx: &Tx) -> Acted<InvitationId> {
        refuse_in_a_demo(tx).await?;
        let body_id = match &self.body {
            Some(slug) => Some(find_body(tx, slug).await?),
            None => None,
        };
        let invited =
            Invited { name: &self.name, role: self.role, body: body_id, employer: None, ends_at: None };
        invite(tx, self.app, invited).await
    }
}

pub(super) async fn refuse_in_a_demo(tx: &Tx) -> Acted<()> {
    let found = store::installation(tx.conn()).await?;
    match found.map(|found| found.kind) {
        Some(InstallationKind::Production) => Ok(()),
        Some(InstallationKind::Demo) | None => {
            Err(invalid("This is a demo, where nobody proves who they are: it has no identity providers."))
        }
    }
}

async fn find_body(tx: &Tx, slug: &str) -> Acted<BodyId> {
    let found = store::find_body(tx.conn(), slug).await?;
    let message =
        "There is no such body: `nominations exception apply` adds the bodies of a class exception.";
    Ok(found.ok_or_else(|| UserError::new(UserErrorCode::NotFound, message))?.id)
}

fn check(new: &NewIssuer) -> Acted<()> {
    if !is_slug(&new.slug) {
        return Err(invalid(
            "A short name has small letters, digits and hyphens between them, and at most 50 of them.",
        ));
    }
    check_address(&new.url)?;
    check_words(&new.client_id, new.audience.as_deref())?;
    if (new.tenant == IssuerTenant::Body) != new.body.is_some() {
        return Err(invalid("Say whose provider it is: a body's, the agency's, or that of employers."));
    }
    Ok(())
}

fn check_address(url: &str) -> Acted<()> {
    let address = Url::parse(url).ok().filter(is_safe);
    if address.is_none_or(|url| url.query().is_some() || url.fragment().is_some()) {
        return Err(invalid("The address of a provider begins with https:// and has neither ? nor #."));
    }
    Ok(())
}

fn check_words(client_id: &str, audience: Option<&str>) -> Acted<()> {
    if !is_word(client_id) || audience.is_some_and(|audience| !is_word(audience)) {
        return Err(invalid("The client's id and the audience are words of at most 255 characters."));
    }
    if audience == Some(client_id) {
        return Err(invalid(
            "The audience is the API's name at the provider, and another than the client's id.",
        ));
    }
    Ok(())
}

/// Whether a text is what providers call clients and audiences.
pub(super) fn is_word(text: &str) -> bool {
    (1..=255).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

pub(super) fn invalid(message: &str) -> Failure {
    UserError::new(UserErrorCode::Invalid, message).into()
}
