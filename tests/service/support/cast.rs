//! The people of every world. Two bodies with staff, two employers with their agents, the agency, the ministry.
//! All invented.

use entity::{
    BodyId, EmployerId, InstallationKind, MembershipId, PersonId, StaffRole, body, employer, employer_agent,
    installation, membership, person,
};
use nominations::tenancy::Viewer;
use nominations::values::fold::fold;
use sea_orm::{DatabaseConnection, EntityTrait, Set};
use uuid::Uuid;

use super::NOW;

/// A body of the cast.
#[derive(Debug)]
pub struct Tenant {
    number: u128,
    pub slug: &'static str,
    pub name: &'static str,
    pub prefix: &'static str,
}

/// An employer of the cast.
#[derive(Debug)]
pub struct Firm {
    number: u128,
    pub nzbn: &'static str,
    pub name: &'static str,
}

/// Somebody of the cast.
#[derive(Debug)]
pub struct Member {
    number: u128,
    pub handle: &'static str,
    pub name: &'static str,
    pub role: StaffRole,
    pub body: Option<&'static Tenant>,
    pub firm: Option<&'static Firm>,
}

pub const NZTECH: Tenant = Tenant { number: 1, slug: "nztech", name: "NZTech", prefix: "NZT" };
pub const ITP: Tenant = Tenant { number: 2, slug: "itp", name: "IT Professionals NZ", prefix: "ITP" };

pub const KAURI: Firm = Firm { number: 11, nzbn: "9429900000018", name: "Kauri Software Limited" };
pub const RATA: Firm = Firm { number: 12, nzbn: "9429900000025", name: "Rata Games Limited" };

pub const NZTECH_ASSESSOR: Member = staff(21, "nztech-assessor", "Aroha Bell", StaffRole::Assessor, &NZTECH);
pub const NZTECH_SECOND: Member = staff(22, "nztech-second", "Ben Cole", StaffRole::Assessor, &NZTECH);
pub const NZTECH_LEAD: Member = staff(23, "nztech-lead", "Cara Dunn", StaffRole::Lead, &NZTECH);
pub const NZTECH_SERVICE: Member =
    staff(24, "nztech-service", "NZTech's system", StaffRole::Service, &NZTECH);
pub const ITP_ASSESSOR: Member = staff(31, "itp-assessor", "Dev Evans", StaffRole::Assessor, &ITP);
pub const ITP_LEAD: Member = staff(33, "itp-lead", "Eve Fox", StaffRole::Lead, &ITP);
pub const ITP_SERVICE: Member = staff(34, "itp-service", "ITP's system", StaffRole::Service, &ITP);
pub const KAURI_AGENT: Member = agent(41, "kauri-agent", "Finn Gray", &KAURI);
pub const RATA_AGENT: Member = agent(42, "rata-agent", "Gita Hall", &RATA);
pub const KAURI_SECOND: Member = agent(43, "kauri-second", "Jane King", &KAURI);
pub const OFFICER: Member = outsider(51, "inz-officer", "Hana Irwin", StaffRole::AgencyOfficer);
pub const OBSERVER: Member = outsider(52, "mbie-observer", "Ian Jones", StaffRole::Observer);

/// Everybody, to say of each role what it may.
pub const EVERYBODY: [&Member; 12] = [
    &NZTECH_ASSESSOR,
    &NZTECH_SECOND,
    &NZTECH_LEAD,
    &NZTECH_SERVICE,
    &ITP_ASSESSOR,
    &ITP_LEAD,
    &ITP_SERVICE,
    &KAURI_AGENT,
    &KAURI_SECOND,
    &RATA_AGENT,
    &OFFICER,
    &OBSERVER,
];

const fn staff(
    number: u128,
    handle: &'static str,
    name: &'static str,
    role: StaffRole,
    body: &'static Tenant,
) -> Member {
    Member { number, handle, name, role, body: Some(body), firm: None }
}

const fn agent(number: u128, handle: &'static str, name: &'static str, firm: &'static Firm) -> Member {
    Member { number, handle, name, role: StaffRole::Employer, body: None, firm: Some(firm) }
}

const fn outsider(number: u128, handle: &'static str, name: &'static str, role: StaffRole) -> Member {
    Member { number, handle, name, role, body: None, firm: None }
}

impl Tenant {
    pub fn id(&self) -> BodyId {
        BodyId(Uuid::from_u128(self.number))
    }
}

impl Firm {
    pub fn id(&self) -> EmployerId {
        EmployerId(Uuid::from_u128(self.number))
    }
}

impl Member {
    pub fn person(&self) -> PersonId {
        PersonId(Uuid::from_u128(self.number))
    }

    pub fn membership(&self) -> MembershipId {
        MembershipId(Uuid::from_u128(self.number + 1_000))
    }

    /// This member, signed in.
    pub fn viewer(&self) -> Viewer {
        Viewer::signed_in(nominations::tenancy::Member {
            membership: self.membership(),
            person: self.person(),
            role: self.role,
            body: self.body.map(Tenant::id),
            employers: self.firm.map(Firm::id).into_iter().collect(),
        })
    }

    pub fn email(&self) -> String {
        format!("{}@example.nz", self.handle)
    }
}

/// Writes the cast into a new database.
pub async fn settle(conn: &DatabaseConnection) {
    let made_at = NOW.parse().expect("an instant");
    let kind =
        installation::ActiveModel { id: Set(1), kind: Set(InstallationKind::Demo), made_at: Set(made_at) };
    installation::Entity::insert(kind).exec_without_returning(conn).await.expect("an installation");
    let bodies = [&NZTECH, &ITP].map(|tenant| body::ActiveModel {
        id: Set(tenant.id()),
        slug: Set(tenant.slug.into()),
        name: Set(tenant.name.into()),
        prefix: Set(tenant.prefix.into()),
    });
    body::Entity::insert_many(bodies).exec_without_returning(conn).await.expect("bodies");
    let employers = [&KAURI, &RATA].map(|firm| employer::ActiveModel {
        id: Set(firm.id()),
        nzbn: Set(firm.nzbn.into()),
        legal_name: Set(firm.name.into()),
        folded_name: Set(fold(firm.name)),
        trading_name: Set(None),
        region: Set(Some("Wellington".into())),
        size_band: Set(Some(entity::EmployerSizeBand::From6To19)),
    });
    employer::Entity::insert_many(employers).exec_without_returning(conn).await.expect("employers");
    let persons = EVERYBODY.map(|member| person::ActiveModel {
        id: Set(member.person()),
        handle: Set(member.handle.into()),
        name: Set(member.name.into()),
        email: Set((member.role != StaffRole::Service).then(|| member.email())),
    });
    person::Entity::insert_many(persons).exec_without_returning(conn).await.expect("persons");
    let memberships = EVERYBODY.map(|member| membership::ActiveModel {
        id: Set(member.membership()),
        person_id: Set(member.person()),
        role: Set(member.role),
        body_id: Set(member.body.map(Tenant::id)),
        ..Default::default()
    });
    membership::Entity::insert_many(memberships).exec_without_returning(conn).await.expect("memberships");
    let agents = EVERYBODY.into_iter().filter_map(|member| {
        let firm = member.firm?;
        Some(employer_agent::ActiveModel { person_id: Set(member.person()), employer_id: Set(firm.id()) })
    });
    employer_agent::Entity::insert_many(agents).exec_without_returning(conn).await.expect("agents");
}
