//! Approved roles, and the job titles that mean them.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, Result, SimpleObject};

use super::kinds::PayPeriod;
use crate::exceptions::definition::Role;
use crate::exceptions::store::KnownTerms;
use crate::exceptions::titles;
use crate::schema::GlobalId;
use crate::schema::global_id::ApprovedRoleId;
use crate::schema::scalars::Decimal;

/// A role under one revision of an exception's terms. Its id names exception and code alone, so that a role
/// keeps its id when its terms are amended.
#[derive(Clone, Debug)]
pub struct ApprovedRole {
    exception: String,
    role: Role,
    known: Arc<KnownTerms>,
}

impl ApprovedRole {
    /// The role with this code under these terms of the exception with this slug.
    #[must_use]
    pub fn find(exception: &str, known: &Arc<KnownTerms>, code: &str) -> Option<Self> {
        known.terms.role(code).map(|role| Self::of(exception, known, role))
    }

    /// A role of these terms.
    #[must_use]
    pub fn of(exception: &str, known: &Arc<KnownTerms>, role: &Role) -> Self {
        Self { exception: exception.to_owned(), role: role.clone(), known: Arc::clone(known) }
    }
}

/// A kind of work that the class exception is for, and the least that it must pay.
#[Object]
impl ApprovedRole {
    /// Global id of the role; it stays the same when the exception's terms are amended.
    pub async fn id(&self) -> ID {
        GlobalId::of(&ApprovedRoleId { exception: self.exception.clone(), code: self.role.code.clone() })
    }

    /// Its code in the classification, e.g. 2613 for a unit group; inputs name the role by it.
    async fn code(&self) -> &str {
        &self.role.code
    }

    /// The edition that the code belongs to, e.g. ANZSCO v1.3.
    async fn classification(&self) -> &str {
        &self.role.classification
    }

    /// Its name in the classification.
    async fn title(&self) -> &str {
        &self.role.title
    }

    /// The least guaranteed pay in NZD for one `minimumPayPeriod`; the amount itself is enough.
    async fn minimum_pay(&self) -> Decimal {
        self.role.minimum_pay.into()
    }

    /// What `minimumPay` is for.
    async fn minimum_pay_period(&self) -> PayPeriod {
        self.role.minimum_pay_period.into()
    }

    /// Titles that are known to mean an occupation under this role. Another title may mean it too: a person decides.
    #[graphql(complexity = "1 + 5 * child_complexity")]
    async fn job_titles(&self) -> Vec<JobTitle> {
        self.known.index.of_role(&self.role.code).cloned().map(Into::into).collect()
    }
}

/// A job title and the occupation that it means.
#[derive(Clone, Debug, SimpleObject)]
pub struct JobTitle {
    /// The title as the class exception's file writes it.
    title: String,
    /// Six-digit code of the occupation, e.g. 261313.
    occupation_code: String,
    /// The occupation's own name, e.g. Software Engineer.
    occupation_title: String,
    /// The edition that has the occupation's code; it need not be the role's.
    classification: String,
}

impl From<titles::JobTitle> for JobTitle {
    fn from(known: titles::JobTitle) -> Self {
        Self {
            title: known.title,
            occupation_code: known.occupation_code,
            occupation_title: known.occupation_title,
            classification: known.classification,
        }
    }
}

/// A known job title that a text may mean.
#[derive(Clone, Debug, SimpleObject)]
pub struct JobTitleMatch {
    /// The known title, to be offered in place of what was typed.
    job_title: JobTitle,
    /// The role that its occupation falls under. Null where the occupation is known and not approved.
    role: Option<ApprovedRole>,
    /// How near it is to the text: 1 is the title itself, below 0.5 is never given.
    score: f64,
}

impl JobTitleMatch {
    /// A match under these terms of the exception with this slug.
    #[must_use]
    pub fn of(exception: &str, known: &Arc<KnownTerms>, found: titles::JobTitleMatch) -> Self {
        let role = found.role.and_then(|code| ApprovedRole::find(exception, known, &code));
        Self { job_title: found.job_title.into(), role, score: found.score }
    }
}

/// A role by its global id, as its exception's terms stand now.
pub(crate) async fn find_role(ctx: &Context<'_>, id: &ID) -> Result<Option<ApprovedRole>> {
    let Some(id) = GlobalId::read::<ApprovedRoleId>(id) else { return Ok(None) };
    let current = super::find(ctx, &id.exception).await?;
    Ok(current.and_then(|current| ApprovedRole::find(&current.row.slug, &current.known, &id.code)))
}
