//! Which keys are in use: the database says so, for all processes at once.
//!
//! Whoever seals or fingerprints asks here first, in the transaction that writes, and holds the answer to its end. So
//! nobody writes with a key that others have not been told of, or for less keys than others look under: a process that
//! lacks one of them is refused until it has it.

use std::sync::Arc;

use entity::{DeploymentKeyState, deployment_key};
use sea_orm::{ConnectionTrait, EntityTrait, QueryOrder};

use super::{Fingerprint, Key, Keys, PassportPlace, TextPlace};
use crate::db::Tx;
use crate::error::{Fault, Found};
use crate::values::{country::CountryCode, passport::PassportNumber};

/// The keys that a transaction writes with; a proof that the database and this process agree on them to its end.
#[derive(Clone, Debug)]
pub struct Sealing {
    /// In use, in order of their numbers.
    keys: Vec<Arc<Key>>,
    current: Arc<Key>,
}

impl Keys {
    /// The keys that this transaction writes with. Whoever needs the gate as well takes the gate first.
    ///
    /// # Errors
    /// A fault where the database uses a key that this process does not have.
    pub async fn sealing(&self, tx: &Tx) -> Found<Sealing> {
        tx.share_keys().await?;
        self.in_use(tx.conn()).await
    }

    /// The keys in use as the database says now, for who only reads.
    ///
    /// # Errors
    /// As [`Keys::sealing`].
    pub async fn in_use(&self, conn: &impl ConnectionTrait) -> Found<Sealing> {
        let rows = load_keys(conn).await?;
        let rows: Vec<_> = rows.iter().filter(|row| row.state != DeploymentKeyState::Retired).collect();
        let Some(current) = rows.iter().find(|row| row.state == DeploymentKeyState::Current) else {
            return self.before_any_rotation();
        };
        self.make_current(current.number);
        let keys = rows.iter().map(|row| self.of_row(row)).collect::<Found<Vec<_>>>()?;
        let sealing = keys.iter().find(|key| key.number() == current.number).cloned();
        Ok(Sealing { current: sealing.ok_or_else(|| lacking(current.number))?, keys })
    }

    /// Where no key was ever changed there is one, whatever else this process has already.
    fn before_any_rotation(&self) -> Found<Sealing> {
        let first = self.all().into_iter().next().ok_or_else(|| lacking(1))?;
        Ok(Sealing { keys: vec![Arc::clone(&first)], current: first })
    }

    fn of_row(&self, row: &deployment_key::Model) -> Found<Arc<Key>> {
        let find = || self.all().into_iter().find(|key| key.number() == row.number);
        let key = if let Some(key) = find() {
            Some(key)
        } else {
            self.reload().map_err(|why| Fault::stored("key", why))?;
            find()
        };
        key.filter(|key| key.id().hex() == row.key_id).ok_or_else(|| lacking(row.number))
    }
}

fn lacking(number: i32) -> Fault {
    let why = format!("the database uses key {number}, which this process does not have: give it that key");
    Fault::stored("key", why)
}

/// The keys that the database knows of, in order of their numbers; none before the first change of keys.
///
/// # Errors
/// Where the database does not answer.
pub async fn load_keys(conn: &impl ConnectionTrait) -> Found<Vec<deployment_key::Model>> {
    Ok(deployment_key::Entity::find().order_by_asc(deployment_key::Column::Number).all(conn).await?)
}

impl Sealing {
    /// The key that things are sealed with.
    #[must_use]
    pub fn current(&self) -> &Key {
        &self.current
    }

    /// The number of the key whose fingerprints every worker has: the oldest in use. The others are being filled in.
    #[must_use]
    pub fn complete(&self) -> i32 {
        self.oldest().number()
    }

    /// The numbers of the keys in use, in their order.
    pub fn numbers(&self) -> impl Iterator<Item = i32> {
        self.keys.iter().map(|key| key.number())
    }

    fn oldest(&self) -> &Key {
        self.keys.first().unwrap_or(&self.current)
    }

    /// Seals a passport's number for its place.
    #[must_use]
    pub fn passport_seal(&self, number: &PassportNumber, place: &PassportPlace) -> Vec<u8> {
        self.current.passport_seal(number, place)
    }

    /// Seals a text for its place.
    #[must_use]
    pub fn text_seal(&self, text: &str, place: &TextPlace<'_>) -> Vec<u8> {
        self.current.text_seal(text, place)
    }

    /// The fingerprints of a passport under every key in use: what is written for a worker.
    #[must_use]
    pub fn fingerprints(&self, state: CountryCode, number: &PassportNumber) -> Vec<Fingerprint> {
        self.keys.iter().map(|key| key.fingerprint(state, number)).collect()
    }

    /// The fingerprint that a passport is looked for by: under the oldest key in use.
    #[must_use]
    pub fn fingerprint(&self, state: CountryCode, number: &PassportNumber) -> Fingerprint {
        self.oldest().fingerprint(state, number)
    }

    /// The keyed hash of values that may be personal, as it is kept from now on.
    #[must_use]
    pub fn values_hash(&self, values: &[u8]) -> [u8; 32] {
        self.current.values_hash(values)
    }
}
