//! placeholder until merged
use crate::app::App;
use crate::error::Found;
/// x
///
/// # Errors
/// x
pub async fn check(_app: &App) -> Found<Vec<String>> {
    Ok(vec![])
}
