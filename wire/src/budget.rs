//! What callers may spend: cost points, so many in a window of time.
//!
//! A request pays for being read before it is, for being looked at before it is validated, and what validation finds that it costs
//! before anything of it is executed: each time what is missing to that. Each process keeps its own books.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use async_graphql::ServerError;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

use crate::refusal::{RATE_LIMITED, coded};

mod purse;
mod till;

pub use purse::Purse;
pub use till::{Pace, Till};

/// How long a window is.
pub const WINDOW: Duration = Duration::from_mins(1);
/// Windows that are kept at once; whoever comes on top of so many shares one.
const WINDOWS_MAX: usize = 50_000;
/// Whose window that is.
const SHARED: &str = "";
/// How long it takes at least, where there are so many, until it is looked again whose windows are over.
const PAUSE: Duration = Duration::from_secs(1);

/// The books of one kind of callers.
#[derive(Debug)]
pub struct Budget {
    name: &'static str,
    limit: usize,
    windows: Mutex<Windows>,
}

#[derive(Debug, Default)]
struct Windows {
    by_caller: HashMap<String, Window>,
    /// When those that were over were last thrown away.
    swept: Option<Instant>,
}

#[derive(Clone, Copy, Debug)]
struct Window {
    began: Instant,
    spent: usize,
}

/// Where a caller stands after paying, or after being refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Points that this request costs.
    pub cost: usize,
    /// Points in a window.
    pub limit: usize,
    /// Points that are left.
    pub remaining: usize,
    /// When all of them are back.
    pub reset: Duration,
    /// Whose budget it is.
    pub name: &'static str,
    /// Whether the request was paid for.
    pub is_paid: bool,
}

impl Budget {
    /// Books under a name, with `limit` points a window.
    #[must_use]
    pub fn new(name: &'static str, limit: usize) -> Self {
        Self { name, limit, windows: Mutex::default() }
    }

    /// Pays `cost` for `who`, if there is so much.
    pub fn pay(&self, who: &str, cost: usize, now: Instant) -> Standing {
        let mut windows = self.windows.lock().unwrap_or_else(PoisonError::into_inner);
        let window = windows.of(who, now);
        if now.duration_since(window.began) >= WINDOW {
            *window = Window { began: now, spent: 0 };
        }
        let is_paid = window.spent.saturating_add(cost) <= self.limit;
        if is_paid {
            window.spent += cost;
        }
        let remaining = self.limit - window.spent;
        let reset = WINDOW.saturating_sub(now.duration_since(window.began));
        Standing { cost, limit: self.limit, remaining, reset, name: self.name, is_paid }
    }

    /// Gives back what was paid for a request that then was not executed.
    fn give_back(&self, who: &str, cost: usize, now: Instant) {
        let mut windows = self.windows.lock().unwrap_or_else(PoisonError::into_inner);
        let window = windows.of(who, now);
        window.spent = window.spent.saturating_sub(cost);
    }
}

impl Windows {
    /// The window that a caller pays from: its own, or the one that those share who come on top of so many.
    fn of(&mut self, who: &str, now: Instant) -> &mut Window {
        let mut has_room = self.by_caller.len() < WINDOWS_MAX || self.by_caller.contains_key(who);
        // Nothing is found to be over that was looked at a moment ago, and looking takes its time.
        if !has_room && self.swept.is_none_or(|swept| now.duration_since(swept) >= PAUSE) {
            self.by_caller.retain(|_, window| now.duration_since(window.began) < WINDOW);
            self.swept = Some(now);
            has_room = self.by_caller.len() < WINDOWS_MAX;
        }
        let who = if has_room { who } else { SHARED };
        self.by_caller.entry(who.to_owned()).or_insert(Window { began: now, spent: 0 })
    }
}

impl Standing {
    /// Whole seconds until all points are back, rounded up: who waits as long as that is not refused again.
    fn seconds(&self) -> u64 {
        u64::try_from(self.reset.as_nanos().div_ceil(Duration::from_secs(1).as_nanos()))
            .unwrap_or(u64::MAX)
            .max(1)
    }

    /// Says it in the head of an answer, as draft-ietf-httpapi-ratelimit-headers has it.
    pub fn tell(&self, headers: &mut HeaderMap) {
        let seconds = self.seconds();
        let policy = format!("\"{}\";q={};w={}", self.name, self.limit, WINDOW.as_secs());
        let left = format!("\"{}\";r={};t={seconds}", self.name, self.remaining);
        for (name, value) in [("ratelimit-policy", policy), ("ratelimit", left)] {
            if let Ok(value) = HeaderValue::try_from(value) {
                headers.insert(HeaderName::from_static(name), value);
            }
        }
        if !self.is_paid {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
    }

    fn refusal(&self) -> ServerError {
        let message = format!(
            "This costs {} points, and {} of {} are left for the next {} seconds. Ask for less, or wait.",
            self.cost,
            self.remaining,
            self.limit,
            self.seconds()
        );
        coded(RATE_LIMITED, message)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::purse::BYTES_OF_A_POINT;
    use super::*;
    use crate::shares::Shares;

    #[test]
    fn a_window_is_spent_and_comes_back() {
        let budget = Budget::new("client", 10);
        let now = Instant::now();
        assert_eq!(budget.pay("a", 7, now).remaining, 3);
        let refused = budget.pay("a", 4, now + Duration::from_secs(20));
        assert_eq!((refused.is_paid, refused.remaining, refused.reset), (false, 3, Duration::from_secs(40)));
        assert!(budget.pay("a", 3, now).is_paid);
        assert!(budget.pay("b", 10, now).is_paid, "another's budget");
        assert!(budget.pay("a", 10, now + WINDOW).is_paid);
    }

    #[test]
    fn who_comes_on_top_of_too_many_shares_a_window() {
        let budget = Budget::new("client", 1);
        let now = Instant::now();
        for number in 0..WINDOWS_MAX {
            assert!(budget.pay(&number.to_string(), 1, now).is_paid);
        }
        assert!(budget.pay("x", 1, now).is_paid);
        assert!(!budget.pay("y", 1, now).is_paid);
        budget.give_back("x", 1, now);
        assert!(budget.pay("y", 1, now).is_paid, "what one of them is given back is there for the others");
        assert!(budget.pay("z", 1, now + WINDOW).is_paid);
        assert_eq!(budget.windows.lock().expect("books").by_caller.len(), 1);
    }

    #[test]
    fn all_pay_or_nobody_does() {
        let (client, tenant) = (Arc::new(Budget::new("client", 10)), Arc::new(Budget::new("tenant", 15)));
        let purse = |who: &str| {
            Purse::new(vec![(Arc::clone(&client), who.into()), (Arc::clone(&tenant), "t".into())], 12)
        };
        let paid = purse("a");
        assert!(paid.pay_up_to(2).is_ok() && paid.pay_rest(10).is_ok());
        let standing = paid.standing().expect("a standing");
        assert_eq!((standing.name, standing.cost, standing.remaining), ("client", 10, 0));
        let poor = purse("b");
        assert!(poor.pay_up_to(2).is_ok() && poor.pay_rest(10).is_err());
        let refused = poor.standing().expect("a standing");
        assert_eq!(
            (refused.name, refused.is_paid, refused.cost, refused.remaining),
            ("tenant", false, 10, 3)
        );
        assert_eq!(client.pay("b", 0, Instant::now()).remaining, 8, "given back, but for the look");
        let mut headers = HeaderMap::new();
        refused.tell(&mut headers);
        assert_eq!(headers["ratelimit-policy"], "\"tenant\";q=15;w=60");
        assert_eq!(headers["retry-after"], "60");
    }

    #[test]
    fn what_a_request_may_cost_is_told_with_what_it_costs() {
        let budget = Arc::new(Budget::new("client", 100));
        let purse = Purse::new(vec![(Arc::clone(&budget), "a".into())], 12);
        purse.pay_up_to(5).expect("paid");
        let refused = purse.pay_rest(13).expect_err("too much").message;
        assert!(refused.contains("13 points") && refused.contains("cost 12"), "{refused}");
        assert_eq!(budget.pay("a", 0, Instant::now()).remaining, 95, "to look costs, whatever comes of it");
        purse.pay_rest(3).expect("paid");
        assert_eq!(budget.pay("a", 0, Instant::now()).remaining, 95);
    }

    #[test]
    fn reading_costs_by_the_byte_and_counts_towards_the_rest() {
        let budget = Arc::new(Budget::new("client", 100));
        let purse = Purse::new(vec![(Arc::clone(&budget), "a".into())], 1_000);
        let left = || budget.pay("a", 0, Instant::now()).remaining;
        for (bytes, remaining) in [(0, 99), (BYTES_OF_A_POINT - 1, 99), (4 * BYTES_OF_A_POINT, 95)] {
            purse.pay_reading(bytes).expect("paid");
            assert_eq!(left(), remaining, "{bytes}");
        }
        purse.pay_up_to(3).expect("paid");
        assert_eq!(left(), 95);
        purse.pay_rest(20).expect("paid");
        assert_eq!((left(), purse.standing().map(|standing| standing.cost)), (80, Some(20)));
        assert!(purse.pay_reading(BYTES_OF_A_POINT * 100).is_err());
    }

    #[test]
    fn what_is_told_as_not_valid_costs_no_more_than_that() {
        let budget = Arc::new(Budget::new("client", 100));
        for (bytes, look, cost) in [(0, 3, 40), (5 * BYTES_OF_A_POINT, 3, 40), (0, 3, 2)] {
            let purse = Purse::new(vec![(Arc::clone(&budget), "a".into())], 1_000);
            purse.pay_reading(bytes).expect("paid");
            purse.pay_up_to(look).expect("paid");
            let before = purse.standing();
            purse.pay_rest(cost).expect("paid");
            purse.give_back_rest();
            let figures = |standing: Option<Standing>| standing.map(|told| (told.cost, told.remaining));
            assert_eq!(figures(purse.standing()), figures(before));
            purse.give_back_rest();
            let left = budget.pay("a", 0, Instant::now()).remaining;
            assert_eq!(Some(left), before.map(|before| before.remaining));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn events_are_paid_or_waited_for_and_come_in_turn() {
        let budget = Arc::new(Budget::new("events", 100));
        let turns = Arc::new(Shares::new(2, 1));
        let pace = Pace { budget: Arc::clone(&budget), who: "a".into(), turns, tenant: "t".into() };
        let soon = Duration::from_secs(50);
        let first = pace.turn(30).await.expect("a turn");
        assert!(tokio::time::timeout(soon, pace.turn(30)).await.is_err(), "it waits for the turn");
        drop(first);
        assert_eq!(budget.pay("a", 0, Instant::now()).remaining, 40);
        assert!(pace.turn(40).await.is_some());
        assert!(tokio::time::timeout(soon, pace.turn(1)).await.is_err(), "it waits for the points");
        let dear = Pace { who: "b".into(), ..pace };
        assert!(dear.turn(1_000).await.is_some(), "what costs more than there is takes all there is");
    }

    #[test]
    fn who_waits_as_long_as_told_is_not_refused_again() {
        let budget = Budget::new("client", 10);
        let now = Instant::now();
        assert!(budget.pay("a", 10, now).is_paid);
        for late in [0, 1, 33_500, 59_001, 59_999] {
            let late = now + Duration::from_millis(late);
            let refused = budget.pay("a", 1, late);
            let mut headers = HeaderMap::new();
            refused.tell(&mut headers);
            let told = headers["retry-after"].to_str().expect("a number").parse().expect("a number");
            let window = Budget::new("client", 10);
            assert!(window.pay("a", 10, now).is_paid);
            assert!(window.pay("a", 1, late + Duration::from_secs(told)).is_paid, "told {told}");
        }
    }
}
