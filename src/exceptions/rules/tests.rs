//! Jobs as people describe them, both sides of every limit, and what must hold of every question.

mod properties;

use super::EligibilityOutcome::{Eligible, Ineligible, Refer};
use super::EligibilityReason as Why;
use super::*;
use crate::exceptions::definition::Definition;
use crate::values::pay::Pay;
use entity::PayPeriod;
use std::sync::LazyLock;

struct Exception {
    definition: Definition,
    index: TitleIndex,
}

fn load(text: &str) -> Exception {
    let definition = Definition::parse(text).unwrap_or_else(|faults| panic!("{faults:#?}"));
    let index = TitleIndex::new(&definition.terms);
    Exception { definition, index }
}

static TECH: LazyLock<Exception> =
    LazyLock::new(|| load(include_str!("../../../exceptions/specialist-tech.toml")));
static MAKERS: LazyLock<Exception> =
    LazyLock::new(|| load(include_str!("../../../tests/data/advanced-manufacturing.toml")));

/// A job that is eligible as it stands; a test says what differs.
#[derive(Clone)]
struct Job {
    exception: &'static Exception,
    title: String,
    code: Option<&'static str>,
    amount: String,
    currency: &'static str,
    period: PayPeriod,
    hours: &'static str,
    met: Vec<&'static str>,
    shown: Vec<(&'static str, &'static str)>,
}

fn engineer() -> Job {
    Job {
        exception: &TECH,
        title: "Software Engineer".to_owned(),
        code: None,
        amount: "140000".to_owned(),
        currency: "NZD",
        period: PayPeriod::Year,
        hours: "40",
        met: vec!["domestic-skills", "industry-body", "worker-offshore"],
        shown: Vec::new(),
    }
}

fn machinist() -> Job {
    Job {
        exception: &MAKERS,
        title: "CNC Machinist".to_owned(),
        amount: "28".to_owned(),
        period: PayPeriod::Hour,
        met: vec!["trade-certificate", "not-filled-locally"],
        ..engineer()
    }
}

impl Job {
    fn titled(title: &str, amount: &str) -> Self {
        Self { title: title.to_owned(), amount: amount.to_owned(), ..engineer() }
    }

    fn question(&self) -> Result<EligibilityQuestion, Vec<QuestionError>> {
        let decimal = |text: &str| text.parse().expect("a decimal of the test");
        let pay = Pay::parse(decimal(&self.amount), self.currency, self.period, decimal(self.hours));
        let met: Vec<_> = self.met.iter().map(ToString::to_string).collect();
        let terms = &self.exception.definition.terms;
        let shown = self.shown.iter().map(|(criterion, name)| ShownEvidence {
            criterion: (*criterion).to_owned(),
            names: vec![(*name).to_owned()],
        });
        EligibilityQuestion::new(terms, &self.title, self.code, pay.expect("sound pay"), &met)
            .map(|question| question.with_shown(terms, shown.collect()))
    }

    fn check(&self) -> Eligibility {
        let Exception { definition, index } = self.exception;
        check(&definition.terms, index, &self.question().expect("a question that can be asked"))
    }
}

fn reasons(answer: &Eligibility) -> Vec<Why> {
    let mut all: Vec<_> = answer.criteria.iter().flat_map(|one| one.reasons.clone()).collect();
    all.sort_unstable();
    all.dedup();
    all
}

#[test]
fn jobs_as_they_are_described() {
    type Row = (
        &'static str,
        &'static str,
        EligibilityOutcome,
        Option<&'static str>,
        Option<&'static str>,
        &'static [Why],
    );
    let table: [Row; 22] = [
        ("Sr. Dev", "128000", Refer, Some("2613"), Some("261312"), &[Why::TitleLowConfidence]),
        ("CIO", "240000", Refer, Some("1351"), Some("135111"), &[Why::TitleAmbiguous]),
        ("DevOps Engineer", "120000.00", Eligible, Some("2613"), Some("261316"), &[]),
        ("DevOps Engineer", "119999.99", Ineligible, Some("2613"), Some("261316"), &[Why::PayBelowThreshold]),
        (
            "Software Engineer",
            "119999.99",
            Ineligible,
            Some("2613"),
            Some("261313"),
            &[Why::PayBelowThreshold],
        ),
        ("Senior Product Manager (SaaS)", "155000", Refer, None, Some("225113"), &[Why::RoleNotNamed]),
        // A bonus of 20,000 on top is not guaranteed, and so not given.
        ("Software Engineer", "105000", Ineligible, Some("2613"), Some("261313"), &[Why::PayBelowThreshold]),
        ("Security Architect", "125000", Eligible, Some("2621"), Some("262112"), &[]),
        ("Game Developer", "95000", Eligible, Some("2612"), Some("261211"), &[]),
        ("Game Developer", "94999.99", Ineligible, Some("2612"), Some("261211"), &[Why::PayBelowThreshold]),
        (
            "Software Engineer (Games)",
            "104000",
            Ineligible,
            Some("2613"),
            Some("261313"),
            &[Why::PayBelowThreshold],
        ),
        ("Oracle DBA", "126000", Refer, Some("2621"), Some("262111"), &[Why::RoleNotNamed]),
        ("Full‑stack Engineer", "135000", Eligible, Some("2613"), Some("261312"), &[]),
        ("Backend Developer", "120000", Eligible, Some("2613"), Some("261312"), &[]),
        ("Senior Business Analyst", "130000", Ineligible, None, Some("261111"), &[Why::RoleNotApproved]),
        ("PM", "150000", Refer, None, None, &[Why::TitleAmbiguous]),
        ("Web Developer", "96000", Refer, Some("2612"), Some("261212"), &[Why::RoleNotNamed]),
        ("3D Animator", "130000", Refer, None, Some("232412"), &[Why::RoleNotNamed]),
        ("Data Scientist", "130000", Ineligible, None, Some("224115"), &[Why::RoleNotApproved]),
        ("Engineering Manager", "180000", Refer, Some("1351"), Some("135199"), &[Why::TitleLowConfidence]),
        ("Sofware Enginer", "140000", Refer, Some("2613"), Some("261313"), &[Why::TitleLowConfidence]),
        ("Plumber", "140000", Refer, None, None, &[Why::TitleLowConfidence]),
    ];
    for (title, amount, outcome, role, occupation, why) in table {
        let answer = Job::titled(title, amount).check();
        assert_eq!(answer.outcome, outcome, "{title} at {amount}: {answer:#?}");
        assert_eq!(
            (answer.role.as_deref(), answer.occupation_code.as_deref()),
            (role, occupation),
            "{title}"
        );
        assert_eq!(reasons(&answer), why, "{title} at {amount}");
    }
}

#[test]
fn pay_is_exact_on_both_sides_of_each_limit() {
    let table: [(&str, PayPeriod, &str, EligibilityOutcome, &[Why]); 16] = [
        ("57.69", PayPeriod::Hour, "40", Ineligible, &[Why::PayBelowThreshold]),
        ("57.70", PayPeriod::Hour, "40", Eligible, &[]),
        ("2307.69", PayPeriod::Week, "40", Ineligible, &[Why::PayBelowThreshold]),
        ("2307.70", PayPeriod::Week, "40", Eligible, &[]),
        ("4615.38", PayPeriod::Fortnight, "40", Ineligible, &[Why::PayBelowThreshold]),
        ("4615.39", PayPeriod::Fortnight, "40", Eligible, &[]),
        ("9999.99", PayPeriod::Month, "40", Ineligible, &[Why::PayBelowThreshold]),
        ("10000", PayPeriod::Month, "40", Eligible, &[]),
        // 32 hours at the rate of 125,000 for 40; then at the very threshold, and a cent below.
        ("100000", PayPeriod::Year, "32", Refer, &[Why::PartTimeBelowThreshold]),
        ("96000", PayPeriod::Year, "32", Refer, &[Why::PartTimeBelowThreshold]),
        ("95999.99", PayPeriod::Year, "32", Ineligible, &[Why::PayBelowThreshold]),
        ("90000", PayPeriod::Year, "30", Refer, &[Why::PartTimeBelowThreshold]),
        ("100000", PayPeriod::Year, "29.99", Ineligible, &[Why::PayBelowThreshold]),
        ("120000", PayPeriod::Year, "20", Eligible, &[]),
        ("120000", PayPeriod::Year, "40.01", Refer, &[Why::HourlyRateLow]),
        ("150000", PayPeriod::Year, "50", Eligible, &[]),
    ];
    for (amount, period, hours, outcome, why) in table {
        let answer = Job { amount: amount.to_owned(), period, hours, ..engineer() }.check();
        assert_eq!(
            (answer.outcome, reasons(&answer).as_slice()),
            (outcome, why),
            "{amount} {period:?} at {hours}"
        );
    }
}

#[test]
fn another_currency_is_referred_and_never_converted() {
    for amount in ["1", "118000", "400000"] {
        let answer = Job { currency: "AUD", amount: amount.to_owned(), ..engineer() }.check();
        assert_eq!((answer.outcome, reasons(&answer)), (Refer, vec![Why::CurrencyNotNzd]), "{amount}");
        assert_eq!(answer.annual_pay, None);
    }
}

#[test]
fn an_open_role_is_held_against_the_lowest_threshold() {
    for (amount, outcome, why) in [
        ("94999.99", Ineligible, vec![Why::TitleAmbiguous, Why::PayBelowThreshold]),
        ("95000", Refer, vec![Why::TitleAmbiguous]),
        ("500000", Refer, vec![Why::TitleAmbiguous]),
    ] {
        let answer = Job::titled("PM", amount).check();
        assert_eq!((answer.outcome, reasons(&answer)), (outcome, why), "{amount}");
    }
}

#[test]
fn claims_are_weighed_by_their_strength() {
    for (missing, outcome, why) in [
        ("domestic-skills", Refer, Why::EvidenceMissing),
        ("industry-body", Refer, Why::EvidenceMissing),
        ("worker-offshore", Ineligible, Why::DeclarationMissing),
    ] {
        let mut job = engineer();
        job.met.retain(|code| *code != missing);
        let answer = job.check();
        assert_eq!((answer.outcome, reasons(&answer)), (outcome, vec![why]), "{missing}");
    }
}

#[test]
fn a_body_that_is_not_named_goes_to_a_person() {
    for (name, outcome, why) in [
        ("Canterbury Tech", Refer, vec![Why::EvidenceUnlisted]),
        ("nzrise", Eligible, vec![]),
        ("IT Professionals New Zealand", Eligible, vec![]),
        (" ", Eligible, vec![]),
    ] {
        let job = Job { shown: vec![("industry-body", name)], ..engineer() };
        let answer = job.check();
        assert_eq!((answer.outcome, reasons(&answer)), (outcome, why), "{name}");
    }
    let mut job =
        Job { shown: vec![("industry-body", "Canterbury Tech"), ("industry-body", "NZTech")], ..engineer() };
    assert_eq!(job.check().outcome, Eligible, "one that is named is enough");
    job.met.retain(|code| *code != "industry-body");
    assert_eq!(job.check().outcome, Eligible, "a record is a claim");
    let records_alone = Job { met: vec![], shown: vec![("worker-offshore", "NZTech")], ..engineer() };
    assert_eq!(records_alone.check().outcome, Ineligible, "no record stands for a declaration");
}

#[test]
fn a_code_that_disagrees_is_referred() {
    for (title, code, outcome, why) in [
        ("Software Engineer", "261313", Eligible, vec![]),
        ("Software Engineer", "  ", Eligible, vec![]),
        ("Software Engineer", "261312", Refer, vec![Why::TitleAmbiguous]),
        ("CIO", "135111", Eligible, vec![]),
        ("PM", "135112", Refer, vec![Why::TitleLowConfidence]),
        ("PM", "225113", Refer, vec![Why::RoleNotNamed]),
        ("Wizard", "261313", Refer, vec![Why::TitleLowConfidence]),
        ("Wizard", "261111", Refer, vec![Why::TitleLowConfidence]),
        ("Wizard", "000000", Refer, vec![Why::TitleLowConfidence]),
    ] {
        let answer = Job { code: Some(code), ..Job::titled(title, "140000") }.check();
        assert_eq!((answer.outcome, reasons(&answer)), (outcome, why), "{title} as {code}");
    }
    let synonym = Job { code: Some("262116"), ..Job::titled("Cyber Security Analyst", "140000") }.check();
    assert_eq!((synonym.outcome, synonym.occupation_code.as_deref()), (Eligible, Some("262116")));
    let unknown = Job { code: Some("000000"), ..Job::titled("Wizard", "140000") }.check();
    assert_eq!((unknown.role, unknown.occupation_code), (None, None));
}

#[test]
fn what_cannot_be_asked_says_why() {
    let errors = |job: Job| {
        job.question().expect_err("an error").into_iter().map(|one| (one.field(), one.to_string()))
    };
    let all: Vec<_> =
        errors(Job { title: " - ".to_owned(), met: vec!["salary", "nonsense"], ..engineer() }).collect();
    assert_eq!(all.iter().map(|(field, _)| *field).collect::<Vec<_>>(), ["jobTitle", "met", "met"]);
    assert!(
        all[2].1.contains("nonsense") && all[2].1.contains("domestic-skills, industry-body, worker-offshore")
    );
    assert!(Job::titled(&"x".repeat(200), "1").question().is_ok());
    assert!(Job::titled(&"x".repeat(201), "1").question().is_err());
    assert!(Job { code: Some("123456789012345678901"), ..engineer() }.question().is_err());
}

#[test]
fn the_other_exception_is_checked_by_its_own_terms() {
    assert_eq!(machinist().check().outcome, Eligible);
    let table: [(&str, PayPeriod, &str, EligibilityOutcome, &[Why]); 6] = [
        ("27.99", PayPeriod::Hour, "40", Ineligible, &[Why::PayBelowThreshold]),
        ("28", PayPeriod::Hour, "20", Eligible, &[]),
        ("28", PayPeriod::Hour, "60", Eligible, &[]),
        // 58,240 a year is 28 an hour for 40 hours, and not for a hundredth more.
        ("58240", PayPeriod::Year, "40", Eligible, &[]),
        ("58240", PayPeriod::Year, "40.01", Ineligible, &[Why::PayBelowThreshold]),
        ("58239.99", PayPeriod::Year, "40", Ineligible, &[Why::PayBelowThreshold]),
    ];
    for (amount, period, hours, outcome, why) in table {
        let answer = Job { amount: amount.to_owned(), period, hours, ..machinist() }.check();
        assert_eq!(
            (answer.outcome, reasons(&answer).as_slice()),
            (outcome, why),
            "{amount} {period:?} at {hours}"
        );
    }
    let bare = Job { met: vec!["not-filled-locally"], ..machinist() }.check();
    assert_eq!((bare.outcome, reasons(&bare)), (Ineligible, vec![Why::EvidenceMissing]));
    let undeclared = Job { met: vec!["trade-certificate"], ..machinist() }.check();
    assert_eq!((undeclared.outcome, reasons(&undeclared)), (Refer, vec![Why::DeclarationMissing]));
    let weekly = Job { title: "Automation Tech".to_owned(), amount: "35".to_owned(), ..machinist() };
    assert_eq!(weekly.check().outcome, Eligible);
    assert_eq!(Job { amount: "34.99".to_owned(), ..weekly }.check().outcome, Ineligible);
}

#[test]
fn every_criterion_answers_with_a_sentence() {
    for job in [
        engineer(),
        Job::titled("Plumber", "1"),
        Job { currency: "AUD", met: vec![], ..engineer() },
        machinist(),
    ] {
        let answer = job.check();
        let codes: Vec<_> = answer.criteria.iter().map(|one| &one.criterion).collect();
        let expected: Vec<_> = job.exception.definition.terms.criteria.iter().map(|one| &one.code).collect();
        assert_eq!(codes, expected);
        for one in &answer.criteria {
            assert!(one.message.ends_with('.') && one.message.len() > 10, "{}", one.message);
            assert_eq!(one.reasons.is_empty(), one.outcome == Eligible, "{one:?}");
        }
    }
}

#[test]
fn messages_say_what_is_and_what_to_do() {
    let messages = |job: Job| job.check().criteria.into_iter().map(|one| one.message).collect::<Vec<_>>();
    let hourly = messages(Job { amount: "57.69".to_owned(), period: PayPeriod::Hour, ..engineer() });
    assert_eq!(
        hourly[1],
        "The pay is $57.69 an hour for 40 hours a week, $119,995.20 a year, which is below $120,000 a year for Software \
         and Applications Programmers. Only guaranteed pay counts, without bonuses and allowances; check the amount, \
         the period and the hours."
    );
    let admin = messages(Job::titled("Oracle DBA", "126000"));
    assert_eq!(
        admin[0],
        "\"Database Administrator\" counts as Database Administrator (262111). The criteria neither name it nor leave it out, \
         so a person will decide by the duties. Describe them in full."
    );
}

#[test]
fn suggestions_help_where_the_title_is_not_settled() {
    let titles =
        |job: Job| job.check().suggestions.into_iter().map(|one| one.job_title.title).collect::<Vec<_>>();
    assert_eq!(titles(engineer()), ["Software Engineer"]);
    assert_eq!(titles(Job::titled("PM", "140000"))[..2], ["Project Manager", "Product Manager"]);
    let near = titles(Job::titled("Network Developer", "140000"));
    assert!(!near.is_empty() && near.len() <= MOST_SUGGESTIONS, "{near:?}");
}

#[test]
fn an_answer_comes_back_from_its_json() {
    for job in [engineer(), Job::titled("PM", "57.69"), Job { currency: "AUD", ..machinist() }] {
        let answer = job.check();
        let json = serde_json::to_string(&answer).expect("an answer is plain data");
        assert_eq!(serde_json::from_str::<Eligibility>(&json).expect("as it was written"), answer);
    }
    let json = serde_json::to_value(engineer().check()).expect("an answer is plain data");
    assert_eq!((&json["outcome"], &json["annual_pay"]), (&"ELIGIBLE".into(), &"140000.00".into()));
}
