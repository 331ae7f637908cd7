//! Nothing of a sign-in is in the log: no token, no code, no verifier, no address of anybody.

use std::io::Write;
use std::sync::{Arc, Mutex};

use entity::{IssuerTenant, StaffRole};
use serde_json::Value;
use tracing::Dispatch;
use tracing::subscriber::NoSubscriber;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;
use url::Url;

use super::browser::Browser;
use super::provider::nztech;
use super::setting::{Added, add_issuer, bind, invite, keep_time};
use crate::service::support::cast::{NZTECH, NZTECH_LEAD, NZTECH_SERVICE};
use crate::service::support::{Kind, World, in_a_world, post};

/// All that was logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("nobody panicked").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'w> MakeWriter<'w> for Log {
    type Writer = Self;

    fn make_writer(&'w self) -> Self {
        self.clone()
    }
}

// One thread, so that all of the test logs to the one subscriber.
#[tokio::test]
async fn nothing_of_a_sign_in_is_logged() {
    tokio::task::spawn_blocking(nztech).await.expect("a provider");
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new("debug,nominations=trace"))
        .with_ansi(false)
        .with_writer(log.clone())
        .finish();
    // Where there is one subscriber, whoever reaches a line first asks it through its own thread, which has none in other
    // tests, and the line stays silent for good. Where there are two, all are asked.
    let _another = Dispatch::new(NoSubscriber::default());
    let _logging = tracing::subscriber::set_default(subscriber);
    in_a_world(Kind::Sqlite, sign_in_every_way).await;
    let log = String::from_utf8(log.0.lock().expect("nobody panicked").clone()).expect("a text");
    // Or nothing was looked at.
    assert!(
        log.contains("a sign-in does not fit") && log.contains("a machine's token is not taken"),
        "{log}"
    );
    let secrets = SECRETS.lock().expect("nobody panicked").clone();
    assert!(secrets.len() > 15, "{secrets:?}");
    for secret in secrets {
        assert!(!log.contains(&secret), "{secret} is in the log:\n{log}");
    }
}

/// What must not be logged; kept by the test as it goes.
static SECRETS: Mutex<Vec<String>> = Mutex::new(Vec::new());

fn keep(secrets: impl IntoIterator<Item = String>) {
    SECRETS.lock().expect("nobody panicked").extend(secrets.into_iter().filter(|secret| secret.len() > 5));
}

async fn sign_in_every_way(world: World) {
    keep_time(&world);
    let tenant = IssuerTenant::Body;
    let issuer = add_issuer(&world, Added { slug: "nztech", url: &nztech().issuer, tenant }).await;
    bind(&world, issuer, "lead-of-nztech", &NZTECH_LEAD).await;
    bind(&world, issuer, "robot", &NZTECH_SERVICE).await;
    let invitation = invite(&world, StaffRole::Assessor, Some(NZTECH.id()), None).await;
    keep([
        "lead-of-nztech".into(),
        "ivy-newcomer@example.nz".into(),
        "Ivy Newcomer".into(),
        invitation.clone(),
    ]);
    keep(["nztech knows".into(), "nztech%20knows".into(), NZTECH_LEAD.email()]);
    for (account, way, spoilt) in [
        ("lead-of-nztech", "/sign-in/nztech".to_owned(), false),
        ("ivy-newcomer", format!("/sign-in/nztech?invitation={invitation}"), false),
        ("lead-of-nztech", "/sign-in/nztech".to_owned(), true),
        ("somebody-else", format!("/sign-in/nztech?invitation={invitation}"), false),
    ] {
        let mut browser = Browser::new(&world, account);
        let url = browser.begin(&way).await;
        keep_attempt(&world, &browser, &url);
        let back = browser.at_provider(url).await;
        let code = back.split(['=', '&']).nth(1).expect("a code").to_owned();
        keep([code]);
        let back = if spoilt { back.replace("state=", "state=x") } else { back };
        browser.get(&back).await;
        keep(browser.cookies.values().cloned());
        browser.viewer().await;
    }
    for client in ["robot", "stranger"] {
        let token = nztech().access_token(client).await;
        let request = post("/graphql").header("authorization", format!("Bearer {token}"));
        world.call(request.body("{\"query\":\"{ viewer { role } }\"}".into()).expect("a request")).await;
        keep(token.split('.').map(str::to_owned).chain([token.clone()]));
    }
}

fn keep_attempt(world: &World, browser: &Browser, url: &Url) {
    let sealed = &browser.cookies["sign-in"];
    let attempt = world.app.keys.attempt_open(sealed).expect("our own");
    let attempt: Value = serde_json::from_slice(&attempt).expect("JSON");
    let texts =
        ["state", "nonce", "verifier"].map(|field| attempt[field].as_str().expect("a text").to_owned());
    keep(texts.into_iter().chain([sealed.clone(), url.to_string()]));
}
