//! Changes by hand, and the invariants that each of them breaks.

use nominations::check::Rule;

/// What has to be taken away before the database takes the change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loosened {
    /// Nothing: only `check` sees it.
    Nothing,
    /// A check, a trigger, a foreign key or an index.
    Constraints,
    /// A unique column.
    UniqueColumn,
}

/// One change by hand.
#[derive(Debug)]
pub struct Change {
    pub sql: &'static str,
    pub loosened: Loosened,
    pub breaks: &'static [Rule],
}

pub const fn seen(sql: &'static str, breaks: &'static [Rule]) -> Change {
    Change { sql, loosened: Loosened::Nothing, breaks }
}

pub const fn refused(sql: &'static str, breaks: &'static [Rule]) -> Change {
    Change { sql, loosened: Loosened::Constraints, breaks }
}

/// Place 1 is NZTech's, 2 ITP's, 3 came back once; one application waits.
pub const CHANGES: &[Change] = &[
    // Places and their ledger.
    seen(
        "UPDATE place SET state = 'AVAILABLE', application_id = NULL, body_id = NULL, employer_id = NULL \
         WHERE number = 1",
        &[Rule::NominatedHoldsPlace, Rule::WorkerMarked, Rule::Ledger, Rule::Stranded],
    ),
    refused(
        "UPDATE place SET state = 'AVAILABLE' WHERE number = 1",
        &[Rule::PlaceHolder, Rule::Ledger, Rule::Stranded],
    ),
    refused(
        "UPDATE place SET application_id = NULL WHERE number = 1",
        &[Rule::PlaceHolder, Rule::NominatedHoldsPlace, Rule::WorkerMarked],
    ),
    refused(
        "DELETE FROM place_movement WHERE place_number = 1 AND movement = 2",
        &[Rule::Ledger, Rule::LedgerHolder, Rule::SealedRecord],
    ),
    refused(
        "UPDATE place_movement SET to_state = 'LISTED' WHERE place_number = 1 AND movement = 2",
        &[Rule::Ledger, Rule::SealedRecord],
    ),
    refused(
        "UPDATE place_movement SET on_day = '2020-01-01' WHERE place_number = 3 AND movement = 3",
        &[Rule::LedgerDay, Rule::SealedRecord],
    ),
    seen("UPDATE place SET movements = movements + 1 WHERE number = 2", &[Rule::Ledger]),
    refused(
        "UPDATE place SET number = 9 WHERE number = 3",
        &[Rule::PlaceNumbers, Rule::Ledger, Rule::LedgerHolder, Rule::Dangling],
    ),
    seen("UPDATE class_exception SET places = 4", &[Rule::PlacesAddUp]),
    seen("UPDATE class_exception SET per_employer_cap = 1", &[Rule::EmployerCap]),
    seen(
        "UPDATE place SET body_id = (SELECT body_id FROM place WHERE number = 2) WHERE number = 1",
        &[Rule::PlaceAgrees, Rule::LedgerHolder],
    ),
    Change {
        sql: "UPDATE place SET application_id = (SELECT application_id FROM place WHERE number = 1), \
              body_id = (SELECT body_id FROM place WHERE number = 1), \
              employer_id = (SELECT employer_id FROM place WHERE number = 1) WHERE number = 2",
        loosened: Loosened::UniqueColumn,
        breaks: &[Rule::OnePlace, Rule::NominatedHoldsPlace, Rule::WorkerMarked, Rule::LedgerHolder],
    },
    // Who holds and who waits.
    seen(
        "UPDATE application SET status = 'CONFIRMED' WHERE id = (SELECT application_id FROM place WHERE number = 1)",
        &[Rule::PlaceFitsStatus, Rule::QueueFitsStatus],
    ),
    seen(
        "UPDATE application SET status = 'NOMINATED', nominated_at = confirmed_at \
         WHERE id = (SELECT application_id FROM queue_entry)",
        &[Rule::NominatedHoldsPlace, Rule::QueueFitsStatus, Rule::History],
    ),
    seen("DELETE FROM queue_entry", &[Rule::QueueFitsStatus]),
    seen("UPDATE queue_entry SET submitted_at = '2022-01-01T00:00:00+00:00'", &[Rule::QueueAgrees]),
    seen("UPDATE queue_entry SET band = 0", &[Rule::QueueAgrees]),
    seen(
        "UPDATE worker_fingerprint SET holds_place = FALSE \
         WHERE application_id = (SELECT application_id FROM place WHERE number = 1)",
        &[Rule::WorkerMarked],
    ),
    refused(
        "UPDATE worker_fingerprint SET fingerprint = (SELECT fingerprint FROM worker_fingerprint \
             WHERE application_id = (SELECT application_id FROM place WHERE number = 1)) \
         WHERE application_id = (SELECT application_id FROM place WHERE number = 2)",
        &[Rule::OnePlaceForWorker, Rule::Fingerprint],
    ),
    // The worker.
    seen(
        "UPDATE worker_fingerprint SET \
             fingerprint = '0000000000000000000000000000000000000000000000000000000000000000' \
         WHERE application_id = (SELECT application_id FROM queue_entry)",
        &[Rule::Fingerprint],
    ),
    seen(
        "UPDATE worker SET passport_sealed = (SELECT passport_sealed FROM worker \
             WHERE application_id = (SELECT application_id FROM place WHERE number = 1)) \
         WHERE application_id = (SELECT application_id FROM queue_entry)",
        &[Rule::PassportOpens],
    ),
    seen(
        "UPDATE worker SET passport_state = 'AUS' WHERE application_id = (SELECT application_id FROM queue_entry)",
        &[Rule::Fingerprint],
    ),
    seen(
        "UPDATE worker SET passport_hint = '999' WHERE application_id = (SELECT application_id FROM queue_entry)",
        &[Rule::PassportOpens],
    ),
    seen(
        "UPDATE worker SET body_id = (SELECT id FROM body WHERE slug = 'itp') \
         WHERE application_id = (SELECT id FROM application WHERE status = 'SUBMITTED')",
        &[Rule::OneBody, Rule::PassportOpens],
    ),
    // Two people.
    refused(
        "UPDATE assessment_round SET decided_by = advised_by \
         WHERE application_id = (SELECT application_id FROM place WHERE number = 1)",
        &[Rule::TwoPeople, Rule::Hands],
    ),
    seen(
        "UPDATE assessment SET assessor_id = (SELECT decided_by FROM assessment_round AS round \
             WHERE round.application_id = assessment.application_id) \
         WHERE criterion = 'salary' AND application_id = (SELECT application_id FROM place WHERE number = 1)",
        &[Rule::TwoPeople, Rule::Hands],
    ),
    seen(
        "INSERT INTO conflict (person_id, employer_id, body_id, reason, declared_at) \
         SELECT round.decided_by, place.employer_id, place.body_id, 'x', '2022-01-01T00:00:00+00:00' \
         FROM assessment_round AS round JOIN place ON place.application_id = round.application_id \
         WHERE place.number = 1",
        &[Rule::NoConflict],
    ),
    seen(
        "INSERT INTO assessment (application_id, round, criterion, body_id, outcome, note, assessor_id, turn, at) \
         SELECT application_id, 2, criterion, body_id, outcome, note, assessor_id, turn, at FROM assessment \
         WHERE application_id = (SELECT id FROM application WHERE status = 'IN_ASSESSMENT')",
        &[Rule::OneRound],
    ),
    seen(
        "UPDATE assessment_round SET decision = NULL, decision_reasons = NULL, decided_by = NULL, \
             decided_at = NULL WHERE application_id = (SELECT application_id FROM place WHERE number = 1)",
        &[Rule::RoundFitsStatus],
    ),
    refused(
        "UPDATE assessment_round SET advice = 'DECLINE' \
         WHERE application_id = (SELECT application_id FROM place WHERE number = 1)",
        &[Rule::DecisionAgrees],
    ),
    // Findings.
    seen(
        "DELETE FROM assessment WHERE criterion = 'salary' \
         AND application_id = (SELECT application_id FROM place WHERE number = 1)",
        &[Rule::FindingsBear],
    ),
    seen(
        "UPDATE assessment SET outcome = 'NOT_MET' WHERE criterion = 'role' \
         AND application_id = (SELECT id FROM application WHERE status = 'RECOMMENDED')",
        &[Rule::FindingsBear],
    ),
    seen(
        "UPDATE application SET priority = TRUE WHERE id = (SELECT application_id FROM queue_entry)",
        &[Rule::Band, Rule::QueueAgrees],
    ),
    // What the application says.
    seen("UPDATE application SET reference = lower(reference) WHERE status = 'DRAFT'", &[Rule::Reference]),
    seen(
        "UPDATE application SET reference = replace(reference, 'NZT', 'ITP') WHERE status = 'DRAFT'",
        &[Rule::Reference, Rule::Words],
    ),
    seen("UPDATE application SET terms_revision = 7 WHERE status = 'DRAFT'", &[Rule::Terms]),
    seen("UPDATE application SET role_code = '9999' WHERE status = 'SUBMITTED'", &[Rule::Codes]),
    seen("UPDATE application SET annual_cents = annual_cents + 1 WHERE status = 'DRAFT'", &[Rule::Pay]),
    refused("UPDATE application SET declared_at = NULL WHERE status = 'SUBMITTED'", &[Rule::Submission]),
    seen(
        "UPDATE worker SET notice_given_at = NULL WHERE application_id = (SELECT application_id FROM queue_entry)",
        &[Rule::Submission],
    ),
    seen(
        "UPDATE application SET created_at = '2023-01-01T00:00:00+00:00' WHERE status = 'SUBMITTED'",
        &[Rule::Times],
    ),
    seen(
        "UPDATE application SET version = version + 1, revision = revision + 1 WHERE status = 'DRAFT'",
        &[Rule::Version],
    ),
    refused(
        "DELETE FROM history_event WHERE kind = 'SUBMITTED'",
        &[Rule::History, Rule::Version, Rule::SealedRecord],
    ),
    seen(
        "INSERT INTO imported_row (body_id, exception_id, external_reference, application_id, content_hash, at) \
         SELECT body_id, exception_id, 'A-1', id, (SELECT request_hash FROM idempotency), created_at \
         FROM application WHERE status = 'DRAFT'",
        &[Rule::ImportedRow],
    ),
    // Casework.
    seen(
        "UPDATE application SET status = 'INFORMATION_REQUESTED' WHERE status = 'IN_ASSESSMENT'",
        &[Rule::History, Rule::QuestionsFit, Rule::ClockFits],
    ),
    seen("UPDATE application SET due_at = created_at WHERE status = 'DRAFT'", &[Rule::ClockFits]),
    seen("UPDATE application SET ended_at = NULL WHERE status = 'REVOKED'", &[Rule::EndFits]),
    seen("UPDATE application SET hold_reason = 'A complaint.' WHERE status = 'SUBMITTED'", &[Rule::HoldFits]),
    seen(
        "UPDATE application SET hold_reason = 'A complaint.' WHERE status = 'CONFIRMED'",
        &[Rule::HoldFits, Rule::QueueAgrees],
    ),
    seen(
        "INSERT INTO amendment (id, application_id, body_id, status, reason, changes, facts, proposed_by, proposed_at) \
         SELECT id, id, body_id, 'PROPOSED', 'A typo.', '[]', '{}', (SELECT person_id FROM membership WHERE role = 'ASSESSOR' LIMIT 1), \
         created_at FROM application WHERE status = 'SUBMITTED'",
        &[Rule::AmendmentFits, Rule::Hands],
    ),
    seen(
        "UPDATE application SET supersedes_id = (SELECT id FROM application WHERE status = 'DRAFT') \
         WHERE status = 'SUBMITTED'",
        &[Rule::SuccessionFits],
    ),
    seen(
        "INSERT INTO turn_back (id, application_id, body_id, round, kind, note, turned_by, at) \
         SELECT application_id, application_id, body_id, 2, 'RETURNED', 'No duties.', advised_by, advised_at \
         FROM assessment_round WHERE decision IS NULL",
        &[Rule::OneRound, Rule::Hands],
    ),
    // What it is looked at by.
    seen(
        "DELETE FROM application_word WHERE application_id = (SELECT application_id FROM place WHERE number = 1)",
        &[Rule::Words],
    ),
    seen("UPDATE application_word SET word = 'kiwi' WHERE word = 'software'", &[Rule::Words]),
    seen(
        "UPDATE application_word SET body_id = (SELECT id FROM body WHERE slug = 'itp') \
         WHERE application_id = (SELECT id FROM application WHERE status = 'SUBMITTED')",
        &[Rule::Words],
    ),
    seen(
        "UPDATE application SET days_to_decision = days_to_decision + 1 \
         WHERE id = (SELECT application_id FROM place WHERE number = 1)",
        &[Rule::DecisionDays],
    ),
    // What was purged.
    seen("UPDATE application SET purged_at = created_at WHERE status = 'IN_ASSESSMENT'", &[Rule::Purged]),
    // What the agency said.
    seen(
        "INSERT INTO agency_case (application_id, body_id, status, at) \
         SELECT application_id, body_id, 'TRAVEL_REQUESTED', since FROM place WHERE number = 1",
        &[Rule::AgencySaid, Rule::AgencyCase],
    ),
    seen(
        "INSERT INTO agency_case (application_id, body_id, status, at) \
         SELECT application_id, body_id, 'VISA_GRANTED', since FROM place WHERE number = 1",
        &[Rule::AgencySaid, Rule::AgencyPlace, Rule::AgencyCase],
    ),
    seen(
        "INSERT INTO agency_case (application_id, body_id, status, at, hold_until) \
         SELECT application_id, body_id, 'SENT', since, since FROM place WHERE number = 1",
        &[Rule::AgencyHold, Rule::AgencyCase],
    ),
    seen(
        "INSERT INTO agency_message (id, exception_id, message_id, digest, content_sealed, lines, applied, late, \
             repeated, disputed, received_at) \
         SELECT id, exception_id, 'm-1', (SELECT request_hash FROM idempotency), (SELECT request_hash FROM idempotency), \
             1, 1, 0, 0, 0, created_at FROM application WHERE status = 'IN_ASSESSMENT'",
        &[Rule::AgencyMessage],
    ),
    // The sealed history.
    refused("UPDATE history_event SET actor_role = 'LEAD' WHERE kind = 'RECOMMENDED'", &[Rule::SealedRecord]),
    refused("DELETE FROM history_event WHERE kind = 'CONFLICT_DECLARED'", &[Rule::SealedRecord]),
    refused("UPDATE place_movement SET reason = 'A gift.' WHERE movement = 1", &[Rule::SealedRecord]),
    refused("UPDATE sealed_event SET position = position + 1000 WHERE position = 2", &[Rule::Seals]),
    refused("DELETE FROM sealed_event WHERE position = 2", &[Rule::Seals, Rule::PastTheSeals]),
    refused("UPDATE seal SET head = digest WHERE number = 2", &[Rule::Seals]),
    refused("DELETE FROM seal WHERE number = 1", &[Rule::Seals]),
    refused("DELETE FROM seal WHERE number = 2", &[Rule::Seals]),
    seen(
        "INSERT INTO unsealed (source, record_id) SELECT 'LEDGER', id FROM application WHERE status = 'REVOKED'",
        &[Rule::PastTheSeals],
    ),
    seen(
        "INSERT INTO release (id, exception_id, number, line_count, digest, history_head, prepared_at, prepared_by, \
             prepared_for) \
         SELECT id, exception_id, 1, 1, (SELECT digest FROM seal WHERE number = 1), \
             (SELECT digest FROM seal WHERE number = 1), created_at, assessor_id, body_id \
         FROM application WHERE status = 'IN_ASSESSMENT'",
        &[Rule::ReleaseHead, Rule::ReleaseAddsUp, Rule::ReleaseDigests, Rule::ReleaseAttested],
    ),
    // What stands by itself.
    seen(
        "DELETE FROM class_exception_body WHERE body_id = (SELECT id FROM body WHERE slug = 'itp')",
        &[Rule::Member],
    ),
    seen("UPDATE class_exception SET revision = 2", &[Rule::Revisions]),
    refused("DELETE FROM class_exception_revision", &[Rule::Revisions, Rule::Terms]),
    seen("UPDATE idempotency SET answer = NULL", &[Rule::Answer]),
    refused("DELETE FROM installation", &[Rule::Installation]),
    seen(
        "INSERT INTO frontend (id, name, added_at) SELECT id, 'x', created_at FROM application WHERE status = 'REVOKED'",
        &[Rule::Frontend],
    ),
    seen(
        "INSERT INTO issuer (id, slug, name, url, client_id, audience, tenant, roles, added_at) \
         SELECT id, 'x', 'x', 'https://x', 'ours', 'api', 'AGENCY', '[]', created_at \
         FROM application WHERE status = 'REVOKED'; \
         INSERT INTO frontend (id, name, added_at) SELECT id, 'x', added_at FROM issuer; \
         INSERT INTO frontend_origin (origin, frontend_id) SELECT 'https://x', id FROM issuer; \
         INSERT INTO frontend_client (issuer_id, client_id, frontend_id) SELECT id, client_id, id FROM issuer",
        &[Rule::Frontend],
    ),
    seen("UPDATE interest SET nzbn = '9429900000025'", &[Rule::InterestFits]),
    seen("UPDATE interest SET body_id = (SELECT id FROM body WHERE slug = 'itp')", &[Rule::InterestFits]),
    refused("DELETE FROM interest", &[Rule::InterestFits, Rule::Dangling]),
    // What the database itself holds.
    refused("DELETE FROM application WHERE status = 'IN_ASSESSMENT'", &[Rule::Dangling]),
    // Who did it.
    seen(
        "UPDATE assessment_round SET decided_by = (SELECT id FROM person WHERE handle = 'nztech-second') \
         WHERE decided_by = (SELECT id FROM person WHERE handle = 'nztech-lead')",
        &[Rule::Hands],
    ),
    seen(
        "UPDATE assessment_round SET advised_by = (SELECT id FROM person WHERE handle = 'nztech-second') \
         WHERE decided_by IS NULL",
        &[Rule::Hands],
    ),
];
