//! Signing in with real identity providers, and what is refused: by them, by what they answer, and by tokens that no
//! real provider would issue.

mod browser;
mod flow;
mod frontends;
mod hostile;
mod logs;
mod machines;
mod pages;
mod provider;
mod refusals;
mod rotation;
pub mod setting;

pub use provider::secrets;
