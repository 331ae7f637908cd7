//! Every query on applications and what hangs on them.
//!
//! Each takes a scope or a transaction first and adds the body's or the employer's filter itself. `case` loads
//! what an act decides on, `caseload` what people look at, `flags` what is to be noticed there, `figures` what is
//! counted of it, `words` what it is searched by, `list` the combined list.

pub mod case;
pub mod caseload;
pub mod evidence;
pub mod figures;
pub mod flags;
pub mod list;
pub mod words;

use entity::application;
use sea_orm::sea_query::{Condition, Expr, ExprTrait, IntoCondition, SelectStatement};
use sea_orm::{ColumnTrait, Condition as Filter};

use crate::tenancy::CaseloadScope;

/// The rows of a viewer's own caseload: a body's, without what was never submitted to it; an employer's own.
pub(super) fn own(scope: &CaseloadScope) -> Condition {
    match scope {
        CaseloadScope::Body(scope) => Filter::all()
            .add(application::Column::BodyId.eq(scope.body()))
            .add(application::Column::SubmittedAt.is_not_null()),
        CaseloadScope::Employers(scope) => {
            application::Column::EmployerId.is_in(scope.employers().iter().copied()).into_condition()
        }
    }
}

/// Whether a query that names the application at hand finds a row, looked for once for each application and by an index:
/// as a value that is there or not, for PostgreSQL would rather read a whole table for an EXISTS.
fn is_found(row: SelectStatement) -> Expr {
    Expr::from(row).is_not_null()
}

fn is_not_found(row: SelectStatement) -> Expr {
    Expr::from(row).is_null()
}
