//! Why the service has given a release up, and how much of that a body is told.

use entity::ApplicationStatus;

use crate::values::reference::Reference;

/// What bodies are told of a line that is not their own.
const OF_ANOTHER: &str = "A line of another body came to its end after the release was prepared.";

/// Why a release was given up that lists what has ended, as it is kept.
#[must_use]
pub fn ended(reference: &str, status: ApplicationStatus) -> String {
    format!("{reference} became {} after the release was prepared.", status.word())
}

/// The same for a reader of the body whose references begin with `own`: how another body's case ended is its own business.
#[must_use]
pub fn ended_as_told(reason: &str, own: Option<&str>) -> String {
    let named = reason.split(' ').next().and_then(|word| Reference::parse(word).ok());
    match named {
        Some(named) if own != Some(named.prefix().to_string().as_str()) => OF_ANOTHER.to_owned(),
        Some(_) | None => reason.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::reference::Prefix;

    #[test]
    fn only_the_own_body_is_told_which_case_ended_and_how() {
        let reference = Reference::make(Prefix::parse("NZT").expect("a prefix"), [1; 5]).to_string();
        let kept = ended(&reference, ApplicationStatus::Revoked);
        assert_eq!(kept, format!("{reference} became REVOKED after the release was prepared."));
        assert_eq!(ended_as_told(&kept, Some("NZT")), kept);
        for other in [Some("ITP"), Some("NZ"), None] {
            assert_eq!(ended_as_told(&kept, other), OF_ANOTHER);
        }
        // What was purged is empty, and names nobody.
        assert_eq!(ended_as_told("", Some("ITP")), "");
    }
}
