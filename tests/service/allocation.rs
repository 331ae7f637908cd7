//! How places are given: by each method, in each order, while giving is paused, over, or capped.

use entity::{AllocationMethod, ApplicationStatus, BlockedReason, queue_standing};
use nominations::applications::actions::{Sweep, Swept};
use nominations::check::check;
use nominations::error::{Failure, UserErrorCode};
use nominations::quota::store::count_places;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::support::World;
use super::support::caseload::{Caseload, Wanted, definition};
use super::support::cast::{ITP, KAURI, RATA};

on_both_databases! {
    before_the_draw_everybody_is_blocked_and_nobody_waits,
    the_priority_band_is_served_first_and_in_order_within,
    whoever_was_submitted_first_is_served_first_whoever_was_confirmed_first,
    while_paused_nothing_is_given_and_afterwards_all_that_is_due,
    an_employer_at_its_cap_is_passed_over_until_one_comes_back,
    a_lowered_cap_takes_nothing_and_gives_nothing_until_it_fits,
    when_giving_is_over_the_waiting_lapse_and_nothing_is_confirmed,
}

fn wanted(passport: &str) -> Wanted<'_> {
    Wanted::new(passport)
}

async fn status(world: &World, id: entity::ApplicationId) -> ApplicationStatus {
    world.application(id).await.status
}

async fn blocked(world: &World, id: entity::ApplicationId) -> Option<BlockedReason> {
    let standing = queue_standing::Entity::find()
        .filter(queue_standing::Column::ApplicationId.eq(id))
        .one(world.conn())
        .await
        .expect("a query");
    standing.expect("it waits").blocked
}

async fn all_is_well(world: &World) {
    assert_eq!(check(&world.app).await.expect("a check"), []);
}

async fn before_the_draw_everybody_is_blocked_and_nobody_waits(world: World) {
    let caseload = Caseload::new(&world, |file| file.settings.allocation = AllocationMethod::Ballot).await;
    let id = caseload.confirmed(&wanted("N1")).await;
    assert_eq!(status(&world, id).await, ApplicationStatus::Confirmed);
    assert_eq!(blocked(&world, id).await, Some(BlockedReason::BallotNotDrawn));
    all_is_well(&world).await;
    // The bodies agree on the order of receipt instead: an amendment serves those that it unblocks.
    let told = world.apply(definition(|_| {})).await.expect("an amendment");
    assert!(told.contains(&"1 applications that waited are nominated".to_owned()), "{told:?}");
    assert_eq!(status(&world, id).await, ApplicationStatus::Nominated);
    all_is_well(&world).await;
}

async fn the_priority_band_is_served_first_and_in_order_within(world: World) {
    let by_priority = |places: u32| {
        move |file: &mut nominations::exceptions::definition::Definition| {
            file.settings.allocation = AllocationMethod::PriorityThenOrder;
            file.settings.places = places;
        }
    };
    let caseload = Caseload::new(&world, by_priority(1)).await;
    caseload.confirmed(&wanted("N0")).await;
    let plain = caseload.confirmed(&wanted("N1")).await;
    world.wait_minutes(1);
    let first = caseload.confirmed(&Wanted { priority: true, body: &ITP, ..wanted("N2") }).await;
    world.wait_minutes(1);
    let second = caseload.confirmed(&Wanted { priority: true, ..wanted("N3") }).await;
    for (places, served) in [(2, first), (3, second), (4, plain)] {
        assert_eq!(status(&world, served).await, ApplicationStatus::Confirmed);
        world.apply(definition(by_priority(places))).await.expect("an amendment");
        assert_eq!(status(&world, served).await, ApplicationStatus::Nominated, "{places}");
    }
    all_is_well(&world).await;
}

async fn whoever_was_submitted_first_is_served_first_whoever_was_confirmed_first(world: World) {
    let caseload = Caseload::new(&world, |file| file.settings.places = 1).await;
    caseload.confirmed(&wanted("N0")).await;
    let early = caseload.recommended(&Wanted { body: &ITP, ..wanted("N1") }).await;
    world.wait_minutes(1);
    let late = caseload.confirmed(&wanted("N2")).await;
    caseload.confirm(&caseload.application(early).await).await.expect("a confirmation");
    world.apply(definition(|file| file.settings.places = 2)).await.expect("an amendment");
    assert_eq!(status(&world, early).await, ApplicationStatus::Nominated);
    assert_eq!(status(&world, late).await, ApplicationStatus::Confirmed);
    all_is_well(&world).await;
}

async fn while_paused_nothing_is_given_and_afterwards_all_that_is_due(world: World) {
    let caseload = Caseload::new(&world, |_| {}).await;
    let id = caseload.recommended(&wanted("N1")).await;
    world.apply(definition(|file| file.settings.paused = true)).await.expect("an amendment");
    caseload.confirm(&caseload.application(id).await).await.expect("assessment goes on");
    assert_eq!(blocked(&world, id).await, Some(BlockedReason::Paused));
    all_is_well(&world).await;
    world.apply(definition(|_| {})).await.expect("an amendment");
    assert_eq!(status(&world, id).await, ApplicationStatus::Nominated);
}

async fn an_employer_at_its_cap_is_passed_over_until_one_comes_back(world: World) {
    let caseload = Caseload::new(&world, |file| file.settings.per_employer_cap = Some(1)).await;
    let holder = caseload.confirmed(&wanted("N1")).await;
    let over = caseload.confirmed(&wanted("N2")).await;
    assert_eq!(blocked(&world, over).await, Some(BlockedReason::EmployerAtCap));
    let other = caseload.confirmed(&Wanted { firm: &RATA, ..wanted("N3") }).await;
    assert_eq!(status(&world, other).await, ApplicationStatus::Nominated);
    assert_eq!(caseload.application(over).await.employer_id, KAURI.id());
    give_back(&caseload, holder).await;
    assert_eq!(status(&world, over).await, ApplicationStatus::Nominated);
    let counts = count_places(world.conn(), caseload.exception).await.expect("counts");
    assert_eq!((counts.reserved, counts.available), (2, 598));
}

async fn a_lowered_cap_takes_nothing_and_gives_nothing_until_it_fits(world: World) {
    let caseload = Caseload::new(&world, |file| file.settings.places = 3).await;
    let mut held = Vec::new();
    for passport in ["N1", "N2", "N3"] {
        held.push(caseload.confirmed(&wanted(passport)).await);
    }
    let waiting = caseload.confirmed(&wanted("N4")).await;
    let lowered = definition(|file| file.settings.places = 1);
    let told = world.apply(lowered).await.expect("an amendment");
    assert!(told.iter().any(|line| line.starts_with("2 places are held above the cap")), "{told:?}");
    for (returned, excess, free) in [(held[0], 1, 0), (held[1], 0, 0)] {
        give_back(&caseload, returned).await;
        let counts = count_places(world.conn(), caseload.exception).await.expect("counts");
        assert_eq!((counts.excess(1), counts.available), (excess, free));
        assert_eq!(status(&world, waiting).await, ApplicationStatus::Confirmed);
    }
    give_back(&caseload, held[2]).await;
    assert_eq!(status(&world, waiting).await, ApplicationStatus::Nominated);
}

async fn give_back(caseload: &Caseload<'_>, id: entity::ApplicationId) {
    caseload.take_back(id).await.expect("a place given back");
}

async fn when_giving_is_over_the_waiting_lapse_and_nothing_is_confirmed(world: World) {
    let end = "2022-09-01T00:00:00Z".parse().expect("an instant");
    let caseload = Caseload::new(&world, |file| {
        file.settings.places = 1;
        file.settings.allocation_ends_at = Some(end);
    })
    .await;
    let holder = caseload.confirmed(&wanted("N1")).await;
    let waiting = caseload.confirmed(&wanted("N2")).await;
    let late = caseload.recommended(&wanted("N3")).await;
    let sweep = Sweep { app: &world.app, exception: caseload.exception };
    world.clock.move_to(end - chrono::TimeDelta::microseconds(1));
    assert_eq!(world.by_itself(&sweep).await.expect("a sweep"), Swept::default());
    world.clock.move_to(end);
    assert_eq!(world.by_itself(&sweep).await.expect("a sweep"), Swept { nominated: 0, lapsed: 1 });
    assert_eq!(status(&world, waiting).await, ApplicationStatus::Lapsed);
    assert_eq!(status(&world, holder).await, ApplicationStatus::Nominated);
    match caseload.confirm(&caseload.application(late).await).await {
        Err(Failure::Refused(errors)) => assert_eq!(errors[0].code, UserErrorCode::DeadlinePassed),
        other => panic!("{other:?}"),
    }
    // A place that comes back stays free.
    give_back(&caseload, holder).await;
    let counts = count_places(world.conn(), caseload.exception).await.expect("counts");
    assert_eq!(counts.available, 1);
}
