//! What becomes of a field that may be empty.

/// A field of a change: left as it is, emptied, or set.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub enum Patch<T> {
    /// Stays as it is.
    #[default]
    Keep,
    /// Is emptied.
    Clear,
    /// Becomes this.
    Set(T),
}

impl<T> Patch<T> {
    /// The patch that leads from nothing to `value`.
    pub fn of(value: Option<T>) -> Self {
        value.map_or(Self::Clear, Self::Set)
    }

    /// Whether anything changes.
    pub fn is_change(&self) -> bool {
        !matches!(self, Self::Keep)
    }

    /// What stands after the change.
    pub fn applied_to<U>(self, before: Option<U>, turn: impl FnOnce(T) -> U) -> Option<U> {
        match self {
            Self::Keep => before,
            Self::Clear => None,
            Self::Set(value) => Some(turn(value)),
        }
    }
}
