//! Runs of jobs that a test wants to see something of.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use entity::job;
use futures_util::FutureExt;
use nominations::app::App;
use nominations::error::Acted;
use nominations::jobs::runner::{Runner, Work};
use nominations::jobs::{Done, Job, run, store};
use tokio::sync::Semaphore;

use crate::service::support::World;

/// How long anything here may take before it counts as hanging.
const PATIENCE: Duration = Duration::from_mins(1);

/// The row of a job; none before its first run.
pub async fn find(world: &World, job: Job) -> Option<job::Model> {
    store::find(world.conn(), job).await.expect("a query")
}

/// The row of a job that was run.
pub async fn row(world: &World, job: Job) -> job::Model {
    find(world, job).await.expect("a row")
}

/// Waits until the row of a job is as a test wants it.
pub async fn until(world: &World, job: Job, is_so: impl Fn(&job::Model) -> bool) {
    let begun = Instant::now();
    while !find(world, job).await.is_some_and(|row| is_so(&row)) {
        assert!(begun.elapsed() < PATIENCE, "{job:?} does not get there");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

/// What a runner does in place of the jobs.
pub fn work<F>(work: impl Fn(Job, Arc<App>) -> F + Send + Sync + 'static) -> Work
where
    F: Future<Output = Acted<Done>> + Send + 'static,
{
    Arc::new(move |job, app| work(job, app).boxed())
}

/// Runs that go on until `gate` lets one after the other through.
pub fn waiting_at(gate: &Arc<Semaphore>) -> Work {
    let gate = Arc::clone(gate);
    work(move |_, _| {
        let gate = Arc::clone(&gate);
        async move {
            gate.acquire().await.expect("an open gate").forget();
            Ok(Done::default())
        }
    })
}

/// Counts runs by job.
#[derive(Clone, Default)]
pub struct Counter(Arc<Mutex<BTreeMap<Job, usize>>>);

impl Counter {
    pub fn count(&self, job: Job) {
        *self.0.lock().expect("no panic").entry(job).or_default() += 1;
    }

    pub fn of(&self, job: Job) -> usize {
        self.0.lock().expect("no panic").get(&job).copied().unwrap_or_default()
    }

    /// A process that does the jobs and counts what it does.
    pub fn runner(&self, process: &World) -> Runner {
        let counter = self.clone();
        let work = work(move |job, app| {
            counter.count(job);
            async move { run(job, &app).await }
        });
        Runner { work, ..Runner::new(Arc::clone(&process.app)) }
    }
}
