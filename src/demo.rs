//! The demo: a database of invented people, made by running the service's own acts under a set clock.
//!
//! It is marked demo when it is made and for ever. Rows come from the two files beside this one; what they lack
//! is invented by rule in `rows`, and how far each application has come is decided in `plan`. Nothing here writes
//! to a caseload but through the commands that everybody uses.

mod dates;
mod make;
mod people;
mod plan;
mod rows;
mod second;

pub use dates::MoveDates;
pub use make::{Made, Making, make};
pub use people::HANDLES;
pub use rows::MOST_APPLICATIONS;
