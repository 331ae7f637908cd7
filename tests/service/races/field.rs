//! Where races are run: a database with endorsed applications, copied for every run, and what is asked of it after.

use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use entity::{
    ApplicationStatus, BlockedReason, ExceptionId, PlaceState, application, class_exception, place,
    queue_standing,
};
use nominations::check::check;
use nominations::db::DbSettings;
use nominations::error::Acted;
use nominations::quota::store::order_of_the_due;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, Statement,
};
use tokio::sync::{Barrier, OnceCell, Semaphore};
use tokio::task::JoinSet;

use crate::service::support::caseload::{Caseload, Wanted};
use crate::service::support::database::{Database, Kind, Template};
use crate::service::support::{World, cast};

/// How many endorsed applications a race begins with, half of them either body's.
pub const APPLICATIONS: usize = 64;
/// How many places there are, unless a race changes that.
pub const PLACES: usize = 10;
/// More connections than there are hands, so that they wait for one another in the database alone.
const CONNECTIONS: u32 = 90;
/// Longer than any race takes; whoever waits longer waits crosswise.
const PATIENCE: Duration = Duration::from_mins(1);
/// Races at a time: each may take all of its connections, and the server has 300.
static TRACKS: Semaphore = Semaphore::const_new(2);

/// A world in which a race is run.
pub struct Field {
    world: World,
    pub exception: ExceptionId,
}

impl Deref for Field {
    type Target = World;

    fn deref(&self) -> &World {
        &self.world
    }
}

/// Runs a race `runs` times, each on a copy of the same database, and holds what comes of each against every
/// invariant.
pub async fn run(kind: Kind, runs: usize, race: impl AsyncFn(&Field)) {
    let _track = TRACKS.acquire().await.expect("a track");
    let base = base(kind).await;
    for _ in 0..runs {
        let copy = base.copy().await;
        let connections = match kind {
            Kind::Sqlite => copy.settings().connections,
            Kind::Postgres => CONNECTIONS,
        };
        let world = World::with(DbSettings { connections, ..copy.settings() }).await;
        world.wait_minutes(60 * 24);
        let found = class_exception::Entity::find().one(world.conn()).await.expect("a query");
        let field = Field { world, exception: found.expect("a class exception").id };
        race(&field).await;
        field.holds().await;
        field.world.close().await;
        copy.drop().await;
    }
}

/// A database with endorsed applications, made once a process. On PostgreSQL it stays on the server, which
/// `make test` throws away.
async fn base(kind: Kind) -> &'static Template {
    static SQLITE: OnceCell<Template> = OnceCell::const_new();
    static POSTGRES: OnceCell<Template> = OnceCell::const_new();
    let base = match kind {
        Kind::Sqlite => &SQLITE,
        Kind::Postgres => &POSTGRES,
    };
    let make = || async {
        let database = Database::make(kind).await;
        let world = World::on(&database).await;
        let places = u32::try_from(PLACES).expect("a number");
        let cases = Caseload::new(&world, |definition| definition.settings.places = places).await;
        for number in 0..APPLICATIONS {
            let body = if number.is_multiple_of(2) { &cast::NZTECH } else { &cast::ITP };
            let firm = if number % 4 < 2 { &cast::KAURI } else { &cast::RATA };
            let passport = format!("P{number:07}");
            cases.recommended(&Wanted { body, firm, ..Wanted::new(&passport) }).await;
        }
        world.close().await;
        database.into_template()
    };
    base.get_or_init(make).await
}

/// Hands that begin at the same moment.
pub struct Race<'a> {
    field: &'a Field,
    hands: Vec<Hand>,
}

type Hand = Box<dyn FnOnce(World) -> std::pin::Pin<Box<dyn Future<Output = Acted<()>> + Send>> + Send>;

impl<'a> Race<'a> {
    pub fn new(field: &'a Field) -> Self {
        Self { field, hands: Vec::new() }
    }

    /// One more hand.
    pub fn enter<F>(&mut self, act: impl FnOnce(World) -> F + Send + 'static)
    where
        F: Future<Output = Acted<()>> + Send + 'static,
    {
        self.hands.push(Box::new(|world| Box::pin(act(world))));
    }

    /// Runs them all to their end.
    pub async fn finish(self) {
        let start = Arc::new(Barrier::new(self.hands.len()));
        let mut running = JoinSet::new();
        for hand in self.hands {
            let (start, world) = (Arc::clone(&start), self.field.world.clone());
            running.spawn(async move {
                start.wait().await;
                hand(world).await
            });
        }
        let outcomes =
            tokio::time::timeout(PATIENCE, running.join_all()).await.expect("nobody waits crosswise");
        for outcome in outcomes {
            outcome.expect("an answer");
        }
    }
}

/// How many applications stand where.
#[derive(Debug)]
pub struct Standings {
    pub recommended: usize,
    pub confirmed: usize,
    pub nominated: usize,
    pub revoked: usize,
}

impl Field {
    /// The endorsed applications, in order of submission.
    pub async fn endorsed(&self) -> Vec<application::Model> {
        let select = application::Entity::find()
            .filter(application::Column::Status.eq(ApplicationStatus::Recommended))
            .order_by_asc(application::Column::SubmittedAt);
        select.all(self.conn()).await.expect("applications")
    }

    /// Some time under `most` milliseconds.
    pub fn moment(&self, most: usize) -> Duration {
        Duration::from_micros(self.app.random.below(most * 1_000).try_into().expect("a number"))
    }

    pub async fn standings(&self) -> Standings {
        let all = application::Entity::find().all(self.conn()).await.expect("applications");
        let count = |status| all.iter().filter(|one| one.status == status).count();
        Standings {
            recommended: count(ApplicationStatus::Recommended),
            confirmed: count(ApplicationStatus::Confirmed),
            nominated: count(ApplicationStatus::Nominated),
            revoked: count(ApplicationStatus::Revoked),
        }
    }

    /// Those that are due a place, in the order in which they will be served.
    pub async fn due(&self) -> Vec<application::Model> {
        let ids = order_of_the_due(self.conn(), self.exception, 1_000).await.expect("a queue");
        let mut due = Vec::new();
        for id in ids {
            due.push(self.application(id).await);
        }
        due
    }

    /// How many wait for this reason.
    pub async fn blocked(&self, reason: BlockedReason) -> usize {
        let select = queue_standing::Entity::find().filter(queue_standing::Column::Blocked.eq(reason));
        select.all(self.conn()).await.expect("a queue").len()
    }

    pub async fn free_places(&self) -> u64 {
        let select = place::Entity::find().filter(place::Column::State.eq(PlaceState::Available));
        select.count(self.conn()).await.expect("a count")
    }

    /// Every invariant holds, and the database never had to break a deadlock.
    async fn holds(&self) {
        let violations = check(&self.app).await.expect("a check");
        assert!(violations.is_empty(), "{violations:#?}");
        if self.app.db.backend() == DbBackend::Postgres {
            let sql = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()";
            let statement = Statement::from_string(DbBackend::Postgres, sql);
            let row = self.conn().query_one_raw(statement).await.expect("a query").expect("a row");
            assert_eq!(row.try_get::<i64>("", "deadlocks").expect("a number"), 0);
        }
    }
}
