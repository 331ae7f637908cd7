//! Which rows of each table are another tenant's, as the owner of the tables sees them; and rows of ITP for tables that the
//! caseload leaves empty.

/// Whether who may not change a row may read it all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// Not it either.
    No,
    /// Every body may: it is of all.
    OfAll,
}

use Reading::{No, OfAll};

const ITPS: &str = "body_id = {itp}";
const BELOW_ITPS: &str = "application_id IN (SELECT id FROM application WHERE body_id = {itp})";
const EVERY: &str = "true";

/// Of every table with a wall, the rows that NZTech must not come to.
pub const FOREIGN_TO_NZTECH: &[(&str, &str, Reading)] = &[
    ("agency_case", ITPS, No),
    ("agency_message", EVERY, No),
    ("agency_outcome", ITPS, No),
    ("amendment", ITPS, No),
    ("application", ITPS, No),
    ("application_word", ITPS, No),
    ("assessment", ITPS, No),
    ("assessment_round", ITPS, No),
    ("attestation", ITPS, No),
    ("ballot_entry", BELOW_ITPS, No),
    ("conflict", ITPS, No),
    ("discrepancy", "body_id = {itp} AND other_body_id IS DISTINCT FROM {nztech}", No),
    (
        "employer",
        "NOT EXISTS (SELECT 1 FROM application WHERE employer_id = employer.id AND body_id = {nztech})",
        No,
    ),
    ("employer_agent", EVERY, No),
    ("employer_claim", ITPS, No),
    ("evidence", ITPS, No),
    ("frontend", EVERY, No),
    ("frontend_client", EVERY, No),
    ("frontend_origin", EVERY, No),
    ("held_back", ITPS, No),
    ("history_event", ITPS, No),
    ("hold", ITPS, No),
    ("idempotency", "actor_id IN (SELECT person_id FROM membership WHERE body_id = {itp})", No),
    ("identity", EVERY, No),
    ("imported_row", ITPS, No),
    ("information_request", ITPS, No),
    ("interest", ITPS, No),
    ("invitation", ITPS, No),
    ("job", EVERY, No),
    ("membership", "body_id IS DISTINCT FROM {nztech}", No),
    (
        "person",
        "NOT EXISTS (SELECT 1 FROM membership WHERE person_id = person.id AND body_id = {nztech})",
        No,
    ),
    ("place", ITPS, No),
    ("place_movement", ITPS, No),
    ("queue_entry", ITPS, No),
    ("reconciliation", EVERY, OfAll),
    ("reconciliation_figure", ITPS, No),
    ("reconciliation_open", "body_id = {itp} AND other_body_id IS DISTINCT FROM {nztech}", No),
    ("release", EVERY, OfAll),
    ("release_line", ITPS, No),
    ("release_section", ITPS, No),
    ("release_state", EVERY, OfAll),
    ("resolution_proposal", "discrepancy_id IN (SELECT id FROM discrepancy WHERE body_id = {itp})", No),
    ("seal", EVERY, No),
    ("sealed_event", EVERY, No),
    ("session", "membership_id IN (SELECT id FROM membership WHERE body_id IS DISTINCT FROM {nztech})", No),
    ("sign_off", ITPS, No),
    ("told_apart", BELOW_ITPS, No),
    ("turn_back", ITPS, No),
    ("unsealed", EVERY, No),
    ("worker", ITPS, No),
    ("worker_fingerprint", BELOW_ITPS, No),
];

const RATAS: &str = "employer_id = {rata}";
const BELOW_RATAS: &str = "application_id IN (SELECT id FROM application WHERE employer_id = {rata})";

/// Of the tables that employers come to, the rows that Kauri must not.
pub const FOREIGN_TO_KAURI: &[(&str, &str, Reading)] = &[
    ("application", RATAS, No),
    ("application_word", RATAS, No),
    ("assessment", BELOW_RATAS, No),
    ("assessment_round", BELOW_RATAS, No),
    ("employer", "id = {rata}", No),
    ("employer_agent", RATAS, No),
    ("evidence", RATAS, No),
    ("history_event", BELOW_RATAS, No),
    ("information_request", BELOW_RATAS, No),
    ("interest", "nzbn = (SELECT nzbn FROM employer WHERE id = {rata})", No),
    ("membership", "person_id <> '{agent}'", No),
    ("person", "id <> '{agent}'", No),
    ("place", "employer_id IS DISTINCT FROM {kauri}", No),
    ("session", "membership_id NOT IN (SELECT id FROM membership WHERE person_id = '{agent}')", No),
    ("worker", BELOW_RATAS, No),
    ("worker_fingerprint", BELOW_RATAS, No),
];

/// Rows that nobody has made yet. No trigger and no foreign key looks at them: they only have to be there.
pub const FILLED_BY_HAND: &[&str] = &[
    "INSERT INTO agency_case (application_id, body_id, status, at) VALUES ({itps}, {itp}, 'SENT', {now}), \
     ({ratas}, {nztech}, 'SENT', {now})",
    "INSERT INTO agency_message (id, exception_id, message_id, digest, content_sealed, lines, applied, late, repeated, \
     disputed, received_at) VALUES ({one}, {one}, 'm', sha256('m'), 'x', 1, 1, 0, 0, 0, {now})",
    "INSERT INTO agency_outcome (id, agency_message_id, line, application_id, body_id, status, at, received_at, \
     correction, became) VALUES ({one}, {one}, 1, {itps}, {itp}, 'SENT', {now}, {now}, false, 'APPLIED')",
    "INSERT INTO attestation (release_id, body_id, person_id, at, line_count, digest) \
     VALUES ({one}, {itp}, {one}, {now}, 1, repeat('a', 64))",
    "INSERT INTO ballot_entry (ballot_id, entry, application_id) VALUES ({one}, 'a', {itps})",
    "INSERT INTO conflict (person_id, employer_id, body_id, reason, declared_at) \
     VALUES ({one}, {rata}, {itp}, 'A cousin works there.', {now})",
    "INSERT INTO discrepancy (id, exception_id, kind, severity, status, mark, application_id, body_id, opened_at) \
     VALUES ({one}, {one}, 'NOT_ON_RELEASE', 'HIGH', 'OPEN', repeat('a', 64), {itps}, {itp}, {now})",
    "INSERT INTO employer (id, nzbn, legal_name, folded_name) VALUES ({one}, '9429900000049', 'Miro', 'miro')",
    "INSERT INTO employer_claim (id, person_id, body_id, nzbn, legal_name, status, created_at) \
     VALUES ({one}, {one}, {itp}, '9429900000049', 'Miro', 'ASKED', {now})",
    "INSERT INTO frontend (id, name, added_at) VALUES ({one}, 'x', {now})",
    "INSERT INTO frontend_client (issuer_id, client_id, frontend_id) VALUES ({one}, 'x', {one})",
    "INSERT INTO frontend_origin (origin, frontend_id) VALUES ('https://x', {one})",
    "INSERT INTO held_back (release_id, application_id, body_id, reference, reason) \
     VALUES ({one}, {itps}, {itp}, 'ITP-1', 'ON_HOLD')",
    "INSERT INTO hold (id, application_id, body_id, reason, held_by, held_at) VALUES ({one}, {itps}, {itp}, 'x', {one}, {now})",
    "INSERT INTO identity (issuer_id, subject, person_id, bound_at) VALUES ({one}, 's', {one}, {now})",
    "INSERT INTO imported_row (body_id, exception_id, external_reference, application_id, content_hash, at) \
     VALUES ({itp}, {one}, 'x', {itps}, sha256('x'), {now})",
    "INSERT INTO invitation (id, token_hash, name, role, body_id, created_at, expires_at) \
     VALUES ({one}, repeat('a', 64), 'x', 'LEAD', {itp}, {now}, {now} + interval '1 day')",
    "INSERT INTO job (name, interval_seconds, runs, started_at, ended_at, outcome, counts, failures_in_a_row) \
     VALUES ('x', 60, 1, {now}, {now}, 'DONE', '{}', 0)",
    "INSERT INTO reconciliation (id, exception_id, number, ran_at, checked, matched, balanced, digest) \
     VALUES ({one}, {one}, 1, {now}, 0, 0, true, repeat('a', 64))",
    "INSERT INTO reconciliation_figure (reconciliation_id, body_id, caseload, ledger, released, agency) \
     VALUES ({one}, {itp}, 0, 0, 0, 0)",
    "INSERT INTO reconciliation_open (id, reconciliation_id, kind, body_id, count) VALUES ({one}, {one}, 'x', {itp}, 1)",
    "INSERT INTO resolution_proposal (id, discrepancy_id, body_id, person_id, resolution, note, at) \
     VALUES ({one}, {one}, {itp}, {one}, 'KEEP_OURS', 'x', {now})",
    "INSERT INTO seal (number, first_position, last_position, digest, previous_head, head, at) \
     VALUES (1, 1, 1, repeat('a', 64), '', repeat('b', 64), {now})",
    "INSERT INTO sealed_event (position, source, record_id, digest) VALUES (1, 'HISTORY', {one}, repeat('a', 64))",
    "INSERT INTO session (token_hash, id, membership_id, created_at, used_at, expires_at) \
     SELECT 'x', {one}, id, {now}, {now}, {now} FROM membership WHERE body_id = {itp} LIMIT 1",
    "INSERT INTO sign_off (reconciliation_id, body_id, person_id, lines, digest, at) \
     VALUES ({one}, {itp}, {one}, 0, repeat('a', 64), {now})",
    "INSERT INTO told_apart (application_id, other_id, matched, discrepancy_id, at) \
     VALUES ({itps}, 'ffffffff-0000-7000-8000-000000000001', repeat('a', 64), {one}, {now})",
    "INSERT INTO turn_back (id, application_id, body_id, round, kind, note, turned_by, at) \
     VALUES ({one}, {itps}, {itp}, 1, 'RETURNED', 'x', {one}, {now})",
    "INSERT INTO amendment (id, application_id, body_id, status, reason, changes, facts, proposed_by, proposed_at, decided_at) \
     VALUES ({one}, {itps}, {itp}, 'DROPPED', 'x', '[]', '{}', {one}, {now}, {now})",
    "INSERT INTO assessment (application_id, round, criterion, body_id, outcome, assessor_id, turn, at) \
     VALUES ({ratas}, 9, 'x', {nztech}, 'MET', {one}, 1, {now}), ({itps}, 9, 'x', {itp}, 'MET', {one}, 1, {now})",
    "INSERT INTO assessment_round (application_id, round, body_id, advice, advice_reasons, advised_by, advised_at) \
     VALUES ({ratas}, 9, {nztech}, 'ENDORSE', '[]', {one}, {now}), ({itps}, 9, {itp}, 'ENDORSE', '[]', {one}, {now})",
    "INSERT INTO information_request (id, application_id, body_id, round, question, status, due_on, asked_by, created_at) \
     VALUES ({one}, {ratas}, {nztech}, 1, 'x', 'OPEN', '2022-03-09', {one}, {now}), \
     ('ffffffff-0000-7000-8000-000000000002', {itps}, {itp}, 1, 'x', 'OPEN', '2022-03-09', {one}, {now})",
    "INSERT INTO place (id, exception_id, number, state, since, movements) VALUES ({one}, {one}, 99, 'AVAILABLE', {now}, 1)",
    "INSERT INTO queue_entry (application_id, exception_id, body_id, employer_id, band, submitted_at, on_hold) \
     VALUES ({itps}, {one}, {itp}, {rata}, 0, {now}, false) ON CONFLICT DO NOTHING",
    "INSERT INTO idempotency (actor_id, act, key, request_hash, at) \
     SELECT person_id, 'x', 'x', 'x', {now} FROM membership WHERE body_id = {itp} LIMIT 1",
    "INSERT INTO unsealed (source, record_id) VALUES ('HISTORY', {one}) ON CONFLICT DO NOTHING",
];

/// What the words in braces stand for.
pub fn filled(sql: &str, words: &[(&str, String)]) -> String {
    words.iter().fold(sql.to_owned(), |sql, (word, means)| sql.replace(word, means))
}
