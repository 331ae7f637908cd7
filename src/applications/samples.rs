//! Rows with one valid default each, for tests of rules: a test states what differs.

use chrono::{DateTime, NaiveDate, Utc};
use entity::{
    ApplicationId, ApplicationStatus, BodyId, EmployerId, EvidenceId, EvidenceKind, ExceptionId, PayPeriod,
    PersonId, RecommendationOutcome, application, assessment_round, employer, evidence, worker,
};
use serde_json::json;
use uuid::Uuid;

const ID: Uuid = Uuid::from_u128(7);

fn now() -> DateTime<Utc> {
    "2022-03-01T00:00:00Z".parse().expect("an instant")
}

/// A draft.
pub fn application() -> application::Model {
    application::Model {
        id: ApplicationId(ID),
        exception_id: ExceptionId(ID),
        terms_revision: 1,
        body_id: BodyId(ID),
        employer_id: EmployerId(ID),
        interest_id: None,
        reference: "NZT-7K4Q2H".into(),
        version: 1,
        revision: 1,
        status: ApplicationStatus::Draft,
        round: 1,
        contact_name: None,
        contact_email: None,
        role_code: None,
        job_title: "Software Engineer".into(),
        occupation_code: None,
        duties: None,
        region: None,
        pay_cents: 13_000_000,
        pay_currency: "NZD".into(),
        pay_period: PayPeriod::Year,
        pay_hours_hundredths: 4_000,
        annual_cents: 13_000_000,
        eligibility: None,
        assessor_id: None,
        declared_at: None,
        submitted_at: None,
        priority: None,
        confirmed_at: None,
        ballot_entry: None,
        nominated_at: None,
        valid_until: None,
        due_at: None,
        days_left: None,
        ended_at: None,
        end_reason: None,
        hold_reason: None,
        supersedes_id: None,
        supersedes_reason: None,
        days_to_decision: None,
        purged_at: None,
        created_at: now(),
        updated_at: now(),
    }
}

/// A record of the application, which nobody has looked at.
pub fn evidence(kind: EvidenceKind) -> evidence::Model {
    evidence::Model {
        id: EvidenceId(ID),
        body_id: BodyId(ID),
        employer_id: EmployerId(ID),
        application_id: Some(ApplicationId(ID)),
        kind,
        criterion: None,
        title: "A record".into(),
        issuer: None,
        reference: None,
        url: None,
        valid_from: None,
        expires_on: None,
        verified_at: None,
        verified_by: None,
        genuine: None,
        note: None,
        created_at: now(),
    }
}

/// The employer of the application.
pub fn employer() -> employer::Model {
    employer::Model {
        id: EmployerId(ID),
        nzbn: "9429900000018".into(),
        legal_name: "Kauri Software Limited".into(),
        folded_name: "kauri software limited".into(),
        trading_name: Some("Koru".into()),
        region: None,
        size_band: None,
    }
}

/// The worker of the application, without a passport.
pub fn worker() -> worker::Model {
    worker::Model {
        application_id: ApplicationId(ID),
        body_id: BodyId(ID),
        family_name: "Ōkawa".into(),
        given_names: "Mina".into(),
        date_of_birth: NaiveDate::default(),
        nationality: "JPN".into(),
        email: None,
        passport_state: None,
        passport_sealed: None,
        passport_hint: None,
        passport_expires_on: None,
        offshore: true,
        notice_given_at: None,
        told_on: None,
        told_by: None,
    }
}

/// A round with the advice to endorse.
pub fn round() -> assessment_round::Model {
    assessment_round::Model {
        application_id: ApplicationId(ID),
        round: 1,
        body_id: BodyId(ID),
        exception_id: ExceptionId(ID),
        advice: RecommendationOutcome::Endorse,
        advice_reasons: json!([]),
        advice_note: Some("A good one.".into()),
        advised_by: PersonId(ID),
        advised_at: now(),
        decision: None,
        decision_reasons: None,
        decision_note: None,
        decided_by: None,
        decided_at: None,
    }
}
