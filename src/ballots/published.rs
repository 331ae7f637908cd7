//! What is published of a ballot: `ballot.json`, which with `entries.txt` is all that it takes to run it again.
//!
//! The file is written in one way only, so that any byte that differs is found: the same fields in the same order, indented
//! by two spaces, and at its end the hash of the file itself with an empty hash in it.

use chrono::{DateTime, Utc};
use entity::{BallotIncident, BallotStatus, BallotStrikeCause, BallotVerifiability, BallotVoidCause};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::rules::Secret;
use crate::values::sha256::Sha256;

/// How the file is put together; another number would come with another way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Format {
    /// The one way that there is.
    #[serde(rename = "ballot-v1")]
    V1,
}

/// A ballot as it is published.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names of the fields say it; what does not is said beside them")]
pub struct PublishedBallot {
    pub format: Format,
    /// The class exception's slug, a slash and the ballot's number.
    pub scheme: String,
    pub status: BallotStatus,
    /// Places that were free when the list was frozen.
    pub places: u32,
    pub entry_count: u32,
    pub entries_digest: Sha256,
    pub opened_at: DateTime<Utc>,
    /// Slug of the body whose lead opened it.
    pub opened_by: String,
    pub commit_by: DateTime<Utc>,
    pub reveal_by: DateTime<Utc>,
    pub beacon: Option<PublishedBeacon>,
    /// In order of slug.
    pub bodies: Vec<PublishedPart>,
    pub incidents: Vec<PublishedIncident>,
    pub struck: Vec<PublishedStrike>,
    pub draw: Option<PublishedDraw>,
    pub voided: Option<PublishedVoid>,
}

/// A round of public randomness.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names of the fields say it")]
pub struct PublishedBeacon {
    pub chain: String,
    pub round: u32,
    pub signature: Option<String>,
    pub randomness: Option<Sha256>,
}

/// What one body did.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names of the fields say it")]
pub struct PublishedPart {
    pub body: String,
    pub commitment: Option<Sha256>,
    pub committed_at: Option<DateTime<Utc>>,
    pub secret: Option<Secret>,
    pub revealed_at: Option<DateTime<Utc>>,
}

/// What went wrong.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names of the fields say it")]
pub struct PublishedIncident {
    pub kind: BallotIncident,
    pub body: String,
    pub at: DateTime<Utc>,
}

/// An entry that was struck.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names of the fields say it")]
pub struct PublishedStrike {
    pub entry: String,
    pub cause: BallotStrikeCause,
    pub reason: Option<String>,
    pub at: DateTime<Utc>,
}

/// The draw.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names of the fields say it; what does not is said beside them")]
pub struct PublishedDraw {
    pub at: DateTime<Utc>,
    /// Places that were free at the draw.
    pub places: u32,
    pub seed: Sha256,
    pub verifiability: BallotVerifiability,
    /// In order of rank.
    pub results: Vec<PublishedResult>,
}

/// A line of the result.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names of the fields say it")]
pub struct PublishedResult {
    pub rank: u32,
    pub entry: String,
    pub ticket: Sha256,
    pub won: bool,
}

/// The end of a ballot without a draw.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names of the fields say it; what does not is said beside them")]
pub struct PublishedVoid {
    pub at: DateTime<Utc>,
    /// Slug of the body whose lead voided it.
    pub by: String,
    pub cause: BallotVoidCause,
    pub reason: String,
}

/// Why a file is no `ballot.json`.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Unreadable {
    /// Not the fields that there are.
    #[error("ballot.json cannot be read: {0}")]
    Form(String),
    /// Its own hash is not at its end.
    #[error("ballot.json does not end with its own hash")]
    NoHash,
    /// The fields are good, and the file says them in another way.
    #[error("ballot.json is not written as it was published: a byte of it was changed")]
    Bytes,
    /// The hash at its end is another.
    #[error("ballot.json was changed: its hash is {found}, and it says {said}")]
    Hash {
        /// The hash of what it holds.
        found: Sha256,
        /// The hash that stands in it.
        said: String,
    },
}

const HASH: &str = "\n  \"sha256\": \"";
const END: &str = "\"\n}\n";

impl PublishedBallot {
    /// The bytes that are published.
    ///
    /// # Panics
    /// Never: nothing in it cannot be written as JSON.
    #[must_use]
    pub fn file(&self) -> String {
        let text = self.without_hash();
        let hash = Sha256::of(format!("{text}{END}"));
        format!("{text}{hash}{END}")
    }

    /// All of the file that comes before its hash.
    fn without_hash(&self) -> String {
        let text = serde_json::to_string_pretty(self).expect("plain fields are always JSON");
        let fields = text.strip_suffix("\n}").expect("an object ends so");
        format!("{fields},{HASH}")
    }

    /// Reads what [`Self::file`] wrote.
    ///
    /// # Errors
    /// Where a byte differs from that.
    pub fn read(file: &[u8]) -> Result<Self, Unreadable> {
        let text = str::from_utf8(file).map_err(|why| Unreadable::Form(why.to_string()))?;
        let (fields, said) =
            text.strip_suffix(END).and_then(|rest| rest.rsplit_once(HASH)).ok_or(Unreadable::NoHash)?;
        let fields = fields.strip_suffix(',').ok_or(Unreadable::NoHash)?;
        let read: Self = serde_json::from_str(&format!("{fields}\n}}"))
            .map_err(|why| Unreadable::Form(why.to_string()))?;
        let expected = read.without_hash();
        if format!("{fields},{HASH}") != expected {
            return Err(Unreadable::Bytes);
        }
        let found = Sha256::of(format!("{expected}{END}"));
        if found.to_string() == said {
            Ok(read)
        } else {
            Err(Unreadable::Hash { found, said: said.to_owned() })
        }
    }
}
