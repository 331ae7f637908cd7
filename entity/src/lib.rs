//! One sea-orm model per table, typed ids and stored enums. What a table's rows must obey stands in
//! the migration, beside the constraint that holds it.

mod ids;
mod kinds;

pub use ids::*;
pub use kinds::*;
