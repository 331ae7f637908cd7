//! Whether a body may sign a run. Pure.

use std::fmt;

use crate::error::{Failure, UserError, UserErrorCode};

/// How much is open, and whose turn it is. It says nothing of what each side has open.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StillOpen {
    /// How many discrepancies.
    pub count: i64,
    /// Who has to mend or resolve them, by name.
    pub turns: Vec<String>,
}

impl fmt::Display for StillOpen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.count {
            1 => f.write_str("1 thing that does not agree is still open, and it is the turn of ")?,
            count => write!(f, "{count} things that do not agree are still open, and it is the turn of ")?,
        }
        match self.turns.split_last() {
            Some((last, [])) => f.write_str(last),
            Some((last, others)) => write!(f, "{} and {last}", others.join(", ")),
            None => f.write_str("whoever runs the service"),
        }
    }
}

/// Why a run is not signed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignOffRefusal {
    /// There is a newer run.
    #[error("There is a newer run, and that is the one to sign.")]
    NotLast,
    /// Something does not agree.
    #[error("{0}. Then the records are held against each other once more, and that run is signed.")]
    Open(StillOpen),
    /// Nothing is open any more, and something was when it ran.
    #[error(
        "Something was open after this run, and nothing is any more. Hold the records against each other once more, and \
         sign that run."
    )]
    WasOpen,
    /// The body has signed it.
    #[error("Your body has signed this run already.")]
    Signed,
}

impl From<SignOffRefusal> for Failure {
    fn from(refusal: SignOffRefusal) -> Self {
        let code = match refusal {
            SignOffRefusal::NotLast => UserErrorCode::Stale,
            SignOffRefusal::Open(_) | SignOffRefusal::WasOpen => UserErrorCode::OpenDiscrepancies,
            SignOffRefusal::Signed => UserErrorCode::WrongStatus,
        };
        UserError::new(code, refusal.to_string()).into()
    }
}

/// Whether a run may be signed: the last one, which found nothing open, while nothing has been found since.
///
/// # Errors
/// The first reason against it.
pub fn may_sign(is_last: bool, balanced: bool, open: StillOpen) -> Result<(), SignOffRefusal> {
    match (open.count > 0, balanced, is_last) {
        (true, ..) => Err(SignOffRefusal::Open(open)),
        (false, _, false) => Err(SignOffRefusal::NotLast),
        (false, false, true) => Err(SignOffRefusal::WasOpen),
        (false, true, true) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_run_is_signed_while_nothing_is_open() {
        let open = |count, turns: &[&str]| {
            let turns = turns.iter().map(|name| (*name).to_owned()).collect();
            StillOpen { count, turns }
        };
        let nothing = StillOpen::default;
        assert_eq!(may_sign(true, true, nothing()), Ok(()));
        assert_eq!(may_sign(true, false, nothing()), Err(SignOffRefusal::WasOpen));
        for balanced in [true, false] {
            assert_eq!(may_sign(false, balanced, nothing()), Err(SignOffRefusal::NotLast));
            for is_last in [true, false] {
                let one = open(1, &["NZTech"]);
                assert_eq!(may_sign(is_last, balanced, one.clone()), Err(SignOffRefusal::Open(one)));
            }
        }
        let told = |count, turns: &[&str]| SignOffRefusal::Open(open(count, turns)).to_string();
        assert!(
            told(1, &["NZTech"])
                .starts_with("1 thing that does not agree is still open, and it is the turn of NZTech. ")
        );
        assert!(
            told(7, &["ITP", "NZTech", "the agency"])
                .contains("7 things that do not agree are still open, and")
        );
        assert!(told(7, &["ITP", "NZTech", "the agency"]).contains(" of ITP, NZTech and the agency. "));
    }
}
