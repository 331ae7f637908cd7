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

/// The first line that is not so any more, by its reference, and why not.
#[must_use]
pub fn contradiction(lines: &[Carried]) -> Option<(&str, &'static str)> {
    lines.iter().find_map(|line| Some((line.reference.as_str(), line.why_not()?)))
}

impl Carried {
    /// Why it is not so any more; none where it is.
    fn why_not(&self) -> Option<&'static str> {
        use PlaceState as Place;
        use ReleaseLineState as State;
        let is_new = self.change == Some(ReleaseChangeKind::Added);
        match (self.state, self.place) {
            (State::Listed, Some(Place::Reserved)) if is_new => self.held_back.map(why_held_back),
            (State::Listed, Some(Place::Listed | Place::Consumed))
            | (State::Suspended, Some(Place::Returning))
            | (State::Removed, None) => None,
            (State::Listed, Some(Place::Returning)) => Some(
                "its place is on its way back, since the nomination has ended or the agency has refused it",
            ),
            (State::Listed | State::Suspended, None) => Some("it holds no place any more"),
            (State::Suspended | State::Removed, Some(Place::Listed | Place::Consumed)) => {
                Some("its place is listed again")
            }
            (
                State::Listed | State::Suspended | State::Removed,
                Some(Place::Reserved | Place::Returning | Place::Available | Place::Retired),
            ) => Some("its place has moved since"),
        }
    }
}

fn why_held_back(reason: HoldBackReason) -> &'static str {
    match reason {
        HoldBackReason::OnHold => "it is on hold",
        HoldBackReason::OpenDuplicate => "its worker has another live application that nobody has settled",
        HoldBackReason::EvidenceExpired => "the evidence for a criterion has expired",
        HoldBackReason::EvidenceNotVerified => "the evidence for a criterion is not found genuine",
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
        for (state, change, place, held_back, why) in [
            (State::Listed, added, Some(Place::Reserved), None, None),
            (
                State::Listed,
                added,
                Some(Place::Reserved),
                Some(HoldBackReason::OnHold),
                Some("it is on hold"),
            ),
            (
                State::Listed,
                added,
                Some(Place::Reserved),
                Some(HoldBackReason::EvidenceExpired),
                Some("the evidence for a criterion has expired"),
            ),
            (State::Listed, added, None, None, Some("it holds no place any more")),
            (State::Listed, None, Some(Place::Listed), Some(HoldBackReason::OnHold), None),
            (State::Listed, None, Some(Place::Consumed), None, None),
            (State::Listed, None, Some(Place::Reserved), None, Some("its place has moved since")),
            (
                State::Listed,
                None,
                Some(Place::Returning),
                None,
                Some(
                    "its place is on its way back, since the nomination has ended or the agency has refused it",
                ),
            ),
            (State::Listed, None, None, None, Some("it holds no place any more")),
            (State::Suspended, None, Some(Place::Returning), None, None),
            (State::Suspended, None, Some(Place::Listed), None, Some("its place is listed again")),
            (State::Suspended, None, None, None, Some("it holds no place any more")),
            (State::Removed, None, None, None, None),
            (State::Removed, None, Some(Place::Reserved), None, Some("its place has moved since")),
        ] {
            let line = Carried { reference: "A".into(), state, change, place, held_back };
            let told = contradiction(std::slice::from_ref(&line));
            assert_eq!(told, why.map(|why| ("A", why)), "{line:?}");
        }
    }
}
