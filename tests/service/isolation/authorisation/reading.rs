//! What each role reads, of whose: everything is asked for, and what is not null is what they may read.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::ground::{Ground, ROLES, Whose, caller};
use crate::service::isolation::probes::{Read, lists, nodes, public, releases, unknown_reference};
use crate::service::isolation::rows::Row;
use crate::service::support::Caller;
use crate::service::support::api::Api;
use crate::service::support::cast::{ITP, KAURI, Member, NZTECH, NZTECH_ASSESSOR, NZTECH_LEAD, RATA};

/// A field of a type.
pub type Field = (String, String);

/// Of every field of every type: what each role reads it of.
pub type Seen = BTreeMap<Field, [BTreeSet<Whose>; ROLES.len()]>;

/// Of nobody in particular, whatever hangs on it or it hangs on.
const OF_ALL: [&str; 9] = [
    "ApprovedRole",
    "Body",
    "ClassException",
    "Criterion",
    "DatedFact",
    "JobTitle",
    "Quota",
    "QuotaPoint",
    "RateLimit",
];
/// Of one body, that stands in it.
const OF_ONE_BODY: [&str; 7] = [
    "ApprovedListLine",
    "Attestation",
    "BodyPlaces",
    "BodyReconciliation",
    "PlaceMovement",
    "ReleaseChange",
    "ReleaseSection",
];

/// A question, and whose it asks for; where several may be in the answer, what stands in it tells.
type Question = (Whose, Read);

pub async fn measure(ground: &mut Ground) -> Seen {
    let api = Api::read();
    let mut seen = nothing(&api);
    for (world, rows) in [(&ground.settled, &ground.rows), (&ground.ended, &ground.ended_rows)] {
        let (lead, assessor) = (world.sign_in(&NZTECH_LEAD).await, world.sign_in(&NZTECH_ASSESSOR).await);
        let ids = nodes((&assessor, &lead), rows).await;
        for (role, asker) in ROLES.into_iter().enumerate() {
            let mut questions = of_rows(&api, rows, asker);
            questions.extend(of_all(&api, &ids));
            let caller = caller(world, asker).await;
            Walk { api: &api, seen: &mut seen, role, asker }.ask_all(&caller, &questions).await;
        }
    }
    for (role, asker) in ROLES.into_iter().enumerate() {
        let drawn = caller(&ground.drawn, asker).await;
        Walk { api: &api, seen: &mut seen, role, asker }.ask_all(&drawn, &of_ballots(&api)).await;
    }
    in_conflict(&api, ground, &mut seen).await;
    for (field, roles) in &seen {
        for whose in [Whose::Absent, Whose::Hidden] {
            let is_asked = field.0 == "Query";
            assert!(
                is_asked || roles.iter().all(|of| !of.contains(&whose)),
                "{field:?} is read of what is {whose:?}"
            );
        }
    }
    seen
}

/// Every field of what can be read, read by nobody yet.
fn nothing(api: &Api) -> Seen {
    let mut seen = Seen::new();
    for of in api.objects().filter(|of| !is_wrapping(of)) {
        for field in api.fields(of) {
            seen.insert((of.to_owned(), field.name.clone()), Default::default());
        }
    }
    seen
}

/// What only stands around what it is about: pages, and what acts answer.
pub fn is_wrapping(of: &str) -> bool {
    let of_acts = ["Mutation", "PageInfo", "Impact", "ImportResult", "RevealedPassport", "UserError"];
    ["Connection", "Edge", "Payload"].iter().any(|end| of.ends_with(end)) || of_acts.contains(&of)
}

async fn in_conflict(api: &Api, ground: &Ground, seen: &mut Seen) {
    for (role, asker) in ROLES.into_iter().enumerate() {
        let is_party =
            |member: &&Member| [NZTECH_ASSESSOR.handle, NZTECH_LEAD.handle].contains(&member.handle);
        let Some(member) = asker.filter(is_party) else { continue };
        let caller = ground.conflicted.sign_in(member).await;
        let own = ground
            .conflicted_rows
            .iter()
            .filter(|row| row.firm.nzbn == KAURI.nzbn && Whose::of(row, asker) == Whose::Own);
        let questions: Vec<Question> =
            own.map(|row| (Whose::Conflict, by_reference(api, &row.reference))).collect();
        Walk { api, seen, role, asker }.ask_all(&caller, &questions).await;
    }
}

fn by_reference(api: &Api, reference: &str) -> Read {
    let selection = api.selection("Application", 2);
    let query = format!(
        "query($it: String!) {{ application(reference: $it) {{ {selection} classException {{ slug }} }} }}"
    );
    Read::new("application", &query, json!({ "it": reference }))
}

/// What hangs on applications.
fn of_rows(api: &Api, rows: &[Row], asker: Option<&Member>) -> Vec<Question> {
    let mut all = vec![(Whose::Absent, by_reference(api, &unknown_reference()))];
    for (whose, row) in Ground::to(rows, asker) {
        all.push((whose, by_reference(api, &row.reference)));
        let of = |kind: &str, depth, id: &String| {
            let selection = api.selection(kind, depth);
            let query = format!(
                "query($it: ID!) {{ node(id: $it) {{ __typename ... on {kind} {{ {selection} }} }} }}"
            );
            (whose, Read::new("node", &query, json!({ "it": id })))
        };
        // An expression of interest is told to its body whether or not something was handed in since.
        let whose = match whose {
            Whose::Hidden => Whose::of_body(row.body.slug, asker),
            whose => whose,
        };
        let interest = api.selection("Interest", 1);
        let interest = format!(
            "query($it: ID!) {{ nodes(ids: [$it]) {{ __typename ... on Interest {{ {interest} classException {{ slug }} }} }} }}"
        );
        all.extend(row.interest.iter().map(|id| (whose, Read::new("nodes", &interest, json!({ "it": id })))));
        all.extend(row.questions.iter().map(|id| of("InformationRequest", 1, id)));
        all.extend(row.events.iter().chain(&row.events_inside).map(|id| of("ApplicationEvent", 1, id)));
        all.extend(Some(&row.discrepancy).filter(|id| !id.is_empty()).map(|id| of("Discrepancy", 2, id)));
    }
    let employer = api.selection("Employer", 2);
    let query = format!("query($it: NZBN!) {{ employer(nzbn: $it) {{ {employer} }} }}");
    for firm in [&KAURI, &RATA] {
        let whose = match asker.map(|member| (member.firm, member.body)) {
            Some((Some(own), _)) if own.nzbn != firm.nzbn => Whose::Anothers,
            Some((None, None)) | None => Whose::Anothers,
            Some(_) => Whose::Own,
        };
        all.push((whose, Read::new("employer", &query, json!({ "it": firm.nzbn }))));
    }
    all
}

/// What is of all, and lists that have what is the viewer's own.
fn of_all(api: &Api, ids: &BTreeMap<&'static str, Vec<String>>) -> Vec<Question> {
    let viewer = format!("{{ viewer {{ {} }} }}", api.selection("Viewer", 2));
    let mut all = vec![
        (Whose::Own, Read::new("viewer", &viewer, json!({}))),
        (Whose::Common, Read::new("classExceptions", "{ classExceptions { id } }", json!({}))),
        (Whose::Common, whole_exception(api)),
    ];
    all.extend(public().into_iter().chain(releases(api)).map(|read| (Whose::Common, read)));
    all.extend(
        [JOB_TITLES, FOUND_TITLES, RELEASES].map(|query| (Whose::Common, Read::new("", query, json!({})))),
    );
    for read in lists(api) {
        let whose = if read.member == "approvedList" { Whose::Common } else { Whose::Own };
        all.push((whose, read));
    }
    for kind in ["ClassException", "ApprovedRole", "Body", "PlaceMovement", "Reconciliation", "Release"] {
        let query = format!(
            "query($it: ID!) {{ node(id: $it) {{ __typename ... on {kind} {{ {} }} }} }}",
            api.selection(kind, 2)
        );
        all.extend(
            ids[kind]
                .iter()
                .take(4)
                .map(|id| (Whose::Common, Read::new("node", &query, json!({ "it": id })))),
        );
    }
    let found = format!(
        "query($it: ID!) {{ node(id: $it) {{ __typename ... on Discrepancy {{ {} }} }} }}",
        api.selection("Discrepancy", 2)
    );
    let found = |id: &String| (Whose::Own, Read::new("node", &found, json!({ "it": id })));
    all.extend(ids["Discrepancy"].iter().map(found));
    for body in [&NZTECH, &ITP] {
        let line = api.selection("ApprovedListLine", 2);
        let query = format!(
            "query($it: [String!]) {{ approvedList(classException: \"specialist-tech\", filter: {{ body: $it }}) {{ totalCount nodes {{ {line} }} }} }}"
        );
        all.push((Whose::Common, Read::new("approvedList", &query, json!({ "it": [body.slug] }))));
    }
    all
}

const JOB_TITLES: &str = "{ classException(slug: \"specialist-tech\") { roles { jobTitles {
    title classification occupationCode occupationTitle } } } }";
const FOUND_TITLES: &str =
    "{ searchJobTitles(classException: \"specialist-tech\", query: \"software engineer\") {
    score role { code } jobTitle { title } } }";
const RELEASES: &str =
    "{ classException(slug: \"specialist-tech\") { latestRelease { historyHead previousNumber
    classException { slug } } } }";

fn whole_exception(api: &Api) -> Read {
    let selection = api.selection("ClassException", 3);
    Read::new(
        "classException",
        &format!("{{ classException(slug: \"specialist-tech\") {{ {selection} }} }}"),
        json!({}),
    )
}

/// A ballot is of all, and published; what was signed off is of those who did.
fn of_ballots(api: &Api) -> Vec<Question> {
    let ballot = api.selection("Ballot", 2);
    let query = format!(
        "{{ classException(slug: \"specialist-tech\") {{ ballots {{ {ballot} classException {{ slug }} }} }} }}"
    );
    let signed = "{ classException(slug: \"specialist-tech\") { reconciliation {
        signOffs { body { slug } by digest at } } } }";
    [query.as_str(), signed]
        .map(|query| (Whose::Common, Read::new("classException", query, json!({}))))
        .into()
}

/// Goes through answers, and notes what was in them.
struct Walk<'w> {
    api: &'w Api,
    seen: &'w mut Seen,
    role: usize,
    asker: Option<&'static Member>,
}

impl Walk<'_> {
    async fn ask_all(&mut self, caller: &Caller, questions: &[Question]) {
        for (whose, read) in questions {
            let answer = caller.ask(&read.document, &read.variables).await.json();
            assert_eq!(answer.get("errors"), None, "{} {}", read.document, read.variables);
            self.note("Query", &answer["data"], *whose);
        }
    }

    fn note(&mut self, of: &str, value: &Value, whose: Whose) {
        let Some(object) = value.as_object() else {
            for one in value.as_array().into_iter().flatten() {
                self.note(of, one, whose);
            }
            return;
        };
        let of = value["__typename"].as_str().unwrap_or(of).to_owned();
        let whose = match (whose, value["body"]["slug"].as_str()) {
            _ if OF_ALL.contains(&of.as_str()) => Whose::Common,
            (Whose::Common, Some(body)) => Whose::of_body(body, self.asker),
            // Whose it is was not asked for: it is elsewhere.
            (Whose::Common, None) if OF_ONE_BODY.contains(&of.as_str()) => return,
            _ => whose,
        };
        for (name, inner) in
            object.iter().filter(|(name, inner)| *name != "__typename" && is_something(inner))
        {
            let field = self.api.fields(&of).iter().find(|field| field.name == *name);
            let field = field.unwrap_or_else(|| panic!("{of} has no {name}"));
            if let Some(roles) = self.seen.get_mut(&(of.clone(), name.clone())) {
                roles[self.role].insert(whose);
            }
            if inner.is_object() || inner.is_array() {
                self.note(&field.of, inner, whose);
            }
        }
    }
}

/// Whether it tells anything: a list of nothing is what those are given as well who may not read it.
fn is_something(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Array(all) => !all.is_empty(),
        Value::Object(object) => {
            object.get("nodes").is_none_or(|nodes| nodes.as_array().is_some_and(|nodes| !nodes.is_empty()))
        }
        _ => true,
    }
}
