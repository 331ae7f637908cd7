//! A caseload in order: every order pages through all of it, from either end, and a stretch of time is cut out of it.

use serde_json::{Value, json};

use super::support::cast::{ITP_LEAD, KAURI_AGENT, NZTECH_ASSESSOR};
use super::support::fiction::Fiction;
use super::support::{Caller, World};

on_both_databases! {
    every_order_pages_through_everything_from_either_end,
    those_that_are_due_before_an_instant_have_one,
}

/// By field of the order, what is ordered: those without one stand after all others.
const ORDERS: [(&str, &str); 4] = [
    ("CREATED_AT", "createdAt"),
    ("SUBMITTED_AT", "submittedAt"),
    ("DUE_AT", "dueAt"),
    ("SALARY", "remuneration"),
];

async fn every_order_pages_through_everything_from_either_end(world: World) {
    Fiction::new(&world).await.write(90).await;
    for member in [&NZTECH_ASSESSOR, &ITP_LEAD, &KAURI_AGENT] {
        let caller = world.sign_in(member).await;
        for (field, value) in ORDERS {
            let upwards = through(&caller, field, "ASC", false).await;
            let ordered = upwards.iter().map(|row| row[value].as_str().unwrap_or("9999"));
            assert!(value == "remuneration" || ordered.is_sorted(), "{field}");
            assert!(upwards.len() > 20, "{}", upwards.len());
            let mut distinct: Vec<_> = upwards.iter().map(|row| row["reference"].to_string()).collect();
            distinct.sort_unstable();
            distinct.dedup();
            assert_eq!(distinct.len(), upwards.len(), "nothing comes twice");
            let mut downwards = through(&caller, field, "DESC", false).await;
            assert_eq!(through(&caller, field, "DESC", true).await, downwards, "{field}");
            assert_eq!(through(&caller, field, "ASC", true).await, upwards, "{field}");
            downwards.reverse();
            assert_eq!(downwards, upwards, "{} by {field}", member.handle);
        }
        let count = "{ applications { totalCount } }";
        let all = caller.data(count, json!({})).await["applications"]["totalCount"].take();
        assert_eq!(json!(through(&caller, "DUE_AT", "ASC", false).await.len()), all);
    }
}

async fn those_that_are_due_before_an_instant_have_one(world: World) {
    Fiction::new(&world).await.write(90).await;
    let caller = world.sign_in(&NZTECH_ASSESSOR).await;
    let all = through(&caller, "DUE_AT", "ASC", false).await;
    let query = "query($at: DateTime!) { applications(first: 100, filter: { dueBefore: $at }) { totalCount nodes { dueAt } } }";
    for at in
        ["2022-02-28T23:59:00Z", "2022-03-01T00:00:00Z", "2022-03-01T00:00:01Z", "9999-12-31T23:59:59.9Z"]
    {
        let seen = caller.data(query, json!({ "at": at })).await["applications"].take();
        let is_before = |row: &&Value| row["dueAt"].as_str().is_some_and(|due| due < at);
        let expected = all.iter().filter(is_before).count();
        assert_eq!(seen["totalCount"], json!(expected), "{at}");
        assert_eq!(
            seen["nodes"].as_array().map(|rows| rows.iter().filter(is_before).count()),
            Some(expected)
        );
    }
}

/// All rows of an order, page by page, from its beginning or from its end.
async fn through(caller: &Caller, field: &str, direction: &str, backwards: bool) -> Vec<Value> {
    let (rows, cursor) = if backwards { ("last", "before") } else { ("first", "after") };
    let query = format!(
        "query($cursor: String) {{ applications({rows}: 7, {cursor}: $cursor, orderBy: {{ field: {field}, \
         direction: {direction} }}) {{ nodes {{ reference createdAt submittedAt dueAt remuneration {{ annual }} }} \
         pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }} }} }}"
    );
    let (more, beside) =
        if backwards { ("hasPreviousPage", "startCursor") } else { ("hasNextPage", "endCursor") };
    let (mut all, mut cursor) = (Vec::new(), Value::Null);
    loop {
        let mut page = caller.data(&query, json!({ "cursor": cursor })).await["applications"].take();
        let Value::Array(mut nodes) = page["nodes"].take() else { panic!("rows") };
        if backwards {
            nodes.extend(std::mem::take(&mut all));
            all = nodes;
        } else {
            all.extend(nodes);
        }
        cursor = page["pageInfo"][beside].take();
        if page["pageInfo"][more] == false {
            return all;
        }
    }
}
