//! Whether a body may sign a run. Pure.

use crate::error::{Failure, UserError, UserErrorCode};

/// Why a run is not signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignOffRefusal {
    /// There is a newer run.
    #[error("There is a newer run, and that is the one to sign.")]
    NotLast,
    /// Something does not agree.
    #[error(
        "Something that does not agree is still open. It has to be resolved by those whose it is, your body or another, and \
         then the records are held against each other once more."
    )]
    Open,
    /// The body has signed it.
    #[error("Your body has signed this run already.")]
    Signed,
}

impl From<SignOffRefusal> for Failure {
    fn from(refusal: SignOffRefusal) -> Self {
        let code = match refusal {
            SignOffRefusal::NotLast => UserErrorCode::Stale,
            SignOffRefusal::Open => UserErrorCode::OpenDiscrepancies,
            SignOffRefusal::Signed => UserErrorCode::WrongStatus,
        };
        UserError::new(code, refusal.to_string()).into()
    }
}

/// Whether a run may be signed: the last one, which found nothing open, while nothing has been found since.
///
/// # Errors
/// The first reason against it.
pub fn may_sign(is_last: bool, balanced: bool, nothing_is_open: bool) -> Result<(), SignOffRefusal> {
    if !balanced || !nothing_is_open {
        return Err(SignOffRefusal::Open);
    }
    if is_last { Ok(()) } else { Err(SignOffRefusal::NotLast) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_run_is_signed_while_nothing_is_open() {
        assert_eq!(may_sign(true, true, true), Ok(()));
        assert_eq!(may_sign(false, true, true), Err(SignOffRefusal::NotLast));
        for (is_last, balanced, nothing) in [(true, false, true), (true, true, false), (false, false, false)]
        {
            assert_eq!(may_sign(is_last, balanced, nothing), Err(SignOffRefusal::Open));
        }
    }
}
