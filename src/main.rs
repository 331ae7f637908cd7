//! The command line of `nominations`; everything it does lives in the library.

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    nominations::cli::run().await
}
