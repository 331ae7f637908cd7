//! Signing in to the demo without a password, where that harms nobody.
//!
//! All of it hangs on [`may_offer_demo_sign_in`]: a database that was made as a demo, in SQLite, on an address
//! and a public URL that only this machine reaches, and no identity provider. Where one is missing, the routes are not
//! there.

use std::net::SocketAddr;

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use entity::InstallationKind;
use serde::{Deserialize, Serialize};
use serde_json::json;
use url::{Host, Url};

use super::Service;
use super::session::session_cookie;
use crate::people::{actions, store};
use crate::schema::scalars::DateTime;
use crate::tenancy::SystemScope;
use wire::Refusal;
use wire::body;

/// Bytes that a request to sign in may have.
const BODY_MAX: usize = 4 * 1024;

/// What decides whether the demo's sign-in is offered.
#[derive(Clone, Debug)]
pub struct DemoFacts<'f> {
    /// What the database was made for; none where it does not say.
    pub installation: Option<InstallationKind>,
    /// Whether the database is an SQLite file.
    pub is_sqlite: bool,
    /// Where the service listens.
    pub listen: SocketAddr,
    /// Where it says that it is reached.
    pub public_url: &'f Url,
    /// How many identity providers there are.
    pub issuers: u64,
}

/// Why the demo's sign-in is not offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DemoRefusal {
    /// The database was not made as a demo.
    #[error("this database was not made as a demo, and never becomes one")]
    NotADemo,
    /// The database is PostgreSQL.
    #[error("a demo runs on SQLite only")]
    NotSqlite,
    /// Other machines could reach the service.
    #[error("a demo listens on 127.0.0.1 or [::1] only")]
    ListensBeyondThisMachine,
    /// The public URL is one that other machines reach.
    #[error("the public URL of a demo names this machine only, e.g. http://127.0.0.1:8080")]
    ReachedBeyondThisMachine,
    /// People sign in with a provider.
    #[error("where people sign in with an identity provider, nobody signs in without")]
    HasIssuers,
}

/// Whether anybody may sign in as anybody.
///
/// # Errors
/// The first reason why not.
pub fn may_offer_demo_sign_in(facts: &DemoFacts) -> Result<(), DemoRefusal> {
    match facts.installation {
        Some(InstallationKind::Demo) => {}
        Some(InstallationKind::Production) | None => return Err(DemoRefusal::NotADemo),
    }
    if !facts.is_sqlite {
        return Err(DemoRefusal::NotSqlite);
    }
    if !facts.listen.ip().is_loopback() {
        return Err(DemoRefusal::ListensBeyondThisMachine);
    }
    let is_this_machine = match facts.public_url.host() {
        Some(Host::Domain(domain)) => domain == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    if !is_this_machine {
        return Err(DemoRefusal::ReachedBeyondThisMachine);
    }
    if facts.issuers > 0 { Err(DemoRefusal::HasIssuers) } else { Ok(()) }
}

#[derive(Serialize)]
struct ListedPerson {
    handle: String,
    name: String,
    role: String,
    body: Option<String>,
    employers: Vec<String>,
}

/// `GET /demo/people`: who may sign in.
pub async fn people(State(service): State<Service>) -> Result<Response, Refusal> {
    let people = store::load_demo_people(&service.app.db, &SystemScope::of("demo")).await?;
    let listed: Vec<_> = people
        .into_iter()
        .map(|person| ListedPerson {
            handle: person.handle,
            name: person.name,
            role: person.membership.role.word(),
            body: person.body,
            employers: person.employers,
        })
        .collect();
    Ok(Json(json!({ "people": listed })).into_response())
}

#[derive(Deserialize)]
struct SignIn {
    person: String,
}

/// `POST /demo/sign-in`: a token for whoever is named, and the same as a cookie.
pub async fn sign_in(
    State(service): State<Service>,
    headers: HeaderMap,
    sent: Body,
) -> Result<Response, Refusal> {
    body::check_is_json(&headers)?;
    let sent = body::read(&headers, sent, BODY_MAX).await?;
    let asked: SignIn = serde_json::from_slice(&sent).map_err(|_| {
        Refusal::bad_request("Say who signs in, as {\"person\": \"<handle>\"}; GET /demo/people lists them.")
    })?;
    let people = store::load_demo_people(&service.app.db, &SystemScope::of("demo")).await?;
    let person = people.into_iter().find(|person| person.handle == asked.person).ok_or_else(|| {
        let message = "Nobody has this handle: GET /demo/people lists who may sign in.";
        Refusal::new(StatusCode::NOT_FOUND, "NOT_FOUND", message)
    })?;
    let signed_in = actions::sign_in(&service.app, person.membership.id).await?;
    let cookie = session_cookie(&service.app.public_url, &signed_in.token)?;
    let expires_at = async_graphql::ScalarType::to_value(&DateTime(signed_in.expires_at));
    let answer = Json(json!({ "token": signed_in.token, "expiresAt": expires_at }));
    Ok(([(header::SET_COOKIE, cookie)], answer).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_combinations_and_one_of_them_is_a_demo() {
        const LISTENS: [&str; 5] = ["127.0.0.1:80", "[::1]:80", "0.0.0.0:80", "[::]:80", "192.168.1.2:80"];
        const URLS: [&str; 7] = [
            "http://127.0.0.1:8080",
            "http://localhost",
            "http://[::1]:8080",
            "https://localhost.example.nz",
            "http://192.168.1.2",
            "http://0.0.0.0",
            "https://demo.example.nz",
        ];
        let mut offered = Vec::new();
        let kinds = [None, Some(InstallationKind::Production), Some(InstallationKind::Demo)];
        let made = kinds.into_iter().flat_map(|kind| [(kind, false), (kind, true)]);
        let made = made.flat_map(|(kind, is_sqlite)| [0, 1, 5].map(|issuers| (kind, is_sqlite, issuers)));
        for (installation, is_sqlite, issuers) in made {
            for (listen, url) in LISTENS.into_iter().flat_map(|listen| URLS.map(|url| (listen, url))) {
                let listen = listen.parse().expect("an address");
                let public_url = &Url::parse(url).expect("a URL");
                let facts = DemoFacts { installation, is_sqlite, listen, public_url, issuers };
                if may_offer_demo_sign_in(&facts).is_ok() {
                    assert!(installation == Some(InstallationKind::Demo) && is_sqlite && issuers == 0);
                    offered.push((listen.ip().to_string(), url));
                }
            }
        }
        let urls = ["http://127.0.0.1:8080", "http://localhost", "http://[::1]:8080"];
        let expected: Vec<_> =
            ["127.0.0.1", "::1"].iter().flat_map(|ip| urls.map(|url| ((*ip).to_owned(), url))).collect();
        assert_eq!(offered, expected);
    }

    #[test]
    fn each_refusal_has_its_reason() {
        let public_url = &Url::parse("http://localhost").expect("a URL");
        let remote = &Url::parse("http://example.nz").expect("a URL");
        let listen = "127.0.0.1:80".parse().expect("an address");
        let demo = Some(InstallationKind::Demo);
        let good = DemoFacts { installation: demo, is_sqlite: true, listen, public_url, issuers: 0 };
        let everywhere = "0.0.0.0:80".parse().expect("an address");
        for (facts, refusal) in [
            (DemoFacts { installation: None, ..good.clone() }, DemoRefusal::NotADemo),
            (DemoFacts { is_sqlite: false, ..good.clone() }, DemoRefusal::NotSqlite),
            (DemoFacts { listen: everywhere, ..good.clone() }, DemoRefusal::ListensBeyondThisMachine),
            (DemoFacts { public_url: remote, ..good.clone() }, DemoRefusal::ReachedBeyondThisMachine),
            (DemoFacts { issuers: 1, ..good.clone() }, DemoRefusal::HasIssuers),
        ] {
            assert_eq!(may_offer_demo_sign_in(&facts), Err(refusal));
        }
        assert_eq!(may_offer_demo_sign_in(&good), Ok(()));
    }
}
