//! Shares of what there is only so much of: so many in all, so many of them for each who takes.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{AcquireError, OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

/// As few of those who take are kept without looking who of them has gone.
const KEPT: usize = 64;

/// What is shared.
#[derive(Debug)]
pub struct Shares<K: Eq + Hash> {
    all: u32,
    each: usize,
    free: Arc<Semaphore>,
    takers: Mutex<Takers<K>>,
}

/// What is left for each who takes or waits.
#[derive(Debug)]
struct Takers<K> {
    free: HashMap<K, Arc<Semaphore>>,
    /// With so many of them, it is looked who has gone.
    swept_at: usize,
}

/// One share, given back when it is dropped.
#[derive(Debug)]
pub struct Share {
    _own: OwnedSemaphorePermit,
    _of_all: OwnedSemaphorePermit,
}

impl<K: Eq + Hash> Shares<K> {
    /// `all` shares, `each` of them at most for one.
    #[must_use]
    pub fn new(all: usize, each: usize) -> Self {
        let all = all.min(Semaphore::MAX_PERMITS);
        let takers = Takers { free: HashMap::new(), swept_at: KEPT };
        Self {
            all: u32::try_from(all).unwrap_or(u32::MAX),
            each: each.min(Semaphore::MAX_PERMITS),
            free: Arc::new(Semaphore::new(all)),
            takers: Mutex::new(takers),
        }
    }

    /// One more for `who`; none where all are taken, or all of theirs.
    pub fn take(&self, who: K) -> Option<Share> {
        let of_all = Arc::clone(&self.free).try_acquire_owned().ok()?;
        Some(Share { _own: self.own(who).try_acquire_owned().ok()?, _of_all: of_all })
    }

    /// One more for `who`, as soon as there is one: those who wait come one after another, each first behind its own.
    ///
    /// # Errors
    /// Never: nobody takes shares away.
    pub async fn wait(&self, who: K) -> Result<Share, AcquireError> {
        let own = self.own(who).acquire_owned().await?;
        Ok(Share { _own: own, _of_all: Arc::clone(&self.free).acquire_owned().await? })
    }

    fn own(&self, who: K) -> Arc<Semaphore> {
        let mut takers = self.takers.lock().unwrap_or_else(PoisonError::into_inner);
        if takers.free.len() >= takers.swept_at {
            // Whoever holds or waits for a share holds this as well.
            takers.free.retain(|_, free| Arc::strong_count(free) > 1);
            takers.swept_at = KEPT.max(2 * takers.free.len());
        }
        Arc::clone(takers.free.entry(who).or_insert_with(|| Arc::new(Semaphore::new(self.each))))
    }

    /// Done when at least one is free.
    pub async fn room(&self) {
        drop(self.free.acquire().await);
    }

    /// Waits until all are given back, no longer than `time`.
    pub async fn all_back(&self, time: Duration) {
        drop(timeout(time, self.free.acquire_many(self.all)).await);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_has_a_share_and_all_have_an_end() {
        let shares = Shares::new(3, 2);
        let first = [shares.take("a"), shares.take("a")];
        assert!(first.iter().all(Option::is_some) && shares.take("a").is_none());
        let other = shares.take("b");
        assert!(other.is_some() && shares.take("b").is_none() && shares.take("c").is_none());
        drop(first);
        assert!(shares.take("a").is_some() && shares.take("c").is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn who_waits_stands_behind_its_own() {
        let soon = Duration::from_secs(1);
        let shares = Shares::new(2, 1);
        let held = shares.take("a");
        assert!(timeout(soon, shares.wait("a")).await.is_err());
        let waits = async {
            let others = timeout(soon, shares.wait("b")).await;
            assert!(others.is_ok_and(|others| others.is_ok()), "another waits for nobody");
            drop(held);
        };
        let (own, ()) = tokio::join!(timeout(soon, shares.wait("a")), waits);
        assert!(own.is_ok_and(|own| own.is_ok()));
    }

    #[test]
    fn who_has_gone_is_forgotten() {
        let shares = Shares::new(10, 1);
        let held = shares.take(0);
        for who in 1..1_000 {
            assert!(shares.take(who).is_some());
        }
        assert!(shares.takers.lock().expect("a lock").free.len() <= KEPT);
        assert!(shares.take(0).is_none());
        drop(held);
    }
}
