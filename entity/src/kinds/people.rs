//! The words of people and tenants.

use sea_orm::{DeriveActiveEnum, EnumIter, Iterable};
use serde::{Deserialize, Serialize};

kinds! {
    /// What a person or a service account may be.
    StaffRole {
        /// Acts for one or more employers.
        Employer,
        /// Assesses a body's applications.
        Assessor,
        /// All that an assessor may, and decides.
        Lead,
        /// Immigration New Zealand.
        AgencyOfficer,
        /// The ministry: figures, never people.
        Observer,
        /// A machine of a body or of the agency: reads and imports, decides nothing.
        Service,
    }

    /// Whose people an identity provider knows.
    IssuerTenant {
        /// Those of one body.
        Body,
        /// Those of the agency and of the ministry.
        Agency,
        /// Those who act for employers.
        Employers,
    }

    /// Where a wish to act for an employer stands.
    EmployerClaimStatus {
        /// The body has not looked at it.
        Asked,
        /// A lead of the body approved it; those who act for the employer already have not let them in yet.
        Approved,
        /// Acts for the employer.
        Accepted,
        /// It was declined.
        Declined,
    }

    /// How many people an employer employs.
    EmployerSizeBand {
        /// Fewer than 6.
        #[sea_orm(string_value = "UNDER_6")]
        #[serde(rename = "UNDER_6")]
        Under6,
        /// 6 to 19.
        #[sea_orm(string_value = "FROM_6_TO_19")]
        #[serde(rename = "FROM_6_TO_19")]
        From6To19,
        /// 20 to 49.
        #[sea_orm(string_value = "FROM_20_TO_49")]
        #[serde(rename = "FROM_20_TO_49")]
        From20To49,
        /// 50 to 99.
        #[sea_orm(string_value = "FROM_50_TO_99")]
        #[serde(rename = "FROM_50_TO_99")]
        From50To99,
        /// 100 and more.
        #[sea_orm(string_value = "FROM_100")]
        #[serde(rename = "FROM_100")]
        From100,
    }

    /// Whose hand an event is by.
    ActorKind {
        /// A person or a service account.
        Person,
        /// The service itself.
        System,
    }
}
