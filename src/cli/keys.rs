//! `nominations keys …`: which keys there are, a new one, and the change to it.

use std::process::ExitCode;

use clap::Subcommand;
use entity::DeploymentKeyState;

use super::open::{assemble, no_public_url, ready};
use super::{DatabaseArgs, Outcome, Problem};
use crate::app::App;
use crate::clock::Clock;
use crate::config::Settings;
use crate::keys::{KeySource, add_key_to, new_key_line};
use crate::rotation::{Standing, is_under_way, rotate, standing, unused_key};

#[derive(Debug, Subcommand)]
pub(crate) enum KeysCommand {
    /// List the keys: which is the current one, which this machine has, and how much each is still needed for
    List(DatabaseArgs),
    /// Make a new key and add it to the key file, where nothing uses it yet; where keys are in the environment, print it
    New(DatabaseArgs),
    /// Make a new key the current one, seal everything anew with it, and retire the former ones, while the service
    /// serves. Stopped anywhere, it goes on when it is run again
    Rotate(DatabaseArgs),
}

pub(super) async fn run(command: KeysCommand) -> Outcome {
    match command {
        KeysCommand::List(args) => list(&args.settings()?).await,
        KeysCommand::New(args) => new(&args.settings()?).await,
        KeysCommand::Rotate(args) => change(&args.settings()?).await,
    }
}

async fn open(settings: &Settings) -> Result<App, Problem> {
    let (db, _) = ready(&settings.database_url, Clock::system()).await?;
    assemble(db, settings.keys.open()?, no_public_url()?, false)
}

async fn list(settings: &Settings) -> Outcome {
    let app = open(settings).await?;
    let all = standing(&app).await?;
    app.db.close().await?;
    println!("KEY  ID        STATE     HERE  SEALED  FINGERPRINTS");
    let first = all.first().map(|key| key.number);
    let is_unchanged = all.iter().all(|key| key.state.is_none());
    for Standing { number, id, state, is_here, seals, fingerprints } in &all {
        let state = match state {
            Some(state) => state.word(),
            // The database is told of keys when they first change: until then the first one is the current one.
            None if is_unchanged && Some(*number) == first => DeploymentKeyState::Current.word(),
            None => "NEW".to_owned(),
        };
        let here = if *is_here { "yes" } else { "no" };
        println!("{number:<4} {id}  {state:<9} {here:<5} {seals:<7} {fingerprints}");
    }
    Ok(ExitCode::SUCCESS)
}

/// Which keys nobody needs any more.
fn are_retired(keys: &[i32]) -> String {
    let numbers: Vec<_> = keys.iter().map(ToString::to_string).collect();
    match &numbers[..] {
        [] => "no key was left to retire".to_owned(),
        [one] => format!("key {one} is retired"),
        [others @ .., last] => format!("keys {} and {last} are retired", others.join(", ")),
    }
}

async fn new(settings: &Settings) -> Outcome {
    let app = open(settings).await?;
    let last = standing(&app).await?.last().map_or(0, |key| key.number);
    app.db.close().await?;
    match &settings.keys {
        KeySource::File(path) => {
            let number = add_key_to(path)?;
            println!(
                "Key {number} is in {}. Give the file to every machine and keep a copy of it;",
                path.display()
            );
            println!("then run `nominations keys rotate`.");
        }
        KeySource::Environment(_) => {
            let line = new_key_line(last + 1)?;
            eprintln!(
                "Add this line to DEPLOYMENT_KEYS of every process, start them anew, and run `nominations keys rotate`:"
            );
            print!("{line}");
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Goes on with a change that was begun; else begins one with the key that was added, or with a new one.
async fn change(settings: &Settings) -> Outcome {
    let app = open(settings).await?;
    if !is_under_way(&app).await? && unused_key(&app).await?.is_none() {
        let KeySource::File(path) = &settings.keys else {
            let words = "There is no new key in DEPLOYMENT_KEYS: `nominations keys new` makes one, which every process has \
                         to have before it is used.";
            return Err(Problem::told(words));
        };
        let number = add_key_to(path)?;
        println!("Key {number} is new in {}: keep a copy of the file.", path.display());
        app.keys.reload()?;
    }
    let rotated = rotate(&app, &|words| println!("{words}")).await?;
    app.db.close().await?;
    println!("Everything is sealed with key {}; {}.", rotated.current, are_retired(&rotated.retired));
    println!(
        "Retired keys may be taken out of the file once nobody repeats what was sent before: docs/operations.md."
    );
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_told_by_their_numbers() {
        let told = [&[][..], &[2], &[1, 2], &[1, 2, 3]].map(are_retired);
        let expected = [
            "no key was left to retire",
            "key 2 is retired",
            "keys 1 and 2 are retired",
            "keys 1, 2 and 3 are retired",
        ];
        assert_eq!(told, expected);
    }
}
