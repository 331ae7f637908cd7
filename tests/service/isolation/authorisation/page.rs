//! The page: what was measured, as people read it.

use std::collections::BTreeSet;
use std::fmt::Write;

use super::acting::Done;
use super::ground::{ROLES, Whose};
use super::reading::Seen;
use super::routes::Answered;

const HEAD: &str = "# Who may read and do what

Every member of the public schema and every address of the service, with what each role reads and does. The table is not
written by hand: the tests ask for everything as everybody, in caseloads of two bodies and two employers, on both databases,
and fail where an answer differs from what stands here. Whoever changes what somebody may read changes this page.

A cell says of *whose* things:

| Word | To the people of a body | To an employer |
|---|---|---|
| own | the body's caseload, once it is handed in; what the body is a party to | its own applications, drafts as well |
| other | the other body's | another employer's |
| conflict | the body's own, of an employer that the person has declared a conflict of interest with | |
| hidden | drafts, which are the employer's alone until they are handed in | drafts of another employer |
| absent | what was never there; it is answered as what may not be read | the same |
| • | of nobody in particular: figures, terms, the combined list as a whole | the same |

To who has no caseload (the public, the agency, observers) all is another's. An empty cell: null, an empty list or a refusal,
whatever is asked for. `hidden` and `absent` stand in no cell, as nobody comes to either; the tests insist.

- **public** is who is not signed in, **employer** an agent of one, **service** a machine of a body, **officer** one of the
  agency's, **observer** whoever may see figures alone.
- ∅: the caseloads of the tests have nothing of the kind.
";

const NAMES: [&str; ROLES.len()] =
    ["public", "employer", "assessor", "lead", "service", "officer", "observer"];

pub fn print(read: &Seen, done: &Done, routes: &Answered) -> String {
    let mut page = String::from(HEAD);
    page.push_str("\n## What is read\n");
    let types: BTreeSet<&str> = read.keys().map(|(of, _)| of.as_str()).collect();
    for of in types {
        let fields = read.iter().filter(|((owner, _), _)| owner == of);
        let rows = fields.map(|((_, field), roles)| (field.as_str(), cells(roles, "∅")));
        table(&mut page, &format!("\n### {of}\n\n| Field"), rows);
    }
    page.push_str("\n## What is done\n\nA role passes where an act is not refused for who does it; what the act itself asks for comes after.\n");
    table(&mut page, "\n| Act", done.iter().map(|(act, roles)| (*act, cells(roles, ""))));
    page.push_str("\n## What is answered at other addresses\n\nRelease 1 is published, release 2 is not there. Ballot 1 is drawn, ballot 2 is not there. A demo has two more: docs/demo.md.\n");
    let rows =
        routes.iter().map(|(asked, statuses)| (asked.as_str(), statuses.map(|status| status.to_string())));
    table(&mut page, "\n| Asked", rows);
    page
}

/// What stands in the cells of a row; `nothing` in all of them where nobody comes to anything.
fn cells(roles: &[BTreeSet<Whose>; ROLES.len()], nothing: &str) -> [String; ROLES.len()] {
    if roles.iter().all(BTreeSet::is_empty) {
        return [(); ROLES.len()].map(|()| nothing.to_owned());
    }
    [0, 1, 2, 3, 4, 5, 6].map(|role| {
        let words: Vec<&str> = roles[role].iter().map(|whose| whose.letter()).collect();
        words.join(" ")
    })
}

fn table<'p>(page: &mut String, head: &str, rows: impl Iterator<Item = (&'p str, [String; ROLES.len()])>) {
    let _ = writeln!(page, "{head} | {} |", NAMES.join(" | "));
    let _ = writeln!(page, "|---|{}", "---|".repeat(ROLES.len()));
    for (name, cells) in rows {
        let _ = writeln!(page, "| `{name}` | {} |", cells.join(" | "));
    }
}
