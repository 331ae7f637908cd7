//! One listener's way along what was committed: nothing twice, nothing left out.

use std::sync::Arc;

use entity::ExceptionId;
use tokio::sync::broadcast::{Receiver, error::RecvError};

use super::scope;
use crate::app::App;
use crate::error::Found;
use crate::history::feed::{self, Stretch, Told};

/// A listener, with the position up to which it was told.
#[derive(Debug)]
pub struct Follower {
    app: Arc<App>,
    stretches: Receiver<Arc<Stretch>>,
    position: i64,
    /// Up to where it has to read for itself.
    behind: i64,
    next: Option<Arc<Stretch>>,
}

/// What a listener was not told before.
#[derive(Debug)]
pub struct News {
    after: i64,
    stretch: Arc<Stretch>,
}

impl News {
    /// What happened.
    pub fn events(&self) -> impl Iterator<Item = &Told> {
        self.stretch.events.iter().filter(|told| told.position > self.after)
    }

    /// All up to here is told with it.
    #[must_use]
    pub fn position(&self) -> i64 {
        self.stretch.to
    }

    /// Whether something happened in a class exception. What was told before may be among it.
    #[must_use]
    pub fn touches(&self, exception: ExceptionId) -> bool {
        self.stretch.exceptions.contains(&exception)
    }
}

impl Follower {
    /// Follows from now on, or from what was told last.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub async fn start(app: &Arc<App>, after: Option<i64>) -> Found<Self> {
        // In this order: what is told from here on is heard, and what has a position by then is read.
        let stretches = app.live.stretches.subscribe();
        let last = feed::last_position(&app.db.read(&scope())).await?;
        let position = after.unwrap_or(last).min(last);
        Ok(Self { app: Arc::clone(app), stretches, position, behind: last, next: None })
    }

    /// Up to where it was told.
    #[must_use]
    pub fn position(&self) -> i64 {
        self.position
    }

    /// What comes next; none when the process ends.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub async fn next(&mut self) -> Found<Option<News>> {
        loop {
            if self.position < self.behind {
                let conn = &self.app.db.read(&scope());
                let stretch = feed::load_since(conn, self.position, self.behind).await?;
                if stretch.to == self.position {
                    // Positions have no gaps, but the last stretch of all may be there already.
                    self.position = self.behind;
                    continue;
                }
                return Ok(Some(self.take(Arc::new(stretch))));
            }
            let stretch = match self.next.take() {
                Some(stretch) => stretch,
                None => match self.stretches.recv().await {
                    Ok(stretch) => stretch,
                    // The next one begins behind what was missed.
                    Err(RecvError::Lagged(_)) => continue,
                    Err(RecvError::Closed) => return Ok(None),
                },
            };
            if stretch.from > self.position {
                self.behind = stretch.from;
                self.next = Some(stretch);
            } else if stretch.to > self.position {
                return Ok(Some(self.take(stretch)));
            }
        }
    }

    fn take(&mut self, stretch: Arc<Stretch>) -> News {
        let after = self.position;
        self.position = stretch.to;
        News { after, stretch }
    }
}
