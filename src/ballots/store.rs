//! Every query on ballots.
//!
//! Whatever is read here is public but for one thing: whose an entry is. That leaves this file only to acts under the gate.

mod draw;
mod lists;
mod records;

pub use draw::{close, save_end, save_results};
pub use lists::{
    ResultKey, count_results, count_strikes, find_own_entry, insert_strikes, load_applications, load_entries,
    load_results, load_strikes, page_of_results, save_entries,
};
pub use records::{
    find, find_by_number, find_live, insert, insert_commitment, insert_incidents, insert_secret, last_of,
    load, load_live, of_exceptions, record, records,
};
