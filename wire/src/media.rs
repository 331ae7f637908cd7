//! What an answer is written as: which of the media types that there are the caller wants most.

use axum::http::{HeaderMap, StatusCode, header};

use crate::Refusal;
use crate::refusal::NOT_ACCEPTABLE;

/// What an answer can be written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MediaType {
    /// That of GraphQL over HTTP, whose status tells whether the request was good.
    Response,
    /// The older one, whose status is 200 for everything that could be read.
    Json,
    /// Events, one after another.
    Events,
}

impl MediaType {
    /// Among equals that a caller names, the first.
    const ALL: [Self; 3] = [Self::Response, Self::Json, Self::Events];
    /// For who takes anything.
    const USUAL: Self = Self::Json;

    /// As it stands in the head of an answer.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Response => "application/graphql-response+json",
            Self::Json => "application/json",
            Self::Events => "text/event-stream",
        }
    }

    /// What the caller wants most.
    ///
    /// # Errors
    /// 406 where there is nothing that it takes.
    pub fn wanted(headers: &HeaderMap) -> Result<Self, Refusal> {
        let accept: Vec<_> =
            headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok()).collect();
        let ranges: Vec<_> =
            accept.iter().flat_map(|accept| accept.split(',')).filter_map(Range::read).collect();
        if accept.iter().all(|accept| accept.trim().is_empty()) {
            return Ok(Self::USUAL);
        }
        let named =
            Self::ALL.into_iter().filter_map(|media| Some((media, Range::weight_of(media, &ranges)?)));
        // The first of those with the greatest weight; what is named goes before what a wildcard takes in.
        let best = named.fold(None, |best: Option<(Self, (u16, bool))>, (media, weight)| match best {
            Some((_, found)) if found >= weight => best,
            Some((_, found)) if found.0 == weight.0 && !weight.1 => best,
            _ => Some((media, weight)),
        });
        match best {
            // By wildcards alone: the usual one, where it is as welcome.
            Some((_, (weight, false))) if Range::weight_of(Self::USUAL, &ranges) == Some((weight, false)) => {
                Ok(Self::USUAL)
            }
            Some((media, _)) => Ok(media),
            None => Err(Refusal::new(
                StatusCode::NOT_ACCEPTABLE,
                NOT_ACCEPTABLE,
                "Answers are written as application/graphql-response+json, application/json or text/event-stream: \
                 name one of them in the header Accept.",
            )),
        }
    }
}

/// A media range of the header `Accept`, with its weight.
struct Range<'h> {
    name: &'h str,
    /// In thousandths.
    weight: u16,
}

impl<'h> Range<'h> {
    /// None of what is no range, or takes another character set than UTF-8.
    fn read(text: &'h str) -> Option<Self> {
        let mut parts = text.split(';').map(str::trim);
        let name = parts.next().filter(|name| name.contains('/'))?;
        let mut weight = 1_000;
        for (parameter, value) in parts.filter_map(|parameter| parameter.split_once('=')) {
            if parameter.eq_ignore_ascii_case("q") {
                weight = thousandths(value).unwrap_or(0);
            } else if parameter.eq_ignore_ascii_case("charset")
                && !value.trim_matches('"').eq_ignore_ascii_case("utf-8")
            {
                return None;
            }
        }
        Some(Self { name, weight })
    }

    /// How welcome a media type is, by the narrowest range that takes it in, and whether that names it.
    fn weight_of(media: MediaType, ranges: &[Self]) -> Option<(u16, bool)> {
        let name = media.name();
        let of_kind = name.split_once('/').map(|(kind, _)| format!("{kind}/*")).unwrap_or_default();
        let found = [name, &of_kind, "*/*"].into_iter().find_map(|wanted| {
            let range = ranges.iter().find(|range| range.name.eq_ignore_ascii_case(wanted))?;
            Some((range.weight, wanted == name))
        });
        found.filter(|(weight, _)| *weight > 0)
    }
}

/// A weight from 0 to 1 with up to three decimals.
fn thousandths(text: &str) -> Option<u16> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    let is_fit = whole.len() == 1 && decimals.len() <= 3;
    let found: u16 = format!("{whole}{decimals:0<3}").parse().ok().filter(|_| is_fit)?;
    (found <= 1_000).then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_welcome_is_written() {
        use MediaType::{Events, Json, Response};
        for (accept, expected) in [
            ("", Some(Json)),
            ("*/*", Some(Json)),
            ("application/*", Some(Json)),
            ("text/*", Some(Events)),
            ("application/json", Some(Json)),
            ("Application/JSON;Q=0.1", Some(Json)),
            ("application/graphql-response+json", Some(Response)),
            ("application/graphql-response+json, application/json;q=0.9", Some(Response)),
            ("application/json, application/graphql-response+json", Some(Response)),
            ("application/graphql-response+json;q=0.5, application/json", Some(Json)),
            ("application/graphql-response+json; charset=utf-8, application/json", Some(Response)),
            ("application/graphql-response+json; charset=latin1, application/json", Some(Json)),
            ("application/graphql-response+json;q=0, */*", Some(Json)),
            ("application/graphql-response+json;q=0.8, */*;q=0.9", Some(Json)),
            ("application/graphql-response+json, */*", Some(Response)),
            ("application/json;q=0, */*;q=0.1", Some(Response)),
            ("text/event-stream", Some(Events)),
            ("text/event-stream, application/json;q=0.5", Some(Events)),
            ("text/html, */*;q=0.1", Some(Json)),
            ("application/graphql-response+json;q=0", None),
            ("text/html", None),
            ("application/json; charset=utf-16", None),
            ("application/json;q=2", None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT, accept.parse().expect("a value"));
            match (MediaType::wanted(&headers), expected) {
                (Ok(found), Some(expected)) => assert_eq!(found, expected, "{accept}"),
                (Err(refusal), None) => assert_eq!(refusal.status, StatusCode::NOT_ACCEPTABLE, "{accept}"),
                (other, _) => panic!("{accept}: {other:?}"),
            }
        }
        assert_eq!(MediaType::wanted(&HeaderMap::new()), Ok(Json));
    }
}
