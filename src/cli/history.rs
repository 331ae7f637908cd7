//! `nominations history verify` and `nominations history head`

use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::open::ready;
use super::{DatabaseArgs, Outcome, Problem};
use crate::clock::{Clock, in_new_zealand};
use crate::counted::counted;
use crate::history;
use crate::releases::store::heads;
use crate::tenancy::SystemScope;
use crate::values::sha256::Sha256;

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
    #[arg(long = "head", value_name = "SHA256", value_parser = parse_head)]
    heads: Vec<Sha256>,
    #[command(flatten)]
    database: DatabaseArgs,
}

fn parse_head(typed: &str) -> Result<Sha256, &'static str> {
    Sha256::parse(&typed.to_lowercase()).map_err(|_| {
        "Give a head as `nominations history head` prints it and a release carries it: 64 hexadecimal digits, 0 to 9 \
         and a to f."
    })
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
    let mut found = Vec::new();
    for head in &args.heads {
        match history::find_by_head(&snapshot, head).await? {
            Some(seal) => found.push(seal),
            None => tell(format!("no seal has the head {head}")),
        }
    }
    for astray in heads::without_seal(&snapshot).await? {
        let heads::Astray { slug, number, head } = astray;
        tell(format!("no seal has the head {head}, which release {number} of {slug} carries"));
    }
    snapshot.end().await?;
    db.close().await?;
    for seal in found {
        println!("The head {} is that of {}", seal.head, told_of(&seal));
    }
    if flaws > 0 {
        let rest = if flaws > MOST_TOLD { ", of which the first are listed" } else { "" };
        println!("{}{rest}.", counted(flaws, "flaw", "flaws"));
        return Ok(ExitCode::FAILURE);
    }
    println!("{}", verdict(&verified));
    Ok(ExitCode::SUCCESS)
}

/// What holds, where nothing is wrong.
fn verdict(verified: &history::Verified) -> String {
    let history::Verified { seals, records, waiting, head } = verified;
    let waiting = match waiting {
        1 => "1 record waits".to_owned(),
        count => format!("{count} records wait"),
    };
    if *seals == 0 {
        return format!("Nothing is sealed yet; {waiting}: `nominations jobs run seal` seals what is there.");
    }
    let hold = if *seals == 1 { "holds" } else { "hold" };
    let (seals, records) = (counted(*seals, "seal", "seals"), counted(*records, "record", "records"));
    format!("{seals} over {records} {hold}; {waiting} for theirs. Head: {head}")
}

fn told_of(seal: &entity::seal::Model) -> String {
    let at = in_new_zealand(seal.at);
    format!("seal {} of {at}, over the records up to position {}.", seal.number, seal.last_position)
}

async fn head(args: DatabaseArgs) -> Outcome {
    let (db, _) = ready(&args.settings()?.database_url, Clock::system()).await?;
    let seal = history::last_seal(&db.read(&SystemScope::of("history"))).await?;
    db.close().await?;
    let seal = seal.ok_or_else(|| {
        Problem::told("Nothing is sealed yet: `nominations jobs run seal` seals what is there.")
    })?;
    println!("{}", seal.head);
    eprintln!("This is the head of {}", told_of(&seal));
    Ok(ExitCode::SUCCESS)
}
