//! The scalars of the public schema: one newtype each, parsed where they come in.
//!
//! A value of the wrong form is a request error with a sentence; whether a well-formed value makes sense is for
//! the slice that takes it. Sentences never repeat what was typed.

use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, Value};
use chrono::{NaiveDate, SecondsFormat, Utc};
use url::Url as WebUrl;

use crate::values::dates::{parse_date, parse_instant};
use crate::values::decimal::parse_decimal;
use crate::values::nzbn::Nzbn as ParsedNzbn;
use crate::values::sha256::Sha256 as ParsedSha256;
use crate::values::web_address::WebAddress;

fn text<T: async_graphql::InputType>(value: Value) -> Result<String, InputValueError<T>> {
    match value {
        Value::String(text) => Ok(text),
        _ => Err(InputValueError::custom("Send it as a string.")),
    }
}

/// An instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DateTime(pub chrono::DateTime<Utc>);

/// RFC 3339 instant, always in UTC, e.g. 2022-02-14T00:00:00Z. An offset is taken and turned into UTC.
#[Scalar(name = "DateTime", specified_by_url = "https://www.rfc-editor.org/rfc/rfc3339")]
impl ScalarType for DateTime {
    fn parse(value: Value) -> InputValueResult<Self> {
        parse_instant(&text(value)?).map(Self).map_err(InputValueError::custom)
    }

    fn to_value(&self) -> Value {
        // Only as many digits of a second as there are.
        Value::String(self.0.to_rfc3339_opts(SecondsFormat::AutoSi, true))
    }
}

impl From<chrono::DateTime<Utc>> for DateTime {
    fn from(instant: chrono::DateTime<Utc>) -> Self {
        Self(instant)
    }
}

/// A calendar day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Date(pub NaiveDate);

/// Calendar date, YYYY-MM-DD. Where it is a deadline or "today", it is New Zealand's.
#[Scalar(name = "Date", specified_by_url = "https://www.rfc-editor.org/rfc/rfc3339")]
impl ScalarType for Date {
    fn parse(value: Value) -> InputValueResult<Self> {
        parse_date(&text(value)?).map(Self).map_err(InputValueError::custom)
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

impl From<NaiveDate> for Date {
    fn from(day: NaiveDate) -> Self {
        Self(day)
    }
}

/// An exact decimal number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Decimal(pub rust_decimal::Decimal);

/// Decimal number as a string, e.g. "120000.00"; money is in NZD unless a currency stands beside it.
#[Scalar(name = "Decimal", specified_by_url = "https://www.w3.org/TR/xmlschema-2/#decimal")]
impl ScalarType for Decimal {
    fn parse(value: Value) -> InputValueResult<Self> {
        parse_decimal(&text(value)?).map(Self).map_err(InputValueError::custom)
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

impl From<rust_decimal::Decimal> for Decimal {
    fn from(number: rust_decimal::Decimal) -> Self {
        Self(number)
    }
}

/// A New Zealand Business Number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Nzbn(pub ParsedNzbn);

/// New Zealand Business Number: 13 digits that start with 9429, with a GS1 check digit.
#[Scalar(name = "NZBN", specified_by_url = "https://www.nzbn.govt.nz")]
impl ScalarType for Nzbn {
    fn parse(value: Value) -> InputValueResult<Self> {
        ParsedNzbn::parse(&text(value)?).map(Self).map_err(InputValueError::custom)
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

impl From<ParsedNzbn> for Nzbn {
    fn from(number: ParsedNzbn) -> Self {
        Self(number)
    }
}

/// A SHA-256 hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Sha256(pub ParsedSha256);

/// Lower-case hexadecimal SHA-256: 64 digits.
#[Scalar(name = "Sha256", specified_by_url = "https://csrc.nist.gov/pubs/fips/180-4/upd1/final")]
impl ScalarType for Sha256 {
    fn parse(value: Value) -> InputValueResult<Self> {
        ParsedSha256::parse(&text(value)?).map(Self).map_err(InputValueError::custom)
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

impl From<ParsedSha256> for Sha256 {
    fn from(hash: ParsedSha256) -> Self {
        Self(hash)
    }
}

/// The address of a web page or of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Url(WebUrl);

/// Absolute http(s) URL without a user name or a password in it.
#[Scalar(name = "Url", specified_by_url = "https://url.spec.whatwg.org")]
impl ScalarType for Url {
    fn parse(value: Value) -> InputValueResult<Self> {
        let address = WebAddress::parse(&text(value)?).map_err(InputValueError::custom)?;
        WebUrl::parse(address.as_str()).map(Self).map_err(InputValueError::custom)
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

impl Url {
    /// The address, in ASCII.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl From<WebUrl> for Url {
    fn from(address: WebUrl) -> Self {
        Self(address)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read<T: ScalarType>(typed: &str) -> Option<Value> {
        T::parse(Value::String(typed.to_owned())).ok().map(|read| read.to_value())
    }

    #[test]
    fn values_are_written_in_one_form() {
        for (written, expected) in [
            (read::<DateTime>("2022-02-14T00:00:00Z"), Some("2022-02-14T00:00:00Z")),
            (read::<DateTime>("2022-02-14T13:00:00.250000+13:00"), Some("2022-02-14T00:00:00.250Z")),
            (read::<DateTime>("2022-02-14T00:00:00.000001Z"), Some("2022-02-14T00:00:00.000001Z")),
            (read::<DateTime>("2022-02-14T00:00:00"), None),
            (read::<DateTime>("2022-02-14"), None),
            (read::<Date>("2022-02-14"), Some("2022-02-14")),
            (read::<Date>("2022-02-30"), None),
            (read::<Date>("14/02/2022"), None),
            (read::<Decimal>("120000.00"), Some("120000.00")),
            (read::<Decimal>("1e5"), None),
            (read::<Nzbn>("9429 0495 41410"), Some("9429049541410")),
            (read::<Nzbn>("9429049541411"), None),
            (read::<Sha256>(&"0f".repeat(32)), Some(&*"0f".repeat(32))),
            (read::<Sha256>(&"0F".repeat(32)), None),
            (read::<Url>("https://example.nz/a"), Some("https://example.nz/a")),
            (read::<Url>("javascript:alert(1)"), None),
        ] {
            assert_eq!(written, expected.map(|text| Value::String(text.to_owned())));
        }
    }

    #[test]
    fn a_number_is_no_decimal() {
        assert!(<Decimal as ScalarType>::parse(Value::from(5)).is_err());
    }
}
