//! Every query on applications and what hangs on them.
//!
//! Each takes a scope or a transaction first and adds the body's or the employer's filter itself. `case` loads
//! what an act decides on, `hands` who has it in hand, `caseload` what people look at, `flags` what is to be noticed there, `figures` what is
//! counted of it, `words` what it is searched by; `imports` has what came from elsewhere,
//! `questions` what the employer is asked, `standing` what an application holds, `twins` which may be of one worker.

pub mod agency;
pub mod case;
pub mod caseload;
pub mod evidence;
pub mod figures;
pub mod flags;
pub mod hands;
pub mod imports;
pub mod interest;
pub mod questions;
pub mod standing;
pub mod twins;
pub mod words;

use entity::{ApplicationStatus, application};
use sea_orm::sea_query::{Condition, Expr, ExprTrait, Func, IntoCondition, SelectStatement};
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

/// Which of these states an application is in. They are written out in the statement, so that a database sees which of
/// its indexes hold these states alone.
fn stands_in(states: impl IntoIterator<Item = ApplicationStatus>) -> Expr {
    let words = states.into_iter().map(|status| Expr::Constant(status.word().into()));
    Expr::col((application::Entity, application::Column::Status)).is_in(words)
}

/// Whether a query that names the application at hand finds a row.
///
/// It is asked as a number: PostgreSQL would answer an EXISTS from a whole table that it reads once, and takes a row that
/// is there or not for something that nearly always, or hardly ever, is so. Of a comparison it expects a third.
fn is_found(row: SelectStatement) -> Expr {
    found(row).gt(0)
}

fn is_not_found(row: SelectStatement) -> Expr {
    found(row).lt(1)
}

/// 1 where there is such a row, 0 where there is none.
fn found(mut row: SelectStatement) -> Expr {
    Func::coalesce([
        Expr::from(row.clear_selects().expr(Expr::Constant(1.into())).limit(1).to_owned()),
        Expr::Constant(0.into()),
    ])
    .into()
}
