//! Acts on releases that meet: each is run again and again, and ends in one of the ways that it may.

use entity::{ApplicationStatus, PlaceState, ReleaseStatus};
use nominations::error::{Failure, UserErrorCode as Code};

use super::is_sound;
use crate::service::support::World;
use crate::service::support::caseload::{Caseload, Wanted};
use crate::service::support::cast::{ITP, NZTECH};

on_both_databases! {
    two_leads_who_prepare_at_once_make_one_release,
    attested_by_both_at_once_it_is_attested,
    published_while_it_is_taken_back_it_is_one_or_the_other,
}

const RUNS: usize = 8;

fn was_refused<T>(acted: &Result<T, Failure>) -> bool {
    match acted {
        Ok(_) => false,
        Err(Failure::Refused(errors)) => {
            assert_eq!(errors[0].code, Code::WrongStatus);
            true
        }
        Err(failure) => panic!("{failure:?}"),
    }
}

async fn two_leads_who_prepare_at_once_make_one_release(world: World) {
    let cases = Caseload::new(&world, |_| {}).await;
    cases.confirmed(&Wanted::new("N1")).await;
    for _ in 0..RUNS {
        let (one, other) = tokio::join!(world.prepare(&NZTECH), world.prepare(&ITP));
        assert_ne!(was_refused(&one), was_refused(&other));
        world.abandon(&ITP, one.or(other).expect("a release")).await.expect("given up");
    }
    is_sound(&world).await;
}

async fn attested_by_both_at_once_it_is_attested(world: World) {
    let cases = Caseload::new(&world, |_| {}).await;
    cases.confirmed(&Wanted::new("N1")).await;
    cases.confirmed(&Wanted { body: &ITP, ..Wanted::new("N2") }).await;
    for _ in 0..RUNS {
        let release = world.prepare(&NZTECH).await.expect("a release");
        let ours = world.section_digest(release, &NZTECH).await;
        let theirs = world.section_digest(release, &ITP).await;
        let (one, other) =
            tokio::join!(world.attest(&NZTECH, release, &ours), world.attest(&ITP, release, &theirs));
        assert!(one.is_ok() && other.is_ok());
        assert_eq!(world.release_state(release).await.status, ReleaseStatus::Attested);
        world.abandon(&ITP, release).await.expect("given up");
    }
    is_sound(&world).await;
}

async fn published_while_it_is_taken_back_it_is_one_or_the_other(world: World) {
    let cases = Caseload::new(&world, |_| {}).await;
    cases.confirmed(&Wanted { body: &ITP, ..Wanted::new("N0") }).await;
    world.acknowledged().await;
    for run in 1..=RUNS {
        let id = cases.confirmed(&Wanted::new(&format!("N{run}"))).await;
        let release = world.prepare(&NZTECH).await.expect("a release");
        for body in [&ITP, &NZTECH] {
            let digest = world.section_digest(release, body).await;
            world.attest(body, release, &digest).await.expect("attested");
        }
        let (published, taken_back) = tokio::join!(world.publish(&ITP, release), world.take_back(id));
        taken_back.expect("revoked");
        assert_eq!(world.application(id).await.status, ApplicationStatus::Revoked);
        let (status, place) = (world.release_state(release).await.status, world.place_of(id).await);
        if was_refused(&published) {
            assert_eq!((status, place), (ReleaseStatus::Abandoned, None));
        } else {
            assert_eq!(status, ReleaseStatus::Published);
            assert_eq!(place.expect("a place").state, PlaceState::Returning);
        }
        is_sound(&world).await;
        world.acknowledged().await;
        assert_eq!(world.place_of(id).await, None);
    }
    is_sound(&world).await;
}
