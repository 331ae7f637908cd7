//! One person may ask several bodies at once to act for the same employer: each of them says yes for itself.

use sea_orm_migration::sea_orm::DbErr;
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager, async_trait};

use crate::dialect;

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0019_claims"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::execute(manager, ONCE_PER_BODY).await
    }
}

const ONCE_PER_BODY: &str = "
DROP INDEX employer_claim_once;
CREATE UNIQUE INDEX employer_claim_once ON employer_claim (person_id, nzbn, body_id)
    WHERE status IN ('ASKED', 'APPROVED');
";
