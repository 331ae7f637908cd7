//! Every query on the slice's own tables.

pub mod crowd;
pub mod details;
pub mod discrepancies;
pub mod outcomes;
pub mod reading;
pub mod records;
pub mod runs;
