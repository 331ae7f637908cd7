//! Records of evidence: of one application, or of the employer at one body.

use async_graphql::{Context, ID, Result, SimpleObject};
use entity::{EvidenceId, evidence};

use super::kinds::EvidenceKind;
use super::loaders::{EvidenceOf, EvidenceOfEmployer, cases};
use crate::error::{Fault, Found};
use crate::schema::GlobalId;
use crate::schema::scalars::{Date, DateTime, Url};

/// A record that shows that a criterion is met.
#[derive(Clone, Debug, SimpleObject)]
pub struct Evidence {
    /// Global id of the record.
    #[graphql(owned)]
    pub id: ID,
    /// What it is.
    kind: EvidenceKind,
    /// Code of the criterion that it is to show; null where its kind says it.
    criterion: Option<String>,
    /// What it is called, in the employer's words.
    title: String,
    /// Programme, body or issuer.
    issuer: Option<String>,
    /// Membership or document number.
    reference: Option<String>,
    /// Where it can be seen on the web; somebody else's page, which may change.
    url: Option<Url>,
    /// Its first day.
    valid_from: Option<Date>,
    /// Its last day, which is still good.
    expires_on: Option<Date>,
    /// Whether it is the employer's, for all of its applications to this body.
    of_employer: bool,
    /// When the body last looked at it; null until then.
    verified_at: Option<DateTime>,
    /// When the employer added it.
    created_at: DateTime,
}

impl TryFrom<evidence::Model> for Evidence {
    type Error = Fault;

    fn try_from(row: evidence::Model) -> Result<Self, Fault> {
        let url = row.url.as_deref().map(url::Url::parse).transpose();
        Ok(Self {
            id: GlobalId::of(&row.id),
            kind: row.kind.into(),
            criterion: row.criterion,
            title: row.title,
            issuer: row.issuer,
            reference: row.reference,
            url: url.map_err(|why| Fault::stored("evidence", why))?.map(Url::from),
            valid_from: row.valid_from.map(Date),
            expires_on: row.expires_on.map(Date),
            of_employer: row.application_id.is_none(),
            verified_at: row.verified_at.map(DateTime),
            created_at: DateTime(row.created_at),
        })
    }
}

/// The records as the public schema shows them.
pub(super) fn shown(rows: Vec<evidence::Model>) -> Found<Vec<Evidence>> {
    rows.into_iter().map(Evidence::try_from).collect()
}

/// All that counts for an application: its own records and its employer's at the same body, oldest first.
pub(super) async fn load_for(
    ctx: &Context<'_>,
    application: &entity::application::Model,
) -> Result<Vec<evidence::Model>> {
    let (own, employers) = futures_util::try_join!(
        cases(ctx).load_one(EvidenceOf(application.id)),
        cases(ctx).load_one(EvidenceOfEmployer(application.employer_id)),
    )?;
    let employers = employers.unwrap_or_default().into_iter();
    let mut all = own.unwrap_or_default();
    all.extend(employers.filter(|record| record.body_id == application.body_id));
    all.sort_unstable_by_key(|record| record.id);
    Ok(all)
}

/// A record by its global id.
pub(crate) async fn find_evidence(ctx: &Context<'_>, id: &ID) -> Result<Option<Evidence>> {
    let Some(id) = GlobalId::read::<EvidenceId>(id) else { return Ok(None) };
    Ok(cases(ctx).load_one(id).await?.map(Evidence::try_from).transpose()?)
}
