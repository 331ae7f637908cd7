//! Every kind of bad row: what stands where in an otherwise good one, and what is told of it. The others go on.

use nominations::check::check;
use serde_json::{Value, json};

use super::{apply, effects, row, row_with, taken_in};
use crate::service::support::World;
use crate::service::support::casework::SPECIALIST_TECH;
use crate::service::support::cast::NZTECH_LEAD;

on_both_databases! {
    each_bad_row_is_refused_alone_with_code_field_and_sentence,
    everything_that_is_wrong_with_a_row_is_told_at_once,
}

/// Pointer into the row, the value as JSON, the code, the path, the sentence.
type Bad = (&'static str, &'static str, &'static str, &'static str, &'static str);

const EMPTY: &str = "Enter some text: this is empty.";
const INSTANT: &str = "Send an instant with its offset, such as 2022-02-14T00:00:00Z.";
const CLAIM: &str = "Say true or false.";
const NUMBER: &str =
    "Send a number of at most 28 digits, with a point before its fraction, such as 120000.00.";
const DAY: &str = "Enter a day of the calendar as year, month and day, such as 1990-04-23 for 23 April 1990.";
const PERIOD: &str = "The period is one of the words HOUR, WEEK, FORTNIGHT, MONTH and YEAR.";
const CURRENCY: &str = "The currency must be three capital letters, for example NZD.";
const EMAIL: &str = "Enter an e-mail address, such as name@example.co.nz.";
const COUNTRY: &str = "Enter the three letters that the passport has for the country, such as IND.";

const BAD: &[Bad] = &[
    ("/externalReference", "null", "REQUIRED", "externalReference", EMPTY),
    ("/externalReference", r#"" \t ""#, "REQUIRED", "externalReference", EMPTY),
    (
        "/externalReference",
        r#""12345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901""#,
        "INVALID",
        "externalReference",
        "This has 101 characters and may have at most 100: shorten it.",
    ),
    ("/receivedAt", "null", "REQUIRED", "receivedAt", INSTANT),
    ("/receivedAt", r#""2022-02-20""#, "INVALID", "receivedAt", INSTANT),
    ("/receivedAt", r#""2022-02-20T09:00:00""#, "INVALID", "receivedAt", INSTANT),
    ("/receivedAt", r#""2022-02-30T09:00:00Z""#, "INVALID", "receivedAt", INSTANT),
    (
        "/receivedAt",
        r#""2022-03-02T00:00:00Z""#,
        "INVALID",
        "receivedAt",
        "This lies in the future: check the day, the time and the offset.",
    ),
    (
        "/receivedAt",
        r#""2021-12-14T00:00:00Z""#,
        "TOO_EARLY",
        "receivedAt",
        "Applications were not open yet at this instant, so it is not taken in. Check the instant.",
    ),
    ("/declared", "null", "REQUIRED", "declared", CLAIM),
    (
        "/declared",
        "false",
        "REQUIRED",
        "declared",
        "The employer has to declare that this is true and known to the worker: get its declaration first.",
    ),
    (
        "/employerNzbn",
        "null",
        "REQUIRED",
        "employerNzbn",
        "Enter the employer's NZBN: 13 digits that start with 9429.",
    ),
    (
        "/employerNzbn",
        r#""9429900000019""#,
        "INVALID",
        "employerNzbn",
        "A digit of this NZBN is wrong, or two have changed places: compare it with the register.",
    ),
    (
        "/employerNzbn",
        r#""1830488""#,
        "INVALID",
        "employerNzbn",
        "That looks like a company number. Enter the NZBN instead: 13 digits that start with 9429, shown next to it \
         on the register.",
    ),
    ("/employerName", r#""""#, "REQUIRED", "employerName", EMPTY),
    (
        "/contactName",
        r#""\u202Egnp.exe""#,
        "INVALID",
        "contactName",
        "Character 1 cannot be seen (U+202E) and is not taken: type the text anew instead of pasting it.",
    ),
    ("/contactEmail", "null", "REQUIRED", "contactEmail", EMAIL),
    (
        "/contactEmail",
        r#""nobody""#,
        "INVALID",
        "contactEmail",
        "An e-mail address has one @, as in name@example.co.nz: enter one address.",
    ),
    ("/region", r#""a\nb""#, "INVALID", "region", "This goes on one line: remove the line break."),
    (
        "/role",
        r#""9999""#,
        "INVALID",
        "role",
        "There is no such approved role. The codes are 2613, 1351, 2621, 2612.",
    ),
    (
        "/occupationCode",
        r#""999999""#,
        "INVALID",
        "occupationCode",
        "There is no such occupation here. Search for the job title to find its code, or leave it out.",
    ),
    ("/jobTitle", r#""""#, "REQUIRED", "jobTitle", EMPTY),
    ("/jobTitle", r#""...""#, "INVALID", "jobTitle", "Give the job title."),
    ("/remuneration/amount", "null", "REQUIRED", "remuneration.amount", NUMBER),
    ("/remuneration/amount", r#""120,000""#, "INVALID", "remuneration.amount", NUMBER),
    (
        "/remuneration/amount",
        r#""0""#,
        "INVALID",
        "remuneration.amount",
        "The amount must be more than zero. Give the guaranteed pay for one period, before tax.",
    ),
    ("/remuneration/currency", r#""""#, "REQUIRED", "remuneration.currency", CURRENCY),
    ("/remuneration/currency", r#""nzd""#, "INVALID", "remuneration.currency", CURRENCY),
    ("/remuneration/period", "null", "REQUIRED", "remuneration.period", PERIOD),
    ("/remuneration/period", r#""DAY""#, "INVALID", "remuneration.period", PERIOD),
    (
        "/remuneration/hoursPerWeek",
        r#""169""#,
        "INVALID",
        "remuneration.hoursPerWeek",
        "The weekly hours are more than 168, which is a whole week. Give the hours of one week.",
    ),
    ("/worker/familyName", r#""""#, "REQUIRED", "worker.familyName", EMPTY),
    (
        "/worker/dateOfBirth",
        "null",
        "REQUIRED",
        "worker.dateOfBirth",
        "Enter the day as year, month and day, such as 1990-04-23.",
    ),
    ("/worker/dateOfBirth", r#""1990-02-30""#, "INVALID", "worker.dateOfBirth", DAY),
    ("/worker/dateOfBirth", r#""23/04/1990""#, "INVALID", "worker.dateOfBirth", DAY),
    (
        "/worker/dateOfBirth",
        r#""2010-01-01""#,
        "INVALID",
        "worker.dateOfBirth",
        "A worker is at least 16 years old, and this birthday makes them 12: check the year.",
    ),
    ("/worker/nationality", "null", "REQUIRED", "worker.nationality", COUNTRY),
    (
        "/worker/nationality",
        r#""NZL""#,
        "INVALID",
        "worker.nationality",
        "A New Zealand citizen needs no class exception to enter New Zealand. If the worker has another passport, \
         enter the nationality of the passport that they will travel on.",
    ),
    ("/worker/email", "null", "REQUIRED", "worker.email", EMAIL),
    ("/worker/passportIssuingState", "null", "REQUIRED", "worker.passportIssuingState", COUNTRY),
    (
        "/worker/passportIssuingState",
        r#""India""#,
        "INVALID",
        "worker.passportIssuingState",
        "Enter the country's three letters: IND.",
    ),
    (
        "/worker/passportNumber",
        r#""""#,
        "REQUIRED",
        "worker.passportNumber",
        "Enter the passport number as it is printed on the photo page.",
    ),
    (
        "/worker/passportNumber",
        r#""N1234567/8""#,
        "INVALID",
        "worker.passportNumber",
        "A passport number has only the letters A to Z and digits: type it as printed in the bottom lines of the \
         photo page.",
    ),
    (
        "/worker/passportExpiresOn",
        r#""2022-02-19""#,
        "INVALID",
        "worker.passportExpiresOn",
        "This passport had expired when the application was received: check its last day.",
    ),
    ("/worker/offshore", "null", "REQUIRED", "worker.offshore", CLAIM),
];

async fn each_bad_row_is_refused_alone_with_code_field_and_sentence(world: World) {
    apply(&world, SPECIALIST_TECH).await;
    let lead = world.sign_in(&NZTECH_LEAD).await;
    let spoilt = |(at, bad): (usize, &Bad)| {
        let (pointer, value, ..) = bad;
        let mut row = row(&format!("B-{at}"));
        *row.pointer_mut(pointer).expect(pointer) = serde_json::from_str(value).expect(value);
        row
    };
    let mut rows = vec![row("G-1")];
    rows.extend(BAD.iter().enumerate().map(spoilt));
    rows.push(row("G-2"));
    let results = taken_in(&lead, &rows).await;
    assert_eq!(results.len(), rows.len());
    assert_eq!(effects(&[results[0].clone(), results[rows.len() - 1].clone()]), ["CREATED"; 2]);
    for ((pointer, value, code, field, sentence), result) in BAD.iter().zip(&results[1..]) {
        let path: Vec<_> = field.split('.').collect();
        let error = json!({ "code": code, "field": path, "message": sentence });
        assert_eq!(result["userErrors"], json!([error]), "{pointer} {value}");
        assert_eq!(
            (&result["effect"], &result["application"]),
            (&json!("REFUSED"), &Value::Null),
            "{pointer}"
        );
    }
    let again = taken_in(&lead, &rows).await;
    assert_eq!(effects(&again[..1]), ["UNCHANGED"]);
    assert_eq!(again[1..=BAD.len()], results[1..=BAD.len()]);
    let rows = world.count_rows().await;
    let count = |table: &str| rows.iter().find(|(name, _)| name == table).map(|(_, count)| *count);
    for table in ["application", "worker", "imported_row", "history_event"] {
        // History has the loading of the class exception besides, and tells each of the two of one worker.
        let expected = 2 + if table == "history_event" { 3 } else { 0 };
        assert_eq!(count(table), Some(expected), "{table}");
    }
    assert_eq!(count("employer"), Some(2));
    assert_eq!(check(&world.app).await.expect("a check"), []);
}

async fn everything_that_is_wrong_with_a_row_is_told_at_once(world: World) {
    apply(&world, SPECIALIST_TECH).await;
    let lead = world.sign_in(&NZTECH_LEAD).await;
    let wrong = json!({
        "receivedAt": "yesterday", "declared": false, "employerNzbn": "1", "contactEmail": "finn", "jobTitle": " ",
        "remuneration": { "amount": "many", "currency": "nzd", "hoursPerWeek": "200" },
        "worker": { "familyName": "\u{0000}", "dateOfBirth": "2010-01-01", "passportExpiresOn": "2040-01-01" },
    });
    let results = taken_in(&lead, &[row_with("B-1", wrong)]).await;
    let told: Vec<String> = results[0]["userErrors"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|error| {
            let path: Vec<_> =
                error["field"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
            format!("{} {}", error["code"].as_str().expect("a code"), path.join("."))
        })
        .collect();
    assert_eq!(
        told,
        [
            "INVALID receivedAt",
            "REQUIRED declared",
            "INVALID employerNzbn",
            "INVALID contactEmail",
            "REQUIRED jobTitle",
            "INVALID remuneration.amount",
            "INVALID remuneration.currency",
            "REQUIRED remuneration.period",
            "INVALID remuneration.hoursPerWeek",
            "INVALID worker.familyName",
            "INVALID worker.dateOfBirth",
            "REQUIRED worker.nationality",
            "REQUIRED worker.email",
            "REQUIRED worker.passportIssuingState",
            "REQUIRED worker.passportNumber",
            "INVALID worker.passportExpiresOn",
            "REQUIRED worker.offshore",
        ]
    );
    // Nothing of what was sent comes back but the reference.
    let answer = results[0].to_string();
    assert!(!answer.contains("yesterday") && !answer.contains("finn"), "{answer}");
    // Codes are looked at once the row can be read.
    let codes = row_with("B-2", json!({ "role": "9999", "occupationCode": "999999" }));
    let results = taken_in(&lead, &[codes]).await;
    let fields: Vec<_> =
        results[0]["userErrors"].as_array().expect("a list").iter().map(|error| &error["field"]).collect();
    assert_eq!(fields, [&json!(["role"]), &json!(["occupationCode"])]);
}
