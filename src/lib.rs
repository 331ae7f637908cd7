//! Industry nominations for New Zealand class exceptions: each body assesses its own applications, both draw
//! on one quota, and what they approve becomes one combined list. docs/ARCHITECTURE.md walks through the house.

pub mod app;
pub mod clock;
pub mod db;
pub mod error;
pub mod http;
pub mod keys;
pub mod page;
pub mod people;
pub mod random;
pub mod schema;
pub mod tenancy;
pub mod values;
