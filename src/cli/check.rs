//! `nominations check`

use std::process::ExitCode;

use super::open::{assemble, ready};
use super::{DatabaseArgs, Outcome};
use crate::check::check;
use crate::clock::Clock;
use crate::counted::counted;

pub(super) async fn run(args: DatabaseArgs) -> Outcome {
    let settings = args.settings()?;
    let (db, _) = ready(&settings.database_url, Clock::system()).await?;
    let app = assemble(db, settings.keys.open()?, settings.public_url, false)?;
    let violations = check(&app).await?;
    app.db.close().await?;
    if violations.is_empty() {
        println!("Every invariant holds.");
        return Ok(ExitCode::SUCCESS);
    }
    for violation in &violations {
        println!("{violation}");
    }
    println!("{}.", counted(violations.len(), "violation", "violations"));
    Ok(ExitCode::FAILURE)
}
