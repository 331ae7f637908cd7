//! Sealing: AES-256-GCM-SIV, with a nonce that is computed and not drawn.
//!
//! The nonce is a keyed hash of what is sealed and of what it is bound to, so it is used twice only
//! for the very same seal, and sealing cannot fail for want of randomness. What that gives away is
//! whether two seals of one binding hold the same; GCM-SIV is made to give away no more.

use aes_gcm_siv::{
    Aes256GcmSiv, KeyInit,
    aead::{Aead, Payload},
};
use hmac::{Hmac, Mac};
use sha2::Sha256;

use super::KEY_BYTES;

const NONCE_BYTES: usize = 12;
const TAG_BYTES: usize = 16;

/// Seals and opens for one purpose. A seal is nonce, ciphertext, tag.
#[derive(Clone)]
pub(super) struct Sealer {
    cipher: Aes256GcmSiv,
    nonces: Hmac<Sha256>,
}

impl Sealer {
    pub(super) fn new(key: [u8; KEY_BYTES], nonces: Hmac<Sha256>) -> Self {
        Self { cipher: Aes256GcmSiv::new(&key.into()), nonces }
    }

    /// Seals `plain` so that it opens with the same `bound` only.
    pub(super) fn seal(&self, bound: &[u8], plain: &[u8]) -> Vec<u8> {
        let nonce = self.nonce(bound, plain);
        let payload = Payload { msg: plain, aad: bound };
        let sealed = self
            .cipher
            .encrypt(&nonce.into(), payload)
            .expect("GCM-SIV seals up to 64 GiB, and no request is that long");
        [&nonce[..], &sealed].concat()
    }

    /// Opens a seal; nothing if a byte of it or of `bound` is another, or it was never one.
    pub(super) fn open(&self, bound: &[u8], seal: &[u8]) -> Option<Vec<u8>> {
        let (nonce, sealed) = seal.split_first_chunk::<NONCE_BYTES>()?;
        if sealed.len() < TAG_BYTES {
            return None;
        }
        let payload = Payload { msg: sealed, aad: bound };
        self.cipher.decrypt(&(*nonce).into(), payload).ok()
    }

    fn nonce(&self, bound: &[u8], plain: &[u8]) -> [u8; NONCE_BYTES] {
        // The length keeps (ab, c) and (a, bc) apart.
        let length = (bound.len() as u64).to_be_bytes();
        let mac = self.nonces.clone().chain_update(length).chain_update(bound).chain_update(plain);
        let hash: [u8; 32] = mac.finalize().into_bytes().into();
        let mut nonce = [0; NONCE_BYTES];
        nonce.copy_from_slice(&hash[..NONCE_BYTES]);
        nonce
    }
}
