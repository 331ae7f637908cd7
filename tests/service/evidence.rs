//! Records of evidence between the two sides: what stays once the body goes by it, and who learns what of it.

use entity::{ApplicationStatus, application as table};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};

use super::support::casework::{Case, SPECIALIST_TECH, application, apply, complete, current, done, refusal};
use super::support::cast::KAURI_AGENT;
use super::support::{Caller, World};

on_both_databases! {
    a_record_that_counts_at_the_body_is_not_taken_from_under_it,
}

/// A record of the employer, for all of its applications to the body.
fn of_the_employer() -> Value {
    json!({ "kind": "MEMBERSHIP", "title": "NZRise", "ofEmployer": true })
}

/// The first record that counts for an application.
async fn record_of(caller: &Caller, case: &Case) -> Value {
    application(caller, case, "evidence { id }").await["evidence"][0]["id"].take()
}

/// Puts every application that is in one status into another, behind the service's back.
async fn all_become(world: &World, from: ApplicationStatus, to: ApplicationStatus) {
    let update = table::Entity::update_many()
        .col_expr(table::Column::Status, Expr::value(to))
        .filter(table::Column::Status.eq(from));
    update.exec(world.conn()).await.expect("an update");
}

async fn a_record_that_counts_at_the_body_is_not_taken_from_under_it(world: World) {
    apply(&world, SPECIALIST_TECH).await;
    let agent = world.sign_in(&KAURI_AGENT).await;
    let case = done(&agent, "createApplication", complete()).await;
    let case = done(&agent, "addEvidence", case.with(of_the_employer())).await;
    let shared = record_of(&agent, &case).await;
    done(&agent, "submitApplication", case.with(json!({ "declaration": true }))).await;

    let draft = done(&agent, "createApplication", complete()).await;
    let remove = |case: &Case, record: &Value| case.with(json!({ "evidence": record }));
    let stays = [("WRONG_STATUS".to_owned(), vec!["evidence".to_owned()])];
    assert_eq!(refusal(&agent, "removeEvidence", remove(&draft, &shared)).await, stays);
    // What is the draft's own counts nowhere else.
    world.wait_minutes(1);
    let letter = json!({ "kind": "OTHER", "title": "A letter" });
    let draft = done(&agent, "addEvidence", draft.with(letter)).await;
    let own = application(&agent, &draft, "evidence { id }").await["evidence"][1]["id"].take();
    let draft = done(&agent, "removeEvidence", remove(&draft, &own)).await;

    all_become(&world, ApplicationStatus::Submitted, ApplicationStatus::Recommended).await;
    assert_eq!(refusal(&agent, "removeEvidence", remove(&draft, &shared)).await, stays);
    all_become(&world, ApplicationStatus::Recommended, ApplicationStatus::Withdrawn).await;
    done(&agent, "removeEvidence", remove(&current(&agent, &draft).await, &shared)).await;
}
