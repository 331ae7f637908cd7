//! The role: what the title points to, and whether that is approved.

use super::{EligibilityQuestion, EligibilityReason, Verdict};
use crate::exceptions::definition::{Confidence, Standing, Terms};
use crate::exceptions::titles::{Entry, Finding, TitleIndex};

/// What a title points to, settled or not.
pub(super) struct Found {
    pub(super) role: Option<String>,
    pub(super) occupation_code: Option<String>,
    /// Why it is not settled that the role is approved; none where it is.
    pub(super) open: Option<EligibilityReason>,
}

pub(super) fn found(index: &TitleIndex, question: &EligibilityQuestion, finding: &Finding<'_>) -> Found {
    let open = reason(finding);
    let given = question.occupation_code();
    match finding {
        Finding::Exact(entry) => {
            // The code that was given stands where it agrees with the title, as a synonym may.
            let occupation_code = given.unwrap_or(&entry.job_title.occupation_code).to_owned();
            Found { role: entry.role.clone(), occupation_code: Some(occupation_code), open }
        }
        Finding::Close(found) | Finding::Ambiguous(found) => Found {
            role: common(found, |entry| entry.role.as_deref()),
            occupation_code: common(found, |entry| Some(&entry.job_title.occupation_code)),
            open,
        },
        Finding::Unknown => {
            let known = given.filter(|code| index.knows_occupation(code));
            let role = known.and_then(|code| index.role_of_occupation(code));
            Found { role: role.map(str::to_owned), occupation_code: known.map(str::to_owned), open }
        }
    }
}

/// What all of the titles have in common.
fn common<'a>(found: &[(&'a Entry, f64)], of: impl Fn(&'a Entry) -> Option<&'a str>) -> Option<String> {
    let mut all = found.iter().map(|(entry, _)| of(entry));
    let first = all.next().flatten()?;
    all.all(|other| other == Some(first)).then(|| first.to_owned())
}

const fn reason(finding: &Finding<'_>) -> Option<EligibilityReason> {
    match finding {
        Finding::Exact(entry) => match (entry.confidence, entry.standing) {
            (Confidence::Low, _) => Some(EligibilityReason::TitleLowConfidence),
            (Confidence::High | Confidence::Medium, Standing::Named) => None,
            (Confidence::High | Confidence::Medium, Standing::Unsettled) => {
                Some(EligibilityReason::RoleNotNamed)
            }
            (Confidence::High | Confidence::Medium, Standing::NotApproved) => {
                Some(EligibilityReason::RoleNotApproved)
            }
        },
        Finding::Close(_) | Finding::Unknown => Some(EligibilityReason::TitleLowConfidence),
        Finding::Ambiguous(_) => Some(EligibilityReason::TitleAmbiguous),
    }
}

pub(super) fn verdict(terms: &Terms, finding: &Finding<'_>, found: &Found) -> Verdict {
    let message = message(terms, finding, found.open);
    match found.open {
        None => Verdict::met(message),
        Some(reason @ EligibilityReason::RoleNotApproved) => Verdict::fails(reason, message),
        Some(reason) => Verdict::refer(&[reason], message),
    }
}

fn message(terms: &Terms, finding: &Finding<'_>, open: Option<EligibilityReason>) -> String {
    match finding {
        Finding::Exact(entry) => exact_message(terms, entry, open),
        Finding::Close(found) => {
            let nearest = found.first().map_or("", |(entry, _)| &entry.job_title.title);
            format!(
                "The title is not one that is known, but it is close to \"{nearest}\". A person will decide; if that \
                 is what the job is, use that title."
            )
        }
        Finding::Ambiguous(found) => ambiguous_message(found),
        Finding::Unknown => {
            "The title is not one that is known. A person will decide by the duties; choose a title \
             from the list if one fits the job, or give the occupation's code."
                .to_owned()
        }
    }
}

fn exact_message(terms: &Terms, entry: &Entry, open: Option<EligibilityReason>) -> String {
    let title = &entry.job_title;
    let known =
        format!("\"{}\" counts as {} ({})", title.title, title.occupation_title, title.occupation_code);
    if open == Some(EligibilityReason::TitleLowConfidence) {
        return format!(
            "\"{}\" may be {} ({}), but the title alone does not say so. A person will decide by the duties; a fuller \
             title helps.",
            title.title, title.occupation_title, title.occupation_code
        );
    }
    match entry.standing {
        Standing::Named => {
            let role = entry.role.as_deref().and_then(|code| terms.role(code));
            let role = role.map_or_else(String::new, |role| format!(" {}, {}", role.code, role.title));
            format!("{known}, which is within the approved role{role}.")
        }
        Standing::Unsettled => format!(
            "{known}. The criteria neither name it nor leave it out, so a person will decide by the duties. Describe \
             them in full."
        ),
        Standing::NotApproved => format!(
            "{known}, which is not an approved role. If the duties are those of another occupation, use its title."
        ),
    }
}

fn ambiguous_message(found: &[(&Entry, f64)]) -> String {
    let mut names: Vec<_> = found
        .iter()
        .map(|(entry, _)| format!("\"{}\" ({})", entry.job_title.title, entry.job_title.occupation_code))
        .collect();
    names.dedup();
    let may_mean =
        if names.is_empty() { String::new() } else { format!(", {} among them", names.join(" and ")) };
    format!(
        "The title, with the occupation's code where one is given, can be read in more than one way{may_mean}. A person \
         will decide; write the title in full and check that the code belongs to it."
    )
}
