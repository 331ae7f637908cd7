//! The state diagram in words and as a picture, printed from the table of acts: docs/lifecycle.md is what it says.

use std::collections::BTreeMap;
use std::fmt::Write;

use entity::ApplicationStatus;

use super::acts::{COURSES, LAWS, Whose};

/// The page: a diagram for who looks, and a table of states and acts for who wants to know.
#[must_use]
pub fn diagram() -> String {
    let mut page = String::from(
        "# The life of an application\n\nPrinted from the rules by `nominations lifecycle`. Acts are named as the public schema lists them in\n\
         `availableActions`; what happens without anybody's hand stands in italics below.\n\n```mermaid\nstateDiagram-v2\n    [*] --> DRAFT\n",
    );
    for ((from, to), acts) in moves() {
        let _ = writeln!(page, "    {from} --> {to}: {}", acts.join(", "));
    }
    for status in ApplicationStatus::all() {
        if !LAWS.iter().any(|law| law.moves().any(|(from, _)| from == status)) && !has_course(status) {
            let _ = writeln!(page, "    {} --> [*]", status.word());
        }
    }
    page.push_str("```\n\n## Who may do what where\n\nE: who acts for the employer. A: assessors and leads. L: leads. Whether somebody may is also a matter of the\nwindow, of conflicts of interest, and of who took part before or looked at the evidence.\n\n");
    page.push_str(&table());
    page.push_str("\n## What happens by itself\n\n");
    for course in COURSES {
        let words =
            |all: &[ApplicationStatus]| all.iter().map(|one| one.word()).collect::<Vec<_>>().join(", ");
        let _ = writeln!(page, "- *{}*: {} → {}", course.what, words(course.from), words(course.to));
    }
    page
}

fn has_course(status: ApplicationStatus) -> bool {
    COURSES.iter().any(|course| course.from.contains(&status))
}

/// From where to where, by which acts and courses.
fn moves() -> BTreeMap<(String, String), Vec<String>> {
    let mut moves = BTreeMap::<_, Vec<String>>::new();
    for law in &LAWS {
        for (from, to) in law.moves() {
            moves.entry((from.word(), to.word())).or_default().push(words_of(law.action));
        }
    }
    for course in &COURSES {
        for (from, to) in course.from.iter().flat_map(|from| course.to.iter().map(move |to| (from, to))) {
            moves.entry((from.word(), to.word())).or_default().push(course.what.to_owned());
        }
    }
    moves
}

fn table() -> String {
    let mut table = String::from("| |");
    for status in ApplicationStatus::all() {
        let _ = write!(table, " {} |", status.word());
    }
    table.push_str("\n|---|");
    table.push_str(&"---|".repeat(ApplicationStatus::all().len()));
    table.push('\n');
    for law in &LAWS {
        let _ = write!(table, "| {} |", words_of(law.action));
        let hand = match law.whose {
            Whose::Employer => "E",
            Whose::Assessors => "A",
            Whose::Leads => "L",
        };
        for status in ApplicationStatus::all() {
            let _ = write!(table, " {} |", if law.from.contains(&status) { hand } else { "" });
        }
        table.push('\n');
    }
    table
}

/// An act's name as people read it: `RequestInformation` is "request information".
fn words_of(action: super::acts::Action) -> String {
    let mut words = String::new();
    for letter in format!("{action:?}").chars() {
        if letter.is_uppercase() && !words.is_empty() {
            words.push(' ');
        }
        words.extend(letter.to_lowercase());
    }
    words
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_page_in_docs_is_what_the_rules_say() {
        let page = include_str!("../../../docs/lifecycle.md");
        assert!(
            page == super::diagram(),
            "run `cargo run -- lifecycle > docs/lifecycle.md`, and review the change"
        );
    }
}
