//! The secrets of our clients at providers: from the environment, else from a file; never from the database, and never
//! shown.

use std::collections::BTreeMap;
use std::fmt;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::keys::is_open_to_others;

/// How the variables of the environment begin; the provider's short name follows, in capitals, with _ for -.
const VARIABLE: &str = "CLIENT_SECRET_";

/// A secret for each provider by its short name. A client without one is a public one, and proves itself by PKCE alone.
#[derive(Clone, Default)]
pub struct Secrets {
    all: BTreeMap<String, Secret>,
    file: Option<PathBuf>,
}

#[derive(Clone)]
struct Secret {
    text: String,
    is_from_file: bool,
}

/// Why the file of secrets cannot be used. Nothing of what stands in it is told.
#[derive(Debug, PartialEq, Eq, Error)]
pub enum SecretsError {
    /// It is not there, or may not be read.
    #[error("the file of client secrets {0} cannot be read: {1}")]
    Unreadable(PathBuf, String),
    /// It is not as it should be.
    #[error(
        "the file of client secrets {0} is not right: write a line such as nztech = \"the secret\" for each provider"
    )]
    Malformed(PathBuf),
}

impl Secrets {
    /// Those of the file, with those of the environment in their place where both name one.
    ///
    /// # Errors
    /// Where the file cannot be read.
    pub fn load(
        file: Option<&Path>,
        environment: impl Iterator<Item = (String, String)>,
    ) -> Result<Self, SecretsError> {
        let mut all = BTreeMap::new();
        if let Some(path) = file {
            let text = read(path)
                .map_err(|why| SecretsError::Unreadable(path.to_owned(), why.kind().to_string()))?;
            let read: BTreeMap<String, String> =
                toml::from_str(&text).map_err(|_| SecretsError::Malformed(path.to_owned()))?;
            all.extend(read.into_iter().map(|(slug, text)| (slug, Secret { text, is_from_file: true })));
        }
        for (variable, text) in environment {
            if let Some(slug) = variable.strip_prefix(VARIABLE).filter(|_| !text.is_empty()) {
                all.insert(slug.to_lowercase().replace('_', "-"), Secret { text, is_from_file: false });
            }
        }
        Ok(Self { all, file: file.map(Path::to_owned) })
    }

    /// The secret for a provider.
    pub(super) fn of(&self, slug: &str) -> Option<&str> {
        self.all.get(slug).map(|secret| secret.text.as_str())
    }

    /// Where the secret for a provider is from, in words for whoever starts the service.
    #[must_use]
    pub fn source_of(&self, slug: &str) -> String {
        match (self.all.get(slug), &self.file) {
            (None, _) => "no secret: a public client".to_owned(),
            (Some(secret), Some(file)) if secret.is_from_file => {
                format!("secret from {}", file.display())
            }
            (Some(_), _) => "secret from the environment".to_owned(),
        }
    }

    /// The names that secrets are kept under and that are no provider's short name: most often a slip.
    pub fn strangers<'s>(&'s self, slugs: &'s [&str]) -> impl Iterator<Item = &'s str> {
        self.all.keys().map(String::as_str).filter(|name| !slugs.contains(name))
    }
}

/// The text of the file. One that others than its owner may read is used all the same, as a key file is.
fn read(path: &Path) -> std::io::Result<String> {
    let mut file = File::open(path)?;
    if is_open_to_others(&file)? {
        tracing::warn!(
            path = %path.display(),
            "the file of client secrets may be read by others than its owner: set its permissions to 600"
        );
    }
    let mut text = String::new();
    file.read_to_string(&mut text)?;
    Ok(text)
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secrets(of {:?})", self.all.keys())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(text: &str, environment: &[(&str, &str)]) -> Result<Secrets, String> {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("secrets.toml");
        std::fs::write(&path, text).expect("a file");
        let environment = environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Secrets::load(Some(&path), environment).map_err(|why| why.to_string())
    }

    #[test]
    fn the_environment_stands_in_place_of_the_file() {
        let environment = [("CLIENT_SECRET_IMMIGRATION_NZ", "e1"), ("CLIENT_SECRET_ITP", ""), ("PATH", "x")];
        let all =
            load("nztech = \"f1\"\nitp = \"f2\"\nimmigration-nz = \"f3\"\n", &environment).expect("secrets");
        assert_eq!(
            [all.of("nztech"), all.of("itp"), all.of("immigration-nz"), all.of("other")],
            [Some("f1"), Some("f2"), Some("e1"), None]
        );
        assert!(!format!("{all:?}").contains("f1"));
        assert!(all.source_of("nztech").ends_with("secrets.toml") && !all.source_of("nztech").contains("f1"));
        assert_eq!(all.source_of("immigration-nz"), "secret from the environment");
        assert_eq!(all.source_of("other"), "no secret: a public client");
        assert_eq!(all.strangers(&["nztech", "other"]).collect::<Vec<_>>(), ["immigration-nz", "itp"]);
    }

    #[test]
    fn a_file_that_is_not_right_is_told_without_what_stands_in_it() {
        for text in ["nztech = hush", "nztech = 7", "[nztech]\nsecret = \"hush\""] {
            let told = load(text, &[]).expect_err(text);
            assert!(told.contains("is not right") && !told.contains("hush"), "{told}");
        }
        let missing = Secrets::load(Some(Path::new("/nowhere/secrets")), std::iter::empty());
        assert!(matches!(missing, Err(SecretsError::Unreadable(..))));
    }
}
