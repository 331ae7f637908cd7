//! Who is asking, and the scopes that prove what they may touch.
//!
//! A [`Viewer`] is made once per request. Asked for a scope by name of a permission, it hands out a proof with
//! private fields: no scope can be made in another way, `db` opens only for a scope, and stores filter by it.
//! Nothing outside this file decides what a role may do.

use std::sync::Arc;

use entity::{ActorKind, BodyId, EmployerId, MembershipId, PersonId, SessionId, StaffRole};

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
    session: Option<SessionId>,
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
        Self { member: Some(member), session: None }
    }

    /// The same, by a sign-in that can be ended.
    #[must_use]
    pub fn in_session(member: Member, session: SessionId) -> Self {
        Self { member: Some(member), session: Some(session) }
    }

    /// The sign-in that this request came with; none where a provider's token came with it.
    #[must_use]
    pub fn session(&self) -> Option<SessionId> {
        self.session
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

mod sealed {
    pub trait Sealed {}
}

/// Whose rows a connection or a transaction is for, as PostgreSQL holds it to: each has a role there, and its policies say
/// which rows that role comes to. docs/decisions/the-second-wall.md has the whole of it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Tenant {
    /// The service's own work, on the rows of all.
    System,
    /// A body, on its own rows.
    Body(BodyId),
    /// Somebody who looks at what the bodies have agreed to show each other; of which body, where it is a body's.
    Shared(Option<BodyId>),
    /// The agency, on what it was sent and what it said.
    Agency,
    /// Anybody, on figures and on what is published.
    Public,
    /// A person, on what is their own and on what is of the employers that they act for.
    Person(Arc<[EmployerId]>),
}

/// A proof of what its holder may touch; the key to `db`.
pub trait Scope: sealed::Sealed + Send + Sync {
    /// Whose hand an act in this scope is by.
    fn actor(&self) -> Actor;

    /// Whose rows an act in this scope comes to.
    fn acts_as(&self) -> Tenant;

    /// Whose rows who looks by this scope comes to.
    fn reads_as(&self) -> Tenant {
        self.acts_as()
    }

    /// Whether its statements may take as long as they take: those of a job, which nobody waits for.
    fn may_take_long(&self) -> bool {
        false
    }
}

macro_rules! scopes {
    ($($(#[$doc:meta])+ $name:ident { $($field:ident: $type:ty),* }
        by |$scope:ident| $actor:expr, as |$own:ident| $tenant:expr;)+) => {$(
        $(#[$doc])+
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $name { $($field: $type),* }
        impl sealed::Sealed for $name {}
        impl Scope for $name {
            fn actor(&self) -> Actor {
                let $scope = self;
                $actor
            }
            fn acts_as(&self) -> Tenant {
                let $own = self;
                $tenant
            }
        }
    )+};
}

scopes! {
    /// One body's own rows.
    BodyScope { body: BodyId, person: PersonId, role: StaffRole }
        by |scope| Actor { person: Some(scope.person), role: Some(scope.role) }, as |scope| Tenant::Body(scope.body);
    /// The rows of the employers that the viewer acts for.
    EmployerScope { employers: Arc<[EmployerId]>, person: PersonId }
        by |scope| Actor { person: Some(scope.person), role: Some(StaffRole::Employer) },
        as |scope| Tenant::Person(Arc::clone(&scope.employers));
    /// What one body takes in from its own system; none where the service itself does it for the body.
    ImportScope { body: BodyId, person: Option<PersonId>, role: Option<StaffRole> }
        by |scope| Actor { person: scope.person, role: scope.role }, as |scope| Tenant::Body(scope.body);
    /// What the bodies share: quota, ballots, releases.
    SharedScope { person: Option<PersonId>, role: Option<StaffRole>, tenant: Tenant }
        by |scope| Actor { person: scope.person, role: scope.role }, as |scope| scope.tenant.clone();
    /// The figures of one body's caseload.
    FiguresScope { body: BodyId, names_people: bool, person: PersonId, role: StaffRole }
        by |scope| Actor { person: Some(scope.person), role: Some(scope.role) }, as |scope| Tenant::Body(scope.body);
    /// What the agency may read.
    AgencyScope { person: PersonId, role: StaffRole }
        by |scope| Actor { person: Some(scope.person), role: Some(scope.role) }, as |_scope| Tenant::Agency;
    /// Whoever is signed in, and nothing but their own sign-ins.
    SelfScope { person: PersonId, role: StaffRole }
        by |scope| Actor { person: Some(scope.person), role: Some(scope.role) },
        as |_scope| Tenant::Person(Arc::default());
    /// What everybody may read.
    PublicScope { person: Option<PersonId> }
        by |scope| Actor { person: scope.person, role: None }, as |_scope| Tenant::Public;
}

/// The service's own work, by the name of the task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SystemScope {
    task: &'static str,
    is_of_a_job: bool,
}

impl sealed::Sealed for SystemScope {}
impl Scope for SystemScope {
    fn actor(&self) -> Actor {
        Actor::SYSTEM
    }

    fn acts_as(&self) -> Tenant {
        Tenant::System
    }

    fn may_take_long(&self) -> bool {
        self.is_of_a_job
    }
}

impl BodyScope {
    /// Whose rows.
    #[must_use]
    pub fn body(&self) -> BodyId {
        self.body
    }

    /// Who acts.
    #[must_use]
    pub fn person(&self) -> PersonId {
        self.person
    }

    /// As what.
    #[must_use]
    pub fn role(&self) -> StaffRole {
        self.role
    }
}

impl ImportScope {
    /// Whose rows.
    #[must_use]
    pub fn body(&self) -> BodyId {
        self.body
    }
}

impl FiguresScope {
    /// Whose rows are counted.
    #[must_use]
    pub fn body(&self) -> BodyId {
        self.body
    }

    /// Whether figures may be told by the person.
    #[must_use]
    pub fn names_people(&self) -> bool {
        self.names_people
    }
}

impl EmployerScope {
    /// Whose rows.
    #[must_use]
    pub fn employers(&self) -> &[EmployerId] {
        &self.employers
    }

    /// Who acts.
    #[must_use]
    pub fn person(&self) -> PersonId {
        self.person
    }
}

impl SystemScope {
    /// The service at its own work while somebody waits for it, e.g. `SystemScope::of("sign-in")`; never on behalf of a
    /// request.
    #[must_use]
    pub fn of(task: &'static str) -> Self {
        Self { task, is_of_a_job: false }
    }

    /// The service acting by itself, e.g. `SystemScope::of_job("sweep")`: nobody waits for it, so its statements may take long.
    #[must_use]
    pub fn of_job(task: &'static str) -> Self {
        Self { task, is_of_a_job: true }
    }

    /// The name of the task, for the log.
    #[must_use]
    pub fn task(&self) -> &'static str {
        self.task
    }

    /// To take in a body's file by the command line, whose caller has the whole database in hand.
    #[must_use]
    pub fn importing_for(&self, body: BodyId) -> ImportScope {
        ImportScope { body, person: None, role: None }
    }

    /// To bring an exception, its bodies and its quota in line with a file.
    #[must_use]
    pub fn shared(&self) -> SharedScope {
        SharedScope { person: None, role: None, tenant: Tenant::System }
    }
}

/// The viewer's own caseload, whichever side it is seen from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CaseloadScope {
    /// A body's: its rows, never drafts.
    Body(BodyScope),
    /// An employer's: its own, without the body's notes.
    Employers(EmployerScope),
}

impl sealed::Sealed for CaseloadScope {}
impl Scope for CaseloadScope {
    fn actor(&self) -> Actor {
        match self {
            Self::Body(scope) => scope.actor(),
            Self::Employers(scope) => scope.actor(),
        }
    }

    fn acts_as(&self) -> Tenant {
        match self {
            Self::Body(scope) => scope.acts_as(),
            Self::Employers(scope) => scope.acts_as(),
        }
    }
}

/// A body that looks at what bodies show each other comes to that, and not to its own rows alone.
fn among_bodies(tenant: Tenant) -> Tenant {
    match tenant {
        Tenant::Body(body) => Tenant::Shared(Some(body)),
        Tenant::System | Tenant::Shared(_) | Tenant::Agency | Tenant::Public | Tenant::Person(_) => tenant,
    }
}

/// Who reads a passport whole, and so from where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RevealScope {
    /// One of a body's people: from the body's own caseload.
    Body(BodyScope),
    /// An officer of the agency: from what was published.
    Agency(AgencyScope),
}

impl sealed::Sealed for RevealScope {}
impl Scope for RevealScope {
    fn actor(&self) -> Actor {
        match self {
            Self::Body(scope) => scope.actor(),
            Self::Agency(scope) => scope.actor(),
        }
    }

    fn acts_as(&self) -> Tenant {
        match self {
            Self::Body(scope) => scope.acts_as(),
            Self::Agency(scope) => scope.acts_as(),
        }
    }
}

/// Who reads the combined list, and so how much of each line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ListScope {
    /// A body: own lines whole, the others redacted. An employer: own lines only.
    Caseload(CaseloadScope),
    /// The agency: released lines, whole.
    Agency(AgencyScope),
}

impl sealed::Sealed for ListScope {}
impl Scope for ListScope {
    fn actor(&self) -> Actor {
        match self {
            Self::Caseload(scope) => scope.actor(),
            Self::Agency(scope) => scope.actor(),
        }
    }

    fn acts_as(&self) -> Tenant {
        match self {
            Self::Caseload(scope) => scope.acts_as(),
            Self::Agency(scope) => scope.acts_as(),
        }
    }

    fn reads_as(&self) -> Tenant {
        among_bodies(self.acts_as())
    }
}

/// Who reads releases, and so which of them and how much of each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReleaseScope {
    /// A body: also what is being prepared; own lines whole, the others redacted. An employer: own lines of what is
    /// published.
    Caseload(CaseloadScope),
    /// The agency: what is published, whole.
    Agency(AgencyScope),
    /// Everybody else: that there are published ones, and by which digest.
    Public(PublicScope),
}

impl sealed::Sealed for ReleaseScope {}
impl Scope for ReleaseScope {
    fn actor(&self) -> Actor {
        match self {
            Self::Caseload(scope) => scope.actor(),
            Self::Agency(scope) => scope.actor(),
            Self::Public(scope) => scope.actor(),
        }
    }

    fn acts_as(&self) -> Tenant {
        match self {
            Self::Caseload(scope) => scope.acts_as(),
            Self::Agency(scope) => scope.acts_as(),
            Self::Public(scope) => scope.acts_as(),
        }
    }

    fn reads_as(&self) -> Tenant {
        among_bodies(self.acts_as())
    }
}

/// Whose side of what does not agree is looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReconciliationScope {
    /// A body's: what it has a part in.
    Body(BodyScope),
    /// The agency's: what the agency has said something of, whoever has to mend it.
    Agency(AgencyScope),
}

impl sealed::Sealed for ReconciliationScope {}
impl Scope for ReconciliationScope {
    fn actor(&self) -> Actor {
        match self {
            Self::Body(scope) => scope.actor(),
            Self::Agency(scope) => scope.actor(),
        }
    }

    fn acts_as(&self) -> Tenant {
        match self {
            Self::Body(scope) => scope.acts_as(),
            Self::Agency(scope) => scope.acts_as(),
        }
    }

    fn reads_as(&self) -> Tenant {
        among_bodies(self.acts_as())
    }
}

impl ReconciliationScope {
    /// Whose; none where it is the agency's.
    #[must_use]
    pub fn body(&self) -> Option<BodyId> {
        match self {
            Self::Body(scope) => Some(scope.body()),
            Self::Agency(_) => None,
        }
    }
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
