//! The service on the wire: routes, and what surrounds every request.
//!
//! Who asks is found out here and nowhere else; from here on there is only a `Viewer`. Bodies, variables and
//! tokens are never logged.

mod accept;
mod access;
mod addresses;
mod ballots;
mod cookies;
mod credentials;
mod demo;
mod face;
mod graphql;
mod origins;
mod refusals;
mod releases;
mod request;
mod rooms;
mod session;
mod sign_in;
mod source;

use std::sync::Arc;

use axum::Router;
use axum::http::StatusCode;
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use wire::Refusal;
use wire::refusal::METHOD_NOT_ALLOWED;

pub use accept::Connections;
pub use demo::{DemoFacts, DemoRefusal, may_offer_demo_sign_in};
pub use face::{Face, Modes, documents_in};
pub use source::Peers;

use crate::app::App;
use crate::{live, schema};
use accept::Entrance;
use addresses::{BALLOT, ENTRIES, GRAPHQL, RELEASE, nothing_here};
use graphql::Desk;
use rooms::Rooms;

/// What handlers are given.
#[derive(Clone)]
struct Service {
    app: Arc<App>,
    desk: Arc<Desk>,
    /// Says true when the service ends.
    ending: Arc<watch::Sender<bool>>,
    /// Room for those who listen.
    rooms: Arc<Rooms>,
}

impl Service {
    fn new(app: Arc<App>, face: Face) -> Self {
        let rooms = Arc::new(Rooms::new(&face, app.metrics.clone()));
        let schema = schema::build(&face.limits);
        let desk = Arc::new(Desk::new(Arc::clone(&app), schema, face));
        Self { app, desk, ending: Arc::new(watch::Sender::new(false)), rooms }
    }

    /// Done when the service ends.
    fn ended(&self) -> impl Future<Output = ()> + Send + use<> {
        let mut ending = self.ending.subscribe();
        async move { drop(ending.wait_for(|ends| *ends).await) }
    }
}

/// All routes of the service. Those of the demo are there only where `app.demo` says so.
pub fn router(app: Arc<App>, face: Face) -> Router {
    routes(Service::new(app, face))
}

fn routes(service: Service) -> Router {
    let app = Arc::clone(&service.app);
    let mut routes = Router::new()
        .route("/", get(front_page))
        .route(GRAPHQL, get(graphql::get).post(graphql::post))
        .route(RELEASE, get(releases::file))
        .route("/sign-in", get(sign_in::choose))
        .route("/sign-in/{issuer}", get(sign_in::begin))
        .route("/sign-in/{issuer}/callback", get(sign_in::come_back))
        .route("/sign-out", post(session::sign_out))
        .route(ENTRIES, get(ballots::entries))
        .route(BALLOT, get(ballots::document))
        .route("/livez", get(|| async { "alive\n" }))
        .route("/readyz", get(ready));
    if app.demo {
        routes = routes.route("/demo/people", get(demo::people)).route("/demo/sign-in", post(demo::sign_in));
    }
    surrounded(routes, app).with_state(service)
}

/// What surrounds every request, innermost first.
fn surrounded<S: Clone + Send + Sync + 'static>(routes: Router<S>, app: Arc<App>) -> Router<S> {
    routes
        .fallback(|| async { nothing_here() })
        .method_not_allowed_fallback(|| async {
            let message = "This address takes another method: see the Allow header.";
            Refusal::new(StatusCode::METHOD_NOT_ALLOWED, METHOD_NOT_ALLOWED, message)
        })
        .layer(CatchPanicLayer::custom(|_| refusals::panicked().into_response()))
        .layer(from_fn_with_state(Arc::clone(&app), origins::share))
        .layer(from_fn_with_state(app, request::accompany))
        .layer(CompressionLayer::new())
}

/// Serves until `shutdown` is done, then lets the requests that are under way finish in time, and tells those who listen that it
/// ends.
pub async fn serve(
    app: Arc<App>,
    listener: TcpListener,
    face: Face,
    shutdown: impl Future<Output = ()> + Send + 'static,
) {
    let entrance = Entrance { peers: face.peers, bounds: face.connections, metrics: app.metrics.clone() };
    let service = Service::new(Arc::clone(&app), face);
    let ending = Arc::clone(&service.ending);
    let rooms = Arc::clone(&service.rooms);
    let live = tokio::spawn(live::attend(app, ending.subscribe()));
    let told = async move {
        shutdown.await;
        ending.send_replace(true);
    };
    accept::accept(listener, routes(service), entrance, told).await;
    // Sockets are nobody's requests any more: those that are open say that they close.
    rooms.emptied().await;
    drop(live.await);
}

async fn ready(service: axum::extract::State<Service>) -> Response {
    let refused = |message: &'static str| {
        Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "NOT_READY", message).into_response()
    };
    match service.app.db.pending_migrations().await {
        Ok(0) => "ready\n".into_response(),
        Ok(_) => refused("The database has an older schema than this program."),
        Err(fault) => {
            tracing::warn!(error = %fault, "the database does not answer");
            refused("The database does not answer.")
        }
    }
}

async fn front_page(service: axum::extract::State<Service>) -> String {
    let mut page = String::from(
        "Industry nominations for New Zealand class exceptions\n\n\
         POST /graphql    the API\n\
         GET  /releases/… a release as a file, at the addresses that the API tells\n\
         GET  /sign-in    whom one can sign in with\n\
         POST /sign-out   ends the session of the token or cookie that is sent\n\
         GET  /ballots/{class exception}/{number}/entries.txt and .../ballot.json\n\
         \x20                what it takes to run a ballot again\n\
         GET  /livez      whether the process runs\n\
         GET  /readyz     whether it can answer\n",
    );
    if service.app.demo {
        page.push_str(
            "\nThis is a demo: all people, employers and applications in it are invented.\n\n\
             GET  /demo/people    who may sign in\n\
             POST /demo/sign-in   {\"person\": \"<handle>\"} answers a token, and sets a cookie\n",
        );
    }
    page
}

#[cfg(test)]
mod tests {
    use axum::body::{Body, to_bytes};
    use axum::http::Request;
    use tower::ServiceExt;

    use super::*;
    use crate::clock::Clock;
    use crate::db::{Db, DbSettings};
    use crate::keys::Keys;
    use crate::providers::Providers;
    use crate::random::Random;
    use crate::schema::errors::{INTERNAL, INTERNAL_MESSAGE};

    async fn panics() -> &'static str {
        panic!("secret text")
    }

    #[tokio::test]
    async fn a_panic_is_answered_and_its_text_is_not_told() {
        let random = Random::from_seed(1);
        let settings = DbSettings::new("sqlite::memory:");
        let db = Db::connect(settings, Clock::system(), random.clone()).await.expect("a database");
        let public_url = "http://127.0.0.1:8080".parse().expect("a URL");
        let app =
            App::assemble(db, Keys::from_bytes([7; 32]), Providers::default(), random, public_url, false);
        let router = surrounded(Router::new().route("/", get(panics)), app);
        let answer = router.oneshot(Request::get("/").body(Body::empty()).expect("a request")).await;
        let answer = answer.expect("an answer");
        assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
        let body = to_bytes(answer.into_body(), 10_000).await.expect("a body");
        let body: serde_json::Value = serde_json::from_slice(&body).expect("JSON");
        assert_eq!(body["errors"][0]["extensions"]["code"], INTERNAL);
        assert_eq!(body["errors"][0]["message"], INTERNAL_MESSAGE);
    }
}
