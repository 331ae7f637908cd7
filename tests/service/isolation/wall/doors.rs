//! How the service comes through the wall: by connections and transactions that are one tenant's, and by named steps past
//! it that end.

use futures_util::future::join_all;
use nominations::clock::Clock;
use nominations::db::{Command, Db, DbSettings, Tx};
use nominations::error::Acted;
use nominations::random::Random;
use nominations::tenancy::{Permission, Scope, SystemScope, Viewer};
use sea_orm::ConnectionTrait;
use url::Url;

use super::one;
use crate::service::support::caseload::{Caseload, agent_scope, staff_scope};
use crate::service::support::cast::{ITP, ITP_LEAD, KAURI, NZTECH, NZTECH_LEAD, RATA};
use crate::service::support::database::{Database, behind_its_back};
use crate::service::support::{Kind, NOW, World, in_a_world};

/// What a connection says of itself: role, body, employers.
const SAYS: &str = "SELECT current_user::text AS role, COALESCE(tenant_body()::text, '') AS body, \
                    COALESCE(current_setting('nominations.employers', true), '') AS employers";

async fn says(conn: &impl ConnectionTrait) -> String {
    let row = one(conn, SAYS).await;
    let part = |name: &str| row.try_get::<String>("", name).expect("a text");
    format!("{} {} {}", part("role"), part("body"), part("employers")).trim_end().to_owned()
}

async fn reads(db: &Db, scope: &impl Scope) -> String {
    says(&db.read(scope)).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_never_carries_another_tenants_setting() {
    in_a_world(Kind::Postgres, never_anothers).await;
}

async fn never_anothers(world: World) {
    let db = &world.app.db;
    let lead = staff_scope(&NZTECH_LEAD, Permission::Confirm);
    let rival = staff_scope(&ITP_LEAD, Permission::Confirm);
    let (kauri, rata) = (agent_scope(&KAURI), agent_scope(&RATA));
    let anybody = Viewer::public().in_public();
    let ask = |turn: usize| {
        let (lead, rival, kauri, rata, anybody) = (&lead, &rival, &kauri, &rata, &anybody);
        async move {
            match turn % 6 {
                0 => assert_eq!(reads(db, lead).await, format!("nominations_body {}", NZTECH.id())),
                1 => assert_eq!(reads(db, rival).await, format!("nominations_body {}", ITP.id())),
                2 => assert_eq!(reads(db, kauri).await, format!("nominations_person  {}", KAURI.id())),
                3 => assert_eq!(reads(db, rata).await, format!("nominations_person  {}", RATA.id())),
                4 => assert_eq!(reads(db, anybody).await, "nominations_public"),
                _ => assert_eq!(reads(db, &SystemScope::of("test")).await, "nominations_system"),
            }
        }
    };
    join_all((0..300).map(ask)).await;
    db.perform(&kauri, None, &Says).await.expect("said");
    assert_eq!(reads(db, &rata).await, format!("nominations_person  {}", RATA.id()));
}

/// Answers whose hand a transaction is in.
struct Says;

impl Command for Says {
    type Answer = String;
    const NAME: &'static str = "says";

    async fn run(&self, tx: &Tx) -> Acted<String> {
        Ok(says(tx.conn()).await)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_step_past_the_wall_ends_where_it_is_said_to() {
    in_a_world(Kind::Postgres, steps_end).await;
}

async fn steps_end(world: World) {
    let _exception = Caseload::new(&world, |_| ()).await;
    let lead = staff_scope(&NZTECH_LEAD, Permission::Confirm);
    world.app.db.perform(&lead, None, &Steps).await.expect("walked");
}

/// Steps past the wall and back, in every way that there is.
struct Steps;

impl Command for Steps {
    type Answer = ();
    const NAME: &'static str = "steps";

    async fn run(&self, tx: &Tx) -> Acted<()> {
        let own = format!("nominations_body {}", NZTECH.id());
        let across = format!("nominations_system {}", NZTECH.id());
        let exception = one(tx.conn(), "SELECT id FROM class_exception").await;
        let exception = entity::ExceptionId(exception.try_get("", "id").expect("an id"));
        assert_eq!(says(tx.conn()).await, own);
        let outer = tx.across_tenants().await?;
        let inner = tx.across_tenants().await?;
        inner.end().await?;
        assert_eq!(says(tx.conn()).await, across, "the inner step was none");
        outer.end().await?;
        assert_eq!(says(tx.conn()).await, own);
        for keeps in [true, false] {
            let savepoint = tx.savepoint().await?;
            assert!(tx.try_share_settings(exception).await?);
            assert_eq!(says(tx.conn()).await, across, "the fast path looks at the whole queue");
            if keeps {
                savepoint.keep().await?;
            } else {
                savepoint.undo().await?;
            }
            assert_eq!(says(tx.conn()).await, own, "kept: {keeps}");
        }
        let _gate = tx.gate(exception).await?;
        assert_eq!(says(tx.conn()).await, across);
        tx.across_tenants().await?.end().await?;
        assert_eq!(says(tx.conn()).await, across, "the gate is held to the end");
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_service_needs_a_login_that_was_let_in_and_nothing_more() {
    let database = Database::make(Kind::Postgres).await;
    let login = format!("nominations_login_{}", std::process::id());
    let settings = database.settings();
    let owner = behind_its_back(&settings.url).await;
    let make = format!("CREATE ROLE {login} LOGIN PASSWORD 'a-password'");
    owner.execute_unprepared(&make).await.expect("a login");
    let mut url = Url::parse(&settings.url).expect("a URL");
    url.set_username(&login).expect("a name");
    url.set_password(Some("a-password")).expect("a password");
    let open = || async {
        let clock = Clock::standing_at(NOW.parse().expect("an instant"));
        let settings = DbSettings { connections: 2, ..DbSettings::new(url.as_str()) };
        Db::connect(settings, clock, Random::from_seed(3)).await.expect("a database")
    };
    let db = open().await;
    let why = db.why_no_wall().await.expect("an answer").expect("a reason");
    assert!(why.contains(&format!("GRANT nominations_service TO \"{login}\"")), "{why}");
    db.close().await.expect("closed");
    owner.execute_unprepared(&format!("GRANT nominations_service TO {login}")).await.expect("let in");
    let db = open().await;
    assert_eq!(db.why_no_wall().await.expect("an answer"), None);
    assert_eq!(db.pending_migrations().await.expect("an answer"), 0);
    let system = SystemScope::of("test");
    let bodies = one(&db.read(&system), "SELECT COUNT(*) AS count FROM body").await;
    assert_eq!(bodies.try_get::<i64>("", "count").expect("a count"), 2);
    let lead = staff_scope(&NZTECH_LEAD, Permission::Confirm);
    assert_eq!(reads(&db, &lead).await, format!("nominations_body {}", NZTECH.id()));
    db.close().await.expect("closed");
    owner.execute_unprepared(&format!("DROP ROLE {login}")).await.expect("gone");
    owner.close().await.expect("closed");
    database.drop().await;
}
