//! Whether what a release says is still so when it is to be published.

use entity::{HoldBackReason, PlaceState, ReleaseChangeKind, ReleaseLineState};

/// A line of a release that is to be published, beside what holds now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Carried {
    /// Its reference.
    pub reference: String,
    /// Where it stands in the release.
    pub state: ReleaseLineState,
    /// What the release says has changed.
    pub change: Option<ReleaseChangeKind>,
    /// Where the place of its application stands now; none where it holds none.
    pub place: Option<PlaceState>,
    /// What would hold it back now.
    pub held_back: Option<HoldBackReason>,
}

/// The first line that is not so any more, by its reference.
#[must_use]
pub fn contradiction(lines: &[Carried]) -> Option<&str> {
    lines.iter().find(|line| !line.holds()).map(|line| line.reference.as_str())
}

impl Carried {
    fn holds(&self) -> bool {
        use PlaceState as Place;
        let is_new = self.change == Some(ReleaseChangeKind::Added);
        match (self.state, self.place) {
            (ReleaseLineState::Listed, Some(Place::Reserved)) => is_new && self.held_back.is_none(),
            (ReleaseLineState::Listed, Some(Place::Listed | Place::Consumed))
            | (ReleaseLineState::Suspended, Some(Place::Returning))
            | (ReleaseLineState::Removed, None) => true,
            (
                ReleaseLineState::Listed | ReleaseLineState::Suspended | ReleaseLineState::Removed,
                Some(_) | None,
            ) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_holds_where_its_place_stands_as_it_says() {
        use PlaceState as Place;
        use ReleaseLineState as State;
        let added = Some(ReleaseChangeKind::Added);
        for (state, change, place, held_back, holds) in [
            (State::Listed, added, Some(Place::Reserved), None, true),
            (State::Listed, added, Some(Place::Reserved), Some(HoldBackReason::OnHold), false),
            (State::Listed, added, None, None, false),
            (State::Listed, None, Some(Place::Listed), Some(HoldBackReason::OnHold), true),
            (State::Listed, None, Some(Place::Consumed), None, true),
            (State::Listed, None, Some(Place::Reserved), None, false),
            (State::Listed, None, Some(Place::Returning), None, false),
            (State::Listed, None, None, None, false),
            (State::Suspended, None, Some(Place::Returning), None, true),
            (State::Suspended, None, Some(Place::Listed), None, false),
            (State::Suspended, None, None, None, false),
            (State::Removed, None, None, None, true),
            (State::Removed, None, Some(Place::Reserved), None, false),
        ] {
            let line = Carried { reference: "A".into(), state, change, place, held_back };
            assert_eq!(contradiction(std::slice::from_ref(&line)).is_none(), holds, "{line:?}");
        }
    }
}
