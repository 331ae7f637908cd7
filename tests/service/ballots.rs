//! Ballots: opened, drawn, published, and run again by others.

mod again;
mod course;
pub mod field;
pub mod files;
mod limits;
mod public;
