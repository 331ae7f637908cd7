//! The few plain pages of signing in, for browsers without a frontend of ours. They run no script and load nothing.

use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::whose;
use crate::people::rules::issuers::Issuer;
use wire::Refusal;

/// Nothing is loaded, nothing runs, nobody frames it, and the address, which may hold an invitation, is told to nobody.
const HEADERS: [(header::HeaderName, &str); 4] = [
    (header::CONTENT_TYPE, "text/html; charset=utf-8"),
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::X_FRAME_OPTIONS, "DENY"),
];

/// Whether a page is asked for, as browsers do, and not data.
pub(super) fn wants_page(headers: &HeaderMap) -> bool {
    let mut accepted = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    accepted.any(|accepted| accepted.contains("text/html"))
}

/// A refusal as a page, where a page is asked for.
pub(super) fn or_page(headers: &HeaderMap, outcome: Result<Response, Refusal>) -> Response {
    match outcome {
        Ok(response) => response,
        Err(refusal) if wants_page(headers) => refused(&refusal),
        Err(refusal) => refusal.into_response(),
    }
}

/// The list of providers.
pub(super) fn providers(listed: &[(&Issuer, String)], demo: bool) -> Response {
    let mut body = String::new();
    if demo && listed.is_empty() {
        body.push_str("<p>This is a demo: <a href=\"/demo/people\">whom one can sign in as</a>.</p>");
    } else if listed.is_empty() {
        body.push_str("<p>Nobody can sign in here yet: no identity provider has been added.</p>");
    } else {
        let items = listed.iter().map(|(issuer, address)| {
            let (address, name, whose) = (escaped(address), escaped(&issuer.name), whose(issuer.tenant));
            format!("<li><a href=\"{address}\">{name}</a>, for {whose}</li>")
        });
        let items = items.collect::<Vec<_>>().concat();
        body = format!("<ul>{items}</ul>");
    }
    page(StatusCode::OK, "Sign in", &body)
}

fn refused(refusal: &Refusal) -> Response {
    let message = escaped(&refusal.message);
    let body = format!("<p>{message}</p><p><a href=\"/sign-in\">Begin again</a></p>");
    let mut response = page(refusal.status, "You are not signed in", &body);
    response.headers_mut().extend(refusal.headers.iter().cloned());
    response
}

fn page(status: StatusCode, title: &str, body: &str) -> Response {
    let text = format!(
        "<!doctype html>\n<html lang=\"en-NZ\"><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>{title}</title>\
         <style>body {{ font: 1.1rem/1.5 system-ui; max-width: 40rem; margin: 3rem auto; padding: 0 1rem }}</style>\
         <main><h1>{title}</h1>{body}</main></html>\n"
    );
    (status, HEADERS, text).into_response()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_is_text_and_never_markup() {
        assert_eq!(escaped("<b a=\"1\" c='2'>&"), "&lt;b a=&quot;1&quot; c=&#39;2&#39;&gt;&amp;");
    }
}
