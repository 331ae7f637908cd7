//! All keys that a process has. Short-lived things (cursors, attempts to sign in, tokens) are made with the current key, and
//! read with any of them; seals open with the key that made them.

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use super::{BadCursor, KEY_BYTES, Key, KeyFileError, KeyId, KeySource};

/// The keys of a deployment, shared by the whole process.
#[derive(Clone)]
pub struct Keys(Arc<Shared>);

struct Shared {
    ring: RwLock<Arc<Ring>>,
    /// Where they are read anew from; nowhere in tests.
    source: Option<KeySource>,
}

/// The keys at one moment.
struct Ring {
    /// In order of their numbers.
    keys: Vec<Arc<Key>>,
    /// The one that things are made with, as the database said last.
    current: Arc<Key>,
}

impl Keys {
    /// A single key, from its 32 bytes: for tests, which want the same every time.
    #[must_use]
    pub fn from_bytes(secret: [u8; KEY_BYTES]) -> Self {
        Self::of(Key::new(1, secret), [], None)
    }

    /// The keys from a text, as a key file has it.
    ///
    /// # Errors
    /// Says what is wrong with it.
    pub fn from_text(text: &str) -> Result<Self, KeyFileError> {
        KeySource::Environment(text.to_owned().into()).open()
    }

    /// Of one key and others; they are read anew from `source`. The one with the first number is current until the database
    /// has said which is.
    pub(super) fn of(one: Key, others: impl IntoIterator<Item = Key>, source: Option<KeySource>) -> Self {
        let one = Arc::new(one);
        let mut keys: Vec<_> = others.into_iter().map(Arc::new).chain([Arc::clone(&one)]).collect();
        keys.sort_by_key(|key| key.number());
        let current = Arc::clone(keys.first().unwrap_or(&one));
        let ring = Ring { keys, current };
        Self(Arc::new(Shared { ring: RwLock::new(Arc::new(ring)), source }))
    }

    /// Reads the keys anew, where there is something to read: another process may have added one.
    ///
    /// # Errors
    /// Says what is wrong with the file.
    pub fn reload(&self) -> Result<(), KeyFileError> {
        let Some(source) = &self.0.source else { return Ok(()) };
        let read = source.open()?.ring();
        self.change(|ring| {
            let current = read.keys.iter().find(|key| key.number() == ring.current.number());
            *ring = Ring { keys: read.keys.clone(), current: Arc::clone(current.unwrap_or(&read.current)) };
        });
        Ok(())
    }

    /// All keys, in order of their numbers.
    #[must_use]
    pub fn all(&self) -> Vec<Arc<Key>> {
        self.ring().keys.clone()
    }

    /// The key with this id; where there is none, they are read anew.
    pub(super) fn find(&self, id: KeyId) -> Option<Arc<Key>> {
        let find = || self.ring().keys.iter().find(|key| key.id == id).cloned();
        find().or_else(|| {
            if let Err(error) = self.reload() {
                tracing::warn!(%error, "the keys cannot be read anew");
            }
            find()
        })
    }

    /// Makes things with the key of this number from now on, where it is there.
    pub fn make_current(&self, number: i32) {
        let ring = self.ring();
        if ring.current.number() != number
            && let Some(key) = ring.keys.iter().find(|key| key.number() == number)
        {
            self.change(|ring| ring.current = Arc::clone(key));
        }
    }

    /// The key that short-lived things are made with.
    pub(super) fn current(&self) -> Arc<Key> {
        Arc::clone(&self.ring().current)
    }

    fn ring(&self) -> Arc<Ring> {
        Arc::clone(&self.0.ring.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn change(&self, change: impl FnOnce(&mut Ring)) {
        let mut held = self.0.ring.write().unwrap_or_else(PoisonError::into_inner);
        let mut ring = Ring { keys: held.keys.clone(), current: Arc::clone(&held.current) };
        change(&mut ring);
        *held = Arc::new(ring);
    }

    /// What each key makes of something, the current one's first.
    pub(super) fn by_each<T>(&self, make: impl Fn(&Key) -> T) -> Vec<T> {
        let current = self.current();
        let others = self.ring().keys.clone().into_iter().filter(|key| key.id != current.id);
        std::iter::once(Arc::clone(&current)).chain(others).map(|key| make(&key)).collect()
    }

    /// Seals a cursor. The context (who asks, and what for) is not in it, but it opens with no
    /// other. URL-safe base64 without padding; the same every time, so that a page is the same
    /// page.
    #[must_use]
    pub fn cursor_seal(&self, context: &[u8], plain: &[u8]) -> String {
        URL_SAFE_NO_PAD.encode(self.current().cursors.seal(context, plain))
    }

    /// Opens a cursor that was sealed with the same context.
    ///
    /// # Errors
    /// [`BadCursor`] for anything else.
    pub fn cursor_open(&self, context: &[u8], cursor: &str) -> Result<Vec<u8>, BadCursor> {
        let sealed = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| BadCursor)?;
        let opened = self.by_each(|key| key.cursors.open(context, &sealed));
        opened.into_iter().flatten().next().ok_or(BadCursor)
    }

    /// The keyed hashes of a request, to tell whether a message that comes twice is the same: the one to keep first, then
    /// those that an earlier key made. Keyed, because requests have personal data that a plain hash would let one guess.
    #[must_use]
    pub fn idempotency_hashes(&self, request: &[u8]) -> Vec<[u8; 32]> {
        self.by_each(|key| key.idempotency_hash(request))
    }

    /// The keyed hash of a token, which is what the database keeps of it.
    #[must_use]
    pub fn token_hash(&self, token: &str) -> [u8; 32] {
        self.current().token_hash(token)
    }

    /// The keyed hashes of a token: the database has one of them.
    #[must_use]
    pub fn token_hashes(&self, token: &str) -> Vec<[u8; 32]> {
        self.by_each(|key| key.token_hash(token))
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keys(redacted)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn two() -> Keys {
        Keys::of(Key::new(2, [8; 32]), [Key::new(1, [7; 32])], None)
    }

    #[test]
    fn things_are_made_with_the_current_key_and_read_with_any() {
        let (first, both) = (Keys::from_bytes([7; 32]), two());
        let before = first.cursor_seal(b"list", b"12");
        assert_eq!(both.cursor_seal(b"list", b"12"), before);
        both.make_current(2);
        let after = both.cursor_seal(b"list", b"12");
        assert_ne!(after, before);
        for cursor in [&before, &after] {
            assert_eq!(both.cursor_open(b"list", cursor), Ok(b"12".to_vec()));
        }
        assert_eq!(first.cursor_open(b"list", &after), Err(BadCursor));
        assert_eq!(both.token_hashes("token"), vec![both.token_hash("token"), first.token_hash("token")]);
        let sealed = first.attempt_seal(b"attempt");
        assert_eq!(both.attempt_open(&sealed).as_deref(), Some(&b"attempt"[..]));
    }

    #[test]
    fn a_key_that_is_not_there_is_never_made_the_current_one() {
        let keys = two();
        keys.make_current(3);
        assert_eq!(keys.current().number(), 1);
    }
}
