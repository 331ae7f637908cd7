//! Whatever is sent, nothing of a person is in the log: not of what is taken, and not of what is refused.

use serde_json::{Value, json};

use super::asks::Asks;
use super::{leaves, set};
use crate::service::support::acts::{MUTATIONS, document};
use crate::service::support::log::Log;
use crate::service::support::{Kind, World, in_a_world};

/// What stands in every text, and in place of every passport.
const WORD: &str = "Kakapoq";
const PASSPORT: &str = "Q7654329";

/// What must not be logged, in small letters: what is planted, and what the applications of the fixture say.
const PERSONAL: [&str; 7] =
    ["kakapoq", "q7654329", "asha", "finn@example.nz", "finn gray", "n00000", "1990-06-01"];

// One thread, so that all of the test logs to the one subscriber.
#[tokio::test]
async fn nothing_of_a_person_is_logged_whatever_is_sent() {
    let (log, _logging) = Log::record();
    in_a_world(Kind::Sqlite, send_everything).await;
    let log = log.take().to_lowercase();
    // Or nothing was looked at.
    assert!(log.contains("graphql"), "{log}");
    for personal in PERSONAL {
        let line = log.lines().find(|line| line.contains(personal));
        assert_eq!(line, None, "{personal} is in the log");
    }
}

/// Each mutation as it should be, which is done, and then with each of its texts spoilt, which is refused.
async fn send_everything(world: World) {
    let asks = Asks::new(&world).await;
    let mut done = 0;
    for mutation in MUTATIONS {
        let (caller, input) = asks.of(mutation);
        let mut input = input;
        for pointer in leaves(&input) {
            let text = input.pointer(&pointer).and_then(Value::as_str).expect("a text");
            let planted = text.replace("Good", WORD).replace("good", &WORD.to_lowercase());
            let planted = if pointer.ends_with("passportNumber") { PASSPORT.to_owned() } else { planted };
            set(&mut input, &pointer, json!(planted));
        }
        let answer = caller.ask(&document(mutation), &json!({ "input": input })).await.json();
        done += usize::from(answer["data"][mutation]["userErrors"] == json!([]));
        for pointer in leaves(&input) {
            let mut spoilt = input.clone();
            set(&mut spoilt, &pointer, json!(format!("{WORD}\u{1}{PASSPORT}")));
            caller.ask(&document(mutation), &json!({ "input": spoilt })).await;
        }
        // A request that cannot be read at all.
        caller.post_graphql(format!("{{ \"query\": \"{{ {WORD}\", \"variables\": \"{PASSPORT}\"")).await;
    }
    assert!(done > 20, "{done} were done");
}
