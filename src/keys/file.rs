//! The key file: a line for each key, `nominations-key-v1`, 32 bytes in base64, and the key's number where it is not the
//! first. The same lines may stand in the environment instead.
//!
//! A file is made once per deployment, for its owner only, and never loses a line but by hand: without its keys the sealed
//! passport numbers of its database are lost. No message has any of its content.

use std::{
    collections::BTreeSet,
    fmt,
    fs::{self, File, OpenOptions},
    io::{self, Read, Write},
    path::{Path, PathBuf},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use thiserror::Error;

use super::{KEY_BYTES, Key, Keys, NoRandomness, random_bytes};

/// The word that each line starts with.
const FORMAT: &str = "nominations-key-v1";
/// A key file is shorter than this; of anything longer no more is read.
const FILE_BYTES_MAX: u64 = 8_192;

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
        "{path} is no key file: it has to have a line for each key, `{FORMAT}`, a space and 32 bytes in base64, \
         and behind another space the key's number, but for the first. Restore it from the backup of the keys"
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
    /// Something else is in the environment.
    #[error(
        "DEPLOYMENT_KEYS has no keys: it has to have what a key file has, a line for each key, or the lines \
         parted by commas. Take it from the backup of the keys"
    )]
    NotKeys,
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

/// Where a process has its keys from.
#[derive(Clone, PartialEq, Eq)]
pub enum KeySource {
    /// A key file, which is read anew when another process has added a key.
    File(PathBuf),
    /// The environment: the lines of a key file, one after the other or parted by commas.
    Environment(SecretText),
}

/// A text that is never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretText(String);

impl From<String> for SecretText {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Debug for SecretText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretText(redacted)")
    }
}

impl fmt::Debug for KeySource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "File({})", path.display()),
            Self::Environment(_) => f.write_str("Environment(redacted)"),
        }
    }
}

impl KeySource {
    /// Reads the keys. A file that others than its owner may read is used all the same (secrets are mounted so in
    /// containers), but the log has a warning.
    ///
    /// # Errors
    /// Says what is wrong with the file or the text, and what to do.
    pub fn open(&self) -> Result<Keys, KeyFileError> {
        let (text, wrong) = match self {
            Self::File(path) => (read_file(path)?, KeyFileError::NotAKeyFile { path: path.clone() }),
            Self::Environment(text) => (text.0.clone(), KeyFileError::NotKeys),
        };
        let mut keys = parse(&text).into_iter().flatten().map(|(number, secret)| Key::new(number, secret));
        let one = keys.next().ok_or(wrong)?;
        Ok(Keys::of(one, keys, Some(self.clone())))
    }
}

impl Keys {
    /// Reads the keys of a deployment from its key file.
    ///
    /// # Errors
    /// As [`KeySource::open`].
    pub fn load(path: &Path) -> Result<Self, KeyFileError> {
        KeySource::File(path.to_owned()).open()
    }

    /// Makes a new key file that only its owner may read, and reads the key from it.
    ///
    /// # Errors
    /// [`KeyFileError::Exists`] when there is a file already; else says why it cannot be written.
    pub fn create(path: &Path) -> Result<Self, KeyFileError> {
        let line = new_key_line(1)?;
        write(path, &line, true).map_err(|source| match source.kind() {
            io::ErrorKind::AlreadyExists => KeyFileError::Exists { path: path.to_owned() },
            _ => KeyFileError::Unwritable { path: path.to_owned(), source },
        })?;
        Self::load(path)
    }
}

/// Adds a new key to a key file, under the next number, which is answered. The file is replaced in one step: whoever reads
/// it meanwhile has the keys from before.
///
/// # Errors
/// Says what is wrong with the file.
pub fn add_key_to(path: &Path) -> Result<i32, KeyFileError> {
    let text = read_file(path)?;
    let keys = parse(&text).ok_or_else(|| KeyFileError::NotAKeyFile { path: path.to_owned() })?;
    let number = keys.iter().map(|(number, _)| *number).max().unwrap_or(0) + 1;
    let beside = path.with_added_extension("new");
    let text = format!("{}\n{}", text.trim_end(), new_key_line(number)?);
    let replaced = write(&beside, &text, false).and_then(|()| fs::rename(&beside, path));
    replaced.map_err(|source| KeyFileError::Unwritable { path: path.to_owned(), source })?;
    Ok(number)
}

/// A new key, as a line of a key file.
///
/// # Errors
/// [`NoRandomness`] when the operating system gives none.
pub fn new_key_line(number: i32) -> Result<String, NoRandomness> {
    let encoded = STANDARD.encode(random_bytes::<KEY_BYTES>()?);
    Ok(if number == 1 { format!("{FORMAT} {encoded}\n") } else { format!("{FORMAT} {encoded} {number}\n") })
}

/// The keys in a text by their numbers: at least one, each number once, and no key twice.
fn parse(text: &str) -> Option<Vec<(i32, [u8; KEY_BYTES])>> {
    let lines = text.trim_end().split(['\n', ',']).map(|line| line.trim_end_matches('\r'));
    let keys = lines.map(parse_line).collect::<Option<Vec<_>>>()?;
    let numbers: BTreeSet<_> = keys.iter().map(|(number, _)| number).collect();
    let secrets: BTreeSet<_> = keys.iter().map(|(_, secret)| secret).collect();
    (numbers.len() == keys.len() && secrets.len() == keys.len()).then_some(keys)
}

/// A line without a number has the first key.
fn parse_line(line: &str) -> Option<(i32, [u8; KEY_BYTES])> {
    let rest = line.strip_prefix(FORMAT)?.strip_prefix(' ')?;
    let (encoded, number) = rest.split_once(' ').unwrap_or((rest, "1"));
    let number = number.parse().ok().filter(|number| *number > 0)?;
    Some((number, STANDARD.decode(encoded).ok()?.try_into().ok()?))
}

fn read_file(path: &Path) -> Result<String, KeyFileError> {
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
    Ok(text)
}

/// The text of a file, and whether others than its owner may read or write it.
fn read(path: &Path) -> io::Result<(String, bool)> {
    let file = File::open(path)?;
    let is_open_to_others = is_open_to_others(&file)?;
    let mut text = String::new();
    file.take(FILE_BYTES_MAX).read_to_string(&mut text)?;
    Ok((text, is_open_to_others))
}

/// Whether others than a file's owner may read or write it.
#[cfg(unix)]
pub(crate) fn is_open_to_others(file: &File) -> io::Result<bool> {
    use std::os::unix::fs::PermissionsExt;
    Ok(file.metadata()?.permissions().mode() & 0o077 != 0)
}

#[cfg(not(unix))]
pub(crate) fn is_open_to_others(_: &File) -> io::Result<bool> {
    Ok(false)
}

/// Writes a file for its owner only.
fn write(path: &Path, text: &str, is_new: bool) -> io::Result<()> {
    let mut options = OpenOptions::new();
    if is_new {
        // Fails when the file exists, in the same step that would make it: no race can overwrite one.
        options.write(true).create_new(true);
    } else {
        options.write(true).create(true).truncate(true);
    }
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(text.as_bytes())?;
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

    #[test]
    fn a_key_is_added_under_the_next_number_and_the_others_stay() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        let made = Keys::create(&path).unwrap();
        assert_eq!((add_key_to(&path).unwrap(), add_key_to(&path).unwrap()), (2, 3));
        let (read, is_open_to_others) = super::read(&path).unwrap();
        assert!(!is_open_to_others && read.lines().count() == 3);
        let all = Keys::load(&path).unwrap().all();
        assert_eq!(all.iter().map(|key| key.number()).collect::<Vec<_>>(), [1, 2, 3]);
        assert_eq!(all[0].id(), made.all()[0].id());
        made.reload().unwrap();
        assert_eq!(made.all().len(), 3);
        assert!(matches!(add_key_to(&folder.path().join("none")), Err(KeyFileError::Missing { .. })));
        let in_environment = Keys::from_text(&read.trim_end().replace('\n', ",")).unwrap();
        assert_eq!(in_environment.all().len(), 3);
        assert!(matches!(Keys::from_text("keys"), Err(KeyFileError::NotKeys)));
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
    fn a_line_of_32_bytes_for_each_key_is_a_key_file() {
        let another = format!("{FORMAT} {}", STANDARD.encode([8; 32]));
        let of = |bytes: usize| format!("{FORMAT} {}", STANDARD.encode(vec![7; bytes]));
        for (text, is_key) in [
            (of(32), true),
            (of(32) + "\n", true),
            (of(32) + "\r\n", true),
            (of(31), false),
            (of(33), false),
            (format!(" {}", of(32)), false),
            (format!("{}\n{}", of(32), of(32)), false),
            (of(32) + " 2", true),
            (of(32) + " 0", false),
            (of(32) + " two", false),
            (of(32) + " 2 3", false),
            (format!("{}\n{} 2\n", of(32), another), true),
            (format!("{},{} 2", of(32), another), true),
            (format!("{}\n\n{} 2", of(32), another), false),
            (format!("{} 2\n{} 2", of(32), another), false),
            (format!("{}\n{} 2", of(32), of(32)), false),
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
        for content in [&b"nominations-key-v1 c2VjcmV0"[..], &[0xFF; 9_000]] {
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
