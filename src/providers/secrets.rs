//! The secrets of our clients at providers: from the environment, else from a file; never from the database, and never
//! shown.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use thiserror::Error;

/// How the variables of the environment begin; the provider's short name follows, in capitals, with _ for -.
const VARIABLE: &str = "CLIENT_SECRET_";

/// A secret for each provider by its short name. A client without one is a public one, and proves itself by PKCE alone.
#[derive(Clone, Default)]
pub struct Secrets(BTreeMap<String, String>);

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
            let text = std::fs::read_to_string(path)
                .map_err(|why| SecretsError::Unreadable(path.to_owned(), why.kind().to_string()))?;
            all = toml::from_str(&text).map_err(|_| SecretsError::Malformed(path.to_owned()))?;
        }
        for (variable, secret) in environment {
            if let Some(slug) = variable.strip_prefix(VARIABLE).filter(|_| !secret.is_empty()) {
                all.insert(slug.to_lowercase().replace('_', "-"), secret);
            }
        }
        Ok(Self(all))
    }

    /// The secret for a provider.
    pub(super) fn of(&self, slug: &str) -> Option<&str> {
        self.0.get(slug).map(String::as_str)
    }
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secrets(of {:?})", self.0.keys())
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
