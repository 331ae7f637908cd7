//! The people of the demo: those that anybody may sign in as, and one agent for every employer.

use std::collections::BTreeMap;
use std::sync::Arc;

use entity::{
    BodyId, EmployerId, InstallationKind, MembershipId, PersonId, StaffRole, employer, employer_agent,
    installation, membership, person,
};
use sea_orm::{EntityTrait, Set};

use super::rows::EmployerRow;
use crate::db::{Command, Tx};
use crate::error::{Acted, Fault};
use crate::people::store::{self as people, UNLISTED};
use crate::tenancy::{Member, Viewer};
use crate::values::fold::fold;

/// Whom anybody may sign in as: handle, name, role, slug of the body.
pub const HANDLES: [(&str, &str, StaffRole, Option<&str>); 12] = [
    ("nztech-assessor", "Aroha Ngata", StaffRole::Assessor, Some("nztech")),
    ("nztech-assessor-2", "Tom Fraser", StaffRole::Assessor, Some("nztech")),
    ("nztech-lead", "Mere Tāwhai", StaffRole::Lead, Some("nztech")),
    ("nztech-lead-2", "Graham Ellis", StaffRole::Lead, Some("nztech")),
    ("itp-assessor", "Priya Raman", StaffRole::Assessor, Some("itp")),
    ("itp-assessor-2", "Sam Oldfield", StaffRole::Assessor, Some("itp")),
    ("itp-lead", "Hēmi Walker", StaffRole::Lead, Some("itp")),
    ("itp-lead-2", "Judith Moore", StaffRole::Lead, Some("itp")),
    ("employer-1", "Kiri Hohepa", StaffRole::Employer, None),
    ("employer-2", "Daniel Novak", StaffRole::Employer, None),
    ("inz-officer", "Officer of Immigration New Zealand", StaffRole::AgencyOfficer, None),
    ("observer", "Observer of the ministry", StaffRole::Observer, None),
];

/// How many of the busiest employers `employer-1` acts for; `employer-2` for as many after them.
const EMPLOYERS_EACH: usize = 4;

/// Who is who, once they are in the database.
#[derive(Clone, Debug, Default, serde::Serialize, serde::Deserialize)]
pub struct People {
    viewers: BTreeMap<String, (MembershipId, PersonId, StaffRole, Option<BodyId>)>,
    agents: BTreeMap<String, (MembershipId, PersonId, EmployerId)>,
}

impl People {
    /// Somebody of [`HANDLES`], signed in. Employers act through [`People::agent_of`].
    ///
    /// # Errors
    /// A fault for a handle that is not there.
    pub fn viewer(&self, handle: &str) -> Result<Viewer, Fault> {
        let found = self.viewers.get(handle).ok_or_else(|| Fault::stored("demo", handle))?;
        let (membership, person, role, body) = *found;
        Ok(Viewer::signed_in(Member { membership, person, role, body, employers: Arc::new([]) }))
    }

    /// Who acts for an employer, signed in for that employer alone.
    ///
    /// # Errors
    /// A fault for an employer that is not there.
    pub fn agent_of(&self, employer: &str) -> Result<Viewer, Fault> {
        let found = self.agents.get(employer).ok_or_else(|| Fault::stored("demo", employer))?;
        let (membership, person, employer) = *found;
        let employers = Arc::new([employer]);
        Ok(Viewer::signed_in(Member { membership, person, role: StaffRole::Employer, body: None, employers }))
    }

    /// The person behind a handle.
    ///
    /// # Errors
    /// A fault for a handle that is not there.
    pub fn person(&self, handle: &str) -> Result<PersonId, Fault> {
        self.viewers.get(handle).map(|found| found.1).ok_or_else(|| Fault::stored("demo", handle))
    }

    /// The id of an employer.
    ///
    /// # Errors
    /// A fault for an employer that is not there.
    pub fn employer(&self, employer: &str) -> Result<EmployerId, Fault> {
        self.agents.get(employer).map(|found| found.2).ok_or_else(|| Fault::stored("demo", employer))
    }
}

/// Marks the database as a demo for ever. It is the first thing that is written.
pub struct MarkDemo;

impl Command for MarkDemo {
    type Answer = ();
    const NAME: &'static str = "markDemo";

    async fn run(&self, tx: &Tx) -> Acted<()> {
        let row = installation::ActiveModel {
            id: Set(1),
            kind: Set(InstallationKind::Demo),
            made_at: Set(tx.now()),
        };
        installation::Entity::insert(row).exec_without_returning(tx.conn()).await?;
        Ok(())
    }
}

/// Adds employers, the people of [`HANDLES`] and an agent for every employer.
pub struct AddPeople<'a> {
    /// The employers, the busiest first.
    pub employers: &'a [EmployerRow],
}

impl Command for AddPeople<'_> {
    type Answer = People;
    const NAME: &'static str = "addPeople";

    async fn run(&self, tx: &Tx) -> Acted<People> {
        let mut people = People::default();
        let mut ids = Vec::new();
        for row in self.employers {
            let id = add_employer(tx, row).await?;
            let name = format!("Contact of {}", row.name);
            let handle = format!("{UNLISTED}{}", row.id.to_lowercase());
            let (membership, person) = add_person(tx, &handle, &name, StaffRole::Employer, None).await?;
            add_agent(tx, person, id).await?;
            people.agents.insert(row.id.clone(), (membership, person, id));
            ids.push(id);
        }
        for (handle, name, role, body) in HANDLES {
            let body = match body {
                Some(slug) => people::find_body(tx.conn(), slug).await?.map(|body| body.id),
                None => None,
            };
            let (membership, person) = add_person(tx, handle, name, role, body).await?;
            people.viewers.insert(handle.to_owned(), (membership, person, role, body));
            for employer in acts_for(handle, &ids) {
                add_agent(tx, person, *employer).await?;
            }
        }
        Ok(people)
    }
}

fn acts_for<'a>(handle: &str, employers: &'a [EmployerId]) -> &'a [EmployerId] {
    let (first, rest) = employers.split_at(EMPLOYERS_EACH.min(employers.len()));
    match handle {
        "employer-1" => first,
        "employer-2" => &rest[..EMPLOYERS_EACH.min(rest.len())],
        _ => &[],
    }
}

async fn add_employer(tx: &Tx, row: &EmployerRow) -> Acted<EmployerId> {
    let id = tx.new_id::<EmployerId>();
    let row = employer::ActiveModel {
        id: Set(id),
        nzbn: Set(row.nzbn.clone()),
        legal_name: Set(row.name.clone()),
        folded_name: Set(fold(&row.name)),
        trading_name: Set(None),
        region: Set(Some(row.region.clone())),
        size_band: Set(None),
    };
    employer::Entity::insert(row).exec_without_returning(tx.conn()).await?;
    Ok(id)
}

async fn add_person(
    tx: &Tx,
    handle: &str,
    name: &str,
    role: StaffRole,
    body: Option<BodyId>,
) -> Acted<(MembershipId, PersonId)> {
    let (membership, id) = (tx.new_id::<MembershipId>(), tx.new_id::<PersonId>());
    let row = person::ActiveModel {
        id: Set(id),
        handle: Set(handle.to_owned()),
        name: Set(name.to_owned()),
        email: Set(Some(format!("{handle}@demo.example"))),
    };
    person::Entity::insert(row).exec_without_returning(tx.conn()).await?;
    let row = membership::ActiveModel {
        id: Set(membership),
        person_id: Set(id),
        role: Set(role),
        body_id: Set(body),
        ..Default::default()
    };
    membership::Entity::insert(row).exec_without_returning(tx.conn()).await?;
    Ok((membership, id))
}

async fn add_agent(tx: &Tx, person: PersonId, employer: EmployerId) -> Acted<()> {
    let row = employer_agent::ActiveModel { person_id: Set(person), employer_id: Set(employer) };
    employer_agent::Entity::insert(row).exec_without_returning(tx.conn()).await?;
    Ok(())
}
