//! `nominations serve`

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use entity::InstallationKind;
use sea_orm::DbBackend;
use tokio::net::TcpListener;

use super::open::{assemble, ready};
use super::{Outcome, Problem};
use crate::app::App;
use crate::applications::actions::Sweep;
use crate::clock::Clock;
use crate::config::{Given, Settings};
use crate::demo::MoveDates;
use crate::error::Found;
use crate::exceptions::store as exceptions;
use crate::http::{DemoFacts, Peers, may_offer_demo_sign_in, serve};
use crate::keys::Keys;
use crate::tenancy::SystemScope;

/// How often what only the clock changes is looked for.
const SWEEP_EVERY: Duration = Duration::from_mins(1);

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
        };
        may_offer_demo_sign_in(&facts)
            .map_err(|why| Problem::told(format!("This is a demo, which anybody may sign in to: {why}.")))?;
        db.perform(&SystemScope::of("start"), None, &MoveDates).await?;
    }
    let keys = Keys::load(&settings.key_file)?;
    let app = Arc::new(assemble(db, keys, settings.public_url.clone(), demo)?);
    let listener = TcpListener::bind(settings.listen)
        .await
        .map_err(Problem::io(format!("listening on {}", settings.listen)))?;
    println!("Serving on {}", settings.listen);
    if demo {
        println!("{}", what_next(&settings));
    }
    let sweeping = tokio::spawn(sweep_for_ever(Arc::clone(&app)));
    let peers = if settings.trust_forwarded_for { Peers::Proxy } else { Peers::Clients };
    let served = serve(Arc::clone(&app), listener, peers, stop_signal()).await;
    sweeping.abort();
    served.map_err(Problem::io("serving"))?;
    println!("Stopped.");
    Ok(ExitCode::SUCCESS)
}

/// Looks every minute for what a fault left behind and for what only the clock changes.
async fn sweep_for_ever(app: Arc<App>) {
    let mut turn = tokio::time::interval(SWEEP_EVERY);
    loop {
        turn.tick().await;
        if let Err(fault) = sweep(&app).await {
            tracing::error!(error = %fault, "the sweep failed; it is tried again in a minute");
        }
    }
}

async fn sweep(app: &App) -> Found<()> {
    let scope = SystemScope::of("sweep");
    for exception in exceptions::load_all(app.db.read(&scope)).await? {
        let command = Sweep { app, exception: exception.id };
        match app.db.perform(&scope, None, &command).await {
            Ok(swept) if swept.nominated + swept.lapsed > 0 => {
                tracing::info!(exception = %exception.slug, swept.nominated, swept.lapsed, "swept");
            }
            Ok(_) => {}
            Err(failure) => tracing::error!(exception = %exception.slug, error = %failure, "not swept"),
        }
    }
    Ok(())
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
    println!("Stopping: requests that are under way are finished first.");
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
