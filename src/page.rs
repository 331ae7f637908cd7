//! Keyset pages: which stretch of a list is asked for, and what was found.
//!
//! A cursor is the sealed key of a row, bound to the viewer, the list and its filter; it cannot be read, made up
//! or used elsewhere. Lists are never skipped through by number.

use sea_orm::sea_query::{Expr, ExprTrait, Order};
use sea_orm::{QueryFilter, QueryOrder, QuerySelect, Value};

/// Most rows that one page may have.
pub const MOST_ROWS: u64 = 100;
/// Rows of a page where nobody says how many.
pub const USUAL_ROWS: u64 = 25;

/// A stretch of a list: at most `limit` rows after, or before, a key `K`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageRequest<K> {
    /// Most rows; 0 to [`MOST_ROWS`].
    pub limit: u64,
    /// Reads towards the start of the list: the `limit` rows before `from`, or the last ones.
    pub backwards: bool,
    /// The key of the row that the stretch begins beside, itself left out.
    pub from: Option<K>,
}

impl<K> PageRequest<K> {
    /// The first rows of a list.
    #[must_use]
    pub fn first(limit: u64) -> Self {
        Self { limit, backwards: false, from: None }
    }
}

/// What was found of a stretch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// The rows, in the order of the list.
    pub rows: Vec<T>,
    /// Whether the list goes on after the last row.
    pub has_next: bool,
    /// Whether the list has rows before the first.
    pub has_previous: bool,
}

impl<T> Page<T> {
    /// Makes a page of what `keyed` fetched: one row more than asked for tells whether there is more.
    #[must_use]
    pub fn of<K>(mut rows: Vec<T>, request: &PageRequest<K>) -> Self {
        let limit = usize::try_from(request.limit).unwrap_or(usize::MAX);
        let more = rows.len() > limit;
        rows.truncate(limit);
        if request.backwards {
            rows.reverse();
            Self { rows, has_next: request.from.is_some(), has_previous: more }
        } else {
            Self { rows, has_next: more, has_previous: request.from.is_some() }
        }
    }

    /// The same page of something else.
    #[must_use]
    pub fn map<U>(self, turn: impl FnMut(T) -> U) -> Page<U> {
        Page {
            rows: self.rows.into_iter().map(turn).collect(),
            has_next: self.has_next,
            has_previous: self.has_previous,
        }
    }

    /// The same page of something else, where every row can be turned into it.
    ///
    /// # Errors
    /// Of the first row that cannot.
    pub fn try_map<U, E>(self, turn: impl FnMut(T) -> Result<U, E>) -> Result<Page<U>, E> {
        Ok(Page {
            rows: self.rows.into_iter().map(turn).collect::<Result<_, E>>()?,
            has_next: self.has_next,
            has_previous: self.has_previous,
        })
    }
}

/// Orders `select` by `columns`, whose values together are unique, and cuts out the stretch. Written as a row
/// value, `(a, b) > ($1, $2)`, which both databases answer from one index.
pub fn keyed<S: QueryFilter + QueryOrder + QuerySelect, K: Clone + Into<Vec<Value>>>(
    select: S,
    columns: &[Expr],
    descending: bool,
    request: &PageRequest<K>,
) -> S {
    let downwards = descending != request.backwards;
    let mut select = select;
    if let Some(from) = &request.from {
        let row = Expr::tuple(columns.to_vec());
        let key = Expr::tuple(from.clone().into().into_iter().map(Expr::val));
        select = select.filter(if downwards { row.lt(key) } else { row.gt(key) });
    }
    for column in columns {
        select = select.order_by(column.clone(), if downwards { Order::Desc } else { Order::Asc });
    }
    select.limit(request.limit + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_row_more_tells_that_there_is_more() {
        let request = PageRequest::<()>::first(2);
        assert_eq!(
            Page::of(vec![1, 2, 3], &request),
            Page { rows: vec![1, 2], has_next: true, has_previous: false }
        );
        assert!(!Page::of(vec![1, 2], &request).has_next);
    }

    #[test]
    fn a_backward_page_reads_in_the_order_of_the_list() {
        let request = PageRequest { limit: 2, backwards: true, from: Some(()) };
        assert_eq!(
            Page::of(vec![3, 2, 1], &request),
            Page { rows: vec![2, 3], has_next: true, has_previous: true }
        );
    }
}
