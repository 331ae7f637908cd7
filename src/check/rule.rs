//! The invariants by name.

macro_rules! rules {
    ($($(#[$doc:meta])+ $rule:ident = $name:literal,)+) => {
        /// An invariant, as a sentence that has to be true.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Rule {
            $($(#[$doc])+ $rule,)+
        }

        impl Rule {
            /// Every invariant, in the order in which they are looked at.
            pub const ALL: &'static [Self] = &[$(Self::$rule,)+];

            /// Its name, as reports tell it.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$rule => $name,)+
                }
            }
        }
    };
}

rules! {
    /// What a row names is there.
    Dangling = "nothing-dangles",
    /// What is never changed is refused by the database.
    Guards = "guards-stand",
    /// The database says what it is for.
    Installation = "installation",
    /// An act that was accepted under a key has its answer.
    Answer = "answer-kept",
    /// A frontend of others has an origin, and a client of its own at a provider whose access tokens are taken.
    Frontend = "frontend",
    /// The revisions of a class exception run from 1 to its current one, and each can be read.
    Revisions = "revisions",
    /// Places and excess are what is free, held and returning; nothing is free while something is held above the cap.
    PlacesAddUp = "places-add-up",
    /// The places of a class exception are numbered from 1 on.
    PlaceNumbers = "place-numbers",
    /// A place has a holder exactly where its state has one.
    PlaceHolder = "place-holder",
    /// The ledger replays to the places.
    Ledger = "ledger-replays",
    /// The ledger gives a place to who holds it.
    LedgerHolder = "ledger-holder",
    /// A movement is counted for its day in New Zealand.
    LedgerDay = "ledger-day",
    /// Nobody who is due a place waits beside a free one while places are given.
    Stranded = "nobody-stranded",
    /// No place was given to an employer that held as many as it may.
    EmployerCap = "employer-cap",
    /// An application holds one place at most.
    OnePlace = "one-place",
    /// A worker holds one place at most under a class exception.
    OnePlaceForWorker = "one-place-for-a-worker",
    /// What holds a place is nominated; while the place returns it may have ended.
    PlaceFitsStatus = "place-fits-status",
    /// A place's holder, body, employer and class exception are those of one application.
    PlaceAgrees = "place-agrees",
    /// What is nominated holds a place.
    NominatedHoldsPlace = "nominated-holds-place",
    /// A worker is marked as holding a place exactly where the application holds one.
    WorkerMarked = "worker-marked",
    /// What is confirmed waits in the queue, and nothing else does.
    QueueFitsStatus = "queue-fits-status",
    /// A queue entry says what its application says.
    QueueAgrees = "queue-agrees",
    /// A reference has the right check character and its body's prefix.
    Reference = "reference",
    /// An application's body nominates under its class exception.
    Member = "body-nominates",
    /// What hangs on an application is its body's.
    OneBody = "one-body",
    /// What was submitted was declared, complete, checked, and its worker told.
    Submission = "submission",
    /// The terms that an application is held against are there.
    Terms = "terms",
    /// Role and occupation are ones that the terms know.
    Codes = "codes",
    /// Pay can be read, and its annual figure is right.
    Pay = "pay",
    /// The instants of a case follow one another.
    Times = "times",
    /// Every change of an application moved its version by one.
    Version = "version",
    /// Who did something, and when, is what history says.
    Hands = "done-as-history-says",
    /// History has what happened.
    History = "history",
    /// Who decides a round neither advised nor assessed in it.
    TwoPeople = "two-people",
    /// Nobody acts in two rounds.
    OneRound = "one-round",
    /// Nobody judges an employer with whom they had declared a conflict.
    NoConflict = "no-conflict",
    /// Advice and decision are what the status says.
    RoundFitsStatus = "round-fits-status",
    /// A decision agrees with its advice.
    DecisionAgrees = "decision-agrees",
    /// A decision is counted with the days that it took.
    DecisionDays = "decision-days",
    /// The findings bear an endorsement: every criterion has one, and what is required is met.
    FindingsBear = "findings-bear",
    /// The priority band is what the findings make it.
    Band = "priority-band",
    /// The employer is asked exactly where a question is open.
    QuestionsFit = "questions-fit-status",
    /// A clock runs while the body has to decide, and stands still while the employer is asked.
    ClockFits = "clock-fits-status",
    /// What has ended has the instant of its end.
    EndFits = "end-fits-status",
    /// What is on hold has a hold that is open.
    HoldFits = "hold-fits",
    /// A correction waits on a nomination, and two people make it.
    AmendmentFits = "amendment-fits",
    /// A replacement is of a nomination of the same employer and body, and what was superseded has one.
    SuccessionFits = "succession-fits",
    /// A passport's number opens in its own row.
    PassportOpens = "passport-opens",
    /// The fingerprint is the one of the passport.
    Fingerprint = "fingerprint",
    /// What was taken in from a body's own system is kept as that body's row, once.
    ImportedRow = "imported-row",
    /// An application that came of an expression of interest has its class exception, body and employer's number.
    InterestFits = "interest-fits",
    /// An application is found by the words that it says, and by no others.
    Words = "search-words",
    /// A case stands where a line of the agency has it.
    AgencySaid = "agency-said",
    /// The place of a nomination is used up where its visa is granted, and on its way back where it is refused.
    AgencyPlace = "agency-place",
    /// A place rests for a refusal, and to an end.
    AgencyHold = "agency-hold",
    /// A message of the agency has the lines that it counts.
    AgencyMessage = "agency-message",
    /// A record that was sealed is there, as it was.
    SealedRecord = "sealed-record",
    /// The positions of records run from 1 without gaps, and seals close them one after the other.
    Seals = "seals",
    /// Every record has a position or waits for one, and none came long after its time.
    PastTheSeals = "nothing-past-the-seals",
    /// The head of the history that a release carries is that of a seal.
    ReleaseHead = "release-head",
    /// What is published of a ballot is what anybody finds who runs it again.
    BallotVerifies = "ballot-verifies",
    /// A ballot goes on exactly until it has ended.
    BallotLive = "ballot-live",
    /// A class exception is drawn once at most, and knows when.
    DrawnOnce = "drawn-once",
    /// Whoever waits has the rank that the draw gave.
    BallotRanks = "ballot-ranks",
    /// A discrepancy is of the body and class exception of what it is about.
    DiscrepancyFits = "discrepancy-fits",
    /// What is open is open once, and about applications that are live.
    DiscrepancyOpen = "discrepancy-open",
    /// What is resolved was resolved in a way that its kind knows, and what follows from that was done.
    DiscrepancyResolved = "discrepancy-resolved",
    /// What two bodies have a part in was resolved by both.
    DiscrepancyAgreed = "discrepancy-agreed",
    /// Two applications are kept apart where people told them apart.
    ToldApart = "told-apart",
    /// Runs are numbered from 1 on, and their digests are of their figures.
    Runs = "runs",
    /// A body signed what the run says, and nothing was open.
    SignedOff = "signed-off",
    /// A release has the lines and sections that it says, and its number follows the one before.
    ReleaseAddsUp = "release-adds-up",
    /// The digests of a release are those that its lines make, and its lines say what their columns do.
    ReleaseDigests = "release-digests",
    /// What is attested was attested by every body with lines, as it is.
    ReleaseAttested = "release-attested",
    /// One release of a class exception is on its way at most.
    OneLiveRelease = "one-live-release",
    /// A place that is listed is its holder's on the last published release, and one that is reserved is not.
    ListedOnRelease = "listed-on-release",
    /// The ledger has the places as published that releases were the first to list.
    PublishedMovement = "published-movement",
    /// The agency has a case exactly of what a published release listed.
    AgencyCase = "agency-case",
    /// Nothing of a person is left where it was purged, and nothing is purged before its day.
    Purged = "purged",
    /// There are more violations than are listed.
    NotListed = "not-listed",
}
