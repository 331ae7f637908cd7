//! Spellings, short forms, false friends, and what must hold of every text.

use super::*;
use crate::exceptions::definition::Definition;
use proptest::prelude::*;
use std::sync::LazyLock;

static TERMS: LazyLock<Terms> = LazyLock::new(|| {
    let text = include_str!("../../../exceptions/specialist-tech.toml");
    Definition::parse(text).unwrap_or_else(|faults| panic!("{faults:#?}")).terms
});
static INDEX: LazyLock<TitleIndex> = LazyLock::new(|| TitleIndex::new(&TERMS));

/// The finding in a line: its class and the titles.
fn found(finding: &Finding<'_>) -> String {
    let titles = |found: &[(&Entry, f64)]| {
        found.iter().map(|(entry, _)| entry.job_title.title.clone()).collect::<Vec<_>>().join(", ")
    };
    match finding {
        Finding::Exact(entry) => format!("exact: {}", entry.job_title.title),
        Finding::Close(list) => format!("close: {}", titles(list)),
        Finding::Ambiguous(list) => format!("ambiguous: {}", titles(list)),
        Finding::Unknown => "unknown".to_owned(),
    }
}

#[test]
fn one_spelling_for_many() {
    for (text, normal) in [
        ("  Senior   SOFTWARE-Engineer ", "senior software engineer"),
        ("Full‑stack Engineer", "full stack engineer"),
        ("Kaihanga Pūmanawa Rorohiko", "kaihanga pumanawa rorohiko"),
        ("Ｓｏｆｔｗａｒｅ Ｅｎｇｉｎｅｅｒ", "software engineer"),
        ("C.I.O.", "cio"),
        ("Sr.Dev.", "sr dev"),
        ("C++ / C# dev", "c++ c# dev"),
        ("Driver’s mate", "drivers mate"),
        ("Développeur", "developpeur"),
        ("Soft\u{00AD}ware\u{200B} Engi\u{200D}neer", "software engineer"),
        ("İstanbul", "istanbul"),
        ("软件工程师", "软件工程师"),
        ("— · —", ""),
        ("", ""),
    ] {
        assert_eq!(normalise(text), normal, "{text}");
    }
}

#[test]
fn a_title_is_found_in_every_spelling() {
    for (text, title) in [
        ("software engineer", "Software Engineer"),
        ("SOFTWARE ENGINEERS", "Software Engineer"),
        ("Senior Software Engineer II", "Software Engineer"),
        ("Lead SWE (remote)", "Software Engineer"),
        ("Software Engineer (Games)", "Software Engineer"),
        ("Java Software Engineer", "Software Engineer"),
        ("Full‑stack Engineer", "Full Stack Engineer"),
        ("Fullstack Engineer", "Full Stack Engineer"),
        ("Backend Developer", "Back End Developer"),
        ("BE Dev", "Back End Developer"),
        ("Sr. Front-end Dev", "Front End Developer"),
        ("DevOps Engineer", "DevOps Engineer"),
        ("Dev-Ops Engineer", "Dev Ops Engineer"),
        ("SRE", "Site Reliability Engineer"),
        ("Cybersecurity Analyst", "Cyber Security Analyst"),
        ("C.T.O.", "Chief Technology Officer"),
        ("Applications developer", "Applications Developer"),
        ("Application Developer", "Applications Developer"),
        ("Solutions Architect", "Solution Architect"),
        (".NET developer", ".NET Developer"),
        ("Principal C# Developer", "C# Developer"),
        ("Oracle DBA", "Database Administrator"),
        ("Head of Engineering", "Head of Engineering"),
        ("BA (ICT)", "BA (ICT)"),
        ("Security Manager (Non-ICT)", "Security Manager (Non-ICT)"),
        ("Senior Product Manager (SaaS)", "Product Manager"),
        ("Senior Business Analyst", "Business Analyst"),
    ] {
        assert_eq!(found(&INDEX.find(text)), format!("exact: {title}"), "{text}");
    }
}

#[test]
fn what_is_only_near_is_never_exact() {
    for (text, class) in [
        ("Sofware Enginer", "close: Software Engineer"),
        ("Architect (Software)", "close: Architect"),
        ("Java Architect", "close: Architect"),
        ("Platform Engineer (Drilling)", "close: Platform Engineer"),
        ("PM", "ambiguous: Project Manager, Product Manager"),
        ("IT PM", "ambiguous: IT Project Manager"),
        ("Sr PM (Payments)", "ambiguous: Project Manager, Product Manager"),
        ("CIO", "ambiguous: Chief Information Officer"),
        ("Plumber", "unknown"),
        ("", "unknown"),
        ("CFO", "unknown"),
    ] {
        assert_eq!(found(&INDEX.find(text)), class, "{text}");
    }
}

#[test]
fn a_code_narrows_and_never_overrides() {
    for (text, code, class) in [
        ("Software Engineer", "261313", "exact: Software Engineer"),
        ("Software Engineer", " 261313 ", "exact: Software Engineer"),
        ("Software Engineer", "261312", "ambiguous: Software Engineer"),
        ("Software Engineer", "261111", "ambiguous: Software Engineer"),
        ("Software Engineer", "999999", "ambiguous: Software Engineer"),
        // A synonym's code agrees with those of its own role, either way round, and with no others.
        ("Software Engineer", "261316", "exact: Software Engineer"),
        ("DevOps Engineer", "261313", "exact: DevOps Engineer"),
        ("Cyber Security Analyst", "262116", "exact: Cyber Security Analyst"),
        ("Cyber Security Analyst", "262111", "ambiguous: Cyber Security Analyst"),
        ("Penetration Tester", "261317", "ambiguous: Penetration Tester"),
        ("CIO", "135111", "exact: Chief Information Officer"),
        ("PM", "135112", "exact: Project Manager"),
        ("PM", "225113", "exact: Product Manager"),
        ("PM", "261313", "ambiguous: Project Manager, Product Manager"),
        ("Sofware Enginer", "261313", "close: Software Engineer"),
        ("Sofware Enginer", "135111", "ambiguous: Software Engineer"),
        ("Plumber", "261313", "unknown"),
    ] {
        assert_eq!(found(&INDEX.find_with_code(text, code)), class, "{text} as {code}");
    }
}

#[test]
fn every_listed_title_is_itself() {
    for occupation in &TERMS.occupations {
        for (title, confidence) in occupation.job_titles.each() {
            for spelling in
                [title.to_owned(), title.to_uppercase(), format!("  {} ", title.replace(' ', "-"))]
            {
                let Finding::Exact(entry) = INDEX.find(&spelling) else { panic!("{spelling} is not found") };
                assert_eq!(entry.job_title.occupation_code, occupation.code, "{spelling}");
                assert_eq!(entry.confidence, confidence, "{spelling}");
            }
            let Finding::Exact(_) = INDEX.find_with_code(title, &occupation.code) else { panic!("{title}") };
            assert_eq!(search(&INDEX, title, 1)[0].job_title.title, title);
        }
    }
}

#[test]
fn type_ahead_puts_the_likely_first() {
    let titles = |query: &str, first| {
        search(&INDEX, query, first).into_iter().map(|found| found.job_title.title).collect::<Vec<_>>()
    };
    for (query, best) in [
        ("softw", "Software Tester"),
        ("software eng", "Software Engineer"),
        ("eng soft", "Software Engineer"),
        ("full-st", "Full Stack Engineer"),
        ("devo", "DevOps Engineer"),
        ("dba", "Database Administrator"),
        ("2612", "Game Developer"),
        ("sofware engineer", "Software Engineer"),
        ("UX", "UX Designer"),
    ] {
        assert_eq!(titles(query, 1), [best], "{query}");
    }
    assert!(titles("", 10).is_empty());
    assert!(titles("zzzzzz", 10).is_empty());
    assert!(titles("software", 0).is_empty());
    assert_eq!(titles("developer", 3).len(), 3);
    assert!(titles("e", 1_000).len() <= MOST_MATCHES);
    let scores: Vec<_> = search(&INDEX, "developer", 20).into_iter().map(|found| found.score).collect();
    assert!(scores.is_sorted_by(|a, b| a >= b), "{scores:?}");
}

#[test]
fn a_match_tells_its_role_or_that_there_is_none() {
    assert_eq!(search(&INDEX, "software engineer", 1)[0].role.as_deref(), Some("2613"));
    assert_eq!(search(&INDEX, "data scientist", 1)[0].role, None);
    assert_eq!(INDEX.of_role("2612").count(), 11);
}

#[test]
fn names_are_recognised_as_people_write_them() {
    for (example, text, named) in [
        ("NZTech", "nztech", true),
        ("NZTech", "NZ Tech", true),
        ("NZTech", "NZTech corporate membership", true),
        ("IT Professionals NZ (ITP)", "ITP", true),
        ("IT Professionals NZ (ITP)", "IT Professionals New Zealand", true),
        ("IT Professionals NZ (ITP)", "IT Professionals NZ (ITP)", true),
        ("Inspiring the Future", "Inspiring the Future (TEC)", true),
        ("AgriTechNZ", "AgritechNZ", true),
        ("NZTech", "Canterbury Tech", false),
        ("NZTech", "", false),
        ("IT Professionals NZ (ITP)", "Professionals", false),
    ] {
        assert_eq!(is_named_in(example, text), named, "{example} in {text}");
    }
}

proptest! {
    #[test]
    fn normalising_twice_changes_nothing(text in "\\PC{0,60}|[a-zA-Z.' ()+#-]{0,60}|\\p{Any}{0,40}") {
        let once = normalise(&text);
        prop_assert_eq!(normalise(&once), once);
    }

    #[test]
    fn no_text_is_too_strange(text in "\\p{Any}{0,120}", code in "\\p{Any}{0,12}") {
        let _ = INDEX.find(&text);
        let _ = INDEX.find_with_code(&text, &code);
        prop_assert!(search(&INDEX, &text, 10).iter().all(|found| (0.0..=1.0).contains(&found.score)));
    }

    #[test]
    fn searching_again_finds_the_same(text in "[a-z ]{1,20}") {
        prop_assert_eq!(search(&INDEX, &text, 10), search(&INDEX, &text, 10));
    }
}
