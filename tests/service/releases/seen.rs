//! What each viewer sees of releases by the public schema, and who does what to them there.

use serde_json::{Value, json};

use crate::service::support::acts::send;
use crate::service::support::caseload::{Caseload, Wanted};
use crate::service::support::cast::{
    ITP, ITP_ASSESSOR, ITP_LEAD, KAURI_AGENT, NZTECH, NZTECH_LEAD, OBSERVER, OFFICER, RATA, RATA_AGENT,
};
use crate::service::support::{Caller, World};

on_both_databases! {
    a_release_goes_its_way_by_the_schema,
    each_viewer_sees_lines_as_far_as_they_may,
    what_became_of_a_line_is_told_to_its_own_body,
    the_list_as_it_stands_tells_what_was_released,
}

const HEAD: &str = "id number previousNumber status lineCount digest publishedAt abandonReason csvUrl jsonUrl
    sections { body { slug } lineCount digest } attestations { body { slug } by lineCount digest }
    heldBack { reference reason }
    changes(first: 10) { totalCount nodes { kind reference body { slug } fields reason } }
    lines(first: 10) { totalCount nodes { reference body { slug } employerName place state listedIn agencyStatus
        annualPay worker { familyName dateOfBirth passportHint email } } }";

async fn release(caller: &Caller, number: i32) -> Value {
    let query = format!(
        "query($it: Int!) {{ release(classException: \"specialist-tech\", number: $it) {{ {HEAD} }} }}"
    );
    caller.data(&query, json!({ "it": number })).await["release"].take()
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}

/// A nomination of each body: NZTech's of Kauri, ITP's of Rata.
async fn two(world: &World) -> Caseload<'_> {
    let cases = Caseload::new(world, |_| {}).await;
    cases.confirmed(&Wanted::new("N1111111")).await;
    cases.confirmed(&Wanted { body: &ITP, firm: &RATA, ..Wanted::new("N2222222") }).await;
    cases
}

async fn a_release_goes_its_way_by_the_schema(world: World) {
    let _cases = two(&world).await;
    let (nztech, itp) = (world.sign_in(&NZTECH_LEAD).await, world.sign_in(&ITP_LEAD).await);
    let officer = world.sign_in(&OFFICER).await;
    let prepare = json!({ "classException": "specialist-tech", "idempotencyKey": "first" });
    let prepared = send(&nztech, "prepareRelease", &prepare).await;
    let id = text(&prepared["release"]["id"]).to_owned();
    assert_eq!(send(&nztech, "prepareRelease", &prepare).await, prepared);
    assert_eq!(release(&officer, 1).await, Value::Null);
    for (lead, slug) in [(&nztech, "nztech"), (&itp, "itp")] {
        let seen = release(lead, 1).await;
        let sections = seen["sections"].as_array().expect("sections");
        assert_eq!(
            sections.iter().map(|one| text(&one["body"]["slug"])).collect::<Vec<_>>(),
            ["itp", "nztech"]
        );
        let own = sections.iter().find(|one| one["body"]["slug"] == slug).expect("a section");
        let attest = json!({ "release": id, "digest": own["digest"] });
        let attested = send(lead, "attestRelease", &attest).await;
        assert_eq!(attested["userErrors"], json!([]), "{slug}");
        let twice = send(lead, "attestRelease", &attest).await;
        assert_eq!(twice["userErrors"][0]["code"], "DUPLICATE");
    }
    let published = send(&itp, "publishRelease", &json!({ "release": id })).await;
    assert_eq!(published["userErrors"], json!([]));
    let seen = release(&officer, 1).await;
    assert_eq!((&seen["status"], &seen["lines"]["totalCount"]), (&json!("PUBLISHED"), &json!(2)));
    let names: Vec<&str> =
        seen["attestations"].as_array().expect("two").iter().map(|one| text(&one["by"])).collect();
    assert!(names.iter().all(|name| ![NZTECH_LEAD.name, ITP_LEAD.name].contains(name)), "{names:?}");
    let own = release(&nztech, 1).await;
    assert_eq!(own["attestations"][0]["by"], NZTECH_LEAD.name);
    assert_ne!(own["attestations"][1]["by"], ITP_LEAD.name);
    let acknowledge = json!({ "release": id, "digest": seen["digest"] });
    let acknowledged = send(&officer, "acknowledgeRelease", &acknowledge).await;
    assert_eq!(acknowledged["userErrors"], json!([]));
    assert_eq!(release(&nztech, 1).await["status"], "ACKNOWLEDGED");

    let next = json!({ "classException": "specialist-tech" });
    let id = send(&nztech, "prepareRelease", &next).await["release"]["id"].take();
    let rehearsal = json!({ "release": id, "reason": "A name.", "dryRun": true });
    let told = send(&itp, "abandonRelease", &rehearsal).await;
    assert!(text(&told["impact"]["summary"]).contains("Release 2, with 2 lines, is never published."));
    assert_eq!(release(&nztech, 2).await["status"], "PREPARED");
    let abandon = json!({ "release": id, "reason": "A name." });
    send(&itp, "abandonRelease", &abandon).await;
    let seen = release(&nztech, 2).await;
    assert_eq!((&seen["status"], &seen["abandonReason"]), (&json!("ABANDONED"), &json!("A name.")));
    let list = "{ classException(slug: \"specialist-tech\") { latestRelease { number }
        releases { totalCount nodes { number status } } } }";
    let bodys = nztech.data(list, json!({})).await["classException"].take();
    assert_eq!((&bodys["latestRelease"]["number"], &bodys["releases"]["totalCount"]), (&json!(1), &json!(2)));
    let agencys = officer.data(list, json!({})).await["classException"].take();
    assert_eq!(agencys["releases"]["nodes"], json!([{ "number": 1, "status": "ACKNOWLEDGED" }]));
}

async fn each_viewer_sees_lines_as_far_as_they_may(world: World) {
    let _cases = two(&world).await;
    world.published().await;
    let whole = |seen: &Value, slug: &str| {
        let lines = seen["lines"]["nodes"].as_array().expect("lines").clone();
        let line = lines.into_iter().find(|line| line["body"]["slug"] == slug).expect("a line");
        let own = json!({
            "familyName": "Rao", "dateOfBirth": "1990-06-01", "email": null,
            "passportHint": if slug == "itp" { "222" } else { "111" },
        });
        assert_eq!((&line["state"], &line["listedIn"]), (&json!("RELEASED"), &json!(1)));
        match (&line["worker"], &line["annualPay"]) {
            (Value::Null, Value::Null) => false,
            (worker, pay) => {
                assert_eq!((worker, pay), (&own, &json!("130000.00")));
                true
            }
        }
    };
    for (member, nztech, itp) in
        [(&NZTECH_LEAD, true, false), (&ITP_ASSESSOR, false, true), (&OFFICER, true, true)]
    {
        let seen = release(&world.sign_in(member).await, 1).await;
        assert_eq!((whole(&seen, "nztech"), whole(&seen, "itp")), (nztech, itp), "{}", member.handle);
        assert_eq!(seen["sections"].as_array().map(Vec::len), Some(2));
        let takes_it = member.handle != ITP_ASSESSOR.handle;
        assert_eq!((seen["csvUrl"].is_string(), seen["jsonUrl"].is_string()), (takes_it, takes_it));
    }
    for (member, own) in [(&KAURI_AGENT, "nztech"), (&RATA_AGENT, "itp")] {
        let seen = release(&world.sign_in(member).await, 1).await;
        assert_eq!((&seen["lines"]["totalCount"], &seen["changes"]["totalCount"]), (&json!(1), &json!(1)));
        assert!(whole(&seen, own), "{}", member.handle);
        assert_eq!((&seen["sections"], &seen["attestations"]), (&json!([]), &json!([])));
        assert_eq!((&seen["csvUrl"], &seen["heldBack"]), (&Value::Null, &Value::Null));
    }
    for caller in [world.anybody(), world.sign_in(&OBSERVER).await] {
        let seen = release(&caller, 1).await;
        assert_eq!((&seen["lines"], &seen["jsonUrl"]), (&Value::Null, &Value::Null));
        assert_eq!((&seen["lineCount"], &seen["sections"]), (&json!(2), &json!([])));
        assert_eq!(seen["changes"]["nodes"], json!([]));
        assert!(seen["digest"].is_string());
    }
}

async fn what_became_of_a_line_is_told_to_its_own_body(world: World) {
    let cases = two(&world).await;
    let early = cases.confirmed(&Wanted::new("N3333333")).await;
    let late = cases.confirmed(&Wanted::new("N4444444")).await;
    world.published().await;
    let changes = nominations::applications::details::Changes {
        job_title: Some(nominations::values::text::Line::parse("Developer").expect("a line")),
        ..Default::default()
    };
    super::corrected(&world, late, changes).await;
    world.take_back(early).await.expect("a revocation");
    world.published().await;
    world.prepare(&NZTECH).await.expect("a release");
    world.take_back(late).await.expect("a revocation");
    let reference = world.application(late).await.reference;
    let kept = format!("{reference} became REVOKED after the release was prepared.");
    let hidden = "A line of another body came to its end after the release was prepared.";
    let own = json!([["AMENDED", ["job_title"], null], ["SUSPENDED", null, "REVOKED"]]);
    let others = json!([["AMENDED", null, null], ["SUSPENDED", null, null]]);
    for (lead, reason, changed) in [(&NZTECH_LEAD, kept.as_str(), &own), (&ITP_LEAD, hidden, &others)] {
        let caller = world.sign_in(lead).await;
        assert_eq!(release(&caller, 3).await["abandonReason"], reason);
        let seen = release(&caller, 2).await;
        let nodes = seen["changes"]["nodes"].as_array().expect("changes");
        let mut told: Vec<_> =
            nodes.iter().map(|one| json!([one["kind"], one["fields"], one["reason"]])).collect();
        told.sort_by_key(ToString::to_string);
        assert_eq!(&json!(told), changed, "{}", lead.handle);
    }
    let officer = release(&world.sign_in(&OFFICER).await, 2).await["changes"].take();
    assert!(officer.to_string().contains("REVOKED") && officer.to_string().contains("job_title"));
}

async fn the_list_as_it_stands_tells_what_was_released(world: World) {
    let cases = two(&world).await;
    world.acknowledged().await;
    cases.confirmed(&Wanted::new("N3333333")).await;
    let query =
        "query($it: ApprovedListFilter) { approvedList(classException: \"specialist-tech\", filter: $it) {
        nodes { place state listedIn agencyStatus worker { passportHint } } } }";
    let listed = |status: &str| json!({ "it": { "agencyStatus": [status] } });
    let lead = world.sign_in(&NZTECH_LEAD).await;
    let all = lead.data(query, json!({})).await["approvedList"]["nodes"].take();
    assert_eq!(
        all,
        json!([
            { "place": 1, "state": "RELEASED", "listedIn": 1, "agencyStatus": "ACKNOWLEDGED",
              "worker": { "passportHint": "111" } },
            { "place": 2, "state": "RELEASED", "listedIn": 1, "agencyStatus": "ACKNOWLEDGED", "worker": null },
            { "place": 3, "state": "NOT_YET_RELEASED", "listedIn": null, "agencyStatus": "NOT_SENT",
              "worker": { "passportHint": "333" } },
        ])
    );
    let places = |answer: Value| {
        let nodes = answer["approvedList"]["nodes"].as_array().expect("lines").clone();
        nodes.iter().map(|line| line["place"].as_i64().expect("a number")).collect::<Vec<_>>()
    };
    assert_eq!(places(lead.data(query, listed("NOT_SENT")).await), [3]);
    assert_eq!(places(lead.data(query, listed("ACKNOWLEDGED")).await), [1, 2]);
    assert_eq!(places(lead.data(query, listed("SENT")).await), Vec::<i64>::new());
    let officer = world.sign_in(&OFFICER).await;
    let all = officer.data(query, json!({})).await["approvedList"]["nodes"].take();
    let hints: Vec<&str> =
        all.as_array().expect("lines").iter().map(|line| text(&line["worker"]["passportHint"])).collect();
    assert_eq!(hints, ["111", "222"]);
}
