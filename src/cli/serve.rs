//! `nominations serve`

use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;

use entity::InstallationKind;
use sea_orm::DbBackend;
use tokio::net::TcpListener;
use tokio::sync::watch;
use wire::Limits;
use wire::trusted::Documents;

use super::open::{assemble, ready};
use super::{Outcome, Problem};
use crate::app::App;
use crate::clock::Clock;
use crate::config::{Given, Settings};
use crate::demo::MoveDates;
use crate::http::{DemoFacts, Face, Peers, documents_in, may_offer_demo_sign_in, serve};
use crate::jobs::runner::Runner;
use crate::people::rules::issuers::Issuer;
use crate::people::store::issuers;
use crate::providers::{Providers, Secrets};
use crate::tenancy::SystemScope;

pub(super) async fn run(flags: Given) -> Outcome {
    let settings = Settings::load(&flags)?;
    println!("{settings}");
    let (db, kind) = ready(&settings.database_url, Clock::system()).await?;
    let demo = kind == InstallationKind::Demo;
    if demo {
        let facts = DemoFacts {
            installation: Some(kind),
            is_sqlite: db.backend() == DbBackend::Sqlite,
            listen: settings.listen,
            public_url: &settings.public_url,
            issuers: issuers::count(&db, &SystemScope::of("start")).await?,
        };
        may_offer_demo_sign_in(&facts)
            .map_err(|why| Problem::told(format!("This is a demo, which anybody may sign in to: {why}.")))?;
        db.perform(&SystemScope::of("start"), None, &MoveDates).await?;
    }
    let keys = settings.keys.open()?;
    let secrets = Secrets::load(settings.client_secrets.as_deref(), environment())?;
    tell_secrets(&secrets, &issuers::load_all(&db, &SystemScope::of("start")).await?);
    let app = assemble(db, keys, settings.public_url.clone(), demo)?;
    // Told at the start, and not at the first write.
    app.keys.in_use(&app.db.read(&SystemScope::of("start"))).await?;
    let app = Arc::new(App { providers: Providers::new(secrets), ..app });
    let listener =
        TcpListener::bind(settings.listen).await.map_err(|why| no_listening(settings.listen, why))?;
    println!("Serving on {}", settings.listen);
    if demo {
        println!("{}", what_next(&settings));
    }
    let (stop, stopped) = watch::channel(false);
    let jobs = Runner::new(Arc::clone(&app)).start(&stopped);
    let told_to_stop = async move {
        stop_signal().await;
        stop.send_replace(true);
    };
    let peers = if settings.trust_forwarded_for { Peers::Proxy } else { Peers::Clients };
    let limits = Limits { introspection: settings.introspection, ..Limits::default() };
    let modes = settings.documents_mode.clone();
    let documents = match &settings.documents {
        Some(folder) => {
            documents_in(folder).map_err(|why| Problem::told(format!("Trusted documents: {why}.")))?
        }
        None => Documents::default(),
    };
    let face = Face { peers, limits, documents, modes, ..Face::default() };
    serve(Arc::clone(&app), listener, face, told_to_stop).await;
    jobs.end().await;
    println!("Stopped.");
    Ok(ExitCode::SUCCESS)
}

/// Where the secret of our client at each provider is from, and what is kept for no provider.
fn tell_secrets(secrets: &Secrets, issuers: &[Issuer]) {
    for issuer in issuers {
        println!("provider {}: {}", issuer.slug, secrets.source_of(&issuer.slug));
    }
    let slugs: Vec<_> = issuers.iter().map(|issuer| issuer.slug.as_str()).collect();
    for name in secrets.strangers(&slugs) {
        tracing::warn!(
            name,
            "a client secret is kept for what is no provider's short name: see `admin list-issuers`"
        );
    }
}

/// Why nothing is served there, and what to do where somebody else is.
fn no_listening(listen: SocketAddr, why: std::io::Error) -> Problem {
    if why.kind() == std::io::ErrorKind::AddrInUse {
        return Problem::told(format!(
            "Another process listens on {listen} already. End it, or name another address with --listen, \
             e.g. --listen 127.0.0.1:8090 (or LISTEN in the environment)."
        ));
    }
    Problem::io(format!("listening on {listen}"))(why)
}

/// The variables of the environment that are texts.
fn environment() -> impl Iterator<Item = (String, String)> {
    std::env::vars_os().filter_map(|(name, value)| name.into_string().ok().zip(value.into_string().ok()))
}

/// Resolves when the process is told to stop.
async fn stop_signal() {
    use tokio::signal::unix::{SignalKind, signal};
    let interrupted = tokio::signal::ctrl_c();
    match signal(SignalKind::terminate()) {
        Ok(mut terminated) => {
            tokio::select! { _ = interrupted => {}, _ = terminated.recv() => {} }
        }
        Err(_) => {
            let _ = interrupted.await;
        }
    }
    println!("Stopping: requests and jobs that are under way are finished first.");
}

fn what_next(settings: &Settings) -> String {
    let url = settings.public_url.as_str();
    format!(
        r#"
The demo is served on {url} — everybody in it is invented. Try, in another terminal:

  How many places are left?
    curl -s {url}graphql -H 'content-type: application/json' \
      -d '{{"query":"{{ classException(slug: \"specialist-tech\") {{ title quota {{ places available waiting }} }} }}"}}'

  Who can sign in?
    curl -s {url}demo/people

  Sign in as an assessor of NZTech and look at the oldest cases:
    TOKEN=$(curl -s {url}demo/sign-in -H 'content-type: application/json' \
      -d '{{"person":"nztech-assessor"}}' | sed 's/.*"token":"\([^"]*\)".*/\1/')
    curl -s {url}graphql -H "authorization: Bearer $TOKEN" -H 'content-type: application/json' \
      -d '{{"query":"{{ applications(filter: {{status: [SUBMITTED]}}, orderBy: {{field: SUBMITTED_AT, direction: ASC}}, first: 3) {{ nodes {{ reference jobTitle employer {{ legalName }} }} }} }}"}}'

Stop with Ctrl-C.
"#
    )
}
