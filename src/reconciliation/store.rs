//! Every query on the slice's own tables.

pub mod discrepancies;
