//! What each role is answered at each address beside the API.

use std::collections::BTreeSet;

use axum::body::Body;
use axum::http::Request;

use super::ground::{Ground, ROLES, caller};
use crate::service::support::Caller;

/// The addresses of the service, as the program lists them.
const LISTED: &str = include_str!("../../../../src/http.rs");
/// Those of them that have names.
const NAMED: &str = include_str!("../../../../src/http/addresses.rs");

/// What is asked for: the address as it is listed, what is put for its parts, and in which world it is asked.
const ASKED: [(&str, &str, &str); 18] = [
    ("GET", "/", ""),
    ("GET", "/graphql?query=%7B__typename%7D", ""),
    ("POST", "/graphql", ""),
    ("GET", "/releases/{exception}/{number}/{file}", "specialist-tech/1/whole.csv"),
    ("GET", "/releases/{exception}/{number}/{file}", "specialist-tech/1/whole.json"),
    ("GET", "/releases/{exception}/{number}/{file}", "specialist-tech/1/nztech.csv"),
    ("GET", "/releases/{exception}/{number}/{file}", "specialist-tech/1/itp.csv"),
    ("GET", "/releases/{exception}/{number}/{file}", "specialist-tech/2/whole.csv"),
    ("GET", "/sign-in", ""),
    ("GET", "/sign-in/{issuer}", "nobody"),
    ("GET", "/sign-in/{issuer}/callback", "nobody"),
    ("GET", "/ballots/{exception}/{number}/entries.txt", "specialist-tech/1"),
    ("GET", "/ballots/{exception}/{number}/ballot.json", "specialist-tech/1"),
    ("GET", "/ballots/{exception}/{number}/ballot.json", "specialist-tech/2"),
    ("GET", "/livez", ""),
    ("GET", "/readyz", ""),
    ("GET", "/anything-else", ""),
    ("POST", "/sign-out", ""),
];

/// What a demo alone has.
const OF_A_DEMO: [&str; 2] = ["/demo/people", "/demo/sign-in"];

/// A method and an address, and the status that each role is answered.
pub type Answered = Vec<(String, [u16; ROLES.len()])>;

#[test]
fn every_address_is_asked() {
    let listed: BTreeSet<&str> = LISTED.split(".route(").skip(1).filter_map(address_in).collect();
    let mut asked: BTreeSet<&str> =
        ASKED.iter().filter_map(|(_, address, _)| address.split('?').next()).collect();
    asked.remove("/anything-else");
    asked.extend(OF_A_DEMO);
    // Those of a test of `http.rs` itself.
    let own: BTreeSet<&str> =
        listed.iter().copied().filter(|address| !address.starts_with("/panic")).collect();
    assert_eq!(own, asked, "an address is new: ask it here");
}

/// The address that a route begins with: written out, or by the name of a constant.
fn address_in(route: &'static str) -> Option<&'static str> {
    let first = route.trim_start().split(',').next()?;
    match first.strip_prefix('"') {
        Some(written) => written.split('"').next(),
        None => NAMED.split_once(&format!("const {first}: &str = \""))?.1.split('"').next(),
    }
}

pub async fn measure(ground: &Ground) -> Answered {
    let mut all = Answered::new();
    for (method, address, parts) in ASKED {
        let mut statuses = [0; ROLES.len()];
        for (role, asker) in ROLES.into_iter().enumerate() {
            let world = if address.starts_with("/ballots") { &ground.drawn } else { &ground.settled };
            let caller = caller(world, asker).await;
            let request = request(method, &path(address, parts), &caller);
            statuses[role] = world.call(request).await.status.as_u16();
        }
        all.push((format!("{method} {}", path(address, parts)), statuses));
    }
    all
}

/// The address with its parts in it.
fn path(address: &str, parts: &str) -> String {
    parts.split('/').fold(address.to_owned(), |path, part| {
        let Some((before, rest)) = path.split_once('{') else { return path };
        let (_, after) = rest.split_once('}').expect("a part that ends");
        format!("{before}{part}{after}")
    })
}

fn request(method: &str, path: &str, caller: &Caller) -> Request<Body> {
    let mut request = Request::builder().method(method).uri(path).header("content-type", "application/json");
    if let Some(token) = &caller.token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    let body = if path == "/graphql" { r#"{"query":"{ __typename }"}"# } else { "" };
    request.body(Body::from(body)).expect("a request")
}
