//! Lists as Relay's connections: edges with cursors, the nodes alone, where the page lies, and how many there are.

use std::pin::Pin;

use async_graphql::SimpleObject;

use crate::error::Found;

/// Where a page lies in its list.
#[derive(Clone, Debug, PartialEq, Eq, SimpleObject)]
pub struct PageInfo {
    /// Whether `after: endCursor` would give more.
    pub has_next_page: bool,
    /// Whether `before: startCursor` would give more.
    pub has_previous_page: bool,
    /// Cursor of the page's first row; null where the page is empty.
    pub start_cursor: Option<String>,
    /// Cursor of the page's last row; null where the page is empty.
    pub end_cursor: Option<String>,
}

/// How many rows a list has, when it is asked.
pub type Counting = Pin<Box<dyn Future<Output = Found<u64>> + Send>>;
/// Counts a list; called only where `totalCount` is selected.
pub type Count = Box<dyn Fn() -> Counting + Send + Sync>;

/// Turns a closure that makes a future into a [`Count`].
pub fn count<C, F>(counting: C) -> Count
where
    C: Fn() -> F + Send + Sync + 'static,
    F: Future<Output = Found<u64>> + Send + 'static,
{
    Box::new(move || Box::pin(counting()))
}

/// A count as GraphQL's `Int` holds it.
#[must_use]
pub fn int(count: u64) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

/// Makes a connection and its edge.
///
/// ```text
/// connection! {
///     /// A page of a caseload.
///     ApplicationConnection,
///     /// One row of a caseload.
///     ApplicationEdge of Application
/// }
/// ```
/// `ApplicationConnection::of(&list, page, count)` takes a page of `(key, Application)`, the key being what the
/// row's cursor holds.
macro_rules! connection {
    ($(#[$doc:meta])+ $connection:ident, $(#[$edge_doc:meta])+ $edge:ident of $node:ty) => {
        $(#[$edge_doc])+
        #[derive(async_graphql::SimpleObject)]
        pub struct $edge {
            /// Where this row stands: `after` or `before` go on from it. Good for this viewer and this filter
            /// only.
            cursor: String,
            /// The row itself.
            node: $node,
        }

        $(#[$doc])+
        pub struct $connection {
            edges: Vec<$edge>,
            page_info: $crate::schema::PageInfo,
            count: $crate::schema::Count,
        }

        impl $connection {
            /// A page, with the cursors of its rows.
            ///
            /// # Errors
            /// Where a row's key cannot be written down.
            pub fn of<K: serde::Serialize>(
                list: &$crate::schema::List<'_>,
                page: $crate::page::Page<(K, $node)>,
                count: $crate::schema::Count,
            ) -> $crate::error::Found<Self> {
                let edges = page
                    .rows
                    .into_iter()
                    .map(|(key, node)| Ok($edge { cursor: list.cursor(&key)?, node }))
                    .collect::<$crate::error::Found<Vec<_>>>()?;
                let page_info = $crate::schema::PageInfo {
                    has_next_page: page.has_next,
                    has_previous_page: page.has_previous,
                    start_cursor: edges.first().map(|edge| edge.cursor.clone()),
                    end_cursor: edges.last().map(|edge| edge.cursor.clone()),
                };
                Ok(Self { edges, page_info, count })
            }
        }

        $(#[$doc])+
        #[async_graphql::Object]
        impl $connection {
            /// The rows, each with its cursor.
            async fn edges(&self) -> &[$edge] {
                &self.edges
            }

            /// The rows alone, for who needs no cursors but those of `pageInfo`.
            async fn nodes(&self) -> Vec<&$node> {
                self.edges.iter().map(|edge| &edge.node).collect()
            }

            /// Where this page lies in the list.
            async fn page_info(&self) -> &$crate::schema::PageInfo {
                &self.page_info
            }

            /// How many rows the whole list has for this viewer and filter. Counted only when asked for.
            async fn total_count(&self) -> async_graphql::Result<i32> {
                Ok($crate::schema::connection::int((self.count)().await?))
            }
        }
    };
}

pub(crate) use connection;

#[cfg(test)]
mod tests {
    use super::*;

    connection! {
        /// For a test.
        NumberConnection,
        /// For a test.
        NumberEdge of i32
    }

    #[test]
    fn a_connection_is_made_of_a_page() {
        let keys = crate::keys::Keys::from_bytes([7; 32]);
        let list = crate::schema::List::for_test(&keys);
        let page = crate::page::Page { rows: vec![(1, 10), (2, 20)], has_next: true, has_previous: false };
        let made = NumberConnection::of(&list, page, count(|| async { Ok(5) })).expect("a connection");
        assert_eq!(made.edges.len(), 2);
        assert_eq!(made.page_info.end_cursor.as_deref(), Some(made.edges[1].cursor.as_str()));
        assert!(made.page_info.has_next_page && !made.page_info.has_previous_page);
    }

    #[test]
    fn counts_beyond_an_int_stay_an_int() {
        assert_eq!((int(7), int(u64::MAX)), (7, i32::MAX));
    }
}
