//! One sea-orm model per table, typed ids and stored enums. What a table's rows must obey stands in
//! the migration, beside the constraint that holds it.

pub mod agency_case;
pub mod amendment;
pub mod application;
pub mod application_word;
pub mod assessment;
pub mod assessment_round;
pub mod attestation;
pub mod body;
pub mod class_exception;
pub mod class_exception_body;
pub mod class_exception_revision;
pub mod conflict;
pub mod discrepancy;
pub mod employer;
pub mod employer_agent;
pub mod evidence;
pub mod held_back;
pub mod history_event;
pub mod hold;
pub mod idempotency;
pub mod imported_row;
pub mod information_request;
pub mod installation;
pub mod interest;
pub mod job;
pub mod membership;
pub mod person;
pub mod place;
pub mod place_movement;
pub mod queue_entry;
pub mod queue_standing;
pub mod release;
pub mod release_line;
pub mod release_section;
pub mod release_state;
pub mod resolution_proposal;
pub mod seal;
pub mod sealed_event;
pub mod session;
pub mod told_apart;
pub mod turn_back;
pub mod unsealed;
pub mod worker;
pub mod worker_fingerprint;

mod ids;
mod kinds;

pub use ids::*;
pub use kinds::*;
