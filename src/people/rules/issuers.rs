//! For whom an identity provider speaks. The tenant comes from the provider, never from what a token says.

use entity::{BodyId, IssuerId, IssuerTenant, StaffRole};

/// An identity provider whose tokens are taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issuer {
    /// Its row.
    pub id: IssuerId,
    /// In addresses: `/sign-in/{slug}`.
    pub slug: String,
    /// What people call it.
    pub name: String,
    /// Exactly as `iss` has it.
    pub url: String,
    /// Our client there.
    pub client_id: String,
    /// `aud` of access tokens for the API; none where none are taken.
    pub audience: Option<String>,
    /// Whose people it knows.
    pub tenant: IssuerTenant,
    /// Which body's, where they are a body's.
    pub body: Option<BodyId>,
    /// As what they may come.
    pub roles: Vec<StaffRole>,
}

/// The roles that a tenant's people can have.
#[must_use]
pub fn roles_of(tenant: IssuerTenant) -> &'static [StaffRole] {
    match tenant {
        IssuerTenant::Body => &[StaffRole::Assessor, StaffRole::Lead, StaffRole::Service],
        IssuerTenant::Agency => &[StaffRole::AgencyOfficer, StaffRole::Observer, StaffRole::Service],
        IssuerTenant::Employers => &[StaffRole::Employer],
    }
}

impl Issuer {
    /// Whether it may say that somebody is there in this role, for this body.
    #[must_use]
    pub fn speaks_for(&self, role: StaffRole, body: Option<BodyId>) -> bool {
        self.body == body && self.roles.contains(&role) && roles_of(self.tenant).contains(&role)
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const NZTECH: Option<BodyId> = Some(BodyId(Uuid::from_u128(1)));
    const ITP: Option<BodyId> = Some(BodyId(Uuid::from_u128(2)));

    fn issuer(tenant: IssuerTenant, body: Option<BodyId>, roles: &[StaffRole]) -> Issuer {
        Issuer {
            id: IssuerId(Uuid::from_u128(9)),
            slug: "x".into(),
            name: "X".into(),
            url: "https://x.example.nz".into(),
            client_id: "nominations".into(),
            audience: None,
            tenant,
            body,
            roles: roles.to_vec(),
        }
    }

    #[test]
    fn an_issuer_speaks_for_its_own_tenant_and_its_own_roles() {
        let all = StaffRole::all();
        let bodys = issuer(IssuerTenant::Body, NZTECH, &all);
        let agencys = issuer(IssuerTenant::Agency, None, &all);
        let employers = issuer(IssuerTenant::Employers, None, &all);
        for role in all {
            let is_of_a_body = matches!(role, StaffRole::Assessor | StaffRole::Lead | StaffRole::Service);
            assert_eq!(bodys.speaks_for(role, NZTECH), is_of_a_body, "{role:?}");
            assert!(!bodys.speaks_for(role, ITP) && !bodys.speaks_for(role, None), "{role:?}");
            let is_agencys =
                matches!(role, StaffRole::AgencyOfficer | StaffRole::Observer | StaffRole::Service);
            assert_eq!(agencys.speaks_for(role, None), is_agencys, "{role:?}");
            assert!(!agencys.speaks_for(role, NZTECH), "{role:?}");
            assert_eq!(employers.speaks_for(role, None), role == StaffRole::Employer, "{role:?}");
            assert!(!employers.speaks_for(role, NZTECH), "{role:?}");
        }
        let narrow = issuer(IssuerTenant::Body, NZTECH, &[StaffRole::Assessor]);
        assert!(
            narrow.speaks_for(StaffRole::Assessor, NZTECH) && !narrow.speaks_for(StaffRole::Lead, NZTECH)
        );
    }
}
