//! Identity providers and first people by the command line, and a demo that takes neither.

use std::path::Path;

use entity::{EventKind, IssuerId, IssuerTenant, PersonId, history_event, identity, issuer, person};
use sea_orm::{ColumnTrait, Database, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};
use serde_json::json;
use uuid::Uuid;

use super::{make_demo, nominations, output, said, url};

/// A production database with the class exception's bodies in it.
fn production(folder: &Path) -> String {
    let url = url(&folder.join("new.db"));
    assert!(output(&["migrate", "--database-url", &url]).status.success());
    url
}

fn admin(url: &str, arguments: &[&str]) -> (Option<i32>, String) {
    let all: Vec<_> = ["admin"].iter().chain(arguments).chain(&["--database-url", url]).copied().collect();
    let output = output(&all);
    (output.status.code(), said(&output))
}

fn add<'a>(slug: &'a str, address: &'a str, whose: &[&'a str]) -> Vec<&'a str> {
    let fixed =
        ["add-issuer", "--slug", slug, "--name", "People", "--url", address, "--client-id", "nominations"];
    fixed.into_iter().chain(whose.iter().copied()).collect()
}

#[test]
fn a_provider_is_added_and_the_first_lead_invited() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = production(folder.path());
    let nztech = add("nztech", "https://login.example.nz/nztech", &["--body", "nztech"]);
    let (code, told) = admin(&url, &nztech);
    assert!(code == Some(1) && told.contains("exception apply"), "there is no body yet: {told}");
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/exceptions/specialist-tech.toml");
    assert!(output(&["exception", "apply", file, "--database-url", &url]).status.success());
    let lead = [
        "invite-lead",
        "--body",
        "nztech",
        "--name",
        "Cara Dunn",
        "--public-url",
        "https://nominations.example.nz",
    ];
    let (code, told) = admin(&url, &lead);
    assert!(code == Some(1) && told.contains("no identity provider"), "nobody could sign in yet: {told}");
    let (code, told) = admin(&url, &nztech);
    assert!(code == Some(0) && told.contains("CLIENT_SECRET_NZTECH"), "{told}");
    for again in [
        nztech.clone(),
        add("nztech-2", "https://login.example.nz/nztech", &["--agency"]),
        add("nztech", "https://login.example.nz/other", &["--agency"]),
    ] {
        let (code, told) = admin(&url, &again);
        assert!(code == Some(1) && told.contains("already"), "{told}");
    }
    let agency = add(
        "inz",
        "https://login.example.nz/inz",
        &["--agency", "--role", "agency-officer", "--audience", "api"],
    );
    assert_eq!(admin(&url, &agency).0, Some(0));
    let public = ["list-issuers", "--public-url", "https://nominations.example.nz"];
    let (code, told) = admin(&url, &public);
    assert_eq!(code, Some(0));
    for line in [
        "nztech (People)",
        "the people of nztech, as ASSESSOR, LEAD, SERVICE",
        "https://nominations.example.nz/sign-in/nztech/callback",
        "the agency and the ministry, as AGENCY_OFFICER",
    ] {
        assert!(told.contains(line), "{line}: {told}");
    }
    let (code, told) = admin(&url, &lead);
    assert!(
        code == Some(0) && told.starts_with("https://nominations.example.nz/sign-in?invitation="),
        "{told}"
    );
    let officer = ["invite-official", "--role", "agency-officer", "--name", "Hana Irwin"];
    let with_url = |arguments: &[&'static str]| [arguments, &public[1..]].concat();
    assert_eq!(admin(&url, &with_url(&officer)).0, Some(0));
    let observer = ["invite-official", "--role", "observer", "--name", "Ian Jones"];
    assert_eq!(
        admin(&url, &with_url(&observer)).0,
        Some(1),
        "the agency's provider speaks for officers alone"
    );
    a_link_leads_somewhere(&url, [&lead[..5], &officer, &["list-issuers"]]);
}

/// A link to nowhere in particular is none.
fn a_link_leads_somewhere(url: &str, all: [&[&str]; 3]) {
    for arguments in all {
        let (code, told) = admin(url, arguments);
        assert!(code == Some(1) && told.contains("Say --public-url (or PUBLIC_URL)"), "{told}");
    }
    let listening = nominations(&["admin", "list-issuers", "--database-url", url])
        .env("LISTEN", "127.0.0.1:9090")
        .output()
        .expect("the binary runs");
    assert!(
        said(&listening).contains("http://127.0.0.1:9090/sign-in/nztech/callback"),
        "{}",
        said(&listening)
    );
}

#[test]
fn serving_says_where_each_secret_is_from_and_shows_none() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = production(folder.path());
    for (slug, whose) in [("inz", "--agency"), ("firms", "--employers"), ("others", "--employers")] {
        let address = format!("https://login.example.nz/{slug}");
        assert_eq!(admin(&url, &add(slug, &address, &[whose])).0, Some(0));
    }
    let secrets = folder.path().join("secrets.toml");
    std::fs::write(&secrets, "inz = \"hush\"\nizn = \"hush\"\n").expect("a file");
    let open = std::os::unix::fs::PermissionsExt::from_mode(0o644);
    std::fs::set_permissions(&secrets, open).expect("permissions");
    // It ends by itself, since somebody else listens there.
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let listen = taken.local_addr().expect("its address").to_string();
    let secrets = secrets.to_str().expect("a path of letters");
    let served =
        nominations(&["serve", "--database-url", &url, "--listen", &listen, "--client-secrets", secrets])
            .env("CLIENT_SECRET_FIRMS", "hush")
            .output()
            .expect("the binary runs");
    let told = said(&served);
    for part in [
        &format!("provider inz: secret from {secrets}\n"),
        "provider firms: secret from the environment\n",
        "provider others: no secret: a public client\n",
        "izn",
        "set its permissions to 600",
    ] {
        assert!(told.contains(part), "{part}: {told}");
    }
    assert!(!told.contains("hush"), "{told}");
}

#[test]
fn what_was_mistaken_of_a_provider_is_changed_until_somebody_is_bound_to_its_address() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = production(folder.path());
    // Nothing listens there.
    let (code, told) = admin(&url, &add("inz", "http://127.0.0.1:1/inz/", &["--agency"]));
    assert_eq!(code, Some(0), "{told}");
    for part in ["the provider does not answer", "http://127.0.0.1:1/inz/.well-known/", "change-issuer"] {
        assert!(told.contains(part), "{told}");
    }
    let change = |more: &[&str]| {
        let all: Vec<_> = ["change-issuer", "--slug", "inz"].iter().chain(more).copied().collect();
        admin(&url, &all)
    };
    assert_eq!(change(&[]).0, Some(2), "nothing is to change");
    for (more, words) in [
        (["--url", "http://login.example.nz"], "https://"),
        (["--audience", "nominations"], "another than"),
        (["--name", " "], "--name"),
    ] {
        let (code, told) = change(&more);
        assert!(code == Some(1) && told.contains(words), "{told}");
    }
    let (code, told) = change(&[
        "--url",
        "http://127.0.0.1:1/inz",
        "--client-id",
        "desk",
        "--audience",
        "api",
        "--name",
        "INZ",
    ]);
    assert!(code == Some(0) && told.contains("from the next request on"), "{told}");
    let listed = || admin(&url, &["list-issuers", "--public-url", "https://nominations.example.nz"]).1;
    for line in ["inz (INZ)", "issuer     http://127.0.0.1:1/inz\n", "client     desk", "audience   api"] {
        assert!(listed().contains(line), "{line}: {}", listed());
    }
    let (code, told) = admin(&url, &["change-issuer", "--slug", "nobody", "--name", "X"]);
    assert!(code == Some(1) && told.contains("no such provider"), "{told}");
    bind_somebody(&url);
    let (code, told) = change(&["--url", "http://127.0.0.1:1/other"]);
    assert!(code == Some(1) && told.contains("somebody else"), "{told}");
    assert_eq!(change(&["--name", "Immigration", "--url", "http://127.0.0.1:1/inz"]).0, Some(0));
    assert!(listed().contains("inz (Immigration)"), "{}", listed());
    // Who said who people are, and since when, is on record; what changed nothing is not.
    assert_eq!(change(&["--name", "Immigration"]).0, Some(0));
    let kept = of_issuers(&url);
    let kept: Vec<_> =
        kept.iter().map(|event| (event.kind, &event.detail["url"], &event.detail["fields"])).collect();
    let (one, other) = (json!("http://127.0.0.1:1/inz/"), json!("http://127.0.0.1:1/inz"));
    let fields = [json!(null), json!(["url", "client", "audience", "name"]), json!(["name"])];
    assert_eq!(
        kept,
        [
            (EventKind::IssuerAdded, &one, &fields[0]),
            (EventKind::IssuerChanged, &other, &fields[1]),
            (EventKind::IssuerChanged, &other, &fields[2]),
        ]
    );
}

#[tokio::main(flavor = "current_thread")]
async fn of_issuers(url: &str) -> Vec<history_event::Model> {
    let conn = Database::connect(url).await.expect("a database");
    let kinds = [EventKind::IssuerAdded, EventKind::IssuerChanged];
    let events = history_event::Entity::find()
        .filter(history_event::Column::Kind.is_in(kinds))
        .order_by_asc(history_event::Column::Id);
    let events = events.all(&conn).await.expect("events");
    conn.close().await.expect("a closed database");
    events
}

#[tokio::main(flavor = "current_thread")]
async fn bind_somebody(url: &str) {
    let conn = Database::connect(url).await.expect("a database");
    let issuer = issuer::Entity::find().one(&conn).await.expect("a query").expect("a provider");
    let id = PersonId(Uuid::from_u128(1));
    let row = person::Model { id, handle: "hana".into(), name: "Hana".into(), email: None };
    person::Entity::insert(row.into_active_model()).exec_without_returning(&conn).await.expect("a row");
    let row = identity::Model {
        issuer_id: issuer.id,
        subject: "hana".into(),
        person_id: id,
        bound_at: issuer.added_at,
    };
    identity::Entity::insert(row.into_active_model()).exec_without_returning(&conn).await.expect("a row");
    conn.close().await.expect("a closed database");
}

#[test]
fn what_cannot_be_a_provider_is_said() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = production(folder.path());
    for (arguments, words) in [
        (add("Inz", "https://login.example.nz", &["--agency"]), "small letters"),
        (add("inz", "http://login.example.nz", &["--agency"]), "https://"),
        (add("inz", "login.example.nz", &["--agency"]), "https://"),
        (add("inz", "https://me:secret@login.example.nz", &["--agency"]), "https://"),
        (add("inz", "https://login.example.nz/?tenant=1", &["--agency"]), "neither ? nor #"),
        (add("inz", "https://login.example.nz", &["--agency", "--role", "lead"]), "can be LEAD"),
        (add("inz", "https://login.example.nz", &["--agency", "--audience", "nominations"]), "another than"),
    ] {
        let (code, told) = admin(&url, &arguments);
        assert!(code == Some(1) && told.contains(words), "{told}");
    }
    for whose in [&[][..], &["--agency", "--employers"]] {
        assert_eq!(admin(&url, &add("inz", "https://login.example.nz", whose)).0, Some(2));
    }
}

#[test]
fn a_demo_takes_no_provider_and_is_not_served_with_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let database = folder.path().join("demo.db");
    assert!(make_demo(&database, "30").status.success());
    let url = url(&database);
    let (code, told) = admin(&url, &add("inz", "https://login.example.nz", &["--agency"]));
    assert!(code == Some(1) && told.contains("demo"), "{told}");
    put_behind_its_back(&url);
    let served = output(&["serve", "--database-url", &url, "--listen", "127.0.0.1:0"]);
    assert_eq!(served.status.code(), Some(1));
    assert!(said(&served).contains("identity provider"), "{}", said(&served));
}

#[tokio::main(flavor = "current_thread")]
async fn put_behind_its_back(url: &str) {
    let conn = Database::connect(url).await.expect("a database");
    let row = issuer::Model {
        id: IssuerId(Uuid::from_u128(1)),
        slug: "inz".to_owned(),
        name: "People".to_owned(),
        url: "https://login.example.nz".to_owned(),
        client_id: "nominations".to_owned(),
        audience: None,
        tenant: IssuerTenant::Agency,
        body_id: None,
        roles: json!(["AGENCY_OFFICER"]),
        added_at: "2022-03-01T00:00:00Z".parse().expect("an instant"),
    };
    issuer::Entity::insert(row.into_active_model()).exec_without_returning(&conn).await.expect("a row");
    conn.close().await.expect("a closed database");
}

#[test]
fn a_frontend_is_added_listed_and_removed() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = production(folder.path());
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/exceptions/specialist-tech.toml");
    assert!(output(&["exception", "apply", file, "--database-url", &url]).status.success());
    let whose = ["--body", "nztech", "--audience", "urn:nominations"];
    assert_eq!(admin(&url, &add("nztech", "https://login.example.nz/nztech", &whose)).0, Some(0));
    let frontend = |origin: &'static str, client: &'static str| {
        ["add-frontend", "--name", "NZTech's desk", "--origin", origin, "--client", client]
    };
    let desk = "https://desk.nztech.example.nz";
    for (arguments, code, words) in [
        (frontend("https://desk.nztech.example.nz/", "nztech=desk"), 1, "not even a slash"),
        (frontend("https://*.nztech.example.nz", "nztech=desk"), 1, "one host"),
        (frontend(desk, "itp=desk"), 1, "no such provider"),
        (frontend(desk, "desk"), 2, "the short name of a provider"),
    ] {
        let (told, text) = admin(&url, &arguments);
        assert!(told == Some(code) && text.contains(words), "{text}");
    }
    let good = [&frontend(desk, "nztech=desk=1")[..], &["--origin", "http://127.0.0.1:5173"]].concat();
    assert_eq!(admin(&url, &good).0, Some(0));
    let (code, told) = admin(&url, &good);
    assert!(code == Some(1) && told.contains("already"), "{told}");
    let (code, told) = admin(&url, &["list-frontends"]);
    assert_eq!(code, Some(0));
    for line in ["NZTech's desk", desk, "http://127.0.0.1:5173", "desk=1 at nztech"] {
        assert!(told.contains(line), "{line}: {told}");
    }
    let removal = ["remove-frontend", "--name", "NZTech's desk"];
    assert_eq!(admin(&url, &removal).0, Some(0));
    let (code, told) = admin(&url, &removal);
    assert!(code == Some(1) && told.contains("no such frontend"), "{told}");
    assert_eq!(admin(&url, &["list-frontends"]), (Some(0), String::new()));
}
