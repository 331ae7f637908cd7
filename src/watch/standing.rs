//! How things stand: what the database tells of places, queues, jobs and seals, and how its connections are used.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use entity::{BodyId, PlaceState, job};
use prometheus_client::registry::Registry;

use super::labels::{Gauges, number};
use super::store::{self, PlaceCount, Queue};
use crate::db::{Db, Pool};
use crate::error::Found;
use crate::jobs::rules::{RunStatus, run_status};
use crate::jobs::store as jobs;
use crate::tenancy::SystemScope;

/// How things stand at an instant.
#[derive(Debug)]
pub struct Standing {
    at: DateTime<Utc>,
    places: Vec<PlaceCount>,
    queues: Vec<Queue>,
    jobs: Vec<job::Model>,
    unsealed: u64,
    bodies: Vec<(BodyId, String)>,
}

impl Standing {
    /// Looks, in five statements.
    pub async fn load(db: &Db) -> Found<Self> {
        let conn = &db.read(&SystemScope::of("metrics"));
        Ok(Self {
            at: db.clock().now(),
            places: store::count_places(conn).await?,
            queues: store::load_queues(conn).await?,
            jobs: jobs::load_all(conn).await?,
            unsealed: store::count_unsealed(conn).await?,
            bodies: store::load_bodies(conn).await?,
        })
    }

    /// Tells all of it.
    pub fn register(&self, registry: &mut Registry) {
        self.register_places(registry);
        self.register_queues(registry);
        self.register_jobs(registry);
        let unsealed = Gauges::default();
        unsealed.put([], number(i64::try_from(self.unsealed).unwrap_or(i64::MAX)));
        unsealed.register(registry, "history_unsealed", "Records that wait for a position and a seal");
    }

    fn register_places(&self, registry: &mut Registry) {
        let places = Gauges::default();
        let exceptions: BTreeSet<&str> = self.places.iter().map(|count| count.exception.as_str()).collect();
        for exception in exceptions {
            for state in PlaceState::all() {
                places.put([("exception", exception), ("state", &state.word())], 0.0);
            }
        }
        for PlaceCount { exception, state, count } in &self.places {
            if let Some(state) = state {
                places.put([("exception", exception), ("state", &state.word())], number(*count));
            }
        }
        places.register(registry, "places", "Places of a class exception by state");
    }

    fn register_queues(&self, registry: &mut Registry) {
        let (lengths, oldest) = (Gauges::default(), Gauges::default());
        for queue in &self.queues {
            let [exception, body] = [("exception", queue.exception.as_str()), ("body", queue.body.as_str())];
            lengths.put([exception, body, ("standing", "due")], number(queue.due));
            lengths.put([exception, body, ("standing", "blocked")], number(queue.blocked));
            let waited = queue.oldest.map_or(0, |oldest| (self.at - oldest).num_seconds());
            oldest.put([exception, body], number(waited));
        }
        lengths.register(registry, "queue_length", "Confirmed applications that wait for a place");
        let help = "Time since the first of those that wait was submitted";
        oldest.register(registry, "queue_oldest_seconds", help);
    }

    fn register_jobs(&self, registry: &mut Registry) {
        let [started, succeeded, took, failures, status] = [(); 5].map(|()| Gauges::default());
        for row in &self.jobs {
            let job = ("job_name", row.name.as_str());
            started.put([job], number(row.started_at.timestamp()));
            if let Some(at) = row.last_success_at {
                succeeded.put([job], number(at.timestamp()));
            }
            if let Some(ended) = row.ended_at {
                took.put([job], (ended - row.started_at).as_seconds_f64());
            }
            failures.put([job], f64::from(row.failures_in_a_row));
            let standing = run_status(row, self.at);
            for (run, word) in STATUSES {
                status.put([job, ("status", word)], f64::from(u8::from(run == standing)));
            }
        }
        let help = "When the last run of a job began, in seconds since 1970";
        started.register(registry, "job_last_run_timestamp_seconds", help);
        let help = "When a run of a job was last done, in seconds since 1970";
        succeeded.register(registry, "job_last_success_timestamp_seconds", help);
        took.register(
            registry,
            "job_last_duration_seconds",
            "How long the last run of a job that ended took",
        );
        failures.register(
            registry,
            "job_failures_in_a_row",
            "Runs up to the last one that failed or were lost",
        );
        status.register(
            registry,
            "job_last_run",
            "1 for what the last run of a job is, 0 for what it is not",
        );
    }
}

const STATUSES: [(RunStatus, &str); 4] = [
    (RunStatus::Running, "RUNNING"),
    (RunStatus::Lost, "LOST"),
    (RunStatus::Done, "DONE"),
    (RunStatus::Failed, "FAILED"),
];

/// Tells how the connections of a process are used; `known`, from the last look, knows the bodies by their slugs.
pub fn register_pools(pools: &[Pool], known: Option<&Standing>, registry: &mut Registry) {
    let (connections, most) = (Gauges::default(), Gauges::default());
    for pool in pools {
        let slug_of = |body: BodyId| known?.bodies.iter().find(|(id, _)| *id == body).map(|(_, slug)| slug);
        let body = pool.body.map_or("", |body| slug_of(body).map_or("unknown", String::as_str));
        let [door, body] = [("door", pool.door), ("body", body)];
        connections.put([door, body, ("state", "in_use")], f64::from(pool.in_use));
        connections.put([door, body, ("state", "idle")], f64::from(pool.idle));
        most.put([door, body], f64::from(pool.most));
    }
    connections.register(registry, "database_connections", "Connections to the database by door and use");
    most.register(registry, "database_connections_most", "Connections that a door may have at most");
}
