//! The ids that callers see: opaque, and of one type each.
//!
//! An id is base64url of `Type:key`. One of another type, one that was made up, and one of a row that does not
//! exist all read as "no such thing"; nothing tells them apart.

use async_graphql::ID;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use entity::{
    AmendmentId, ApplicationId, BallotId, BodyId, DiscrepancyId, EmployerClaimId, EmployerId, EventId,
    EvidenceId, ExceptionId, InformationRequestId, InterestId, InvitationId, MembershipId, MovementId,
    PersonId, ReconciliationId, ReleaseId, SessionId,
};
use uuid::Uuid;

use crate::error::UserError;

/// What has a global id.
pub trait Global: Sized {
    /// The type's name in the public schema.
    const TYPE: &'static str;
    /// What people call it.
    const NOUN: &'static str;

    /// What tells it from others of its type.
    fn key(&self) -> String;

    /// Reads what [`Self::key`] wrote.
    fn from_key(key: &str) -> Option<Self>;
}

/// Makes and reads global ids.
#[derive(Debug)]
pub struct GlobalId;

impl GlobalId {
    /// The id that callers see.
    #[must_use]
    pub fn of<T: Global>(what: &T) -> ID {
        ID(URL_SAFE_NO_PAD.encode(format!("{}:{}", T::TYPE, what.key())))
    }

    /// Reads an id of one type; none for anything but what [`Self::of`] makes.
    #[must_use]
    pub fn read<T: Global>(id: &ID) -> Option<T> {
        let (kind, key) = open(id)?;
        let read = (kind == T::TYPE).then(|| T::from_key(&key)).flatten()?;
        // One thing, one id: another spelling of the same key is no id.
        (Self::of(&read) == *id).then_some(read)
    }

    /// Reads an id that stands in an input.
    ///
    /// # Errors
    /// `NOT_FOUND` at `field`, just as for an id that belongs to nothing.
    pub fn parse<T: Global>(id: &ID, field: &str) -> Result<T, UserError> {
        Self::read(id).ok_or_else(|| UserError::not_found(field, T::NOUN))
    }

    /// The name of the type that an id claims to be of.
    #[must_use]
    pub fn type_of(id: &ID) -> Option<String> {
        open(id).map(|(kind, _)| kind)
    }
}

fn open(id: &ID) -> Option<(String, String)> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(id.as_str()).ok()?).ok()?;
    let (kind, key) = text.split_once(':')?;
    Some((kind.to_owned(), key.to_owned()))
}

macro_rules! global {
    ($($id:ident, $type:literal, $noun:literal;)+) => {$(
        impl Global for $id {
            const TYPE: &'static str = $type;
            const NOUN: &'static str = $noun;

            fn key(&self) -> String {
                self.0.to_string()
            }

            fn from_key(key: &str) -> Option<Self> {
                Uuid::try_parse(key).ok().map(Self)
            }
        }
    )+};
}

global! {
    BodyId, "Body", "body";
    ExceptionId, "ClassException", "class exception";
    PersonId, "Person", "person";
    EmployerId, "Employer", "employer";
    ApplicationId, "Application", "application";
    EvidenceId, "Evidence", "record of evidence";
    InformationRequestId, "InformationRequest", "question";
    AmendmentId, "Amendment", "correction";
    MovementId, "PlaceMovement", "movement of a place";
    EventId, "ApplicationEvent", "event";
    InterestId, "Interest", "expression of interest";
    ReleaseId, "Release", "release";
    BallotId, "Ballot", "ballot";
    MembershipId, "Member", "member of your body";
    SessionId, "Session", "sign-in of yours";
    InvitationId, "Invitation", "invitation";
    EmployerClaimId, "EmployerClaim", "request to act for an employer";
    DiscrepancyId, "Discrepancy", "discrepancy";
    ReconciliationId, "Reconciliation", "reconciliation";
}

/// A role of a class exception: a row of its file, not of a table.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ApprovedRoleId {
    /// The class exception's slug.
    pub exception: String,
    /// The role's code within it.
    pub code: String,
}

impl Global for ApprovedRoleId {
    const TYPE: &'static str = "ApprovedRole";
    const NOUN: &'static str = "role";

    fn key(&self) -> String {
        format!("{}:{}", self.exception, self.code)
    }

    fn from_key(key: &str) -> Option<Self> {
        let (exception, code) = key.split_once(':')?;
        Some(Self { exception: exception.to_owned(), code: code.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::UserErrorCode;

    const UUID: Uuid = Uuid::from_u128(0x017f_22e2_79b0_7cc3_98c4_dc0c_0c07_398f);

    fn encoded(text: &str) -> ID {
        ID(URL_SAFE_NO_PAD.encode(text))
    }

    #[test]
    fn an_id_reads_back() {
        let role = ApprovedRoleId { exception: "specialist-tech".into(), code: "2613".into() };
        assert_eq!(GlobalId::read(&GlobalId::of(&BodyId(UUID))), Some(BodyId(UUID)));
        assert_eq!(GlobalId::read(&GlobalId::of(&role)), Some(role));
        assert_eq!(GlobalId::type_of(&GlobalId::of(&BodyId(UUID))).as_deref(), Some("Body"));
    }

    #[test]
    fn another_type_and_garbage_are_an_unknown_application() {
        let right = GlobalId::of(&ApplicationId(UUID));
        for id in [
            GlobalId::of(&BodyId(UUID)),
            ID(String::new()),
            ID("Application".into()),
            ID(UUID.to_string()),
            ID(format!("{}=", right.as_str())),
            encoded("Application:"),
            encoded(&format!("application:{UUID}")),
            encoded(&format!("Application:{}", UUID.simple())),
            encoded(&format!("Application:{}", UUID.to_string().to_uppercase())),
            encoded(&format!("Application:{UUID} ")),
        ] {
            let refused = GlobalId::parse::<ApplicationId>(&id, "id");
            assert_eq!(refused, Err(UserError::not_found("id", "application")), "{id:?}");
        }
        assert_eq!(UserError::not_found("id", "application").code, UserErrorCode::NotFound);
    }
}
