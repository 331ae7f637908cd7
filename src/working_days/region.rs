//! Regions by the anniversary day that they keep, and how one is read from what people write.
//!
//! No law sets these days: councils do, by custom (Holidays Act 2003, section 44(1)(k)). The rules are those that the
//! regions observe; single employers may keep another day, most of all in Otago.

use chrono::{NaiveDate, Weekday};

use super::rule::Rule;
use crate::values::fold;

/// A region of New Zealand with an anniversary day of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Region {
    /// Northland, under its own name on Auckland's day.
    Northland,
    /// Auckland, and with it Waikato, Bay of Plenty and Gisborne.
    Auckland,
    /// Taranaki.
    Taranaki,
    /// Hawke's Bay.
    HawkesBay,
    /// Wellington, and with it Manawatū-Whanganui.
    Wellington,
    /// Marlborough.
    Marlborough,
    /// Nelson and Tasman, and Buller, which was of Nelson's province.
    Nelson,
    /// North, mid and central Canterbury.
    Canterbury,
    /// Timaru, Mackenzie and Waimate.
    SouthCanterbury,
    /// The West Coast but for Buller.
    WestCoast,
    /// Otago.
    Otago,
    /// Southland.
    Southland,
    /// The Chatham Islands.
    ChathamIslands,
}

impl Region {
    /// Every one of them, from north to south.
    pub const ALL: [Self; 13] = [
        Self::Northland,
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

    /// The region that a text names, itself or by a town: in any case, with macrons or without. None where it names
    /// none that is known or more than one, so that national holidays alone count.
    #[must_use]
    pub fn read(text: Option<&str>) -> Option<Self> {
        let text = fold::fold(text?).replace('\'', "");
        let words: Vec<_> =
            text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
        let mut rest = words.as_slice();
        let mut found = None;
        while let Some(after_one) = rest.get(1..) {
            let longest = (1..=LONGEST_NAME.min(rest.len()))
                .rev()
                .find_map(|length| Some((length, named(&rest[..length].join(" "))?)));
            rest = match longest {
                Some((_, region)) if found.is_some_and(|other| other != region) => return None,
                Some((length, region)) => {
                    found = Some(region);
                    rest.get(length..).unwrap_or_default()
                }
                None => after_one,
            };
        }
        found
    }

    /// The day of a year on which it keeps its anniversary.
    pub(super) fn anniversary(self, year: i32) -> Option<NaiveDate> {
        // The Queen's memorial day of 2022 fell on South Canterbury's, whose three councils moved theirs.
        const SOUTH_CANTERBURY_MOVED: Rule = Rule::Listed(&[(2022, 11, 11)]);
        let rule = match self {
            Self::Northland | Self::Auckland => Rule::NearestMonday { month: 1, day: 29 },
            // Of 31 March, kept clear of Easter.
            Self::Taranaki => Rule::Nth { nth: 2, weekday: Weekday::Mon, month: 3, and_days: 0 },
            // The Friday before Labour Day and the Monday after it.
            Self::HawkesBay => Rule::Nth { nth: 4, weekday: Weekday::Mon, month: 10, and_days: -3 },
            Self::Marlborough => Rule::Nth { nth: 4, weekday: Weekday::Mon, month: 10, and_days: 7 },
            Self::Wellington => Rule::NearestMonday { month: 1, day: 22 },
            Self::Nelson => Rule::NearestMonday { month: 2, day: 1 },
            // Show Day: the second Friday after the first Tuesday of November.
            Self::Canterbury => Rule::Nth { nth: 1, weekday: Weekday::Tue, month: 11, and_days: 10 },
            Self::SouthCanterbury if year == 2022 => SOUTH_CANTERBURY_MOVED,
            Self::SouthCanterbury => Rule::Nth { nth: 4, weekday: Weekday::Mon, month: 9, and_days: 0 },
            Self::WestCoast => Rule::NearestMonday { month: 12, day: 1 },
            Self::Otago => Rule::NearestMonday { month: 3, day: 23 },
            // Easter Tuesday, since 2012.
            Self::Southland => Rule::Easter(2),
            Self::ChathamIslands => Rule::NearestMonday { month: 11, day: 30 },
        };
        rule.day_in(year)
    }
}

/// Words in the longest of the names.
const LONGEST_NAME: usize = 4;

fn named(name: &str) -> Option<Region> {
    NAMES.iter().find(|(_, names)| names.split(", ").any(|known| known == name)).map(|(region, _)| *region)
}

/// What people call a region and its towns: folded, without apostrophes, hyphens as spaces. A name that places in two
/// regions have (Richmond, Palmerston) or that keeps to no one day (Kaikōura) is left out.
const NAMES: [(Region, &str); 13] = [
    (
        Region::Northland,
        "northland, te tai tokerau, whangarei, kerikeri, kaitaia, dargaville, far north, kaipara",
    ),
    (
        Region::Auckland,
        "auckland, tamaki makaurau, north shore, manukau, waitakere, takapuna, albany, papakura, pukekohe, \
         waikato, hamilton, kirikiriroa, cambridge, te awamutu, taupo, tokoroa, thames, coromandel, \
         matamata, bay of plenty, tauranga, mount maunganui, mt maunganui, rotorua, whakatane, gisborne, \
         tairawhiti, te tairawhiti, turanganui a kiwa, te moana a toi",
    ),
    (Region::Taranaki, "taranaki, new plymouth, ngamotu, hawera, stratford"),
    (
        Region::HawkesBay,
        "hawkes bay, hawke bay, te matau a maui, napier, ahuriri, hastings, havelock north, wairoa",
    ),
    (
        Region::Wellington,
        "wellington, te whanganui a tara, poneke, lower hutt, upper hutt, hutt valley, porirua, kapiti, \
         kapiti coast, paraparaumu, masterton, wairarapa, manawatu, whanganui, wanganui, manawatu \
         whanganui, manawatu wanganui, palmerston north, levin, horowhenua, feilding",
    ),
    (Region::Marlborough, "marlborough, blenheim, picton"),
    (Region::Nelson, "nelson, whakatu, tasman, motueka, golden bay, buller, westport"),
    (
        Region::Canterbury,
        "canterbury, north canterbury, mid canterbury, waitaha, christchurch, otautahi, chch, lyttelton, \
         rolleston, selwyn, rangiora, kaiapoi, waimakariri, ashburton",
    ),
    (Region::SouthCanterbury, "south canterbury, timaru, temuka, waimate, mackenzie district, twizel"),
    (Region::WestCoast, "west coast, te tai poutini, westland, greymouth, hokitika"),
    (
        Region::Otago,
        "otago, north otago, central otago, dunedin, otepoti, queenstown, queenstown lakes, wanaka, \
         alexandra, cromwell, oamaru, balclutha",
    ),
    (Region::Southland, "southland, murihiku, invercargill, waihopai, gore, te anau, bluff"),
    (Region::ChathamIslands, "chatham islands, chathams, chatham island, wharekauri, rekohu"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_is_read_from_its_name_or_a_town_in_any_spelling() {
        for (text, region) in [
            ("Auckland", Some(Region::Auckland)),
            ("  AUCKLAND region ", Some(Region::Auckland)),
            ("Tāmaki Makaurau / Auckland", Some(Region::Auckland)),
            ("Hamilton, Waikato", Some(Region::Auckland)),
            ("Whangārei", Some(Region::Northland)),
            ("Hawke’s Bay", Some(Region::HawkesBay)),
            ("Hawkes Bay", Some(Region::HawkesBay)),
            ("Manawatū-Whanganui", Some(Region::Wellington)),
            ("Manawatu-Wanganui", Some(Region::Wellington)),
            ("Te Whanganui-a-Tara", Some(Region::Wellington)),
            ("Palmerston North", Some(Region::Wellington)),
            ("Christchurch", Some(Region::Canterbury)),
            ("Ōtautahi", Some(Region::Canterbury)),
            ("Canterbury", Some(Region::Canterbury)),
            ("South Canterbury", Some(Region::SouthCanterbury)),
            ("Timaru, South Canterbury, NZ", Some(Region::SouthCanterbury)),
            ("Nelson/Tasman", Some(Region::Nelson)),
            ("Westport", Some(Region::Nelson)),
            ("West Coast", Some(Region::WestCoast)),
            ("Dunedin", Some(Region::Otago)),
            ("Invercargill", Some(Region::Southland)),
            ("Chatham Islands", Some(Region::ChathamIslands)),
            // None, more than one, or a word that only holds a name.
            ("", None),
            ("Remote", None),
            ("New Zealand", None),
            ("Auckland or Wellington", None),
            ("Goreville", None),
        ] {
            assert_eq!(Region::read(Some(text)), region, "{text:?}");
        }
        assert_eq!(Region::read(None), None);
    }

    #[test]
    fn every_name_is_reachable_and_means_one_region() {
        for (region, names) in NAMES {
            for name in names.split(", ") {
                assert_eq!(Region::read(Some(name)), Some(region), "{name}");
                assert!(name.split(' ').count() <= LONGEST_NAME, "{name}");
            }
        }
    }
}
