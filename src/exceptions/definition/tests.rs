//! The shipped file, an exception of another kind, and every way to get a file wrong.

use super::*;
use entity::PayPeriod;

const SHIPPED: &str = include_str!("../../../exceptions/specialist-tech.toml");
const OTHER: &str = include_str!("../../../tests/data/advanced-manufacturing.toml");

fn parsed(text: &str) -> Definition {
    Definition::parse(text).unwrap_or_else(|faults| panic!("{faults:#?}"))
}

/// The faults of the other file with one piece of it replaced.
fn faults(from: &str, to: &str) -> Vec<String> {
    assert!(OTHER.contains(from), "the file has no {from}");
    let changed = OTHER.replacen(from, to, 1);
    Definition::parse(&changed).expect_err("a fault").iter().map(ToString::to_string).collect()
}

#[test]
fn the_shipped_file_says_what_is_known() {
    let definition = parsed(SHIPPED);
    let settings = &definition.settings;
    assert_eq!((settings.slug.as_str(), settings.places), ("specialist-tech", 600));
    assert_eq!(settings.allocation, AllocationMethod::Order);
    assert_eq!(settings.announced_on, NaiveDate::from_ymd_opt(2021, 12, 13));
    assert_eq!(settings.opens_at.to_rfc3339(), "2022-02-13T11:00:00+00:00");
    assert_eq!(settings.closes_at.map(|at| at.to_rfc3339()).as_deref(), Some("2022-07-31T12:00:00+00:00"));
    let prefixes: Vec<_> = definition.bodies.iter().map(|body| (&*body.slug, &*body.prefix)).collect();
    assert_eq!(prefixes, [("nztech", "NZT"), ("itp", "ITP")]);
    let roles: Vec<_> =
        definition.terms.roles.iter().map(|role| (&*role.code, role.threshold().to_string())).collect();
    let expected = [("2613", "$120,000"), ("1351", "$120,000"), ("2621", "$120,000"), ("2612", "$95,000")];
    assert_eq!(roles, expected.map(|(code, amount)| (code, format!("{amount} a year"))));
    let criteria: Vec<_> = definition.terms.criteria.iter().map(|one| (&*one.code, one.priority)).collect();
    let expected = ["role", "salary", "domestic-skills", "industry-body", "worker-offshore"];
    assert_eq!(criteria, expected.map(|code| (code, code == "domestic-skills")));
}

#[test]
fn a_quite_different_exception_is_data_too() {
    let definition = parsed(OTHER);
    assert_eq!(definition.settings.per_employer_cap, Some(3));
    assert_eq!(definition.bodies[0].prefix, "EMA");
    assert_eq!(definition.terms.roles[0].minimum_pay_period, PayPeriod::Hour);
    assert!(definition.terms.criteria.iter().all(|one| !one.priority));
}

#[test]
fn terms_come_back_from_their_json() {
    for text in [SHIPPED, OTHER] {
        let terms = parsed(text).terms;
        let json = serde_json::to_string(&terms).expect("terms are plain data");
        assert_eq!(serde_json::from_str::<Terms>(&json).expect("as it was written"), terms);
    }
}

#[test]
fn terms_kept_before_there_were_clocks_have_the_usual_ones() {
    let terms = parsed(SHIPPED).terms;
    let mut json = serde_json::to_value(&terms).expect("terms are plain data");
    json.as_object_mut().and_then(|fields| fields.remove("clocks")).expect("clocks");
    assert_eq!(serde_json::from_value::<Terms>(json).expect("as it was written before"), terms);
}

#[test]
fn the_least_and_the_most_of_working_days_are_taken() {
    for days in [1, 250] {
        let changed = OTHER
            .replace("decision_working_days = 15", &format!("decision_working_days = {days}"))
            .replace("question_working_days = 5", &format!("question_working_days = {days}"));
        let expected = Clocks { decision_working_days: days, question_working_days: days };
        assert_eq!(parsed(&changed).terms.clocks, expected);
    }
    let left_out = OTHER.replace("question_working_days = 5", "");
    assert_eq!(parsed(&left_out).terms.clocks.question_working_days, 10);
}

#[test]
fn a_misspelt_or_missing_field_is_refused_with_its_place() {
    let unknown = faults("per_employer_cap = 3", "per_employer_caps = 3");
    assert!(unknown[0].contains("per_employer_caps") && unknown[0].contains("line"), "{unknown:?}");
    let missing = faults("places = 100", "");
    assert!(missing[0].contains("places"), "{missing:?}");
    let number = faults(r#"minimum_pay = "28""#, "minimum_pay = 28.0");
    assert!(number[0].contains("line"), "{number:?}");
}

#[test]
fn every_fault_names_its_path() {
    for (from, to, path) in [
        ("slug = \"advanced-manufacturing\"", "slug = \"Advanced Manufacturing\"", "slug"),
        ("title = \"Advanced manufacturing specialists\"", "title = \"  \"", "title"),
        ("places = 100", "places = 0", "places"),
        ("per_employer_cap = 3", "per_employer_cap = 0", "per_employer_cap"),
        ("closes_at = \"2022-07-31T12:00:00Z\"", "closes_at = \"2022-03-13T11:00:00Z\"", "closes_at"),
        (
            "allocation_ends_at = \"2022-08-31T12:00:00Z\"",
            "allocation_ends_at = \"2022-07-31T11:59:59Z\"",
            "allocation_ends_at",
        ),
        ("invitation_months = 2", "invitation_months = 0", "validity.invitation_months"),
        ("invitation_months = 2", "nomination_months = 2", "validity.nomination_until"),
        ("decision_working_days = 15", "decision_working_days = 0", "clocks.decision_working_days"),
        ("decision_working_days = 15", "decision_working_days = 251", "clocks.decision_working_days"),
        ("question_working_days = 5", "question_working_days = 0", "clocks.question_working_days"),
        ("question_working_days = 5", "question_working_days = 251", "clocks.question_working_days"),
        ("source = \"https://nzil.co.nz/", "source = \"nzil.co.nz/", "facts[0].source"),
        ("source = \"https://nzil.co.nz/", "source = \"file:///", "facts[0].source"),
        ("minimum_pay = \"28\"", "minimum_pay = \"0\"", "roles[0].minimum_pay"),
        ("minimum_pay = \"28\"", "minimum_pay = \"10000000.01\"", "roles[0].minimum_pay"),
        ("minimum_pay = \"28\"", "minimum_pay = \"28.005\"", "roles[0].minimum_pay"),
        ("code = \"MT-90\"", "code = \"MT-10.1\"", "occupations[2].code"),
        ("code = \"MT-90\"", "code = \"MT 90\"", "occupations[2].code"),
        ("role = \"MT-20\"", "role = \"MT-30\"", "occupations[1].role"),
        ("role = \"MT-20\"\n", "", "occupations[1].role"),
        (
            "standing = \"NOT_APPROVED\"",
            "role = \"MT-10\"\nstanding = \"NOT_APPROVED\"",
            "occupations[2].role",
        ),
        ("high = [\"Process Worker\"]", "high = [\"C.N.C. machinists\"]", "occupations[2].job_titles"),
        ("high = [\"Process Worker\"]", "high = [\"--\"]", "occupations[2].job_titles"),
        ("high = [\"Process Worker\"]", "high = []", "occupations[2].job_titles"),
        ("tech = [\"technician\"]", "tech = []", "vocabulary.abbreviations.tech"),
        ("seniority = [\"leading\"]", "seniority = [\"\"]", "vocabulary.seniority[0]"),
        ("kind = \"PAY\"", "kind = \"ROLE\"", "criteria[1].kind"),
        ("code = \"wage\"", "code = \"trade\"", "criteria[1].code"),
        ("shown_by = [\"QUALIFICATION\"]", "", "criteria[2].shown_by"),
        ("kind = \"DECLARATION\"", "kind = \"DECLARATION\"\nexamples = [\"x\"]", "criteria[3].examples"),
        ("prefix = \"EMA\"", "prefix = \"E\"", "bodies[0].prefix"),
        ("prefix = \"EMA\"", "prefix = \"EMAEMA\"", "bodies[0].prefix"),
        ("prefix = \"EMA\"", "prefix = \"ema\"", "bodies[0].prefix"),
        (
            "starts_on = \"2022-03-14\"",
            "starts_on = \"2022-03-14\"\nends_on = \"2022-03-13\"",
            "bodies[0].ends_on",
        ),
    ] {
        let found = faults(from, to);
        assert!(
            found.len() == 1 && found[0].starts_with(&format!("{path}: ")),
            "{to} should be a fault at {path}, and is {found:?}"
        );
    }
}

#[test]
fn all_faults_are_told_at_once() {
    let changed = OTHER.replace("places = 100", "places = 0").replace("prefix = \"EMA\"", "prefix = \"1\"");
    assert_eq!(Definition::parse(&changed).expect_err("two faults").len(), 2);
}

#[test]
fn a_file_that_extends_another_says_the_rest_in_its_own_words() {
    let first = include_str!("../../../exceptions/specialist-tech.toml");
    let second = include_str!("../../../exceptions/specialist-tech-2.toml");
    let base = Definition::parse(first).expect("the first");
    let read = Definition::parse_on(first, second).expect("the second");
    assert_eq!(Definition::base_of(second), Ok(Some("specialist-tech".to_owned())));
    assert_eq!((read.settings.slug.as_str(), read.settings.places), ("specialist-tech-2", 200));
    assert_eq!((&read.terms.roles, &read.terms.criteria), (&base.terms.roles, &base.terms.criteria));
    assert_eq!((read.bodies, read.terms.facts), (base.bodies, vec![]));
    for (base, text) in
        [(second, first), (second, second), (first, "extends = 1"), (first, "places = 1\nplace = 2")]
    {
        assert!(Definition::parse_on(base, text).is_err() || Definition::base_of(text).is_err());
    }
    assert!(Definition::parse(second).is_err_and(|errors| errors[0].to_string().contains("specialist-tech")));
    assert!(Definition::base_of("extends = \"../secrets\"").is_err());
}
