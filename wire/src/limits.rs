//! What a request may ask for, before anything of it is executed.

/// The limits of a document. Fragments count at every spread.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Names, numbers, strings and signs in the text.
    pub tokens: usize,
    /// Fields inside one another.
    pub depth: usize,
    /// Fields inside one another where the schema is asked for: the standard introspection query has 15.
    pub introspection_depth: usize,
    /// Fields and spreads altogether.
    pub fields: usize,
    /// Fields under another name than their own.
    pub aliases: usize,
    /// Directives altogether.
    pub directives: usize,
    /// Fields at the root of a mutation.
    pub mutations: usize,
    /// Whether the schema may be asked for.
    pub introspection: bool,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            tokens: 1_000,
            depth: 10,
            introspection_depth: 16,
            fields: 2_000,
            aliases: 15,
            directives: 10,
            mutations: 1,
            introspection: true,
        }
    }
}
