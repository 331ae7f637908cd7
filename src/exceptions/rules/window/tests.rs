//! The instant before and the instant of each end.

use super::ClassExceptionStatus::{Announced, Closed, Open, Paused};
use super::*;

fn window() -> Window {
    Window {
        opens_at: at("2022-02-13T11:00:00Z"),
        closes_at: Some(at("2022-07-31T12:00:00Z")),
        paused: false,
    }
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().expect("an instant of the test")
}

#[test]
fn the_end_of_the_window_is_exclusive() {
    let window = window();
    let early = Err(WindowRefusal::TooEarly);
    let late = Err(WindowRefusal::Closed);
    for (now, status, lodge, draft) in [
        ("2022-02-13T10:59:59Z", Announced, early, Ok(())),
        ("2022-02-13T11:00:00Z", Open, Ok(()), Ok(())),
        ("2022-07-31T11:59:59Z", Open, Ok(()), Ok(())),
        ("2022-07-31T12:00:00Z", Closed, late, late),
    ] {
        let now = at(now);
        assert_eq!(
            (window.status(now), window.may_lodge(now), window.may_draft(now)),
            (status, lodge, draft)
        );
        assert_eq!(window.contains(now), status == Open);
    }
}

#[test]
fn nothing_is_taken_in_while_paused() {
    let window = Window { paused: true, ..window() };
    for (now, status) in
        [("2022-01-01T00:00:00Z", Paused), ("2022-04-01T00:00:00Z", Paused), ("2022-08-01T00:00:00Z", Closed)]
    {
        let now = at(now);
        assert_eq!(window.status(now), status);
        assert_eq!(window.may_lodge(now), window.may_draft(now));
        assert!(window.may_lodge(now).is_err());
    }
    assert!(window.contains(at("2022-04-01T00:00:00Z")), "what was received elsewhere in time stays in time");
}

#[test]
fn a_window_without_an_end_stays_open() {
    let window = Window { closes_at: None, ..window() };
    assert_eq!(window.status(at("2099-01-01T00:00:00Z")), Open);
}
