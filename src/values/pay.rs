//! Guaranteed pay: an amount, its currency, the period it is for and the weekly hours.
//!
//! Everything is exact: sums are kept in cents and hundredths of hours, comparisons multiply across instead of
//! dividing, nothing is rounded and no currency is ever converted into another.

use entity::PayPeriod;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Weeks in a year, as Immigration New Zealand counts hourly pay.
const WEEKS: i64 = 52;
/// NZ$10 million, in cents: whatever is above is a slip of the keyboard, whichever period it is for.
const MOST_CENTS: i64 = 1_000_000_000;
/// A week's hours, in hundredths.
const MOST_HUNDREDTHS: i64 = 168 * 100;

/// A currency's three capital letters (ISO 4217). Whether such a currency exists is not asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Currency([u8; 3]);

impl Currency {
    /// New Zealand dollars.
    pub const NZD: Self = Self(*b"NZD");

    /// Reads three capital letters.
    ///
    /// # Errors
    /// [`PayError::CurrencyForm`] for anything else, lower case included.
    pub fn parse(text: &str) -> Result<Self, PayError> {
        match text.as_bytes() {
            &[a, b, c] if [a, b, c].iter().all(u8::is_ascii_uppercase) => Ok(Self([a, b, c])),
            _ => Err(PayError::CurrencyForm),
        }
    }

    /// The three letters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // Capital letters are always UTF-8; no other bytes get in.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl TryFrom<String> for Currency {
    type Error = PayError;

    fn try_from(text: String) -> Result<Self, PayError> {
        Self::parse(&text)
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> Self {
        currency.as_str().to_owned()
    }
}

/// What is wrong with a remuneration as it was sent, in words that say how to mend it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PayError {
    /// Zero or less.
    #[error("The amount must be more than zero. Give the guaranteed pay for one period, before tax.")]
    AmountNotPositive,
    /// Parts of a cent.
    #[error("The amount has more than two decimals. Give it in dollars and cents.")]
    AmountTooFine,
    /// Beyond anything that is paid.
    #[error("The amount is more than 10,000,000. Check the amount and the period it is for.")]
    AmountTooLarge,
    /// Not three capital letters.
    #[error("The currency must be three capital letters, for example NZD.")]
    CurrencyForm,
    /// None of the periods.
    #[error("The period is one of the words HOUR, WEEK, FORTNIGHT, MONTH and YEAR.")]
    PeriodUnknown,
    /// Zero or less.
    #[error("The weekly hours must be more than zero. Give the hours that the agreement guarantees.")]
    HoursNotPositive,
    /// Parts of a hundredth.
    #[error("The weekly hours have more than two decimals. Give them to the hundredth, for example 37.5.")]
    HoursTooFine,
    /// More than a week has.
    #[error("The weekly hours are more than 168, which is a whole week. Give the hours of one week.")]
    HoursTooMany,
}

impl PayError {
    /// The field of the remuneration input that is to be mended.
    #[must_use]
    pub const fn field(self) -> &'static str {
        match self {
            Self::AmountNotPositive | Self::AmountTooFine | Self::AmountTooLarge => "amount",
            Self::CurrencyForm => "currency",
            Self::PeriodUnknown => "period",
            Self::HoursNotPositive | Self::HoursTooFine | Self::HoursTooMany => "hoursPerWeek",
        }
    }
}

/// Reads a period by its word in the public schema.
///
/// # Errors
/// [`PayError::PeriodUnknown`] for anything else, lower case included.
pub fn parse_period(text: &str) -> Result<PayPeriod, PayError> {
    PayPeriod::all().into_iter().find(|period| period.word() == text.trim()).ok_or(PayError::PeriodUnknown)
}

/// Guaranteed pay that is well-formed: positive, to the cent and the hundredth of an hour, and within reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pay {
    cents: i64,
    currency: Currency,
    period: PayPeriod,
    hundredths: i32,
}

impl Pay {
    /// Reads a remuneration as a caller gives it: an amount of `currency` for one `period`, and hours a week.
    ///
    /// # Errors
    /// Everything that is wrong with it, one error a field at most.
    pub fn parse(
        amount: Decimal,
        currency: &str,
        period: PayPeriod,
        hours_per_week: Decimal,
    ) -> Result<Self, Vec<PayError>> {
        let cents = parse_amount(amount);
        let currency = Currency::parse(currency);
        let hundredths = parse_hours(hours_per_week);
        match (cents, currency, hundredths) {
            (Ok(cents), Ok(currency), Ok(hundredths)) => Ok(Self { cents, currency, period, hundredths }),
            (cents, currency, hundredths) => {
                Err([cents.err(), currency.err(), hundredths.err()].into_iter().flatten().collect())
            }
        }
    }

    /// Reads what a database holds: cents and hundredths of hours.
    ///
    /// # Errors
    /// As [`Pay::parse`]; a row that was written through this type has none.
    pub fn from_stored(
        cents: i64,
        currency: &str,
        period: PayPeriod,
        hundredths: i32,
    ) -> Result<Self, Vec<PayError>> {
        Self::parse(Decimal::new(cents, 2), currency, period, Decimal::new(hundredths.into(), 2))
    }

    /// The amount for one period, in cents of its currency.
    #[must_use]
    pub const fn amount_cents(&self) -> i64 {
        self.cents
    }

    /// The weekly hours, in hundredths.
    #[must_use]
    pub const fn hours_hundredths(&self) -> i32 {
        self.hundredths
    }

    /// The amount for one period, with two decimals.
    #[must_use]
    pub fn amount(&self) -> Decimal {
        Decimal::new(self.cents, 2)
    }

    /// The currency of the amount.
    #[must_use]
    pub const fn currency(&self) -> Currency {
        self.currency
    }

    /// What the amount is for.
    #[must_use]
    pub const fn period(&self) -> PayPeriod {
        self.period
    }

    /// The hours a week.
    #[must_use]
    pub fn hours_per_week(&self) -> Decimal {
        Decimal::new(self.hundredths.into(), 2)
    }

    /// Pay for a year in the pay's own currency, exact: up to four decimals where it is hourly.
    #[must_use]
    pub fn annual(&self) -> Decimal {
        annual_of(self.amount(), self.period, self.hours_per_week())
    }
}

/// A least amount of pay for a period, in New Zealand dollars.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Threshold {
    /// The least that is enough; the amount itself is enough.
    pub amount: Decimal,
    /// What the amount is for.
    pub period: PayPeriod,
}

impl Threshold {
    /// What it comes to in a year at these weekly hours. Only an hourly threshold depends on the hours.
    #[must_use]
    pub fn annual_at(&self, hours_per_week: Decimal) -> Decimal {
        annual_of(self.amount, self.period, hours_per_week)
    }
}

impl fmt::Display for Threshold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", dollars(self.amount), per(self.period))
    }
}

fn annual_of(amount: Decimal, period: PayPeriod, hours_per_week: Decimal) -> Decimal {
    let periods = match period {
        PayPeriod::Hour => hours_per_week * Decimal::from(WEEKS),
        PayPeriod::Week => Decimal::from(WEEKS),
        PayPeriod::Fortnight => Decimal::from(26),
        PayPeriod::Month => Decimal::from(12),
        PayPeriod::Year => Decimal::ONE,
    };
    amount * periods
}

fn parse_amount(amount: Decimal) -> Result<i64, PayError> {
    if amount <= Decimal::ZERO {
        return Err(PayError::AmountNotPositive);
    }
    if amount > Decimal::new(MOST_CENTS, 2) {
        return Err(PayError::AmountTooLarge);
    }
    hundredths_of(amount).ok_or(PayError::AmountTooFine)
}

fn parse_hours(hours: Decimal) -> Result<i32, PayError> {
    if hours <= Decimal::ZERO {
        return Err(PayError::HoursNotPositive);
    }
    if hours > Decimal::new(MOST_HUNDREDTHS, 2) {
        return Err(PayError::HoursTooMany);
    }
    hundredths_of(hours).and_then(|whole| i32::try_from(whole).ok()).ok_or(PayError::HoursTooFine)
}

/// The number times one hundred, where that is whole. The callers have bounded the number.
fn hundredths_of(number: Decimal) -> Option<i64> {
    let mut exact = number.normalize();
    if exact.scale() > 2 {
        return None;
    }
    exact.rescale(2);
    i64::try_from(exact.mantissa()).ok()
}

/// New Zealand dollars as people there write them: `$120,000`, and cents only where there are some.
///
/// Parts of a cent are shown rather than rounded: a sum a hair below a threshold must not look like the threshold.
#[must_use]
pub fn dollars(amount: Decimal) -> String {
    let plain = amount.normalize();
    let text = if plain.scale() == 1 { format!("{plain:.2}") } else { plain.to_string() };
    let (whole, cents) =
        text.split_once('.').map_or((text.as_str(), None), |(whole, cents)| (whole, Some(cents)));
    let mut grouped = String::new();
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    cents.map_or_else(|| format!("${grouped}"), |cents| format!("${grouped}.{cents}"))
}

/// "a year", "an hour": the period as it is said after an amount.
#[must_use]
pub const fn per(period: PayPeriod) -> &'static str {
    match period {
        PayPeriod::Hour => "an hour",
        PayPeriod::Week => "a week",
        PayPeriod::Fortnight => "a fortnight",
        PayPeriod::Month => "a month",
        PayPeriod::Year => "a year",
    }
}

#[cfg(test)]
mod tests;
