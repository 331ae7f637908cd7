//! `nominations history verify` and `nominations history head`

use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::open::ready;
use super::{DatabaseArgs, Outcome, Problem};
use crate::clock::{Clock, in_new_zealand};
use crate::history;
use crate::releases::store::heads;
use crate::tenancy::SystemScope;

/// How many flaws are told one by one.
const MOST_TOLD: usize = 1_000;

#[derive(Debug, Subcommand)]
pub(crate) enum HistoryCommand {
    /// Recompute every digest and every seal of the history: a line for whatever was changed, taken away or added since
    Verify(VerifyArgs),
    /// Print the head of the last seal, which stands for everything that was sealed
    Head(DatabaseArgs),
}

#[derive(Debug, Args)]
pub(crate) struct VerifyArgs {
    /// A head that was published or noted earlier: one of the seals must have it. May be given again
    #[arg(long = "head", value_name = "SHA256")]
    heads: Vec<String>,
    #[command(flatten)]
    database: DatabaseArgs,
}

pub(super) async fn run(command: HistoryCommand) -> Outcome {
    match command {
        HistoryCommand::Verify(args) => verify(args).await,
        HistoryCommand::Head(args) => head(args).await,
    }
}

async fn verify(args: VerifyArgs) -> Outcome {
    let (db, _) = ready(&args.database.settings()?.database_url, Clock::system()).await?;
    let snapshot = db.snapshot(&SystemScope::of("history")).await?;
    let mut flaws = 0;
    let mut tell = |flaw: String| {
        flaws += 1;
        if flaws <= MOST_TOLD {
            println!("{flaw}");
        }
    };
    let verified = history::verify(&snapshot, |flaw| tell(flaw.to_string())).await?;
    for head in &args.heads {
        if !history::has_head(&snapshot, head).await? {
            tell(format!("no seal has the head {head}"));
        }
    }
    for astray in heads::without_seal(&snapshot).await? {
        let heads::Astray { slug, number, head } = astray;
        tell(format!("no seal has the head {head}, which release {number} of {slug} carries"));
    }
    snapshot.end().await?;
    db.close().await?;
    if flaws > 0 {
        println!("{flaws} flaws{}.", if flaws > MOST_TOLD { ", of which the first are listed" } else { "" });
        return Ok(ExitCode::FAILURE);
    }
    let history::Verified { seals, records, waiting, head } = verified;
    println!("{seals} seals over {records} records hold; {waiting} records wait for theirs. Head: {head}");
    Ok(ExitCode::SUCCESS)
}

async fn head(args: DatabaseArgs) -> Outcome {
    let (db, _) = ready(&args.settings()?.database_url, Clock::system()).await?;
    let seal = history::last_seal(&db.read(&SystemScope::of("history"))).await?;
    db.close().await?;
    let seal = seal.ok_or_else(|| {
        Problem::told("Nothing is sealed yet: `nominations jobs run seal` seals what is there.")
    })?;
    println!("{}", seal.head);
    eprintln!(
        "Seal {} of {}, over the records up to position {}.",
        seal.number,
        in_new_zealand(seal.at),
        seal.last_position
    );
    Ok(ExitCode::SUCCESS)
}
