//! `nominations outcomes import`, as a process of its own.

use nominations::check::check;

use crate::service::support::World;
use crate::service::support::caseload::{Caseload, Wanted};
use crate::service::support::command::{Deployment, said};
use crate::service::support::database::{Database, Kind};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite_takes_a_file_in_once() {
    Box::pin(a_file_is_taken_in_once(Kind::Sqlite)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_takes_a_file_in_once() {
    Box::pin(a_file_is_taken_in_once(Kind::Postgres)).await;
}

async fn a_file_is_taken_in_once(kind: Kind) {
    let database = Database::make(kind).await;
    let world = World::on(&database).await;
    let cases = Caseload::new(&world, |_| {}).await;
    let id = cases.confirmed(&Wanted::new("N1234567")).await;
    world.acknowledged().await;
    let reference = world.application(id).await.reference;
    let deployment = Deployment::of(&database);
    let text = format!(
        "nomination_ref,status,status_date,inz_request_ref,passport_issuing_state,passport_number\n\
         {reference},rft_submitted,2022-03-04,R-1,IND,N1234567\n\
         {reference},ITA_issued,2022-03-09T10:00:00+13:00,R-1,,\n\
         NZT-000000,rft_submitted,2022-03-04,R-2,,\n"
    );
    let import = async |text: &str, more: &[&str]| {
        let more = [&["--exception", "specialist-tech"], more].concat();
        deployment.run(&["outcomes", "import"], text.to_owned(), &more).await
    };
    let lines = format!(
        "line 2  {reference}  TRAVEL_REQUESTED  APPLIED\nline 3  {reference}  INVITED  APPLIED\n\
         line 4  NZT-000000  TRAVEL_REQUESTED  DISPUTED  UNKNOWN_REFERENCE\n"
    );
    let before = world.count_rows().await;
    let rehearsed = import(&text, &["--dry-run"]).await;
    let counts = "2 applied, 0 late, 0 said before, 1 that do not fit.\n";
    assert_eq!(said(&rehearsed), format!("{lines}This would be done, and nothing was: {counts}"));
    assert_eq!((rehearsed.status.code(), world.count_rows().await), (Some(1), before));

    let done = import(&text, &[]).await;
    assert_eq!((said(&done), done.status.code()), (format!("{lines}{counts}"), Some(1)));
    let after = world.count_rows().await;
    let again = import(&text, &[]).await;
    assert_eq!(said(&again), "0 applied, 0 late, 3 said before, 0 that do not fit.\n");
    assert_eq!((again.status.code(), &world.count_rows().await), (Some(0), &after));

    // A file with a line that cannot be read is not taken in, and the passport in it is told to nobody.
    let bad = import(&text.replace("2022-03-04,R-2,,", "4 March,R-2,IND,N9999999"), &[]).await;
    assert_eq!(bad.status.code(), Some(1));
    assert!(said(&bad).contains("line 4: status_date: give a day"), "{}", said(&bad));
    assert!(!said(&bad).contains("9999999"));
    assert_eq!(world.count_rows().await, after);
    assert_eq!(check(&world.app).await.expect("a check"), []);
}
