//! The files of a release: who may take them, that they are what was attested, and that nothing ever changes them.

use std::process::Command;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use entity::{EventKind, ReleaseStatus, StaffRole, history_event};
use nominations::applications::actions::WithdrawApplication;
use nominations::releases::rules::{Verified, differences, verify};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter};

use super::{replaced, set_hold, words};
use crate::service::support::caseload::{Caseload, Wanted, agent_scope};
use crate::service::support::cast::{
    EVERYBODY, ITP, ITP_ASSESSOR, ITP_LEAD, KAURI, KAURI_AGENT, Member, NZTECH, NZTECH_LEAD, OBSERVER,
    OFFICER, RATA,
};
use crate::service::support::command::said;
use crate::service::support::{Answer, Caller, World};

on_both_databases! {
    files_are_verified_and_both_forms_agree,
    nobody_takes_a_file_that_is_not_theirs,
    no_sequence_of_acts_changes_a_published_release,
    the_database_refuses_to_change_what_a_release_says,
}

async fn take(world: &World, caller: &Caller, file: &str) -> Answer {
    let mut request = Request::get(format!("/releases/specialist-tech/{file}"));
    if let Some(token) = &caller.token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    world.call(request.body(Body::empty()).expect("a request")).await
}

async fn bytes(world: &World, caller: &Caller, file: &str) -> Vec<u8> {
    let answer = take(world, caller, file).await;
    assert_eq!(answer.status, StatusCode::OK, "{file}: {}", answer.whole());
    answer.body
}

/// Four nominations, two of each body, and a release that lists them.
async fn settled(world: &World) -> Caseload<'_> {
    let cases = Caseload::new(world, |file| file.settings.places = 5).await;
    for (number, (body, firm)) in
        [(&NZTECH, &KAURI), (&ITP, &KAURI), (&NZTECH, &RATA), (&ITP, &RATA)].into_iter().enumerate()
    {
        cases.confirmed(&Wanted { body, firm, ..Wanted::new(&format!("N000000{number}")) }).await;
    }
    cases
}

fn verified(bytes: &[u8]) -> Verified {
    verify(bytes).expect("a file as it was published")
}

async fn files_are_verified_and_both_forms_agree(world: World) {
    let _cases = settled(&world).await;
    let release = world.published().await;
    let officer = world.sign_in(&OFFICER).await;
    let json = bytes(&world, &officer, "1/whole.json").await;
    let csv = bytes(&world, &officer, "1/whole.csv").await;
    assert!(csv.starts_with("\u{FEFF}class_exception,release,row,".as_bytes()));
    assert_eq!(csv.split(|byte| *byte == b'\n').count(), 6);
    let (read, table) = (verified(&json), verified(&csv));
    assert_eq!(read.digest.as_ref(), Some(&world.release(release).await.digest));
    for body in [&ITP, &NZTECH] {
        assert_eq!(read.sections[body.slug].digest, world.section_digest(release, body).await);
        assert_eq!(table.sections[body.slug].lines, Some(2));
    }
    let lead = world.sign_in(&ITP_LEAD).await;
    let own = bytes(&world, &lead, "1/itp.json").await;
    let own_table = bytes(&world, &lead, "1/itp.csv").await;
    let files = [
        ("a".to_owned(), read.clone()),
        ("b".to_owned(), table),
        ("c".to_owned(), verified(&own)),
        ("d".to_owned(), verified(&own_table)),
    ];
    assert_eq!(differences(&files), Vec::<String>::new());
    for file in [&json, &csv, &own, &own_table] {
        any_flipped_byte_is_found(&read, file);
    }
    the_command_verifies(
        &[("whole.json", &json), ("itp.csv", &own_table)],
        &world.release(release).await.digest,
    );
    // A table alone tells its digests; beside the other form it is held to them.
    assert_eq!(files[3].1.sections["itp"].digest, read.sections["itp"].digest);
    let first = take(&world, &officer, "1/whole.json").await;
    let request = Request::get("/releases/specialist-tech/1/whole.json")
        .header("authorization", format!("Bearer {}", officer.token.as_deref().expect("a token")))
        .header("if-none-match", first.header("etag"));
    let again = world.call(request.body(Body::empty()).expect("a request")).await;
    assert_eq!((again.status, again.body.len()), (StatusCode::NOT_MODIFIED, 0));
    assert!(first.header("content-disposition").contains("specialist-tech-release-1.json"));
    let taken = history_event::Entity::find().filter(history_event::Column::Kind.eq(EventKind::ReleaseRead));
    assert_eq!(taken.count(world.conn()).await.expect("a count"), 5);
}

/// `nominations release verify` on files as they were taken, and on one that was changed.
fn the_command_verifies(files: &[(&str, &[u8])], digest: &str) {
    let folder = tempfile::tempdir().expect("a folder");
    let run = |digest: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_nominations"));
        command.env_clear().current_dir(folder.path()).args(["release", "verify", "--digest", digest]);
        command.args(files.iter().map(|(name, _)| *name)).output().expect("the binary runs")
    };
    for (name, bytes) in files {
        std::fs::write(folder.path().join(name), bytes).expect("a file");
    }
    let good = run(digest);
    assert!(good.status.success(), "{}", said(&good));
    assert!(said(&good).contains(&format!("  release: {digest}\n")), "{}", said(&good));
    assert!(
        said(&good).ends_with("what its files say, and has the digest that was named.\n"),
        "{}",
        said(&good)
    );
    assert!(run(&digest.to_uppercase()).status.success());
    let another = run(&"0".repeat(64));
    assert_eq!(another.status.code(), Some(1), "{}", said(&another));
    assert!(said(&another).ends_with("not what its files say: 1 thing is wrong.\n"), "{}", said(&another));
    let malformed = run(&digest[1..]);
    assert_eq!(malformed.status.code(), Some(2), "{}", said(&malformed));
    assert!(said(&malformed).contains("64 hexadecimal digits"), "{}", said(&malformed));
    let (name, bytes) = files[1];
    let changed = String::from_utf8(bytes.to_vec()).expect("a text").replace("Rao", "Roa");
    std::fs::write(folder.path().join(name), changed).expect("a file");
    let bad = run(digest);
    assert_eq!(bad.status.code(), Some(1), "{}", said(&bad));
    assert!(said(&bad).contains("another section of itp"), "{}", said(&bad));
}

fn any_flipped_byte_is_found(right: &Verified, file: &[u8]) {
    for at in 0..file.len() {
        let mut changed = file.to_vec();
        changed[at] ^= 1;
        let found = match verify(&changed) {
            Err(_) => true,
            Ok(other) => {
                let same = (&other.exception, other.release) == (&right.exception, right.release);
                let files = [("a".to_owned(), right.clone()), ("b".to_owned(), other)];
                !same || !differences(&files).is_empty()
            }
        };
        assert!(found, "byte {at} was flipped, and nobody saw it");
    }
}

async fn nobody_takes_a_file_that_is_not_theirs(world: World) {
    let _cases = settled(&world).await;
    let prepared = world.prepare(&NZTECH).await.expect("a release");
    let files = ["whole.json", "whole.csv", "itp.json", "itp.csv", "nztech.json", "nztech.csv"];
    // The agency's once it is published, its own section to each lead, and nothing to assessors and machines.
    let may = |member: &Member, file: &str, is_published: bool| match member.role {
        StaffRole::AgencyOfficer => is_published,
        StaffRole::Lead => member.body.is_some_and(|body| file.starts_with(body.slug)),
        _ => false,
    };
    for is_published in [false, true] {
        if is_published {
            world.abandon(&NZTECH, prepared).await.expect("given up");
            world.published().await;
        }
        let number = if is_published { 2 } else { 1 };
        let absent = take(&world, &world.anybody(), "9/whole.json").await.status;
        assert_eq!(absent, StatusCode::NOT_FOUND);
        for member in EVERYBODY {
            let caller = world.sign_in(member).await;
            for file in files {
                let answer = take(&world, &caller, &format!("{number}/{file}")).await;
                let expected = if may(member, file, is_published) { StatusCode::OK } else { absent };
                assert_eq!(answer.status, expected, "{}: {number}/{file}", member.handle);
            }
        }
        let public = take(&world, &world.anybody(), &format!("{number}/whole.json")).await;
        assert_eq!(public.status, absent);
    }
    // A body's own section has no fact of another body's worker in it, nor a row of it.
    let lead = world.sign_in(&NZTECH_LEAD).await;
    let own = String::from_utf8(bytes(&world, &lead, "2/nztech.json").await).expect("a text");
    assert!(own.contains("N0000000") && own.contains("N0000002") && own.contains("\"body\":\"itp\""));
    assert!(!own.contains("N0000001") && !own.contains("N0000003") && !own.contains("ITP-"));
    for name in ["itp.json.csv", "itp", "..%2Fitp.csv", "ITP.csv", "itp.xml"] {
        let officer = world.sign_in(&OFFICER).await;
        assert_eq!(take(&world, &officer, &format!("2/{name}")).await.status, ABSENT, "{name}");
    }
    for who in [&OBSERVER, &KAURI_AGENT, &ITP_ASSESSOR] {
        let caller = world.sign_in(who).await;
        assert_eq!(take(&world, &caller, "2/whole.csv").await.status, ABSENT, "{}", who.handle);
    }
}

const ABSENT: StatusCode = StatusCode::NOT_FOUND;

async fn no_sequence_of_acts_changes_a_published_release(world: World) {
    let cases = settled(&world).await;
    let release = world.published().await;
    let officer = world.sign_in(&OFFICER).await;
    let files = ["1/whole.json", "1/whole.csv", "1/itp.json", "1/nztech.csv"];
    let mut before = Vec::new();
    for file in files {
        before.push(bytes(&world, &officer, file).await);
    }
    let ids: Vec<_> = world.lines(release).await.iter().map(|line| line.application_id).collect();
    let of_kauri: Vec<_> = nominations_of_kauri(&world, &ids).await;
    // A worker is replaced, a correction made, a nomination withdrawn, another revoked, one held, the cap moved.
    let replaced = replaced(&cases, of_kauri[0]).await;
    world.acknowledge(release, &world.release(release).await.digest).await.expect("acknowledged");
    let scope = agent_scope(&KAURI);
    let version = world.application(of_kauri[1]).await.version;
    let reason = words("Another offer.");
    let withdraw =
        WithdrawApplication { app: &world.app, scope: scope.clone(), id: of_kauri[1], version, reason };
    world.app.db.perform(&scope, None, &withdraw).await.expect("withdrawn");
    let left = ids.iter().copied().find(|id| !of_kauri.contains(id)).expect("one of Rata");
    world.take_back(left).await.expect("revoked");
    set_hold(&world, replaced, true).await;
    set_hold(&world, replaced, false).await;
    world
        .apply(crate::service::support::caseload::definition(|file| file.settings.places = 2))
        .await
        .expect("a cap");
    for _ in 0..3 {
        world.acknowledged().await;
        world.wait_minutes(60);
    }
    assert_eq!(world.release_state(release).await.status, ReleaseStatus::Acknowledged);
    // The first sign-in has run out meanwhile.
    let officer = world.sign_in(&OFFICER).await;
    for (file, before) in files.into_iter().zip(before) {
        assert_eq!(bytes(&world, &officer, file).await, before, "{file}");
    }
    super::is_sound(&world).await;
}

/// NZTech's and ITP's nominations of Kauri, in this order.
async fn nominations_of_kauri(world: &World, ids: &[entity::ApplicationId]) -> Vec<entity::ApplicationId> {
    let mut found = Vec::new();
    for id in ids {
        let application = world.application(*id).await;
        if application.employer_id == KAURI.id() {
            found.push((application.body_id == ITP.id(), *id));
        }
    }
    found.sort_unstable();
    found.into_iter().map(|(_, id)| id).collect()
}

async fn the_database_refuses_to_change_what_a_release_says(world: World) {
    let _cases = settled(&world).await;
    let held = world.published().await;
    let before = world.count_rows().await;
    for (table, change) in [
        ("release", "digest = digest"),
        ("release_section", "line_count = line_count"),
        ("release_line", "reference = reference"),
        ("attestation", "digest = digest"),
    ] {
        let update = world.conn().execute_unprepared(&format!("UPDATE {table} SET {change}")).await;
        assert!(update.is_err(), "{table} was changed");
        let delete = world.conn().execute_unprepared(&format!("DELETE FROM {table}")).await;
        assert!(delete.is_err(), "rows of {table} were taken out");
    }
    let delete = world.conn().execute_unprepared("DELETE FROM release_state").await;
    assert!(delete.is_err(), "where a release stands was taken out");
    for wrong in [
        "UPDATE release_state SET status = 'PREPARED'",
        "UPDATE release_state SET status = 'ACKNOWLEDGED'",
        "UPDATE release_state SET published_at = NULL",
        "UPDATE release_state SET abandoned_at = published_at",
    ] {
        assert!(world.conn().execute_unprepared(wrong).await.is_err(), "{wrong}");
    }
    assert_eq!(world.count_rows().await, before);
    assert_eq!(world.release_state(held).await.status, ReleaseStatus::Published);
}
