//! Shares of what there is only so much of: so many in all, so many of them for each who takes.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

/// What is shared.
#[derive(Debug)]
pub(super) struct Shares<K: Eq + Hash> {
    all: u32,
    each: usize,
    free: Arc<Semaphore>,
    taken: Mutex<HashMap<K, usize>>,
}

/// One share, given back when it is dropped.
#[derive(Debug)]
pub(super) struct Share<K: Eq + Hash> {
    of: Arc<Shares<K>>,
    who: K,
    _permit: OwnedSemaphorePermit,
}

impl<K: Clone + Eq + Hash> Shares<K> {
    /// `all` shares, `each` of them at most for one.
    pub fn new(all: usize, each: usize) -> Self {
        let all = all.min(Semaphore::MAX_PERMITS);
        let free = Arc::new(Semaphore::new(all));
        Self { all: u32::try_from(all).unwrap_or(u32::MAX), each, free, taken: Mutex::default() }
    }

    /// One more for `who`; none where all are taken, or all of theirs.
    pub fn take(self: &Arc<Self>, who: K) -> Option<Share<K>> {
        let permit = Arc::clone(&self.free).try_acquire_owned().ok()?;
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let theirs = taken.get(&who).copied().unwrap_or_default();
        if theirs >= self.each {
            return None;
        }
        taken.insert(who.clone(), theirs + 1);
        Some(Share { of: Arc::clone(self), who, _permit: permit })
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

impl<K: Eq + Hash> Drop for Share<K> {
    fn drop(&mut self) {
        let mut taken = self.of.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(theirs) = taken.get_mut(&self.who) {
            *theirs -= 1;
            if *theirs == 0 {
                taken.remove(&self.who);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_has_a_share_and_all_have_an_end() {
        let shares = Arc::new(Shares::new(3, 2));
        let first = [shares.take("a"), shares.take("a")];
        assert!(first.iter().all(Option::is_some) && shares.take("a").is_none());
        let other = shares.take("b");
        assert!(other.is_some() && shares.take("b").is_none() && shares.take("c").is_none());
        drop(first);
        assert!(shares.take("a").is_some() && shares.take("c").is_some());
        drop(other);
        assert!(shares.taken.lock().expect("a lock").is_empty());
    }
}
