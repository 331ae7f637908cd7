//! The four arguments of every list, and its cursors.
//!
//! A cursor is sealed for one viewer, one list and one filter and order; anything else that is sent as a cursor
//! is one and the same error. No list gives more than `page::MOST_ROWS` at once.

use async_graphql::{Context, Error};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use super::errors::bad_input;
use super::{canonical, context};
use crate::error::{Fault, Found};
use crate::keys::Keys;
use crate::page::{MOST_ROWS, PageRequest, USUAL_ROWS};
use crate::tenancy::Viewer;

/// Rows that cost as much as one: what belongs to the rows of a page is loaded together.
const ROWS_PER_COST: usize = 10;

/// The arguments of a list, as they came.
#[derive(Clone, Debug, Default)]
pub struct PageArgs {
    /// How many rows from the start, or after `after`.
    pub first: Option<i32>,
    /// The cursor that the page begins after.
    pub after: Option<String>,
    /// How many rows from the end, or before `before`.
    pub last: Option<i32>,
    /// The cursor that the page ends before.
    pub before: Option<String>,
}

/// A list as one viewer asks for it, which its cursors are bound to.
#[derive(Clone, Debug)]
pub struct List<'c> {
    keys: &'c Keys,
    bound_to: Vec<u8>,
}

impl<'c> List<'c> {
    /// The list that `ctx` is the field of. `name` tells it from every other list of the service, so it has
    /// the id of the row that the list hangs on, e.g. `Application:<uuid>.timeline`.
    #[must_use]
    pub fn of(ctx: &Context<'c>, name: &str) -> Self {
        let arguments = ctx.field().arguments().unwrap_or_default();
        let filter = canonical::arguments(&arguments, &["first", "after", "last", "before"]);
        Self::bound(&context::app(ctx).keys, context::viewer(ctx), name, &filter)
    }

    fn bound(keys: &'c Keys, viewer: &Viewer, name: &str, filter: &str) -> Self {
        let filter = hex::encode(Sha256::digest(filter));
        Self { keys, bound_to: format!("{}|{name}|{filter}", viewer.mark()).into_bytes() }
    }

    /// Some list, for tests of what has one.
    #[cfg(test)]
    pub(crate) fn for_test(keys: &'c Keys) -> Self {
        Self::bound(keys, &Viewer::public(), "test", "{}")
    }

    /// The cursor of the row with `key`.
    ///
    /// # Errors
    /// Where the key cannot be written down.
    pub fn cursor(&self, key: &impl Serialize) -> Found<String> {
        let plain = serde_json::to_vec(key).map_err(|why| Fault::stored("key of a row", why))?;
        Ok(self.keys.cursor_seal(&self.bound_to, &plain))
    }

    /// Reads the arguments into the stretch that is asked for.
    ///
    /// # Errors
    /// One sentence about what does not go together, is out of bounds, or is no cursor of this list.
    pub fn request<K: DeserializeOwned>(&self, args: &PageArgs) -> Result<PageRequest<K>, Error> {
        let backwards = args.last.is_some() || args.before.is_some();
        if backwards && (args.first.is_some() || args.after.is_some()) {
            return Err(bad_input(
                "Ask for `first` with or without `after`, or for `last` with or without `before`; the two \
                 directions cannot be mixed.",
            ));
        }
        let (rows, cursor) = if backwards { (args.last, &args.before) } else { (args.first, &args.after) };
        let from = cursor.as_deref().map(|cursor| self.open(cursor)).transpose()?;
        Ok(PageRequest { limit: limit(rows)?, backwards, from })
    }

    fn open<K: DeserializeOwned>(&self, cursor: &str) -> Result<K, Error> {
        let refused = |why: crate::keys::BadCursor| bad_input(&why.to_string());
        let plain = self.keys.cursor_open(&self.bound_to, cursor).map_err(refused)?;
        serde_json::from_slice(&plain).map_err(|_| refused(crate::keys::BadCursor))
    }
}

fn limit(rows: Option<i32>) -> Result<u64, Error> {
    let Some(rows) = rows else { return Ok(USUAL_ROWS) };
    let within = u64::try_from(rows).ok().filter(|rows| *rows <= MOST_ROWS);
    within.ok_or_else(|| {
        bad_input(&format!("A page has 0 to {MOST_ROWS} rows: ask for no more, and go on from its cursor."))
    })
}

/// What a list costs, for `#[graphql(complexity = "page_cost(first, last, child_complexity)")]`.
#[must_use]
pub fn page_cost(first: Option<i32>, last: Option<i32>, child: usize) -> usize {
    let usual = usize::try_from(USUAL_ROWS).unwrap_or_default();
    let rows = first.or(last).map_or(usual, |rows| usize::try_from(rows).unwrap_or_default());
    rows_cost(rows, child)
}

/// What so many rows cost that are not asked for by page.
#[must_use]
pub fn rows_cost(rows: usize, child: usize) -> usize {
    1 + child.saturating_mul(rows.div_ceil(ROWS_PER_COST).max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list<'k>(keys: &'k Keys, name: &str, filter: &str) -> List<'k> {
        List::bound(keys, &Viewer::public(), name, filter)
    }

    fn asked(args: &PageArgs) -> Result<PageRequest<i32>, String> {
        let keys = Keys::from_bytes([7; 32]);
        list(&keys, "things", "{}").request(args).map_err(|error| error.message)
    }

    #[test]
    fn pages_are_bounded_on_both_sides() {
        let first = |rows| asked(&PageArgs { first: Some(rows), ..PageArgs::default() });
        assert_eq!(asked(&PageArgs::default()), Ok(PageRequest::first(25)));
        assert_eq!(first(0), Ok(PageRequest::first(0)));
        assert_eq!(first(100), Ok(PageRequest::first(100)));
        for rows in [-1, 101, i32::MIN, i32::MAX] {
            assert!(first(rows).is_err_and(|message| message.contains("100")), "{rows}");
        }
    }

    #[test]
    fn directions_are_not_mixed() {
        let cursor = || Some("x".to_owned());
        for args in [
            PageArgs { first: Some(1), last: Some(1), ..PageArgs::default() },
            PageArgs { last: Some(1), after: cursor(), ..PageArgs::default() },
            PageArgs { first: Some(1), before: cursor(), ..PageArgs::default() },
            PageArgs { after: cursor(), before: cursor(), ..PageArgs::default() },
        ] {
            assert!(asked(&args).is_err_and(|message| message.contains("mixed")), "{args:?}");
        }
        let backwards = asked(&PageArgs { last: Some(3), ..PageArgs::default() });
        assert_eq!(backwards, Ok(PageRequest { limit: 3, backwards: true, from: None }));
    }

    #[test]
    fn a_cursor_goes_with_its_list_filter_and_keys() {
        let keys = Keys::from_bytes([7; 32]);
        let others = Keys::from_bytes([8; 32]);
        let things = list(&keys, "things", "{}");
        let cursor = things.cursor(&7).expect("a cursor");
        let after = |list: &List, cursor: &str| {
            let args = PageArgs { after: Some(cursor.to_owned()), ..PageArgs::default() };
            list.request::<i32>(&args).map(|request| request.from).map_err(|error| error.message)
        };
        assert_eq!(after(&things, &cursor), Ok(Some(7)));
        let refused = Err(crate::keys::BadCursor.to_string());
        for list in
            [list(&keys, "others", "{}"), list(&keys, "things", "{\"a\":1}"), list(&others, "things", "{}")]
        {
            assert_eq!(after(&list, &cursor), refused);
        }
        assert_eq!(after(&things, "garbage"), refused);
        assert_eq!(after(&things, &things.cursor(&"of another kind").expect("a cursor")), refused);
    }

    #[test]
    fn ten_rows_cost_as_one() {
        for (first, last, child, cost) in [
            (None, None, 40, 121),
            (Some(100), None, 40, 401),
            (None, Some(1), 40, 41),
            (Some(-5), None, 40, 41),
        ] {
            assert_eq!(page_cost(first, last, child), cost);
        }
    }
}
