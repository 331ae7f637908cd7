//! Regions and the anniversary day that each observes.

use chrono::{Days, NaiveDate, Weekday};

use super::holidays::easter_sunday;
use crate::values::fold::fold;

/// A region with an anniversary day of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "they are the names of regions")]
pub enum Region {
    /// With Northland, Waikato, the Bay of Plenty and Gisborne, which observe the same day.
    Auckland,
    Taranaki,
    HawkesBay,
    /// With Manawatū-Whanganui.
    Wellington,
    Marlborough,
    /// With Tasman.
    Nelson,
    Canterbury,
    SouthCanterbury,
    WestCoast,
    Otago,
    Southland,
    ChathamIslands,
}

/// Names of regions and of their cities, folded; the longer names first, since one may stand in another.
const NAMES: [(&str, Region); 38] = [
    ("south canterbury", Region::SouthCanterbury),
    ("timaru", Region::SouthCanterbury),
    ("bay of plenty", Region::Auckland),
    ("tauranga", Region::Auckland),
    ("rotorua", Region::Auckland),
    ("northland", Region::Auckland),
    ("whangarei", Region::Auckland),
    ("waikato", Region::Auckland),
    ("hamilton", Region::Auckland),
    ("gisborne", Region::Auckland),
    ("tairawhiti", Region::Auckland),
    ("auckland", Region::Auckland),
    ("tamaki makaurau", Region::Auckland),
    ("new plymouth", Region::Taranaki),
    ("taranaki", Region::Taranaki),
    ("hawke's bay", Region::HawkesBay),
    ("hawkes bay", Region::HawkesBay),
    ("napier", Region::HawkesBay),
    ("hastings", Region::HawkesBay),
    ("manawatu", Region::Wellington),
    ("whanganui", Region::Wellington),
    ("palmerston north", Region::Wellington),
    ("lower hutt", Region::Wellington),
    ("wellington", Region::Wellington),
    ("marlborough", Region::Marlborough),
    ("blenheim", Region::Marlborough),
    ("tasman", Region::Nelson),
    ("nelson", Region::Nelson),
    ("christchurch", Region::Canterbury),
    ("canterbury", Region::Canterbury),
    ("west coast", Region::WestCoast),
    ("westland", Region::WestCoast),
    ("greymouth", Region::WestCoast),
    ("dunedin", Region::Otago),
    ("otago", Region::Otago),
    ("invercargill", Region::Southland),
    ("southland", Region::Southland),
    ("chatham", Region::ChathamIslands),
];

impl Region {
    /// Every region.
    pub const ALL: [Self; 12] = [
        Self::Auckland,
        Self::Taranaki,
        Self::HawkesBay,
        Self::Wellington,
        Self::Marlborough,
        Self::Nelson,
        Self::Canterbury,
        Self::SouthCanterbury,
        Self::WestCoast,
        Self::Otago,
        Self::Southland,
        Self::ChathamIslands,
    ];

    /// The region that a text names, by itself or by a city; none where it names none, and then the days of the whole
    /// country count alone.
    #[must_use]
    pub fn read(text: Option<&str>) -> Option<Self> {
        let text = fold(text?);
        NAMES.iter().find(|(name, _)| text.contains(name)).map(|(_, region)| *region)
    }

    /// The day on which the region observes its anniversary in a year.
    #[must_use]
    pub fn anniversary(self, year: i32) -> Option<NaiveDate> {
        let labour_day = NaiveDate::from_weekday_of_month_opt(year, 10, Weekday::Mon, 4)?;
        match self {
            Self::Auckland => nearest_monday(year, 1, 29),
            Self::Wellington => nearest_monday(year, 1, 22),
            Self::Nelson => nearest_monday(year, 2, 1),
            Self::Taranaki => NaiveDate::from_weekday_of_month_opt(year, 3, Weekday::Mon, 2),
            // Where that is Easter Monday, the Tuesday after it.
            Self::Otago => {
                let monday = nearest_monday(year, 3, 23)?;
                let clashes = easter_sunday(year)?.checked_add_days(Days::new(1)) == Some(monday);
                monday.checked_add_days(Days::new(u64::from(clashes)))
            }
            Self::Southland => easter_sunday(year)?.checked_add_days(Days::new(2)),
            Self::SouthCanterbury => NaiveDate::from_weekday_of_month_opt(year, 9, Weekday::Mon, 4),
            Self::HawkesBay => labour_day.checked_sub_days(Days::new(3)),
            Self::Marlborough => labour_day.checked_add_days(Days::new(7)),
            // The second Friday after the first Tuesday in November: the show in Christchurch.
            Self::Canterbury => {
                let tuesday = NaiveDate::from_weekday_of_month_opt(year, 11, Weekday::Tue, 1)?;
                tuesday.checked_add_days(Days::new(10))
            }
            Self::WestCoast => nearest_monday(year, 12, 1),
            Self::ChathamIslands => nearest_monday(year, 11, 30),
        }
    }
}

/// The Monday on which a province observes a day: the one before it from Tuesday to Thursday, else the one after it.
fn nearest_monday(year: i32, month: u32, day: u32) -> Option<NaiveDate> {
    let date = NaiveDate::from_ymd_opt(year, month, day)?;
    let before = date.checked_sub_days(Days::new(3))?;
    before.iter_days().find(|day| chrono::Datelike::weekday(day) == Weekday::Mon)
}
