//! What anybody sends to tell a body that an employer means to apply.

use async_graphql::InputObject;

use super::reader::Reader;
use crate::app::App;
use crate::applications::actions::RegisterInterest;
use crate::applications::details::ShortText;
use crate::applications::rules::EXPECTED_WORKERS;
use crate::error::Acted;
use crate::keys::Source;
use crate::schema::scalars::Nzbn;
use crate::values::email::Email;

/// Most roles that an expression of interest names.
const ROLES_MAX: usize = 20;

/// An employer's expression of interest. It needs no account, and binds nobody.
#[derive(InputObject)]
pub struct RegisterInterestInput {
    /// Makes it safe to send again: the same key and input register it once.
    idempotency_key: Option<String>,
    /// Slug of the class exception, e.g. specialist-tech.
    class_exception: String,
    /// Slug of the body that the employer means to apply to, e.g. nztech. It reads all of this.
    body: String,
    /// The employer's name, as it is registered.
    legal_name: String,
    /// The employer's number. Whoever acts for the employer with this number reads all of this as well, and can begin
    /// applications from it.
    nzbn: Option<Nzbn>,
    /// Where the body can write to.
    contact_email: String,
    /// How many workers the employer expects to apply for, 1 to 1,000.
    expected_workers: i32,
    /// Codes of the approved roles that they would have, at most 20; may be empty.
    roles: Vec<String>,
}

impl RegisterInterestInput {
    /// The command that it asks for.
    ///
    /// # Errors
    /// Everything that cannot be taken, each with its field.
    pub fn command(self, app: &App, source: Source) -> Acted<RegisterInterest<'_>> {
        let mut reader = Reader::default();
        let exception = reader.exception(self.class_exception);
        let body = reader.slug("body", self.body, "body");
        let legal_name = reader.need("legalName", &self.legal_name, ShortText::parse);
        let contact_email = reader.need("contactEmail", &self.contact_email, Email::parse);
        let expected_workers = reader.take("expectedWorkers", workers(self.expected_workers));
        let roles = read_roles(&mut reader, &self.roles);
        let read = exception.zip(body).zip(legal_name).zip(contact_email).zip(expected_workers);
        let ((((exception, body), legal_name), contact_email), expected_workers) = reader.finish(read)?;
        let nzbn = self.nzbn.map(|nzbn| nzbn.0);
        Ok(RegisterInterest {
            app,
            source,
            exception,
            body,
            legal_name,
            nzbn,
            contact_email,
            expected_workers,
            roles,
        })
    }
}

fn workers(expected: i32) -> Result<i32, &'static str> {
    let is_taken = EXPECTED_WORKERS.contains(&expected);
    is_taken.then_some(expected).ok_or("Say how many workers you expect to apply for: 1 to 1,000.")
}

/// The codes in their order, each once.
fn read_roles(reader: &mut Reader, sent: &[String]) -> Vec<String> {
    reader.bound("roles", sent.len(), ROLES_MAX);
    let sent = sent.iter().take(ROLES_MAX).enumerate();
    let read = sent.filter_map(|(at, code)| reader.need(&format!("roles.{at}"), code, ShortText::parse));
    let mut codes: Vec<String> = Vec::new();
    for code in read.map(String::from) {
        if !codes.contains(&code) {
            codes.push(code);
        }
    }
    codes
}
