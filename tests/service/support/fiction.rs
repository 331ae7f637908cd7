//! Applications that were made up: rows in every mix of states, with all that hangs on them, for tests of what is read
//! of any rows whatever.

use chrono::{DateTime, Days, TimeDelta, Utc};
use entity::{
    ApplicationId, ApplicationStatus, BodyId, EmployerId, EvidenceId, EvidenceKind, ExceptionId,
    InformationRequestId, InformationRequestStatus, PayPeriod, application, class_exception, conflict,
    evidence, information_request, worker, worker_fingerprint,
};
use nominations::clock::day_in_new_zealand;
use nominations::exceptions::definition::Definition;
use sea_orm::{EntityTrait, IntoActiveModel, QueryOrder};
use uuid::Uuid;

use super::World;
use super::caseload::definition;
use super::casework::{ADVANCED_MANUFACTURING, apply};
use super::cast::{ITP, ITP_LEAD, KAURI, NZTECH, NZTECH_ASSESSOR, NZTECH_LEAD, NZTECH_SECOND, RATA};

/// Rows that no act would write in this number and mix, by chance that is the same at every run.
pub struct Fiction<'a> {
    world: &'a World,
    /// With the number of their revisions.
    pub exceptions: Vec<(ExceptionId, i32)>,
}

impl<'a> Fiction<'a> {
    /// Two class exceptions; of the first, the second revision asks for other evidence than the first and the third.
    pub async fn new(world: &'a World) -> Self {
        apply(world, ADVANCED_MANUFACTURING).await;
        world.apply(definition(|_| {})).await.expect("a revision");
        let less = |definition: &mut Definition| {
            definition.terms.criteria.retain(|criterion| criterion.code != "industry-body");
        };
        world.apply(definition(less)).await.expect("a revision");
        world.apply(definition(|_| {})).await.expect("a revision");
        let found = class_exception::Entity::find().order_by_desc(class_exception::Column::Revision);
        let found = found.all(world.conn()).await.expect("exceptions");
        let exceptions: Vec<_> = found.iter().map(|one| (one.id, one.revision)).collect();
        assert_eq!(exceptions.iter().map(|one| one.1).collect::<Vec<_>>(), [3, 1]);
        Self { world, exceptions }
    }

    fn below(&self, end: usize) -> usize {
        self.world.app.random.below(end)
    }

    fn one<T: Copy>(&self, of: &[T]) -> T {
        of[self.below(of.len())]
    }

    /// One chance in `of`.
    fn chance(&self, of: usize) -> bool {
        self.below(of) == 0
    }

    fn id<T>(&self, make: impl Fn(Uuid) -> T) -> T {
        make(Uuid::from_bytes(self.world.app.random.bytes()))
    }

    /// Around now: before, at it, after, or never.
    fn instant(&self) -> Option<DateTime<Utc>> {
        let minutes = self.one(&[None, Some(-60 * 24), Some(-1), Some(0), Some(1), Some(60 * 24)]);
        minutes.map(|minutes| self.world.now() + TimeDelta::minutes(minutes))
    }

    pub async fn write(&self, count: usize) {
        let rows: Vec<_> = (0..count).map(|number| self.application(number)).collect();
        let workers: Vec<_> = rows.iter().map(|_| self.below(count / 2).to_string()).collect();
        let workers: Vec<_> = workers.iter().map(|worker| (worker.as_str(), self.one(&[1, 1, 2]))).collect();
        self.put(&rows, &workers).await;
        let records = rows.iter().flat_map(|row| {
            (0..self.below(4)).map(|_| self.evidence(row.body_id, row.employer_id, Some(row.id)))
        });
        let mut records: Vec<_> = records.collect();
        for body in [&NZTECH, &ITP] {
            for firm in [&KAURI, &RATA] {
                records.extend((0..self.below(2)).map(|_| self.evidence(body.id(), firm.id(), None)));
            }
        }
        let conn = self.world.conn();
        let records = records.into_iter().map(IntoActiveModel::into_active_model);
        evidence::Entity::insert_many(records).exec_without_returning(conn).await.expect("evidence");
        let asked = rows.iter().filter(|_| self.chance(3)).map(|row| self.question(row));
        let asked = asked.map(IntoActiveModel::into_active_model);
        information_request::Entity::insert_many(asked)
            .exec_without_returning(conn)
            .await
            .expect("questions");
        let declared = [(&NZTECH_SECOND, &KAURI), (&ITP_LEAD, &RATA)].map(|(member, firm)| conflict::Model {
            person_id: member.person(),
            employer_id: firm.id(),
            body_id: member.body.expect("a body").id(),
            reason: "A cousin works there.".into(),
            declared_at: self.world.now(),
        });
        let declared = declared.map(IntoActiveModel::into_active_model);
        conflict::Entity::insert_many(declared).exec_without_returning(conn).await.expect("conflicts");
    }

    /// Puts applications there in place of all that were there, each with its worker, who is told from others by a name
    /// and a version of the key.
    pub async fn put(&self, rows: &[application::Model], workers: &[(&str, i32)]) {
        let conn = self.world.conn();
        worker_fingerprint::Entity::delete_many().exec(conn).await.expect("no fingerprints");
        worker::Entity::delete_many().exec(conn).await.expect("no workers");
        application::Entity::delete_many().exec(conn).await.expect("no applications");
        for rows in rows.chunks(100) {
            let rows = rows.iter().cloned().map(IntoActiveModel::into_active_model);
            application::Entity::insert_many(rows).exec_without_returning(conn).await.expect("applications");
        }
        let people = rows.iter().map(|row| person(row).into_active_model());
        worker::Entity::insert_many(people).exec_without_returning(conn).await.expect("workers");
        let fingerprints =
            rows.iter().zip(workers).map(|(row, (worker, key_version))| worker_fingerprint::Model {
                application_id: row.id,
                key_version: *key_version,
                exception_id: row.exception_id,
                fingerprint: format!("{worker:0>64}"),
                holds_place: false,
            });
        let fingerprints = fingerprints.map(IntoActiveModel::into_active_model);
        worker_fingerprint::Entity::insert_many(fingerprints)
            .exec_without_returning(conn)
            .await
            .expect("fingerprints");
    }

    /// One application in any state.
    pub fn application(&self, number: usize) -> application::Model {
        let now = self.world.now();
        let status = self.one(&ApplicationStatus::all());
        let never =
            status == ApplicationStatus::Draft || (status == ApplicationStatus::Withdrawn && self.chance(2));
        let begun = now - TimeDelta::minutes(self.one(&[1, 2, 3, 60]));
        let submitted_at = (!never).then(|| begun + TimeDelta::minutes(self.one(&[0, 1, 2])));
        let (exception_id, revisions) = self.one(&self.exceptions);
        let confirmed = [ApplicationStatus::Confirmed, ApplicationStatus::Nominated].contains(&status);
        application::Model {
            id: self.id(ApplicationId),
            exception_id,
            terms_revision: self.one(&[1, 2, 3]).min(revisions),
            body_id: self.one(&[NZTECH.id(), ITP.id()]),
            employer_id: self.one(&[KAURI.id(), RATA.id()]),
            reference: format!("FIC-{number:06}"),
            version: 1,
            revision: 1,
            status,
            round: self.one(&[1, 1, 2]),
            contact_name: None,
            contact_email: None,
            role_code: Some("2613".into()),
            job_title: "Software Engineer".into(),
            occupation_code: Some("261313".into()),
            duties: None,
            region: None,
            pay_cents: 13_000_000,
            pay_currency: "NZD".into(),
            pay_period: PayPeriod::Year,
            pay_hours_hundredths: 4_000,
            annual_cents: self.one(&[13_000_000, 14_000_000]),
            eligibility: None,
            assessor_id: self.one(&[None, Some(NZTECH_ASSESSOR.person())]),
            declared_at: submitted_at,
            submitted_at,
            priority: if confirmed { Some(self.chance(2)) } else { self.one(&[None, None, Some(true)]) },
            confirmed_at: confirmed.then_some(now),
            ballot_entry: Some(format!("entry {number}")),
            nominated_at: confirmed.then_some(now),
            valid_until: None,
            due_at: self.instant(),
            days_left: None,
            ended_at: None,
            hold_reason: self.chance(6).then(|| "It is looked into.".into()),
            supersedes_id: None,
            supersedes_reason: None,
            interest_id: None,
            end_reason: None,
            days_to_decision: None,
            purged_at: None,
            created_at: begun,
            updated_at: now,
        }
    }

    fn evidence(
        &self,
        body_id: BodyId,
        employer_id: EmployerId,
        application_id: Option<ApplicationId>,
    ) -> evidence::Model {
        let genuine = self.one(&[None, Some(true), Some(false)]);
        let criteria = ["domestic-skills", "industry-body", "trade-certificate", "role"];
        let days = self.one(&[None, None, Some(0_u64), Some(1), Some(2)]);
        // Yesterday, today or tomorrow.
        let last_day = |days| day_in_new_zealand(self.world.now()) - Days::new(1) + Days::new(days);
        evidence::Model {
            id: self.id(EvidenceId),
            body_id,
            employer_id,
            application_id,
            kind: self.one(&EvidenceKind::all()),
            criterion: self.chance(3).then(|| self.one(&criteria).to_owned()),
            title: "A record".into(),
            issuer: None,
            reference: None,
            url: None,
            valid_from: None,
            expires_on: days.map(last_day),
            verified_at: genuine.map(|_| self.world.now()),
            verified_by: genuine.map(|_| NZTECH_LEAD.person()),
            genuine,
            note: None,
            created_at: self.world.now(),
        }
    }

    fn question(&self, of: &application::Model) -> information_request::Model {
        let status = self.one(&InformationRequestStatus::all());
        information_request::Model {
            id: self.id(InformationRequestId),
            application_id: of.id,
            body_id: of.body_id,
            round: self.one(&[1, 2]),
            criterion: None,
            question: "Since when?".into(),
            answer: (status == InformationRequestStatus::Answered).then(|| "Since June.".into()),
            status,
            due_on: day_in_new_zealand(self.world.now()),
            asked_by: NZTECH_ASSESSOR.person(),
            created_at: self.world.now(),
            reminded_at: None,
            closed_at: (status != InformationRequestStatus::Open).then(|| self.world.now()),
            cancel_reason: (status == InformationRequestStatus::Cancelled).then(|| "A mistake.".into()),
        }
    }
}

fn person(of: &application::Model) -> worker::Model {
    worker::Model {
        application_id: of.id,
        body_id: of.body_id,
        family_name: "Rao".into(),
        given_names: "Asha".into(),
        date_of_birth: "1990-06-01".parse().expect("a day"),
        nationality: "IND".into(),
        email: None,
        passport_state: None,
        passport_sealed: None,
        passport_hint: None,
        passport_expires_on: None,
        offshore: true,
        told_on: None,
        told_by: None,
        notice_given_at: None,
    }
}
