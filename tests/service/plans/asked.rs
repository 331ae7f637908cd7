//! Everything that is asked of a caseload: each filter, in each order and direction, from the start and from deep inside.

use std::pin::Pin;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use entity::{
    ApplicationId, ApplicationStatus, BodyId, EmployerId, EventKind, ExceptionId, MembershipId, PersonId,
    StaffRole,
};
use nominations::applications::actions::TakeNext;
use nominations::applications::rules::{Flag, words_to_find};
use nominations::applications::store::caseload::{self, CaseloadFilter, CaseloadKey, CaseloadOrder};
use nominations::applications::store::figures;
use nominations::applications::store::flags::{self, Flagged};
use nominations::clock::end_of_day;
use nominations::history::count_by_day;
use nominations::page::PageRequest;
use nominations::tenancy::{BodyScope, CaseloadScope, EmployerScope, Member, Permission, Viewer};

use super::crowd;
use crate::service::support::World;
use crate::service::support::cast::{NZTECH, OBSERVER};

type Asking = Box<dyn FnOnce(World) -> Pin<Box<dyn Future<Output = ()> + Send>> + Send>;

/// A question, by what a failing test calls it.
pub struct Asked {
    pub name: String,
    pub ask: Asking,
}

impl Asked {
    fn new<F>(name: impl Into<String>, ask: impl FnOnce(World) -> F + Send + 'static) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        Self { name: name.into(), ask: Box::new(|world| Box::pin(ask(world))) }
    }
}

/// All of them, over a crowd of so many applications.
pub fn questions(exceptions: &[(ExceptionId, i32)], applications: usize) -> Vec<Asked> {
    let exception = exceptions[0].0;
    let mut all = summary(exception);
    let body = CaseloadScope::Body(assessor());
    let small = CaseloadScope::Employers(agent(&[crowd_employer(3)]));
    let large = CaseloadScope::Employers(agent(&[crowd_employer(1), crowd_employer(2)]));
    for (who, scope) in [("body", body), ("employer", small), ("group", large)] {
        for (name, filter, flags) in filters(exception) {
            let wanted = Wanted { scope: scope.clone(), filter, flags };
            all.push(counted(format!("{who}: count {name}"), wanted.clone()));
            all.extend(pages(&format!("{who}: {name}"), &wanted, applications));
        }
    }
    all.push(Asked::new("take next", move |world| async move {
        let command = TakeNext {
            app: &world.app,
            scope: assessor(),
            exception: "specialist-tech".into(),
            roles: vec![],
        };
        assert!(world.app.db.perform(&assessor(), None, &command).await.expect("taken").is_some());
    }));
    all.push(Asked::new("flags of a page", move |world| async move {
        let scope = CaseloadScope::Body(assessor());
        let request = PageRequest::first(100);
        let order = CaseloadOrder::CreatedAt;
        let filter = CaseloadFilter::default();
        let page = caseload::page_of(world.conn(), &scope, &filter, order, true, &request);
        let ids: Vec<_> = page.await.expect("a page").rows.iter().map(|row| row.id).collect();
        flags::with_a_twin(world.conn(), &assessor(), &ids).await.expect("ids");
        flags::with_an_expired_question(world.conn(), &scope, &ids).await.expect("ids");
    }));
    all
}

#[derive(Clone)]
struct Wanted {
    scope: CaseloadScope,
    filter: CaseloadFilter,
    flags: Vec<Flag>,
}

impl Wanted {
    /// The filter, with what its flags are told by.
    async fn filter(&self, world: &World) -> CaseloadFilter {
        let mut filter = self.filter.clone();
        if !self.flags.is_empty() {
            let (flags, exception) = (self.flags.clone(), filter.exception);
            let flagged = Flagged::load(world.conn(), &world.app.shelf, flags, exception, world.now()).await;
            filter.flagged = Some(flagged.expect("terms"));
        }
        filter
    }
}

fn counted(name: String, wanted: Wanted) -> Asked {
    Asked::new(name, move |world| async move {
        let filter = wanted.filter(&world).await;
        caseload::count(world.conn(), &wanted.scope, &filter).await.expect("a count");
    })
}

/// In every order, both ways, from the start and from the middle.
fn pages(name: &str, wanted: &Wanted, applications: usize) -> Vec<Asked> {
    let mut all = Vec::new();
    for order in
        [CaseloadOrder::CreatedAt, CaseloadOrder::SubmittedAt, CaseloadOrder::DueAt, CaseloadOrder::Pay]
    {
        for descending in [false, true] {
            for from in [None, Some(middle(order, applications))] {
                let depth = if from.is_some() { "deep" } else { "first" };
                let way = if descending { "down" } else { "up" };
                let wanted = wanted.clone();
                all.push(Asked::new(format!("{name} by {order:?} {way} {depth}"), move |world| async move {
                    let (conn, filter) = (world.conn(), wanted.filter(&world).await);
                    let request = PageRequest { limit: 25, backwards: false, from };
                    let page = caseload::page_of(conn, &wanted.scope, &filter, order, descending, &request);
                    page.await.expect("a page");
                }));
            }
        }
    }
    all
}

/// The key of something that lies deep inside an order.
fn middle(order: CaseloadOrder, applications: usize) -> CaseloadKey {
    let id = ApplicationId(crowd::id("8000", applications / 2));
    let now: DateTime<Utc> = crate::service::support::NOW.parse().expect("an instant");
    match order {
        CaseloadOrder::CreatedAt | CaseloadOrder::SubmittedAt => {
            CaseloadKey::Time(now - TimeDelta::days(300), id)
        }
        CaseloadOrder::DueAt => CaseloadKey::Time(now + TimeDelta::days(20), id),
        CaseloadOrder::Pay => CaseloadKey::Pay(13_500_000, id),
    }
}

fn filters(exception: ExceptionId) -> Vec<(&'static str, CaseloadFilter, Vec<Flag>)> {
    use ApplicationStatus as Status;
    let all = CaseloadFilter::default;
    let now: DateTime<Utc> = crate::service::support::NOW.parse().expect("an instant");
    let status = |status: &[Status]| CaseloadFilter { status: status.to_vec(), ..all() };
    let role = |role: &str| CaseloadFilter { role: vec![role.into()], ..all() };
    let search = |typed: &str| CaseloadFilter { words: words_to_find(typed), ..all() };
    let mine = CaseloadFilter { assessor: Some(crowd_person(2)), ..all() };
    let mut filters = vec![
        ("all", all(), vec![]),
        ("exception", CaseloadFilter { exception: Some(exception), ..all() }, vec![]),
        ("submitted", status(&[Status::Submitted]), vec![]),
        ("open", status(&[Status::Submitted, Status::InAssessment, Status::Recommended]), vec![]),
        ("nominated", status(&[Status::Nominated]), vec![]),
        ("role", role("2613"), vec![]),
        ("rare role", role("2612"), vec![]),
        ("no such role", role("9999"), vec![]),
        ("mine", mine.clone(), vec![]),
        ("mine in assessment", CaseloadFilter { status: vec![Status::InAssessment], ..mine }, vec![]),
        ("unassigned", CaseloadFilter { unassigned: Some(true), ..all() }, vec![]),
        ("assigned", CaseloadFilter { unassigned: Some(false), ..all() }, vec![]),
        ("employer", CaseloadFilter { employer: Some(format!("8{:012}", 7)), ..all() }, vec![]),
        (
            "submitted from",
            CaseloadFilter { submitted_from: Some(now - TimeDelta::days(20)), ..all() },
            vec![],
        ),
        ("submitted to", CaseloadFilter { submitted_to: Some(now - TimeDelta::days(580)), ..all() }, vec![]),
        ("due before", CaseloadFilter { due_before: Some(now + TimeDelta::days(5)), ..all() }, vec![]),
        ("a rare word", search("family77"), vec![]),
        ("a common word", search("software"), vec![]),
        ("any word", search("e"), vec![]),
        ("two rare words", search("family77 given3"), vec![]),
        ("two common words", search("software engi"), vec![]),
        ("a rare and a common word", search("engineer family77"), vec![]),
        ("a reference", search("nzt-0000ff"), vec![]),
        ("no such word", search("zzz"), vec![]),
    ];
    for (name, flag) in [
        ("OVERDUE", Flag::Overdue),
        ("POSSIBLE_DUPLICATE", Flag::PossibleDuplicate),
        ("ON_HOLD", Flag::OnHold),
        ("PRIORITY", Flag::Priority),
        ("CONFLICT_DECLARED", Flag::ConflictDeclared),
        ("EVIDENCE_MISSING", Flag::EvidenceMissing),
        ("EVIDENCE_EXPIRED", Flag::EvidenceExpired),
        ("QUESTION_EXPIRED", Flag::QuestionExpired),
    ] {
        filters.push((name, all(), vec![flag]));
    }
    let work = CaseloadFilter { exception: Some(exception), ..status(&[Status::Submitted]) };
    filters.push(("submitted and overdue", work, vec![Flag::Overdue]));
    filters.push(("overdue without evidence", all(), vec![Flag::Overdue, Flag::EvidenceMissing]));
    filters
}

/// Each figure of a body's summary.
fn summary(exception: ExceptionId) -> Vec<Asked> {
    let viewer =
        Viewer::signed_in(Member { role: StaffRole::Observer, body: None, ..member(OBSERVER.person(), &[]) });
    let scope = viewer.figures_of(NZTECH.id()).expect("a scope");
    macro_rules! figure {
        ($name:literal, |$world:ident, $scope:ident| $count:expr) => {{
            let $scope = scope.clone();
            Asked::new(concat!("summary: ", $name), move |$world| async move {
                $count.await.expect("a figure");
            })
        }};
    }
    vec![
        figure!("by status", |world, scope| figures::count_by_status(world.conn(), &scope, exception)),
        figure!("overdue", |world, scope| figures::count_overdue(
            world.conn(),
            &scope,
            exception,
            world.now()
        )),
        figure!("unassigned", |world, scope| figures::count_unassigned(world.conn(), &scope, exception)),
        figure!("median", |world, scope| figures::tally_days_to_decision(world.conn(), &scope, exception)),
        figure!("open", |world, scope| figures::count_open_by_assessor(world.conn(), &scope, exception)),
        figure!("decided", |world, scope| figures::count_decided_by_adviser(world.conn(), &scope, exception)),
        figure!("history", |world, scope| async {
            let last = nominations::clock::day_in_new_zealand(world.now());
            let days: Vec<_> = (0..400)
                .map(|back| last - chrono::Days::new(back))
                .map(|day| (end_of_day(day - chrono::Days::new(1)), end_of_day(day)))
                .collect();
            let kinds = [EventKind::Submitted, EventKind::Confirmed, EventKind::Declined];
            count_by_day(world.conn(), &scope, exception, kinds, &days).await
        }),
    ]
}

/// One of the crowd's assessors for NZTech.
fn assessor() -> BodyScope {
    let viewer = Viewer::signed_in(member(crowd_person(2), &[]));
    viewer.in_body(Permission::Assess).expect("a scope")
}

fn agent(employers: &[EmployerId]) -> EmployerScope {
    let role = StaffRole::Employer;
    let viewer = Viewer::signed_in(Member { role, body: None, ..member(crowd_person(1), employers) });
    viewer.for_employers().expect("a scope")
}

fn member(person: PersonId, employers: &[EmployerId]) -> Member {
    let body: Option<BodyId> = Some(NZTECH.id());
    Member {
        membership: MembershipId(person.0),
        person,
        role: StaffRole::Assessor,
        body,
        employers: Arc::from(employers),
    }
}

fn crowd_person(number: usize) -> PersonId {
    PersonId(crowd::id("9001", number))
}

fn crowd_employer(number: usize) -> EmployerId {
    EmployerId(crowd::id("9002", number))
}
