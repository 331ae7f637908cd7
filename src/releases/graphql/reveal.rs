//! A passport's number, whole: the one place of the schema that shows it, and each time on record.

use async_graphql::{Context, Object, Result, SimpleObject};

use super::inputs::RevealPassportInput;
use crate::releases::actions::{Passport, reveal_passport};
use crate::schema::payload::payload;
use crate::schema::scalars::Date;
use crate::schema::{self, idempotency};

/// A passport as it is printed. Do not keep it: ask again where it is needed again.
#[derive(SimpleObject)]
pub struct RevealedPassport {
    /// The whole number, as the machine-readable zone has it.
    number: String,
    /// ICAO three-letter code of the state that issued it.
    issuing_state: String,
    /// The last day on which it is good; null where it is not known.
    expires_on: Option<Date>,
}

impl From<Passport> for RevealedPassport {
    fn from(passport: Passport) -> Self {
        Self {
            number: passport.number.expose().to_owned(),
            issuing_state: passport.state.to_string(),
            expires_on: passport.expires_on.map(Date),
        }
    }
}

payload! {
    /// What came of asking for a passport's number.
    RevealPassportPayload {
        /// The passport; null where it was not read.
        passport: Option<RevealedPassport>,
    }
}

/// Reading what is sealed.
#[derive(Default)]
pub struct RevealMutation;

#[Object]
impl RevealMutation {
    /// Reads a worker's whole passport number, and puts on record that the viewer did. For assessors and leads in their own
    /// body's caseload, but for employers with whom they have a conflict of interest; for officers of the agency on the
    /// newest published line.
    async fn reveal_passport(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose passport.")] input: RevealPassportInput,
    ) -> Result<RevealPassportPayload> {
        let acted = async {
            let scope = schema::viewer(ctx).to_reveal()?;
            let command = input.command(schema::app(ctx), scope)?;
            let keyed = idempotency::keyed(ctx)?;
            Ok(Some(reveal_passport(&command, keyed.as_ref()).await?.into()))
        };
        RevealPassportPayload::of(acted.await)
    }
}
