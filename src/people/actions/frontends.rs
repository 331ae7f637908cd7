//! Frontends of others come and go, by the hand of whoever runs the service; and who it is that uses one.

use entity::{EventKind, FrontendId, frontend, frontend_client, frontend_origin};
use serde_json::json;

use super::admin::{invalid, is_word, refuse_in_a_demo};
use crate::app::App;
use crate::db::{Command, Tx, is_unique_violation};
use crate::error::{Acted, Failure, Fault, UserError, UserErrorCode};
use crate::history::{self, Event};
use crate::people::rules::frontends::{NotTaken, is_origin, sender};
use crate::people::rules::issuers::Issuer;
use crate::people::store::{self, frontends, issuers};
use crate::tenancy::{SystemScope, Viewer};
use crate::values::text::Line;

/// The person of whom an issuer says, by an access token to `client`, that they are `subject` there. `origin` is that of the
/// page that sends it, where a browser says so.
///
/// # Errors
/// Faults only.
pub async fn person_of(
    app: &App,
    issuer: &Issuer,
    (subject, client): (&str, &str),
    origin: Option<&str>,
) -> Acted<Result<Viewer, NotTaken>> {
    let scope = SystemScope::of("frontend");
    let conn = &app.db.read(&scope);
    let found = frontends::origins_of_client(conn, &scope, issuer.id, client).await?;
    let Some(frontend) = found.first().map(|row| row.frontend_id) else { return Ok(Err(NotTaken::Client)) };
    let origins: Vec<_> = found.into_iter().map(|row| row.origin).collect();
    let member = issuers::find_member(conn, &scope, issuer.id, subject).await?;
    match sender(issuer, member, &origins, origin, app.db.clock().now()) {
        Ok(member) => Ok(Ok(Viewer::at_frontend(store::member_of(&app.db, &scope, member).await?, frontend))),
        Err(refusal) => Ok(Err(refusal)),
    }
}

/// Adds a frontend of others.
#[derive(Clone, Debug)]
pub struct AddFrontend {
    /// What it is called here.
    pub name: Line<100>,
    /// Exactly as browsers send them; one or more.
    pub origins: Vec<String>,
    /// Its clients, each behind the short name of its provider; one or more.
    pub clients: Vec<(String, String)>,
}

impl Command for AddFrontend {
    type Answer = FrontendId;
    const NAME: &'static str = "addFrontend";

    async fn run(&self, tx: &Tx) -> Acted<FrontendId> {
        refuse_in_a_demo(tx).await?;
        self.check()?;
        let (id, name) = (tx.new_id(), self.name.as_str().to_owned());
        let origins = self.origins.iter();
        let origins =
            origins.map(|origin| frontend_origin::Model { origin: origin.clone(), frontend_id: id });
        let origins = origins.collect();
        let clients = self.clients(tx, id).await?;
        let row = frontend::Model { id, name, added_at: tx.now() };
        frontends::insert(tx, row, origins, clients).await.map_err(duplicate)?;
        let clients: Vec<_> = self.clients.iter().map(|(slug, client)| format!("{slug}={client}")).collect();
        let detail = json!({ "frontend": id, "name": self.name.as_str(), "origins": self.origins, "clients": clients });
        history::record(tx, [Event::of_people(EventKind::FrontendAdded, None).with(detail)]).await?;
        Ok(id)
    }
}

impl AddFrontend {
    fn check(&self) -> Acted<()> {
        if self.origins.is_empty() || self.clients.is_empty() {
            return Err(invalid("A frontend has an origin and a client, or several of each."));
        }
        if !self.origins.iter().all(|origin| is_origin(origin)) {
            return Err(invalid(
                "An origin is https:// and one host in small letters, with its port where that is not 443, and nothing \
                 behind it, not even a slash: https://desk.example.nz. On this machine it may be http://.",
            ));
        }
        if !self.clients.iter().all(|(_, client)| is_word(client)) {
            return Err(invalid("A client's id is a word of at most 255 characters."));
        }
        Ok(())
    }

    async fn clients(&self, tx: &Tx, frontend_id: FrontendId) -> Acted<Vec<frontend_client::Model>> {
        let mut rows = Vec::with_capacity(self.clients.len());
        for (slug, client_id) in &self.clients {
            let found = issuers::find_by_slug(tx.conn(), &SystemScope::of("admin"), slug).await?;
            let none =
                || UserError::new(UserErrorCode::NotFound, "There is no such provider: see list-issuers.");
            let issuer = found.ok_or_else(none)?;
            if issuer.audience.is_none() {
                let message = "No access tokens of this provider are taken: it was added without --audience, the API's name there.";
                return Err(invalid(message));
            }
            if issuer.client_id == *client_id {
                let message = "This is our own client at the provider: a frontend signs people in with a client of its own.";
                return Err(invalid(message));
            }
            rows.push(frontend_client::Model {
                issuer_id: issuer.id,
                client_id: client_id.clone(),
                frontend_id,
            });
        }
        Ok(rows)
    }
}

fn duplicate(fault: Fault) -> Failure {
    match fault {
        Fault::Database(error) if is_unique_violation(&error) => {
            let message = "There is a frontend with this name already, or with one of these origins or clients: see \
                           list-frontends.";
            UserError::new(UserErrorCode::Duplicate, message).into()
        }
        Fault::Database(_) | Fault::Stored { .. } | Fault::Race(_) => fault.into(),
    }
}

/// Removes a frontend of others: from the next request on its pages read nothing, and no token of its clients is taken.
#[derive(Clone, Debug)]
pub struct RemoveFrontend {
    /// What it is called here.
    pub name: String,
}

impl Command for RemoveFrontend {
    type Answer = FrontendId;
    const NAME: &'static str = "removeFrontend";

    async fn run(&self, tx: &Tx) -> Acted<FrontendId> {
        let found = frontends::find_by_name(tx, &self.name).await?;
        let none =
            || UserError::new(UserErrorCode::NotFound, "There is no such frontend: see list-frontends.");
        let found = found.ok_or_else(none)?;
        frontends::delete(tx, found.id).await?;
        let detail = json!({ "frontend": found.id, "name": found.name });
        history::record(tx, [Event::of_people(EventKind::FrontendRemoved, None).with(detail)]).await?;
        Ok(found.id)
    }
}
