//! Who listens at this process.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::timeout;
use wire::socket::Dismissal;

use crate::tenancy::Viewer;

/// How long a provider's token lets somebody listen, which may have run out meanwhile: then they come again, with the next.
const BY_TOKEN: Duration = Duration::from_hours(1);

/// All who listen, by a number each.
#[derive(Debug, Default)]
pub(super) struct Seats(Arc<Mutex<Taken>>);

#[derive(Debug, Default)]
struct Taken {
    last: u64,
    by_number: HashMap<u64, (Viewer, watch::Sender<bool>)>,
}

/// A seat that is held.
#[derive(Debug)]
pub struct Seat {
    seats: Seats,
    number: u64,
    dismissed: watch::Receiver<bool>,
    /// How long it may be held; as long as the sign-in holds, where there is one.
    at_most: Duration,
}

impl Seats {
    pub fn take(&self, viewer: &Viewer) -> Seat {
        let (sender, dismissed) = watch::channel(false);
        let number = self.with(|taken| {
            taken.last += 1;
            taken.by_number.insert(taken.last, (viewer.clone(), sender));
            taken.last
        });
        let by_token = viewer.member().is_some() && viewer.session().is_none();
        let at_most = if by_token { BY_TOKEN } else { Duration::MAX };
        Seat { seats: Self(Arc::clone(&self.0)), number, dismissed, at_most }
    }

    pub fn is_empty(&self) -> bool {
        self.with(|taken| taken.by_number.is_empty())
    }

    /// Those who are signed in: everybody else may always go on.
    pub fn viewers(&self) -> Vec<(u64, Viewer)> {
        self.with(|taken| {
            let signed_in = taken.by_number.iter().filter(|(_, (viewer, _))| viewer.member().is_some());
            signed_in.map(|(number, (viewer, _))| (*number, viewer.clone())).collect()
        })
    }

    pub fn dismiss(&self, numbers: impl Iterator<Item = u64>) {
        self.with(|taken| {
            for (_, sender) in numbers.filter_map(|number| taken.by_number.get(&number)) {
                sender.send_replace(true);
            }
        });
    }

    fn with<T>(&self, work: impl FnOnce(&mut Taken) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Seat {
    /// Whether whoever sits here may not listen on.
    #[must_use]
    pub fn is_dismissed(&self) -> bool {
        *self.dismissed.borrow()
    }

    /// Done when whoever sits here has to leave, with why. The seat is held until then.
    pub async fn dismissed(mut self) -> Dismissal {
        // Nobody but this seat takes its sender away.
        match timeout(self.at_most, self.dismissed.wait_for(|told| *told)).await {
            Ok(_) => Dismissal::Ended,
            Err(_) => Dismissal::Over,
        }
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.seats.with(|taken| taken.by_number.remove(&self.number));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_seat_is_free_when_it_is_left() {
        let seats = Seats::default();
        let seat = seats.take(&Viewer::public());
        assert!(!seats.is_empty() && seats.viewers().is_empty() && !seat.is_dismissed());
        seats.dismiss([1].into_iter());
        assert!(seat.is_dismissed());
        assert_eq!(seat.dismissed().await, Dismissal::Ended);
        assert!(seats.is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn who_came_with_a_providers_token_is_sent_for_the_next_after_an_hour() {
        let seats = Seats::default();
        let mut seat = seats.take(&Viewer::public());
        seat.at_most = BY_TOKEN;
        let began = tokio::time::Instant::now();
        assert_eq!(seat.dismissed().await, Dismissal::Over);
        assert_eq!(began.elapsed().as_secs(), 3_600);
    }
}
