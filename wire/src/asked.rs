//! The parameters of a request, as they were sent.

use async_graphql::parser::types::OperationType;
use async_graphql::{Request, ServerError, Variables};
use axum::http::{HeaderValue, StatusCode, header};
use serde_json::Value as Json;
use url::form_urlencoded;

use crate::document::{self, Fit, Unfit};
use crate::refusal::{
    GRAPHQL_PARSE_FAILED, GRAPHQL_VALIDATION_FAILED, INTROSPECTION_DISABLED, METHOD_NOT_ALLOWED, with_code,
};
use crate::trusted::{self, Trusted};
use crate::{Limits, Refusal, json};

/// Most characters of a message that the library made: it repeats what was sent, however long that is.
const REPEATED_MAX: usize = 300;

/// A request as it was sent.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Asked {
    /// The document; empty where only its id was sent.
    pub query: String,
    /// The id of a document that is known.
    pub document_id: Option<String>,
    /// Which operation of the document.
    pub operation: Option<String>,
    /// Values of the operation's variables.
    pub variables: Json,
}

impl Asked {
    /// Reads the body of a POST. Parameters that are not known are left alone.
    ///
    /// # Errors
    /// 400 for what is no request.
    pub fn from_json(sent: &[u8]) -> Result<Self, Refusal> {
        json::check_size(sent)?;
        let sent: Json = serde_json::from_slice(sent).map_err(|why| {
            let (line, column) = (why.line(), why.column());
            Refusal::bad_request(format!("This is not JSON: look at line {line}, column {column}."))
        })?;
        Self::from_value(sent)
    }

    /// Reads a request that is JSON already.
    ///
    /// # Errors
    /// 400 for what is no request.
    pub fn from_value(sent: Json) -> Result<Self, Refusal> {
        let mut parameters = match sent {
            Json::Object(parameters) => parameters,
            Json::Array(_) => return Err(Refusal::bad_request("Send requests one by one, not in a list.")),
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {
                return Err(Refusal::bad_request("Send an object with a query in it."));
            }
        };
        let mut text = |name: &str| match parameters.remove(name) {
            None | Some(Json::Null) => Ok(None),
            Some(Json::String(text)) => Ok(Some(text)),
            Some(_) => Err(Refusal::bad_request(format!("`{name}` is a string."))),
        };
        let (query, document_id, operation) = (text("query")?, text("documentId")?, text("operationName")?);
        let mut object = |name: &str| match parameters.remove(name) {
            object @ (None | Some(Json::Null | Json::Object(_))) => Ok(object.unwrap_or_default()),
            Some(_) => Err(Refusal::bad_request(format!("`{name}` is an object."))),
        };
        let (variables, _) = (object("variables")?, object("extensions")?);
        let query = one_of(query, document_id.as_deref())?;
        Ok(Self { query, document_id, operation, variables })
    }

    /// Reads the parameters of a GET's address.
    ///
    /// # Errors
    /// 400 for what is no request.
    pub fn from_address(parameters: &str) -> Result<Self, Refusal> {
        let (mut strings, mut read) = (serde_json::Map::new(), 0);
        for (name, value) in form_urlencoded::parse(parameters.as_bytes()) {
            let is_json = matches!(&*name, "variables" | "extensions");
            if !is_json && !matches!(&*name, "query" | "documentId" | "operationName") {
                continue;
            }
            let value = if is_json && !value.is_empty() {
                serde_json::from_str(&value)
                    .map_err(|_| Refusal::bad_request(format!("`{name}` is an object, written as JSON.")))?
            } else if value.is_empty() {
                Json::Null
            } else {
                Json::String(value.into_owned())
            };
            strings.insert(name.into_owned(), value);
            read += 1;
        }
        if read > strings.len() {
            return Err(Refusal::bad_request("Send each parameter once."));
        }
        Self::from_value(Json::Object(strings))
    }

    /// Makes it fit for execution.
    ///
    /// # Errors
    /// What is wrong with the document, with its code; nothing was executed.
    pub fn fit(self, limits: &Limits) -> Result<Ready, ServerError> {
        let variables = Variables::from_json(self.variables);
        let prepared = document::prepare(&self.query, self.operation.as_deref(), &variables, limits);
        let fit = prepared.map_err(|unfit| match unfit {
            Unfit::Unreadable(error) => told(error, GRAPHQL_PARSE_FAILED),
            Unfit::Refused(error) => told(error, GRAPHQL_VALIDATION_FAILED),
            Unfit::Introspection => {
                let message = "The schema is not told here: ask those who run this service for it.";
                told(ServerError::new(message, None), INTROSPECTION_DISABLED)
            }
        })?;
        let mut request = Request::new(self.query).variables(variables);
        request.operation_name = self.operation;
        request.set_parsed_query(fit.document.clone());
        Ok(Ready { request, fit, trusted: None })
    }
}

fn one_of(query: Option<String>, id: Option<&str>) -> Result<String, Refusal> {
    match (query, id) {
        (Some(query), None) => Ok(query),
        (None, Some(_)) => Ok(String::new()),
        (Some(_), Some(_)) => Err(Refusal::bad_request("Send `query` or `documentId`, not both.")),
        (None, None) => Err(Refusal::bad_request(
            "`query` is missing: it is the document, as a string; or its `documentId`.",
        )),
    }
}

/// A request that is fit for execution.
#[derive(Debug)]
pub struct Ready {
    /// For the library.
    pub request: Request,
    /// What it asks for.
    pub fit: Fit,
    /// The known document that it is; none for others.
    pub trusted: Option<Trusted>,
}

impl Ready {
    /// Whether it only reads, once.
    #[must_use]
    pub fn is_query(&self) -> bool {
        self.fit.operation == OperationType::Query
    }

    /// Whether it goes on.
    #[must_use]
    pub fn is_subscription(&self) -> bool {
        self.fit.operation == OperationType::Subscription
    }

    /// The SHA-256 of its document, in hex.
    #[must_use]
    pub fn document_hash(&self) -> String {
        match &self.trusted {
            Some(trusted) => trusted.id.clone(),
            None => trusted::id_of(&self.request.query),
        }
    }

    /// Whether it may come by GET.
    ///
    /// # Errors
    /// 405 for what changes something, and for subscriptions, which come as events or over a socket.
    pub fn check_is_query(&self) -> Result<(), Refusal> {
        match self.fit.operation {
            OperationType::Query => Ok(()),
            OperationType::Mutation | OperationType::Subscription => Err(Refusal::new(
                StatusCode::METHOD_NOT_ALLOWED,
                METHOD_NOT_ALLOWED,
                "Only queries come by GET: send this by POST.",
            )
            .with(header::ALLOW, HeaderValue::from_static("POST"))),
        }
    }
}

fn told(mut error: ServerError, code: &str) -> ServerError {
    error.message = shortened(&error.message);
    with_code(error, code)
}

/// A message that the library made: it repeats what was sent, however long that is.
#[must_use]
pub fn shortened(message: &str) -> String {
    match message.char_indices().nth(REPEATED_MAX) {
        Some((end, _)) => format!("{}…", &message[..end]),
        None => message.to_owned(),
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
            ("{\"query\": null}", "`query`"),
            ("{\"query\": 1}", "`query`"),
            ("{\"documentId\": 1}", "`documentId`"),
            ("{\"query\": \"{a}\", \"documentId\": \"x\"}", "not both"),
            ("{\"query\": \"{a}\", \"operationName\": 1}", "`operationName`"),
            ("{\"query\": \"{a}\", \"variables\": []}", "`variables`"),
            ("{\"query\": \"{a}\", \"variables\": \"{}\"}", "`variables`"),
            ("{\"query\": \"{a}\", \"extensions\": 1}", "`extensions`"),
        ] {
            let refusal = Asked::from_json(sent.as_bytes()).expect_err(sent);
            assert!(refusal.status == StatusCode::BAD_REQUEST && refusal.message.contains(message), "{sent}");
        }
        let sent =
            r#"{"query": "{a}", "variables": null, "operationName": null, "extensions": {}, "more": 1}"#;
        assert!(Asked::from_json(sent.as_bytes()).is_ok_and(|asked| asked.query == "{a}"));
    }

    #[test]
    fn an_address_says_the_same() {
        let asked =
            Asked::from_address("query=query+A%7Ba%7D&variables=%7B%22b%22%3A1%7D&operationName=A&x=1");
        let expected = Asked {
            query: "query A{a}".into(),
            document_id: None,
            operation: Some("A".into()),
            variables: serde_json::json!({ "b": 1 }),
        };
        assert_eq!(asked, Ok(expected));
        for (address, message) in [
            ("", "`query`"),
            ("query=", "`query`"),
            ("query={a}&query={b}", "once"),
            ("query={a}&variables=x", "`variables`"),
            ("query={a}&variables=[]", "`variables`"),
            ("query={a}&extensions=1", "`extensions`"),
        ] {
            let refusal = Asked::from_address(address).expect_err(address);
            assert!(refusal.message.contains(message), "{address}: {}", refusal.message);
        }
    }

    #[test]
    fn only_queries_come_by_get() {
        for (query, is_taken) in [("{ a }", true), ("mutation { a }", false), ("subscription { a }", false)] {
            let asked = Asked { query: query.into(), ..Asked::default() };
            let ready = asked.fit(&Limits::default()).expect("a request");
            assert_eq!(ready.check_is_query().is_ok(), is_taken, "{query}");
        }
    }

    #[test]
    fn what_the_library_repeats_is_cut() {
        assert_eq!(shortened("Unknown field."), "Unknown field.");
        let long = "é".repeat(REPEATED_MAX);
        assert_eq!(shortened(&long), long);
        assert_eq!(shortened(&format!("{long}é")), format!("{long}…"));
    }
}
