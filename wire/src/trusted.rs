//! Trusted documents: what clients are known to ask for, by the SHA-256 of its text.

use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use async_graphql::ServerError;
use sha2::{Digest, Sha256};

use crate::Asked;
use crate::refusal::coded;

/// No document has this id.
pub const PERSISTED_QUERY_NOT_FOUND: &str = "PERSISTED_QUERY_NOT_FOUND";
/// Only documents that are known are executed.
pub const PERSISTED_QUERY_REQUIRED: &str = "PERSISTED_QUERY_REQUIRED";

/// What happens to a document that is in no manifest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// It is executed.
    #[default]
    Log,
    /// It is executed, and the answer says that it is not known.
    Warn,
    /// It is refused.
    Enforce,
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Log => "log",
            Self::Warn => "warn",
            Self::Enforce => "enforce",
        })
    }
}

impl FromStr for Mode {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "log" => Ok(Self::Log),
            "warn" => Ok(Self::Warn),
            "enforce" => Ok(Self::Enforce),
            _ => Err(()),
        }
    }
}

/// All documents that are known.
#[derive(Clone, Debug, Default)]
pub struct Documents(HashMap<String, Known>);

/// A document that is known.
#[derive(Clone, Debug)]
struct Known {
    client: Arc<str>,
    text: Arc<str>,
}

/// Why a manifest is not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BadManifest {
    /// It is no object of documents by their ids.
    Unreadable,
    /// The id is not the SHA-256 of the document, in hex.
    OtherId(String),
}

impl fmt::Display for BadManifest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable => f.write_str("it is no JSON object of documents by their ids"),
            Self::OtherId(id) => {
                write!(
                    f,
                    "{id} is not the SHA-256 of its document: have the manifest made with hashAlgorithm sha256"
                )
            }
        }
    }
}

impl std::error::Error for BadManifest {}

impl Documents {
    /// Adds what a client's manifest holds: an object of documents by the SHA-256 of their text, in hex.
    ///
    /// # Errors
    /// Where it is no manifest, or an id is not its document's.
    pub fn add(&mut self, client: &str, manifest: &str) -> Result<(), BadManifest> {
        let manifest: HashMap<String, String> =
            serde_json::from_str(manifest).map_err(|_| BadManifest::Unreadable)?;
        let client: Arc<str> = client.into();
        for (id, text) in manifest {
            if id != id_of(&text) {
                return Err(BadManifest::OtherId(id));
            }
            self.0.insert(id, Known { client: Arc::clone(&client), text: text.into() });
        }
        Ok(())
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Puts in the text of a document that was asked for by its id, and tells whose it is; none where it is not known and
    /// `mode` lets it be executed all the same.
    ///
    /// # Errors
    /// `PERSISTED_QUERY_NOT_FOUND`, and `PERSISTED_QUERY_REQUIRED` where nothing else is executed.
    pub fn look_up(&self, asked: &mut Asked, mode: Mode) -> Result<Option<Trusted>, ServerError> {
        let id = match &asked.document_id {
            Some(id) => id.strip_prefix("sha256:").unwrap_or(id).to_owned(),
            None => id_of(&asked.query),
        };
        match (self.0.get(&id), &asked.document_id, mode) {
            (Some(known), ..) => {
                asked.query = known.text.to_string();
                Ok(Some(Trusted { client: Arc::clone(&known.client), id }))
            }
            (None, Some(_), _) => Err(coded(
                PERSISTED_QUERY_NOT_FOUND,
                "No document has this id here: send the document itself, or have your client's manifest added.",
            )),
            (None, None, Mode::Log | Mode::Warn) => Ok(None),
            (None, None, Mode::Enforce) => Err(coded(
                PERSISTED_QUERY_REQUIRED,
                "Only documents that are known are executed for you here: have your client's manifest added, and send \
                 `documentId`.",
            )),
        }
    }
}

/// A document that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trusted {
    /// Whose manifest has it.
    pub client: Arc<str>,
    /// Its id.
    pub id: String,
}

/// The id of a document: the SHA-256 of its text, in hex.
#[must_use]
pub fn id_of(text: &str) -> String {
    hex::encode(Sha256::digest(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "query A { a }";

    fn documents() -> Documents {
        let mut documents = Documents::default();
        let manifest = serde_json::json!({ id_of(TEXT): TEXT }).to_string();
        documents.add("web", &manifest).expect("a manifest");
        documents
    }

    #[test]
    fn known_documents_are_found_by_id_and_by_text() {
        for asked in [
            Asked { document_id: Some(id_of(TEXT)), ..Asked::default() },
            Asked { document_id: Some(format!("sha256:{}", id_of(TEXT))), ..Asked::default() },
            Asked { query: TEXT.into(), ..Asked::default() },
        ] {
            let mut asked = asked;
            let found = documents().look_up(&mut asked, Mode::Enforce).expect("a document");
            assert_eq!(found.map(|found| found.client.to_string()).as_deref(), Some("web"));
            assert_eq!(asked.query, TEXT);
        }
    }

    #[test]
    fn others_go_by_the_mode() {
        let code = |error: ServerError| error.extensions.and_then(|all| all.get("code").cloned());
        for (mode, expected) in [
            (Mode::Log, None),
            (Mode::Warn, None),
            (Mode::Enforce, Some(async_graphql::Value::from(PERSISTED_QUERY_REQUIRED))),
        ] {
            let mut asked = Asked { query: "{ b }".into(), ..Asked::default() };
            let found = documents().look_up(&mut asked, mode);
            assert_eq!(found.err().and_then(code), expected);
            let mut asked = Asked { document_id: Some("0".into()), ..Asked::default() };
            let found = documents().look_up(&mut asked, mode);
            assert_eq!(found.err().and_then(code), Some(PERSISTED_QUERY_NOT_FOUND.into()));
        }
    }

    #[test]
    fn a_manifest_says_what_its_documents_are() {
        let mut documents = Documents::default();
        assert_eq!(documents.add("web", "[]"), Err(BadManifest::Unreadable));
        assert_eq!(documents.add("web", r#"{"0": "{ a }"}"#), Err(BadManifest::OtherId("0".into())));
        assert!(documents.is_empty());
    }
}
