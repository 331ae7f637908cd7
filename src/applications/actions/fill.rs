//! What is kept beside applications for looking at them, written for those that are there from before it was kept: the
//! words that they are found by, how long their decisions took, and the body's clock.

use std::collections::BTreeMap;

use entity::{ApplicationId, application, assessment_round};

use super::clocks;
use crate::applications::rules::{awaits_decision, days_to_decision};
use crate::applications::store::{case, words};
use crate::db::{Command, Tx};
use crate::error::{Acted, Found};
use crate::exceptions::store::Shelf;

/// How many applications one transaction fills in.
const AT_ONCE: u64 = 500;

/// Fills in some applications, of whichever body: the service's own work. Run again from where it ended until it answers
/// none.
#[derive(Clone, Copy, Debug)]
pub struct FillViews<'a> {
    /// Terms, by which clocks run.
    pub shelf: &'a Shelf,
    /// Where the one before ended.
    pub after: Option<ApplicationId>,
}

impl Command for FillViews<'_> {
    type Answer = Option<ApplicationId>;
    const NAME: &'static str = "fillViews";

    async fn run(&self, tx: &Tx) -> Acted<Option<ApplicationId>> {
        let applications = words::load_without_words(tx, self.after, AT_ONCE).await?;
        words::insert_words(tx, &applications).await?;
        fill_days(tx, &applications).await?;
        self.start_clocks(tx, &applications).await?;
        Ok(applications.last().map(|last| last.id))
    }
}

impl FillViews<'_> {
    /// Starts the clock where the body has to decide and none runs, from the submission on.
    async fn start_clocks(&self, tx: &Tx, applications: &[application::Model]) -> Found<()> {
        let stopped = |one: &&application::Model| {
            awaits_decision(one.status) && one.due_at.is_none() && one.days_left.is_none()
        };
        for application in applications.iter().filter(stopped) {
            let Some(submitted_at) = application.submitted_at else { continue };
            let known =
                self.shelf.terms(tx.conn(), application.exception_id, application.terms_revision).await?;
            let mut started = application.clone();
            clocks::start(&mut started, &known.terms, submitted_at);
            case::save_due_at(tx, started.id, started.due_at).await?;
        }
        Ok(())
    }
}

async fn fill_days(tx: &Tx, applications: &[application::Model]) -> Found<()> {
    let ids: Vec<_> = applications.iter().map(|one| one.id).collect();
    let rounds = case::load_rounds(tx, &ids).await?;
    let mut by_days = BTreeMap::<i32, Vec<ApplicationId>>::new();
    for application in applications {
        let own = |round: &&assessment_round::Model| round.application_id == application.id;
        let decided = rounds.iter().filter(own).filter_map(|round| round.decided_at).next_back();
        if let Some(days) = decided.and_then(|decided_at| days_to_decision(application, decided_at)) {
            by_days.entry(days).or_default().push(application.id);
        }
    }
    for (days, ids) in by_days {
        case::save_days_to_decision(tx, &ids, days).await?;
    }
    Ok(())
}
