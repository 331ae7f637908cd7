//! The way to providers: https, or http on this machine; no redirects, five seconds, and answers of bounded length.

use std::sync::OnceLock;
use std::time::Duration;

use reqwest::redirect::Policy;
use url::{Host, Url};

use super::ProviderFault;

/// How long a provider is waited for.
const PATIENCE: Duration = Duration::from_secs(5);
/// Bytes of an answer; a provider with a hundred keys stays below.
const ANSWER_MAX: usize = 256 * 1024;

/// A client of the web that follows nobody anywhere. It is made when it is first used: reading the machine's
/// certificates takes a while, and most processes call nobody.
#[derive(Debug, Default)]
pub(super) struct Web(OnceLock<reqwest::Client>);

/// Whether what goes to an address stays unread on its way: by https, or on this machine.
#[must_use]
pub fn is_safe(url: &Url) -> bool {
    let is_here = match url.host() {
        Some(Host::Domain(domain)) => domain == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    let names_nobody = url.username().is_empty() && url.password().is_none();
    names_nobody && (url.scheme() == "https" || url.scheme() == "http" && is_here)
}

impl Web {
    fn client(&self) -> Result<&reqwest::Client, ProviderFault> {
        if let Some(client) = self.0.get() {
            return Ok(client);
        }
        let client = reqwest::Client::builder()
            .redirect(Policy::none())
            .timeout(PATIENCE)
            .connect_timeout(PATIENCE)
            .user_agent(concat!("nominations/", env!("CARGO_PKG_VERSION")))
            .build();
        let client = client.map_err(|_| ProviderFault::Unusable("connection"))?;
        Ok(self.0.get_or_init(|| client))
    }

    /// What stands at an address, as JSON.
    pub(super) async fn get_json(&self, url: &Url) -> Result<serde_json::Value, ProviderFault> {
        self.read_json(self.client()?.get(url.clone())).await
    }

    /// What stands there for whoever has this token.
    pub(super) async fn get_json_by(
        &self,
        url: &Url,
        token: &str,
    ) -> Result<serde_json::Value, ProviderFault> {
        self.read_json(self.client()?.get(url.clone()).bearer_auth(token)).await
    }

    async fn read_json(&self, request: reqwest::RequestBuilder) -> Result<serde_json::Value, ProviderFault> {
        let request = request.header("accept", "application/json").build();
        let (status, body) = self.answer(request.map_err(|_| ProviderFault::Unusable("address"))?).await?;
        if status != 200 {
            return Err(ProviderFault::Status(status));
        }
        serde_json::from_slice(&body).map_err(|_| ProviderFault::Unusable("answer"))
    }

    /// Sends a request and reads what comes, whatever its status.
    pub(super) async fn answer(&self, request: reqwest::Request) -> Result<(u16, Vec<u8>), ProviderFault> {
        if !is_safe(request.url()) {
            return Err(ProviderFault::Unsafe);
        }
        let mut response = self.client()?.execute(request).await.map_err(|_| ProviderFault::Unreachable)?;
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|_| ProviderFault::Unreachable)? {
            if body.len() + chunk.len() > ANSWER_MAX {
                return Err(ProviderFault::TooLong);
            }
            body.extend_from_slice(&chunk);
        }
        Ok((response.status().as_u16(), body))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_here_is_asked_over_https_only() {
        for (url, expected) in [
            ("https://login.example.nz/t", true),
            ("http://login.example.nz/t", false),
            ("http://127.0.0.1:9000", true),
            ("http://[::1]:9000", true),
            ("http://localhost:9000", true),
            ("http://localhost.example.nz", false),
            ("http://0.0.0.0", false),
            ("https://me:secret@login.example.nz", false),
            ("file:///etc/passwd", false),
        ] {
            assert_eq!(is_safe(&Url::parse(url).expect("a URL")), expected, "{url}");
        }
    }
}
