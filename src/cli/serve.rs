//! `nominations serve`

use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;

use entity::InstallationKind;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use sea_orm::DbBackend;
use tokio::net::TcpListener;
use tokio::sync::watch::channel;
use wire::Limits;
use wire::trusted::Documents;

use super::open::{assemble, ready_with};
use super::{Outcome, Problem};
use crate::app::App;
use crate::clock::Clock;
use crate::config::{Given, Settings};
use crate::db::DbSettings;
use crate::demo::MoveDates;
use crate::http::{Connections, DemoFacts, Face, Peers, documents_in, may_offer_demo_sign_in, serve};
use crate::jobs::runner::Runner;
use crate::people::rules::issuers::Issuer;
use crate::people::store::issuers;
use crate::providers::{Providers, Secrets};
use crate::tenancy::SystemScope;
use crate::watch::{self, Traces, start_log};

/// What is logged where nobody says otherwise.
const LOGGED: &str = "info,sqlx=warn,opentelemetry=warn";

pub(super) async fn run(flags: Given) -> Outcome {
    let settings = Settings::load(&flags)?;
    let traces = settings.otlp.as_ref().map(Traces::to).transpose()?;
    start_log(LOGGED, settings.log_format, traces.as_ref());
    println!("{settings}");
    let outcome = serve_until_told(settings).await;
    if let Some(traces) = traces {
        traces.end().await;
    }
    outcome
}

async fn serve_until_told(settings: Settings) -> Outcome {
    let (db, kind) =
        ready_with(DbSettings::to_serve(settings.database_url.as_str()), Clock::system()).await?;
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
    let listener = TcpListener::bind(settings.listen)
        .await
        .map_err(|why| no_listening(settings.listen, "listen", why))?;
    let metrics = match settings.metrics {
        Some(address) => {
            Some(TcpListener::bind(address).await.map_err(|why| no_listening(address, "metrics", why))?)
        }
        None => None,
    };
    println!("Serving on {}", settings.listen);
    if demo {
        println!("{}", what_next(&settings));
    }
    let (stop, stopped) = channel(false);
    let jobs = Runner::new(Arc::clone(&app)).start(&stopped);
    // Told until all else has ended: the end is what one wants to see as well.
    let metrics = metrics.map(|listener| tokio::spawn(watch::serve(Arc::clone(&app), listener)));
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
    let face = within(open_files(), Face { peers, limits, documents, modes, ..Face::default() });
    serve(Arc::clone(&app), listener, face, told_to_stop).await;
    jobs.end().await;
    if let Some(metrics) = metrics {
        metrics.abort();
    }
    println!("Stopped.");
    Ok(ExitCode::SUCCESS)
}

/// How many files this process may have open, after it has asked for as many as it may have: each connection is one.
fn open_files() -> usize {
    let limit = getrlimit(Resource::Nofile);
    if let Err(error) = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit }) {
        tracing::warn!(%error, "no more files may be open than before");
    }
    getrlimit(Resource::Nofile).current.map_or(usize::MAX, |most| usize::try_from(most).unwrap_or(usize::MAX))
}

/// Half of the open files may be connections, and a quarter those who listen, in three rooms: the rest is for the database and for
/// providers.
fn within(files: usize, face: Face) -> Face {
    let connections = Connections { open: face.connections.open.min(files / 2), ..face.connections };
    let listeners = |usual: usize| usual.min(files / 12);
    if connections != face.connections {
        tracing::warn!(
            files,
            connections = connections.open,
            "few files may be open: there are fewer connections"
        );
    }
    Face {
        connections,
        listeners: listeners(face.listeners),
        strangers_who_listen: listeners(face.strangers_who_listen),
        ..face
    }
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

/// Why nothing is served there, and what to do where somebody else is: another address by the flag of this name.
fn no_listening(address: SocketAddr, flag: &str, why: std::io::Error) -> Problem {
    if why.kind() == std::io::ErrorKind::AddrInUse {
        let variable = flag.to_uppercase();
        return Problem::told(format!(
            "Another process listens on {address} already. End it, or name another address with --{flag}, \
             e.g. --{flag} 127.0.0.1:8090 (or {variable} in the environment)."
        ));
    }
    Problem::io(format!("listening on {address}"))(why)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_files_are_few_connections() {
        let usual = Face::default();
        for (files, expected) in
            [(usize::MAX, (usual.connections.open, usual.listeners)), (1_200, (600, 100))]
        {
            let face = within(files, Face::default());
            assert_eq!((face.connections.open, face.listeners), expected);
            assert_eq!(face.strangers_who_listen, expected.1);
        }
        assert!(open_files() > 0);
    }
}
