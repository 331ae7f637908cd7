//! What a caseload is looked at by: its figures, what is to be noticed, and the words that it is searched by.

use sea_orm_migration::sea_orm::DbErr;
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager, async_trait};

use crate::dialect;

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0006_views"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for sql in [FIGURES, FLAGS, WORDS] {
            dialect::execute(manager, sql).await?;
        }
        Ok(())
    }
}

// What is counted has few values, so that PostgreSQL keeps its indexes small and counts in them alone. The cases without a
// decision are what people work on, and few: they have an index of their own.
const FIGURES: &str = "
ALTER TABLE application ADD COLUMN days_to_decision INTEGER;
ALTER TABLE assessment_round ADD COLUMN exception_id {uuid} REFERENCES class_exception (id);
UPDATE assessment_round SET exception_id =
    (SELECT exception_id FROM application WHERE application.id = assessment_round.application_id);

CREATE INDEX application_by_status ON application
    (body_id, status, exception_id, assessor_id, role_code, priority) WHERE submitted_at IS NOT NULL;
CREATE INDEX application_undecided ON application (body_id, submitted_at, id)
    WHERE status IN ('DRAFT', 'SUBMITTED', 'IN_ASSESSMENT', 'INFORMATION_REQUESTED', 'RECOMMENDED', 'RETURNED');
CREATE INDEX application_of_body_by_due ON application
    (body_id, COALESCE(due_at, '9999-12-31T23:59:59+00:00'), id) WHERE submitted_at IS NOT NULL;
CREATE INDEX application_decided ON application (body_id, exception_id, days_to_decision)
    WHERE days_to_decision IS NOT NULL;
CREATE INDEX round_decided ON assessment_round (body_id, exception_id, advised_by) WHERE decision IS NOT NULL;
CREATE INDEX history_by_day ON history_event (body_id, exception_id, kind, at)
    WHERE kind = 'SUBMITTED' OR kind = 'IMPORTED' OR kind = 'CONFIRMED' OR kind = 'DECLINED';
";

const FLAGS: &str = "
CREATE INDEX application_on_hold ON application (body_id, id) WHERE hold_reason IS NOT NULL;
CREATE INDEX information_request_expired ON information_request (body_id, application_id, round)
    WHERE status = 'EXPIRED';
";

// The words themselves are written by `nominations migrate`: SQL cannot fold them.
const WORDS: &str = "
CREATE TABLE application_word (
    application_id {uuid} NOT NULL REFERENCES application (id),
    word {bytewise} NOT NULL,
    body_id {uuid} NOT NULL,
    employer_id {uuid} NOT NULL,
    PRIMARY KEY (application_id, word)
) {strict};
CREATE INDEX application_word_of_body ON application_word (body_id, word, application_id);
CREATE INDEX application_word_of_employer ON application_word (employer_id, word, application_id);
";
