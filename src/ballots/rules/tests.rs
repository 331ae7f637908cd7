//! The vectors that were published with the procedure, which other tools agree on.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::values::sha256::Sha256;

/// What drand's quicknet signed as round 657413.
pub const SIGNATURE: &str =
    "b713718a38ae728dfd477991af2822e08d2f305e47718cef9f7848ce4050e7be41076862b98fad56e91a6b85b89cd97b";

fn scheme() -> Scheme {
    Scheme::parse("specialist-tech/1").expect("a scheme")
}

fn eight() -> Entries {
    Entries::new((1..=8).rev().map(|number| format!("APP-{number:04}")).collect()).expect("entries")
}

fn secret(typed: &str) -> Secret {
    Secret::parse(typed).expect("a secret")
}

fn nztech() -> Secret {
    secret("317d96355ed8f9ec41c3b0517585f602565544fa941d4b08a5f342c81ed74de2")
}

fn itp() -> Secret {
    secret("e65cfffe02dfe9a672e962ccef34079ee2a5d51f0a283575fdd727247d995185")
}

fn seeded(itp: Option<Secret>, randomness: Option<&Sha256>) -> Sha256 {
    let terms =
        [Term { body: "nztech".into(), secret: Some(nztech()) }, Term { body: "itp".into(), secret: itp }];
    seed(&scheme(), &eight().digest(), &terms, randomness)
}

/// The last digits of the entries, in the order of the draw.
fn order(seed: &Sha256) -> String {
    let entries = eight();
    draw(seed, &entries).iter().map(|ticket| &ticket.entry[7..]).collect::<Vec<_>>().join(" ")
}

#[test]
fn the_list_and_the_commitments_are_those_of_the_vector() {
    let digest = eight().digest();
    assert_eq!(digest.to_string(), "b7bf29ce61bd0253bd1fae0d56d2dc7e48d8e96b463c51055f1059b3a0b5cb89");
    assert_eq!(
        commitment(&scheme(), "nztech", &digest, &nztech()).to_string(),
        "cd23b67d12b2107843bf5a344aa6fea0f247753e95fb96e91f3998d7c1aa8bdd"
    );
    assert_eq!(
        commitment(&scheme(), "itp", &digest, &itp()).to_string(),
        "3f01fc5fd98880629e44af310b65175d377eeb63948fdf6bba60dc487ba9ef1a"
    );
}

#[test]
fn the_round_of_the_vector_is_verified_and_no_other_is() {
    let beacon = Beacon { chain: Chain::Quicknet, round: 657_413 };
    let randomness = beacon.verify(SIGNATURE).expect("the round's");
    assert_eq!(randomness.to_string(), "fc1873a13f3545aeade8401532ef5519920652eee6b0d2b19ca12643b87b3587");
    assert_eq!(beacon.at().to_rfc3339(), "2023-09-15T11:00:03+00:00");
    for round in [1, 657_412, 657_414, u32::MAX] {
        assert_eq!(Beacon { round, ..beacon }.verify(SIGNATURE), Err(BeaconRefusal::NotOfRound));
    }
    for typed in ["", "b7", &SIGNATURE.to_uppercase(), &SIGNATURE[2..], &format!("{SIGNATURE}00")] {
        assert_eq!(beacon.verify(typed), Err(BeaconRefusal::NoSignature), "{typed}");
    }
    // The point at infinity would "sign" everything if it were let in.
    assert_eq!(beacon.verify(&format!("c0{}", "0".repeat(94))), Err(BeaconRefusal::NotOfRound));
}

#[test]
fn a_round_comes_after_the_instant_that_it_is_named_for() {
    let chain = Chain::Quicknet;
    for instant in
        ["1970-01-01T00:00:00Z", "2023-08-23T15:09:26.9Z", "2023-08-23T15:09:27Z", "2023-09-15T11:00:03Z"]
    {
        let instant = instant.parse().expect("an instant");
        let round = chain.first_after(instant);
        assert!(Beacon { chain, round }.at() > instant, "{instant}");
        assert!(round == 1 || Beacon { chain, round: round - 1 }.at() <= instant, "{instant}");
    }
}

#[test]
fn all_three_terms_give_the_order_of_the_vector() {
    let randomness =
        Beacon { chain: Chain::Quicknet, round: 657_413 }.verify(SIGNATURE).expect("the round's");
    let seed = seeded(Some(itp()), Some(&randomness));
    assert_eq!(seed.to_string(), "c632b7cbb53a91c0c47f926c6e756f6ab5646d82e7db8da7b9fe4184a6e1fb2f");
    assert_eq!(order(&seed), "8 2 1 4 5 7 3 6");
    assert_eq!(
        draw(&seed, &eight())[0].ticket.to_string(),
        "2215c1423188ddfa9368f41888d6c8cd9f6533417bab0e49efb4052c25c14083"
    );
}

#[test]
fn a_body_that_never_revealed_leaves_its_term_empty() {
    let randomness =
        Beacon { chain: Chain::Quicknet, round: 657_413 }.verify(SIGNATURE).expect("the round's");
    let seed = seeded(None, Some(&randomness));
    assert_eq!(seed.to_string(), "000d4159cf55180ecc323dc089a7bcfcbbc596d6fc95bca58e59974cd49765c0");
    assert_eq!(order(&seed), "1 4 8 2 6 3 5 7");
}

#[test]
fn without_a_beacon_its_term_is_empty() {
    let seed = seeded(Some(itp()), None);
    assert_eq!(seed.to_string(), "e7776dc977c419402d843eae8af2277b835415d963c68ce5f6e9a1a729ca315c");
    assert_eq!(order(&seed), "7 5 3 8 2 6 1 4");
}

#[test]
fn a_list_of_entries_is_read_in_one_way() {
    let read = |file: &str| Entries::read(file.as_bytes()).map(|entries| entries.ids().len());
    assert_eq!(read(""), Ok(0));
    assert_eq!(read("a\nb\n"), Ok(2));
    assert_eq!(read("a\nb"), Err(EntriesFault::CutOff));
    assert_eq!(read("a\n\nb\n"), Err(EntriesFault::NoEntry { line: 2 }));
    assert_eq!(read("a\r\n"), Err(EntriesFault::NoEntry { line: 1 }));
    assert_eq!(read("a\nb|c\n"), Err(EntriesFault::NoEntry { line: 2 }));
    assert_eq!(read("a\nā\n"), Err(EntriesFault::NoEntry { line: 2 }));
    assert_eq!(read("b\na\n"), Err(EntriesFault::OutOfOrder { line: 2 }));
    assert_eq!(read("a\na\n"), Err(EntriesFault::OutOfOrder { line: 2 }));
    assert_eq!(Entries::read(b"a\xff\n"), Err(EntriesFault::NoEntry { line: 1 }));
    assert_eq!(
        Entries::new(vec!["b".into(), "a".into(), "b".into()]),
        Err(EntriesFault::OutOfOrder { line: 3 })
    );
}

#[test]
fn a_scheme_is_written_in_one_way() {
    assert_eq!(Scheme::parse("specialist-tech-2/17").map(|scheme| scheme.number), Ok(17));
    for text in ["", "/1", "a", "a/", "a/0", "a/01", "a/+1", "a/-1", "A/1", "a|b/1", "a b/1", "a/1/"] {
        assert!(Scheme::parse(text).is_err(), "{text}");
    }
}

proptest! {
    #[test]
    fn striking_an_entry_leaves_the_order_of_the_others(
        ids in prop::collection::btree_set("[a-f0-9]{8}", 1..40), seed: [u8; 32], places in 0_u32..50, strike: prop::sample::Index,
    ) {
        let entries = Entries::new(ids.into_iter().collect()).expect("entries");
        let tickets = draw(&seed.into(), &entries);
        prop_assert!(tickets.is_sorted());
        let all = rank(&tickets, &BTreeSet::new(), places);
        let gone = strike.get(entries.ids()).as_str();
        let rest = rank(&tickets, &BTreeSet::from([gone]), places);
        let names = |ranked: &[Ranked]| ranked.iter().map(|one| one.ticket.entry.to_owned()).collect::<Vec<_>>();
        let expected: Vec<_> = names(&all).into_iter().filter(|entry| entry != gone).collect();
        prop_assert_eq!(names(&rest), expected);
        prop_assert_eq!(rest.iter().filter(|one| one.won).count(), rest.len().min(places as usize));
        prop_assert!(rest.iter().zip(1..).all(|(one, rank)| one.rank == rank));
    }

    #[test]
    fn a_list_reads_back_as_it_was_written(ids in prop::collection::btree_set("[!-{}~]{1,64}", 0..30)) {
        let entries = Entries::new(ids.into_iter().collect()).expect("entries");
        prop_assert_eq!(Entries::read(&entries.file()), Ok(entries));
    }
}
