//! How the value of each setting is read, and what is said of one that cannot be.

use std::net::SocketAddr;

use url::Url;

use super::{ConfigError, Found, USUAL_DATABASE, USUAL_LISTEN};
use crate::http::Modes;
use crate::providers::is_safe;
use crate::watch::LogFormat;

fn wrong<T, R>(setting: &'static str, found: &Found<T>, why: &str) -> Result<R, ConfigError> {
    Err(ConfigError::Value { setting, place: found.place, why: why.to_owned() })
}

pub(super) fn database(found: &Found<Option<&String>>) -> Result<String, ConfigError> {
    let url = found.value.map_or(USUAL_DATABASE, String::as_str);
    if ["sqlite:", "postgres://", "postgresql://"].iter().any(|scheme| url.starts_with(scheme)) {
        return Ok(url.to_owned());
    }
    wrong("database-url", found, "write sqlite://path/to/file.db or postgres://user:password@host/name")
}

pub(super) fn listen(found: &Found<Option<&String>>) -> Result<SocketAddr, ConfigError> {
    match found.value.map_or(USUAL_LISTEN, String::as_str).parse() {
        Ok(address) => Ok(address),
        Err(_) => wrong("listen", found, "write an address and a port, such as 127.0.0.1:8080 or [::1]:8080"),
    }
}

pub(super) fn public_url(found: &Found<Option<&String>>, listen: SocketAddr) -> Result<Url, ConfigError> {
    let typed = found.value.map_or_else(|| format!("http://{listen}"), String::clone);
    let url = Url::parse(&typed).ok().filter(|url| {
        let is_plain = url.username().is_empty() && url.password().is_none();
        let is_bare = url.query().is_none() && url.fragment().is_none() && url.path() == "/";
        matches!(url.scheme(), "http" | "https") && is_plain && is_bare
    });
    match url {
        Some(url) if found.value.is_some() && !is_safe(&url) => {
            wrong("public-url", found, "https is needed, except on this machine")
        }
        Some(url) => Ok(url),
        None => {
            wrong("public-url", found, "write a scheme and a host, such as https://nominations.example.nz")
        }
    }
}

pub(super) fn modes(found: &Found<Option<&String>>) -> Result<Modes, ConfigError> {
    let Some(text) = found.value else { return Ok(Modes::default()) };
    match Modes::read(text) {
        Some(modes) => Ok(modes),
        None => wrong(
            "documents-mode",
            found,
            "write log, warn or enforce, or such words by role: warn,employer=enforce,public=enforce",
        ),
    }
}

/// Apart from what everybody is served on.
pub(super) fn metrics(
    found: &Found<Option<&String>>,
    listen: SocketAddr,
) -> Result<Option<SocketAddr>, ConfigError> {
    let Some(text) = found.value else { return Ok(None) };
    match text.parse() {
        Ok(address) if address != listen => Ok(Some(address)),
        _ => wrong("metrics", found, "write an address and a port of their own, such as 127.0.0.1:9090"),
    }
}

/// What it takes to be let in at a collector stands in no address, which is shown at the start.
pub(super) fn otlp(found: &Found<Option<&String>>) -> Result<Option<Url>, ConfigError> {
    let Some(text) = found.value else { return Ok(None) };
    let is_plain = |url: &Url| {
        let has_no_secret = url.username().is_empty() && url.password().is_none() && url.query().is_none();
        matches!(url.scheme(), "http" | "https") && has_no_secret && url.fragment().is_none()
    };
    match Url::parse(text).ok().filter(is_plain) {
        Some(url) => Ok(Some(url)),
        None => wrong("otlp", found, "write a scheme, a host and a port, such as http://127.0.0.1:4318"),
    }
}

pub(super) fn log_format(found: &Found<Option<&String>>) -> Result<LogFormat, ConfigError> {
    match found.value.map(|text| text.parse()) {
        None => Ok(LogFormat::default()),
        Some(Ok(format)) => Ok(format),
        Some(Err(())) => wrong("log-format", found, "write text or json"),
    }
}

/// As `usual` where nobody says.
pub(super) fn switch(
    setting: &'static str,
    found: &Found<Option<&String>>,
    usual: bool,
) -> Result<bool, ConfigError> {
    match found.value.map(String::as_str) {
        None => Ok(usual),
        Some("true") => Ok(true),
        Some("false") => Ok(false),
        Some(_) => wrong(setting, found, "write true or false"),
    }
}
