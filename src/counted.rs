//! A number with the word for what it counts.

use std::fmt::Display;

/// The number and the word behind it: `one` where it is 1, else `many`.
pub fn counted<N: Copy + Display + PartialEq + From<u8>>(count: N, one: &str, many: &str) -> String {
    let word = if count == N::from(1) { one } else { many };
    format!("{count} {word}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_not_many() {
        let told = [0_i64, 1, 2].map(|count| counted(count, "flaw", "flaws"));
        assert_eq!(told, ["0 flaws", "1 flaw", "2 flaws"]);
    }
}
