//! Reads raw fields into values, and keeps every error with the path of its field until all is read: whoever
//! fills in a form mends it in one go.
//!
//! Sentences are those of the values and never repeat what was typed.

use std::fmt::Display;

use async_graphql::{ID, MaybeUndefined};

use crate::error::{Acted, UserError, UserErrorCode};
use crate::schema::{Global, GlobalId};
use crate::values::patch::Patch;
use crate::values::slug::is_slug;

/// Told where a change empties what has to stand.
const CANNOT_BE_EMPTIED: &str = "This cannot be emptied. Leave the field out to keep what stands.";

/// What goes wrong while an input is read.
#[derive(Debug, Default)]
pub(crate) struct Reader {
    errors: Vec<UserError>,
}

impl Reader {
    /// A value, or an error at `field`.
    pub(crate) fn take<T, E: Display>(&mut self, field: &str, read: Result<T, E>) -> Option<T> {
        read.map_err(|why| self.refuse(UserErrorCode::Invalid, field, &why.to_string())).ok()
    }

    /// A text that has to be there.
    pub(crate) fn need<T, E: Display>(
        &mut self,
        field: &str,
        typed: &str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        let code = if typed.trim().is_empty() { UserErrorCode::Required } else { UserErrorCode::Invalid };
        parse(typed).map_err(|why| self.refuse(code, field, &why.to_string())).ok()
    }

    /// A text that may be left out.
    pub(crate) fn maybe<T, E: Display>(
        &mut self,
        field: &str,
        typed: Option<&str>,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        typed.and_then(|typed| self.take(field, parse(typed)))
    }

    /// A field of a change that may be kept, emptied or set.
    pub(crate) fn patch<U, T, E: Display>(
        &mut self,
        field: &str,
        sent: MaybeUndefined<U>,
        parse: impl FnOnce(U) -> Result<T, E>,
    ) -> Patch<T> {
        match sent {
            MaybeUndefined::Undefined => Patch::Keep,
            MaybeUndefined::Null => Patch::Clear,
            MaybeUndefined::Value(sent) => self.take(field, parse(sent)).map_or(Patch::Keep, Patch::Set),
        }
    }

    /// A field of a change that may be kept or set, and never emptied.
    pub(crate) fn kept<U>(&mut self, field: &str, sent: MaybeUndefined<U>) -> Option<U> {
        match sent {
            MaybeUndefined::Undefined => None,
            MaybeUndefined::Null => {
                self.refuse(UserErrorCode::Required, field, CANNOT_BE_EMPTIED);
                None
            }
            MaybeUndefined::Value(sent) => Some(sent),
        }
    }

    /// The id of something; one of another type is an unknown one.
    pub(crate) fn id<T: Global>(&mut self, field: &str, id: &ID) -> Option<T> {
        GlobalId::parse(id, field).map_err(|error| self.errors.push(error)).ok()
    }

    /// The short name of something; what cannot be one is the name of nothing.
    pub(crate) fn slug(&mut self, field: &str, typed: String, what: &str) -> Option<String> {
        if is_slug(&typed) {
            return Some(typed);
        }
        self.errors.push(UserError::not_found(field, what));
        None
    }

    /// The slug of a class exception, at `classException`.
    pub(crate) fn exception(&mut self, typed: String) -> Option<String> {
        if is_slug(&typed) {
            return Some(typed);
        }
        self.errors.push(UserError::no_such_exception("classException"));
        None
    }

    /// Refuses a list that is longer than `most`.
    pub(crate) fn bound(&mut self, field: &str, count: usize, most: usize) {
        if count > most {
            let message = format!("At most {most} are taken at once: send the others by themselves.");
            self.refuse(UserErrorCode::TooMany, field, &message);
        }
    }

    /// Keeps an error at `field`.
    pub(crate) fn refuse(&mut self, code: UserErrorCode, field: &str, message: &str) {
        self.errors.push(UserError::at(code, field, message));
    }

    /// What was read.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub(crate) fn finish<T>(self, read: Option<T>) -> Acted<T> {
        match read {
            Some(read) if self.errors.is_empty() => Ok(read),
            Some(_) | None => {
                assert!(!self.errors.is_empty(), "whatever cannot be read leaves an error");
                Err(self.errors.into())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::text::Line;

    type Short = Line<3>;

    fn code(reader: &Reader) -> Option<UserErrorCode> {
        reader.errors.first().map(|error| error.code)
    }

    #[test]
    fn a_change_keeps_empties_or_sets_and_what_is_wrong_changes_nothing() {
        let set = Short::parse("abc").map(Patch::Set).expect("a line");
        for (sent, patch, refused) in [
            (MaybeUndefined::Undefined, Patch::Keep, None),
            (MaybeUndefined::Null, Patch::Clear, None),
            (MaybeUndefined::Value("abc"), set, None),
            (MaybeUndefined::Value("abcd"), Patch::Keep, Some(UserErrorCode::Invalid)),
            (MaybeUndefined::Value(""), Patch::Keep, Some(UserErrorCode::Invalid)),
        ] {
            let mut reader = Reader::default();
            assert_eq!(reader.patch("field", sent, Short::parse), patch);
            assert_eq!(code(&reader), refused);
        }
    }

    #[test]
    fn what_has_to_stand_is_required() {
        for (typed, refused) in [
            ("abc", None),
            ("", Some(UserErrorCode::Required)),
            (" \t", Some(UserErrorCode::Required)),
            ("abcd", Some(UserErrorCode::Invalid)),
        ] {
            let mut reader = Reader::default();
            assert_eq!(reader.need("field", typed, Short::parse).is_some(), refused.is_none(), "{typed}");
            assert_eq!(code(&reader), refused, "{typed}");
        }
        let mut reader = Reader::default();
        assert_eq!(reader.kept("field", MaybeUndefined::<i32>::Undefined), None);
        assert_eq!(reader.kept("field", MaybeUndefined::Value(1)), Some(1));
        assert!(reader.errors.is_empty());
        assert_eq!(reader.kept("field", MaybeUndefined::<i32>::Null), None);
        assert_eq!(code(&reader), Some(UserErrorCode::Required));
    }

    #[test]
    fn both_sides_of_a_bound() {
        for (count, refused) in [(20, None), (21, Some(UserErrorCode::TooMany))] {
            let mut reader = Reader::default();
            reader.bound("field", count, 20);
            assert_eq!(code(&reader), refused, "{count}");
        }
    }

    #[test]
    fn what_cannot_be_a_slug_is_the_name_of_nothing() {
        for (typed, is_slug) in
            [("specialist-tech", true), ("Specialist", false), ("a\0", false), ("ā", false)]
        {
            let mut reader = Reader::default();
            assert_eq!(reader.slug("field", typed.to_owned(), "body").is_some(), is_slug, "{typed}");
            assert_eq!(code(&reader), (!is_slug).then_some(UserErrorCode::NotFound), "{typed}");
        }
    }
}
