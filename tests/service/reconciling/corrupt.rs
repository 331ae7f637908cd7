//! Changes by hand, each of which `check` or a run names: what a restored backup, a repair or a mistake of ours would leave.

use std::collections::BTreeSet;

use entity::{ApplicationId, Resolution, class_exception, discrepancy};
use nominations::check::{Rule, check};
use nominations::reconciliation::actions::{ResolveDiscrepancy, SignOff, reconcile};
use nominations::tenancy::{Permission, SystemScope};
use nominations::values::text::Text;
use sea_orm::{ConnectOptions, ConnectionTrait, DatabaseConnection, DbBackend, EntityTrait, Statement};

use super::{listed, open, to_itp};
use crate::service::support::World;
use crate::service::support::caseload::{Caseload, Wanted, staff_scope, viewer};
use crate::service::support::cast::{ITP_LEAD, Member, NZTECH_LEAD};
use crate::service::support::database::{Database, Kind};

/// In the statements, `{one}` to `{five}` are listed 1 and 2 of NZTech, 3 of ITP, 4 reserved, 5 submitted; `{gone}` was revoked
/// before it was listed; `{lives}` and `{ended}` were of one worker; `{y}` and `{z}` are, and that is open.
const CHANGES: &[(&str, &str)] = &[
    // The ledger against the caseload.
    ("UPDATE application SET status = 'CONFIRMED' WHERE id = {one}", "PLACE_WITHOUT_NOMINATION"),
    ("UPDATE application SET status = 'REVOKED' WHERE id = {three}", "PLACE_WITHOUT_NOMINATION"),
    ("UPDATE application SET status = 'LAPSED' WHERE id = {four}", "PLACE_WITHOUT_NOMINATION"),
    ("UPDATE place SET application_id = {five} WHERE application_id = {one}", "PLACE_WITHOUT_NOMINATION"),
    ("UPDATE place SET application_id = {five} WHERE application_id = {two}", "NOMINATION_WITHOUT_PLACE"),
    (
        "UPDATE place SET state = 'AVAILABLE', application_id = NULL, body_id = NULL, employer_id = NULL \
         WHERE application_id = {three}",
        "NOMINATION_WITHOUT_PLACE",
    ),
    (
        "UPDATE place SET state = 'RETIRED', application_id = NULL, body_id = NULL, employer_id = NULL \
         WHERE application_id = {four}",
        "NOMINATION_WITHOUT_PLACE",
    ),
    // The release against the ledger.
    ("UPDATE place SET state = 'RESERVED' WHERE application_id = {one}", "NOT_ON_RELEASE"),
    ("UPDATE place SET state = 'LISTED' WHERE application_id = {four}", "NOT_ON_RELEASE"),
    ("DELETE FROM release_line WHERE application_id = {one}", "NOT_ON_RELEASE"),
    ("UPDATE release_line SET place_number = 99 WHERE application_id = {two}", "NOT_ON_RELEASE"),
    (
        "UPDATE release_line SET state = 'REMOVED', change = 'REMOVED' WHERE application_id = {three}",
        "NOT_ON_RELEASE",
    ),
    ("UPDATE release_line SET application_id = {five} WHERE application_id = {one}", "NOT_ON_RELEASE"),
    ("UPDATE release_state SET status = 'ABANDONED'", "NOT_ON_RELEASE"),
    // The agency against the ledger.
    ("DELETE FROM agency_case WHERE application_id = {one}", "STATUS_DIFFERS"),
    ("UPDATE place SET state = 'CONSUMED' WHERE application_id = {one}", "STATUS_DIFFERS"),
    ("UPDATE place SET state = 'RETURNING' WHERE application_id = {three}", "STATUS_DIFFERS"),
    ("UPDATE agency_case SET status = 'NOT_SENT' WHERE application_id = {one}", "STATUS_DIFFERS"),
    ("UPDATE agency_case SET status = 'VISA_GRANTED' WHERE application_id = {one}", "STATUS_DIFFERS"),
    ("UPDATE agency_case SET status = 'ARRIVED' WHERE application_id = {two}", "STATUS_DIFFERS"),
    ("UPDATE agency_case SET status = 'VISA_DECLINED' WHERE application_id = {one}", "STATUS_DIFFERS"),
    ("UPDATE agency_case SET status = 'VISA_WITHDRAWN' WHERE application_id = {two}", "STATUS_DIFFERS"),
    ("UPDATE agency_case SET status = 'TRAVEL_DECLINED' WHERE application_id = {three}", "STATUS_DIFFERS"),
    ("UPDATE agency_case SET status = 'TRAVEL_WITHDRAWN' WHERE application_id = {three}", "STATUS_DIFFERS"),
    ("UPDATE agency_case SET status = 'INVITATION_EXPIRED' WHERE application_id = {one}", "STATUS_DIFFERS"),
    ("UPDATE agency_case SET application_id = {four} WHERE application_id = {one}", "STATUS_DIFFERS"),
    (
        "UPDATE agency_case SET application_id = {gone}, status = 'VISA_GRANTED' WHERE application_id = {one}",
        "REMOVED_LINE_ACTED_ON",
    ),
    ("UPDATE agency_case SET status = 'SENT' WHERE application_id = {two}", "MISSING_AT_AGENCY"),
    (
        "UPDATE agency_case SET at = '2022-01-01T00:00:00+00:00' WHERE application_id = {two}",
        "MISSING_AT_AGENCY",
    ),
    (
        "UPDATE release_state SET status = 'PUBLISHED', acknowledged_at = NULL, acknowledged_by = NULL, \
         published_at = '2022-01-01T00:00:00+00:00'",
        "NOT_ACKNOWLEDGED",
    ),
    // Who is one worker.
    (
        "UPDATE worker_fingerprint SET fingerprint = (SELECT fingerprint FROM worker_fingerprint \
         WHERE application_id = {one}) WHERE application_id = {five}",
        "SAME_WORKER",
    ),
    ("DELETE FROM told_apart", "SAME_WORKER"),
    (
        "UPDATE told_apart SET matched = (SELECT digest FROM reconciliation ORDER BY number LIMIT 1) \
         WHERE matched = (SELECT MIN(matched) FROM told_apart)",
        "SAME_WORKER",
    ),
    // What people made of it.
    ("UPDATE discrepancy SET body_id = other_body_id WHERE status = 'OPEN'", "discrepancy-fits"),
    ("UPDATE discrepancy SET other_body_id = body_id WHERE status = 'OPEN'", "discrepancy-fits"),
    (
        "UPDATE discrepancy SET application_id = other_application_id, other_application_id = application_id, \
         body_id = other_body_id, other_body_id = body_id WHERE status = 'OPEN'",
        "discrepancy-fits",
    ),
    ("UPDATE application SET status = 'DECLINED' WHERE id = {z}", "discrepancy-open"),
    (
        "UPDATE discrepancy SET status = 'OPEN', resolution = NULL, note = NULL, resolved_by = NULL, resolved_body_id = NULL, \
         resolved_at = NULL, chosen_id = NULL, mark = (SELECT mark FROM discrepancy WHERE status = 'OPEN') \
         WHERE resolution = 'NOT_A_DUPLICATE'",
        "discrepancy-open",
    ),
    ("UPDATE discrepancy SET resolution = NULL WHERE resolution = 'NOT_A_DUPLICATE'", "discrepancy-resolved"),
    (
        "UPDATE discrepancy SET resolved_at = NULL WHERE resolution = 'NOT_A_DUPLICATE'",
        "discrepancy-resolved",
    ),
    (
        "UPDATE discrepancy SET resolution = 'KEEP_OURS' WHERE resolution = 'NOT_A_DUPLICATE'",
        "discrepancy-resolved",
    ),
    ("UPDATE application SET status = 'SUBMITTED' WHERE id = {ended}", "discrepancy-resolved"),
    ("DELETE FROM resolution_proposal WHERE resolution = 'NOT_A_DUPLICATE'", "discrepancy-agreed"),
    (
        "UPDATE resolution_proposal SET body_id = (SELECT id FROM body WHERE slug = 'itp')",
        "discrepancy-agreed",
    ),
    ("UPDATE resolution_proposal SET chosen_id = {ended} WHERE chosen_id = {lives}", "discrepancy-agreed"),
    ("UPDATE told_apart SET other_id = {z}", "told-apart"),
    (
        "UPDATE told_apart SET discrepancy_id = (SELECT id FROM discrepancy WHERE resolution = 'EARLIER_STANDS')",
        "told-apart",
    ),
    // Runs and signatures.
    ("UPDATE reconciliation SET checked = checked + 1 WHERE number = 1", "runs"),
    ("UPDATE reconciliation SET number = 7 WHERE number = 1", "runs"),
    ("UPDATE reconciliation SET balanced = FALSE WHERE number = 1", "signed-off"),
    ("UPDATE reconciliation_figure SET agency = agency + 1", "runs"),
    ("DELETE FROM reconciliation_figure", "signed-off"),
    ("UPDATE sign_off SET lines = lines + 1", "signed-off"),
    ("UPDATE sign_off SET digest = (SELECT digest FROM release)", "signed-off"),
];

#[test]
fn there_are_at_least_40_and_every_rule_of_this_is_broken() {
    assert!(CHANGES.len() >= 40, "{}", CHANGES.len());
    for rule in [
        Rule::DiscrepancyFits,
        Rule::DiscrepancyOpen,
        Rule::DiscrepancyResolved,
        Rule::DiscrepancyAgreed,
        Rule::ToldApart,
        Rule::Runs,
        Rule::SignedOff,
    ] {
        assert!(CHANGES.iter().any(|(_, name)| *name == rule.name()), "{rule:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite_names_every_corruption() {
    every_corruption_is_named(Kind::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_names_every_corruption() {
    every_corruption_is_named(Kind::Postgres).await;
}

async fn every_corruption_is_named(kind: Kind) {
    let database = Database::make(kind).await;
    let world = World::on(&database).await;
    let ids = Box::pin(settle(&world)).await;
    world.close().await;
    let base = database.into_template();
    let mut missed = Vec::new();
    for (sql, name) in CHANGES {
        let copy = base.copy().await;
        let sql = ids.iter().fold((*sql).to_owned(), |sql, (name, id)| sql.replace(name, id));
        change(&copy, &sql).await;
        let world = World::on(&copy).await;
        let named = Box::pin(named(&world)).await;
        if !named.contains(*name) {
            missed.push(format!("{sql}: {name} is not among {named:?}"));
        }
        world.close().await;
        copy.drop().await;
    }
    base.drop().await;
    assert!(missed.is_empty(), "{missed:#?}");
}

/// Everything that the check and a run name.
async fn named(world: &World) -> BTreeSet<String> {
    let violations = check(&world.app).await.expect("a check");
    let mut named: BTreeSet<String> = violations.iter().map(|one| one.rule.name().to_owned()).collect();
    let before: BTreeSet<_> = open(world).await.into_iter().map(|row| row.id).collect();
    let row = class_exception::Entity::find().one(world.conn()).await.expect("a query");
    let id = row.expect("a class exception").id;
    if let Err(why) = reconcile(&world.app, &SystemScope::of("test"), None, id).await {
        // A row that the database would not let be written cannot be written again: the check has named it.
        assert!(why.to_string().contains("CHECK constraint failed"), "{why}");
    }
    let found = open(world).await.into_iter().filter(|row| !before.contains(&row.id));
    named.extend(found.map(|row| row.kind.word()));
    named
}

/// Listed and acknowledged nominations, what people made of pairs, and a run that both bodies signed.
async fn settle(world: &World) -> Vec<(&'static str, String)> {
    let cases = Caseload::new(world, |definition| definition.settings.places = 6).await;
    let gone = cases.confirmed(&Wanted::new("N0000011")).await;
    world.take_back(gone).await.expect("a revocation");
    let [one, two, three] = listed(&cases).await;
    let four = cases.confirmed(&Wanted::new("N0000004")).await;
    let five = cases.submitted(&Wanted::new("N0000005")).await;
    cases.submitted(&Wanted::new("N0000006")).await;
    cases.submitted(&to_itp("N0000006")).await;
    agree(world, Resolution::NotADuplicate).await;
    let lives = cases.submitted(&Wanted::new("N0000007")).await;
    let ended = cases.submitted(&to_itp("N0000007")).await;
    agree(world, Resolution::EarlierStands).await;
    let run = reconcile(&world.app, &SystemScope::of("test"), None, cases.exception).await.expect("a run");
    for lead in [&NZTECH_LEAD, &ITP_LEAD] {
        let command = SignOff { scope: staff_scope(lead, Permission::Reconcile), id: run };
        world.app.db.perform(&command.scope, None, &command).await.expect("a signature");
    }
    let y = cases.submitted(&Wanted::new("N0000008")).await;
    let z = cases.submitted(&to_itp("N0000008")).await;
    let told: Vec<String> =
        check(&world.app).await.expect("a check").iter().map(ToString::to_string).collect();
    assert_eq!(told, Vec::<String>::new());
    let backend = world.app.db.backend();
    let name = |(name, id): (&'static str, ApplicationId)| (name, literal(backend, id));
    [
        ("{one}", one),
        ("{two}", two),
        ("{three}", three),
        ("{four}", four),
        ("{five}", five),
        ("{gone}", gone),
        ("{lives}", lives),
        ("{ended}", ended),
        ("{y}", y),
        ("{z}", z),
    ]
    .map(name)
    .into()
}

/// An id as a statement has it.
fn literal(backend: DbBackend, id: ApplicationId) -> String {
    match backend {
        DbBackend::Postgres => format!("'{id}'"),
        _ => format!("x'{}'", id.0.simple()),
    }
}

/// Both leads say the same of what is open.
async fn agree(world: &World, resolution: Resolution) {
    let row = open(world).await.remove(0);
    for lead in [&NZTECH_LEAD, &ITP_LEAD] {
        resolve(world, lead, &row, resolution).await;
    }
}

async fn resolve(world: &World, lead: &Member, row: &discrepancy::Model, resolution: Resolution) {
    let scope = viewer(lead).to_reconcile().expect("a scope");
    let note = Text::parse("The worker told us.").expect("a text");
    let command = ResolveDiscrepancy {
        app: &world.app,
        scope: scope.clone(),
        id: row.id,
        resolution,
        chosen: None,
        note,
    };
    Box::pin(world.app.db.perform(&scope, None, &command)).await.expect("a resolution");
}

/// Makes a change by hand, with everything taken away that could refuse it.
async fn change(database: &Database, sql: &str) {
    let mut options = ConnectOptions::new(database.settings().url);
    options.max_connections(1).sqlx_logging(false);
    let conn = sea_orm::Database::connect(options).await.expect("a connection");
    loosen(&conn).await;
    let done = conn.execute_unprepared(sql).await.unwrap_or_else(|why| panic!("{sql}: {why}"));
    assert_ne!(done.rows_affected(), 0, "{sql}");
    conn.close().await.expect("a closed connection");
}

/// Takes triggers, checks, foreign keys and unique indexes away.
async fn loosen(conn: &DatabaseConnection) {
    let backend = conn.get_database_backend();
    let run = async |sql: &str| conn.execute_unprepared(sql).await.map(drop).expect("no constraints");
    if backend == DbBackend::Postgres {
        run("DO $$ DECLARE one record; BEGIN \
             FOR one IN SELECT tgrelid::regclass AS t, tgname AS name FROM pg_trigger WHERE NOT tgisinternal \
             LOOP EXECUTE format('DROP TRIGGER %I ON %s', one.name, one.t); END LOOP; \
             FOR one IN SELECT conrelid::regclass AS t, conname AS name FROM pg_constraint \
                 WHERE connamespace = 'public'::regnamespace AND conrelid <> 0 AND contype IN ('c', 'f', 'u') \
                 ORDER BY contype <> 'f' \
             LOOP EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', one.t, one.name); END LOOP; \
             FOR one IN SELECT indexrelid::regclass AS name FROM pg_index JOIN pg_class ON pg_class.oid = indrelid \
                 WHERE indisunique AND NOT indisprimary AND relnamespace = 'public'::regnamespace \
             LOOP EXECUTE format('DROP INDEX %s', one.name); END LOOP; END $$")
        .await;
        return;
    }
    run("PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON").await;
    let query = "SELECT type, name FROM sqlite_master WHERE type = 'trigger' \
                 OR (type = 'index' AND sql LIKE 'CREATE UNIQUE INDEX%')";
    let rows = conn.query_all_raw(Statement::from_string(backend, query)).await.expect("a query");
    for row in rows {
        let (what, name): (String, String) =
            (row.try_get("", "type").expect("a type"), row.try_get("", "name").expect("a name"));
        run(&format!("DROP {what} {name}")).await;
    }
}
