//! A class exception whose places are given by ballot, with confirmed applications of both bodies that wait for it.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use entity::{
    AllocationMethod, ApplicationId, ApplicationStatus, BallotId, BallotStatus, BlockedReason, queue_standing,
};
use nominations::ballots::actions::{
    CommitBallotSecret, DrawBallot, OpenBallot, RevealBallotSecret, StrikeBallotEntry, VoidBallot, Voided,
    reveal,
};
use nominations::ballots::record::Record;
use nominations::ballots::rules::{Beacon, Chain, Plan, Secret, commitment};
use nominations::ballots::verify::{Report, verify};
use nominations::ballots::{files, store};
use nominations::check::check;
use nominations::error::{Acted, Failure, UserErrorCode};
use nominations::exceptions::definition::Definition;
use nominations::tenancy::{BodyScope, Permission};
use nominations::values::text::Text;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use crate::service::support::World;
use crate::service::support::caseload::{Caseload, Wanted, staff_scope};
use crate::service::support::cast::{ITP, ITP_LEAD, Member, NZTECH_LEAD, RATA};

/// Instants of a ballot: before anything, and once the beacon's round is there.
pub const OPENED: &str = "2023-09-01T00:00:00Z";
pub const COMMIT_BY: &str = "2023-09-10T00:00:00Z";
pub const REVEAL_BY: &str = "2023-09-15T11:00:00Z";
pub const ROUND_IS_THERE: &str = "2023-09-15T11:00:03Z";
pub const ROUND: u32 = 657_413;

/// A field of applications, before their draw.
pub struct Field<'a> {
    pub cases: Caseload<'a>,
    pub ids: Vec<ApplicationId>,
}

pub fn at(text: &str) -> DateTime<Utc> {
    text.parse().expect("an instant")
}

/// The class exception's file, by ballot and with so many places.
pub fn by_ballot(places: u32) -> impl Fn(&mut Definition) {
    move |file| {
        file.settings.allocation = AllocationMethod::Ballot;
        file.settings.places = places;
    }
}

/// How a test opens a ballot.
pub fn plan(has_beacon: bool) -> Plan {
    let beacon = Beacon { chain: Chain::Quicknet, round: ROUND };
    Plan { commit_by: at(COMMIT_BY), reveal_by: at(REVEAL_BY), beacon: has_beacon.then_some(beacon) }
}

/// The secret of a lead's body.
pub fn secret(lead: &Member) -> Secret {
    Secret::from_bytes([if lead.handle == ITP_LEAD.handle { 1 } else { 2 }; 32])
}

pub fn scope(lead: &Member) -> BodyScope {
    staff_scope(lead, Permission::RunBallot)
}

/// The code that something was refused with.
pub fn code<T: std::fmt::Debug>(acted: Acted<T>) -> UserErrorCode {
    match acted {
        Err(Failure::Refused(errors)) => errors[0].code,
        other => panic!("not refused: {other:?}"),
    }
}

impl<'a> Field<'a> {
    /// So many confirmed applications, turn and turn about of the bodies; the window has closed since.
    pub async fn of(world: &'a World, applications: usize, places: u32) -> Self {
        let cases = Caseload::new(world, by_ballot(places)).await;
        let mut field = Self { cases, ids: Vec::new() };
        for number in 1..=applications {
            field.confirm_another(number).await;
        }
        world.clock.move_to(at(OPENED));
        field
    }

    async fn confirm_another(&mut self, number: usize) {
        let passport = format!("N{number}");
        let nztech = Wanted::new(&passport);
        let itp = Wanted { body: &ITP, firm: &RATA, ..nztech };
        let wanted = if number.is_multiple_of(2) { itp } else { nztech };
        self.ids.push(self.cases.confirmed(&wanted).await);
    }

    pub async fn open_by(&self, lead: &Member, plan: Plan) -> Acted<BallotId> {
        let command = OpenBallot { scope: scope(lead), exception: "specialist-tech".into(), plan };
        self.cases.app.db.perform(&command.scope, None, &command).await
    }

    pub async fn open(&self, has_beacon: bool) -> BallotId {
        self.open_by(&NZTECH_LEAD, plan(has_beacon)).await.expect("a ballot")
    }

    pub async fn commit(&self, ballot: BallotId, lead: &Member) -> Acted<BallotId> {
        let record = self.record(ballot).await;
        let (scheme, digest) = (record.scheme().expect("a scheme"), record.entries_digest().expect("a hash"));
        let body = lead.body.expect("a body").slug;
        let commitment = commitment(&scheme, body, &digest, &secret(lead));
        let command = CommitBallotSecret { scope: scope(lead), ballot, commitment };
        self.cases.app.db.perform(&command.scope, None, &command).await
    }

    pub async fn reveal(&self, ballot: BallotId, lead: &Member, secret: Secret) -> Acted<BallotId> {
        reveal(&self.cases.app, None, &RevealBallotSecret { scope: scope(lead), ballot, secret }).await
    }

    /// Both bodies commit and reveal.
    pub async fn both_act(&self, ballot: BallotId) {
        for lead in [&ITP_LEAD, &NZTECH_LEAD] {
            self.commit(ballot, lead).await.expect("a commitment");
        }
        for lead in [&NZTECH_LEAD, &ITP_LEAD] {
            self.reveal(ballot, lead, secret(lead)).await.expect("a secret");
        }
    }

    pub async fn draw(&self, ballot: BallotId, lead: &Member, signature: Option<&str>) -> Acted<BallotId> {
        let signature = signature.map(str::to_owned);
        let command = DrawBallot { app: &self.cases.app, scope: scope(lead), ballot, signature };
        self.cases.app.db.perform(&command.scope, None, &command).await
    }

    pub fn void(&self, ballot: BallotId, lead: &Member) -> VoidBallot<'_> {
        let reason = Text::parse("An entry was missing.").expect("a text");
        VoidBallot { app: &self.cases.app, scope: scope(lead), ballot, reason }
    }

    pub async fn void_by(&self, ballot: BallotId, lead: &Member) -> Acted<Voided> {
        let command = self.void(ballot, lead);
        self.cases.app.db.perform(&command.scope, None, &command).await
    }

    pub async fn strike(&self, ballot: BallotId, lead: &Member, entry: &str) -> Acted<BallotId> {
        let reason = Text::parse("It was confirmed by mistake.").expect("a text");
        let command = StrikeBallotEntry { scope: scope(lead), ballot, entry: entry.into(), reason };
        self.cases.app.db.perform(&command.scope, None, &command).await
    }

    pub async fn record(&self, ballot: BallotId) -> Record {
        let found = store::find(self.cases.conn(), ballot).await.expect("a query").expect("a ballot");
        store::record(self.cases.conn(), found).await.expect("a record")
    }

    pub async fn phase(&self, ballot: BallotId) -> BallotStatus {
        self.record(ballot).await.status(self.cases.now()).expect("a status")
    }

    /// What went wrong, each with whose it was.
    pub async fn incidents(&self, ballot: BallotId) -> Vec<(entity::BallotIncident, String)> {
        let all = self.record(ballot).await.incidents(self.cases.now()).expect("incidents");
        all.into_iter().map(|one| (one.kind, one.body)).collect()
    }

    /// What anybody finds who runs it again from the published files.
    pub async fn run_again(&self, ballot: BallotId) -> Report {
        let record = self.record(ballot).await;
        let document =
            files::document(self.cases.conn(), &record, self.cases.now()).await.expect("a document");
        let entries = files::entries(self.cases.conn(), ballot).await.expect("a list");
        let report = verify(document.file().as_bytes(), &entries);
        assert_eq!(report.differs, Vec::<String>::new(), "{}", document.file());
        report
    }

    /// The applications in order of rank.
    pub async fn order(&self, ballot: BallotId) -> Vec<ApplicationId> {
        let results = store::load_results(self.cases.conn(), ballot).await.expect("results");
        let entries = self.entries(ballot).await;
        results.iter().map(|result| entries[&result.entry]).collect()
    }

    /// Whose the entries are.
    pub async fn entries(&self, ballot: BallotId) -> HashMap<String, ApplicationId> {
        let rows = entity::ballot_entry::Entity::find()
            .filter(entity::ballot_entry::Column::BallotId.eq(ballot))
            .all(self.cases.conn())
            .await
            .expect("entries");
        rows.into_iter().map(|row| (row.entry, row.application_id)).collect()
    }

    /// An application's entry.
    pub async fn entry(&self, id: ApplicationId) -> String {
        self.cases.application(id).await.ballot_entry.expect("an entry")
    }

    pub async fn status(&self, id: ApplicationId) -> ApplicationStatus {
        self.cases.application(id).await.status
    }

    /// Those that hold a place.
    pub async fn nominated(&self, among: &[ApplicationId]) -> Vec<ApplicationId> {
        let mut nominated = Vec::new();
        for id in among {
            if self.status(*id).await == ApplicationStatus::Nominated {
                nominated.push(*id);
            }
        }
        nominated
    }

    pub async fn blocked(&self, id: ApplicationId) -> Option<BlockedReason> {
        let standing = queue_standing::Entity::find()
            .filter(queue_standing::Column::ApplicationId.eq(id))
            .one(self.cases.conn())
            .await
            .expect("a query");
        standing.expect("it waits").blocked
    }

    pub async fn all_is_well(&self) {
        assert_eq!(check(&self.cases.app).await.expect("a check"), []);
    }
}
