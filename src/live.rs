//! What happens, told to those who listen, in whichever process it happened.
//!
//! Each process that somebody listens at reads what was committed since it last looked, by position, a few times a second,
//! and has what waits for a position sealed; docs/decisions/live.md says why nothing is announced by whoever writes. Whoever
//! listens has the position up to which it was told: what it missed, it reads for itself, so nothing is lost, whether a
//! listener is slow, comes back, or another process has sealed meanwhile.
//!
//! Before anything is told, the process looks whether those who listen may still do so.

mod figures;
mod follow;
pub mod graphql;
mod seats;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, broadcast, watch};

use figures::Figures;
pub use follow::{Follower, News};
pub use seats::Seat;
use seats::Seats;

use crate::app::App;
use crate::error::{Acted, Found};
use crate::history::feed::{self, Stretch};
use crate::history::{BATCH, SealNext};
use crate::people::actions::still_as_they_were;
use crate::tenancy::{SystemScope, Viewer};

/// How often a process looks.
const PAUSE: Duration = Duration::from_millis(200);
/// Stretches that are kept for listeners who are behind.
const KEPT: usize = 64;

/// Where what happens is passed on, within one process.
#[derive(Debug)]
pub struct Live {
    stretches: broadcast::Sender<Arc<Stretch>>,
    seats: Seats,
    wake: Notify,
    figures: Figures,
}

impl Default for Live {
    fn default() -> Self {
        Self {
            stretches: broadcast::channel(KEPT).0,
            seats: Seats::default(),
            wake: Notify::new(),
            figures: Figures::default(),
        }
    }
}

impl Live {
    /// A seat for a viewer who listens, for as long as it is held. It tells when the viewer may not go on as what it is.
    #[must_use]
    pub fn seat(&self, viewer: &Viewer) -> Seat {
        let seat = self.seats.take(viewer);
        self.wake.notify_one();
        seat
    }
}

/// Attends to those who listen at this process, until `stop` says so.
pub async fn attend(app: Arc<App>, mut stop: watch::Receiver<bool>) {
    tokio::select! {
        biased;
        _ = stop.wait_for(|told| *told) => {}
        () = look_again_and_again(&app) => {}
    }
}

async fn look_again_and_again(app: &App) {
    let mut position = None;
    loop {
        if app.live.seats.is_empty() {
            // Who comes later finds out by itself what was committed meanwhile.
            position = None;
            app.live.wake.notified().await;
        }
        match look(app, position).await {
            Ok(reached) => position = Some(reached),
            Err(failure) => {
                tracing::error!(error = %failure, "those who listen could not be told; tried again");
            }
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// Tells what was committed since `position`, and answers up to where.
async fn look(app: &App, position: Option<i64>) -> Acted<i64> {
    let scope = scope();
    // Before all else: whatever fails below, nobody listens on who may not.
    dismiss(app, &scope).await?;
    seal(app, &scope).await?;
    let conn = &app.db.read(&scope);
    let Some(mut position) = position else {
        let position = feed::last_position(conn).await?;
        tell(app, Stretch::empty_at(position));
        return Ok(position);
    };
    loop {
        let stretch = feed::load_since(conn, position, i64::MAX).await?;
        if stretch.to == position {
            return Ok(position);
        }
        // Whoever lost a role before something was committed is not told of it.
        dismiss(app, &scope).await?;
        position = stretch.to;
        tell(app, stretch);
    }
}

fn tell(app: &App, stretch: Stretch) {
    // Nobody listens where it is an error.
    drop(app.live.stretches.send(Arc::new(stretch)));
}

async fn seal(app: &App, scope: &SystemScope) -> Acted<()> {
    while feed::is_waiting(&app.db.read(scope)).await? {
        if app.db.perform(scope, None, &SealNext).await? < BATCH {
            break;
        }
    }
    Ok(())
}

/// Has those leave who are not any more what they were when they sat down.
async fn dismiss(app: &App, scope: &SystemScope) -> Found<()> {
    let seated = app.live.seats.viewers();
    if seated.is_empty() {
        return Ok(());
    }
    let viewers: Vec<_> = seated.iter().map(|(_, viewer)| viewer.clone()).collect();
    let still = still_as_they_were(&app.db, scope, &viewers).await?;
    let gone = seated.into_iter().zip(still).filter(|(_, still)| !still).map(|((number, _), _)| number);
    app.live.seats.dismiss(gone);
    Ok(())
}

/// As what the service reads what listeners are told from.
fn scope() -> SystemScope {
    SystemScope::of("live")
}
