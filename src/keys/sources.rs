//! What tells apart those who ask without an account: keyed hashes of where a request comes from, and of the address
//! that a message would go to.
//!
//! Neither can be turned back without the key, and there are few enough network addresses that a hash without one
//! could be undone by trying them all. Another key makes other hashes, so that limits begin anew with it.

use std::fmt;

use uuid::{Builder, Uuid};

use super::{Keys, hash};
use crate::values::email::Email;
use crate::values::network::Network;

/// Where a request comes from. The network address itself goes no further than `http`.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Source([u8; 32]);

impl std::fmt::Display for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl Keys {
    /// The source of a request; requests without an address have one source together.
    #[must_use]
    pub fn source(&self, network: Option<Network>) -> Source {
        let bytes = network.as_ref().map(Network::bytes).unwrap_or_default();
        Source(hash(&self.current().sources, bytes))
    }

    /// What tells that two e-mail addresses are the same, in whatever letters they are typed; 64 hexadecimal digits.
    #[must_use]
    pub fn contact_hash(&self, address: &Email) -> String {
        hex::encode(hash(&self.current().contacts, address.as_str().to_lowercase().as_bytes()))
    }
}

impl Source {
    /// As it is stored: 64 hexadecimal digits.
    #[must_use]
    pub fn hex(&self) -> String {
        hex::encode(self.0)
    }

    /// In place of a person's id where nobody is signed in. It is of version 8, and ids of rows are of version 7.
    #[must_use]
    pub fn uuid(&self) -> Uuid {
        Builder::from_custom_bytes(std::array::from_fn(|at| self.0[at])).into_uuid()
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Source(redacted)")
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::*;

    fn source(address: &str) -> Source {
        source_by([7; 32], address)
    }

    fn source_by(key: [u8; 32], address: &str) -> Source {
        let address: IpAddr = address.parse().expect("an address");
        Keys::from_bytes(key).source(Some(address.into()))
    }

    #[test]
    fn a_network_has_one_source_under_one_key() {
        assert_eq!(source("2001:db8:0:1::1"), source("2001:db8:0:1:ffff::2"));
        assert_ne!(source("192.0.2.1"), source("192.0.2.2"));
        assert_ne!(source("192.0.2.1"), source_by([8; 32], "192.0.2.1"));
        let keys = Keys::from_bytes([7; 32]);
        assert_eq!(keys.source(None), keys.source(None));
        assert_ne!(keys.source(None), source("0.0.0.0"));
    }

    #[test]
    fn an_address_is_the_same_in_any_letters() {
        let keys = Keys::from_bytes([7; 32]);
        let hash = |typed| keys.contact_hash(&Email::parse(typed).expect("an address"));
        assert_eq!(hash("Finn@example.nz"), hash("finn@EXAMPLE.nz"));
        assert_ne!(hash("finn@example.nz"), hash("fin@example.nz"));
    }

    #[test]
    fn hashes_are_what_they_were_in_earlier_versions() {
        // Computed apart from this program, with Python's hmac and hashlib.
        let address = Email::parse("finn@example.nz").expect("an address");
        assert_eq!(
            (source("192.0.2.1").hex(), Keys::from_bytes([7; 32]).contact_hash(&address)),
            (
                "8fc9785b9f83a941daf2865ae88368ce6a5785d4d825298b4aa73ec0980db6cc".to_owned(),
                "5fa7cd5828e1ca103d4db33adbf47f46c2c09cdae1136e744bd0e188fdf8a7bc".to_owned()
            )
        );
    }

    #[test]
    fn a_source_is_no_id_of_a_row_and_shows_nothing() {
        let source = source("192.0.2.1");
        assert_eq!(source.uuid().get_version_num(), 8);
        assert_eq!(format!("{source:?}"), "Source(redacted)");
    }
}
