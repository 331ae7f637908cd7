//! `POST /graphql`: one request of GraphQL over HTTP.
//!
//! Nothing is parsed before it is known who asks and that the body is not too long. Requests come one by one:
//! a list of them is refused. A request that fails before anything was executed has no `data` in its answer.

use std::net::SocketAddr;

use async_graphql::parser::types::ExecutableDocument;
use async_graphql::{Request, ServerError, Value, Variables};
use axum::Extension;
use axum::body::Body;
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use entity::StaffRole;
use serde::Serialize;

use super::Service;
use super::answer::Refusal;
use super::{body, credentials};
use crate::schema::context::{RequestId, with_context};
use crate::schema::document::{self, AnswerOrder, Unfit};
use crate::schema::errors::{self, GRAPHQL_PARSE_FAILED, GRAPHQL_VALIDATION_FAILED};
use crate::tenancy::Viewer;

/// Bytes of a request.
const BODY_MAX: usize = 256 * 1024;
/// Bytes of a request by those whose imports and outcomes are long.
const LONG_BODY_MAX: usize = 4 * 1024 * 1024;

/// The media type of GraphQL over HTTP, whose status tells whether the request was good.
const GRAPHQL_RESPONSE: &str = "application/graphql-response+json";
/// The older media type, whose status is 200 for everything that could be read.
const JSON: &str = "application/json";

/// Answers one request.
pub async fn answer(
    State(service): State<Service>,
    Extension(id): Extension<RequestId>,
    peer: Option<Extension<ConnectInfo<SocketAddr>>>,
    headers: HeaderMap,
    sent: Body,
) -> Result<Response, Refusal> {
    body::check_is_json(&headers)?;
    let given = credentials::given(&headers, &service.app.public_url)?;
    let viewer = credentials::viewer(&service.app, &given, &headers).await?;
    let sent = body::read(&headers, sent, body_max(&viewer)).await?;
    let asked = Asked::read(&sent)?;
    let mut response = match asked.fit() {
        Ok((request, document)) => {
            let operation = request.operation_name.clone();
            let client = service.peers.client(peer.map(|peer| peer.0.0), &headers);
            let request = with_context(request, &service.app, &viewer, service.app.keys.source(client));
            let mut response = service.schema.execute(request).await;
            // Where there is data the document was valid, so no fragment spreads without end.
            if response.data != async_graphql::Value::Null {
                AnswerOrder::of(&document, operation.as_deref()).arrange(&mut response.data);
            }
            response
        }
        Err(error) => async_graphql::Response::from_errors(vec![error]),
    };
    errors::finish(&mut response, &id);
    Ok(written(&response, media_type(&headers)))
}

fn body_max(viewer: &Viewer) -> usize {
    match viewer.member().map(|member| member.role) {
        Some(StaffRole::Lead | StaffRole::Service | StaffRole::AgencyOfficer) => LONG_BODY_MAX,
        Some(StaffRole::Employer | StaffRole::Assessor | StaffRole::Observer) | None => BODY_MAX,
    }
}

/// A request as it was sent.
#[derive(Debug, PartialEq)]
struct Asked {
    query: String,
    operation: Option<String>,
    variables: serde_json::Value,
}

impl Asked {
    /// Reads a request's parameters; ones that are not known are left alone.
    fn read(sent: &[u8]) -> Result<Self, Refusal> {
        use serde_json::Value as Json;
        let sent: Json = serde_json::from_slice(sent).map_err(|why| {
            let (line, column) = (why.line(), why.column());
            Refusal::bad_request(format!("This is not JSON: look at line {line}, column {column}."))
        })?;
        let mut parameters = match sent {
            Json::Object(parameters) => parameters,
            Json::Array(_) => return Err(Refusal::bad_request("Send requests one by one, not in a list.")),
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {
                return Err(Refusal::bad_request("Send an object with a query in it."));
            }
        };
        let Some(Json::String(query)) = parameters.remove("query") else {
            return Err(Refusal::bad_request("`query` is missing: it is the document, as a string."));
        };
        let operation = match parameters.remove("operationName") {
            None | Some(Json::Null) => None,
            Some(Json::String(name)) => Some(name),
            Some(_) => return Err(Refusal::bad_request("`operationName` is a string.")),
        };
        let variables = match parameters.remove("variables") {
            variables @ (None | Some(Json::Null | Json::Object(_))) => variables.unwrap_or_default(),
            Some(_) => return Err(Refusal::bad_request("`variables` is an object.")),
        };
        if !matches!(parameters.get("extensions"), None | Some(Json::Null | Json::Object(_))) {
            return Err(Refusal::bad_request("`extensions` is an object."));
        }
        Ok(Self { query, operation, variables })
    }

    /// Makes it fit for execution.
    fn fit(self) -> Result<(Request, ExecutableDocument), ServerError> {
        let variables = Variables::from_json(self.variables);
        let document = document::prepare(&self.query, self.operation.as_deref(), &variables);
        let document = document.map_err(|unfit| match unfit {
            Unfit::Unreadable(error) => coded(error, GRAPHQL_PARSE_FAILED),
            Unfit::TooLarge(error) => coded(error, GRAPHQL_VALIDATION_FAILED),
        })?;
        let mut request = Request::new(self.query).variables(variables);
        request.operation_name = self.operation;
        request.set_parsed_query(document.clone());
        Ok((request, document))
    }
}

fn coded(mut error: ServerError, code: &str) -> ServerError {
    error.extensions.get_or_insert_default().set("code", code);
    error.message = errors::shortened(&error.message);
    error
}

/// The newer media type where the caller names it and does not prefer the older one.
fn media_type(headers: &HeaderMap) -> &'static str {
    let accept = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let ranges: Vec<_> = accept.flat_map(|accept| accept.split(',')).map(range).collect();
    let weight = |kind| ranges.iter().find(|(found, _)| *found == kind).map(|(_, weight)| *weight);
    match (weight(GRAPHQL_RESPONSE), weight(JSON)) {
        (Some(newer), older) if newer > 0.0 && newer >= older.unwrap_or(0.0) => GRAPHQL_RESPONSE,
        _ => JSON,
    }
}

/// A media range and its weight.
fn range(text: &str) -> (&str, f32) {
    let mut parts = text.split(';').map(str::trim);
    let kind = parts.next().unwrap_or_default();
    let weight = parts.find_map(|parameter| parameter.strip_prefix("q=")?.parse().ok());
    (kind, weight.unwrap_or(1.0))
}

#[derive(Serialize)]
struct Written<'r> {
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'r [ServerError],
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<&'r Value>,
}

fn written(response: &async_graphql::Response, media_type: &'static str) -> Response {
    let errors = &response.errors;
    // An error without a path was found before anything was executed.
    let is_refused = response.data == Value::Null && errors.iter().any(|error| error.path.is_empty());
    let written = Written { errors, data: (!is_refused).then_some(&response.data) };
    let status =
        if is_refused && media_type == GRAPHQL_RESPONSE { StatusCode::BAD_REQUEST } else { StatusCode::OK };
    match serde_json::to_vec(&written) {
        Ok(text) => {
            let content_type = HeaderValue::from_static(media_type);
            (status, [(header::CONTENT_TYPE, content_type)], text).into_response()
        }
        Err(why) => Refusal::from(crate::error::Fault::stored("answer", why)).into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_have_their_types() {
        for (sent, message) in [
            ("{", "line 1"),
            ("", "line 1"),
            ("[]", "one by one"),
            ("[{\"query\": \"{a}\"}]", "one by one"),
            ("null", "object"),
            ("{}", "`query`"),
            ("{\"query\": 1}", "`query`"),
            ("{\"query\": \"{a}\", \"operationName\": 1}", "`operationName`"),
            ("{\"query\": \"{a}\", \"variables\": []}", "`variables`"),
            ("{\"query\": \"{a}\", \"variables\": \"{}\"}", "`variables`"),
            ("{\"query\": \"{a}\", \"extensions\": 1}", "`extensions`"),
        ] {
            let refusal = Asked::read(sent.as_bytes()).expect_err(sent);
            assert!(refusal.status == StatusCode::BAD_REQUEST && refusal.message.contains(message), "{sent}");
        }
        let sent =
            r#"{"query": "{a}", "variables": null, "operationName": null, "extensions": {}, "more": 1}"#;
        assert!(Asked::read(sent.as_bytes()).is_ok_and(|asked| asked.query == "{a}"));
    }

    #[test]
    fn the_newer_media_type_is_used_where_it_is_asked_for() {
        for (accept, expected) in [
            ("", JSON),
            ("*/*", JSON),
            ("application/json", JSON),
            (GRAPHQL_RESPONSE, GRAPHQL_RESPONSE),
            ("application/graphql-response+json, application/json;q=0.9", GRAPHQL_RESPONSE),
            ("application/graphql-response+json;q=0.5, application/json", JSON),
            ("application/graphql-response+json; charset=utf-8, application/json", GRAPHQL_RESPONSE),
            ("application/graphql-response+json;q=0", JSON),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT, accept.parse().expect("a value"));
            assert_eq!(media_type(&headers), expected, "{accept}");
        }
    }
}
