//! What a provider says of somebody at its userinfo endpoint (OpenID Connect Core, section 5.3).

use serde::Deserialize;

use super::ProviderFault;

/// As far as it is used here.
#[derive(PartialEq, Eq)]
pub(super) struct Said {
    /// What the provider calls them.
    pub(super) name: Option<String>,
    /// Their address, where the provider has made sure of it.
    pub(super) email: Option<String>,
}

#[derive(Deserialize)]
struct Document {
    sub: String,
    name: Option<String>,
    email: Option<String>,
    #[serde(default)]
    email_verified: bool,
}

/// Reads what was said, which counts only where it is of whoever the ID token is of.
pub(super) fn read(said: serde_json::Value, subject: &str) -> Result<Said, ProviderFault> {
    let document: Document = serde_json::from_value(said).map_err(|_| ProviderFault::Unusable("userinfo"))?;
    if document.sub != subject {
        return Err(ProviderFault::Unusable("userinfo"));
    }
    Ok(Said { name: document.name, email: document.email.filter(|_| document.email_verified) })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_said_is_of_whoever_signed_in() {
        let said = |value| read(value, "zoe").map(|said| (said.name, said.email));
        let (name, email) = (Some("Zoe".to_owned()), Some("zoe@example.nz".to_owned()));
        let whole = json!({ "sub": "zoe", "name": "Zoe", "email": "zoe@example.nz", "email_verified": true });
        assert_eq!(said(whole), Ok((name.clone(), email)));
        let not_sure = json!({ "sub": "zoe", "name": "Zoe", "email": "zoe@example.nz" });
        assert_eq!(said(not_sure), Ok((name, None)));
        assert_eq!(said(json!({ "sub": "zoe" })), Ok((None, None)));
        for wrong in [json!({ "sub": "mallory", "name": "Zoe" }), json!({ "name": "Zoe" }), json!([])] {
            assert_eq!(said(wrong), Err(ProviderFault::Unusable("userinfo")));
        }
    }
}
