//! The acts on an application, as a table: whose each is, from where to where it leads, and which duty it falls under.
//!
//! This is the state diagram: `may` asks it, the acts are held to it, and docs/lifecycle.md is printed from it.

use entity::ApplicationStatus::{
    self, Confirmed, Declined, Draft, InAssessment, InformationRequested, Lapsed, Nominated, Recommended,
    Returned, Revoked, Submitted, Superseded, Withdrawn,
};

/// An act on an application.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "each is described where the public schema lists it")]
pub enum Action {
    Update,
    AddEvidence,
    RemoveEvidence,
    Submit,
    Withdraw,
    ReplaceWorker,
    Answer,
    Take,
    Assign,
    DeclareConflict,
    Assess,
    VerifyEvidence,
    RequestInformation,
    CancelInformationRequest,
    Recommend,
    Confirm,
    Decline,
    SendBack,
    Return,
    Reconsider,
    Hold,
    ReleaseHold,
    Revoke,
    Amend,
    ConfirmAmendment,
}

/// Whose hand an act needs. A lead may all that an assessor may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// Of somebody who acts for the employer.
    Employer,
    /// Of the body's assessors and leads.
    Assessors,
    /// Of the body's leads.
    Leads,
}

/// What the separation of duties asks of whoever does an act.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Duty {
    /// Nothing: it judges nobody.
    None,
    /// No declared conflict with the employer.
    Unbiased,
    /// Unbiased, and no part in an earlier round.
    Assesses,
    /// As who assesses, and not the adviser.
    TurnsBack,
    /// As who turns back, no finding in this round and no look at the evidence, and nothing that the advice rests on is by
    /// somebody with a conflict.
    Decides,
    /// Unbiased, and no part in any round so far.
    BeginsRound,
}

/// Where an act leads.
#[derive(Clone, Copy, Debug)]
pub enum To {
    /// The application stays where it is.
    Stays,
    /// From wherever it may start, to one of these.
    One(&'static [ApplicationStatus]),
    /// From some states to others, where it changes hands; else the application stays where it is.
    Pairs(&'static [(ApplicationStatus, ApplicationStatus)]),
}

/// What holds for an act.
#[derive(Clone, Copy, Debug)]
pub struct Law {
    /// Which act.
    pub action: Action,
    /// Whose it is.
    pub whose: Whose,
    /// What the separation of duties asks.
    pub duty: Duty,
    /// Where the application may stand.
    pub from: &'static [ApplicationStatus],
    /// Where it may lead.
    pub to: To,
    /// What to do instead where the application stands elsewhere.
    pub hint: &'static str,
}

const WITH_THE_EMPLOYER: &[ApplicationStatus] = &[Draft, Returned];
const UNADVISED: &[ApplicationStatus] = &[Submitted, InAssessment, InformationRequested];
const WITH_AN_ASSESSOR: &[ApplicationStatus] = &[InAssessment, InformationRequested];
const OPEN: &[ApplicationStatus] =
    &[Submitted, InAssessment, InformationRequested, Recommended, Confirmed, Nominated];

/// Every act with its law, in the order of [`Action`], which is that of a case's life.
pub const LAWS: [Law; 25] = [
    Law {
        action: Action::Update,
        whose: Whose::Employer,
        duty: Duty::None,
        from: WITH_THE_EMPLOYER,
        to: To::Stays,
        hint: "The body has it now; only a draft or a returned application can be changed.",
    },
    Law {
        action: Action::AddEvidence,
        whose: Whose::Employer,
        duty: Duty::None,
        from: &[Draft, Returned, Submitted, InAssessment, InformationRequested],
        to: To::Stays,
        hint: "Evidence can be added until the assessor has advised.",
    },
    Law {
        action: Action::RemoveEvidence,
        whose: Whose::Employer,
        duty: Duty::None,
        from: WITH_THE_EMPLOYER,
        to: To::Stays,
        hint: "The body has it now; only a draft or a returned application can be changed.",
    },
    Law {
        action: Action::Submit,
        whose: Whose::Employer,
        duty: Duty::None,
        from: WITH_THE_EMPLOYER,
        to: To::One(&[Submitted]),
        hint: "The body has it now; only a draft or a returned application can be submitted.",
    },
    Law {
        action: Action::Withdraw,
        whose: Whose::Employer,
        duty: Duty::None,
        from: &[
            Draft,
            Returned,
            Submitted,
            InAssessment,
            InformationRequested,
            Recommended,
            Confirmed,
            Nominated,
        ],
        to: To::One(&[Withdrawn]),
        hint: "It has ended already.",
    },
    Law {
        action: Action::ReplaceWorker,
        whose: Whose::Employer,
        duty: Duty::None,
        from: &[Nominated],
        to: To::Stays,
        hint: "Only a nomination can pass to another worker: withdraw this one and begin another instead.",
    },
    Law {
        action: Action::Answer,
        whose: Whose::Employer,
        duty: Duty::None,
        from: &[InformationRequested],
        to: To::One(WITH_AN_ASSESSOR),
        hint: "No question is open.",
    },
    Law {
        action: Action::Take,
        whose: Whose::Assessors,
        duty: Duty::Assesses,
        from: &[Submitted, InAssessment],
        to: To::One(&[InAssessment]),
        hint: "Only what waits for an assessor can be taken.",
    },
    Law {
        action: Action::Assign,
        whose: Whose::Leads,
        duty: Duty::Unbiased,
        from: UNADVISED,
        to: To::Pairs(&[(Submitted, InAssessment), (InAssessment, Submitted)]),
        hint: "It can be assigned from its submission until the assessor has advised.",
    },
    Law {
        action: Action::DeclareConflict,
        whose: Whose::Assessors,
        duty: Duty::None,
        from: OPEN,
        to: To::Pairs(&[(InAssessment, Submitted)]),
        hint: "A conflict is declared on an open application of the employer.",
    },
    Law {
        action: Action::Assess,
        whose: Whose::Assessors,
        duty: Duty::Assesses,
        from: WITH_AN_ASSESSOR,
        to: To::Stays,
        hint: "Take it first; after the advice the findings stand.",
    },
    Law {
        action: Action::VerifyEvidence,
        whose: Whose::Assessors,
        duty: Duty::Assesses,
        from: &[Submitted, InAssessment, InformationRequested, Recommended],
        to: To::Stays,
        hint: "Evidence is looked at from the submission until the decision.",
    },
    Law {
        action: Action::RequestInformation,
        whose: Whose::Assessors,
        duty: Duty::Assesses,
        from: WITH_AN_ASSESSOR,
        to: To::One(&[InformationRequested]),
        hint: "Questions are asked in assessment: take it first.",
    },
    Law {
        action: Action::CancelInformationRequest,
        whose: Whose::Assessors,
        duty: Duty::Unbiased,
        from: &[InformationRequested],
        to: To::One(WITH_AN_ASSESSOR),
        hint: "No question is open.",
    },
    Law {
        action: Action::Recommend,
        whose: Whose::Assessors,
        duty: Duty::Assesses,
        from: &[InAssessment],
        to: To::One(&[Recommended]),
        hint: "Advice is given in assessment: take it first.",
    },
    Law {
        action: Action::Confirm,
        whose: Whose::Leads,
        duty: Duty::Decides,
        from: &[Recommended],
        to: To::One(&[Confirmed, Nominated]),
        hint: "Only what an assessor has advised on can be confirmed.",
    },
    Law {
        action: Action::Decline,
        whose: Whose::Leads,
        duty: Duty::Decides,
        from: &[Recommended],
        to: To::One(&[Declined]),
        hint: "Only what an assessor has advised on can be declined.",
    },
    Law {
        action: Action::SendBack,
        whose: Whose::Leads,
        duty: Duty::TurnsBack,
        from: &[Recommended],
        to: To::One(&[InAssessment]),
        hint: "Only what an assessor has advised on can be sent back to assessment.",
    },
    Law {
        action: Action::Return,
        whose: Whose::Leads,
        duty: Duty::Assesses,
        from: UNADVISED,
        to: To::One(&[Returned]),
        hint: "It can be returned until the assessor has advised; after that, send it back to assessment first.",
    },
    Law {
        action: Action::Reconsider,
        whose: Whose::Leads,
        duty: Duty::BeginsRound,
        from: &[Declined, Returned],
        to: To::One(&[InAssessment]),
        hint: "Only what was declined or returned is reconsidered.",
    },
    Law {
        action: Action::Hold,
        whose: Whose::Leads,
        duty: Duty::Unbiased,
        from: OPEN,
        to: To::Stays,
        hint: "Only an open application is put on hold.",
    },
    Law {
        action: Action::ReleaseHold,
        whose: Whose::Leads,
        duty: Duty::Unbiased,
        from: OPEN,
        to: To::Stays,
        hint: "Only an open application is on hold.",
    },
    Law {
        action: Action::Revoke,
        whose: Whose::Leads,
        duty: Duty::Unbiased,
        from: &[Confirmed, Nominated],
        to: To::One(&[Revoked]),
        hint: "Only what was confirmed can be revoked; what is undecided is declined or returned.",
    },
    Law {
        action: Action::Amend,
        whose: Whose::Assessors,
        duty: Duty::Unbiased,
        from: &[Nominated],
        to: To::Stays,
        hint: "Only a nomination is amended.",
    },
    Law {
        action: Action::ConfirmAmendment,
        whose: Whose::Leads,
        duty: Duty::Unbiased,
        from: &[Nominated],
        to: To::Stays,
        hint: "Only a nomination is amended.",
    },
];

impl Law {
    /// Whether the act may lead from one state to another.
    #[must_use]
    pub fn leads(&self, from: ApplicationStatus, to: ApplicationStatus) -> bool {
        self.from.contains(&from)
            && match self.to {
                To::Stays => from == to,
                To::One(ends) => ends.contains(&to),
                To::Pairs(pairs) => from == to || pairs.contains(&(from, to)),
            }
    }

    /// Every move that the act makes, from one state to another one.
    pub fn moves(&self) -> impl Iterator<Item = (ApplicationStatus, ApplicationStatus)> {
        let all = ApplicationStatus::all().into_iter();
        all.flat_map(|from| ApplicationStatus::all().into_iter().map(move |to| (from, to)))
            .filter(|(from, to)| from != to && self.leads(*from, *to))
    }
}

impl Action {
    /// What holds for this act.
    #[must_use]
    pub const fn law(self) -> &'static Law {
        &LAWS[self as usize]
    }

    /// Every act, in the order of a case's life.
    pub fn all() -> impl Iterator<Item = Self> {
        LAWS.iter().map(|law| law.action)
    }
}

/// What the service itself does to an application, whoever's act or which clock set it off.
#[derive(Clone, Copy, Debug)]
pub struct Course {
    /// What happens, as history tells it.
    pub what: &'static str,
    /// Where the application may stand.
    pub from: &'static [ApplicationStatus],
    /// Where it leads.
    pub to: &'static [ApplicationStatus],
}

/// What happens to applications without anybody's hand on them.
pub const COURSES: [Course; 6] = [
    Course { what: "a place is given", from: &[Confirmed], to: &[Nominated] },
    Course { what: "the giving of places ends", from: &[Confirmed], to: &[Lapsed] },
    Course { what: "the agency's refusal outlasts the place's rest", from: &[Nominated], to: &[Lapsed] },
    Course { what: "the last open question expires", from: &[InformationRequested], to: &[InAssessment] },
    Course {
        what: "another worker's application takes the place over",
        from: &[Nominated],
        to: &[Superseded],
    },
    Course { what: "another application of the worker stands", from: OPEN, to: &[Withdrawn] },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_act_finds_its_own_law() {
        for law in &LAWS {
            assert_eq!(law.action.law().action, law.action);
        }
    }
}
