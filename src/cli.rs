//! The command line: what each command needs, what it prints, how it ends.
//!
//! Commands end with 0 when they did what was asked, with 1 when they found or met something to mend, and with 2
//! when they were called wrongly. What people read goes to stdout, progress and faults to stderr.

mod admin;
mod ballot;
mod check;
mod demo;
mod exception;
mod history;
mod import;
mod jobs;
mod keys;
mod lines;
mod migrate;
mod open;
mod outcomes;
mod reconcile;
mod release;
mod serve;
mod worker;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use crate::config::{ConfigError, Given, Settings};
use crate::watch::{LogFormat, start_log};

/// Industry nominations for New Zealand class exceptions.
///
/// Bodies assess applications each on its own, draw on one shared quota, and what they approve becomes one combined
/// list for Immigration New Zealand. Begin with `nominations demo`, then `nominations serve`.
#[derive(Debug, Parser)]
#[command(version, propagate_version = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the GraphQL API over HTTP until it is told to stop
    Serve(Given),
    /// Bring the database's schema up to date, and mark a new database as a production one
    Migrate(DatabaseArgs),
    /// Make a demo: an SQLite database of invented people that anybody may sign in as
    Demo(demo::DemoArgs),
    /// Load or amend class exceptions
    #[command(subcommand)]
    Exception(exception::ExceptionCommand),
    /// Take in a CSV file of applications that a body received on its own system; taking it in twice is harmless
    Import(import::ImportArgs),
    /// Make a secret for a ballot, or run a published ballot again; neither needs a database
    #[command(subcommand)]
    Ballot(ballot::BallotCommand),
    /// Verify files of releases of the combined list
    #[command(subcommand)]
    Release(release::ReleaseCommand),
    /// Print the GraphQL schema
    Schema,
    /// Print the life of an application, as the rules have it: docs/lifecycle.md
    Lifecycle,
    /// Recompute every invariant from the tables: a line per violation
    Check(DatabaseArgs),
    /// Hold caseloads, ledger, release and agency against each other: figures by body, and what does not agree
    Reconcile(reconcile::ReconcileArgs),
    /// Take in what the agency says of cases
    #[command(subcommand)]
    Outcomes(outcomes::OutcomesCommand),
    /// Look at the seals over all that happened
    #[command(subcommand)]
    History(history::HistoryCommand),
    /// List what the service does by itself and what came of it, or run some of it now
    Jobs(jobs::JobsArgs),
    /// List the deployment's keys, make a new one, and change to it while the service serves
    #[command(subcommand)]
    Keys(keys::KeysCommand),
    /// Give a worker all that is held about them
    #[command(subcommand)]
    Worker(worker::WorkerCommand),
    /// Add identity providers, and invite the first people of a tenant
    #[command(subcommand)]
    Admin(admin::AdminCommand),
}

/// Which database, and which key goes with it.
#[derive(Clone, Debug, Args)]
pub(crate) struct DatabaseArgs {
    #[arg(long, value_name = "URL", help = DATABASE_HELP)]
    database_url: Option<String>,
    #[arg(long, value_name = "PATH", help = KEY_HELP)]
    key_file: Option<PathBuf>,
    #[arg(long, value_name = "PATH", help = CONFIG_HELP)]
    config: Option<PathBuf>,
}

const DATABASE_HELP: &str = "Where the data lives: sqlite://path/to/file.db or postgres://… [env: DATABASE_URL] \
                             [default: sqlite://data/nominations.db]";
const KEY_HELP: &str = "File with the deployment's key [env: KEY_FILE] [default: beside an SQLite database, with .key at its end]";
const CONFIG_HELP: &str = "TOML file with settings, under the names of the flags [env: CONFIG]";

impl DatabaseArgs {
    fn settings(self) -> Result<Settings, ConfigError> {
        self.settings_with(Given::default())
    }

    /// With more flags than these.
    fn settings_with(self, more: Given) -> Result<Settings, ConfigError> {
        let Self { database_url, key_file, config } = self;
        Settings::load(&Given { database_url, key_file, config, ..more })
    }
}

/// Runs the command that the process was called with.
pub async fn run() -> ExitCode {
    let cli = Cli::parse();
    if !matches!(cli.command, Command::Serve(_)) {
        start_log("warn", LogFormat::Text, None);
    }
    let outcome = match cli.command {
        Command::Serve(args) => Box::pin(serve::run(args)).await,
        Command::Migrate(args) => migrate::run(args).await,
        Command::Demo(args) => demo::run(args).await,
        Command::Exception(command) => Box::pin(exception::run(command)).await,
        Command::Import(args) => Box::pin(import::run(args)).await,
        Command::Ballot(command) => ballot::run(command),
        Command::Schema => {
            print!("{}", crate::schema::print_sdl());
            Ok(ExitCode::SUCCESS)
        }
        Command::Lifecycle => {
            print!("{}", crate::applications::rules::diagram());
            Ok(ExitCode::SUCCESS)
        }
        Command::Release(command) => Ok(release::run(command)),
        Command::Check(args) => Box::pin(check::run(args)).await,
        Command::Reconcile(args) => Box::pin(reconcile::run(args)).await,
        Command::Outcomes(command) => Box::pin(outcomes::run(command)).await,
        Command::History(command) => history::run(command).await,
        Command::Jobs(args) => Box::pin(jobs::run(args)).await,
        Command::Keys(command) => Box::pin(keys::run(command)).await,
        Command::Worker(command) => Box::pin(worker::run(command)).await,
        Command::Admin(command) => Box::pin(admin::run(command)).await,
    };
    outcome.unwrap_or_else(|problem| {
        eprintln!("nominations: {problem}");
        ExitCode::FAILURE
    })
}

/// Why a command could not do its work, in words for whoever called it.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Problem {
    /// Something that the caller can mend.
    #[error("{0}")]
    Told(String),
    /// A fault of the database, or ours.
    #[error("{0}")]
    Fault(#[from] crate::error::Fault),
    /// A setting.
    #[error("{0}")]
    Config(#[from] ConfigError),
    /// The key file.
    #[error("{0}")]
    KeyFile(#[from] crate::keys::KeyFileError),
    /// The machine has no randomness.
    #[error("{0}")]
    NoRandomness(#[from] crate::keys::NoRandomness),
    /// The collector of traces.
    #[error("{0}")]
    Traces(#[from] crate::watch::TracesError),
    /// The file of client secrets.
    #[error("{0}")]
    Secrets(#[from] crate::providers::SecretsError),
    /// A file or the network.
    #[error("{what}: {why}")]
    Io {
        /// What was tried.
        what: String,
        /// What the operating system said.
        why: std::io::Error,
    },
}

impl Problem {
    fn told(words: impl Into<String>) -> Self {
        Self::Told(words.into())
    }

    fn io(what: impl Into<String>) -> impl FnOnce(std::io::Error) -> Self {
        let what = what.into();
        |why| Self::Io { what, why }
    }
}

impl From<crate::error::Failure> for Problem {
    fn from(failure: crate::error::Failure) -> Self {
        use crate::error::Failure;
        match failure {
            Failure::Fault(fault) => Self::Fault(fault),
            Failure::Unauthenticated => Self::told("This needs somebody to be signed in."),
            Failure::Refused(errors) => {
                let sentences: Vec<_> = errors.into_iter().map(|error| error.message).collect();
                Self::Told(sentences.join("\n"))
            }
        }
    }
}

type Outcome = Result<ExitCode, Problem>;
