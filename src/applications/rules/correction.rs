//! How far corrections of a nomination may go: its place is one worker's, and another comes to it by a replacement alone.

use super::refusal::Refusal;

/// What all corrections since the nomination, taken together, change of who the worker is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Differs {
    /// The family name or the given names.
    pub name: bool,
    /// The date of birth.
    pub birthday: bool,
    /// The passport.
    pub passport: bool,
}

/// Whether the worker is still the one whom the place was given to. Each correction by itself may be small, so what counts is
/// the sum of them; once the agency has invited the worker, less is let pass.
///
/// # Errors
/// `INVALID`, `INVITATION_ISSUED`.
pub fn stays_the_worker(differs: Differs, invitation_was_issued: bool) -> Result<(), Refusal> {
    match differs {
        Differs { passport: true, name: true, birthday: true } => Err(Refusal::AnotherWorker),
        Differs { passport: true, name, birthday } if invitation_was_issued && (name || birthday) => {
            Err(Refusal::InvitedAsTheyWere)
        }
        Differs { .. } => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::UserErrorCode;

    #[test]
    fn a_new_passport_comes_with_little_else() {
        for passport in [false, true] {
            for (name, birthday) in [(false, false), (true, false), (false, true), (true, true)] {
                let differs = Differs { name, birthday, passport };
                let found = |invited| stays_the_worker(differs, invited).map_err(|refusal| refusal.code());
                let all = passport && name && birthday;
                let before = if all { Err(UserErrorCode::Invalid) } else { Ok(()) };
                assert_eq!(found(false), before, "{differs:?}");
                let some = passport && (name || birthday) && !all;
                let after = if some { Err(UserErrorCode::InvitationIssued) } else { before };
                assert_eq!(found(true), after, "{differs:?}");
            }
        }
    }
}
