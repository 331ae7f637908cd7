//! What must hold of every question, whatever is asked.

use super::*;
use proptest::prelude::*;

fn any_title() -> impl Strategy<Value = String> {
    let known: Vec<String> = TECH
        .definition
        .terms
        .occupations
        .iter()
        .flat_map(|one| one.job_titles.each().map(|(title, _)| title.to_owned()).collect::<Vec<_>>())
        .chain(["PM", "CIO", "Wizard", "Sofware Enginer"].map(str::to_owned))
        .collect();
    proptest::sample::select(known)
}

proptest! {
    #[test]
    fn more_pay_never_makes_it_worse(
        title in any_title(), cents in 1_i64..20_000_000, more in 1_i64..20_000_000, hours in 1_i32..=16_800, at in 0_usize..5
    ) {
        let period = PayPeriod::all()[at];
        let outcome = |exception: &Exception, cents| {
            let terms = &exception.definition.terms;
            let pay = Pay::from_stored(cents, "NZD", period, hours).expect("within the limits");
            let question = EligibilityQuestion::new(terms, &title, None, pay, &[]).expect("a question");
            let answer = check(terms, &exception.index, &question);
            answer.criteria.into_iter().map(|one| one.outcome).collect::<Vec<_>>()
        };
        for exception in [&*TECH, &*MAKERS] {
            let (less, more) = (outcome(exception, cents), outcome(exception, cents + more));
            prop_assert!(more.iter().zip(&less).all(|(more, less)| more <= less), "{:?} {:?}", less, more);
        }
    }

    #[test]
    fn any_text_has_an_answer(title in "\\p{Any}{0,100}", code in "\\p{Any}{0,12}") {
        let terms = &TECH.definition.terms;
        let pay = Pay::from_stored(14_000_000, "NZD", PayPeriod::Year, 4_000).expect("sound pay");
        if let Ok(question) = EligibilityQuestion::new(terms, &title, Some(&code), pay, &[]) {
            prop_assert_eq!(check(terms, &TECH.index, &question).criteria.len(), terms.criteria.len());
        }
    }
}
