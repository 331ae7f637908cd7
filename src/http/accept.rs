//! Connections: how many are open, how long one may say nothing, and how they end.
//!
//! What is under way at the end is waited for, but not for ever: whoever does not read would hold the end up.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{ConnectInfo, Request};
use axum::http::Response;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};
use tokio_io_timeout::TimeoutStream;
use tower::ServiceExt;

use super::Peers;
use crate::values::network::Network;
use crate::watch::Metrics;
use wire::shares::Shares;

/// How long the loop rests when the operating system has no more connections to give.
const REST: Duration = Duration::from_secs(1);

/// How long nothing more is said of addresses that have their share.
const SILENCE: Duration = Duration::from_mins(1);

/// The bounds of connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Connections {
    /// Open at once; others wait to be accepted.
    pub open: usize,
    /// Open at once from one address, where those who connect are clients and no proxy; more are closed as they come.
    pub of_one: usize,
    /// How long the head of a request may take from the first moment that it is waited for: so long may a connection also rest
    /// between two requests.
    pub head_time: Duration,
    /// How long a client may take in nothing of what is said to it.
    pub write_time: Duration,
    /// How long what is under way may still take after the end was told.
    pub end_time: Duration,
}

impl Default for Connections {
    fn default() -> Self {
        Self {
            open: 4_000,
            of_one: 200,
            head_time: Duration::from_secs(20),
            write_time: Duration::from_secs(20),
            end_time: Duration::from_secs(20),
        }
    }
}

/// How connections are taken.
#[derive(Clone, Debug)]
pub(super) struct Entrance {
    pub peers: Peers,
    pub bounds: Connections,
    pub metrics: Metrics,
}

/// Accepts connections until `end` is done, then lets what is under way finish in time, and cuts the rest. Sockets are not
/// waited for: after their upgrade they are nobody's requests.
pub(super) async fn accept(
    listener: TcpListener,
    routes: Router,
    entrance: Entrance,
    end: impl Future<Output = ()>,
) {
    let Entrance { peers, bounds, metrics } = entrance;
    let of_one = if peers == Peers::Clients { bounds.of_one } else { bounds.open };
    let shares: Arc<Shares<Network>> = Arc::new(Shares::new(bounds.open, of_one));
    let ending = watch::Sender::new(false);
    let (mut open, mut said) = (JoinSet::new(), None::<Instant>);
    tokio::pin!(end);
    loop {
        // What waits here waits in the queue of the operating system, which is bounded as well.
        let accepted = async {
            shares.room().await;
            listener.accept().await
        };
        let accepted = tokio::select! {
            () = &mut end => break,
            Some(_) = open.join_next() => continue,
            accepted = accepted => accepted,
        };
        match accepted {
            Ok((stream, peer)) => {
                let Some(share) = shares.take(peer.ip().into()) else {
                    metrics.connection_refused();
                    if said.is_none_or(|said| said.elapsed() > SILENCE) {
                        said = Some(Instant::now());
                        tracing::warn!(
                            of_one = bounds.of_one,
                            "an address has its share of connections: more are closed"
                        );
                    }
                    continue;
                };
                let served = serve((stream, peer), routes.clone(), bounds, ending.subscribe());
                let counted = metrics.connection();
                open.spawn(async move {
                    served.await;
                    drop((share, counted));
                });
            }
            // Whoever came is gone again.
            Err(why) if is_of_the_connection(&why) => {}
            Err(why) => {
                tracing::warn!(error = %why, "a connection was not accepted");
                sleep(REST).await;
            }
        }
    }
    drop(listener);
    ending.send_replace(true);
    let all_ended = async { while open.join_next().await.is_some() {} };
    if timeout(bounds.end_time, all_ended).await.is_err() {
        tracing::warn!(connections = open.len(), "what was not finished in time is cut");
    }
    open.shutdown().await;
}

fn is_of_the_connection(why: &std::io::Error) -> bool {
    use std::io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(why.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

/// Serves one connection to its end. Why it ended is the client's business: nothing of it is logged.
async fn serve(
    (stream, peer): (TcpStream, SocketAddr),
    routes: Router,
    bounds: Connections,
    mut ending: watch::Receiver<bool>,
) {
    // Answers are written whole; where this is refused they are a little slower.
    drop(stream.set_nodelay(true));
    let mut stream = Box::pin(TimeoutStream::new(stream));
    stream.as_mut().set_write_timeout_pinned(Some(bounds.write_time));
    let service = service_fn(move |request| answer(routes.clone(), request, peer));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(bounds.head_time)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    let mut connection = pin!(connection);
    tokio::select! {
        ended = &mut connection => return drop(ended),
        told = ending.wait_for(|ends| *ends) => drop(told),
    }
    connection.as_mut().graceful_shutdown();
    drop(connection.await);
}

async fn answer(
    routes: Router,
    mut request: hyper::Request<Incoming>,
    peer: SocketAddr,
) -> Result<Response<axum::body::Body>, Infallible> {
    request.extensions_mut().insert(ConnectInfo(peer));
    let request: Request = request.map(axum::body::Body::new);
    routes.oneshot(request).await
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use axum::body::Body;
    use axum::routing::get;
    use futures_util::stream::{StreamExt, iter, pending};
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::sync::oneshot;
    use tokio::task::JoinHandle;

    use super::*;

    const SHORT: Duration = Duration::from_millis(300);
    const LONG: Duration = Duration::from_secs(10);

    async fn stalls() -> Body {
        Body::from_stream(iter([Ok::<_, Infallible>("first")]).chain(pending()))
    }

    async fn serving(bounds: Connections) -> (SocketAddr, oneshot::Sender<()>, JoinHandle<()>) {
        let entrance = Entrance { peers: Peers::Clients, bounds, metrics: Metrics::default() };
        let routes = Router::new()
            .route(
                "/",
                get(|ConnectInfo(peer): ConnectInfo<SocketAddr>| async move { peer.ip().to_string() }),
            )
            .route("/large", get(|| async { vec![b'x'; 64 * 1024 * 1024] }))
            .route("/stalls", get(stalls));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let (end, ended) = oneshot::channel();
        let end_told = async move { drop(ended.await) };
        (address, end, tokio::spawn(accept(listener, routes, entrance, end_told)))
    }

    async fn connected(address: SocketAddr, sent: &str) -> TcpStream {
        let mut stream = TcpStream::connect(address).await.expect("a connection");
        stream.write_all(sent.as_bytes()).await.expect("sent");
        stream
    }

    /// What is read until the other end closes; a connection that was cut ends as one that was closed.
    async fn rest(mut stream: TcpStream) -> String {
        let mut read = Vec::new();
        let all = timeout(LONG, stream.read_to_end(&mut read)).await.expect("an end");
        drop(all);
        String::from_utf8(read).expect("text")
    }

    fn asks(path: &str) -> String {
        format!("GET {path} HTTP/1.1\r\nhost: here\r\n\r\n")
    }

    #[tokio::test]
    async fn a_head_that_comes_a_byte_at_a_time_is_not_waited_for() {
        let (address, _end, _served) =
            serving(Connections { head_time: SHORT, ..Connections::default() }).await;
        let began = Instant::now();
        let (mut reads, mut writes) = connected(address, "GET / HTTP/1.1\r\n").await.into_split();
        let drips = tokio::spawn(async move {
            while writes.write_all(b"x").await.is_ok() {
                sleep(SHORT / 10).await;
            }
        });
        let mut read = Vec::new();
        drop(timeout(LONG, reads.read_to_end(&mut read)).await.expect("an end"));
        assert!(began.elapsed() >= SHORT && began.elapsed() < LONG, "{:?}", began.elapsed());
        assert!(!String::from_utf8_lossy(&read).contains(" 200 "));
        drips.abort();
    }

    #[tokio::test]
    async fn one_address_has_its_share_of_connections_and_no_more() {
        let (address, _end, _served) = serving(Connections { of_one: 2, ..Connections::default() }).await;
        let first = connected(address, &asks("/stalls")).await;
        let mut second = connected(address, &asks("/")).await;
        second.readable().await.expect("an answer");
        assert_eq!(rest(connected(address, "").await).await, "");
        drop(first);
        second.shutdown().await.expect("closed");
        assert!(rest(second).await.ends_with("127.0.0.1"));
        let answered = async {
            while !rest(
                connected(address, &asks("/").replace("\r\n\r\n", "\r\nconnection: close\r\n\r\n")).await,
            )
            .await
            .ends_with("127.0.0.1")
            {
                sleep(SHORT / 10).await;
            }
        };
        timeout(LONG, answered).await.expect("room again");
    }

    #[tokio::test]
    async fn who_takes_in_nothing_is_not_waited_for() {
        let bounds = Connections { of_one: 1, write_time: SHORT, ..Connections::default() };
        let (address, _end, _served) = serving(bounds).await;
        let silent = connected(address, &asks("/large")).await;
        let answered = async {
            let asked = asks("/").replace("\r\n\r\n", "\r\nconnection: close\r\n\r\n");
            while !rest(connected(address, &asked).await).await.ends_with("127.0.0.1") {
                sleep(SHORT / 10).await;
            }
        };
        timeout(LONG, answered).await.expect("its place is another's");
        drop(silent);
    }

    #[tokio::test]
    async fn what_stalls_is_cut_some_time_after_the_end_was_told() {
        let (address, end, served) = serving(Connections { end_time: SHORT, ..Connections::default() }).await;
        let stalled = connected(address, &asks("/stalls")).await;
        stalled.readable().await.expect("its beginning");
        let began = Instant::now();
        end.send(()).expect("served");
        timeout(LONG, served).await.expect("an end").expect("no panic");
        assert!(began.elapsed() >= SHORT, "{:?}", began.elapsed());
        assert!(rest(stalled).await.contains("first"));
        assert!(TcpStream::connect(address).await.is_err());
    }
}
