//! `ClassException`: one type that several slices give fields to.
//!
//! A slice never uses one that stands below it, so no slice can hold the whole type: what a class exception asks is
//! `exceptions`', its places are `quota`'s, and slices further down have more to add. Each gives an object with its
//! own fields, and here, where the schema is put together anyway, they become one.

use std::sync::Arc;

use async_graphql::{Context, ID, MergedObject, Object, Result};
use entity::ExceptionId;

use super::GlobalId;
use crate::ballots::graphql::BallotPart;
use crate::exceptions::graphql::{self as exceptions, ExceptionPart};
use crate::exceptions::store::Current;
use crate::quota::graphql::QuotaPart;
use crate::reconciliation::graphql::ReconciliationPart;
use crate::releases::graphql::ReleasesPart;

/// A class exception: who may come in spite of the closed border, how many, and what is asked of them. Public.
#[derive(MergedObject)]
pub struct ClassException(ExceptionPart, QuotaPart, BallotPart, ReleasesPart, ReconciliationPart);

impl ClassException {
    /// Of what was loaded.
    #[must_use]
    pub fn of(current: Arc<Current>) -> Self {
        Self(
            ExceptionPart(Arc::clone(&current)),
            QuotaPart(Arc::clone(&current)),
            BallotPart(Arc::clone(&current)),
            ReleasesPart(Arc::clone(&current)),
            ReconciliationPart(current),
        )
    }

    /// By its row's id, for what belongs to one.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub async fn load(ctx: &Context<'_>, id: ExceptionId) -> Result<Option<Self>> {
        Ok(exceptions::load(ctx, id).await?.map(Self::of))
    }

    /// By its global id.
    pub(super) async fn find(ctx: &Context<'_>, id: &ID) -> Result<Option<Self>> {
        let Some(id) = GlobalId::read(id) else { return Ok(None) };
        Self::load(ctx, id).await
    }

    /// Its global id, as `Node` asks for it.
    ///
    /// # Errors
    /// None.
    pub async fn id(&self, ctx: &Context<'_>) -> Result<ID> {
        self.0.id(ctx).await
    }
}

/// The roots that begin with a class exception.
#[derive(Default)]
pub struct ClassExceptionQuery;

#[Object]
impl ClassExceptionQuery {
    /// All class exceptions that the service knows, the newest first. Public.
    async fn class_exceptions(&self, ctx: &Context<'_>) -> Result<Vec<ClassException>> {
        Ok(exceptions::load_all(ctx).await?.into_iter().map(ClassException::of).collect())
    }

    /// One class exception; null where there is none of this name. Public.
    async fn class_exception(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its short name, e.g. specialist-tech.")] slug: String,
    ) -> Result<Option<ClassException>> {
        Ok(exceptions::find(ctx, &slug).await?.map(ClassException::of))
    }
}
