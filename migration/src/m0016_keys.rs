//! Several keys at once: which are in use, which one a row of a body's own system was hashed with, and that what is sealed in
//! records that never change may be sealed anew.

use sea_orm_migration::sea_orm::DbErr;
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager, async_trait};

use crate::{dialect, wall};

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0016_keys"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::execute(manager, KEYS).await?;
        wall::share(manager, "deployment_key").await?;
        dialect::refuse(manager, "deployment_key", "DELETE").await?;
        dialect::refuse_truncate(manager, "deployment_key").await?;
        dialect::refuse_but(manager, "release_line", LINE).await?;
        dialect::refuse_but(manager, "agency_message", MESSAGE).await
    }
}

// Only what tells keys apart stands here; the keys themselves never come near the database.
const KEYS: &str = "
CREATE TABLE deployment_key (
    number INTEGER PRIMARY KEY CHECK (number > 0),
    key_id TEXT NOT NULL UNIQUE CHECK (length(key_id) = 8),
    state TEXT NOT NULL CHECK (state IN ('CURRENT', 'FORMER', 'RETIRED')),
    since {instant} NOT NULL
) {strict};
CREATE UNIQUE INDEX one_current_key ON deployment_key (state) WHERE state = 'CURRENT';

ALTER TABLE imported_row ADD COLUMN key_version INTEGER NOT NULL DEFAULT 1;
";

/// All but `content_sealed`.
const LINE: &str = "release_id, application_id, body_id, employer_id, section_row, reference, place_number, state, change, \
    changed_fields, reason, employer_name, employer_nzbn, terms_revision, role_code, occupation_code, nominated_at, listed_in";

/// All but `content_sealed` and the keyed hash of the same content.
const MESSAGE: &str =
    "id, exception_id, message_id, lines, applied, late, repeated, disputed, received_at, received_by";
