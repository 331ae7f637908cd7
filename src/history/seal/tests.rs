use entity::{
    ActorKind, EventId, EventKind, ExceptionId, MovementId, PersonId, PlaceMovementKind, PlaceState,
    StaffRole,
};
use proptest::prelude::*;

use super::*;

fn id(number: u128) -> Uuid {
    Uuid::from_u128(0x018f_0000_0000_7000_8000_0000_0000_0000 + number)
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().expect("an instant")
}

fn event() -> history_event::Model {
    history_event::Model {
        id: EventId(id(1)),
        at: at("2022-03-01T00:00:00.000001Z"),
        kind: EventKind::Nominated,
        exception_id: Some(ExceptionId(id(2))),
        body_id: None,
        application_id: None,
        actor_kind: ActorKind::Person,
        actor_id: Some(PersonId(id(3))),
        actor_role: Some(StaffRole::Lead),
        detail: json!({ "z": [true, "\n"], "place": 7, "a": { "y": null, "x": "Kererū \"1\"" } }),
    }
}

fn movement() -> place_movement::Model {
    place_movement::Model {
        id: MovementId(id(4)),
        exception_id: ExceptionId(id(2)),
        place_number: 7,
        movement: 2,
        from_state: Some(PlaceState::Available),
        to_state: PlaceState::Reserved,
        kind: PlaceMovementKind::Allocated,
        application_id: None,
        body_id: None,
        reason: None,
        actor_kind: ActorKind::System,
        actor_id: None,
        at: at("2022-03-01T00:00:00Z"),
        on_day: "2022-03-01".parse().expect("a day"),
    }
}

/// Computed apart from this program, with Python's json and hashlib.
#[test]
fn the_bytes_are_the_ones_that_the_docs_define() {
    assert_eq!(
        canonical_event(&event()),
        "[\"history-event-v1\",\"018f0000-0000-7000-8000-000000000001\",\"2022-03-01T00:00:00.000001Z\",\
         \"NOMINATED\",\"018f0000-0000-7000-8000-000000000002\",null,null,\"PERSON\",\
         \"018f0000-0000-7000-8000-000000000003\",\"LEAD\",\
         {\"a\":{\"x\":\"Kererū \\\"1\\\"\",\"y\":null},\"place\":7,\"z\":[true,\"\\n\"]}]"
    );
    let rows = [
        row(1, RecordSource::History, id(1), digest_of_event(&event())),
        row(2, RecordSource::Ledger, id(4), digest_of_movement(&movement())),
    ];
    assert_eq!(rows[0].digest, "b75e82ac4ac5160ccd1bd847109a0ccca9654b2f0c2420b7da0d0f6181f8056f");
    assert_eq!(rows[1].digest, "74eb1a644633f5bdefdf7a4ae33cb30ce3d10233219b98088026a738dc4822ab");
    let seal = seal_over(None, &rows, at("2022-03-01T00:01:00Z"));
    assert_eq!(seal.digest, "35ae1b7a164298cdf73aedd6484299ecf26ebf7299dcc25b9cf2ff4bb016f7de");
    assert_eq!(seal.head, "67314519d69810852d878a298ebde6aa6d52f016b10f07d05a6e1cd1494fcc51");
}

#[test]
fn every_column_is_in_the_digest() {
    let changes: [fn(&mut history_event::Model); 10] = [
        |event| event.id = EventId(id(9)),
        |event| event.at += TimeDelta::microseconds(1),
        |event| event.kind = EventKind::Lapsed,
        |event| event.exception_id = None,
        |event| event.body_id = Some(entity::BodyId(id(2))),
        |event| event.application_id = Some(entity::ApplicationId(id(2))),
        |event| event.actor_kind = ActorKind::System,
        |event| event.actor_id = None,
        |event| event.actor_role = Some(StaffRole::Assessor),
        |event| event.detail["place"] = json!(8),
    ];
    for (number, change) in changes.into_iter().enumerate() {
        let mut other = event();
        change(&mut other);
        assert_ne!(digest_of_event(&other), digest_of_event(&event()), "{number}");
    }
    let changes: [fn(&mut place_movement::Model); 14] = [
        |one| one.id = MovementId(id(9)),
        |one| one.exception_id = ExceptionId(id(9)),
        |one| one.place_number = 8,
        |one| one.movement = 3,
        |one| one.from_state = None,
        |one| one.to_state = PlaceState::Listed,
        |one| one.kind = PlaceMovementKind::Published,
        |one| one.application_id = Some(entity::ApplicationId(id(2))),
        |one| one.body_id = Some(entity::BodyId(id(2))),
        |one| one.reason = Some(String::new()),
        |one| one.actor_kind = ActorKind::Person,
        |one| one.actor_id = Some(PersonId(id(3))),
        |one| one.at += TimeDelta::microseconds(1),
        |one| one.on_day = "2022-03-02".parse().expect("a day"),
    ];
    for (number, change) in changes.into_iter().enumerate() {
        let mut other = movement();
        change(&mut other);
        assert_ne!(digest_of_movement(&other), digest_of_movement(&movement()), "{number}");
    }
}

fn row(position: i64, source: RecordSource, record_id: Uuid, digest: String) -> sealed_event::Model {
    sealed_event::Model { position, source, record_id, digest }
}

/// A chain over batches of these sizes, with the instant of each record.
#[derive(Clone, Debug)]
struct Kept {
    rows: Vec<(sealed_event::Model, DateTime<Utc>)>,
    seals: Vec<seal::Model>,
}

fn kept(sizes: &[i64]) -> Kept {
    let mut kept = Kept { rows: vec![], seals: vec![] };
    for size in sizes {
        let before = kept.seals.last();
        let first = before.map_or(1, |seal| seal.last_position + 1);
        let rows: Vec<_> = (first..first + size)
            .map(|position| {
                let source = if position % 3 == 0 { RecordSource::Ledger } else { RecordSource::History };
                let number = u128::try_from(position).expect("a position");
                row(position, source, id(number), digest(&position.to_string()))
            })
            .collect();
        kept.seals.push(seal_over(before, &rows, at("2022-03-01T00:00:00Z") + TimeDelta::minutes(first)));
        let times = |row: sealed_event::Model| {
            let minutes = TimeDelta::minutes(row.position);
            (row, at("2022-03-01T00:00:00Z") + minutes)
        };
        kept.rows.extend(rows.into_iter().map(times));
    }
    kept
}

/// What is told of a chain whose records are all there as they were.
fn told(kept: &Kept) -> Vec<Flaw> {
    let mut flaws = Vec::new();
    let mut chain = Chain::default();
    let mut seals = kept.seals.iter().peekable();
    for (row, at) in &kept.rows {
        while let Some(seal) = seals.next_if(|seal| seal.last_position < row.position) {
            chain.close(seal, |flaw| flaws.push(flaw));
        }
        let original = digest(&row.position.to_string());
        chain.add(row, Some((*at, &original)), |flaw| flaws.push(flaw));
    }
    for seal in seals {
        chain.close(seal, |flaw| flaws.push(flaw));
    }
    chain.end(|flaw| flaws.push(flaw));
    flaws
}

fn flip(text: &mut String) {
    let last = if text.ends_with('0') { '1' } else { '0' };
    text.pop();
    text.push(last);
}

proptest! {
    #[test]
    fn a_chain_holds_and_any_change_of_it_is_told(
        sizes in prop::collection::vec(1_i64..6, 1..6), which in any::<prop::sample::Index>(), change in 0..11,
    ) {
        let whole = kept(&sizes);
        prop_assert_eq!(told(&whole), []);
        let mut changed = whole.clone();
        let (rows, seals) = (&mut changed.rows, &mut changed.seals);
        let (row, seal) = (which.index(rows.len()), which.index(seals.len()));
        match change {
            0 => flip(&mut rows[row].0.digest),
            1 => rows[row].0.record_id = id(99),
            2 => rows[row].0.source = match rows[row].0.source {
                RecordSource::History => RecordSource::Ledger,
                RecordSource::Ledger => RecordSource::History,
            },
            3 => drop(rows.remove(row)),
            4 => flip(&mut seals[seal].digest),
            5 => flip(&mut seals[seal].head),
            6 => seals[seal].at += TimeDelta::microseconds(1),
            7 => seals[seal].number += 1,
            8 => flip(&mut seals[seal].previous_head),
            9 => seals[seal].first_position -= 1,
            _ => seals[seal].last_position += 1,
        }
        prop_assert_ne!(told(&changed), []);
        // Nor is a seal that was taken away and bridged: the next one names another.
        if whole.seals.len() > 1 && seal + 1 < whole.seals.len() {
            let mut shorter = whole;
            shorter.seals.remove(seal);
            prop_assert_ne!(told(&shorter), []);
        }
    }
}

#[test]
fn a_record_that_comes_long_after_its_time_is_told_and_one_that_was_overtaken_is_not() {
    let mut late = kept(&[2, 2, 1]);
    let newest = late.rows[3].1;
    late.rows[4].1 = newest - LATENESS;
    assert_eq!(told(&late), []);
    late.rows[4].1 -= TimeDelta::microseconds(1);
    let record = Record { source: late.rows[4].0.source, id: late.rows[4].0.record_id };
    assert_eq!(told(&late), [Flaw::Late { record, at: late.rows[4].1 }]);
}
