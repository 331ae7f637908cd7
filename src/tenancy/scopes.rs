//! The proofs of what their holders may touch: who acts by them, and whose rows they come to.

use std::sync::Arc;

use entity::{BodyId, EmployerId, PersonId, StaffRole};

use super::Actor;

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
        pub struct $name { $(pub(super) $field: $type),* }
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

/// Scopes that are one of several, whichever the holder has.
macro_rules! one_of {
    ($($(#[$doc:meta])+ $name:ident { $($(#[$of:meta])+ $variant:ident($scope:ident),)+ } reads as |$acts:ident| $reads:expr;)+) => {$(
        $(#[$doc])+
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum $name { $($(#[$of])+ $variant($scope),)+ }
        impl sealed::Sealed for $name {}
        impl Scope for $name {
            fn actor(&self) -> Actor {
                match self { $(Self::$variant(scope) => scope.actor(),)+ }
            }
            fn acts_as(&self) -> Tenant {
                match self { $(Self::$variant(scope) => scope.acts_as(),)+ }
            }
            fn reads_as(&self) -> Tenant {
                let $acts = self.acts_as();
                $reads
            }
        }
    )+};
}

one_of! {
    /// The viewer's own caseload, whichever side it is seen from.
    CaseloadScope {
        /// A body's: its rows, never drafts.
        Body(BodyScope),
        /// An employer's: its own, without the body's notes.
        Employers(EmployerScope),
    } reads as |acts| acts;
    /// Who reads a passport whole, and so from where.
    RevealScope {
        /// One of a body's people: from the body's own caseload.
        Body(BodyScope),
        /// An officer of the agency: from what was published.
        Agency(AgencyScope),
    } reads as |acts| acts;
    /// Who reads the combined list, and so how much of each line.
    ListScope {
        /// A body: own lines whole, the others redacted. An employer: own lines only.
        Caseload(CaseloadScope),
        /// The agency: released lines, whole.
        Agency(AgencyScope),
    } reads as |acts| among_bodies(acts);
    /// Who reads releases, and so which of them and how much of each.
    ReleaseScope {
        /// A body: also what is being prepared; own lines whole, the others redacted. An employer: own lines of what is
        /// published.
        Caseload(CaseloadScope),
        /// The agency: what is published, whole.
        Agency(AgencyScope),
        /// Everybody else: that there are published ones, and by which digest.
        Public(PublicScope),
    } reads as |acts| among_bodies(acts);
    /// Whose side of what does not agree is looked at.
    ReconciliationScope {
        /// A body's: what it has a part in.
        Body(BodyScope),
        /// The agency's: what the agency has said something of, whoever has to mend it.
        Agency(AgencyScope),
    } reads as |acts| among_bodies(acts);
}

/// A body that looks at what bodies show each other comes to that, and not to its own rows alone.
fn among_bodies(tenant: Tenant) -> Tenant {
    match tenant {
        Tenant::Body(body) => Tenant::Shared(Some(body)),
        Tenant::System | Tenant::Shared(_) | Tenant::Agency | Tenant::Public | Tenant::Person(_) => tenant,
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
