//! The service as its callers see it: in process, on both databases, with a clock that stands still.
//!
//! One binary, so that it is linked once. `TEST_DATABASE_URL` names the PostgreSQL server; `make test` starts one.

mod service {
    #[macro_use]
    mod support;

    mod allocation;
    mod bad_input;
    mod ballots;
    mod caseload;
    mod casework;
    mod check;
    mod cli;
    mod clients;
    mod demo;
    mod discrepancies;
    mod evidence;
    mod flags;
    mod frontends;
    mod history;
    mod http;
    mod import;
    mod interest;
    mod isolation;
    mod jobs;
    mod keys;
    mod kills;
    mod live;
    mod members;
    mod orders;
    mod outcomes;
    mod people;
    mod plans;
    mod purge;
    mod races;
    mod reconciling;
    mod refusals;
    mod rehearsals;
    mod releases;
    mod reveal;
    mod same_worker;
    mod schema;
    mod search;
    mod separation;
    mod sessions;
    mod sign_in;
    mod summary;
    mod taking;
    mod walk;
    mod walkthrough;
    mod watch;
    mod wind_down;
}
