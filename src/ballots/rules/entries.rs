//! The list of entries: who takes part, by ids that tell nothing.

use thiserror::Error;

use crate::values::sha256::Sha256;

/// Most characters of an entry's id.
const LENGTH_MAX: usize = 64;

/// The entries of a ballot, sorted by their bytes, each once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entries(Vec<String>);

/// What is wrong with a list of entries. Lines count from 1.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum EntriesFault {
    /// An id that could be read in two ways, or not at all.
    #[error("line {line} is no entry: one to 64 printable ASCII characters, without spaces and without |")]
    NoEntry {
        /// Which line.
        line: usize,
    },
    /// Not sorted by bytes, or twice the same.
    #[error(
        "line {line} does not come after the line before it: entries are sorted by their bytes, each once"
    )]
    OutOfOrder {
        /// Which line.
        line: usize,
    },
    /// The last line is cut off.
    #[error("the last line does not end with a line feed")]
    CutOff,
}

impl Entries {
    /// A list of ids in any order.
    ///
    /// # Errors
    /// Where an id is none, or stands twice.
    pub fn new(mut ids: Vec<String>) -> Result<Self, EntriesFault> {
        ids.sort_unstable();
        Self::sorted(ids)
    }

    /// Reads the bytes of a published `entries.txt`.
    ///
    /// # Errors
    /// Where they are not exactly what [`Self::file`] writes.
    pub fn read(file: &[u8]) -> Result<Self, EntriesFault> {
        let mut lines: Vec<&[u8]> = file.split(|byte| *byte == b'\n').collect();
        if lines.pop().is_some_and(|rest| !rest.is_empty()) {
            return Err(EntriesFault::CutOff);
        }
        let read = |(index, line): (usize, &&[u8])| {
            String::from_utf8(line.to_vec()).map_err(|_| EntriesFault::NoEntry { line: index + 1 })
        };
        Self::sorted(lines.iter().enumerate().map(read).collect::<Result<_, _>>()?)
    }

    fn sorted(ids: Vec<String>) -> Result<Self, EntriesFault> {
        let is_entry = |id: &String| {
            (1..=LENGTH_MAX).contains(&id.len())
                && id.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'|')
        };
        if let Some(index) = ids.iter().position(|id| !is_entry(id)) {
            return Err(EntriesFault::NoEntry { line: index + 1 });
        }
        match ids.windows(2).position(|pair| pair[0] >= pair[1]) {
            Some(index) => Err(EntriesFault::OutOfOrder { line: index + 2 }),
            None => Ok(Self(ids)),
        }
    }

    /// The ids, in their order.
    #[must_use]
    pub fn ids(&self) -> &[String] {
        &self.0
    }

    /// The bytes that are published: an id a line, each with a line feed after it.
    #[must_use]
    pub fn file(&self) -> Vec<u8> {
        let length = self.0.iter().map(|id| id.len() + 1).sum();
        self.0.iter().fold(Vec::with_capacity(length), |mut file, id| {
            file.extend_from_slice(id.as_bytes());
            file.push(b'\n');
            file
        })
    }

    /// The hash of those bytes.
    #[must_use]
    pub fn digest(&self) -> Sha256 {
        Sha256::of(self.file())
    }
}
