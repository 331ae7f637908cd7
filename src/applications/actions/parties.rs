//! The class exception and the body that an act names, by the short names that callers know.

use chrono::NaiveDate;
use entity::{body, class_exception, class_exception_body};

use crate::clock::day_in_new_zealand;
use crate::db::Tx;
use crate::error::{Acted, UserError, UserErrorCode};
use crate::exceptions::store as exceptions;

/// The class exception with this slug.
pub(super) async fn find_exception(tx: &Tx, slug: &str) -> Acted<class_exception::Model> {
    let found = exceptions::find_by_slug(tx.conn(), slug).await?;
    Ok(found.ok_or_else(|| UserError::no_such_exception("classException"))?)
}

/// The body with this slug, where `takes` says that it takes anything under the exception today.
pub(super) async fn find_body(
    tx: &Tx,
    exception: &class_exception::Model,
    slug: &str,
    takes: fn(&class_exception_body::Model, NaiveDate) -> bool,
) -> Acted<body::Model> {
    let today = day_in_new_zealand(tx.now());
    let bodies = exceptions::bodies_of(tx.conn(), exception.id).await?;
    let found = bodies.into_iter().find(|(member, body)| body.slug == slug && takes(member, today));
    let (_, body) = found.ok_or_else(|| {
        let message = "No such body takes applications under this class exception today.";
        UserError::at(UserErrorCode::NotFound, "body", message)
    })?;
    Ok(body)
}
