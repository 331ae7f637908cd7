//! One command per act. A discrepancy is opened here by whatever finds it.

pub mod discrepancies;
