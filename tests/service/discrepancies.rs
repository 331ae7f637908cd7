//! What does not agree is one discrepancy, however often and by however many it is found, until people have settled it.

use entity::{
    ApplicationId, DiscrepancyKind, DiscrepancyStatus, EventKind, ExceptionId, Resolution, Severity,
    discrepancy, history_event,
};
use nominations::db::{Command, Tx};
use nominations::error::Acted;
use nominations::keys::{Keys, TextPlace};
use nominations::reconciliation::actions::discrepancies::{Opened, open_all};
use nominations::reconciliation::rules::{Field, Finding};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder};

use super::support::World;
use super::support::caseload::{Caseload, Wanted};
use super::support::cast::{NZTECH, OFFICER};

on_both_databases! {
    the_same_thing_found_again_is_one_discrepancy,
    what_each_side_says_is_sealed_and_kept_up_to_date,
    what_was_settled_stays_settled_until_it_is_another_thing,
    findings_at_once_open_one,
}

/// Finds things.
struct Find<'a> {
    world: &'a World,
    findings: Vec<Finding>,
}

impl Command for Find<'_> {
    type Answer = Vec<Opened>;
    const NAME: &'static str = "find";

    async fn run(&self, tx: &Tx) -> Acted<Vec<Opened>> {
        let keys = &self.world.app.keys;
        Ok(open_all(tx, keys, &keys.sealing(tx).await?, &self.findings).await?)
    }
}

impl World {
    async fn find(&self, findings: &[Finding]) -> Vec<Opened> {
        let command = Find { world: self, findings: findings.to_vec() };
        self.by_itself(&command).await.expect("findings")
    }

    async fn discrepancies(&self) -> Vec<discrepancy::Model> {
        let select = discrepancy::Entity::find().order_by_asc(discrepancy::Column::Id);
        select.all(self.conn()).await.expect("a query")
    }
}

/// The agency has another date of birth than we.
fn birth_differs(exception: ExceptionId, application: ApplicationId, theirs: &str) -> Finding {
    Finding::new(exception, DiscrepancyKind::DetailsDiffer).about(application, NZTECH.id()).differing(
        Field::DateOfBirth,
        Some("1990-06-01".into()),
        Some(theirs.into()),
    )
}

async fn the_same_thing_found_again_is_one_discrepancy(world: World) {
    let cases = Caseload::new(&world, |_| ()).await;
    let id = cases.submitted(&Wanted::new("N0000001")).await;
    let finding = birth_differs(cases.exception, id, "1990-06-02");
    let unknown = Finding::new(cases.exception, DiscrepancyKind::UnknownReference).told_as("NZT-NOBODY");
    let first = world.find(&[finding.clone(), unknown.clone()]).await;
    assert!(matches!(first[..], [Opened::New(_), Opened::New(_)]), "{first:?}");
    let again = world.find(&[unknown, finding]).await;
    let known = [Opened::Known(first[1].id()), Opened::Known(first[0].id())];
    assert_eq!(again, known);
    let rows = world.discrepancies().await;
    assert_eq!(rows.iter().map(|row| row.severity).collect::<Vec<_>>(), [Severity::High; 2]);
    let told = history_event::Entity::find()
        .filter(history_event::Column::Kind.eq(EventKind::DiscrepancyOpened))
        .all(world.conn())
        .await
        .expect("a query");
    let whose: Vec<_> = told.iter().map(|event| (event.application_id, event.body_id)).collect();
    assert!(whose.contains(&(Some(id), Some(NZTECH.id()))) && whose.contains(&(None, None)), "{whose:?}");
    assert_eq!(whose.len(), 2);
}

async fn what_each_side_says_is_sealed_and_kept_up_to_date(world: World) {
    let cases = Caseload::new(&world, |_| ()).await;
    let id = cases.submitted(&Wanted::new("N0000001")).await;
    for (theirs, row) in [("1990-06-02", "first"), ("1990-06-03", "second")] {
        world.find(&[birth_differs(cases.exception, id, theirs)]).await;
        let rows = world.discrepancies().await;
        let [kept] = &rows[..] else { panic!("one row at the {row}") };
        let place = TextPlace { table: "discrepancy", column: "theirs_sealed", row: &kept.mark };
        let sealed = kept.theirs_sealed.as_deref().expect("a seal");
        assert_eq!(world.app.keys.text_open(sealed, &place).as_deref(), Ok(theirs));
        assert!(Keys::from_bytes([8; 32]).text_open(sealed, &place).is_err());
        assert!(!sealed.windows(4).any(|bytes| bytes == b"1990"));
    }
}

async fn what_was_settled_stays_settled_until_it_is_another_thing(world: World) {
    let cases = Caseload::new(&world, |_| ()).await;
    let id = cases.submitted(&Wanted::new("N0000001")).await;
    let finding = birth_differs(cases.exception, id, "1990-06-02");
    let opened = world.find(std::slice::from_ref(&finding)).await;
    settle(&world, Resolution::KeepOurs).await;
    assert_eq!(world.find(std::slice::from_ref(&finding)).await, [Opened::Settled(opened[0].id())]);
    let other = world.find(&[birth_differs(cases.exception, id, "1990-06-03")]).await;
    assert!(matches!(other[..], [Opened::New(_)]), "{other:?}");
    settle(&world, Resolution::CorrectInNextRelease).await;
    let found = birth_differs(cases.exception, id, "1990-06-03");
    assert_eq!(world.find(std::slice::from_ref(&found)).await, [Opened::Settled(other[0].id())]);
    let later = world.find(&[Finding { after_release: Some(1), ..found }]).await;
    assert!(matches!(later[..], [Opened::New(_)]), "{later:?}");
}

/// Settles what is open, behind the service's back.
async fn settle(world: &World, resolution: Resolution) {
    use sea_orm::sea_query::Expr;
    let settled = discrepancy::Entity::update_many()
        .col_expr(discrepancy::Column::Status, Expr::value(DiscrepancyStatus::Resolved))
        .col_expr(discrepancy::Column::Resolution, Expr::value(resolution))
        .col_expr(discrepancy::Column::Note, Expr::value("So it is."))
        .col_expr(discrepancy::Column::ResolvedBy, Expr::value(OFFICER.person()))
        .col_expr(discrepancy::Column::ResolvedAt, Expr::value(world.now()))
        .filter(discrepancy::Column::Status.eq(DiscrepancyStatus::Open))
        .exec(world.conn())
        .await
        .expect("an update");
    assert_eq!(settled.rows_affected, 1);
}

async fn findings_at_once_open_one(world: World) {
    let cases = Caseload::new(&world, |_| ()).await;
    let id = cases.submitted(&Wanted::new("N0000001")).await;
    let other = world.another().await;
    let finding = birth_differs(cases.exception, id, "1990-06-02");
    for round in 0..20 {
        let finding = Finding { apart: Some(round.to_string()), ..finding.clone() };
        let found = [finding];
        let (one, two) = tokio::join!(world.find(&found), other.find(&found));
        assert_eq!(one[0].id(), two[0].id());
        let new = [&one[0], &two[0]].into_iter().filter(|one| matches!(one, Opened::New(_))).count();
        assert_eq!(new, 1, "{one:?} {two:?}");
    }
    assert_eq!(discrepancy::Entity::find().count(world.conn()).await.expect("a count"), 20);
}
