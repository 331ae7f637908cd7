//! A message of a thousand lines with twenty faults among them, by the command's own type and as a file.

use std::collections::BTreeMap;
use std::fmt::Write;

use chrono::{DateTime, TimeDelta, Utc};
use entity::{AgencyStatus, ApplicationId, DiscrepancyKind, PlaceState, discrepancy};
use nominations::check::check;
use nominations::reconciliation::actions::outcomes::{Recorded, SentLine};
use nominations::values::country::CountryCode;
use nominations::values::nzbn::Nzbn;
use nominations::values::passport::PassportNumber;
use sea_orm::EntityTrait;

use super::{at, line, short};
use crate::service::support::World;
use crate::service::support::caseload::{Caseload, Wanted};
use crate::service::support::cast::{ITP, RATA};
use crate::service::support::command::{Deployment, said};

on_both_databases! {
    a_thousand_lines_with_twenty_faults,
    the_same_thousand_lines_as_a_file,
}

/// 49 cases of both bodies with 20 lines each, and the faults among them.
struct Thousand {
    ids: Vec<ApplicationId>,
    lines: Vec<SentLine>,
}

async fn thousand(world: &World) -> Thousand {
    let cases = Caseload::new(world, |_| {}).await;
    let mut ids = Vec::new();
    for number in 0..50 {
        let passport = format!("N{number}");
        let own = Wanted::new(&passport);
        let wanted = if number % 2 == 0 { own } else { Wanted { body: &ITP, firm: &RATA, ..own } };
        ids.push(cases.confirmed(&wanted).await);
    }
    world.acknowledged().await;
    let removed = ids.pop().expect("the last");
    world.take_back(removed).await.expect("it was taken back");
    world.acknowledged().await;
    world.published().await;
    let unpublished = cases.confirmed(&Wanted::new("N99")).await;
    world.clock.move_to(at("2022-03-20T00:00:00Z"));

    let mut references = Vec::new();
    for id in &ids {
        references.push(world.application(*id).await.reference);
    }
    let begin = at("2022-03-05T00:00:00Z");
    let mut lines = Vec::new();
    for reference in &references {
        lines.extend(
            steps()
                .into_iter()
                .map(|(status, hours)| line(reference, status, begin + TimeDelta::hours(hours))),
        );
    }
    let later = begin + TimeDelta::hours(200);
    let faulty = faults(&references, &lines, later);
    let gone = [world.application(removed).await.reference, world.application(unpublished).await.reference];
    let gone = gone.map(|reference| line(&reference, AgencyStatus::TravelRequested, later));
    for (number, fault) in faulty.into_iter().chain(gone).enumerate() {
        lines.insert(number * 50 + 17, fault);
    }
    assert_eq!(lines.len(), 1_000);
    Thousand { ids, lines }
}

/// 980 lines have moved their cases, and each of the 20 others is a discrepancy.
async fn all_is_where_it_belongs(world: &World, ids: &[ApplicationId]) {
    let mut kinds: BTreeMap<DiscrepancyKind, usize> = BTreeMap::new();
    for row in discrepancy::Entity::find().all(world.conn()).await.expect("rows") {
        *kinds.entry(row.kind).or_default() += 1;
    }
    assert_eq!(
        kinds.into_iter().collect::<Vec<_>>(),
        [
            (DiscrepancyKind::UnknownReference, 5),
            (DiscrepancyKind::DetailsDiffer, 7),
            (DiscrepancyKind::IllegalStatusChange, 3),
            (DiscrepancyKind::DuplicateLine, 4),
            (DiscrepancyKind::RemovedLineActedOn, 1),
        ]
    );
    for id in ids {
        assert_eq!(world.state_of(*id).await, Some(PlaceState::Consumed));
        assert_eq!(world.case_of(*id).await.status, AgencyStatus::Arrived);
    }
    assert_eq!(check(&world.app).await.expect("a check"), []);
}

async fn a_thousand_lines_with_twenty_faults(world: World) {
    let Thousand { ids, lines } = thousand(&world).await;
    let recorded = world.say("big", lines.clone()).await.expect("a message");
    let told = (recorded.applied, recorded.late, recorded.repeated, recorded.disputed);
    assert_eq!((told, recorded.discrepancies.len()), ((980, 0, 0, 20), 20));
    all_is_where_it_belongs(&world, &ids).await;
    let before = world.count_rows().await;
    let again = world.say("big", lines.clone()).await.expect("a message");
    assert_eq!(again, Recorded { repeated: 1_000, ..Recorded::default() });
    assert_eq!(world.count_rows().await, before);
    // Under another id, everything that fitted was said before.
    let again = world.say("big again", lines).await.expect("a message");
    assert_eq!((again.applied, again.repeated, again.disputed), (0, 980, 20));
    assert_eq!(check(&world.app).await.expect("a check"), []);
}

async fn the_same_thousand_lines_as_a_file(world: World) {
    let Thousand { ids, lines } = thousand(&world).await;
    let deployment = Deployment::at(&world.settings.url);
    let import = async || {
        let arguments = ["--exception", "specialist-tech"];
        said(&deployment.run(&["outcomes", "import"], file(&lines), &arguments).await)
    };
    let told = import().await;
    assert!(told.ends_with("\n980 applied, 0 late, 0 said before, 20 that do not fit.\n"), "{told}");
    assert_eq!(told.lines().filter(|line| line.contains("  DISPUTED  ")).count(), 20);
    all_is_where_it_belongs(&world, &ids).await;
    let before = world.count_rows().await;
    assert_eq!(import().await, "0 applied, 0 late, 1000 said before, 0 that do not fit.\n");
    assert_eq!(world.count_rows().await, before);
}

/// The lines as the agency would write them down.
fn file(lines: &[SentLine]) -> String {
    let mut text = "nomination_ref,status,status_date,date_of_birth,passport_issuing_state,passport_number,\
                    employer_nzbn,anzsco_code\n"
        .to_owned();
    for line in lines {
        let born = line.date_of_birth.map(|day| day.to_string()).unwrap_or_default();
        let passport = line.passport.as_ref().map(|(state, number)| format!("{state},{}", number.expose()));
        let nzbn = line.employer_nzbn.map(|nzbn| nzbn.to_string()).unwrap_or_default();
        let code = line.occupation_code.as_ref().map_or("", |code| code.as_str());
        let written = writeln!(
            text,
            "{},{},{},{born},{},{nzbn},{code}",
            line.reference.as_str(),
            line.said.status.word(),
            line.said.at.to_rfc3339(),
            passport.unwrap_or_else(|| ",".to_owned()),
        );
        written.expect("a text takes it");
    }
    text
}

/// Twenty steps of a case: its invitation is given again and again.
fn steps() -> Vec<(AgencyStatus, i64)> {
    use AgencyStatus as S;
    let invited = (0..15).map(|hour| (S::Invited, 48 + hour));
    let first = [(S::TravelRequested, 0), (S::TravelApproved, 24)];
    let last = [(S::VisaApplied, 96), (S::VisaGranted, 120), (S::Arrived, 144)];
    first.into_iter().chain(invited).chain(last).collect()
}

/// Eighteen lines that do not fit.
fn faults(references: &[String], lines: &[SentLine], later: DateTime<Utc>) -> Vec<SentLine> {
    let of = |number: usize| line(&references[number], AgencyStatus::VisaGranted, later);
    let country = |code| CountryCode::parse(code).expect("a country");
    let passport = |number: &str| Some((country("IND"), PassportNumber::parse(number).expect("a number")));
    let unknown = ["NZT-000000", "no reference"].map(|text| line(text, AgencyStatus::Invited, later));
    let repeated = [3, 40, 77, 500].map(|number| lines[number].clone());
    let passports = [1, 2, 3].map(|number| SentLine { passport: passport("X123"), ..of(number) });
    let born = [4, 5].map(|number| SentLine { date_of_birth: "1991-06-01".parse().ok(), ..of(number) });
    let nzbn = SentLine { employer_nzbn: Nzbn::parse(RATA.nzbn).ok(), ..of(6) };
    let occupation = SentLine { occupation_code: Some(short("135112")), ..of(7) };
    let backwards = [8, 9].map(|number| line(&references[number], AgencyStatus::TravelApproved, later));
    let future = line(&references[10], AgencyStatus::VisaGranted, at("2023-01-01T00:00:00Z"));
    // The documents are those of the cases 13 and 14, which are the other body's.
    let others = [(12, "N13"), (15, "N14")]
        .map(|(number, other)| SentLine { passport: passport(other), ..of(number) });
    unknown
        .into_iter()
        .chain(repeated)
        .chain(passports)
        .chain(born)
        .chain([nzbn, occupation])
        .chain(backwards)
        .chain([future])
        .chain(others)
        .collect()
}
