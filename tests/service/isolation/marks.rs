//! What one caller was given is of no use to another: cursors, and keys of acts.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::probes::viewers;
use super::rows::{Stage, row, settle, text};
use crate::service::support::acts::{Target, document, input, send};
use crate::service::support::cast::{
    ITP_LEAD, KAURI, KAURI_AGENT, KAURI_SECOND, NZTECH, NZTECH_LEAD, RATA_AGENT,
};
use crate::service::support::{Caller, World};

on_both_databases! {
    a_cursor_is_good_for_its_viewer_list_and_filter_only,
    a_key_of_an_act_is_its_persons_own,
}

/// Lists, each with the way to the end cursor of its first row.
const LISTS: [(&str, &str, &str); 6] = [
    ("applications", "applications(first: 1, after: $it)", "/applications"),
    ("submitted", "applications(first: 1, after: $it, filter: { status: [SUBMITTED] })", "/applications"),
    ("approved", "approvedList(classException: \"specialist-tech\", first: 1, after: $it)", "/approvedList"),
    (
        "filtered",
        "approvedList(classException: \"specialist-tech\", first: 1, after: $it, filter: { search: \"nzt\" })",
        "/approvedList",
    ),
    ("interests", "interests(first: 1, after: $it)", "/interests"),
    (
        "movements",
        "classException(slug: \"specialist-tech\") { quota { movements(first: 1, after: $it)",
        "/classException/quota/movements",
    ),
];

fn query(list: &str) -> String {
    let field = LISTS.iter().find(|(name, ..)| *name == list).expect("a list").1;
    let ends = if list == "movements" { "} }" } else { "" };
    format!("query($it: String) {{ {field} {{ nodes {{ __typename }} pageInfo {{ endCursor }} }} {ends} }}")
}

/// The lists that this caller has, each with a cursor.
async fn cursors(caller: &Caller) -> BTreeMap<&'static str, String> {
    let mut found = BTreeMap::new();
    for (name, _, way) in LISTS {
        let data = caller.data(&query(name), json!({})).await;
        if let Some(Value::String(cursor)) = data.pointer(&format!("{way}/pageInfo/endCursor")) {
            found.insert(name, cursor.clone());
        }
    }
    found
}

async fn a_cursor_is_good_for_its_viewer_list_and_filter_only(world: World) {
    settle(&world).await;
    let viewers = viewers(&world).await;
    let mut all = Vec::new();
    for (handle, caller) in &viewers {
        all.push((*handle, cursors(caller).await));
    }
    assert!(
        all.iter().all(|(handle, found)| found.contains_key("movements")
            != ["public", "kauri-agent", "kauri-second", "rata-agent"].contains(handle)),
        "{all:?}"
    );
    for (reader, caller) in &viewers {
        let lists = &all.iter().find(|(handle, _)| handle == reader).expect("a viewer").1;
        for list in lists.keys() {
            let garbage = caller.ask(&query(list), &json!({ "it": "garbage" })).await;
            assert_eq!(garbage.code(), "BAD_USER_INPUT");
            for (owner, found) in &all {
                for (of, cursor) in found {
                    let answer = caller.ask(&query(list), &json!({ "it": cursor })).await;
                    if (owner, of) == (reader, list) {
                        assert_eq!(answer.json().get("errors"), None, "{reader}: {list}");
                    } else {
                        assert_eq!(answer.whole(), garbage.whole(), "{reader} with {owner}'s {of} in {list}");
                    }
                }
            }
        }
    }
    // A cursor tells nothing of the row that it stands for.
    for cursor in all.iter().flat_map(|(_, found)| found.values()) {
        assert!(!cursor.contains("2022") && !cursor.starts_with("ey"), "{cursor}");
    }
}

async fn a_key_of_an_act_is_its_persons_own(world: World) {
    let rows = settle(&world).await;
    let recommended = row(&rows, &NZTECH, &KAURI, Stage::Recommended);
    let keyed = |mutation: &str, target: &Target| {
        let mut input = input(mutation, target);
        input["idempotencyKey"] = json!("the same key");
        input
    };
    let create = keyed("createApplication", &recommended.target("", "Canaryq"));
    let confirm = keyed("confirm", &recommended.target("", "Moreporkq"));
    let (agent, second) = (world.sign_in(&KAURI_AGENT).await, world.sign_in(&KAURI_SECOND).await);
    let lead = world.sign_in(&NZTECH_LEAD).await;
    let first = send(&agent, "createApplication", &create).await;
    assert_eq!(send(&agent, "createApplication", &create).await, first);
    let colleagues = send(&second, "createApplication", &create).await;
    assert_ne!(text(&colleagues["application"]["id"]), text(&first["application"]["id"]));
    send(&lead, "confirm", &confirm).await;

    // Whoever has no hand in it is answered as if the key was new, and learns nothing of what was done under it.
    for (mutation, sent) in [("createApplication", &create), ("confirm", &confirm)] {
        let mut unkeyed = sent.clone();
        unkeyed.as_object_mut().expect("an object").remove("idempotencyKey");
        for member in [&ITP_LEAD, &RATA_AGENT] {
            let caller = world.sign_in(member).await;
            let with = caller.ask(&document(mutation), &json!({ "input": sent })).await;
            let without = caller.ask(&document(mutation), &json!({ "input": unkeyed })).await;
            assert_eq!(with.whole(), without.whole(), "{mutation} by {}", member.handle);
            assert_eq!(with.json()["data"][mutation]["application"], Value::Null);
        }
    }
    let other = keyed("createApplication", &recommended.target("", "Keaq"));
    assert_eq!(send(&agent, "createApplication", &other).await["userErrors"][0]["code"], "KEY_REUSED");
}
