//! Where a request comes from: the other end of its connection, or whom a proxy in front of the service names.
//!
//! Anybody can write anything into X-Forwarded-For, so nothing of it is believed unless a proxy is known to stand
//! there, and then only what that proxy wrote itself: the last address.

use std::net::{IpAddr, SocketAddr};

use axum::http::{HeaderMap, HeaderName};

/// The header by which proxies tell for whom they ask.
const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// Who connects to the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Peers {
    /// Those who ask, each for themselves.
    Clients,
    /// A proxy, which adds the address of whoever asks to X-Forwarded-For.
    Proxy,
}

impl Peers {
    /// The address of whoever asks; none where there is no connection, as in tests. A proxy that names nobody who
    /// can be read stands for all whom it does not name.
    pub(super) fn client(self, peer: Option<SocketAddr>, headers: &HeaderMap) -> Option<IpAddr> {
        let peer = peer.map(|peer| peer.ip());
        match self {
            Self::Clients => peer,
            Self::Proxy => last_forwarded(headers).or(peer),
        }
    }
}

fn last_forwarded(headers: &HeaderMap) -> Option<IpAddr> {
    let all = headers.get_all(X_FORWARDED_FOR).iter().next_back()?.to_str().ok()?;
    let last = all.rsplit(',').next()?.trim();
    // Some proxies add the port.
    last.parse().or_else(|_| last.parse().map(|with_port: SocketAddr| with_port.ip())).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(peers: Peers, forwarded: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append(X_FORWARDED_FOR, value.parse().expect("a value"));
        }
        let peer = "192.0.2.9:5000".parse().ok();
        peers.client(peer, &headers).expect("an address").to_string()
    }

    #[test]
    fn without_a_proxy_the_header_means_nothing() {
        for forwarded in [&[][..], &["203.0.113.5"], &["garbage"]] {
            assert_eq!(client(Peers::Clients, forwarded), "192.0.2.9", "{forwarded:?}");
        }
        assert_eq!(Peers::Clients.client(None, &HeaderMap::new()), None);
    }

    #[test]
    fn behind_a_proxy_the_last_address_counts() {
        for (forwarded, expected) in [
            (&["203.0.113.5"][..], "203.0.113.5"),
            (&["198.51.100.1, 203.0.113.5"], "203.0.113.5"),
            (&["203.0.113.6", "198.51.100.1,203.0.113.5 "], "203.0.113.5"),
            (&["203.0.113.5:4711"], "203.0.113.5"),
            (&["2001:db8::1"], "2001:db8::1"),
            (&["[2001:db8::1]:4711"], "2001:db8::1"),
            // What the proxy did not write as an address is not looked for further to the front.
            (&["203.0.113.5, unknown"], "192.0.2.9"),
            (&["203.0.113.5,"], "192.0.2.9"),
            (&["203.0.113.5", ""], "192.0.2.9"),
            (&[], "192.0.2.9"),
        ] {
            assert_eq!(client(Peers::Proxy, forwarded), expected, "{forwarded:?}");
        }
    }
}
