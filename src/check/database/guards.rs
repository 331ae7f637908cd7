//! The triggers that have to be there, by table.

use sea_orm::DbBackend;

/// Tables whose rows are never changed and never taken away; of some, a few columns may change.
const APPEND_ONLY: [&str; 29] = [
    "agency_message",
    "agency_outcome",
    "attestation",
    "ballot",
    "ballot_body",
    "ballot_commitment",
    "ballot_end",
    "ballot_entry",
    "ballot_incident",
    "ballot_result",
    "ballot_secret",
    "ballot_strike",
    "class_exception_revision",
    "held_back",
    "history_event",
    "installation",
    "place_movement",
    "reconciliation",
    "reconciliation_figure",
    "reconciliation_open",
    "release",
    "release_line",
    "release_section",
    "resolution_proposal",
    "seal",
    "sealed_event",
    "sign_off",
    "told_apart",
    "turn_back",
];

/// Tables whose rows change, and are never taken away.
const KEPT: [&str; 4] = ["deployment_key", "discrepancy", "place", "release_state"];

/// Tables whose rows wait to be sealed.
const SEALED: [&str; 2] = ["history_event", "place_movement"];

/// The names of all of them, as this database has them. SQLite has no TRUNCATE, and so nothing that refuses it.
pub(super) fn all(backend: DbBackend) -> Vec<String> {
    let named = |tables: &[&str], what: &str| -> Vec<String> {
        tables.iter().map(|table| format!("{table}_{what}")).collect()
    };
    let kept = [&APPEND_ONLY[..], &KEPT].concat();
    let mut all = [
        named(&APPEND_ONLY, "refuses_update"),
        named(&kept, "refuses_delete"),
        named(&SEALED, "waits_for_seal"),
    ]
    .concat();
    if backend == DbBackend::Postgres {
        all.extend(named(&kept, "refuses_truncate"));
    }
    all.sort_unstable();
    all
}
