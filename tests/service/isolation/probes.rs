//! Every route of the schema to rows that are not the caller's: a table for its reads, one for its types.

use std::collections::BTreeMap;

use entity::{BodyId, EvidenceId, ExceptionId, InterestId, MovementId, PersonId};
use nominations::schema::{Global, GlobalId};
use nominations::values::nzbn::Nzbn;
use nominations::values::reference::{Prefix, Reference};
use serde_json::{Value, json};
use uuid::Uuid;

use super::rows::{Row, list, text};
use crate::service::support::acts::{Target, act};
use crate::service::support::api::Api;
use crate::service::support::cast::{EVERYBODY, ITP, KAURI, NZTECH, RATA};
use crate::service::support::{Caller, World};

/// A question, and the field of the root that it asks.
#[derive(Clone, Debug)]
pub struct Read {
    pub member: &'static str,
    pub document: String,
    pub variables: Value,
}

impl Read {
    pub fn new(member: &'static str, document: &str, variables: Value) -> Self {
        Self { member, document: document.to_owned(), variables }
    }
}

/// Everything that can be asked, of everything that is there. All of it is asked by everybody.
pub fn reads(api: &Api, rows: &[Row], nodes: &BTreeMap<&'static str, Vec<String>>) -> Vec<Read> {
    let mut all = vec![
        Read::new("viewer", &format!("{{ viewer {{ {} }} }}", api.selection("Viewer", 2)), json!({})),
        Read::new("classExceptions", "{ classExceptions { id quota { waiting blocked } } }", json!({})),
    ];
    all.extend(public());
    let application = api.selection("Application", 1);
    let by_reference = format!("query($it: String!) {{ application(reference: $it) {{ {application} }} }}");
    all.extend(
        rows.iter().map(|row| Read::new("application", &by_reference, json!({ "it": row.reference }))),
    );
    let employer = api.selection("Employer", 2);
    let by_number = format!("query($it: NZBN!) {{ employer(nzbn: $it) {{ {employer} }} }}");
    all.extend([&KAURI, &RATA].map(|firm| Read::new("employer", &by_number, json!({ "it": firm.nzbn }))));
    for (kind, ids) in nodes {
        let (depth, at_once) = match *kind {
            "Application" | "Employer" => (2, 1),
            "ApplicationEvent" => (1, 20),
            "Release" => (1, 1),
            _ => (2, 20),
        };
        let selection = api.selection(kind, depth);
        let query = format!("query($it: [ID!]!) {{ nodes(ids: $it) {{ ... on {kind} {{ {selection} }} }} }}");
        all.extend(ids.chunks(at_once).map(|ids| Read::new("nodes", &query, json!({ "it": ids }))));
        let query = "query($it: ID!) { node(id: $it) { id __typename } }";
        all.extend(ids.iter().take(3).map(|id| Read::new("node", query, json!({ "it": id }))));
    }
    all.extend(lists(api));
    all.extend(releases(api));
    all
}

/// Releases, with all that hangs on them.
pub fn releases(api: &Api) -> Vec<Read> {
    let line = api.selection("ApprovedListLine", 1);
    let head = "id number status lineCount digest preparedAt publishedAt abandonReason csvUrl jsonUrl
        sections { body { slug } lineCount digest } attestations { body { slug } by at digest }
        heldBack { reference reason } changes(first: 5) { totalCount nodes { kind reference fields reason } }";
    let by_number = format!(
        "query($it: Int!) {{ release(classException: \"specialist-tech\", number: $it) {{ {head}
            lines(first: 10) {{ totalCount nodes {{ {line} }} pageInfo {{ endCursor }} }} }} }}"
    );
    let all = format!(
        "{{ classException(slug: \"specialist-tech\") {{ latestRelease {{ {head} }}
            releases(first: 5) {{ totalCount nodes {{ {head} }} pageInfo {{ endCursor }} }} }} }}"
    );
    let by_document = format!(
        "query($it: String!) {{ matchLine(classException: \"specialist-tech\", passportIssuingState: \"IND\",
            passportNumber: $it, dateOfBirth: \"1990-06-01\") {{ {line} }} }}"
    );
    let mut reads = vec![Read::new("classException", &all, json!({}))];
    let documents = ["Z0000001", "N0000001", "N0000002", "N9999999"];
    reads.extend(documents.map(|number| Read::new("matchLine", &by_document, json!({ "it": number }))));
    reads.extend((0..3).map(|number| Read::new("release", &by_number, json!({ "it": number }))));
    reads
}

pub fn public() -> [Read; 6] {
    let pay = json!({ "amount": "130000", "currency": "NZD", "period": "YEAR", "hoursPerWeek": "40" });
    let job = json!({ "classException": "specialist-tech", "jobTitle": "Developer", "remuneration": pay });
    [
        Read::new("rateLimit", "{ rateLimit { cost limit remaining resetAt } }", json!({})),
        Read::new(
            "checkEligibility",
            "query($it: CheckEligibilityInput!) { checkEligibility(input: $it) { outcome } }",
            json!({ "it": job }),
        ),
        Read::new(
            "searchJobTitles",
            r#"{ searchJobTitles(classException: "specialist-tech", query: "canaryq") { score jobTitle { title } } }"#,
            json!({}),
        ),
        Read::new(
            "classException",
            r#"{ classException(slug: "specialist-tech") { quota { reserved waiting blocked
                byBody { body { slug } reserved listed consumed returning waiting blocked }
                history { date reserved }
                movements(first: 20) { totalCount nodes { id place from to kind at reference reason actor body { slug } }
                    pageInfo { startCursor endCursor } } } } }"#,
            json!({}),
        ),
        Read::new(
            "classException",
            r#"{ classException(slug: "specialist-tech") { reconciliation { id open { kind count } }
                reconciliations(first: 5) { totalCount nodes { id number ranAt balanced checked matched digest
                    byBody { body { slug } caseload ledger released agency } signOffs { body { slug } by digest } }
                    pageInfo { endCursor } } } }"#,
            json!({}),
        ),
        Read::new(
            "classException",
            r#"{ classException(slug: "specialist-tech") { bodies { slug caseload(classException: "specialist-tech") {
                byStatus { status count } overdue unassigned medianDaysToDecision
                byAssessor { assessor { id name email } open decided }
                history { date submitted confirmed declined } } } } }"#,
            json!({}),
        ),
    ]
}

/// The lists, with every filter and order.
pub fn lists(api: &Api) -> Vec<Read> {
    let row = api.selection("Application", 0);
    let caseload = format!(
        "query($filter: ApplicationFilter, $orderBy: ApplicationOrder) {{
            applications(filter: $filter, orderBy: $orderBy, first: 20) {{ totalCount
                nodes {{ {row} worker {{ familyName }} }} pageInfo {{ endCursor }} }} }}"
    );
    let line = api.selection("ApprovedListLine", 1);
    let approved = format!(
        "query($filter: ApprovedListFilter) {{ approvedList(classException: \"specialist-tech\", filter: $filter) {{
            totalCount nodes {{ {line} }} pageInfo {{ endCursor }} }} }}"
    );
    let mut all: Vec<Read> = filters()
        .into_iter()
        .map(|filter| Read::new("applications", &caseload, json!({ "filter": filter })))
        .collect();
    for field in ["CREATED_AT", "SUBMITTED_AT", "DUE_AT", "SALARY"] {
        let order = json!({ "orderBy": { "field": field, "direction": "ASC" } });
        all.push(Read::new("applications", &caseload, order));
    }
    for filter in [
        json!({}),
        json!({ "body": ["nztech"] }),
        json!({ "body": ["itp"] }),
        json!({ "role": ["2613"] }),
        json!({ "agencyStatus": ["NOT_SENT"] }),
        json!({ "listed": true }),
        json!({ "listed": false }),
        json!({ "search": "kauri" }),
        json!({ "search": "canaryq" }),
        json!({ "search": "nzt" }),
        json!({ "search": "%" }),
    ] {
        all.push(Read::new("approvedList", &approved, json!({ "filter": filter })));
    }
    let interest = api.selection("Interest", 1);
    let interests = format!(
        "query($it: String) {{ interests(classException: $it, first: 20) {{ totalCount nodes {{ {interest} }}
            pageInfo {{ endCursor }} }} }}"
    );
    for variables in [json!({}), json!({ "it": "specialist-tech" })] {
        all.push(Read::new("interests", &interests, variables));
    }
    for (member, of) in
        [("members", "Member"), ("invitations", "Invitation"), ("employerClaims", "EmployerClaim")]
    {
        let row = api.selection(of, 1);
        let query =
            format!("{{ {member}(first: 20) {{ totalCount nodes {{ {row} }} pageInfo {{ endCursor }} }} }}");
        all.push(Read::new(member, &query, json!({})));
    }
    let found = api.selection("Discrepancy", 1);
    let discrepancies = format!(
        "query($filter: DiscrepancyFilter) {{ discrepancies(classException: \"specialist-tech\", filter: $filter, first: 20) {{
            totalCount nodes {{ {found} }} pageInfo {{ endCursor }} }} }}"
    );
    for filter in [json!({}), json!({ "kind": ["SAME_WORKER"], "status": ["OPEN"] })] {
        all.push(Read::new("discrepancies", &discrepancies, json!({ "filter": filter })));
    }
    all
}

const FLAGS: [&str; 9] = [
    "OVERDUE",
    "POSSIBLE_DUPLICATE",
    "ON_HOLD",
    "PRIORITY",
    "CONFLICT_DECLARED",
    "EVIDENCE_MISSING",
    "EVIDENCE_EXPIRED",
    "QUESTION_EXPIRED",
    "WORKER_NOT_TOLD",
];

fn filters() -> Vec<Value> {
    let mut all = vec![
        json!({}),
        json!({ "role": ["2613"] }),
        json!({ "unassigned": true }),
        json!({ "unassigned": false }),
        json!({ "submittedFrom": "2022-01-01T00:00:00Z", "submittedTo": "2023-01-01T00:00:00Z" }),
        json!({ "dueBefore": "2023-01-01T00:00:00Z" }),
    ];
    for words in ["canaryq", "keaq", "pipitq", "kauri", "rata games", "nzt", "itp", "%"] {
        all.push(json!({ "search": words }));
    }
    for flag in FLAGS {
        all.push(json!({ "flags": [flag] }));
    }
    for status in ["DRAFT", "SUBMITTED", "IN_ASSESSMENT", "RECOMMENDED", "CONFIRMED", "NOMINATED"] {
        all.push(json!({ "status": [status] }));
    }
    all.extend([&KAURI, &RATA].map(|firm| json!({ "employer": firm.nzbn })));
    let assessors = EVERYBODY.into_iter().filter(|member| member.handle.ends_with("assessor"));
    all.extend(assessors.map(|member| json!({ "assessor": GlobalId::of(&member.person()) })));
    all
}

/// The discrepancies of a body, by its lead.
async fn found_by(lead: &Caller) -> Vec<String> {
    let query = r#"{ discrepancies(classException: "specialist-tech") { nodes { id } } }"#;
    let found = lead.data(query, json!({})).await;
    list(&found["discrepancies"]["nodes"]).iter().map(|one| text(&one["id"])).collect()
}

/// A run of a body's lead.
async fn run_by(lead: &Caller) -> String {
    let run = act(lead, "reconcile", &json!({ "classException": "specialist-tech" })).await;
    text(&run["reconciliation"]["id"])
}

/// An id of everything that is there, by its type. Every type that `node` answers has to be here.
pub async fn nodes((staff, lead): (&Caller, &Caller), rows: &[Row]) -> BTreeMap<&'static str, Vec<String>> {
    let query = r#"{ classException(slug: "specialist-tech") { id roles { id } releases { nodes { id } }
        quota { movements(first: 20) { nodes { id } } } } }"#;
    let public = &staff.data(query, json!({})).await["classException"];
    let ids = |found: &Value| list(found).iter().map(|one| text(&one["id"])).collect::<Vec<_>>();
    let of_rows = |ids: fn(&Row) -> Vec<String>| {
        let mut all: Vec<String> = rows.iter().flat_map(ids).collect();
        all.sort_unstable();
        all.dedup();
        all
    };
    BTreeMap::from([
        ("Application", of_rows(|row| vec![row.id.clone()])),
        ("Evidence", of_rows(|row| row.evidence.clone())),
        ("InformationRequest", of_rows(|row| row.questions.clone())),
        ("ApplicationEvent", of_rows(|row| [row.events.as_slice(), &row.events_inside].concat())),
        // Public: `ballots` looks for what must not be read of one.
        ("Ballot", Vec::new()),
        ("Interest", of_rows(|row| row.interest.clone().into_iter().collect())),
        ("Discrepancy", found_by(lead).await),
        ("Reconciliation", vec![run_by(lead).await]),
        ("Employer", [&KAURI, &RATA].map(|firm| global(&firm.id())).to_vec()),
        ("Person", EVERYBODY.map(|member| global(&member.person())).to_vec()),
        ("Body", [&NZTECH, &ITP].map(|body| global(&body.id())).to_vec()),
        ("ClassException", vec![text(&public["id"])]),
        ("Release", ids(&public["releases"]["nodes"])),
        ("ApprovedRole", ids(&public["roles"])),
        ("PlaceMovement", ids(&public["quota"]["movements"]["nodes"])),
    ])
}

/// An id of the same type of which there is nothing.
pub fn unknown_id(kind: &str) -> String {
    let nobody = Uuid::from_u128(0x017f_0000_0000_7000_8000_0000_0000_0009);
    match kind {
        "Application" => global(&entity::ApplicationId(nobody)),
        "Evidence" => global(&EvidenceId(nobody)),
        "ApplicationEvent" => global(&entity::EventId(nobody)),
        "InformationRequest" => global(&entity::InformationRequestId(nobody)),
        "Amendment" => global(&entity::AmendmentId(nobody)),
        "Discrepancy" => global(&entity::DiscrepancyId(nobody)),
        "Reconciliation" => global(&entity::ReconciliationId(nobody)),
        "Interest" => global(&InterestId(nobody)),
        "Release" => global(&entity::ReleaseId(nobody)),
        "Ballot" => global(&entity::BallotId(nobody)),
        "Employer" => global(&entity::EmployerId(nobody)),
        "Person" => global(&PersonId(nobody)),
        "Body" => global(&BodyId(nobody)),
        "ClassException" => global(&ExceptionId(nobody)),
        "PlaceMovement" => global(&MovementId(nobody)),
        _ => panic!("{kind} is new: say here what an unknown id of it is"),
    }
}

/// A reference that was never given, an NZBN that no employer has, and whatever else names nothing.
pub fn unknown(like: &Target) -> Target {
    Target {
        nzbn: unknown_nzbn(),
        application: unknown_id("Application"),
        reference: unknown_reference(),
        evidence: unknown_id("Evidence"),
        person: unknown_id("Person"),
        question: unknown_id("InformationRequest"),
        amendment: unknown_id("Amendment"),
        discrepancy: unknown_id("Discrepancy"),
        reconciliation: unknown_id("Reconciliation"),
        interest: unknown_id("Interest"),
        release: unknown_id("Release"),
        ballot: unknown_id("Ballot"),
        ..like.clone()
    }
}

pub fn unknown_reference() -> String {
    Reference::make(Prefix::parse(NZTECH.prefix).expect("a prefix"), [31, 30, 29, 28, 27]).to_string()
}

pub fn unknown_nzbn() -> String {
    let all = (0..100).map(|tail| format!("94299000999{tail:02}"));
    all.into_iter().find(|typed| Nzbn::parse(typed).is_ok()).expect("an NZBN")
}

/// Somebody of the cast by their handle, or anybody.
pub async fn viewers(world: &World) -> Vec<(&'static str, Caller)> {
    let mut all = vec![("public", world.anybody())];
    for member in EVERYBODY {
        all.push((member.handle, world.sign_in(member).await));
    }
    all
}

fn global<T: Global>(id: &T) -> String {
    GlobalId::of(id).to_string()
}
