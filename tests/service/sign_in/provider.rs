//! Real providers: npm's oidc-provider, a process each, on loopback. They are started when they are first needed and end
//! with the tests.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

use serde_json::{Value, json};

use super::pages::pages;

/// Where the service of a test says that it is reached.
pub const PUBLIC_URL: &str = "http://127.0.0.1:8080";
/// The API, as the providers call it.
pub const AUDIENCE: &str = "urn:nominations";

/// A provider that runs.
pub struct Provider {
    pub issuer: String,
    /// It ends when its standard input does.
    _process: Child,
}

/// NZTech's own, where our client has a secret.
pub fn nztech() -> &'static Provider {
    static STARTED: OnceLock<Provider> = OnceLock::new();
    STARTED.get_or_init(|| Provider::start("nztech", Some("nztech knows: 100% of/it")))
}

/// ITP's own, where our client is a public one.
pub fn itp() -> &'static Provider {
    static STARTED: OnceLock<Provider> = OnceLock::new();
    STARTED.get_or_init(|| Provider::start("itp", None))
}

/// The secrets of our clients there.
pub fn secrets() -> impl Iterator<Item = (String, String)> {
    [("CLIENT_SECRET_NZTECH", "nztech knows: 100% of/it")]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
}

impl Provider {
    /// Starts one for the issuer with this short name.
    pub fn start(slug: &str, secret: Option<&str>) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/providers");
        assert!(
            folder.join("node_modules/oidc-provider").exists(),
            "the tests' providers are not installed: run `npm ci --prefix tests/providers`, or `make test`"
        );
        let callback = format!("{PUBLIC_URL}/sign-in/{slug}/callback");
        let page = &pages().origin;
        let wanted = json!({ "callback": callback, "secret": secret, "audience": AUDIENCE, "page": page });
        let mut process = Command::new("node")
            .arg("provider.mjs")
            .arg(wanted.to_string())
            .current_dir(&folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the tests of sign-in need Node.js 20 or newer, as `node`");
        let mut line = String::new();
        let out = process.stdout.take().expect("its output");
        BufReader::new(out).read_line(&mut line).expect("its first line");
        let said: Value = serde_json::from_str(&line)
            .expect("a provider that says where it is: try `node tests/providers/provider.mjs '{}'`");
        Self { issuer: said["issuer"].as_str().expect("an address").to_owned(), _process: process }
    }

    /// An access token for a machine, by its credentials.
    pub async fn access_token(&self, client: &str) -> String {
        let credentials = base64::Engine::encode(
            &base64::engine::general_purpose::STANDARD,
            format!("{client}:a machine has a secret of its own"),
        );
        let answer = reqwest::Client::new()
            .post(format!("{}/token", self.issuer))
            .header("authorization", format!("Basic {credentials}"))
            .header("content-type", "application/x-www-form-urlencoded")
            .body("grant_type=client_credentials")
            .send()
            .await
            .expect("an answer");
        let answer: Value = serde_json::from_str(&answer.text().await.expect("a text")).expect("JSON");
        answer["access_token"].as_str().unwrap_or_else(|| panic!("a token: {answer}")).to_owned()
    }

    /// Signs with a new key from now on; `drop` publishes no other.
    pub async fn rotate(&self, drop: bool) {
        let drop = if drop { "?drop" } else { "" };
        let url = format!("{}/test/rotate{drop}", self.issuer);
        assert!(reqwest::Client::new().post(url).send().await.expect("an answer").status().is_success());
    }
}
