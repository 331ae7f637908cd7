//! A database with one nomination of each of two bodies and one confirmed application on hold, and whoever asks.

use std::sync::Arc;

use async_graphql::Request;
use entity::{
    ApplicationId, ApplicationStatus, BodyId, EmployerId, ExceptionId, MembershipId, PayPeriod, PersonId,
    StaffRole, application, employer, person, queue_entry,
};
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel, Set};
use serde_json::Value;
use uuid::Uuid;

use crate::amendment::ApplyDefinition;
use crate::app::App;
use crate::clock::Clock;
use crate::db::{Command, Db, DbSettings, Tx};
use crate::error::Acted;
use crate::exceptions::definition::Definition;
use crate::exceptions::store as exceptions;
use crate::keys::Keys;
use crate::quota::actions::{Entrant, allocate, enter_queue};
use crate::random::Random;
use crate::schema;
use crate::tenancy::{Member, SystemScope, Viewer};

const DAY_BEFORE: &str = "2022-02-28T00:00:00Z";
/// The instant of the nominations, and of every question.
pub const NOW: &str = "2022-03-01T00:00:00Z";

/// Adds an employer with a confirmed application to each of the file's bodies, and gives places.
struct Nominate {
    person: PersonId,
    exception: ExceptionId,
    bodies: Vec<BodyId>,
}

impl Command for Nominate {
    type Answer = ();
    const NAME: &'static str = "nominate";

    async fn run(&self, tx: &Tx) -> Acted<()> {
        let gate = tx.gate(self.exception).await?;
        let somebody =
            person::Model { id: self.person, handle: "ana".into(), name: "Ana".into(), email: None };
        somebody.into_active_model().insert(tx.conn()).await?;
        for (number, body) in (1..).zip([self.bodies[0], self.bodies[1], self.bodies[1]]) {
            let row = confirmed(tx, self.exception, body, number);
            let employer = employer::Model {
                id: row.employer_id,
                nzbn: ["9429049541410", "9429049541427", "9429049541434"][number - 1].into(),
                legal_name: format!("Employer {number}"),
                folded_name: format!("employer {number}"),
                trading_name: None,
                region: None,
                size_band: None,
            };
            employer.into_active_model().insert(tx.conn()).await?;
            application::Entity::insert(row.clone().into_active_model()).exec(tx.conn()).await?;
            let entrant = Entrant {
                application: row.id,
                exception: self.exception,
                body,
                employer: row.employer_id,
                priority: false,
                submitted_at: tx.now(),
                on_hold: false,
            };
            enter_queue(&gate, &entrant).await?;
            if number == 3 {
                let held = queue_entry::ActiveModel {
                    application_id: Set(row.id),
                    on_hold: Set(true),
                    ..Default::default()
                };
                held.update(tx.conn()).await?;
            }
        }
        allocate(&gate).await?;
        Ok(())
    }
}

fn confirmed(tx: &Tx, exception: ExceptionId, body: BodyId, number: usize) -> application::Model {
    let id = Uuid::from_u128(u128::try_from(number).expect("small"));
    application::Model {
        id: ApplicationId(id),
        exception_id: exception,
        terms_revision: 1,
        body_id: body,
        employer_id: EmployerId(id),
        interest_id: None,
        reference: format!("REF-{number}"),
        version: 1,
        revision: 1,
        status: ApplicationStatus::Confirmed,
        round: 1,
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
        annual_cents: 13_000_000,
        eligibility: None,
        assessor_id: None,
        declared_at: Some(tx.now()),
        submitted_at: Some(tx.now()),
        priority: Some(false),
        confirmed_at: Some(tx.now()),
        ballot_entry: Some(format!("entry {number}")),
        nominated_at: Some(tx.now()),
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
        created_at: tx.now(),
        updated_at: tx.now(),
    }
}

/// The service with its database.
pub struct House {
    app: Arc<App>,
    /// The bodies, in order of slug.
    pub bodies: Vec<BodyId>,
    _folder: tempfile::TempDir,
}

impl House {
    /// Makes one in a folder of its own, which goes with it.
    pub async fn build() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let random = Random::from_seed(7);
        let clock = Clock::standing_at(DAY_BEFORE.parse().expect("an instant"));
        let url = format!("sqlite://{}/test.db", folder.path().display());
        let db = Db::connect(DbSettings::new(url), clock.clone(), random.clone()).await.expect("a database");
        db.migrate().await.expect("a schema");
        let app = Arc::new(App {
            db,
            keys: Keys::from_bytes([7; 32]),
            shelf: exceptions::Shelf::default(),
            providers: crate::providers::Providers::default(),
            random,
            public_url: "http://localhost".parse().expect("an address"),
            live: crate::live::Live::default(),
            metrics: crate::watch::Metrics::default(),
            demo: false,
        });
        let text = include_str!("../../../exceptions/specialist-tech.toml");
        let definition = Definition::parse(text).expect("a definition");
        let scope = SystemScope::of("test");
        app.db
            .perform(&scope, None, &ApplyDefinition { app: &app, definition, purge_now: false })
            .await
            .expect("applied");
        let conn = &app.db.read(&scope);
        let row = exceptions::find_by_slug(conn, "specialist-tech").await.expect("asked").expect("there");
        let members = exceptions::bodies_of(conn, row.id).await.expect("bodies").into_iter();
        let bodies: Vec<_> = members.map(|(_, body)| body.id).collect();
        let person = PersonId(Uuid::from_u128(9));
        clock.move_to(NOW.parse().expect("an instant"));
        let nominate = Nominate { person, exception: row.id, bodies: bodies.clone() };
        app.db.perform(&scope, None, &nominate).await.expect("nominated");
        Self { app, bodies, _folder: folder }
    }

    /// Somebody who is signed in; always the same person.
    pub fn member(role: StaffRole, body: Option<BodyId>, employers: &[EmployerId]) -> Viewer {
        Viewer::signed_in(Member {
            membership: MembershipId(Uuid::from_u128(1)),
            person: PersonId(Uuid::from_u128(9)),
            role,
            body,
            employers: employers.into(),
        })
    }

    /// The whole answer to a document.
    pub async fn answer(&self, viewer: &Viewer, query: &str) -> async_graphql::Response {
        let source = self.app.keys.source(None);
        let request = schema::context::with_context(Request::new(query), &self.app, viewer, source);
        schema::build(&wire::Limits::default()).execute(request).await
    }

    /// The data of an answer that has no errors.
    pub async fn ask(&self, viewer: &Viewer, query: &str) -> Value {
        let answer = self.answer(viewer, query).await;
        assert_eq!(answer.errors, []);
        answer.data.into_json().expect("JSON")
    }
}
