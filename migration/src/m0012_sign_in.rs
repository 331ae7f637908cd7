//! Sign-in with identity providers: whom tokens are taken from, who is who there, invitations, ends of memberships,
//! and who asks to act for an employer.

use sea_orm_migration::sea_orm::DbErr;
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager, async_trait};

use crate::dialect;

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0012_sign_in"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for sql in [ISSUERS, SESSIONS, MEMBERS, EMPLOYERS] {
            dialect::execute(manager, sql).await?;
        }
        Ok(())
    }
}

/// An address stands once, so that the `iss` of a token names one row, and with it one tenant.
const ISSUERS: &str = "
CREATE TABLE issuer (
    id {uuid} PRIMARY KEY,
    slug TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    url TEXT NOT NULL UNIQUE,
    client_id TEXT NOT NULL,
    audience TEXT,
    tenant TEXT NOT NULL CHECK (tenant IN ('BODY', 'AGENCY', 'EMPLOYERS')),
    body_id {uuid} REFERENCES body (id),
    roles {json} NOT NULL,
    added_at {instant} NOT NULL,
    CHECK ((tenant = 'BODY') = (body_id IS NOT NULL)),
    CHECK (audience <> client_id)
) {strict};

CREATE TABLE identity (
    issuer_id {uuid} NOT NULL REFERENCES issuer (id),
    subject TEXT NOT NULL CHECK (length(subject) BETWEEN 1 AND 255),
    person_id {uuid} NOT NULL REFERENCES person (id),
    bound_at {instant} NOT NULL,
    PRIMARY KEY (issuer_id, subject)
) {strict};
CREATE INDEX identity_of_person ON identity (person_id);
";

/// Sign-ins live for eight hours at most: those from before have no id that they could be ended by, and are let go.
const SESSIONS: &str = "
DROP TABLE session;
CREATE TABLE session (
    token_hash TEXT PRIMARY KEY,
    id {uuid} NOT NULL UNIQUE,
    membership_id {uuid} NOT NULL REFERENCES membership (id),
    issuer_id {uuid} REFERENCES issuer (id),
    created_at {instant} NOT NULL,
    used_at {instant} NOT NULL,
    expires_at {instant} NOT NULL
) {strict};
CREATE INDEX session_by_expiry ON session (expires_at);
CREATE INDEX session_of_membership ON session (membership_id);
";

const MEMBERS: &str = "
ALTER TABLE membership ADD COLUMN version INTEGER NOT NULL DEFAULT 1 CHECK (version > 0);
ALTER TABLE membership ADD COLUMN ends_at {instant};
CREATE INDEX membership_of_body ON membership (body_id, id) WHERE body_id IS NOT NULL;

CREATE TABLE invitation (
    id {uuid} PRIMARY KEY,
    token_hash TEXT NOT NULL UNIQUE CHECK (length(token_hash) = 64),
    name TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('EMPLOYER', 'ASSESSOR', 'LEAD', 'AGENCY_OFFICER', 'OBSERVER')),
    body_id {uuid} REFERENCES body (id),
    employer_id {uuid} REFERENCES employer (id),
    membership_ends_at {instant},
    invited_by {uuid} REFERENCES person (id),
    created_at {instant} NOT NULL,
    expires_at {instant} NOT NULL CHECK (expires_at > created_at),
    revoked_at {instant},
    used_at {instant},
    used_by {uuid} REFERENCES person (id),
    CHECK ((role IN ('ASSESSOR', 'LEAD')) = (body_id IS NOT NULL)),
    CHECK ((role = 'EMPLOYER') = (employer_id IS NOT NULL)),
    CHECK ((used_at IS NULL) = (used_by IS NULL)),
    CHECK (used_at IS NULL OR revoked_at IS NULL)
) {strict};
CREATE INDEX invitation_of_body ON invitation (body_id, id) WHERE body_id IS NOT NULL;
CREATE INDEX invitation_of_employer ON invitation (employer_id, id) WHERE employer_id IS NOT NULL;
";

/// The employer's name and number are those that were typed: a row of `employer` is made, or found, at the approval
/// only, so that nobody learns by asking whom the service knows.
const EMPLOYERS: &str = "
CREATE TABLE employer_claim (
    id {uuid} PRIMARY KEY,
    person_id {uuid} NOT NULL REFERENCES person (id),
    body_id {uuid} NOT NULL REFERENCES body (id),
    nzbn TEXT NOT NULL CHECK (length(nzbn) = 13),
    legal_name TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('ASKED', 'APPROVED', 'ACCEPTED', 'DECLINED')),
    created_at {instant} NOT NULL,
    decided_at {instant},
    decided_by {uuid} REFERENCES person (id),
    accepted_by {uuid} REFERENCES person (id),
    reason TEXT,
    CHECK ((status = 'ASKED') = (decided_at IS NULL)),
    CHECK ((decided_at IS NULL) = (decided_by IS NULL)),
    CHECK (decided_by <> person_id),
    CHECK (accepted_by <> person_id),
    CHECK ((status = 'DECLINED') = (reason IS NOT NULL))
) {strict};
CREATE UNIQUE INDEX employer_claim_once ON employer_claim (person_id, nzbn) WHERE status IN ('ASKED', 'APPROVED');
CREATE INDEX employer_claim_of_body ON employer_claim (body_id, id);
CREATE INDEX employer_claim_of_employer ON employer_claim (nzbn, id);
CREATE INDEX employer_agent_of_employer ON employer_agent (employer_id);
";
