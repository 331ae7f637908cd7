//! A browser: it follows where it is sent, and keeps the cookies of either side apart.

use std::collections::BTreeMap;

use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode};
use reqwest::redirect::Policy;
use serde_json::{Value, json};
use url::Url;

use super::provider::PUBLIC_URL;
use crate::service::support::{Answer, World, post};

/// Somebody's browser.
pub struct Browser {
    world: World,
    /// Who they are at every provider.
    account: String,
    pub cookies: BTreeMap<String, String>,
    theirs: BTreeMap<String, String>,
    web: reqwest::Client,
}

impl Browser {
    pub fn new(world: &World, account: &str) -> Self {
        let web = reqwest::Client::builder().redirect(Policy::none()).build().expect("a client");
        let (cookies, theirs) = (BTreeMap::new(), BTreeMap::new());
        Self { world: world.clone(), account: account.to_owned(), cookies, theirs, web }
    }

    /// Opens an address of the service.
    pub async fn get(&mut self, path: &str) -> Answer {
        let request =
            Request::get(path).header("accept", "text/html").header("cookie", header(&self.cookies));
        let answer = self.world.call(request.body(Body::empty()).expect("a request")).await;
        keep(&mut self.cookies, &answer.headers);
        answer
    }

    /// Where the service sends the browser to sign in.
    pub async fn begin(&mut self, path: &str) -> Url {
        let answer = self.get(path).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.whole());
        Url::parse(answer.header("location")).expect("an address")
    }

    /// Goes through a provider, and tells where that sends the browser back to: the path and what stands behind it.
    pub async fn at_provider(&mut self, url: Url) -> String {
        self.through_provider(url, PUBLIC_URL).await
    }

    /// The same for a page of another origin.
    pub async fn through_provider(&mut self, mut url: Url, home: &str) -> String {
        url.query_pairs_mut().append_pair("login_hint", &self.account);
        for _ in 0..10 {
            if let Some(path) = url.as_str().strip_prefix(home) {
                return path.to_owned();
            }
            let answer = self.web.get(url.clone()).header("cookie", header(&self.theirs)).send().await;
            let answer = answer.expect("an answer");
            keep(&mut self.theirs, answer.headers());
            let location = answer.headers().get("location").map(|to| to.to_str().expect("a text").to_owned());
            let told = answer.status();
            let Some(location) = location else {
                panic!("{told} at the provider: {}", answer.text().await.unwrap_or_default());
            };
            url = url.join(&location).expect("an address");
        }
        panic!("the provider sends the browser around");
    }

    /// All the way, from `path` to the answer of the callback.
    pub async fn sign_in(&mut self, path: &str) -> Answer {
        let url = self.begin(path).await;
        let back = self.at_provider(url).await;
        self.get(&back).await
    }

    /// What the API answers to a page of this browser.
    pub async fn ask(&self, query: &str) -> Answer {
        let request =
            post("/graphql").header("cookie", header(&self.cookies)).header("x-requested-with", "test");
        let body = json!({ "query": query }).to_string();
        self.world.call(request.body(body.into()).expect("a request")).await
    }

    /// Who the API takes this browser's user for.
    pub async fn viewer(&self) -> Value {
        let answer =
            self.ask("{ viewer { role body { slug } person { name email } employers { nzbn } } }").await;
        answer.json()["data"]["viewer"].take()
    }

    /// Signs out.
    pub async fn sign_out(&mut self) -> Answer {
        let request = Request::post("/sign-out")
            .header("cookie", header(&self.cookies))
            .header("x-requested-with", "test");
        let answer = self.world.call(request.body(Body::empty()).expect("a request")).await;
        keep(&mut self.cookies, &answer.headers);
        answer
    }

    /// Whether the browser holds a sign-in.
    pub fn is_signed_in(&self) -> bool {
        self.cookies.contains_key("session")
    }
}

fn header(cookies: &BTreeMap<String, String>) -> String {
    cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
}

fn keep(cookies: &mut BTreeMap<String, String>, headers: &HeaderMap) {
    for set in headers.get_all("set-cookie") {
        let set = set.to_str().expect("a text");
        let (pair, rest) = set.split_once(';').unwrap_or((set, ""));
        let (name, value) = pair.split_once('=').expect("a pair");
        if value.is_empty() || rest.contains("Max-Age=0") || rest.contains("1970") {
            cookies.remove(name);
        } else {
            cookies.insert(name.to_owned(), value.to_owned());
        }
    }
}
