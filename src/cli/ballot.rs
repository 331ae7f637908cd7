//! `nominations ballot secret` and `nominations ballot verify FILE…`
//!
//! Both work on what is published and need no database: whoever does not trust the service can run them elsewhere.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Subcommand};
use entity::BallotStatus;

use super::{Outcome, Problem};
use crate::ballots::rules::{Scheme, SchemeError, Secret, commitment};
use crate::ballots::verify::{Report, verify};
use crate::keys;
use crate::values::sha256::{Sha256, Sha256Error};
use crate::values::slug::is_slug;

#[derive(Debug, Subcommand)]
pub(crate) enum BallotCommand {
    /// Make a body's secret, and the commitment to send before the reveals; run it where nobody looks on
    Secret(SecretArgs),
    /// Run a ballot again from its published files, and name whatever differs
    Verify(VerifyArgs),
}

#[derive(Debug, Args)]
pub(crate) struct SecretArgs {
    /// The class exception's slug, a slash and the ballot's number, e.g. specialist-tech/1
    #[arg(long, value_parser = scheme)]
    scheme: Scheme,
    /// The body's slug, e.g. itp
    #[arg(long, value_parser = slug)]
    body: String,
    /// The ballot's `entriesDigest`: the SHA-256 of entries.txt
    #[arg(long, value_name = "SHA256", value_parser = digest)]
    entries_digest: Sha256,
}

#[derive(Debug, Args)]
pub(crate) struct VerifyArgs {
    /// The published files of one ballot: ballot.json and entries.txt
    #[arg(required = true, num_args = 1..)]
    files: Vec<PathBuf>,
}

fn slug(typed: &str) -> Result<String, &'static str> {
    if is_slug(typed) {
        Ok(typed.to_owned())
    } else {
        Err("A slug has lower-case letters, digits and hyphens between them, e.g. itp.")
    }
}

fn scheme(typed: &str) -> Result<Scheme, SchemeError> {
    Scheme::parse(typed)
}

fn digest(typed: &str) -> Result<Sha256, Sha256Error> {
    Sha256::parse(typed)
}

pub(super) fn run(command: BallotCommand) -> Outcome {
    match command {
        BallotCommand::Secret(args) => make_secret(&args),
        BallotCommand::Verify(args) => run_again(&args.files),
    }
}

fn make_secret(args: &SecretArgs) -> Outcome {
    let bytes = keys::random_bytes().map_err(|why| Problem::told(why.to_string()))?;
    let secret = Secret::from_bytes(bytes);
    println!("secret      {secret}");
    println!("commitment  {}", commitment(&args.scheme, &args.body, &args.entries_digest, &secret));
    println!();
    println!(
        "Send the commitment now. Keep the secret to yourself, in two places, until the ballot reveals."
    );
    Ok(ExitCode::SUCCESS)
}

fn run_again(files: &[PathBuf]) -> Outcome {
    let is_document = |file: &&PathBuf| file.extension().is_some_and(|end| end.eq_ignore_ascii_case("json"));
    let documents: Vec<_> = files.iter().filter(is_document).collect();
    let lists: Vec<_> = files.iter().filter(|file| !is_document(file)).collect();
    let ([document], [list]) = (documents.as_slice(), lists.as_slice()) else {
        let words = "Give the two files of one ballot: ballot.json, and the entries.txt that goes with it.";
        return Err(Problem::told(words));
    };
    let report = verify(&read(document)?, &read(list)?);
    print(&report);
    Ok(if report.differs.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn read(file: &Path) -> Result<Vec<u8>, Problem> {
    let bytes = std::fs::read(file).map_err(Problem::io(format!("reading {}", file.display())))?;
    if bytes.is_empty() {
        let words =
            format!("{} is empty: take the file from the ballot's address once more.", file.display());
        return Err(Problem::Told(words));
    }
    Ok(bytes)
}

fn print(report: &Report) {
    // What stands in a file may be anything, and does not move the terminal.
    let printable = |sentence: &String| sentence.replace(char::is_control, "\u{FFFD}");
    for sentence in &report.holds {
        println!("holds    {}", printable(sentence));
    }
    for sentence in &report.differs {
        println!("DIFFERS  {}", printable(sentence));
    }
    match report.differs.len() {
        0 => println!("The ballot is what its files say{}", told_of(report.status)),
        1 => println!("The files do not fit together: 1 thing differs."),
        count => println!("The files do not fit together: {count} things differ."),
    }
}

/// How the verdict ends, by where the ballot stands.
fn told_of(status: Option<BallotStatus>) -> &'static str {
    match status {
        Some(BallotStatus::Drawn) | None => ".",
        Some(BallotStatus::Void) => ". It was voided, and nothing was drawn.",
        Some(BallotStatus::Committing | BallotStatus::Revealing | BallotStatus::Ready) => {
            " so far. There is no draw yet: verify it again once it is drawn."
        }
    }
}
