//! Prints what a body has to decide within some days, the most pressing first.
//!
//! ```sh
//! NOMINATIONS_TOKEN=… cargo run --example due -- http://127.0.0.1:8080/graphql 14
//! ```
//!
//! A typed client: [`GraphQLQuery`] reads schema.graphql and due.graphql when this is built, so what no longer fits the schema is
//! found by the compiler and not by the body that runs it.

#![expect(clippy::disallowed_methods, reason = "a program of its own, with its machine's clock")]

use std::time::Duration;

use chrono::{DateTime as Instant, TimeDelta, Utc};
use graphql_client::{GraphQLQuery, Response};
use reqwest::Client;
use reqwest::header::{CONTENT_TYPE, RETRY_AFTER};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// What the schema's scalar is here.
type DateTime = Instant<Utc>;

#[derive(GraphQLQuery)]
#[graphql(schema_path = "schema.graphql", query_path = "examples/due.graphql", response_derives = "Debug")]
struct Due;

/// One request; where the minute's points are spent, again as soon as the service says.
async fn ask(
    client: &Client,
    url: &str,
    token: &str,
    variables: due::Variables,
) -> Result<due::ResponseData> {
    let body = serde_json::to_string(&Due::build_query(variables))?;
    loop {
        let request = client.post(url).bearer_auth(token).header(CONTENT_TYPE, "application/json");
        let answer = request.body(body.clone()).send().await?;
        if let Some(seconds) = answer.headers().get(RETRY_AFTER) {
            tokio::time::sleep(Duration::from_secs(seconds.to_str()?.parse()?)).await;
            continue;
        }
        let answer: Response<due::ResponseData> = serde_json::from_slice(&answer.bytes().await?)?;
        if let Some(error) = answer.errors.unwrap_or_default().first() {
            return Err(error.message.clone().into());
        }
        return answer.data.ok_or_else(|| "an answer without data".into());
    }
}

#[tokio::main]
async fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let (Some(url), Some(days)) = (arguments.next(), arguments.next()) else {
        return Err("tell the service's address and a number of days".into());
    };
    let token = std::env::var("NOMINATIONS_TOKEN").map_err(|why| format!("NOMINATIONS_TOKEN: {why}"))?;
    let before = Utc::now() + TimeDelta::days(days.parse()?);
    let client = Client::new();
    let mut after = None;
    loop {
        let page = ask(&client, &url, &token, due::Variables { before, after }).await?.applications;
        let page = page.ok_or("this token sees no applications")?;
        for case in page.nodes {
            let due = case.due_at.map(|due| due.to_rfc3339()).unwrap_or_default();
            println!(
                "{due}\t{}\t{:?}\t{}\t{}",
                case.reference, case.status, case.job_title, case.employer.legal_name
            );
        }
        if !page.page_info.has_next_page {
            return Ok(());
        }
        after = page.page_info.end_cursor;
    }
}
