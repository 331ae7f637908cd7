//! What each role may listen to, of whose.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::ground::{Ground, ROLES, Whose, caller};
use super::reading::Seen;
use crate::service::isolation::probes::unknown_reference;
use crate::service::support::Caller;

/// What is of nobody in particular.
const OF_ALL: [(&str, &str); 2] = [
    ("quotaChanged", "subscription { quotaChanged(classException: \"specialist-tech\") { available } }"),
    ("releaseChanged", "subscription { releaseChanged(classException: \"specialist-tech\") { number } }"),
];
const OF_ONE: &str = "subscription($it: String!) { applicationChanged(reference: $it) { kind } }";

pub async fn measure(ground: &Ground, seen: &mut Seen) {
    for (role, asker) in ROLES.into_iter().enumerate() {
        let listener = caller(&ground.settled, asker).await;
        let mut note = |field: &str, whose| {
            let field = ("Subscription".to_owned(), field.to_owned());
            seen.get_mut(&field).expect("a subscription")[role].insert(whose);
        };
        for (field, query) in OF_ALL {
            if may_listen(&listener, query, json!({})).await {
                note(field, Whose::Common);
            }
        }
        let mut of_each: Vec<(Whose, &str)> = Vec::new();
        let mut tried = BTreeSet::new();
        for (whose, row) in ground.rows_of(asker) {
            if tried.insert(whose) {
                of_each.push((whose, &row.reference));
            }
        }
        let nothing = unknown_reference();
        of_each.push((Whose::Absent, &nothing));
        for (whose, reference) in of_each {
            if may_listen(&listener, OF_ONE, json!({ "it": reference })).await {
                note("applicationChanged", whose);
            }
        }
    }
}

async fn may_listen(caller: &Caller, query: &str, variables: Value) -> bool {
    !caller.listen(query, variables).await.is_refused()
}
