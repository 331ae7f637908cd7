//! The quota day by day: the ledger, summed by day, folded into where the places stood at each day's end.

use chrono::{Days, NaiveDate};
use entity::PlaceState;

use super::PlaceCounts;

/// Most days that a history tells at once.
pub const MOST_DAYS: u64 = 400;

/// How many places moved from one state to another on one day in New Zealand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DayMoves {
    /// The day.
    pub day: NaiveDate,
    /// From where; none where places came into being.
    pub from: Option<PlaceState>,
    /// To where.
    pub to: PlaceState,
    /// How many.
    pub count: i64,
}

/// The days that a history is asked for, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Span {
    /// The first day; where nobody says, the first with a movement, as far as the limit allows.
    pub from: Option<NaiveDate>,
    /// The last day, today at the latest.
    pub to: NaiveDate,
}

/// Why a history cannot be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SpanError {
    /// It would end before it begins.
    #[error("`to` lies before `from`: swap them.")]
    Backwards,
    /// More days than are told at once.
    #[error("These are more than {MOST_DAYS} days: ask for a shorter stretch, and for the rest by itself.")]
    TooLong,
}

impl Span {
    /// Reads what is asked for. Days after `today` are left out: nothing is known of them.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read(from: Option<NaiveDate>, to: Option<NaiveDate>, today: NaiveDate) -> Result<Self, SpanError> {
        if from.zip(to).is_some_and(|(from, to)| to < from) {
            return Err(SpanError::Backwards);
        }
        let to = to.unwrap_or(today).min(today);
        if from.is_some_and(|from| from < earliest(to)) {
            return Err(SpanError::TooLong);
        }
        Ok(Self { from, to })
    }

    /// All days that may be told: from the one that is asked for, or as far as the limit allows.
    pub fn days(self) -> impl Iterator<Item = NaiveDate> {
        let first = self.from.unwrap_or_else(|| earliest(self.to));
        first.iter_days().take_while(move |day| *day <= self.to)
    }
}

/// The first day of the longest stretch that ends with `to`.
fn earliest(to: NaiveDate) -> NaiveDate {
    to.checked_sub_days(Days::new(MOST_DAYS - 1)).unwrap_or(NaiveDate::MIN)
}

/// Where the places stood at the end of every day of a stretch. `moves` come in order of days, from the ledger's
/// very beginning: what lies before the stretch is what it begins with. A day without movements repeats the one
/// before.
#[must_use]
pub fn day_by_day(moves: &[DayMoves], span: Span) -> Vec<(NaiveDate, PlaceCounts)> {
    let first = span.from.or(moves.first().map(|first| first.day));
    let Some(first) = first.map(|day| day.max(earliest(span.to))) else { return Vec::new() };
    let mut moves = moves.iter().peekable();
    let mut counts = PlaceCounts::default();
    let days = first.iter_days().take_while(|day| *day <= span.to);
    days.map(|day| {
        while let Some(moved) = moves.next_if(|moved| moved.day <= day) {
            if let Some(from) = moved.from {
                counts.add(from, -moved.count);
            }
            counts.add(moved.to, moved.count);
        }
        (day, counts)
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(number: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2022, 2, 1).expect("a day") + Days::new(u64::from(number))
    }

    fn moved(number: u32, from: Option<PlaceState>, to: PlaceState, count: i64) -> DayMoves {
        DayMoves { day: day(number), from, to, count }
    }

    fn ledger() -> Vec<DayMoves> {
        vec![
            moved(0, None, PlaceState::Available, 600),
            moved(2, Some(PlaceState::Available), PlaceState::Reserved, 5),
            moved(2, Some(PlaceState::Reserved), PlaceState::Available, 1),
            moved(4, Some(PlaceState::Reserved), PlaceState::Listed, 3),
            moved(5, Some(PlaceState::Available), PlaceState::Retired, 96),
        ]
    }

    fn told(from: Option<u32>, to: u32) -> Vec<(NaiveDate, i64, i64, i64)> {
        let span = Span { from: from.map(day), to: day(to) };
        let told = day_by_day(&ledger(), span).into_iter();
        told.map(|(day, counts)| (day, counts.available, counts.reserved, counts.listed)).collect()
    }

    #[test]
    fn a_day_without_movements_repeats_the_one_before() {
        let all = [
            (day(0), 600, 0, 0),
            (day(1), 600, 0, 0),
            (day(2), 596, 4, 0),
            (day(3), 596, 4, 0),
            (day(4), 596, 1, 3),
            (day(5), 500, 1, 3),
            (day(6), 500, 1, 3),
        ];
        assert_eq!(told(None, 6), all);
        assert_eq!(told(Some(0), 6), all);
        assert_eq!(told(Some(3), 5), all[3..=5]);
        assert_eq!(told(Some(2), 2), all[2..=2]);
    }

    #[test]
    fn before_the_first_movement_there_is_nothing() {
        let before = day_by_day(&ledger()[2..], Span { from: Some(day(1)), to: day(1) });
        assert_eq!(before, [(day(1), PlaceCounts::default())]);
        assert_eq!(day_by_day(&[], Span { from: None, to: day(9) }), []);
        assert_eq!(day_by_day(&ledger(), Span { from: Some(day(9)), to: day(8) }), []);
    }

    #[test]
    fn a_stretch_has_a_longest_and_ends_today() {
        let today = day(1_000);
        let most = u32::try_from(MOST_DAYS).expect("few");
        let read = |from: Option<u32>, to: Option<u32>| Span::read(from.map(day), to.map(day), today);
        assert_eq!(read(None, None), Ok(Span { from: None, to: today }));
        assert_eq!(read(None, Some(1_001)), Ok(Span { from: None, to: today }));
        assert_eq!(read(Some(1_001), Some(1_002)), Ok(Span { from: Some(day(1_001)), to: today }));
        assert_eq!(read(Some(1), Some(0)), Err(SpanError::Backwards));
        assert!(read(Some(0), Some(most - 1)).is_ok());
        assert_eq!(read(Some(0), Some(most)), Err(SpanError::TooLong));
        assert_eq!(read(Some(0), None), Err(SpanError::TooLong));
        let longest = day_by_day(&ledger(), Span { from: None, to: today });
        assert_eq!((longest.len(), longest[0].0), (400, day(1_001 - most)));
        assert_eq!(longest[0].1.standing(), 504);
        let edge = Span::read(Some(NaiveDate::MIN), Some(NaiveDate::MAX), NaiveDate::MIN);
        assert_eq!(edge, Ok(Span { from: Some(NaiveDate::MIN), to: NaiveDate::MIN }));
    }

    proptest! {
        #[test]
        fn a_later_beginning_tells_the_same_days(from in 0_u32..7, to in 0_u32..9) {
            let whole: Vec<_> = told(Some(0), to).into_iter().filter(|point| point.0 >= day(from)).collect();
            prop_assert_eq!(told(Some(from), to), whole);
        }
    }
}
