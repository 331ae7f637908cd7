//! The turns of a change of keys: a new key comes into use, former ones go out of it. Both wait for everybody who writes with
//! the keys in use.

use entity::{DeploymentKeyState, deployment_key};

use super::store;
use crate::app::App;
use crate::db::{Command, Tx};
use crate::error::{Acted, Fault};
use crate::exceptions::store as exceptions;
use crate::keys::load_keys;

/// Makes a key the current one. It has been given to every process before: those that lack it are refused their writes.
#[derive(Clone, Copy, Debug)]
pub struct UseKey<'a> {
    /// The service.
    pub app: &'a App,
    /// The number of the key.
    pub number: i32,
}

impl Command for UseKey<'_> {
    type Answer = i32;
    const NAME: &'static str = "useKey";

    async fn run(&self, tx: &Tx) -> Acted<i32> {
        tx.lock_keys().await?;
        let all = self.app.keys.all();
        let key = all.iter().find(|key| key.number() == self.number);
        let key = key.ok_or_else(|| Fault::stored("key", "this process does not have it"))?;
        let rows = load_keys(tx.conn()).await?;
        let row = |number, key_id, state| deployment_key::Model { number, key_id, state, since: tx.now() };
        match rows.iter().find(|row| row.state == DeploymentKeyState::Current) {
            Some(current) if current.number >= self.number => return Ok(current.number),
            Some(current) => store::save_key(tx, current.number, DeploymentKeyState::Former).await?,
            None => {
                let first = all.first().ok_or_else(|| Fault::stored("key", "there is none"))?;
                store::add_key(tx, row(first.number(), first.id().hex(), DeploymentKeyState::Former)).await?;
            }
        }
        store::add_key(tx, row(self.number, key.id().hex(), DeploymentKeyState::Current)).await?;
        Ok(self.number)
    }
}

/// Takes former keys out of use, all at once, where nothing is left to be sealed anew or filled in; none, and nothing is
/// done, where something is. Fingerprints of workers who hold places are among what goes, so it takes every gate first.
#[derive(Clone, Copy, Debug)]
pub struct RetireKeys<'a> {
    /// The service.
    pub app: &'a App,
}

impl Command for RetireKeys<'_> {
    type Answer = Option<Vec<i32>>;
    const NAME: &'static str = "retireKeys";

    async fn run(&self, tx: &Tx) -> Acted<Option<Vec<i32>>> {
        let mut all: Vec<_> =
            exceptions::load_all(tx.conn()).await?.into_iter().map(|exception| exception.id).collect();
        all.sort_unstable();
        for exception in all {
            tx.gate(exception).await?;
        }
        tx.lock_keys().await?;
        let sealing = self.app.keys.in_use(tx.conn()).await?;
        let (id, number) = (sealing.current().id().bytes(), sealing.current().number());
        if store::is_anything_left(tx, &id, number).await? {
            return Ok(None);
        }
        let former: Vec<i32> = sealing.numbers().filter(|one| *one != number).collect();
        store::delete_fingerprints_but(tx, number).await?;
        for number in &former {
            store::save_key(tx, *number, DeploymentKeyState::Retired).await?;
        }
        Ok(Some(former))
    }
}
