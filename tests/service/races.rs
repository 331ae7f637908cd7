//! Many hands at once on the last places, on both databases, many times over.
//!
//! Whatever came first, in the end the same must hold: nobody who is due waits beside a free place, no place stands
//! with an application that does not hold it, the ledger replays, and nothing ever deadlocked. Each race begins from
//! a copy of one database, with 64 endorsed applications of both bodies in it.

mod field;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use entity::BlockedReason;
use nominations::applications::actions::Confirm;
use nominations::db::{Command, Tx};
use nominations::error::{Acted, UserError, UserErrorCode};

use super::support::caseload::{Caseload, Wanted, definition};
use super::support::cast;
use super::support::database::Kind;
use field::{APPLICATIONS, PLACES, Race};

/// How often each race is run with every test run.
const A_FEW: usize = 2;
/// How often in `make test-long`.
const MANY: usize = 50;

/// Turns each race into two tests that run it a few times, and two that run it many times.
macro_rules! races {
    ($($race:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn $race() {
                super::$race(super::Kind::Sqlite, super::A_FEW).await;
            })+
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn $race() {
                super::$race(super::Kind::Postgres, super::A_FEW).await;
            })+
        }
        mod many_on_sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            #[ignore = "takes minutes; make test-long runs it"]
            async fn $race() {
                super::$race(super::Kind::Sqlite, super::MANY).await;
            })+
        }
        mod many_on_postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            #[ignore = "takes minutes; make test-long runs it"]
            async fn $race() {
                super::$race(super::Kind::Postgres, super::MANY).await;
            })+
        }
    };
}

races! {
    ten_places_go_to_ten_of_64_and_the_others_wait_in_order,
    a_place_given_back_goes_to_the_next_who_is_due,
    nobody_is_stranded_by_acts_that_are_undone,
    no_employer_gets_more_than_it_may_hold,
    a_cap_that_changes_meanwhile_leaves_nobody_beside_a_free_place,
    one_worker_through_both_bodies_gets_one_place,
}

async fn ten_places_go_to_ten_of_64_and_the_others_wait_in_order(kind: Kind, runs: usize) {
    field::run(kind, runs, async |field| {
        let mut race = Race::new(field);
        for application in field.endorsed().await {
            race.enter(async move |world| world.confirm(&application).await.map(drop));
        }
        race.finish().await;
        let standings = field.standings().await;
        assert_eq!(standings.nominated, PLACES);
        assert_eq!(standings.confirmed, APPLICATIONS - PLACES);
        let due = field.due().await;
        assert_eq!(due.len(), APPLICATIONS - PLACES);
        assert!(due.is_sorted_by_key(|application| (application.submitted_at, application.id)));
    })
    .await;
}

async fn a_place_given_back_goes_to_the_next_who_is_due(kind: Kind, runs: usize) {
    field::run(kind, runs, async |field| {
        let mut race = Race::new(field);
        for (number, application) in field.endorsed().await.into_iter().enumerate() {
            let id = application.id;
            race.enter(async move |world| world.confirm(&application).await.map(drop));
            if number.is_multiple_of(2) {
                let wait = field.moment(40);
                race.enter(async move |world| {
                    tokio::time::sleep(wait).await;
                    world.take_back(id).await
                });
            }
        }
        race.finish().await;
        let standings = field.standings().await;
        assert_eq!(standings.nominated, PLACES);
        assert_eq!(standings.confirmed, APPLICATIONS - PLACES - standings.revoked);
    })
    .await;
}

/// Confirms as the real act does, holds what it took for a while, and undoes it.
struct Undone<'a> {
    confirm: Confirm<'a>,
    wait: Duration,
    /// Counts those that have taken what they undo.
    taken: Arc<AtomicUsize>,
}

impl Command for Undone<'_> {
    type Answer = ();
    const NAME: &'static str = "undone";

    async fn run(&self, tx: &Tx) -> Acted<()> {
        self.confirm.run(tx).await?;
        self.taken.fetch_add(1, Ordering::SeqCst);
        tokio::time::sleep(self.wait).await;
        Err(UserError::new(UserErrorCode::Invalid, "undone").into())
    }
}

/// Enters `application` as one whose confirmation is undone.
fn enter_undone(race: &mut Race<'_>, application: entity::application::Model, taken: &Arc<AtomicUsize>) {
    let (wait, taken) = (race.field.a_while(), Arc::clone(taken));
    race.enter(async move |world| {
        let undone = Undone { confirm: world.confirmation(&application), wait, taken };
        let outcome = world.app.db.perform(&undone.confirm.scope, None, &undone).await;
        let refused = outcome.expect_err("it undoes itself").to_string();
        assert!(refused.contains("undone"), "{refused}");
        Ok(())
    });
}

/// Ten confirmations take all places and undo it later; ten others come by meanwhile, find none, and have to wait for
/// what becomes of them.
async fn nobody_is_stranded_by_acts_that_are_undone(kind: Kind, runs: usize) {
    field::run(kind, runs, async |field| {
        let mut race = Race::new(field);
        let taken = Arc::default();
        for (number, application) in field.endorsed().await.into_iter().take(2 * PLACES).enumerate() {
            if number.is_multiple_of(2) {
                enter_undone(&mut race, application, &taken);
            } else {
                let others = Arc::clone(&taken);
                race.enter(async move |world| {
                    // SQLite lets one in after the other.
                    while kind == Kind::Postgres && others.load(Ordering::SeqCst) < PLACES {
                        tokio::time::sleep(Duration::from_millis(1)).await;
                    }
                    world.confirm(&application).await.map(drop)
                });
            }
        }
        race.finish().await;
        let standings = field.standings().await;
        assert_eq!((standings.nominated, standings.confirmed), (PLACES, 0));
    })
    .await;
}

/// Two employers, three places each, so that four stay free.
async fn no_employer_gets_more_than_it_may_hold(kind: Kind, runs: usize) {
    field::run(kind, runs, async |field| {
        let places = u32::try_from(PLACES).expect("a number");
        let capped = definition(|definition| {
            definition.settings.places = places;
            definition.settings.per_employer_cap = Some(3);
        });
        field.apply(capped).await.expect("a cap");
        field.wait_minutes(1);
        let mut race = Race::new(field);
        let taken = Arc::default();
        for (number, application) in field.endorsed().await.into_iter().enumerate() {
            let id = application.id;
            let wait = field.moment(60);
            // Of each kind, both employers have some.
            match number / 4 % 4 {
                0 => enter_undone(&mut race, application, &taken),
                1 => race.enter(async move |world| {
                    world.confirm(&application).await?;
                    tokio::time::sleep(wait).await;
                    world.take_back(id).await
                }),
                _ => race.enter(async move |world| world.confirm(&application).await.map(drop)),
            }
        }
        race.finish().await;
        let standings = field.standings().await;
        assert_eq!(standings.nominated, 6);
        assert_eq!(standings.recommended, APPLICATIONS / 4);
        assert_eq!(field.blocked(BlockedReason::EmployerAtCap).await, standings.confirmed);
    })
    .await;
}

async fn a_cap_that_changes_meanwhile_leaves_nobody_beside_a_free_place(kind: Kind, runs: usize) {
    field::run(kind, runs, async |field| {
        let mut race = Race::new(field);
        let taken = Arc::default();
        race.enter(async move |world| {
            for places in [4, 20, 0, 16, 7, 24, 12] {
                let changed = definition(|definition| definition.settings.places = places);
                world.apply(changed).await?;
                tokio::time::sleep(Duration::from_millis(4)).await;
            }
            Ok(())
        });
        for (number, application) in field.endorsed().await.into_iter().enumerate() {
            let id = application.id;
            let wait = field.moment(60);
            match number % 4 {
                0 => enter_undone(&mut race, application, &taken),
                1 => {
                    race.enter(async move |world| {
                        tokio::time::sleep(wait).await;
                        world.confirm(&application).await?;
                        world.take_back(id).await
                    });
                }
                _ => race.enter(async move |world| {
                    tokio::time::sleep(wait / 2).await;
                    world.confirm(&application).await.map(drop)
                }),
            }
        }
        race.finish().await;
        let standings = field.standings().await;
        // What was held when the cap fell to less stays above it.
        assert!(standings.nominated >= 12, "{standings:?}");
        assert_eq!(field.free_places().await, 0);
    })
    .await;
}

async fn one_worker_through_both_bodies_gets_one_place(kind: Kind, runs: usize) {
    field::run(kind, runs, async |field| {
        let cases = Caseload { world: field, exception: field.exception };
        let one = cases.recommended(&Wanted::new("N 123-4567")).await;
        let other = Wanted { body: &cast::ITP, firm: &cast::RATA, ..Wanted::new("n1234567") };
        let other = cases.recommended(&other).await;
        let mut race = Race::new(field);
        for id in [one, other] {
            let application = field.application(id).await;
            race.enter(async move |world| world.confirm(&application).await.map(drop));
        }
        race.finish().await;
        let standings = field.standings().await;
        assert_eq!((standings.nominated, standings.confirmed), (1, 1));
        assert_eq!(field.blocked(BlockedReason::WorkerHoldsPlace).await, 1);
    })
    .await;
}
