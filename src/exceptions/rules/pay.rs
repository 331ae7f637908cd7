//! Pay against the threshold of the role: at least as much, to the last part of a cent.
//!
//! A full week is 40 hours here, and 30 hours still count as full-time with Immigration New Zealand. Between the two,
//! pay that would suffice at 40 hours is for a person; so is pay that suffices only through more than 40.

use super::role::Found;
use super::{EligibilityOutcome, EligibilityReason, Verdict};
use crate::exceptions::definition::{Role, Terms};
use crate::values::pay::{Currency, Pay, Threshold, dollars, per};
use entity::PayPeriod;
use rust_decimal::Decimal;

/// Hours of a full week.
const FULL_WEEK: Decimal = Decimal::from_parts(40, 0, 0, false, 0);
/// Fewest hours that count as full-time.
const LEAST_FULL_TIME: Decimal = Decimal::from_parts(30, 0, 0, false, 0);

/// How pay compares with one threshold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Standing {
    Enough,
    OnlyByLongHours,
    ShortByPartTime,
    Short,
}

pub(super) fn verdict(terms: &Terms, pay: &Pay, found: &Found) -> Verdict {
    if pay.currency() != Currency::NZD {
        return Verdict::refer(
            &[EligibilityReason::CurrencyNotNzd],
            format!(
                "The pay is in {}. Thresholds are in New Zealand dollars and nothing is converted, so a person will \
                 look; the employment agreement should state New Zealand dollars.",
                pay.currency()
            ),
        );
    }
    match found.role.as_deref().and_then(|code| terms.role(code)) {
        Some(role) => against(pay, role, compare(pay, role.threshold())),
        None => against_any(terms, pay, found),
    }
}

/// Exact: where the full week matters, both sides are multiplied by the hours instead of divided.
fn compare(pay: &Pay, threshold: Threshold) -> Standing {
    let hours = pay.hours_per_week();
    let enough = pay.annual() >= threshold.annual_at(hours);
    let enough_in_a_full_week = pay.annual() * FULL_WEEK >= threshold.annual_at(FULL_WEEK) * hours;
    match (enough, enough_in_a_full_week) {
        (true, false) if hours > FULL_WEEK => Standing::OnlyByLongHours,
        (true, _) => Standing::Enough,
        (false, true) if hours >= LEAST_FULL_TIME => Standing::ShortByPartTime,
        (false, _) => Standing::Short,
    }
}

fn against(pay: &Pay, role: &Role, standing: Standing) -> Verdict {
    let told = told(pay);
    let threshold = format!("{} for {}", role.threshold(), role.title);
    match standing {
        Standing::Enough => Verdict::met(format!("The pay is {told}, which meets {threshold}.")),
        Standing::OnlyByLongHours => Verdict::refer(
            &[EligibilityReason::HourlyRateLow],
            format!(
                "The pay is {told}. It meets {threshold} only through more than 40 hours a week, so a person will look. \
                 Check the guaranteed hours."
            ),
        ),
        Standing::ShortByPartTime => Verdict::refer(
            &[EligibilityReason::PartTimeBelowThreshold],
            format!(
                "The pay is {told}. It is below {threshold}, though the same rate would meet it at 40 hours a week, so \
                 a person will look."
            ),
        ),
        Standing::Short => Verdict::fails(
            EligibilityReason::PayBelowThreshold,
            format!(
                "The pay is {told}, which is below {threshold}. Only guaranteed pay counts, without bonuses and \
                 allowances; check the amount, the period and the hours."
            ),
        ),
    }
}

/// The role is open: pay that is short for every role fails anyway, and the rest waits for the role.
fn against_any(terms: &Terms, pay: &Pay, found: &Found) -> Verdict {
    let best = terms.roles.iter().map(|role| (compare(pay, role.threshold()), role));
    let best = best.min_by(|a, b| {
        let cost = |role: &Role| role.threshold().annual_at(pay.hours_per_week());
        a.0.cmp(&b.0).then_with(|| cost(a.1).cmp(&cost(b.1)))
    });
    if let Some((standing, role)) = best
        && standing != Standing::Enough
    {
        let mut verdict = against(pay, role, standing);
        verdict.message.push_str(" That is the lowest threshold; the role is not settled.");
        if verdict.outcome == EligibilityOutcome::Refer {
            verdict.reasons.extend(found.open);
        }
        return verdict;
    }
    let message = format!(
        "The pay is {}. Which threshold applies depends on the role, which is not settled.",
        told(pay)
    );
    Verdict::refer(found.open.as_slice(), message)
}

/// The pay as it was given, and what it makes in a year where that is another figure.
fn told(pay: &Pay) -> String {
    let given = format!("{} {}", dollars(pay.amount()), per(pay.period()));
    let hours = pay.hours_per_week().normalize();
    let year = dollars(pay.annual());
    match pay.period() {
        PayPeriod::Year => given,
        PayPeriod::Hour => format!("{given} for {hours} hours a week, {year} a year"),
        PayPeriod::Week | PayPeriod::Fortnight | PayPeriod::Month => format!("{given}, {year} a year"),
    }
}
