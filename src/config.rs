//! The settings of the service: by flag, by environment, by file, else a default, in that order.
//!
//! Nothing here opens what it names. A setting that cannot be read is told by its name and by where it stood,
//! and a password in the database's URL is never shown.

mod read;
mod secret;

use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use thiserror::Error;
use url::Url;

use read::{database, listen, log_format, metrics, modes, otlp, public_url, switch};
pub use secret::without_secrets;

use crate::http::Modes;
use crate::keys::{KeySource, SecretText};
use crate::watch::LogFormat;

/// The database where nobody names one: a file in the working folder.
const USUAL_DATABASE: &str = "sqlite://data/nominations.db";
/// Where the service listens where nobody says: on this machine only.
const USUAL_LISTEN: &str = "127.0.0.1:8080";

/// Settings as one source gives them, not yet read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, clap::Args)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Given {
    /// Where the data lives.
    #[arg(
        long,
        value_name = "URL",
        help = "Where the data lives: sqlite://path/to/file.db or postgres://user@host/name \
                [env: DATABASE_URL] [default: sqlite://data/nominations.db]"
    )]
    pub database_url: Option<String>,
    /// Where to listen.
    #[arg(
        long,
        value_name = "ADDRESS:PORT",
        help = "Address and port to listen on [env: LISTEN] [default: 127.0.0.1:8080]"
    )]
    pub listen: Option<String>,
    /// Where the service is reached from outside.
    #[arg(
        long,
        value_name = "URL",
        help = "Where browsers and machines reach the service [env: PUBLIC_URL] \
                [default: http:// and the address that is listened on]"
    )]
    pub public_url: Option<String>,
    /// The file with the deployment's key.
    #[arg(
        long,
        value_name = "PATH",
        help = "File with the deployment's key [env: KEY_FILE] \
                [default: beside an SQLite database, with .key at its end]"
    )]
    pub key_file: Option<PathBuf>,
    /// Whether a proxy in front of the service says where requests come from.
    #[arg(
        long,
        value_name = "true|false",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "true",
        help = "A proxy stands in front: take the last address of X-Forwarded-For for the client's \
                [env: TRUST_FORWARDED_FOR] [default: false]"
    )]
    #[serde(default, deserialize_with = "switch_as_text")]
    pub trust_forwarded_for: Option<String>,
    /// The file with the secrets of our clients at identity providers.
    #[arg(
        long,
        value_name = "PATH",
        help = "TOML file with a line for each identity provider: its short name = \"the client's secret\" \
                [env: CLIENT_SECRETS, or CLIENT_SECRET_NAME for one]"
    )]
    pub client_secrets: Option<PathBuf>,
    /// The folder with the manifests of trusted documents.
    #[arg(
        long,
        value_name = "FOLDER",
        help = "Folder with a manifest of trusted documents for each client, CLIENT.json [env: DOCUMENTS]"
    )]
    pub documents: Option<PathBuf>,
    /// What happens to other documents.
    #[arg(
        long,
        value_name = "MODE",
        help = "What happens to documents that are in no manifest: log, warn or enforce, or so by role, \
                e.g. warn,employer=enforce,public=enforce [env: DOCUMENTS_MODE] [default: log]"
    )]
    pub documents_mode: Option<String>,
    /// Whether the schema can be asked for.
    #[arg(
        long,
        value_name = "true|false",
        help = "Whether clients may ask for the schema, and are helped with names that they mistype \
                [env: INTROSPECTION] [default: true]"
    )]
    #[serde(default, deserialize_with = "switch_as_text")]
    pub introspection: Option<String>,
    /// Where metrics are told.
    #[arg(
        long,
        value_name = "ADDRESS:PORT",
        help = "Address and port to tell metrics on, at /metrics: apart from all else, and for those who run the service \
                [env: METRICS] [default: nowhere]"
    )]
    pub metrics: Option<String>,
    /// The collector that traces are sent to.
    #[arg(
        long,
        value_name = "URL",
        help = "Collector of OpenTelemetry to send traces to over HTTP, such as http://127.0.0.1:4318 \
                [env: OTLP] [default: none]"
    )]
    pub otlp: Option<String>,
    /// How the log is written.
    #[arg(
        long,
        value_name = "text|json",
        help = "How the log is written to stderr: text for people, json for machines \
                [env: LOG_FORMAT] [default: text]"
    )]
    pub log_format: Option<String>,
    /// The keys themselves, from the environment only; they stand before the file that is not named by a flag.
    #[arg(skip)]
    #[serde(skip)]
    pub deployment_keys: Option<SecretText>,
    /// A file with settings; it cannot name another.
    #[arg(
        long,
        value_name = "PATH",
        help = "TOML file with any of these settings, under the names of the flags [env: CONFIG]"
    )]
    #[serde(skip)]
    pub config: Option<PathBuf>,
}

/// Settings that can be worked with.
#[derive(Clone, PartialEq, Eq)]
pub struct Settings {
    /// Where the data lives.
    pub database_url: String,
    /// Where the service listens.
    pub listen: SocketAddr,
    /// Where it is reached from outside.
    pub public_url: Url,
    /// Whether somebody said so, or where it listens: else it is a guess that no link may be made of.
    pub public_url_is_said: bool,
    /// Where the deployment's keys are.
    pub keys: KeySource,
    /// Whether a proxy in front of the service says where requests come from.
    pub trust_forwarded_for: bool,
    /// The file with the secrets of our clients at identity providers.
    pub client_secrets: Option<PathBuf>,
    /// The folder with the manifests of trusted documents.
    pub documents: Option<PathBuf>,
    /// What happens to other documents, by role.
    pub documents_mode: Modes,
    /// Whether the schema can be asked for.
    pub introspection: bool,
    /// Where metrics are told, where they are.
    pub metrics: Option<SocketAddr>,
    /// The collector that traces are sent to, where they are.
    pub otlp: Option<Url>,
    /// How the log is written.
    pub log_format: LogFormat,
}

/// Where a setting stood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// On the command line.
    Flag,
    /// In the environment.
    Environment,
    /// In the file.
    File,
    /// Nowhere.
    Default,
}

/// What is wrong with the settings, and what to do.
#[derive(Debug, PartialEq, Eq, Error)]
pub enum ConfigError {
    /// A value that cannot be read.
    #[error("{setting} ({place}): {why}")]
    Value {
        /// The setting's name as a flag.
        setting: &'static str,
        /// Where the value stood.
        place: Source,
        /// What to write instead; never the value, which may be a secret.
        why: String,
    },
    /// The file is not there, or may not be read.
    #[error("the settings file {path} cannot be read: {why}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        why: String,
    },
    /// The file is not TOML, or has a setting that is not known.
    #[error("the settings file {path} is not right: {why}")]
    File {
        /// The file.
        path: PathBuf,
        /// Where and what.
        why: String,
    },
    /// PostgreSQL has no folder that a key could lie in.
    #[error(
        "key-file: say where the deployment's key is, with --key-file or KEY_FILE, or give it in DEPLOYMENT_KEYS"
    )]
    NoKeyFile,
    /// Nothing would be executed.
    #[error(
        "documents-mode: to enforce that documents are known, name the folder that they are in with --documents or DOCUMENTS"
    )]
    NoDocuments,
}

impl Given {
    /// What the environment gives, asked for by name. An empty variable counts as none.
    pub fn from_environment(variable: impl Fn(&str) -> Option<String>) -> Self {
        let ask = |name| variable(name).filter(|value| !value.is_empty());
        Self {
            database_url: ask("DATABASE_URL"),
            listen: ask("LISTEN"),
            public_url: ask("PUBLIC_URL"),
            key_file: ask("KEY_FILE").map(PathBuf::from),
            trust_forwarded_for: ask("TRUST_FORWARDED_FOR"),
            client_secrets: ask("CLIENT_SECRETS").map(PathBuf::from),
            deployment_keys: ask("DEPLOYMENT_KEYS").map(SecretText::from),
            documents: ask("DOCUMENTS").map(PathBuf::from),
            documents_mode: ask("DOCUMENTS_MODE"),
            introspection: ask("INTROSPECTION"),
            metrics: ask("METRICS"),
            otlp: ask("OTLP"),
            log_format: ask("LOG_FORMAT"),
            config: ask("CONFIG").map(PathBuf::from),
        }
    }

    /// What a file's text gives. `path` is for messages.
    ///
    /// # Errors
    /// Where the text is not TOML or has a setting that is not known.
    pub fn from_text(path: &Path, text: &str) -> Result<Self, ConfigError> {
        toml::from_str(text).map_err(|error| {
            // Of the error only its sentence and line: it would quote the line, and a secret with it.
            let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
            let line = before.matches('\n').count() + 1;
            let why = format!("line {line}: {}", error.message());
            ConfigError::File { path: path.to_owned(), why }
        })
    }
}

/// One setting, and where it stood.
struct Found<T> {
    value: T,
    place: Source,
}

impl Settings {
    /// The settings of a command: its flags, then the environment, then the file that one of them names.
    ///
    /// # Errors
    /// Says what is wrong, where, and what to write instead.
    pub fn load(flags: &Given) -> Result<Self, ConfigError> {
        let environment = Given::from_environment(|name| std::env::var(name).ok());
        let file = match flags.config.as_ref().or(environment.config.as_ref()) {
            None => Given::default(),
            Some(path) => {
                let text = std::fs::read_to_string(path)
                    .map_err(|why| ConfigError::Unreadable { path: path.clone(), why: why.to_string() })?;
                Given::from_text(path, &text)?
            }
        };
        Self::merge(flags, &environment, &file)
    }

    /// The first source that gives a setting decides it.
    ///
    /// # Errors
    /// Says which setting cannot be read, where it stood, and what to write instead.
    pub fn merge(flags: &Given, environment: &Given, file: &Given) -> Result<Self, ConfigError> {
        let sources = [(Source::Flag, flags), (Source::Environment, environment), (Source::File, file)];
        let database_url = database(&pick(&sources, |given| given.database_url.as_ref()))?;
        let said = [
            pick(&sources, |given| given.public_url.as_ref()),
            pick(&sources, |given| given.listen.as_ref()),
        ];
        let public_url_is_said = said.iter().any(|found| found.value.is_some());
        let [public, listening] = said;
        let listen = listen(&listening)?;
        let public_url = public_url(&public, listen)?;
        let keys = keys(&sources, &database_url)?;
        let trust_forwarded_for = switch(
            "trust-forwarded-for",
            &pick(&sources, |given| given.trust_forwarded_for.as_ref()),
            false,
        )?;
        let client_secrets = pick(&sources, |given| given.client_secrets.as_ref()).value.cloned();
        let documents = pick(&sources, |given| given.documents.as_ref()).value.cloned();
        let documents_mode = modes(&pick(&sources, |given| given.documents_mode.as_ref()))?;
        if documents_mode.enforce() && documents.is_none() {
            return Err(ConfigError::NoDocuments);
        }
        let introspection =
            switch("introspection", &pick(&sources, |given| given.introspection.as_ref()), true)?;
        let metrics = metrics(&pick(&sources, |given| given.metrics.as_ref()), listen)?;
        let otlp = otlp(&pick(&sources, |given| given.otlp.as_ref()))?;
        let log_format = log_format(&pick(&sources, |given| given.log_format.as_ref()))?;
        Ok(Self {
            database_url,
            listen,
            public_url,
            public_url_is_said,
            keys,
            trust_forwarded_for,
            client_secrets,
            documents,
            documents_mode,
            introspection,
            metrics,
            otlp,
            log_format,
        })
    }
}

/// A file that a flag names, else the environment, else a file that is named elsewhere, else the usual one.
fn keys(sources: &[(Source, &Given)], database_url: &str) -> Result<KeySource, ConfigError> {
    let named = pick(sources, |given| given.key_file.as_ref());
    let in_environment = pick(sources, |given| given.deployment_keys.as_ref()).value;
    match (named.place, in_environment) {
        (Source::Environment | Source::File | Source::Default, Some(text)) => {
            Ok(KeySource::Environment(text.clone()))
        }
        (Source::Flag, _) | (_, None) => {
            let file = named.value.cloned().or_else(|| usual_key_file(database_url));
            file.map(KeySource::File).ok_or(ConfigError::NoKeyFile)
        }
    }
}

fn pick<'g, T>(
    sources: &[(Source, &'g Given)],
    setting: impl Fn(&'g Given) -> Option<&'g T>,
) -> Found<Option<&'g T>> {
    let found = sources.iter().find_map(|(place, given)| Some((*place, setting(given)?)));
    let (place, value) = found.map_or((Source::Default, None), |(place, value)| (place, Some(value)));
    Found { value, place }
}

/// A file has true and false without quotes.
fn switch_as_text<'de, D: serde::Deserializer<'de>>(value: D) -> Result<Option<String>, D::Error> {
    bool::deserialize(value).map(|is_on| Some(is_on.to_string()))
}

/// Beside the file of the database, so that the two are found and kept together.
fn usual_key_file(database_url: &str) -> Option<PathBuf> {
    let path = database_url.strip_prefix("sqlite:")?;
    let path = path.strip_prefix("//").unwrap_or(path);
    let path = path.split('?').next().unwrap_or(path);
    (!path.is_empty() && !path.contains(":memory:")).then(|| PathBuf::from(format!("{path}.key")))
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Flag => "on the command line",
            Self::Environment => "in the environment",
            Self::File => "in the settings file",
            Self::Default => "by default",
        })
    }
}

impl fmt::Display for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "database-url         {}", without_secrets(&self.database_url))?;
        writeln!(f, "listen               {}", self.listen)?;
        writeln!(f, "public-url           {}", self.public_url)?;
        match &self.keys {
            KeySource::File(path) => writeln!(f, "key-file             {}", path.display())?,
            KeySource::Environment(_) => writeln!(f, "deployment-keys      from the environment")?,
        }
        write!(f, "trust-forwarded-for  {}", self.trust_forwarded_for)?;
        if let Some(path) = &self.client_secrets {
            write!(f, "\nclient-secrets       {}", path.display())?;
        }
        if let Some(path) = &self.documents {
            write!(
                f,
                "\ndocuments            {}\ndocuments-mode       {}",
                path.display(),
                self.documents_mode
            )?;
        }
        if !self.introspection {
            write!(f, "\nintrospection        false")?;
        }
        if let Some(address) = self.metrics {
            write!(f, "\nmetrics              {address}")?;
        }
        if let Some(url) = &self.otlp {
            write!(f, "\notlp                 {url}")?;
        }
        if self.log_format != LogFormat::default() {
            write!(f, "\nlog-format           {}", self.log_format)?;
        }
        Ok(())
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests;
