//! Takes what is secret out of a database's URL, so that it can be shown.

use url::Url;

/// Put where something was taken out.
const MASK: &str = "***";

/// The URL without its password, and without the values of its parameters, some of which are passwords too. Of
/// what cannot be read as a URL, nothing but what stands before the first colon.
#[must_use]
pub fn without_secrets(database_url: &str) -> String {
    let scheme = database_url.split(':').next().unwrap_or_default();
    if scheme == "sqlite" {
        return database_url.to_owned();
    }
    let Ok(mut url) = Url::parse(database_url) else { return format!("{scheme}:{MASK}") };
    let is_masked = url.password().is_none() || url.set_password(Some(MASK)).is_ok();
    if !is_masked {
        return format!("{scheme}:{MASK}");
    }
    if url.query().is_some() {
        url.set_query(Some(MASK));
    }
    url.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_password_is_shown() {
        for (url, shown) in [
            ("postgres://me:secret@db.example.nz/n", "postgres://me:***@db.example.nz/n"),
            ("postgres://me@db.example.nz/n", "postgres://me@db.example.nz/n"),
            ("postgres://db/n?user=me&password=secret", "postgres://db/n?***"),
            ("postgres://me:sec#ret@db/n", "postgres:***"),
            ("postgres://:secret", "postgres:***"),
            ("secret", "secret:***"),
            ("sqlite://data/demo.db", "sqlite://data/demo.db"),
        ] {
            assert_eq!(without_secrets(url), shown, "{url}");
        }
    }
}
