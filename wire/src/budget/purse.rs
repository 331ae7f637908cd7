//! What one request is paid from, step by step.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use async_graphql::ServerError;

use super::{Budget, Standing};
use crate::refusal::{GRAPHQL_VALIDATION_FAILED, coded};

/// Of so many bytes of a request a point is paid.
pub(super) const BYTES_OF_A_POINT: usize = 8 * 1024;

/// What a request is paid from: put among its data.
#[derive(Clone, Debug)]
pub struct Purse(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    budgets: Vec<(Arc<Budget>, String)>,
    /// Points that a request may cost.
    most: usize,
    spent: Mutex<Spent>,
}

/// What was paid for a request so far.
#[derive(Debug, Default)]
struct Spent {
    paid: usize,
    /// What of it was paid after validation.
    rest: usize,
    standing: Option<Standing>,
}

impl Purse {
    /// All of `budgets` have to pay; the first is the caller's own, whose standing is told. All of the request may cost `most`.
    #[must_use]
    pub fn new(budgets: Vec<(Arc<Budget>, String)>, most: usize) -> Self {
        Self(Arc::new(Inner { budgets, most, spent: Mutex::default() }))
    }

    /// Where the caller stands; none before anything was paid.
    #[must_use]
    pub fn standing(&self) -> Option<Standing> {
        self.spent().standing
    }

    /// Pays what reading so many bytes costs, whatever stands in them.
    ///
    /// # Errors
    /// `RATE_LIMITED` where that is not left.
    pub fn pay_reading(&self, bytes: usize) -> Result<(), ServerError> {
        self.pay_up_to(1 + bytes / BYTES_OF_A_POINT)
    }

    /// Pays what is left to pay of what validation found that the request costs.
    pub(super) fn pay_rest(&self, cost: usize) -> Result<(), ServerError> {
        if cost > self.0.most {
            let most = self.0.most;
            let message = format!(
                "This costs {cost} points, and a request may cost {most}: ask for fewer rows or fields."
            );
            return Err(coded(GRAPHQL_VALIDATION_FAILED, message));
        }
        let before = self.paid();
        let outcome = self.pay_up_to(cost);
        let mut spent = self.spent();
        spent.rest = spent.paid - before;
        outcome
    }

    /// Gives back what was paid after validation: what is told as not valid costs as much as what is not.
    pub fn give_back_rest(&self) {
        let mut spent = self.spent();
        let rest = std::mem::take(&mut spent.rest);
        let now = Instant::now();
        for (budget, who) in &self.0.budgets {
            budget.give_back(who, rest, now);
        }
        spent.paid -= rest;
        if let Some(standing) = &mut spent.standing {
            standing.cost -= rest;
            standing.remaining += rest;
        }
    }

    /// Pays as much as is missing to `whole`, and keeps where the caller then stands.
    ///
    /// # Errors
    /// `RATE_LIMITED` where that is not left.
    pub fn pay_up_to(&self, whole: usize) -> Result<(), ServerError> {
        let mut spent = self.spent();
        let whole = whole.max(spent.paid);
        let Some(standing) = self.pay(whole - spent.paid) else { return Ok(()) };
        let standing = Standing { cost: whole, ..standing };
        spent.standing = Some(standing);
        if standing.is_paid {
            spent.paid = whole;
            Ok(())
        } else {
            Err(standing.refusal())
        }
    }

    pub(super) fn paid(&self) -> usize {
        self.spent().paid
    }

    fn spent(&self) -> MutexGuard<'_, Spent> {
        self.0.spent.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// All pay, or nobody does.
    fn pay(&self, cost: usize) -> Option<Standing> {
        let now = Instant::now();
        let mut told = None;
        for (position, (budget, who)) in self.0.budgets.iter().enumerate() {
            let standing = budget.pay(who, cost, now);
            if !standing.is_paid {
                for (paid, who) in &self.0.budgets[..position] {
                    paid.give_back(who, cost, now);
                }
                told = Some(standing);
                break;
            }
            told = told.or(Some(standing));
        }
        told
    }
}
