//! The code of a country, as passports carry it: who issued one, and whose citizen a worker is.
//!
//! The codes are ISO 3166-1's three letters and those that ICAO adds for people and issuers without
//! a country of their own. They stand in `countries.csv`, with the name that screens show; a code
//! is never guessed from a name or from two letters, but whoever types one is told the code to use.

use std::{collections::BTreeMap, fmt, sync::LazyLock};

use thiserror::Error;

use super::{fold::fold, squeeze};

/// `code,name` lines below one heading; names have no commas and no quotes.
const COUNTRIES: &str = include_str!("countries.csv");
/// `typed,instead` lines below one heading: what people take for a passport's code, from sport,
/// from cars, from the internet, out of date. What to use instead is an answer and not a
/// conversion: several mean two countries.
const MISTAKEN: &str = include_str!("mistaken_countries.csv");

static BY_CODE: LazyLock<BTreeMap<&'static str, &'static str>> = LazyLock::new(|| read(COUNTRIES));

static BY_MISTAKE: LazyLock<BTreeMap<&'static str, &'static str>> = LazyLock::new(|| read(MISTAKEN));

static BY_FOLDED_NAME: LazyLock<BTreeMap<String, &'static str>> =
    LazyLock::new(|| BY_CODE.iter().map(|(code, name)| (fold(name), *code)).collect());

/// The lines of a table, split at their first comma.
fn read(table: &'static str) -> BTreeMap<&'static str, &'static str> {
    table.lines().skip(1).filter_map(|line| line.split_once(',')).collect()
}

/// Germany's code in the machine-readable zone, where it stands alone.
const GERMANY_IN_PASSPORTS: &str = "D";
const GERMANY: &str = "DEU";
const NEW_ZEALAND: &str = "NZL";

/// A country, or one of ICAO's issuers and kinds of people without one. Shown as its three letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CountryCode(&'static str);

/// Why a text is no country's code here, in a sentence for the person who typed it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum CountryError {
    /// Nothing.
    #[error("Enter the three letters that the passport has for the country, such as IND.")]
    Empty,
    /// A known mistake.
    #[error("Passports use three letters for a country: enter {instead}.")]
    UseInstead {
        /// The code and what it stands for.
        instead: &'static str,
    },
    /// A country's name.
    #[error("Enter the country's three letters: {code}.")]
    UseCode {
        /// The code of the country that was named.
        code: CountryCode,
    },
    /// No code that passports use.
    #[error(
        "No passport has these letters for a country: enter the three letters on the photo page, \
         such as IND."
    )]
    Unknown,
    /// A worker who needs no border exception.
    #[error(
        "A New Zealand citizen needs no class exception to enter New Zealand. If the worker has \
         another passport, enter the nationality of the passport that they will travel on."
    )]
    NewZealander,
}

impl CountryCode {
    /// Reads the code of a country or issuer, in capitals or not. Passports of Germany have `D`,
    /// which is read as DEU.
    ///
    /// # Errors
    /// Says which code to enter, where that can be told.
    pub fn parse(typed: &str) -> Result<Self, CountryError> {
        let code = squeeze(typed).replace('<', "");
        if code.is_empty() {
            return Err(CountryError::Empty);
        }
        let code = if code == GERMANY_IN_PASSPORTS { GERMANY } else { &code };
        if let Some((known, _)) = BY_CODE.get_key_value(code) {
            return Ok(Self(known));
        }
        if let Some(instead) = BY_MISTAKE.get(code) {
            return Err(CountryError::UseInstead { instead });
        }
        match BY_FOLDED_NAME.get(&fold(typed)) {
            Some(code) => Err(CountryError::UseCode { code: Self(code) }),
            None => Err(CountryError::Unknown),
        }
    }

    /// Reads the code of a worker's nationality: any but New Zealand's. Australians are accepted;
    /// whether they need an exception is for people to say.
    ///
    /// # Errors
    /// As [`CountryCode::parse`], and for New Zealanders the reason.
    pub fn parse_nationality(typed: &str) -> Result<Self, CountryError> {
        let country = Self::parse(typed)?;
        if country.0 == NEW_ZEALAND { Err(CountryError::NewZealander) } else { Ok(country) }
    }

    /// The three letters.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.0
    }

    /// Who makes the documents that carry this code: several codes are of one maker where it writes who somebody is beside
    /// the code of the state, so that one document may be typed under either. For telling that two documents are one, and
    /// for nothing that is shown.
    #[must_use]
    pub fn maker_of_documents(self) -> Self {
        Self(match self.0 {
            "HKG" | "MAC" => "CHN",
            // Kinds of nationals, the Crown's dependencies, and the overseas territories.
            "GBD" | "GBN" | "GBO" | "GBP" | "GBS" | "GGY" | "IMN" | "JEY" | "AIA" | "BMU" | "CYM" | "FLK"
            | "GIB" | "IOT" | "MSR" | "PCN" | "SGS" | "SHN" | "TCA" | "VGB" => "GBR",
            "ABW" | "BES" | "CUW" | "SXM" => "NLD",
            "FRO" | "GRL" => "DNK",
            "ALA" => "FIN",
            "BVT" | "SJM" => "NOR",
            "ATF" | "BLM" | "GLP" | "GUF" | "MAF" | "MTQ" | "MYT" | "NCL" | "PYF" | "REU" | "SPM" | "WLF" => {
                "FRA"
            }
            "ASM" | "GUM" | "MNP" | "PRI" | "UMI" | "VIR" => "USA",
            "CCK" | "CXR" | "HMD" | "NFK" => "AUS",
            "COK" | "NIU" | "TKL" => "NZL",
            "UNA" => "UNO",
            own => own,
        })
    }

    /// The English short name.
    #[must_use]
    pub fn name(self) -> &'static str {
        BY_CODE.get(self.0).copied().unwrap_or(self.0)
    }

    /// Every code, in order of the letters: for lists to choose from.
    pub fn all() -> impl Iterator<Item = Self> {
        BY_CODE.keys().map(|code| Self(code))
    }
}

impl fmt::Display for CountryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_line_of_the_table_is_read_once() {
        assert_eq!(CountryCode::all().count(), COUNTRIES.lines().count() - 1);
        assert_eq!(BY_FOLDED_NAME.len(), BY_CODE.len(), "two countries of one name");
        for country in CountryCode::all() {
            assert!(country.0.len() == 3 && country.0.bytes().all(|b| b.is_ascii_uppercase()), "{country}");
            assert!(!country.name().is_empty() && !country.name().contains([',', '"']), "{country}");
        }
    }

    #[test]
    fn no_mistake_is_a_code_and_every_answer_names_one() {
        assert_eq!(BY_MISTAKE.len(), MISTAKEN.lines().count() - 1);
        for (mistaken, instead) in BY_MISTAKE.iter() {
            assert!(!BY_CODE.contains_key(mistaken) && squeeze(mistaken) == *mistaken, "{mistaken}");
            let words = instead.split(|c: char| !c.is_alphabetic());
            let codes: Vec<_> =
                words.filter(|w| w.len() == 3 && w.bytes().all(|b| b.is_ascii_uppercase())).collect();
            assert!(!codes.is_empty(), "{instead}");
            assert!(codes.iter().all(|code| BY_CODE.contains_key(code)), "{instead}");
        }
    }

    #[test]
    fn codes_are_read() {
        for (typed, code, name) in [
            ("IND", "IND", "India"),
            (" gbr ", "GBR", "United Kingdom"),
            ("D", "DEU", "Germany"),
            ("D<<", "DEU", "Germany"),
            ("tur", "TUR", "Türkiye"),
            ("CIV", "CIV", "Côte d’Ivoire"),
            ("TWN", "TWN", "Taiwan"),
            ("HKG", "HKG", "Hong Kong"),
            ("MAC", "MAC", "Macao"),
            ("ROU", "ROU", "Romania"),
            ("RKS", "RKS", "Kosovo"),
            ("GBN", "GBN", "British National (Overseas)"),
            ("XXA", "XXA", "Stateless person (1954 Convention)"),
            ("XXB", "XXB", "Refugee (1951 Convention)"),
            ("UNO", "UNO", "United Nations laissez-passer"),
            ("NZL", "NZL", "New Zealand"),
        ] {
            let country = CountryCode::parse(typed).unwrap();
            assert_eq!((country.as_str(), country.name()), (code, name), "{typed:?}");
        }
    }

    #[test]
    fn a_wrong_code_is_answered_with_the_right_one() {
        for (typed, sentence) in [
            ("UK", "Passports use three letters for a country: enter GBR for the United Kingdom."),
            ("eng", "Passports use three letters for a country: enter GBR for the United Kingdom."),
            (
                "SA",
                "Passports use three letters for a country: enter ZAF for South Africa or SAU for Saudi Arabia.",
            ),
            ("ROM", "Passports use three letters for a country: enter ROU for Romania."),
            ("ZIM", "Passports use three letters for a country: enter ZWE for Zimbabwe."),
            ("Turkiye", "Enter the country's three letters: TUR."),
            ("south  korea", "Enter the country's three letters: KOR."),
        ] {
            assert_eq!(CountryCode::parse(typed).unwrap_err().to_string(), sentence);
        }
        for (typed, error) in [
            ("", CountryError::Empty),
            ("<<<", CountryError::Empty),
            ("ZZZ", CountryError::Unknown),
            ("I", CountryError::Unknown),
            ("ÍND", CountryError::Unknown),
        ] {
            assert_eq!(CountryCode::parse(typed), Err(error), "{typed:?}");
        }
    }

    #[test]
    fn one_maker_of_documents_has_one_code() {
        let mut of_others = 0;
        for country in CountryCode::all() {
            let maker = country.maker_of_documents();
            assert!(BY_CODE.contains_key(maker.as_str()), "{country}");
            assert_eq!(maker.maker_of_documents(), maker, "{country}");
            of_others += usize::from(maker != country);
        }
        assert_eq!(of_others, 57);
        let maker = |typed| CountryCode::parse(typed).unwrap().maker_of_documents().as_str();
        for (typed, code) in
            [("HKG", "CHN"), ("MAC", "CHN"), ("GBN", "GBR"), ("BMU", "GBR"), ("TWN", "TWN"), ("IND", "IND")]
        {
            assert_eq!(maker(typed), code, "{typed}");
        }
    }

    #[test]
    fn a_new_zealander_is_told_why_and_an_australian_is_accepted() {
        assert_eq!(CountryCode::parse_nationality("nzl"), Err(CountryError::NewZealander));
        assert_eq!(CountryCode::parse_nationality("AUS").map(CountryCode::as_str), Ok("AUS"));
        assert_eq!(CountryCode::parse_nationality("UK"), CountryCode::parse("UK"));
    }

    proptest! {
        #[test]
        fn no_text_panics(typed in ".*") {
            let _ = CountryCode::parse_nationality(&typed);
        }
    }
}
