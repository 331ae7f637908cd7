//! Frontends of others, which are served from origins of their own: what an origin is, and whether the access token of
//! somebody who uses one is taken.

use chrono::{DateTime, Utc};
use entity::{StaffRole, membership};
use url::Url;

use super::arrival::holds;
use super::issuers::Issuer;
use crate::providers::is_safe;

/// A person's access token is taken for so long after it was issued: for as long as a sign-in holds at most.
pub const TOKEN_SECONDS: u32 = 8 * 60 * 60;

/// Why a person's access token is not taken. For the log: whoever sent it is told one sentence for all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotTaken {
    /// It was issued to a client that no frontend has.
    #[error("its client is no frontend's here")]
    Client,
    /// It is sent by a page that is not the frontend's, or is a machine's and sent by any.
    #[error("a page sends it that is not its frontend's")]
    Origin,
    /// Nobody is bound to its subject, or not any more, or as something that its issuer does not speak for.
    #[error("who it names is no member here")]
    Nobody,
}

/// Whether a text is an origin exactly as browsers send it (RFC 6454): `https://`, a host, a port that is not the usual one, and
/// nothing behind it; `http://` on this machine. One that stands for several is none.
#[must_use]
pub fn is_origin(typed: &str) -> bool {
    let url = Url::parse(typed).ok().filter(|url| is_safe(url) && !typed.contains('*'));
    url.is_some_and(|url| url.origin().ascii_serialization() == typed)
}

/// Whom the access token of a person makes the sender. `origins` are those of the frontend whose client it was issued to, none
/// where no frontend has that client; `origin` is what a browser says of the page that sends it.
///
/// # Errors
/// Why it is not taken.
pub fn sender(
    issuer: &Issuer,
    member: Option<membership::Model>,
    origins: &[String],
    origin: Option<&str>,
    now: DateTime<Utc>,
) -> Result<membership::Model, NotTaken> {
    if origins.is_empty() {
        return Err(NotTaken::Client);
    }
    if origin.is_some_and(|origin| !origins.iter().any(|own| own == origin)) {
        return Err(NotTaken::Origin);
    }
    let member = member.filter(|member| {
        member.role != StaffRole::Service
            && holds(member.ends_at, now)
            && issuer.speaks_for(member.role, member.body_id)
    });
    member.ok_or(NotTaken::Nobody)
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use entity::{BodyId, IssuerId, IssuerTenant, MembershipId, PersonId};
    use uuid::Uuid;

    use super::*;
    use crate::people::rules::AT_MOST_HOURS;
    use crate::people::rules::issuers::roles_of;

    const NZTECH: Option<BodyId> = Some(BodyId(Uuid::from_u128(1)));
    const ITP: Option<BodyId> = Some(BodyId(Uuid::from_u128(2)));
    const DESK: &str = "https://desk.example.nz";

    #[test]
    fn an_origin_is_what_browsers_send() {
        for (typed, expected) in [
            (DESK, true),
            ("https://desk.example.nz:8443", true),
            ("http://127.0.0.1:5173", true),
            ("http://localhost:5173", true),
            ("http://[::1]:5173", true),
            ("https://xn--mori-qsa.example.nz", true),
            ("https://desk.example.nz/", false),
            ("https://desk.example.nz:443", false),
            ("https://desk.example.nz/app", false),
            ("https://desk.example.nz?x", false),
            ("https://Desk.example.nz", false),
            ("https://m\u{101}ori.example.nz", false),
            ("https://*.example.nz", false),
            ("https://me@desk.example.nz", false),
            ("http://desk.example.nz", false),
            ("desk.example.nz", false),
            ("file:///tmp", false),
            ("null", false),
            ("*", false),
            ("", false),
        ] {
            assert_eq!(is_origin(typed), expected, "{typed}");
        }
    }

    fn issuer(roles: &[StaffRole]) -> Issuer {
        Issuer {
            id: IssuerId(Uuid::from_u128(9)),
            slug: "x".into(),
            name: "X".into(),
            url: "https://x.example.nz".into(),
            client_id: "nominations".into(),
            audience: Some("api".into()),
            tenant: IssuerTenant::Body,
            body: NZTECH,
            roles: roles.to_vec(),
        }
    }

    fn now() -> DateTime<Utc> {
        "2022-03-01T00:00:00Z".parse().expect("an instant")
    }

    fn member(role: StaffRole, body: Option<BodyId>, ends_in: Option<i64>) -> membership::Model {
        membership::Model {
            id: MembershipId(Uuid::from_u128(4)),
            person_id: PersonId(Uuid::from_u128(3)),
            role,
            body_id: body,
            version: 1,
            ends_at: ends_in.map(|seconds| now() + TimeDelta::seconds(seconds)),
        }
    }

    #[test]
    fn a_token_is_taken_of_a_listed_client_for_a_member_of_the_issuers_tenant() {
        let all = issuer(roles_of(IssuerTenant::Body));
        let own = [DESK.to_owned(), "https://desk.example.org".to_owned()];
        let lead = || Some(member(StaffRole::Lead, NZTECH, None));
        let told = |member, origins: &[String], origin| sender(&all, member, origins, origin, now()).err();
        for (member, origins, origin, expected) in [
            (lead(), &own[..], Some(DESK), None),
            (lead(), &own[..], Some("https://desk.example.org"), None),
            (lead(), &own[..], None, None),
            (lead(), &[], Some(DESK), Some(NotTaken::Client)),
            (lead(), &own[1..], Some(DESK), Some(NotTaken::Origin)),
            (lead(), &own[..], Some("null"), Some(NotTaken::Origin)),
            (lead(), &own[..], Some(""), Some(NotTaken::Origin)),
            (None, &own[..], Some(DESK), Some(NotTaken::Nobody)),
            (Some(member(StaffRole::Lead, ITP, None)), &own[..], None, Some(NotTaken::Nobody)),
            (Some(member(StaffRole::Lead, None, None)), &own[..], None, Some(NotTaken::Nobody)),
            (Some(member(StaffRole::Lead, NZTECH, Some(1))), &own[..], None, None),
            (Some(member(StaffRole::Lead, NZTECH, Some(0))), &own[..], None, Some(NotTaken::Nobody)),
            (Some(member(StaffRole::Service, NZTECH, None)), &own[..], None, Some(NotTaken::Nobody)),
        ] {
            assert_eq!(told(member.clone(), origins, origin), expected, "{member:?} {origin:?}");
        }
        let narrow = issuer(&[StaffRole::Assessor]);
        assert_eq!(sender(&narrow, lead(), &own, None, now()).err(), Some(NotTaken::Nobody));
        assert_eq!(i64::from(TOKEN_SECONDS), AT_MOST_HOURS * 60 * 60);
    }
}
