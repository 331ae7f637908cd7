//! `nominations release`: what anybody who holds files of a release can do without a database.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Subcommand;

use crate::counted::counted;
use crate::releases::rules::{Verified, differences, verify};
use crate::values::sha256::Sha256;

/// Releases of the combined list.
#[derive(Debug, Subcommand)]
pub(super) enum ReleaseCommand {
    /// Compute the digests of files anew from their own bytes, and tell whether they are what was published
    Verify {
        /// JSON and CSV files of releases; those of one release are compared with each other
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
        /// The digest that the release has to have, as the service tells it
        #[arg(long, value_name = "SHA-256", value_parser = parse_digest)]
        digest: Option<Sha256>,
    },
}

fn parse_digest(typed: &str) -> Result<Sha256, &'static str> {
    Sha256::parse(&typed.to_lowercase()).map_err(
        |_| "Give the release's digest as the service tells it: 64 hexadecimal digits, 0 to 9 and a to f.",
    )
}

/// Does it; ends with 1 where something differs.
pub(super) fn run(command: ReleaseCommand) -> ExitCode {
    let ReleaseCommand::Verify { files, digest } = command;
    let (mut read, mut faults) = (Vec::new(), 0);
    for path in files {
        let name = path.display().to_string();
        let bytes = match std::fs::read(&path) {
            Ok(bytes) => bytes,
            Err(why) => {
                eprintln!("{name} cannot be read: {why}");
                faults += 1;
                continue;
            }
        };
        match verify(&bytes) {
            Ok(verified) => {
                tell(&name, &verified);
                read.push((name, verified));
            }
            Err(found) => {
                faults += found.len();
                for fault in found {
                    println!("{name}: {fault}");
                }
            }
        }
    }
    let wanted = digest.map(|digest| digest.to_string());
    let missed = wanted.as_deref().and_then(|digest| missed(&read, digest));
    for line in differences(&read).into_iter().chain(missed) {
        println!("{line}");
        faults += 1;
    }
    println!("{}", verdict(faults, &read, wanted.is_some()));
    if faults == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// What came of all files together.
fn verdict(faults: usize, read: &[(String, Verified)], is_named: bool) -> String {
    let has_digest = read.iter().any(|(_, verified)| verified.digest.is_some());
    match (faults, has_digest, is_named) {
        (0, true, true) => "The release is what its files say, and has the digest that was named.".to_owned(),
        (0, true, false) => "The release is what its files say.".to_owned(),
        (0, false, _) => "The table is whole, and has no digest to be held against.".to_owned(),
        (1, ..) => "The release is not what its files say: 1 thing is wrong.".to_owned(),
        (faults, ..) => format!("The release is not what its files say: {faults} things are wrong."),
    }
}

fn tell(name: &str, verified: &Verified) {
    println!("{name}: release {} of {}", verified.release, verified.exception);
    for (body, part) in &verified.sections {
        let lines =
            part.lines.map_or_else(|| "not in this file".to_owned(), |count| counted(count, "line", "lines"));
        println!("  section {body}, {lines}: {}", part.digest);
    }
    match &verified.digest {
        Some(digest) => println!("  release: {digest}"),
        None => println!("  A table has no digests in it: compare these with what the bodies attested."),
    }
}

/// Tells where no file has the digest that was named.
fn missed(read: &[(String, Verified)], digest: &str) -> Option<String> {
    let has = |(_, verified): &(String, Verified)| verified.digest.as_deref() == Some(digest);
    let others =
        read.iter().filter(|file| file.1.digest.is_some() && !has(file)).map(|(name, _)| name.as_str());
    let others: Vec<_> = others.collect();
    if !others.is_empty() {
        return Some(format!("The release of {} has another digest than {digest}", others.join(", ")));
    }
    (!read.iter().any(has)).then(|| "No file tells the release's digest: give its JSON file".to_owned())
}
