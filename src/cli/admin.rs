//! `nominations admin …`: identity providers, frontends of others, and the first people of a tenant.

use std::process::ExitCode;

use clap::{Args, Subcommand, ValueEnum};
use entity::{InstallationKind, IssuerTenant, StaffRole, body};
use sea_orm::EntityTrait;
use url::Url;

use super::open::{assemble, ready};
use super::{DatabaseArgs, Outcome, Problem};
use crate::app::App;
use crate::clock::{Clock, in_new_zealand};
use crate::config::Given;
use crate::people::actions::{AddFrontend, AddIssuer, ChangeIssuer, InviteByHand, NewIssuer, RemoveFrontend};
use crate::people::rules::invitations::DAYS_TO_USE;
use crate::people::store::{frontends, issuers};
use crate::providers::Providers;
use crate::tenancy::SystemScope;
use crate::values::text::Line;

#[derive(Debug, Subcommand)]
pub(crate) enum AdminCommand {
    /// Add an identity provider: whose people it knows, and our client there
    AddIssuer(AddIssuerArgs),
    /// Change what was mistaken of an identity provider, while nobody is bound to another address
    ChangeIssuer(ChangeIssuerArgs),
    /// List the identity providers, with the address that each sends browsers back to
    ListIssuers(ListIssuersArgs),
    /// Add a frontend that others serve from origins of their own, with its clients at identity providers
    AddFrontend(AddFrontendArgs),
    /// List the frontends of others
    ListFrontends(ListFrontendsArgs),
    /// Remove a frontend of others: it is shut out from the next request on
    RemoveFrontend(RemoveFrontendArgs),
    /// Invite the first lead of a body; prints a link that can be used once
    InviteLead(InviteLeadArgs),
    /// Invite an officer of the agency or an observer of the ministry; prints a link that can be used once
    InviteOfficial(InviteOfficialArgs),
}

#[derive(Debug, Args)]
pub(crate) struct AddIssuerArgs {
    /// Its short name in addresses: small letters, digits and hyphens
    #[arg(long)]
    slug: String,
    /// What people call it
    #[arg(long)]
    name: String,
    /// Its address, exactly as it stands in the `iss` of its tokens
    #[arg(long)]
    url: String,
    /// The id of our client there; the secret is a setting of `serve`
    #[arg(long)]
    client_id: String,
    /// The `aud` of access tokens, of machines and of frontends; none are taken where this is left out
    #[arg(long)]
    audience: Option<String>,
    #[command(flatten)]
    tenant: TenantArgs,
    /// A role that its people may have, given once for each; all of the tenant's where left out
    #[arg(long = "role", value_enum)]
    roles: Vec<RoleArg>,
    #[command(flatten)]
    database: DatabaseArgs,
}

#[derive(Debug, Args)]
pub(crate) struct ChangeIssuerArgs {
    /// Its short name, which stays
    #[arg(long)]
    slug: String,
    #[command(flatten)]
    changes: ChangesArgs,
    #[command(flatten)]
    database: DatabaseArgs,
}

/// What changes of it.
#[derive(Debug, Args)]
#[group(required = true, multiple = true)]
struct ChangesArgs {
    /// Its address, exactly as it stands in the `iss` of its tokens
    #[arg(long)]
    url: Option<String>,
    /// The id of our client there
    #[arg(long)]
    client_id: Option<String>,
    /// The `aud` of access tokens, of machines and of frontends
    #[arg(long)]
    audience: Option<String>,
    /// What people call it
    #[arg(long)]
    name: Option<String>,
}

/// Whose people it knows.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct TenantArgs {
    /// It knows the people of this body, by its short name
    #[arg(long, value_name = "SLUG")]
    body: Option<String>,
    /// It knows the people of the agency and of the ministry
    #[arg(long)]
    agency: bool,
    /// It knows those who act for employers
    #[arg(long)]
    employers: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ListIssuersArgs {
    #[command(flatten)]
    service: ServiceArgs,
}

#[derive(Debug, Args)]
pub(crate) struct AddFrontendArgs {
    /// What it is called here
    #[arg(long)]
    name: String,
    /// An origin that it is served from, exactly as browsers send it, such as `https://desk.example.nz`; given once for each
    #[arg(long = "origin", value_name = "ORIGIN", required = true)]
    origins: Vec<String>,
    /// Its client at an identity provider, by the provider's short name; given once for each
    #[arg(long = "client", value_name = "ISSUER=CLIENT_ID", required = true, value_parser = client)]
    clients: Vec<(String, String)>,
    #[command(flatten)]
    database: DatabaseArgs,
}

#[derive(Debug, Args)]
pub(crate) struct ListFrontendsArgs {
    #[command(flatten)]
    database: DatabaseArgs,
}

#[derive(Debug, Args)]
pub(crate) struct RemoveFrontendArgs {
    /// What it is called here
    #[arg(long)]
    name: String,
    #[command(flatten)]
    database: DatabaseArgs,
}

#[derive(Debug, Args)]
pub(crate) struct InviteLeadArgs {
    /// The short name of the body
    #[arg(long, value_name = "SLUG")]
    body: String,
    /// What the lead is called
    #[arg(long)]
    name: String,
    #[command(flatten)]
    service: ServiceArgs,
}

#[derive(Debug, Args)]
pub(crate) struct InviteOfficialArgs {
    /// As what
    #[arg(long, value_enum)]
    role: OfficialArg,
    /// What they are called
    #[arg(long)]
    name: String,
    #[command(flatten)]
    service: ServiceArgs,
}

/// Which database, and where the service that uses it is reached.
#[derive(Debug, Args)]
struct ServiceArgs {
    #[arg(long, value_name = "URL", help = "Where browsers reach the service, for links [env: PUBLIC_URL]")]
    public_url: Option<String>,
    #[command(flatten)]
    database: DatabaseArgs,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum RoleArg {
    Employer,
    Assessor,
    Lead,
    AgencyOfficer,
    Observer,
    Service,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum OfficialArg {
    AgencyOfficer,
    Observer,
}

pub(super) async fn run(command: AdminCommand) -> Outcome {
    match command {
        AdminCommand::AddIssuer(args) => add_issuer(args).await,
        AdminCommand::ChangeIssuer(args) => change_issuer(args).await,
        AdminCommand::ListIssuers(args) => list_issuers(args).await,
        AdminCommand::AddFrontend(args) => add_frontend(args).await,
        AdminCommand::ListFrontends(args) => list_frontends(args).await,
        AdminCommand::RemoveFrontend(args) => remove_frontend(args).await,
        AdminCommand::InviteLead(args) => {
            let (name, body) = (args.name, Some(args.body));
            invite(args.service, &name, StaffRole::Lead, body).await
        }
        AdminCommand::InviteOfficial(args) => {
            let role = match args.role {
                OfficialArg::AgencyOfficer => StaffRole::AgencyOfficer,
                OfficialArg::Observer => StaffRole::Observer,
            };
            invite(args.service, &args.name, role, None).await
        }
    }
}

async fn add_issuer(args: AddIssuerArgs) -> Outcome {
    let tenant = match (args.tenant.body.is_some(), args.tenant.agency) {
        (true, _) => IssuerTenant::Body,
        (false, true) => IssuerTenant::Agency,
        (false, false) => IssuerTenant::Employers,
    };
    let new = NewIssuer {
        slug: args.slug,
        name: Line::parse(&args.name).map_err(|why| Problem::told(format!("--name: {why}")))?,
        url: args.url,
        client_id: args.client_id,
        audience: args.audience,
        tenant,
        body: args.tenant.body,
        roles: args.roles.into_iter().map(StaffRole::from).collect(),
    };
    let settings = args.database.settings()?;
    let (db, _) = ready(&settings.database_url, Clock::system()).await?;
    let (slug, url) = (new.slug.clone(), new.url.clone());
    db.perform(&SystemScope::of("admin"), None, &AddIssuer { new }).await?;
    db.close().await?;
    warn_of(&url).await;
    println!(
        "Added. Its short name is {slug}: its client's secret is the setting CLIENT_SECRET_{}.",
        variable(&slug)
    );
    println!("Register the callback that `nominations admin list-issuers` shows with the provider.");
    Ok(ExitCode::SUCCESS)
}

async fn change_issuer(args: ChangeIssuerArgs) -> Outcome {
    let ChangesArgs { url, client_id, audience, name } = args.changes;
    let name = name.map(|name| Line::parse(&name)).transpose();
    let name = name.map_err(|why| Problem::told(format!("--name: {why}")))?;
    let settings = args.database.settings()?;
    let (db, _) = ready(&settings.database_url, Clock::system()).await?;
    let command = ChangeIssuer { slug: args.slug, url, client_id, audience, name };
    let url = db.perform(&SystemScope::of("admin"), None, &command).await?;
    db.close().await?;
    warn_of(&url).await;
    println!("Changed. It holds from the next request on.");
    Ok(ExitCode::SUCCESS)
}

/// Says what a provider publishes that nobody could sign in with: a slip in its address shows here first.
async fn warn_of(url: &str) {
    if let Err(fault) = Providers::default().discovery(url, Clock::system().now()).await {
        let published = format!("{}/.well-known/openid-configuration", url.trim_end_matches('/'));
        eprintln!(
            "Nobody can sign in with it yet: {fault}. What it publishes is looked for at {published}, and has to say exactly \
             {url} under `issuer`. `nominations admin change-issuer` mends a slip."
        );
    }
}

fn variable(slug: &str) -> String {
    slug.to_uppercase().replace('-', "_")
}

async fn list_issuers(args: ListIssuersArgs) -> Outcome {
    let app = args.service.open().await?;
    let scope = SystemScope::of("admin");
    let bodies = body::Entity::find().all(&app.db.read(&scope)).await.map_err(crate::error::Fault::from)?;
    for issuer in issuers::load_all(&app.db, &scope).await? {
        let body = bodies.iter().find(|body| Some(body.id) == issuer.body);
        let whose = match (issuer.tenant, body) {
            (IssuerTenant::Body, Some(body)) => format!("the people of {}", body.slug),
            (IssuerTenant::Body, None) => "the people of a body".to_owned(),
            (IssuerTenant::Agency, _) => "the agency and the ministry".to_owned(),
            (IssuerTenant::Employers, _) => "those who act for employers".to_owned(),
        };
        let roles: Vec<_> = issuer.roles.iter().map(|role| role.word()).collect();
        println!("{} ({})", issuer.slug, issuer.name);
        println!("  knows      {whose}, as {}", roles.join(", "));
        println!("  issuer     {}", issuer.url);
        println!("  client     {}", issuer.client_id);
        println!("  audience   {}", issuer.audience.as_deref().unwrap_or("none: no access tokens"));
        println!("  callback   {}sign-in/{}/callback", app.public_url, issuer.slug);
        println!("  after sign-out {}", app.public_url);
    }
    app.db.close().await?;
    Ok(ExitCode::SUCCESS)
}

/// `ISSUER=CLIENT_ID`. A short name has no `=`, and a client's id may have some.
fn client(typed: &str) -> Result<(String, String), String> {
    let parts = typed.split_once('=').map(|(issuer, client)| (issuer.to_owned(), client.to_owned()));
    parts.ok_or_else(|| "write the short name of a provider, =, and the client's id there".to_owned())
}

async fn add_frontend(args: AddFrontendArgs) -> Outcome {
    let name = Line::parse(&args.name).map_err(|why| Problem::told(format!("--name: {why}")))?;
    let settings = args.database.settings()?;
    let (db, _) = ready(&settings.database_url, Clock::system()).await?;
    let command = AddFrontend { name, origins: args.origins, clients: args.clients };
    db.perform(&SystemScope::of("admin"), None, &command).await?;
    db.close().await?;
    println!("Added. Its pages may use the API from now on, with access tokens of these clients.");
    Ok(ExitCode::SUCCESS)
}

async fn list_frontends(args: ListFrontendsArgs) -> Outcome {
    let settings = args.database.settings()?;
    let (db, _) = ready(&settings.database_url, Clock::system()).await?;
    for frontend in frontends::load_all(&db, &SystemScope::of("admin")).await? {
        println!("{}", frontend.name);
        for origin in frontend.origins {
            println!("  origin     {origin}");
        }
        for (issuer, client_id) in frontend.clients {
            println!("  client     {client_id} at {issuer}");
        }
    }
    db.close().await?;
    Ok(ExitCode::SUCCESS)
}

async fn remove_frontend(args: RemoveFrontendArgs) -> Outcome {
    let settings = args.database.settings()?;
    let (db, _) = ready(&settings.database_url, Clock::system()).await?;
    db.perform(&SystemScope::of("admin"), None, &RemoveFrontend { name: args.name }).await?;
    db.close().await?;
    println!(
        "Removed. No page of its origins reads an answer any more, and no token of its clients is taken."
    );
    Ok(ExitCode::SUCCESS)
}

async fn invite(service: ServiceArgs, name: &str, role: StaffRole, body: Option<String>) -> Outcome {
    let name = Line::parse(name).map_err(|why| Problem::told(format!("--name: {why}")))?;
    let app = service.open().await?;
    let command = InviteByHand { app: &app, name, role, body };
    let id = app.db.perform(&SystemScope::of("admin"), None, &command).await?;
    let until = app.db.clock().now() + chrono::TimeDelta::days(DAYS_TO_USE);
    println!("{}", link(&app, id)?);
    println!(
        "It can be used once, until {}. Give it to nobody else: whoever opens it first is in.",
        in_new_zealand(until)
    );
    app.db.close().await?;
    Ok(ExitCode::SUCCESS)
}

fn link(app: &App, id: entity::InvitationId) -> Result<Url, Problem> {
    app.invitation_link(id).map_err(Problem::Fault)
}

impl ServiceArgs {
    async fn open(self) -> Result<App, Problem> {
        let settings =
            self.database.settings_with(Given { public_url: self.public_url, ..Given::default() })?;
        let (db, kind) = ready(&settings.database_url, Clock::system()).await?;
        if !settings.public_url_is_said && kind == InstallationKind::Production {
            return Err(Problem::told(
                "Say --public-url (or PUBLIC_URL): the link has to lead to the service.",
            ));
        }
        assemble(db, settings.keys.open()?, settings.public_url, false)
    }
}

impl From<RoleArg> for StaffRole {
    fn from(role: RoleArg) -> Self {
        match role {
            RoleArg::Employer => Self::Employer,
            RoleArg::Assessor => Self::Assessor,
            RoleArg::Lead => Self::Lead,
            RoleArg::AgencyOfficer => Self::AgencyOfficer,
            RoleArg::Observer => Self::Observer,
            RoleArg::Service => Self::Service,
        }
    }
}
