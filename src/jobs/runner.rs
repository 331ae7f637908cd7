//! One process's hand in the jobs: it takes turns at each of them until it is told to stop.
//!
//! The jobs are attended to side by side, so that one that takes long or fails keeps nobody from the others.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use entity::JobFailure;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tracing::Instrument;

use super::actions::{Claim, Claimed, Finish, Renew, Run, When};
use super::rules::{NotNow, why_not};
use super::{Done, Job, run, store};
use crate::app::App;
use crate::error::{Acted, Failure, Fault};
use crate::random::Random;
use crate::tenancy::SystemScope;

/// How long a process waits at most before it looks at a job again: another may have left it.
const LOOK_AGAIN: Duration = Duration::from_mins(1);
/// How long it waits at least.
const PAUSE: Duration = Duration::from_millis(100);
/// How long the runs that are under way may take to end once the process is to stop.
const LAST_RUNS: Duration = Duration::from_secs(20);

/// How a run is kept up. Real time, unlike the hold, which goes by the clock.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// A few times in a hold.
    pub renew_every: Duration,
    /// What takes longer is given up, since something in it will hang.
    pub at_most: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self { renew_every: Duration::from_secs(45), at_most: Duration::from_mins(30) }
    }
}

/// Does one run of a job: [`run`], unless a test wants to see what comes of another.
pub type Work = Arc<dyn Fn(Job, Arc<App>) -> BoxFuture<'static, Acted<Done>> + Send + Sync>;

/// Takes turns at the jobs for one process.
#[derive(Clone)]
pub struct Runner {
    /// The service.
    pub app: Arc<App>,
    /// The name of the process, which no other has.
    pub holder: String,
    /// How runs are kept up.
    pub pace: Pace,
    /// What a run does.
    pub work: Work,
}

/// What came of a turn at a job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Turn {
    /// It was run.
    Done(Done),
    /// It was run and failed.
    Failed(JobFailure),
    /// Its run took so long without renewing its hold that another process took it over.
    Lost,
    /// It was not run.
    NotNow(NotNow),
}

impl Runner {
    /// Does the jobs of this process.
    #[must_use]
    pub fn new(app: Arc<App>) -> Self {
        let holder = name_of_process(&app.random);
        let work: Work = Arc::new(|job, app| async move { run(job, &app).await }.boxed());
        Self { app, holder, pace: Pace::default(), work }
    }

    /// Runs `job` where it is due and nobody is at it.
    ///
    /// # Errors
    /// Where the database does not answer. What the run itself fails by is no error but [`Turn::Failed`].
    pub async fn take_turn(&self, job: Job) -> Acted<Turn> {
        let db = &self.app.db;
        let row = store::find(&db.read(&scope()), job).await?;
        match why_not(row.as_ref(), job.interval(), db.clock().now()) {
            Some(not_now) => Ok(Turn::NotNow(not_now)),
            None => self.claim_and_run(job, When::Due).await,
        }
    }

    /// Runs `job` where nobody is at it, due or not.
    ///
    /// # Errors
    /// As [`Self::take_turn`].
    pub async fn run_at_once(&self, job: Job) -> Acted<Turn> {
        self.claim_and_run(job, When::AtOnce).await
    }

    async fn claim_and_run(&self, job: Job, when: When) -> Acted<Turn> {
        let claim = Claim { job, holder: &self.holder, when };
        match self.app.db.perform(&scope(), None, &claim).await? {
            Claimed::NotNow(not_now) => Ok(Turn::NotNow(not_now)),
            Claimed::Run(number) => {
                let run = Run { job, number, holder: &self.holder };
                let span = tracing::info_span!("job", job = job.name(), run = number);
                self.see_through(run).instrument(span).await
            }
        }
    }

    /// Does a claimed run, holds it meanwhile, and writes down what came of it.
    async fn see_through(&self, run: Run<'_>) -> Acted<Turn> {
        let work = AssertUnwindSafe((self.work)(run.job, Arc::clone(&self.app))).catch_unwind();
        let outcome = tokio::select! {
            ended = tokio::time::timeout(self.pace.at_most, work) => match ended {
                Ok(Ok(Ok(done))) => Ok(done),
                Ok(Ok(Err(failure))) => {
                    tracing::error!(error = %failure, "failed; tried again at the next turn");
                    Err(kind_of(&failure))
                }
                Ok(Err(_)) => {
                    // What was told with the panic may be about a person: it stays out of the log.
                    tracing::error!("panicked; tried again at the next turn");
                    Err(JobFailure::Panicked)
                }
                Err(_) => {
                    tracing::error!("given up after {:?}; tried again at the next turn", self.pace.at_most);
                    Err(JobFailure::TimedOut)
                }
            },
            () = self.hold(run) => return Ok(lost()),
        };
        let finish = Finish { run, outcome: outcome.clone() };
        if !self.app.db.perform(&scope(), None, &finish).await? {
            return Ok(lost());
        }
        match outcome {
            Ok(done) => {
                if !done.is_nothing() {
                    tracing::info!(%done, "done");
                }
                Ok(Turn::Done(done))
            }
            Err(failure) => Ok(Turn::Failed(failure)),
        }
    }

    /// Renews the hold on a run until another process has it.
    async fn hold(&self, run: Run<'_>) {
        loop {
            tokio::time::sleep(self.pace.renew_every).await;
            match self.app.db.perform(&scope(), None, &Renew { run }).await {
                Ok(true) => {}
                Ok(false) => return,
                Err(failure) => tracing::warn!(error = %failure, "the hold on the run could not be renewed"),
            }
        }
    }

    /// Attends to all jobs until `stop` says true or its sender is gone.
    #[must_use]
    pub fn start(self, stop: &watch::Receiver<bool>) -> Attended {
        let runner = Arc::new(self);
        let mut jobs = JoinSet::new();
        for job in Job::ALL {
            let (runner, stop) = (Arc::clone(&runner), stop.clone());
            jobs.spawn(async move { runner.attend(*job, stop).await });
        }
        Attended { jobs }
    }

    async fn attend(&self, job: Job, mut stop: watch::Receiver<bool>) {
        loop {
            let wait = match self.take_turn(job).await {
                Ok(Turn::NotNow(NotNow::NotDue { at: next } | NotNow::Held { until: next, .. })) => {
                    self.until(next)
                }
                Ok(Turn::Done(_) | Turn::Failed(_) | Turn::Lost) => PAUSE,
                Err(failure) => {
                    tracing::error!(job = job.name(), error = %failure, "no turn could be taken");
                    LOOK_AGAIN
                }
            };
            tokio::select! {
                biased;
                _ = stop.wait_for(|told| *told) => return,
                () = tokio::time::sleep(wait) => {}
            }
        }
    }

    fn until(&self, instant: DateTime<Utc>) -> Duration {
        let wait = instant - self.app.db.clock().now();
        wait.to_std().unwrap_or_default().clamp(PAUSE, LOOK_AGAIN)
    }
}

/// The jobs of a process that serves.
#[derive(Debug)]
pub struct Attended {
    jobs: JoinSet<()>,
}

impl Attended {
    /// Waits until the runs that were under way when the stop was told have ended; for so long only, since what is
    /// cut off is undone, and taken over when its hold has run out.
    pub async fn end(mut self) {
        let all = async { while self.jobs.join_next().await.is_some() {} };
        if tokio::time::timeout(LAST_RUNS, all).await.is_err() {
            tracing::warn!("a job took too long to end and is cut off");
        }
    }
}

fn scope() -> SystemScope {
    SystemScope::of_job("jobs")
}

fn lost() -> Turn {
    tracing::warn!("another process has taken the run over, since its hold had run out");
    Turn::Lost
}

fn kind_of(failure: &Failure) -> JobFailure {
    match failure {
        Failure::Refused(_) | Failure::Unauthenticated => JobFailure::Refused,
        Failure::Fault(Fault::Database(_)) => JobFailure::Database,
        Failure::Fault(Fault::Stored { .. }) => JobFailure::Stored,
        Failure::Fault(Fault::Race(_)) => JobFailure::Race,
    }
}

/// The machine where it can be told, the process, and something that no other process of that number has.
fn name_of_process(random: &Random) -> String {
    let machine = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let random = hex::encode(random.bytes::<4>());
    format!("{}/{}/{random}", machine.trim(), std::process::id())
}
