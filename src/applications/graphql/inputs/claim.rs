//! Yes or no, as it stands in a row: a `Boolean` of the API, or a word of a file that may be none.

use std::borrow::Cow;

use async_graphql::registry::Registry;
use async_graphql::{InputType, InputValueResult, Value};
use serde::Deserialize;

use super::reader::Reader;
use crate::error::UserErrorCode;

/// Said true, said false, or not to be read. To clients of the API it is a `Boolean` like any other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(from = "String")]
pub struct Claim(Option<bool>);

impl Claim {
    /// What was said at `field`, which has to say it.
    pub(super) fn read(said: Option<Self>, reader: &mut Reader, field: &str) -> Option<bool> {
        let (code, read) = match said {
            None => (UserErrorCode::Required, None),
            Some(Self(read)) => (UserErrorCode::Invalid, read),
        };
        if read.is_none() {
            reader.refuse(code, field, "Say true or false.");
        }
        read
    }
}

impl From<String> for Claim {
    /// As spreadsheets write it, too: in capitals.
    fn from(cell: String) -> Self {
        match cell.trim().to_ascii_lowercase().as_str() {
            "true" => Self(Some(true)),
            "false" => Self(Some(false)),
            _ => Self(None),
        }
    }
}

impl InputType for Claim {
    type RawValueType = Self;

    fn type_name() -> Cow<'static, str> {
        <bool as InputType>::type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        <bool as InputType>::create_type_info(registry)
    }

    fn parse(value: Option<Value>) -> InputValueResult<Self> {
        match <bool as InputType>::parse(value) {
            Ok(said) => Ok(Self(Some(said))),
            Err(error) => Err(error.propagate()),
        }
    }

    fn to_value(&self) -> Value {
        self.0.map_or(Value::Null, Value::Boolean)
    }

    fn as_raw_value(&self) -> Option<&Self> {
        Some(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_of_a_file_says_yes_no_or_nothing_that_can_be_read() {
        for (cell, read) in
            [("true", Some(true)), (" TRUE ", Some(true)), ("False", Some(false)), ("yes", None), ("1", None)]
        {
            assert_eq!(Claim::from(cell.to_owned()), Claim(read), "{cell}");
        }
    }

    #[test]
    fn the_api_takes_a_boolean_and_nothing_else() {
        assert_eq!(<Claim as InputType>::parse(Some(Value::Boolean(true))).ok(), Some(Claim(Some(true))));
        for sent in [Value::from("true"), Value::from(1), Value::Null] {
            assert!(<Claim as InputType>::parse(Some(sent)).is_err());
        }
        assert_eq!(Claim::type_name(), "Boolean");
    }
}
