//! Whether people have settled a thing that is found again.

use entity::Resolution;

/// How a thing was settled, and what that rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settlement<'a> {
    /// What people made of it; none where it went away by itself.
    pub resolution: Option<Resolution>,
    /// The keyed hash of both sides' values.
    pub basis: Option<&'a [u8]>,
    /// The last release that was published when it was found.
    pub after_release: Option<i32>,
}

/// Whether what people made of it still holds for what is found now: as long as both sides say what they said, and where the
/// next release was to bring it right, until that is published. Which of two applications stands is settled by ending the
/// other, so two that are both live again are a new question; and that they are two workers is kept with the pair.
#[must_use]
pub fn is_settled(settled: &Settlement<'_>, found: &Settlement<'_>) -> bool {
    let rests = settled.basis == found.basis;
    match settled.resolution {
        Some(Resolution::KeepOurs | Resolution::RaisedWithAgency) => rests,
        Some(Resolution::TakeTheirs | Resolution::CorrectInNextRelease) => {
            rests && settled.after_release == found.after_release
        }
        Some(Resolution::WorkerChose | Resolution::EarlierStands | Resolution::NotADuplicate) | None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_resolution_holds_until_what_it_rests_on_changes() {
        let found = Settlement { resolution: None, basis: Some(b"a"), after_release: Some(3) };
        let other_values = Settlement { basis: Some(b"b"), ..found };
        let next_release = Settlement { after_release: Some(4), ..found };
        for (resolution, expected) in [
            (Some(Resolution::KeepOurs), [true, false, true]),
            (Some(Resolution::RaisedWithAgency), [true, false, true]),
            (Some(Resolution::TakeTheirs), [true, false, false]),
            (Some(Resolution::CorrectInNextRelease), [true, false, false]),
            (Some(Resolution::WorkerChose), [false; 3]),
            (Some(Resolution::EarlierStands), [false; 3]),
            (Some(Resolution::NotADuplicate), [false; 3]),
            (None, [false; 3]),
        ] {
            let settled = Settlement { resolution, ..found };
            let holds = [found, other_values, next_release].map(|found| is_settled(&settled, &found));
            assert_eq!(holds, expected, "{resolution:?}");
        }
    }
}
