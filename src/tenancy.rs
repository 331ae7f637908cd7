//! Who is asking, and the scopes that prove what they may touch.
//!
//! A [`Viewer`] is made once per request. Asked for a scope by name of a permission, it hands out a proof with
//! private fields: no scope can be made in another way, `db` opens only for a scope, and stores filter by it.
//! Nothing outside this file decides what a role may do.

mod scopes;

use std::sync::Arc;

use entity::{ActorKind, BodyId, EmployerId, FrontendId, MembershipId, PersonId, SessionId, StaffRole};

pub use scopes::{
    AgencyScope, BodyScope, CaseloadScope, EmployerScope, FiguresScope, ImportScope, ListScope, PublicScope,
    ReconciliationScope, ReleaseScope, RevealScope, Scope, SelfScope, SharedScope, SystemScope, Tenant,
};

use crate::error::{Failure, UserError, UserErrorCode};

/// What a role may do at all; on what, the scopes say, and when, the rules of each slice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Permission {
    /// Draft, submit and follow applications of own employers.
    Apply,
    /// Take, assess, verify, recommend.
    Assess,
    /// Confirm what another recommended.
    Confirm,
    /// Give applications to assessors.
    Assign,
    /// Run the body's part of a ballot.
    RunBallot,
    /// Prepare, attest and publish releases.
    Release,
    /// Reconcile and resolve discrepancies.
    Reconcile,
    /// Acknowledge a release.
    AcknowledgeRelease,
    /// Record the agency's outcomes.
    RecordOutcomes,
    /// Read figures by body.
    ViewStatistics,
    /// Say who is a member of the own body, and who acts for an employer.
    ManageMembers,
}

/// The permissions of a role.
#[must_use]
pub fn permissions_of(role: StaffRole) -> &'static [Permission] {
    use Permission::{
        AcknowledgeRelease, Apply, Assess, Assign, Confirm, ManageMembers, Reconcile, RecordOutcomes,
        Release, RunBallot, ViewStatistics,
    };
    match role {
        StaffRole::Employer => &[Apply],
        StaffRole::Assessor => &[Assess, ViewStatistics],
        StaffRole::Lead => {
            &[Assess, Confirm, Assign, RunBallot, Release, Reconcile, ViewStatistics, ManageMembers]
        }
        StaffRole::AgencyOfficer => &[AcknowledgeRelease, RecordOutcomes, Reconcile, ViewStatistics],
        StaffRole::Observer | StaffRole::Service => &[ViewStatistics],
    }
}

/// A person or service account that is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// The membership that the sign-in is for.
    pub membership: MembershipId,
    /// Who.
    pub person: PersonId,
    /// As what.
    pub role: StaffRole,
    /// For whom, where the role is a body's.
    pub body: Option<BodyId>,
    /// For which employers, where the role is an employer's.
    pub employers: Arc<[EmployerId]>,
}

/// Whose hand an act is by, as history and the ledger keep it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Actor {
    /// Who; none for the service itself.
    pub person: Option<PersonId>,
    /// As what; none for the service itself.
    pub role: Option<StaffRole>,
}

impl Actor {
    /// The service itself.
    pub const SYSTEM: Self = Self { person: None, role: None };

    /// A person, or the service.
    #[must_use]
    pub fn kind(self) -> ActorKind {
        if self.person.is_some() { ActorKind::Person } else { ActorKind::System }
    }
}

/// Who is asking.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Viewer {
    member: Option<Member>,
    by: SignIn,
}

/// What somebody is signed in by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum SignIn {
    /// Nothing here that could be ended: nobody is signed in, or a machine by its provider's token.
    #[default]
    Nothing,
    /// A sign-in of ours.
    Session(SessionId),
    /// A provider's token that a frontend of others sends.
    Frontend(FrontendId),
}

impl Viewer {
    /// Anybody: nobody is signed in.
    #[must_use]
    pub fn public() -> Self {
        Self::default()
    }

    /// Somebody whose sign-in and membership were looked up in this request.
    #[must_use]
    pub fn signed_in(member: Member) -> Self {
        Self { member: Some(member), by: SignIn::Nothing }
    }

    /// The same, by a sign-in that can be ended.
    #[must_use]
    pub fn in_session(member: Member, session: SessionId) -> Self {
        Self { member: Some(member), by: SignIn::Session(session) }
    }

    /// The same, by a token that a frontend of others sends, which holds for as long as the frontend is there.
    #[must_use]
    pub fn at_frontend(member: Member, frontend: FrontendId) -> Self {
        Self { member: Some(member), by: SignIn::Frontend(frontend) }
    }

    /// The sign-in that this request came with; none where a provider's token came with it.
    #[must_use]
    pub fn session(&self) -> Option<SessionId> {
        match self.by {
            SignIn::Session(session) => Some(session),
            SignIn::Nothing | SignIn::Frontend(_) => None,
        }
    }

    /// The frontend of others that sent the token which this request came with.
    #[must_use]
    pub fn frontend(&self) -> Option<FrontendId> {
        match self.by {
            SignIn::Frontend(frontend) => Some(frontend),
            SignIn::Nothing | SignIn::Session(_) => None,
        }
    }

    /// The member, where somebody is signed in.
    #[must_use]
    pub fn member(&self) -> Option<&Member> {
        self.member.as_ref()
    }

    /// Whether the viewer's role has a permission.
    #[must_use]
    pub fn may(&self, permission: Permission) -> bool {
        self.member.as_ref().is_some_and(|member| permissions_of(member.role).contains(&permission))
    }

    /// Bytes that bind a cursor to this viewer.
    #[must_use]
    pub fn mark(&self) -> String {
        self.member.as_ref().map_or_else(|| "public".into(), |member| member.membership.to_string())
    }

    /// To act in the viewer's own body.
    ///
    /// # Errors
    /// `Unauthenticated`, or `NOT_PERMITTED` for a role without the permission.
    pub fn in_body(&self, permission: Permission) -> Result<BodyScope, Failure> {
        let member = self.holding(permission)?;
        let body = member.body.ok_or_else(|| not_permitted(permission))?;
        Ok(BodyScope { body, person: member.person, role: member.role })
    }

    /// To act for the viewer's own employers.
    ///
    /// # Errors
    /// `Unauthenticated`, or `NOT_PERMITTED` for a role that is not an employer's.
    pub fn for_employers(&self) -> Result<EmployerScope, Failure> {
        let member = self.holding(Permission::Apply)?;
        Ok(EmployerScope { employers: Arc::clone(&member.employers), person: member.person })
    }

    /// To act on what the bodies share.
    ///
    /// # Errors
    /// `Unauthenticated`, or `NOT_PERMITTED` for a role without the permission.
    pub fn in_shared(&self, permission: Permission) -> Result<SharedScope, Failure> {
        Ok(shared(self.holding(permission)?))
    }

    /// To work on what does not agree: a lead on what is its body's, the agency's officers on what is the agency's.
    ///
    /// # Errors
    /// `Unauthenticated`, or `NOT_PERMITTED` for everybody else.
    pub fn to_reconcile(&self) -> Result<ReconciliationScope, Failure> {
        let member = self.holding(Permission::Reconcile)?;
        let (person, role) = (member.person, member.role);
        Ok(match member.body {
            Some(body) => ReconciliationScope::Body(BodyScope { body, person, role }),
            None => ReconciliationScope::Agency(AgencyScope { person, role }),
        })
    }

    /// To read what does not agree; none for who may not at all. A machine of the agency reads what its messages led to.
    #[must_use]
    pub fn reconciliation(&self) -> Option<ReconciliationScope> {
        let member = self.member.as_ref()?;
        if member.role == StaffRole::Service && member.body.is_none() {
            let (person, role) = (member.person, member.role);
            return Some(ReconciliationScope::Agency(AgencyScope { person, role }));
        }
        self.to_reconcile().ok()
    }

    /// To read the runs of reconciliation with their figures; none but for leads, the agency's officers and observers.
    #[must_use]
    pub fn runs(&self) -> Option<SharedScope> {
        let member = self.member.as_ref()?;
        let is_observer = member.role == StaffRole::Observer;
        let may = is_observer || permissions_of(member.role).contains(&Permission::Reconcile);
        may.then(|| shared(member))
    }

    /// To read a passport whole: a body's people in their own caseload, the agency's officers on published lines.
    ///
    /// # Errors
    /// `Unauthenticated`, or `NOT_PERMITTED` for everybody else.
    pub fn to_reveal(&self) -> Result<RevealScope, Failure> {
        let member = self.member.as_ref().ok_or(Failure::Unauthenticated)?;
        let (person, role) = (member.person, member.role);
        match (role, member.body) {
            (StaffRole::Assessor | StaffRole::Lead, Some(body)) => {
                Ok(RevealScope::Body(BodyScope { body, person, role }))
            }
            (StaffRole::AgencyOfficer, _) => Ok(RevealScope::Agency(AgencyScope { person, role })),
            (
                StaffRole::Assessor
                | StaffRole::Lead
                | StaffRole::Employer
                | StaffRole::Observer
                | StaffRole::Service,
                _,
            ) => {
                let message =
                    "Your role does not allow this. It needs the role ASSESSOR, LEAD or AGENCY_OFFICER.";
                Err(UserError::new(UserErrorCode::NotPermitted, message).into())
            }
        }
    }

    /// To take in what the viewer's own body has on its own system: for its leads and its machines.
    ///
    /// # Errors
    /// `Unauthenticated`, or `NOT_PERMITTED` for everybody else.
    pub fn to_import(&self) -> Result<ImportScope, Failure> {
        let member = self.member.as_ref().ok_or(Failure::Unauthenticated)?;
        match (member.role, member.body) {
            (role @ (StaffRole::Lead | StaffRole::Service), Some(body)) => {
                Ok(ImportScope { body, person: Some(member.person), role: Some(role) })
            }
            (
                StaffRole::Lead
                | StaffRole::Service
                | StaffRole::Assessor
                | StaffRole::Employer
                | StaffRole::AgencyOfficer
                | StaffRole::Observer,
                _,
            ) => {
                let message = "Your role does not allow this. It needs a lead of a body, or a body's own machine \
                               with the role SERVICE.";
                Err(UserError::new(UserErrorCode::NotPermitted, message).into())
            }
        }
    }

    /// To read the names of the people in rows that the viewer may read; none for who is not signed in.
    #[must_use]
    pub fn names(&self) -> Option<SharedScope> {
        self.member.as_ref().map(shared)
    }

    /// To act on the viewer's own sign-ins.
    ///
    /// # Errors
    /// `Unauthenticated`.
    pub fn as_self(&self) -> Result<SelfScope, Failure> {
        let member = self.member.as_ref().ok_or(Failure::Unauthenticated)?;
        Ok(SelfScope { person: member.person, role: member.role })
    }

    /// To record what the agency says: for its officers and its machines.
    ///
    /// # Errors
    /// `Unauthenticated`, or `NOT_PERMITTED` for everybody else.
    pub fn to_record_outcomes(&self) -> Result<SharedScope, Failure> {
        let member = self.member.as_ref().ok_or(Failure::Unauthenticated)?;
        if member.role == StaffRole::Service && member.body.is_none() {
            return Ok(shared(member));
        }
        self.in_shared(Permission::RecordOutcomes)
    }

    /// To read what everybody may.
    #[must_use]
    pub fn in_public(&self) -> PublicScope {
        PublicScope { person: self.member.as_ref().map(|member| member.person) }
    }

    /// To read the viewer's own caseload; none where there is no such thing for this viewer.
    #[must_use]
    pub fn caseload(&self) -> Option<CaseloadScope> {
        let member = self.member.as_ref()?;
        match (member.role, member.body) {
            (StaffRole::Employer, _) => self.for_employers().ok().map(CaseloadScope::Employers),
            (StaffRole::Assessor | StaffRole::Lead | StaffRole::Service, Some(body)) => {
                Some(CaseloadScope::Body(BodyScope { body, person: member.person, role: member.role }))
            }
            (
                StaffRole::Assessor
                | StaffRole::Lead
                | StaffRole::Service
                | StaffRole::AgencyOfficer
                | StaffRole::Observer,
                _,
            ) => None,
        }
    }

    /// To read the combined list as far as this viewer may; none for who may not at all.
    #[must_use]
    pub fn combined_list(&self) -> Option<ListScope> {
        let member = self.member.as_ref()?;
        match member.role {
            StaffRole::Employer | StaffRole::Assessor | StaffRole::Lead => {
                self.caseload().map(ListScope::Caseload)
            }
            StaffRole::Service if member.body.is_some() => self.caseload().map(ListScope::Caseload),
            StaffRole::Service | StaffRole::AgencyOfficer => {
                Some(ListScope::Agency(AgencyScope { person: member.person, role: member.role }))
            }
            StaffRole::Observer => None,
        }
    }

    /// To read releases of the combined list as far as this viewer may.
    #[must_use]
    pub fn releases(&self) -> ReleaseScope {
        match self.combined_list() {
            Some(ListScope::Caseload(scope)) => ReleaseScope::Caseload(scope),
            Some(ListScope::Agency(scope)) => ReleaseScope::Agency(scope),
            None => ReleaseScope::Public(self.in_public()),
        }
    }

    /// To read the figures of one body's caseload; none for who may not: its own staff may, and observers, who are told
    /// no names.
    #[must_use]
    pub fn figures_of(&self, body: BodyId) -> Option<FiguresScope> {
        let member = self.member.as_ref()?;
        let names_people = match member.role {
            StaffRole::Assessor | StaffRole::Lead | StaffRole::Service if member.body == Some(body) => true,
            StaffRole::Observer => false,
            StaffRole::Employer
            | StaffRole::Assessor
            | StaffRole::Lead
            | StaffRole::AgencyOfficer
            | StaffRole::Service => return None,
        };
        Some(FiguresScope { body, names_people, person: member.person, role: member.role })
    }

    fn holding(&self, permission: Permission) -> Result<&Member, Failure> {
        let member = self.member.as_ref().ok_or(Failure::Unauthenticated)?;
        if permissions_of(member.role).contains(&permission) {
            Ok(member)
        } else {
            Err(not_permitted(permission))
        }
    }
}

fn shared(member: &Member) -> SharedScope {
    let (person, role) = (Some(member.person), Some(member.role));
    SharedScope { person, role, tenant: Tenant::Shared(member.body) }
}

/// Names the roles that may, so that whoever is refused knows whom to ask.
fn not_permitted(permission: Permission) -> Failure {
    let able = StaffRole::all().into_iter().filter(|role| permissions_of(*role).contains(&permission));
    let able = able.map(StaffRole::word).collect::<Vec<_>>().join(" or ");
    let message = format!("Your role does not allow this. It needs the role {able}.");
    UserError::new(UserErrorCode::NotPermitted, message).into()
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn leads_and_machines_of_a_body_take_in_and_nobody_else() {
        let body = BodyId(Uuid::from_u128(1));
        for role in StaffRole::all() {
            for of in [Some(body), None] {
                let viewer = Viewer::signed_in(Member {
                    membership: MembershipId(Uuid::from_u128(2)),
                    person: PersonId(Uuid::from_u128(3)),
                    role,
                    body: of,
                    employers: Arc::default(),
                });
                let may = of.is_some() && matches!(role, StaffRole::Lead | StaffRole::Service);
                assert_eq!(viewer.to_import().ok().map(|scope| scope.body()), of.filter(|_| may), "{role:?}");
            }
        }
        assert!(matches!(Viewer::public().to_import(), Err(Failure::Unauthenticated)));
        assert_eq!(SystemScope::of("import").importing_for(body).actor(), Actor::SYSTEM);
    }
}
