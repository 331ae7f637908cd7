//! Industry nominations for New Zealand class exceptions: each body assesses its own applications, both draw
//! on one quota, and what they approve becomes one combined list. docs/ARCHITECTURE.md walks through the house.

pub mod amendment;
pub mod app;
pub mod applications;
pub mod ballots;
pub mod check;
pub mod cli;
pub mod clock;
pub mod config;
pub mod counted;
pub mod db;
pub mod demo;
pub mod error;
pub mod exceptions;
pub mod export;
pub mod history;
pub mod http;
pub mod jobs;
pub mod keys;
pub mod live;
pub mod page;
pub mod people;
pub mod providers;
pub mod purge;
pub mod quota;
pub mod random;
pub mod reconciliation;
pub mod releases;
pub mod rotation;
pub mod schema;
pub mod tenancy;
pub mod values;
pub mod watch;
pub mod working_days;
