//! JSON, looked at before it is read: what is read takes many times the room of what was sent.

use crate::Refusal;

/// Values that a request may have: 500 rows of an import have some 20,000.
const VALUES_MAX: usize = 100_000;

/// Holds a text against the number of values that it has.
///
/// # Errors
/// 400 where it has more than there may be.
pub fn check_size(text: &[u8]) -> Result<(), Refusal> {
    if values(text) <= VALUES_MAX {
        return Ok(());
    }
    let message = format!("A request may have up to {VALUES_MAX} values: send fewer rows at once.");
    Err(Refusal::bad_request(message))
}

/// How many values there are at most: one more than commas and openings, those in strings left out.
fn values(text: &[u8]) -> usize {
    let (mut values, mut is_string, mut is_escaped) = (1, false, false);
    for byte in text {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if is_string => is_escaped = true,
            b'"' => is_string = !is_string,
            b',' | b'[' | b'{' if !is_string => values += 1,
            _ => {}
        }
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_counted_outside_strings() {
        for (text, expected) in [
            ("1", 1),
            ("[1, 2]", 3),
            (r#"{"a": "[,,,", "b": [{}, {}]}"#, 7),
            (r#"["\",[", "\\", 3]"#, 4),
            (r#"["\\\"", ","#, 3),
        ] {
            assert_eq!(values(text.as_bytes()), expected, "{text}");
        }
        let rows = |count: usize| format!("[{}{{}}]", "{},".repeat(count));
        assert!(check_size(rows(VALUES_MAX / 2 - 2).as_bytes()).is_ok());
        assert!(check_size(rows(VALUES_MAX / 2).as_bytes()).is_err());
    }
}
