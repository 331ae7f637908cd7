//! From when to when a body takes applications under a class exception.

use chrono::NaiveDate;
use entity::class_exception_body;

/// Whether the body takes new applications on a day in New Zealand; its first and last day are among them.
#[must_use]
pub fn takes_applications(member: &class_exception_body::Model, day: NaiveDate) -> bool {
    member.starts_on.is_none_or(|first| first <= day) && member.ends_on.is_none_or(|last| day <= last)
}

/// Whether the body takes new applications on a day in New Zealand, or will later.
#[must_use]
pub fn will_take_applications(member: &class_exception_body::Model, day: NaiveDate) -> bool {
    member.ends_on.is_none_or(|last| day <= last)
}

#[cfg(test)]
mod tests {
    use entity::{BodyId, ExceptionId};
    use uuid::Uuid;

    use super::*;

    #[test]
    fn the_first_and_the_last_day_are_among_them() {
        let day = |text: &str| text.parse::<NaiveDate>().expect("a day");
        let member = class_exception_body::Model {
            exception_id: ExceptionId(Uuid::nil()),
            body_id: BodyId(Uuid::nil()),
            starts_on: Some(day("2022-02-14")),
            ends_on: Some(day("2022-06-30")),
        };
        for (today, takes, will) in [
            ("2022-02-13", false, true),
            ("2022-02-14", true, true),
            ("2022-06-30", true, true),
            ("2022-07-01", false, false),
        ] {
            assert_eq!(takes_applications(&member, day(today)), takes, "{today}");
            assert_eq!(will_take_applications(&member, day(today)), will, "{today}");
        }
    }
}
