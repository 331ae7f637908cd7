//! A world of its own for every test: a database with a cast of people in it, the service on top, a clock that
//! stands at [`NOW`] until it is moved. Nothing here is shared between tests but the template of the database.

pub mod acts;
pub mod api;
pub mod caseload;
pub mod casework;
pub mod cast;
pub mod command;
pub mod database;
pub mod events;
pub mod fiction;
pub mod log;
pub mod releases;

use std::panic::resume_unwind;
use std::sync::{Arc, Mutex, MutexGuard};

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, request};
use chrono::{DateTime, TimeDelta, Utc};
use nominations::app::App;
use nominations::clock::Clock;
use nominations::db::{Db, DbSettings};
use nominations::http::{DemoFacts, Face, may_offer_demo_sign_in, router};
use nominations::keys::Keys;
use nominations::people::{actions, store};
use nominations::providers::{Providers, Secrets};
use nominations::random::Random;
use nominations::tenancy::SystemScope;
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement};
use serde_json::{Value, json};
use tower::ServiceExt;
use url::Url;
use wire::Limits;

use database::Database;
pub use database::Kind;

/// The instant at which every world begins.
pub const NOW: &str = "2022-03-01T00:00:00Z";

/// Turns each `async fn name(world: World)` into two tests, `sqlite::name` and `postgres::name`.
macro_rules! on_both_databases {
    ($($test:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $test() {
                $crate::service::support::in_a_world($crate::service::support::Kind::Sqlite, super::$test).await;
            })+
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $test() {
                $crate::service::support::in_a_world($crate::service::support::Kind::Postgres, super::$test).await;
            })+
        }
    };
}

/// Everything that one test has.
#[derive(Clone)]
pub struct World {
    /// The parts of the service.
    pub app: Arc<App>,
    /// The service, called without a network.
    pub router: Router,
    /// The service's clock.
    pub clock: Clock,
    /// How its database is opened.
    pub settings: DbSettings,
    /// Behind the service's back.
    conn: DatabaseConnection,
}

/// The face of the service, for tests that ask for more, in a minute and at once, than anybody else.
pub fn generous() -> Face {
    let limits = Limits {
        tokens: 100_000,
        depth: 20,
        aliases: 2_000,
        fields: 20_000,
        directives: 2_000,
        ..Limits::default()
    };
    let points = usize::MAX;
    Face { limits, client_points: points, tenant_points: points, event_points: points, ..Face::default() }
}

/// Runs a test in a new world, and clears the world away whatever comes of it.
pub async fn in_a_world<F>(kind: Kind, test: impl FnOnce(World) -> F)
where
    F: Future<Output = ()> + Send + 'static,
{
    let database = Database::make(kind).await;
    let world = World::on(&database).await;
    let outcome = tokio::spawn(test(world)).await;
    database.drop().await;
    if let Err(failed) = outcome {
        resume_unwind(failed.into_panic());
    }
}

impl World {
    /// The service on a database.
    pub async fn on(database: &Database) -> Self {
        Self::with(database.settings()).await
    }

    /// The service on a database, opened as `settings` say.
    pub async fn with(settings: DbSettings) -> Self {
        Self::made(settings, |_| ()).await
    }

    /// The service on a database, and every statement that it makes there.
    pub async fn watched(settings: DbSettings) -> (Self, Statements) {
        let seen = Statements::default();
        let watcher = seen.clone();
        let note = move |statement: &Statement| watcher.lock().push(statement.clone());
        (Self::made(settings, |db| db.watch(note)).await, seen)
    }

    async fn made(settings: DbSettings, prepare: impl FnOnce(&mut Db)) -> Self {
        let clock = Clock::standing_at(NOW.parse().expect("an instant"));
        Self::assemble(settings, clock, Random::from_seed(1), Keys::from_bytes([7; 32]), prepare).await
    }

    /// What another process would be: the service once more, on the same database, at the same time.
    pub async fn another(&self) -> Self {
        self.with_keys(2, Keys::from_bytes([7; 32])).await
    }

    /// The same service with another face.
    pub fn with_face(&self, face: Face) -> Self {
        Self { router: router(Arc::clone(&self.app), face), ..self.clone() }
    }

    /// Another process that has these keys, and chance of its own.
    pub async fn with_keys(&self, seed: u64, keys: Keys) -> Self {
        let (settings, clock) = (self.settings.clone(), self.clock.clone());
        Self::assemble(settings, clock, Random::from_seed(seed), keys, |_| ()).await
    }

    async fn assemble(
        settings: DbSettings,
        clock: Clock,
        random: Random,
        keys: Keys,
        prepare: impl FnOnce(&mut Db),
    ) -> Self {
        let mut db = Db::connect(settings.clone(), clock.clone(), random.clone()).await.expect("a database");
        prepare(&mut db);
        let public_url = Url::parse("http://127.0.0.1:8080").expect("a URL");
        let installation = store::find_installation(&db, &SystemScope::of("test")).await.expect("a row");
        let facts = DemoFacts {
            installation,
            is_sqlite: db.backend() == DbBackend::Sqlite,
            listen: "127.0.0.1:8080".parse().expect("an address"),
            public_url: &public_url,
            issuers: 0,
        };
        let demo = may_offer_demo_sign_in(&facts).is_ok();
        let secrets = Secrets::load(None, super::sign_in::secrets()).expect("secrets");
        let providers = Providers::new(secrets);
        let app = App::assemble(db, keys, providers, random, public_url, demo);
        let conn = database::behind_its_back(&settings.url).await;
        Self { router: router(Arc::clone(&app), generous()), app, clock, settings, conn }
    }

    /// Ends the service, so that its database may be copied.
    pub async fn close(self) {
        let Self { app, router, conn, .. } = self;
        drop(router);
        conn.close().await.expect("a closed connection");
        let app = Arc::into_inner(app).expect("the only hand on the service");
        app.db.close().await.expect("a closed database");
    }

    /// A connection, for what a test puts there or looks up behind the service's back; on PostgreSQL past the second wall,
    /// as whoever owns the tables.
    pub fn conn(&self) -> &DatabaseConnection {
        &self.conn
    }

    /// How many rows each table has, to see that nothing was written.
    pub async fn count_rows(&self) -> Vec<(String, i64)> {
        let backend = self.app.db.backend();
        let tables = match backend {
            DbBackend::Postgres => {
                "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
            }
            _ => {
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY 1"
            }
        };
        let query = |sql: String| Statement::from_string(backend, sql);
        let mut counts = Vec::new();
        for row in self.conn().query_all_raw(query(tables.into())).await.expect("tables") {
            let name: String = row.try_get("", "name").expect("a name");
            let count = query(format!("SELECT COUNT(*) AS rows FROM {name}"));
            let count = self.conn().query_one_raw(count).await.expect("a count").expect("a row");
            counts.push((name, count.try_get("", "rows").expect("a number")));
        }
        counts
    }

    /// Takes the mark of a demo off its database, for processes that serve it: a demo is not served from PostgreSQL.
    pub async fn be_in_production(&self) {
        let on = match self.app.db.backend() {
            DbBackend::Postgres => " ON installation",
            _ => "",
        };
        // A database is marked once and for all: whoever has it in hand takes that guard away.
        for sql in [
            &format!("DROP TRIGGER installation_refuses_update{on}"),
            "UPDATE installation SET kind = 'PRODUCTION'",
        ] {
            self.conn().execute_unprepared(sql).await.expect(sql);
        }
    }

    /// Lets time pass.
    pub fn wait_minutes(&self, minutes: i64) {
        self.clock.move_to(self.clock.now() + TimeDelta::minutes(minutes));
    }

    /// The instant that the clock stands at.
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// Somebody who is not signed in.
    pub fn anybody(&self) -> Caller {
        Caller { router: self.router.clone(), token: None }
    }

    /// Somebody who holds the token of a sign-in.
    pub fn holding(&self, token: String) -> Caller {
        Caller { router: self.router.clone(), token: Some(token) }
    }

    /// One of the [`cast`], signed in.
    pub async fn sign_in(&self, who: &cast::Member) -> Caller {
        let signed_in = actions::sign_in(&self.app, who.membership()).await.expect("a sign-in");
        Caller { router: self.router.clone(), token: Some(signed_in.token) }
    }

    /// Calls the service as it is called over the network.
    pub async fn call(&self, request: Request<Body>) -> Answer {
        call(&self.router, request).await
    }
}

/// The statements that were made, in their order.
#[derive(Clone, Default)]
pub struct Statements(Arc<Mutex<Vec<Statement>>>);

impl Statements {
    fn lock(&self) -> MutexGuard<'_, Vec<Statement>> {
        self.0.lock().expect("nobody panicked")
    }

    /// Those that were made since they were last taken.
    pub fn take(&self) -> Vec<Statement> {
        std::mem::take(&mut *self.lock())
    }
}

/// Somebody who calls the service.
#[derive(Clone)]
pub struct Caller {
    router: Router,
    /// What they signed in with.
    pub token: Option<String>,
}

impl Caller {
    /// The whole answer to a document.
    pub async fn graphql(&self, query: &str, variables: Value) -> Value {
        let body = json!({ "query": query, "variables": variables }).to_string();
        self.post_graphql(body).await.json()
    }

    /// The data of an answer that has no errors.
    pub async fn data(&self, query: &str, variables: Value) -> Value {
        let mut answer = self.graphql(query, variables).await;
        assert_eq!(answer.get("errors"), None, "{query}");
        answer["data"].take()
    }

    /// The whole answer, under an id of the request that is always the same: equal answers are equal byte for byte.
    pub async fn ask(&self, query: &str, variables: &Value) -> Answer {
        let body = json!({ "query": query, "variables": variables }).to_string();
        self.send(post("/graphql").header("x-request-id", "asked"), body.into()).await
    }

    /// Sends a body to the API.
    pub async fn post_graphql(&self, body: impl Into<Body>) -> Answer {
        self.send(post("/graphql"), body.into()).await
    }

    async fn send(&self, mut request: request::Builder, body: Body) -> Answer {
        if let Some(token) = &self.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        call(&self.router, request.body(body).expect("a request")).await
    }
}

/// The head of a POST of JSON.
pub fn post(path: &str) -> request::Builder {
    Request::post(path).header("content-type", "application/json")
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("JSON")
    }

    /// One header, empty where there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("a text"))
    }

    /// All of it as one text: status, headers, body. What is left of the caller's budget falls with every request, and is left
    /// out.
    pub fn whole(&self) -> String {
        let mut headers = self.headers.clone();
        headers.remove("ratelimit");
        format!("{} {headers:?} {}", self.status, String::from_utf8_lossy(&self.body))
    }

    /// The code of the first error.
    pub fn code(&self) -> String {
        self.json()["errors"][0]["extensions"]["code"].as_str().unwrap_or_default().to_owned()
    }
}

async fn call(router: &Router, request: Request<Body>) -> Answer {
    let (head, body) = router.clone().oneshot(request).await.expect("an answer").into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.expect("a body").to_vec();
    Answer { status: head.status, headers: head.headers, body }
}
