//! Both sides of every limit, and the sums by hand.

use super::*;
use proptest::prelude::*;

fn decimal(text: &str) -> Decimal {
    text.parse().expect("a decimal of the test")
}

fn pay(amount: &str, period: PayPeriod, hours: &str) -> Result<Pay, Vec<PayError>> {
    Pay::parse(decimal(amount), "NZD", period, decimal(hours))
}

#[test]
fn a_year_of_each_period_is_exact() {
    for (amount, period, hours, annual) in [
        ("57.69", PayPeriod::Hour, "40", "119995.20"),
        ("57.70", PayPeriod::Hour, "40", "120016"),
        ("30.01", PayPeriod::Hour, "37.25", "58129.3700"),
        ("0.01", PayPeriod::Hour, "0.01", "0.0052"),
        ("2307.69", PayPeriod::Week, "40", "119999.88"),
        ("4615.39", PayPeriod::Fortnight, "40", "120000.14"),
        ("9999.99", PayPeriod::Month, "40", "119999.88"),
        ("120000", PayPeriod::Year, "12", "120000"),
    ] {
        let pay = pay(amount, period, hours).expect("a sound pay");
        assert_eq!(pay.annual(), decimal(annual), "{amount} {period:?} {hours}");
    }
}

#[test]
fn each_limit_has_two_sides() {
    for (amount, hours, wrong) in [
        ("0.01", "40", None),
        ("0", "40", Some(PayError::AmountNotPositive)),
        ("-1", "40", Some(PayError::AmountNotPositive)),
        ("120000.10", "40", None),
        ("120000.1000", "40", None),
        ("120000.001", "40", Some(PayError::AmountTooFine)),
        ("10000000", "40", None),
        ("10000000.01", "40", Some(PayError::AmountTooLarge)),
        ("79228162514264337593543950335", "40", Some(PayError::AmountTooLarge)),
        ("1", "0.01", None),
        ("1", "0", Some(PayError::HoursNotPositive)),
        ("1", "37.255", Some(PayError::HoursTooFine)),
        ("1", "168", None),
        ("1", "168.01", Some(PayError::HoursTooMany)),
    ] {
        let found = pay(amount, PayPeriod::Year, hours).err();
        assert_eq!(found, wrong.map(|one| vec![one]), "{amount} at {hours} hours");
    }
}

#[test]
fn a_currency_is_three_capital_letters() {
    for good in ["NZD", "AUD", "XXX"] {
        assert_eq!(Currency::parse(good).map(|currency| currency.to_string()), Ok(good.to_owned()));
    }
    for bad in ["", "nzd", "NZ", "NZDX", "NZ$", "ŌŌŌ"] {
        assert_eq!(Currency::parse(bad), Err(PayError::CurrencyForm), "{bad}");
    }
}

#[test]
fn every_fault_is_told_at_once_with_its_field() {
    let faults =
        Pay::parse(Decimal::ZERO, "dollars", PayPeriod::Year, Decimal::ZERO).expect_err("nothing is right");
    let fields: Vec<_> = faults.into_iter().map(PayError::field).collect();
    assert_eq!(fields, ["amount", "currency", "hoursPerWeek"]);
}

#[test]
fn money_reads_as_people_write_it() {
    for (amount, shown) in [
        ("120000.00", "$120,000"),
        ("119999.99", "$119,999.99"),
        ("119995.2", "$119,995.20"),
        ("28", "$28"),
        ("999.5", "$999.50"),
        ("1234567", "$1,234,567"),
        ("119999.9976", "$119,999.9976"),
    ] {
        assert_eq!(dollars(decimal(amount)), shown);
    }
}

proptest! {
    #[test]
    fn what_is_stored_is_read_back(cents in 1_i64..=MOST_CENTS, hundredths in 1_i32..=16_800, at in 0_usize..5) {
        let period = PayPeriod::all()[at];
        let pay = Pay::from_stored(cents, "NZD", period, hundredths).expect("within the limits");
        prop_assert_eq!((pay.amount_cents(), pay.hours_hundredths(), pay.period()), (cents, hundredths, period));
        prop_assert_eq!(Pay::parse(pay.amount(), "NZD", period, pay.hours_per_week()), Ok(pay));
    }
}

#[test]
fn a_period_is_one_of_five_words() {
    for period in PayPeriod::all() {
        assert_eq!(parse_period(&period.word()), Ok(period));
    }
    for typed in ["", "year", "DAY", "ANNUAL"] {
        assert_eq!(parse_period(typed), Err(PayError::PeriodUnknown), "{typed}");
    }
    assert_eq!(PayError::PeriodUnknown.field(), "period");
}
