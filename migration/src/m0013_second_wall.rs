//! PostgreSQL's second wall: a role for each kind of tenant, and row-level security on every table with rows of one.
//! SQLite has no such thing: there, the scopes are the only wall.

use sea_orm_migration::sea_orm::{DbBackend, DbErr};
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager, async_trait};

use crate::dialect;
use crate::roles::{self, AGENCY, BODY, PERSON, PUBLIC, SHARED};
use crate::wall::{self, ALL, Rule, may, reads, reads_of};

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0013_second_wall"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        wall::run(manager, roles::MAKE).await?;
        wall::run(manager, TENANT).await?;
        for table in SHARED_TABLES {
            wall::share(manager, table).await?;
        }
        for (table, rules) in
            CASES.iter().chain(QUOTA).chain(LISTS).chain(AGENCYS).chain(PEOPLE).chain(RECORDS)
        {
            wall::raise(manager, table, rules).await?;
        }
        views(manager).await
    }
}

/// What a connection or a transaction says of its tenant; nothing, where it says nothing.
const TENANT: &str = "
CREATE FUNCTION tenant_body() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
    RETURN NULLIF(current_setting('nominations.body', true), '')::uuid;
CREATE FUNCTION tenant_person() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
    RETURN NULLIF(current_setting('nominations.person', true), '')::uuid;
CREATE FUNCTION tenant_employers() RETURNS uuid[] LANGUAGE sql STABLE PARALLEL SAFE
    RETURN string_to_array(current_setting('nominations.employers', true), ',')::uuid[];
GRANT SELECT ON seaql_migrations TO nominations_service;
";

/// What is of nobody, or everybody may know: settings and terms, who the bodies are and where their people sign in, and
/// what a ballot publishes so that anybody can run it again.
const SHARED_TABLES: [&str; 15] = [
    "installation",
    "class_exception",
    "class_exception_revision",
    "class_exception_body",
    "body",
    "issuer",
    "ballot",
    "live_ballot",
    "ballot_body",
    "ballot_commitment",
    "ballot_secret",
    "ballot_incident",
    "ballot_strike",
    "ballot_end",
    "ballot_result",
];

type Tables = &'static [(&'static str, &'static [Rule])];

const OWN: &str = "body_id = tenant_body()";
const OF_EMPLOYERS: &str = "employer_id = ANY (tenant_employers())";
const BY_PERSON: &str = "person_id = tenant_person()";
/// Below an application that the same role comes to.
const BELOW: &str = "EXISTS (SELECT 1 FROM application AS above WHERE above.id = application_id)";
const EVERY: &str = "true";
/// Who may ask and is told nothing: an act looks at it whoever acts.
const NONE: &str = "false";

/// An application that holds a place is on the combined list, and one that a discrepancy pairs with one's own is told by its
/// reference: of those, others read these columns.
const LISTED: &str = "id, exception_id, body_id, employer_id, reference, status, terms_revision, role_code, \
                      occupation_code, nominated_at, annual_cents";
const ON_THE_LIST: &str = "EXISTS (SELECT 1 FROM place WHERE place.application_id = application.id)
    OR EXISTS (SELECT 1 FROM discrepancy WHERE discrepancy.application_id = application.id)
    OR EXISTS (SELECT 1 FROM discrepancy WHERE discrepancy.other_application_id = application.id)";

const CASES: Tables = &[
    (
        "application",
        &[
            may(BODY, ALL, OWN),
            may(PERSON, ALL, OF_EMPLOYERS),
            reads_of(SHARED, LISTED, ON_THE_LIST),
            reads_of(AGENCY, LISTED, ON_THE_LIST),
        ],
    ),
    ("worker", &[may(BODY, ALL, OWN), may(PERSON, ALL, BELOW)]),
    ("evidence", &[may(BODY, ALL, OWN), may(PERSON, ALL, OF_EMPLOYERS)]),
    ("application_word", &[may(BODY, ALL, OWN), may(PERSON, ALL, OF_EMPLOYERS)]),
    ("conflict", &[may(BODY, ALL, OWN), reads(PERSON, NONE)]),
    ("assessment", &[may(BODY, ALL, OWN), reads(PERSON, BELOW)]),
    ("assessment_round", &[may(BODY, ALL, OWN), reads(PERSON, BELOW)]),
    ("turn_back", &[may(BODY, ALL, OWN), reads(PERSON, BELOW)]),
    ("hold", &[may(BODY, ALL, OWN), may(PERSON, "SELECT, UPDATE", BELOW)]),
    ("amendment", &[may(BODY, ALL, OWN), may(PERSON, "SELECT, UPDATE", BELOW)]),
    ("information_request", &[may(BODY, ALL, OWN), may(PERSON, "SELECT, UPDATE", BELOW)]),
    (
        "interest",
        &[
            reads(BODY, OWN),
            reads(PERSON, "EXISTS (SELECT 1 FROM employer WHERE employer.nzbn = interest.nzbn)"),
        ],
    ),
    ("imported_row", &[may(BODY, ALL, OWN)]),
];

/// Figures are counted from places, the queue and the ledger, of all bodies; that is all that these say.
const QUOTA: Tables = &[
    (
        "place",
        &[
            reads(BODY, OWN),
            reads(PERSON, OF_EMPLOYERS),
            reads(SHARED, EVERY),
            reads(AGENCY, "state <> 'RESERVED'"),
            reads(PUBLIC, EVERY),
        ],
    ),
    ("place_movement", &[reads(BODY, OWN), reads(SHARED, EVERY), reads(PUBLIC, EVERY)]),
    (
        "worker_fingerprint",
        &[may(BODY, ALL, BELOW), may(PERSON, ALL, BELOW), reads(SHARED, EVERY), reads(PUBLIC, EVERY)],
    ),
    ("queue_entry", &[reads(BODY, OWN), reads(SHARED, EVERY), reads(PUBLIC, EVERY)]),
    ("ballot_entry", &[reads(BODY, BELOW), reads_of(PUBLIC, "ballot_id, entry", EVERY)]),
];

const OUT: &str = "status IN ('PUBLISHED', 'ACKNOWLEDGED')";
const IS_OUT: &str = "EXISTS (SELECT 1 FROM release_state AS stands WHERE stands.release_id = release.id)";
const IN_ONE_OUT: &str = "EXISTS (SELECT 1 FROM release AS above WHERE above.id = release_id)";

/// The combined list, frozen: bodies see all of it, its contents sealed; the agency and employers what is published.
const LISTS: Tables = &[
    (
        "release",
        &[
            reads(BODY, EVERY),
            reads(SHARED, EVERY),
            reads(AGENCY, IS_OUT),
            reads(PUBLIC, IS_OUT),
            reads(PERSON, IS_OUT),
        ],
    ),
    (
        "release_state",
        &[
            reads(BODY, EVERY),
            reads(SHARED, EVERY),
            reads(AGENCY, OUT),
            reads(PUBLIC, OUT),
            reads(PERSON, OUT),
        ],
    ),
    ("release_section", &[reads(BODY, OWN), reads(SHARED, EVERY), reads(AGENCY, IN_ONE_OUT)]),
    ("attestation", &[reads(BODY, OWN), reads(SHARED, EVERY), reads(AGENCY, IN_ONE_OUT)]),
    (
        "release_line",
        &[
            reads(BODY, OWN),
            reads(SHARED, EVERY),
            reads(AGENCY, IN_ONE_OUT),
            reads(
                PERSON,
                "employer_id = ANY (tenant_employers())
                AND EXISTS (SELECT 1 FROM release AS above WHERE above.id = release_id)",
            ),
        ],
    ),
    ("held_back", &[reads(BODY, OWN)]),
];

const PART_IN: &str = "body_id = tenant_body() OR other_body_id = tenant_body()";
const OF_ONE_SEEN: &str = "EXISTS (SELECT 1 FROM discrepancy AS about WHERE about.id = discrepancy_id)";
/// What the agency has said something of.
const SAID: &str =
    "kind NOT IN ('SAME_WORKER', 'PLACE_WITHOUT_NOMINATION', 'NOMINATION_WITHOUT_PLACE', 'NOT_ON_RELEASE')";

const AGENCYS: Tables = &[
    (
        "agency_case",
        &[
            reads(BODY, OWN),
            reads(PERSON, BELOW),
            reads(
                SHARED,
                "EXISTS (SELECT 1 FROM place WHERE place.application_id = agency_case.application_id)",
            ),
            reads(AGENCY, EVERY),
        ],
    ),
    ("agency_message", &[reads(AGENCY, EVERY)]),
    ("agency_outcome", &[reads(BODY, OWN), reads(PERSON, BELOW), reads(AGENCY, EVERY)]),
    (
        "discrepancy",
        &[may(BODY, "SELECT, UPDATE", PART_IN), reads(SHARED, PART_IN), may(AGENCY, "SELECT, UPDATE", SAID)],
    ),
    (
        "resolution_proposal",
        &[
            may(BODY, "SELECT, INSERT", OF_ONE_SEEN),
            reads(SHARED, OF_ONE_SEEN),
            may(AGENCY, "SELECT, INSERT", OF_ONE_SEEN),
        ],
    ),
    ("told_apart", &[reads(BODY, BELOW)]),
    ("reconciliation", &[reads(BODY, EVERY), reads(SHARED, EVERY)]),
    ("reconciliation_figure", &[reads(BODY, OWN), reads(SHARED, EVERY)]),
    ("reconciliation_open", &[reads(BODY, PART_IN), reads(SHARED, EVERY)]),
    ("sign_off", &[reads(BODY, OWN), reads(SHARED, EVERY)]),
];

/// Names stand under what people may read, whoever's they are.
const PEOPLE: Tables = &[
    (
        "person",
        &[
            reads(BODY, "EXISTS (SELECT 1 FROM membership AS its WHERE its.person_id = person.id)"),
            reads(SHARED, EVERY),
            reads(PERSON, "id = tenant_person()"),
        ],
    ),
    ("membership", &[may(BODY, ALL, OWN), reads(SHARED, EVERY), reads(PERSON, BY_PERSON)]),
    (
        "employer",
        &[
            reads(BODY, "EXISTS (SELECT 1 FROM application AS its WHERE its.employer_id = employer.id)"),
            reads(PERSON, "id = ANY (tenant_employers())"),
            reads(SHARED, "EXISTS (SELECT 1 FROM place WHERE place.employer_id = employer.id)"),
            reads(AGENCY, "EXISTS (SELECT 1 FROM place WHERE place.employer_id = employer.id)"),
        ],
    ),
    (
        "employer_agent",
        &[reads(PERSON, "person_id = tenant_person() OR employer_id = ANY (tenant_employers())")],
    ),
    ("identity", &[]),
    (
        "session",
        &[
            may(
                BODY,
                "SELECT, DELETE",
                "EXISTS (SELECT 1 FROM membership AS its WHERE its.id = membership_id)",
            ),
            may(
                PERSON,
                "SELECT, DELETE",
                "EXISTS (SELECT 1 FROM membership AS its WHERE its.id = membership_id)",
            ),
        ],
    ),
    ("invitation", &[may(BODY, ALL, OWN), may(PERSON, ALL, OF_EMPLOYERS)]),
    (
        "employer_claim",
        &[
            may(BODY, ALL, OWN),
            may(
                PERSON,
                ALL,
                "person_id = tenant_person()
                OR EXISTS (SELECT 1 FROM employer WHERE employer.nzbn = employer_claim.nzbn)",
            ),
        ],
    ),
];

/// Whoever acts writes what happened; what is to be sealed is queued by a trigger, in the hand of whoever acts.
const RECORDS: Tables = &[
    (
        "history_event",
        &[
            reads(BODY, OWN),
            may(BODY, "INSERT", "body_id = tenant_body() OR body_id IS NULL"),
            reads(PERSON, BELOW),
            may(PERSON, "INSERT", "actor_id IS NULL OR actor_id = tenant_person()"),
            may(AGENCY, "INSERT", "actor_id IS NULL OR actor_id = tenant_person()"),
        ],
    ),
    (
        "idempotency",
        &[
            may(BODY, ALL, "EXISTS (SELECT 1 FROM membership AS its WHERE its.person_id = actor_id)"),
            may(PERSON, ALL, "actor_id = tenant_person()"),
            may(SHARED, ALL, "actor_id = tenant_person()"),
            may(AGENCY, ALL, "actor_id = tenant_person()"),
            may(PUBLIC, ALL, "actor_id = tenant_person()"),
        ],
    ),
    ("unsealed", &[may(BODY, "INSERT", EVERY), may(PERSON, "INSERT", EVERY), may(AGENCY, "INSERT", EVERY)]),
    ("sealed_event", &[]),
    ("seal", &[]),
    ("job", &[]),
];

/// Who is due is worked out of what whoever looks comes to. Whether a worker has another application is told to a body of its
/// own applications alone, though the other one may be anybody's: the view looks by the service's role.
async fn views(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let is_own = if manager.get_database_backend() == DbBackend::Postgres {
        "WHERE EXISTS (SELECT 1 FROM application AS mine WHERE mine.id = own.application_id AND mine.body_id = tenant_body()) AND"
    } else {
        "WHERE"
    };
    dialect::execute(manager, &TWINS.replace("{is_own}", is_own)).await?;
    wall::run(manager, VIEWS).await
}

const TWINS: &str = "
CREATE VIEW worker_twin AS
SELECT own.application_id, twin.status
FROM worker_fingerprint AS own
JOIN worker_fingerprint AS other ON other.exception_id = own.exception_id
    AND other.key_version = own.key_version AND other.fingerprint = own.fingerprint
    AND other.application_id <> own.application_id
JOIN application AS twin ON twin.id = other.application_id
{is_own} NOT EXISTS (
    SELECT 1 FROM told_apart WHERE told_apart.matched = own.fingerprint
        AND ((told_apart.application_id = own.application_id AND told_apart.other_id = other.application_id)
            OR (told_apart.application_id = other.application_id AND told_apart.other_id = own.application_id))
);
";

const VIEWS: &str = "
ALTER VIEW queue_standing SET (security_invoker = true);
GRANT SELECT ON queue_standing TO nominations_system, nominations_shared, nominations_public;
ALTER VIEW worker_twin SET (security_barrier = true);
GRANT CREATE ON SCHEMA public TO nominations_system;
ALTER VIEW worker_twin OWNER TO nominations_system;
REVOKE CREATE ON SCHEMA public FROM nominations_system;
GRANT SELECT ON worker_twin TO nominations_body;
";
