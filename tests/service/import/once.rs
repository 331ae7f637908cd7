//! However rows come, and however often, each acts once: by the API and by the command, for both bodies, at once.

use std::collections::BTreeSet;

use chrono::{NaiveDateTime, TimeZone};
use chrono_tz::Pacific::Auckland;
use entity::{application, imported_row};
use nominations::check::check;
use sea_orm::{EntityTrait, QueryOrder};
use serde::Deserialize;
use serde_json::{Value, json};

use super::command::{Counts, by_the_command};
use super::{asked, effects};
use crate::service::support::caseload::Caseload;
use crate::service::support::cast::{ITP, ITP_LEAD, NZTECH, NZTECH_LEAD, NZTECH_SERVICE};
use crate::service::support::command::Deployment;
use crate::service::support::database::{Database, Kind};
use crate::service::support::{Caller, World};

/// Most rows of one request.
const AT_ONCE: usize = 500;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sqlite_takes_everything_in_once_however_it_comes() {
    everything_is_taken_in_once_however_it_comes(Kind::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn postgres_takes_everything_in_once_however_it_comes() {
    everything_is_taken_in_once_however_it_comes(Kind::Postgres).await;
}

/// One invented application of the demo.
#[derive(Debug, Deserialize)]
struct Invented {
    body: String,
    submitted: String,
    employer: String,
    family: String,
    given: String,
    born: String,
    nationality: String,
    passport: String,
    job_title: String,
    salary: String,
    hours: String,
}

/// One invented employer of the demo.
#[derive(Debug, Deserialize)]
struct Employer {
    id: String,
    name: String,
    nzbn: String,
    region: String,
}

/// The demo's rows of one body, as its own system would have them.
fn rows_of(body: &str) -> Vec<Value> {
    let read = |text: &'static str| csv::Reader::from_reader(text.as_bytes());
    let employers = read(include_str!("../../../src/demo/employers.csv")).into_deserialize();
    let employers: Vec<Employer> = employers.collect::<Result<_, _>>().expect("employers");
    let invented = read(include_str!("../../../src/demo/applications.csv")).into_deserialize();
    let invented: Vec<Invented> = invented.collect::<Result<_, _>>().expect("applications");
    let all = invented.into_iter().enumerate().filter(|(_, one)| one.body == body);
    all.map(|(at, one)| {
        let employer = employers.iter().find(|employer| employer.id == one.employer).expect("its employer");
        row_of(at, &one, employer)
    })
    .collect()
}

fn row_of(at: usize, one: &Invented, employer: &Employer) -> Value {
    let submitted = NaiveDateTime::parse_from_str(&one.submitted, "%Y-%m-%dT%H:%M").expect("a minute");
    let received_at = Auckland.from_local_datetime(&submitted).earliest().expect("an instant").to_rfc3339();
    json!({
        "externalReference": format!("{}/{at:04}", one.body),
        "receivedAt": received_at,
        "declared": true,
        "employerNzbn": employer.nzbn,
        "employerName": employer.name,
        "contactName": format!("Contact of {}", employer.name),
        "contactEmail": format!("people@{}.example", employer.id.to_lowercase()),
        "region": employer.region,
        "jobTitle": one.job_title,
        "remuneration":
            { "amount": one.salary, "currency": "NZD", "period": "YEAR", "hoursPerWeek": one.hours },
        "worker": {
            "familyName": one.family,
            "givenNames": one.given,
            "dateOfBirth": one.born,
            "nationality": one.nationality,
            "email": format!("worker{at}@mail.example"),
            "passportIssuingState": one.nationality,
            "passportNumber": one.passport,
            "passportExpiresOn": "2030-06-01",
            "offshore": true,
        },
    })
}

async fn everything_is_taken_in_once_however_it_comes(kind: Kind) {
    let database = Database::make(kind).await;
    let world = World::on(&database).await;
    let _exception = Caseload::new(&world, |_| {}).await;
    // The window has closed: what came in time is taken in all the same.
    world.clock.move_to("2022-08-05T00:00:00Z".parse().expect("an instant"));
    let deployment = Deployment::of(&database);
    let (nztech, itp) = (rows_of(NZTECH.slug), rows_of(ITP.slug));
    assert_eq!(nztech.len() + itp.len(), 1_800);

    let (by_lead, by_machine) = (world.sign_in(&NZTECH_LEAD).await, world.sign_in(&NZTECH_SERVICE).await);
    let by_other = world.sign_in(&ITP_LEAD).await;
    let (lead, machine, other, by_file, other_by_file) = tokio::join!(
        by_the_api(&by_lead, &nztech),
        by_the_api(&by_machine, &nztech),
        by_the_api(&by_other, &itp),
        by_the_command(&deployment, NZTECH.slug, &nztech),
        by_the_command(&deployment, ITP.slug, &itp),
    );
    let by_api = |effect: &str| {
        let all = [&lead, &machine, &other].into_iter().flatten();
        all.filter(|found| *found == effect).count()
    };
    let (created, unchanged) = (by_api("CREATED"), by_api("UNCHANGED"));
    assert_eq!(created + by_file.created + other_by_file.created, 1_800);
    let repeated = 2 * nztech.len() + itp.len();
    assert_eq!(unchanged + by_file.unchanged + other_by_file.unchanged, repeated);
    assert_eq!(by_file.refused + other_by_file.refused, 0);
    assert_eq!(imported_row::Entity::find().all(world.conn()).await.expect("rows").len(), 1_800);

    let (rows, applications) = (world.count_rows().await, applications(&world).await);
    assert_eq!(applications.len(), 1_800);
    for (caller, body, rows) in [(&by_machine, &NZTECH, &nztech), (&by_other, &ITP, &itp)] {
        again(caller, &deployment, body.slug, rows).await;
    }
    assert_eq!(world.count_rows().await, rows);
    assert_eq!(self::applications(&world).await, applications);
    assert_eq!(check(&world.app).await.expect("a check"), []);
    database.drop().await;
}

/// A second time: nothing is done, by either way.
async fn again(caller: &Caller, deployment: &Deployment, body: &str, rows: &[Value]) {
    let effects = by_the_api(caller, rows).await;
    assert_eq!(effects.into_iter().collect::<BTreeSet<_>>(), BTreeSet::from(["UNCHANGED".to_owned()]));
    let counts = by_the_command(deployment, body, rows).await;
    assert_eq!(counts, Counts { created: 0, unchanged: rows.len(), refused: 0 });
}

/// Sends rows in as many requests as it takes, and answers the effect of each.
async fn by_the_api(caller: &Caller, rows: &[Value]) -> Vec<String> {
    let mut all = Vec::new();
    for rows in rows.chunks(AT_ONCE) {
        let answer = asked(caller, json!({ "rows": rows })).await;
        assert_eq!(answer["userErrors"], json!([]));
        all.extend(effects(answer["results"].as_array().expect("a list")));
    }
    all
}

/// Everything that stands of the applications, to see that nothing was written.
async fn applications(world: &World) -> Vec<application::Model> {
    let select = application::Entity::find().order_by_asc(application::Column::Id);
    select.all(world.conn()).await.expect("applications")
}
