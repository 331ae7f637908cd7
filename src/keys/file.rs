//! The key file: one line, `nominations-key-v1` and 32 bytes in base64.
//!
//! It is made once per deployment, for its owner only, and never overwritten: without it the sealed
//! passport numbers of its database are lost. No message has any of its content.

use std::{
    fs::{File, OpenOptions},
    io::{self, Read, Write},
    path::{Path, PathBuf},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use thiserror::Error;

use super::{Keys, NoRandomness, random_bytes};

/// The word that a key file starts with.
const FORMAT: &str = "nominations-key-v1";
/// A key file is shorter than this; of anything longer no more is read.
const FILE_BYTES_MAX: u64 = 256;

/// Why there is no key to work with, and what the operator can do.
#[derive(Debug, Error)]
pub enum KeyFileError {
    /// No such file.
    #[error(
        "there is no key file at {path}: put the file there that belongs to this database. Only a \
         new deployment gets a new one, for with another key nobody can read the passport numbers \
         that are in the database"
    )]
    Missing {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// Something else is in it.
    #[error(
        "{path} is no key file: it has to be one line, `{FORMAT}`, a space and 32 bytes in base64. \
         Restore it from the backup of the key"
    )]
    NotAKeyFile {
        /// The file.
        path: PathBuf,
    },
    /// One is there already.
    #[error(
        "there is a file at {path} already, and a key is never overwritten: use it, or choose \
         another path for the new one"
    )]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// It cannot be read.
    #[error("the key file {path} cannot be read: check its owner and permissions. {source}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },
    /// It cannot be written.
    #[error(
        "the key file {path} cannot be written: check that its folder exists and may be written \
         to. {source}"
    )]
    Unwritable {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },
    /// No randomness.
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
}

impl Keys {
    /// Reads the keys of a deployment from its key file. One that others than its owner may read is
    /// used all the same (secrets are mounted so in containers), but the log has a warning.
    ///
    /// # Errors
    /// Says what is wrong with the file and what to do.
    pub fn load(path: &Path) -> Result<Self, KeyFileError> {
        let (text, is_open_to_others) = read(path).map_err(|source| match source.kind() {
            io::ErrorKind::NotFound => KeyFileError::Missing { path: path.to_owned() },
            io::ErrorKind::InvalidData => KeyFileError::NotAKeyFile { path: path.to_owned() },
            _ => KeyFileError::Unreadable { path: path.to_owned(), source },
        })?;
        if is_open_to_others {
            tracing::warn!(
                path = %path.display(),
                "the key file may be read by others than its owner: set its permissions to 600"
            );
        }
        let secret = parse(&text).ok_or_else(|| KeyFileError::NotAKeyFile { path: path.to_owned() })?;
        Ok(Self::from_bytes(secret))
    }

    /// Makes a new key file that only its owner may read, and reads the keys from it.
    ///
    /// # Errors
    /// [`KeyFileError::Exists`] when there is a file already; else says why it cannot be written.
    pub fn create(path: &Path) -> Result<Self, KeyFileError> {
        let secret = random_bytes()?;
        let line = format!("{FORMAT} {}\n", STANDARD.encode(secret));
        write_new(path, line.as_bytes()).map_err(|source| match source.kind() {
            io::ErrorKind::AlreadyExists => KeyFileError::Exists { path: path.to_owned() },
            _ => KeyFileError::Unwritable { path: path.to_owned(), source },
        })?;
        Ok(Self::from_bytes(secret))
    }
}

/// The 32 bytes of a key file's one line.
fn parse(text: &str) -> Option<[u8; 32]> {
    let encoded = text.trim_end().strip_prefix(FORMAT)?.strip_prefix(' ')?;
    STANDARD.decode(encoded).ok()?.try_into().ok()
}

/// The text of a file, and whether others than its owner may read or write it.
fn read(path: &Path) -> io::Result<(String, bool)> {
    let file = File::open(path)?;
    let is_open_to_others = is_open_to_others(&file)?;
    let mut text = String::new();
    file.take(FILE_BYTES_MAX).read_to_string(&mut text)?;
    Ok((text, is_open_to_others))
}

#[cfg(unix)]
fn is_open_to_others(file: &File) -> io::Result<bool> {
    use std::os::unix::fs::PermissionsExt;
    Ok(file.metadata()?.permissions().mode() & 0o077 != 0)
}

#[cfg(not(unix))]
fn is_open_to_others(_: &File) -> io::Result<bool> {
    Ok(false)
}

fn write_new(path: &Path, line: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    // Fails when the file exists, in the same step that would make it: no race can overwrite one.
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(line)?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_new_key_file_is_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        let made = Keys::create(&path).unwrap();
        let read = Keys::load(&path).unwrap();
        assert_eq!(made.token_hash("x"), read.token_hash("x"));
        let other = Keys::create(&folder.path().join("other")).unwrap();
        assert_ne!(made.token_hash("x"), other.token_hash("x"));
    }

    #[test]
    fn a_key_file_is_never_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        fs::write(&path, "what was there").unwrap();
        assert!(matches!(Keys::create(&path), Err(KeyFileError::Exists { .. })));
        assert_eq!(fs::read_to_string(&path).unwrap(), "what was there");
    }

    #[cfg(unix)]
    #[test]
    fn a_new_key_file_is_its_owners_alone() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        Keys::create(&path).unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&path), read(&path).unwrap().1), (0o600, false));
        for others in [0o640, 0o604, 0o620] {
            fs::set_permissions(&path, fs::Permissions::from_mode(others)).unwrap();
            assert!(read(&path).unwrap().1, "{others:o}");
            assert!(Keys::load(&path).is_ok(), "{others:o}");
        }
    }

    #[test]
    fn one_line_of_32_bytes_is_a_key_file() {
        let of = |bytes: usize| format!("{FORMAT} {}", STANDARD.encode(vec![7; bytes]));
        for (text, is_key) in [
            (of(32), true),
            (of(32) + "\n", true),
            (of(32) + "\r\n", true),
            (of(31), false),
            (of(33), false),
            (format!(" {}", of(32)), false),
            (format!("{}\n{}", of(32), of(32)), false),
            (of(32).replace("v1", "v2"), false),
            (of(32).replace(' ', ""), false),
            (FORMAT.to_owned(), false),
            (String::new(), false),
        ] {
            assert_eq!(parse(&text).is_some(), is_key, "{text:?}");
        }
    }

    #[test]
    fn errors_say_what_to_do_and_not_what_is_in_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        let missing = Keys::load(&path).unwrap_err();
        assert!(matches!(missing, KeyFileError::Missing { .. }), "{missing}");
        for content in [&b"nominations-key-v1 c2VjcmV0"[..], &[0xFF; 300]] {
            fs::write(&path, content).unwrap();
            let refused = Keys::load(&path).unwrap_err();
            assert!(matches!(refused, KeyFileError::NotAKeyFile { .. }), "{refused}");
            assert!(!refused.to_string().contains("c2VjcmV0"));
        }
        let nowhere = Keys::create(&folder.path().join("no/such/folder/key")).unwrap_err();
        assert!(matches!(nowhere, KeyFileError::Unwritable { .. }), "{nowhere}");
        let a_folder = Keys::load(folder.path()).unwrap_err();
        assert!(matches!(a_folder, KeyFileError::Unreadable { .. }), "{a_folder}");
    }
}
