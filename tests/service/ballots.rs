//! Ballots: drawn, published, and run again by others.

mod again;
mod files;
