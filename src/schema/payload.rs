//! What mutations answer: each its own payload, made of an act's answer or of its refusal.

/// Makes the payload of a mutation: its fields, and `userErrors`.
///
/// ```text
/// payload! {
///     /// What came of confirming.
///     ConfirmPayload {
///         /// The application as it stands now; null where nothing was done.
///         application: Option<Application>,
///     }
/// }
/// ```
/// `ConfirmPayload::of(acted)` takes `Acted<Option<Application>>`, or a tuple where there are several fields.
/// A refusal fills `userErrors` and leaves the fields at their default; everything else is passed on as an
/// error, which `errors::finish` tells.
macro_rules! payload {
    ($(#[$doc:meta])+ $payload:ident { $(#[$field_doc:meta])+ $field:ident: $type:ty $(,)? }) => {
        $crate::schema::payload::payload! {
            @make $(#[$doc])+ $payload, $type, $field, { $(#[$field_doc])+ $field: $type, }
        }
    };
    ($(#[$doc:meta])+ $payload:ident { $($(#[$field_doc:meta])+ $field:ident: $type:ty),+ $(,)? }) => {
        $crate::schema::payload::payload! {
            @make $(#[$doc])+ $payload, ($($type),+), ($($field),+),
            { $($(#[$field_doc])+ $field: $type,)+ }
        }
    };
    (
        @make $(#[$doc:meta])+ $payload:ident, $answer:ty, $fields:pat,
        { $($(#[$field_doc:meta])+ $field:ident: $type:ty,)+ }
    ) => {
        $(#[$doc])+
        #[derive(async_graphql::SimpleObject)]
        pub struct $payload {
            $($(#[$field_doc])+ $field: $type,)+
            /// Why nothing was done; empty where it was done.
            user_errors: Vec<$crate::schema::UserError>,
        }

        impl $payload {
            /// What came of the act.
            ///
            /// # Errors
            /// Where nobody is signed in, and where something went wrong on our side.
            pub fn of(acted: $crate::error::Acted<$answer>) -> async_graphql::Result<Self> {
                match acted {
                    Ok($fields) => Ok(Self { $($field,)+ user_errors: Vec::new() }),
                    Err($crate::error::Failure::Refused(errors)) => Ok(Self {
                        $($field: Default::default(),)+
                        user_errors: errors.into_iter().map(Into::into).collect(),
                    }),
                    Err(
                        failure @ ($crate::error::Failure::Unauthenticated
                        | $crate::error::Failure::Fault(_)),
                    ) => Err(failure.into()),
                }
            }
        }
    };
}

pub(crate) use payload;

#[cfg(test)]
mod tests {
    use crate::error::{Failure, Fault, UserError, UserErrorCode};

    payload! {
        /// For a test.
        OnePayload {
            /// Something.
            thing: Option<i32>,
        }
    }

    payload! {
        /// For a test.
        TwoPayload {
            /// Something.
            thing: Option<i32>,
            /// Some others.
            others: Vec<String>,
        }
    }

    #[test]
    fn a_refusal_is_listed_and_a_fault_is_passed_on() {
        let done = OnePayload::of(Ok(Some(1))).expect("a payload");
        assert!(done.thing == Some(1) && done.user_errors.is_empty());
        let refusal = Failure::from(UserError::new(UserErrorCode::Stale, "Read it again."));
        let refused = TwoPayload::of(Err(refusal)).expect("a payload");
        assert!(refused.thing.is_none() && refused.others.is_empty());
        assert_eq!(refused.user_errors.len(), 1);
        assert!(OnePayload::of(Err(Failure::Unauthenticated)).is_err());
        assert!(TwoPayload::of(Err(Fault::Race("test").into())).is_err());
    }
}
