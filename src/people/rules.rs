//! How long a sign-in holds, and below, who may come in and who may let whom in. Time is an argument; nothing here
//! reads or writes.

pub mod arrival;
pub mod claims;
pub mod frontends;
pub mod invitations;
pub mod issuers;
pub mod members;

use chrono::{DateTime, TimeDelta, Utc};

/// Idle for so long, a sign-in ends.
pub const IDLE_MINUTES: i64 = 30;
/// A sign-in ends so long after it began, whatever happens.
pub const AT_MOST_HOURS: i64 = 8;
/// The last use is written down at most so often, so that reading does not write. Idleness counts from what is
/// written down, so a sign-in may end this much early, never late.
const NOTE_USE_SECONDS: i64 = 60;

/// Whether a sign-in holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It holds.
    Holds {
        /// Whether its last use is to be written down.
        note_use: bool,
    },
    /// It ended.
    Ended,
}

/// When a sign-in that begins `now` ends at the latest.
#[must_use]
pub fn end_of_session(now: DateTime<Utc>) -> DateTime<Utc> {
    now + TimeDelta::hours(AT_MOST_HOURS)
}

/// Whether a sign-in that was last used at `used_at` and ends at `expires_at` holds `now`. Both ends are
/// exclusive.
#[must_use]
pub fn standing(used_at: DateTime<Utc>, expires_at: DateTime<Utc>, now: DateTime<Utc>) -> Standing {
    let idle = now - used_at;
    if now >= expires_at || idle >= TimeDelta::minutes(IDLE_MINUTES) {
        Standing::Ended
    } else {
        Standing::Holds { note_use: idle >= TimeDelta::seconds(NOTE_USE_SECONDS) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_sides_of_each_limit() {
        let start: DateTime<Utc> = "2022-03-01T00:00:00Z".parse().expect("an instant");
        let expires_at = end_of_session(start);
        let at = |used: i64, now: i64| {
            standing(start + TimeDelta::seconds(used), expires_at, start + TimeDelta::seconds(now))
        };
        let (hours, minutes) = (3_600, 60);
        for (used, now, expected) in [
            (0, 0, Standing::Holds { note_use: false }),
            (0, 59, Standing::Holds { note_use: false }),
            (0, 60, Standing::Holds { note_use: true }),
            (0, 30 * minutes - 1, Standing::Holds { note_use: true }),
            (0, 30 * minutes, Standing::Ended),
            (8 * hours - 5, 8 * hours - 1, Standing::Holds { note_use: false }),
            (8 * hours - 5, 8 * hours, Standing::Ended),
            // A clock that was set back ends nothing.
            (10, 0, Standing::Holds { note_use: false }),
        ] {
            assert_eq!(at(used, now), expected, "used {used}, now {now}");
        }
    }
}
