//! Ballots: opened, drawn, published, and run again by others.

mod again;
mod course;
mod field;
mod files;
mod limits;
