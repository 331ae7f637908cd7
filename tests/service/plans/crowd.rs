//! A caseload as it is after years: so many applications of both bodies, most of them decided, with all that hangs on
//! them. It is made in SQL, and by chance that is the same at every run.

use entity::ExceptionId;
use sea_orm::{ConnectionTrait, DatabaseConnection};
use uuid::Uuid;

use crate::service::support::World;
use crate::service::support::cast::{ITP, NZTECH};

/// Fills a PostgreSQL database that has a cast and two class exceptions, and lets it look at its tables.
pub async fn fill(world: &World, exceptions: &[(ExceptionId, i32)], count: usize) {
    let conn = world.conn();
    let [usual, other] = [exceptions[0].0, exceptions[1].0];
    let ids =
        [("{usual}", usual.0), ("{other}", other.0), ("{nztech}", NZTECH.id().0), ("{itp}", ITP.id().0)];
    let text = |sql: &str| {
        let sql = sql.replace("{count}", &count.to_string()).replace("{now}", &world.now().to_rfc3339());
        ids.iter().fold(sql, |sql, (name, id)| sql.replace(name, &format!("'{id}'::uuid")))
    };
    for sql in [PEOPLE, MADE, APPLICATIONS, WORKERS, WORDS, EVIDENCE, QUESTIONS, ROUNDS, HISTORY] {
        run(conn, &text(sql)).await;
    }
    run(conn, "DROP TABLE made; DROP FUNCTION crowd").await;
    // As it does by itself in time.
    run(conn, "VACUUM (ANALYZE)").await;
}

async fn run(conn: &DatabaseConnection, sql: &str) {
    if let Err(error) = conn.execute_unprepared(sql).await {
        panic!("{error}\n{sql}");
    }
}

/// The id of something of the crowd.
pub fn id(kind: &str, number: usize) -> Uuid {
    Uuid::parse_str(&format!("00000000-0000-7000-{kind}-{number:012x}")).expect("an id")
}

/// Twenty assessors for each body, and an employer for forty applications.
const PEOPLE: &str = "
CREATE FUNCTION crowd(kind TEXT, i BIGINT) RETURNS UUID IMMUTABLE LANGUAGE SQL
    AS $$ SELECT ('00000000-0000-7000-' || kind || '-' || lpad(to_hex(i), 12, '0'))::uuid $$;

INSERT INTO person (id, handle, name)
SELECT crowd('9001', i), 'crowd-' || i, 'Assessor ' || i FROM generate_series(1, 40) AS i;

INSERT INTO employer (id, nzbn, legal_name, folded_name)
SELECT crowd('9002', i), '8' || lpad(i::text, 12, '0'), 'Employer ' || i, 'employer ' || i
FROM generate_series(1, {count} / 40) AS i;

INSERT INTO conflict (person_id, employer_id, body_id, reason, declared_at)
SELECT crowd('9001', i), crowd('9002', i), CASE WHEN i % 2 = 0 THEN {nztech} ELSE {itp} END,
    'A cousin works there.', '{now}'
FROM generate_series(1, 8) AS i;
";

/// What the others are made of. The newest are undecided; a hundredth of all is of the other class exception.
const MADE: &str = "
CREATE TABLE made AS
SELECT i, id, submitted_at, status, body_id, exception_id, employer_id, round,
    crowd('9001', CASE WHEN body_id = {nztech} THEN 2 * (who % 20) + 2 ELSE 2 * (who % 20) + 1 END) AS assessor_id,
    crowd('9001', CASE WHEN body_id = {nztech} THEN 2 * ((who + 1) % 20) + 2 ELSE 2 * ((who + 1) % 20) + 1 END)
        AS lead_id,
    status IN ('CONFIRMED', 'NOMINATED', 'DECLINED', 'REVOKED', 'LAPSED', 'SUPERSEDED') AS is_decided,
    status IN ('CONFIRMED', 'NOMINATED', 'REVOKED', 'LAPSED', 'SUPERSEDED') AS is_confirmed,
    status IN ('SUBMITTED', 'IN_ASSESSMENT', 'RECOMMENDED') AS runs,
    dice
FROM (
    SELECT i, crowd('8000', i) AS id,
        '{now}'::timestamptz - ({count} - i) * (interval '600 days' / {count}) AS submitted_at,
        CASE WHEN i > {count} * 0.8 THEN
            (ARRAY['DRAFT', 'SUBMITTED', 'SUBMITTED', 'SUBMITTED', 'IN_ASSESSMENT', 'IN_ASSESSMENT', 'IN_ASSESSMENT',
                'INFORMATION_REQUESTED', 'RECOMMENDED', 'RETURNED', 'CONFIRMED', 'NOMINATED'])[1 + floor(dice[1] * 12)::int]
        ELSE
            (ARRAY['NOMINATED', 'NOMINATED', 'NOMINATED', 'NOMINATED', 'NOMINATED', 'DECLINED', 'DECLINED', 'WITHDRAWN',
                'LAPSED', 'REVOKED', 'SUPERSEDED', 'RETURNED', 'DRAFT'])[1 + floor(dice[1] * 13)::int]
        END AS status,
        CASE WHEN dice[2] < 0.5 THEN {nztech} ELSE {itp} END AS body_id,
        CASE WHEN dice[3] < 0.01 THEN {other} ELSE {usual} END AS exception_id,
        crowd('9002', 1 + floor(dice[4] * dice[4] * ({count} / 40))::int) AS employer_id,
        CASE WHEN dice[5] < 0.03 THEN 2 ELSE 1 END AS round, floor(dice[6] * 20)::int AS who, dice
    FROM (
        SELECT i, (SELECT array_agg(('x' || substr(md5(i || ':' || n), 1, 7))::bit(28)::int / 268435456::float8 ORDER BY n)
            FROM generate_series(1, 16) AS n) AS dice
        FROM generate_series(1, {count}) AS i
    ) AS rolled
) AS mixed;
";

/// In no order on the disk, which is what years of changes come to.
const APPLICATIONS: &str = "
INSERT INTO application (id, exception_id, terms_revision, body_id, employer_id, reference, version, revision, status, round,
    contact_name, contact_email, role_code, job_title, occupation_code, duties, region, pay_cents, pay_currency, pay_period,
    pay_hours_hundredths, annual_cents, eligibility, assessor_id, declared_at, submitted_at, priority, confirmed_at,
    ballot_entry, nominated_at, due_at, hold_reason, days_to_decision, created_at, updated_at)
SELECT id, exception_id, CASE WHEN exception_id = {other} THEN 1 ELSE 1 + floor(dice[7] * 3)::int END, body_id, employer_id,
    CASE WHEN body_id = {nztech} THEN 'NZT-' ELSE 'ITP-' END || lpad(upper(to_hex(i)), 6, '0'), 5, 9, status, round,
    'Finn Gray', 'finn@example.nz', (ARRAY['2613', '2613', '2613', '1351', '2621', '2612'])[1 + floor(dice[8] * 6)::int],
    'Software Engineer', '261313', 'Builds and keeps the billing service, and looks after what it runs on.', 'Wellington',
    cents, 'NZD', 'YEAR', 4000, cents, '{}',
    CASE WHEN status IN ('DRAFT', 'SUBMITTED', 'RETURNED') OR dice[9] < 0.05 THEN NULL ELSE assessor_id END,
    CASE WHEN status <> 'DRAFT' THEN submitted_at END, CASE WHEN status <> 'DRAFT' THEN submitted_at END,
    CASE WHEN is_confirmed THEN dice[10] < 0.3 END,
    CASE WHEN is_confirmed THEN submitted_at + interval '20 days' END, 'entry ' || i,
    CASE WHEN status = 'NOMINATED' THEN submitted_at + interval '21 days' END,
    CASE WHEN runs THEN submitted_at + interval '115 days' * (0.9 + dice[11] / 5) END,
    CASE WHEN status IN ('SUBMITTED', 'IN_ASSESSMENT', 'CONFIRMED') AND dice[12] < 0.02 THEN 'It is looked into.' END,
    CASE WHEN is_decided THEN 5 + floor(dice[13] * 60)::int END, submitted_at - interval '1 hour', submitted_at
FROM (SELECT made.*, 9000000 + floor(dice[14] * 900)::int * 10000 AS cents FROM made) AS paid ORDER BY dice[15];
";

/// One worker in forty has a second application.
const WORKERS: &str = "
INSERT INTO worker (application_id, body_id, family_name, given_names, date_of_birth, nationality, offshore)
SELECT id, body_id, 'Family ' || floor(dice[1] * 3000)::int, 'Given ' || floor(dice[2] * 500)::int, '1990-06-01', 'IND', TRUE
FROM made ORDER BY dice[15];

INSERT INTO worker_fingerprint (application_id, key_version, exception_id, fingerprint, holds_place)
SELECT id, 1, exception_id, repeat(md5(CASE WHEN i % 40 = 7 THEN i - 3 ELSE i END::text), 2), FALSE
FROM made ORDER BY dice[15];
";

/// Of a reference, an employer's name, a title that many have, and a person's names.
const WORDS: &str = "
INSERT INTO application_word (application_id, word, body_id, employer_id)
SELECT DISTINCT id, word, body_id, employer_id FROM made, LATERAL (VALUES
    (CASE WHEN body_id = {nztech} THEN 'nzt' ELSE 'itp' END || lpad(to_hex(i), 6, '0')), (lpad(to_hex(i), 6, '0')),
    ('employer' || right(employer_id::text, 6)), ('limited'),
    ((ARRAY['software', 'software', 'software', 'network', 'systems', 'web', 'data'])[1 + floor(dice[5] * 7)::int]),
    ((ARRAY['engineer', 'developer', 'analyst', 'architect'])[1 + floor(dice[6] * 4)::int]),
    ('family' || floor(dice[1] * 3000)::int), ('given' || floor(dice[2] * 500)::int)
) AS words (word);
";

/// An application has two records of its own or none, an employer has a membership at one of the bodies or not.
const EVIDENCE: &str = "
INSERT INTO evidence (id, body_id, employer_id, application_id, kind, criterion, title, expires_on, verified_at, verified_by,
    genuine, created_at)
SELECT md5('record' || kind || i)::uuid, body_id, employer_id, id, kind,
    CASE WHEN dice[2] < 0.2 THEN CASE WHEN kind = 'PROGRAMME' THEN 'domestic-skills' ELSE 'industry-body' END END, 'A record',
    CASE WHEN dice[3] < 0.5 THEN (submitted_at + interval '300 days' + interval '300 days' * dice[4])::date END,
    CASE WHEN is_decided THEN submitted_at END, CASE WHEN is_decided THEN assessor_id END,
    CASE WHEN is_decided THEN dice[5] > 0.02 END, submitted_at
FROM made, (VALUES ('PROGRAMME'), ('EMPLOYMENT_AGREEMENT')) AS kinds (kind) WHERE dice[1] < 0.8 ORDER BY dice[15];

INSERT INTO evidence (id, body_id, employer_id, application_id, kind, title, created_at)
SELECT md5('own' || id)::uuid, CASE WHEN md5(id::text) < '8' THEN {nztech} ELSE {itp} END, id, NULL, 'MEMBERSHIP', 'A record', '{now}'
FROM employer WHERE md5(id::text) < 'c';
";

const QUESTIONS: &str = "
INSERT INTO information_request (id, application_id, body_id, round, question, answer, status, due_on, asked_by, created_at,
    closed_at, cancel_reason)
SELECT md5('question' || id)::uuid, id, body_id, 1, 'Since when?', CASE WHEN state = 'ANSWERED' THEN 'Since June.' END, state,
    submitted_at::date + 14, assessor_id, submitted_at, CASE WHEN state <> 'OPEN' THEN submitted_at END,
    CASE WHEN state = 'CANCELLED' THEN 'A mistake.' END
FROM (
    SELECT made.*, CASE WHEN status = 'INFORMATION_REQUESTED' THEN 'OPEN' WHEN dice[2] < 0.05 THEN 'EXPIRED'
        WHEN dice[2] < 0.1 THEN 'CANCELLED' ELSE 'ANSWERED' END AS state
    FROM made
) AS asked WHERE status = 'INFORMATION_REQUESTED' OR (status NOT IN ('DRAFT', 'SUBMITTED') AND dice[1] < 0.3)
ORDER BY dice[15];
";

const ROUNDS: &str = "
INSERT INTO assessment (application_id, round, criterion, body_id, outcome, assessor_id, turn, at)
SELECT id, round, 'role', body_id, 'MET', assessor_id, 1, submitted_at FROM made
WHERE is_decided OR status = 'RECOMMENDED' ORDER BY dice[15];

INSERT INTO assessment_round (application_id, round, body_id, exception_id, advice, advice_reasons, advised_by, advised_at, decision,
    decision_reasons, decided_by, decided_at)
SELECT id, round, body_id, exception_id, CASE WHEN status = 'DECLINED' THEN 'DECLINE' ELSE 'ENDORSE' END, '[]', assessor_id, submitted_at,
    CASE WHEN is_confirmed THEN 'CONFIRMED' WHEN is_decided THEN 'DECLINED' END, CASE WHEN is_decided THEN '[]'::jsonb END,
    CASE WHEN is_decided THEN lead_id END, CASE WHEN is_decided THEN submitted_at END
FROM made WHERE is_decided OR status = 'RECOMMENDED' ORDER BY dice[15];

INSERT INTO turn_back (id, application_id, body_id, round, kind, note, turned_by, at)
SELECT md5('turned' || id)::uuid, id, body_id, 1, 'RECONSIDERED', 'Look again.', lead_id, submitted_at FROM made
WHERE round = 2 ORDER BY dice[15];
";

const HISTORY: &str = "
INSERT INTO history_event (id, at, kind, exception_id, body_id, application_id, actor_kind, detail)
SELECT md5(kind || id)::uuid, submitted_at + days * interval '1 day', kind, exception_id, body_id, id, 'SYSTEM', '{}'
FROM made, (VALUES ('CREATED', 0), ('SUBMITTED', 0), ('TAKEN', 5), ('CONFIRMED', 20), ('DECLINED', 20)) AS kinds (kind, days)
WHERE kind = 'CREATED' OR (status <> 'DRAFT' AND (kind = 'SUBMITTED' OR (is_confirmed AND kind IN ('TAKEN', 'CONFIRMED'))
    OR (status = 'DECLINED' AND kind IN ('TAKEN', 'DECLINED'))))
ORDER BY 2;
";
