//! GraphQL on the wire: over HTTP, over WebSocket (`graphql-transport-ws`) and as server-sent events.
//!
//! What is sent is read, held against limits and made fit before anything of it is executed; what is answered has the
//! statuses, the media types and the close codes of the standards:
//! [GraphQL over HTTP](https://graphql.github.io/graphql-over-http/draft/), the protocol of
//! [graphql-ws](https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md) and that of
//! [graphql-sse](https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md) with distinct connections.
//!
//! Nothing here knows who asks or what for.

pub mod answer;
pub mod asked;
pub mod body;
pub mod budget;
pub mod document;
mod json;
pub mod limits;
pub mod media;
pub mod refusal;
pub mod shares;
pub mod socket;
pub mod sse;
pub mod tag;
pub mod trusted;

pub use asked::Asked;
pub use document::{Fit, Unfit};
pub use limits::Limits;
pub use media::MediaType;
pub use refusal::Refusal;
