//! The key under which a caller may send the same act again.
//!
//! Two inputs are the same when their canonical JSON is, the key itself left out; only the keyed hash of that is
//! kept, since inputs have personal data.

use async_graphql::{Context, Name, Value};

use super::{canonical, context};
use crate::db::Keyed;
use crate::error::{UserError, UserErrorCode};
use crate::keys::Keys;

/// The field of an input that has the key.
const FIELD: &str = "idempotencyKey";
/// Most characters of a key.
const CHARACTERS_MAX: usize = 200;

/// The idempotency key of the mutation that `ctx` is for, with the hash of its `input`; none where the caller
/// sent none.
///
/// # Errors
/// `INVALID` at `idempotencyKey` for a key that is empty, too long or has what cannot be printed.
pub fn keyed(ctx: &Context<'_>) -> Result<Option<Keyed>, UserError> {
    // Arguments were checked before this runs; one that cannot be read has no key.
    let arguments = ctx.field().arguments().unwrap_or_default();
    keyed_of(&context::app(ctx).keys, &arguments)
}

fn keyed_of(keys: &Keys, arguments: &[(Name, Value)]) -> Result<Option<Keyed>, UserError> {
    let input = arguments.iter().find(|(name, _)| name.as_str() == "input");
    let Some((_, Value::Object(input))) = input else { return Ok(None) };
    let Some(Value::String(key)) = input.get(FIELD) else { return Ok(None) };
    if !is_key(key) {
        let message = "An idempotency key is 1 to 200 printable characters, such as a random UUID.";
        return Err(UserError::at(UserErrorCode::Invalid, FIELD, message));
    }
    let fields: Vec<_> = input.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
    let request = canonical::arguments(&fields, &[FIELD]);
    Ok(Some(Keyed { key: key.clone(), request_hashes: keys.idempotency_hashes(request.as_bytes()) }))
}

fn is_key(key: &str) -> bool {
    (1..=CHARACTERS_MAX).contains(&key.chars().count()) && !key.chars().any(char::is_control)
}

#[cfg(test)]
mod tests {
    use async_graphql::value;

    use super::*;

    fn hashed(input: Value) -> Result<Option<Keyed>, UserError> {
        keyed_of(&Keys::from_bytes([7; 32]), &[(Name::new("input"), input)])
    }

    #[test]
    fn the_hash_is_of_the_input_without_the_key() {
        let hash = |input| hashed(input).expect("a good key").map(|keyed| keyed.request_hashes);
        let one = hash(value!({"idempotencyKey": "a", "id": "x", "version": 1}));
        assert!(one.is_some());
        assert_eq!(one, hash(value!({"version": 1, "id": "x", "idempotencyKey": "b"})));
        assert_ne!(one, hash(value!({"idempotencyKey": "a", "id": "x", "version": 2})));
        assert_eq!(None, hash(value!({"id": "x"})));
        assert_eq!(None, hash(value!({"idempotencyKey": null, "id": "x"})));
    }

    #[test]
    fn both_sides_of_the_limit() {
        for (key, is_taken) in
            [("", false), ("k", true), (&"ā".repeat(200), true), (&"k".repeat(201), false), ("a\nb", false)]
        {
            let answer = hashed(value!({"idempotencyKey": key}));
            assert_eq!(answer.is_ok(), is_taken, "{key}");
            if let Err(error) = answer {
                assert_eq!(error.field, Some(vec![FIELD.to_owned()]));
            }
        }
    }
}
