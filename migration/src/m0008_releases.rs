//! Releases of the combined approved list: what each says, which never changes, and where it stands.

use sea_orm_migration::sea_orm::DbErr;
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager, async_trait};

use crate::dialect;

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0008_releases"
    }
}

/// What a release says, and who answers for it.
const NEVER_CHANGED: [&str; 5] = ["release", "release_section", "release_line", "held_back", "attestation"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for sql in [RELEASES, LINES, STANDING] {
            dialect::execute(manager, sql).await?;
        }
        for table in NEVER_CHANGED {
            dialect::append_only(manager, table).await?;
        }
        dialect::refuse(manager, "release_state", "DELETE").await
    }
}

const RELEASES: &str = "
CREATE TABLE release (
    id {uuid} PRIMARY KEY,
    exception_id {uuid} NOT NULL REFERENCES class_exception (id),
    number INTEGER NOT NULL CHECK (number > 0),
    previous_number INTEGER CHECK (previous_number > 0 AND previous_number < number),
    line_count INTEGER NOT NULL CHECK (line_count > 0),
    digest TEXT NOT NULL CHECK (length(digest) = 64),
    history_head TEXT CHECK (length(history_head) = 64),
    prepared_at {instant} NOT NULL,
    prepared_by {uuid} NOT NULL REFERENCES person (id),
    prepared_for {uuid} NOT NULL REFERENCES body (id),
    UNIQUE (exception_id, number),
    FOREIGN KEY (exception_id, previous_number) REFERENCES release (exception_id, number)
) {strict};

CREATE TABLE release_section (
    release_id {uuid} NOT NULL REFERENCES release (id),
    body_id {uuid} NOT NULL REFERENCES body (id),
    line_count INTEGER NOT NULL CHECK (line_count > 0),
    digest TEXT NOT NULL CHECK (length(digest) = 64),
    PRIMARY KEY (release_id, body_id)
) {strict};
";

// A line says in columns what the bodies have agreed to show each other, and all of it sealed.
const LINES: &str = "
CREATE TABLE release_line (
    release_id {uuid} NOT NULL,
    application_id {uuid} NOT NULL REFERENCES application (id),
    body_id {uuid} NOT NULL,
    employer_id {uuid} NOT NULL REFERENCES employer (id),
    section_row INTEGER NOT NULL CHECK (section_row > 0),
    reference TEXT NOT NULL,
    place_number INTEGER NOT NULL CHECK (place_number > 0),
    state TEXT NOT NULL CHECK (state IN ('LISTED', 'SUSPENDED', 'REMOVED')),
    change TEXT CHECK (change IN ('ADDED', 'AMENDED', 'SUSPENDED', 'REMOVED')),
    changed_fields {json} NOT NULL,
    reason TEXT,
    employer_name TEXT NOT NULL,
    employer_nzbn TEXT NOT NULL,
    terms_revision INTEGER NOT NULL,
    role_code TEXT NOT NULL,
    occupation_code TEXT NOT NULL,
    nominated_at {instant} NOT NULL,
    listed_in INTEGER NOT NULL CHECK (listed_in > 0),
    content_sealed {bytes} NOT NULL,
    PRIMARY KEY (release_id, application_id),
    UNIQUE (release_id, body_id, section_row),
    FOREIGN KEY (release_id, body_id) REFERENCES release_section (release_id, body_id),
    CHECK (state <> 'REMOVED' OR change = 'REMOVED'),
    CHECK (change IS NULL OR (change = 'REMOVED') = (state = 'REMOVED')),
    CHECK (change IS NULL OR (change IN ('ADDED', 'AMENDED')) = (state = 'LISTED')),
    CHECK ((state = 'LISTED') = (reason IS NULL))
) {strict};
CREATE INDEX release_line_of_application ON release_line (application_id);

CREATE TABLE held_back (
    release_id {uuid} NOT NULL REFERENCES release (id),
    application_id {uuid} NOT NULL REFERENCES application (id),
    body_id {uuid} NOT NULL REFERENCES body (id),
    reference TEXT NOT NULL,
    reason TEXT NOT NULL CHECK (reason IN
        ('ON_HOLD', 'EVIDENCE_EXPIRED', 'EVIDENCE_NOT_VERIFIED', 'OPEN_DUPLICATE')),
    PRIMARY KEY (release_id, application_id)
) {strict};
CREATE INDEX held_back_of_body ON held_back (release_id, body_id);
";

const STANDING: &str = "
CREATE TABLE release_state (
    release_id {uuid} PRIMARY KEY REFERENCES release (id),
    exception_id {uuid} NOT NULL,
    number INTEGER NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('PREPARED', 'ATTESTED', 'PUBLISHED', 'ACKNOWLEDGED', 'ABANDONED')),
    attested_at {instant},
    published_at {instant},
    published_by {uuid} REFERENCES person (id),
    acknowledged_at {instant},
    acknowledged_by {uuid} REFERENCES person (id),
    abandoned_at {instant},
    abandoned_by {uuid} REFERENCES person (id),
    abandon_reason TEXT,
    FOREIGN KEY (exception_id, number) REFERENCES release (exception_id, number),
    CHECK (status IN ('PREPARED', 'ABANDONED') OR attested_at IS NOT NULL),
    CHECK ((status IN ('PUBLISHED', 'ACKNOWLEDGED')) = (published_at IS NOT NULL)),
    CHECK ((published_at IS NULL) = (published_by IS NULL)),
    CHECK ((status = 'ACKNOWLEDGED') = (acknowledged_at IS NOT NULL)),
    CHECK ((acknowledged_at IS NULL) = (acknowledged_by IS NULL)),
    CHECK ((status = 'ABANDONED') = (abandoned_at IS NOT NULL)),
    CHECK ((abandoned_at IS NULL) = (abandon_reason IS NULL)),
    CHECK (abandoned_by IS NULL OR abandoned_at IS NOT NULL)
) {strict};
CREATE UNIQUE INDEX one_live_release ON release_state (exception_id) WHERE status IN ('PREPARED', 'ATTESTED');
CREATE INDEX release_in_order ON release_state (exception_id, number);

CREATE TABLE attestation (
    release_id {uuid} NOT NULL,
    body_id {uuid} NOT NULL,
    person_id {uuid} NOT NULL REFERENCES person (id),
    at {instant} NOT NULL,
    line_count INTEGER NOT NULL CHECK (line_count > 0),
    digest TEXT NOT NULL CHECK (length(digest) = 64),
    PRIMARY KEY (release_id, body_id),
    FOREIGN KEY (release_id, body_id) REFERENCES release_section (release_id, body_id)
) {strict};
";
