//! Keys of people: read when something is written about them, and each time something is opened.
//!
//! A key is a row of `personal_key` that the database makes together with what owns it. It changes once, to nothing.

use crate::db::{self, Db, Tx};
use crate::refusal::Failure;
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ConnectionTrait, DbBackend, Value as SqlValue};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::{self, Debug};
use std::sync::{Mutex, PoisonError};
use uuid::Uuid;

pub(crate) const KEY_BYTES: usize = 32;
/// How many keys one query asks for.
const MOST_AT_ONCE: usize = 500;
/// How many keys a process remembers for writing, and how long.
const MOST_REMEMBERED: usize = 20_000;
const REMEMBERED_FOR: TimeDelta = TimeDelta::minutes(10);

pub(crate) type Key = [u8; KEY_BYTES];

/// The keys of some people at one moment. Who is not in it has none: the system, or nobody we know.
#[derive(Clone, Default)]
pub struct Keyring(BTreeMap<Uuid, Option<Key>>);

impl Debug for Keyring {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Keyring({})", self.0.len())
    }
}

impl Keyring {
    /// Whether this is somebody with a key, destroyed or not.
    pub fn knows(&self, id: Uuid) -> bool {
        self.0.contains_key(&id)
    }

    /// Whether the key was there and is destroyed.
    pub fn is_destroyed(&self, id: Uuid) -> bool {
        self.0.get(&id).is_some_and(Option::is_none)
    }

    pub(crate) fn key(&self, id: Uuid) -> Option<&Key> {
        self.0.get(&id)?.as_ref()
    }
}

/// The present keys of these people, whichever way the database has them now.
///
/// # Errors
/// When the database cannot be read.
pub async fn read_keys(conn: &impl ConnectionTrait, people: &BTreeSet<Uuid>) -> Result<Keyring, Failure> {
    Ok(Keyring(load(conn, people, "1 = 1").await?.into_iter().map(|(id, (key, _))| (id, key)).collect()))
}

/// Keys by owner, each with what `settled` says of its row.
async fn load(conn: &impl ConnectionTrait, people: &BTreeSet<Uuid>, settled: &str) -> Result<BTreeMap<Uuid, (Option<Key>, bool)>, Failure> {
    let mut keys = BTreeMap::new();
    let people: Vec<Uuid> = people.iter().copied().collect();
    for some in people.chunks(MOST_AT_ONCE) {
        let sql = format!("SELECT owner_id, key, {settled} AS settled FROM personal_key WHERE owner_id IN ({})", vec!["?"; some.len()].join(","));
        let values: Vec<SqlValue> = some.iter().map(|id| (*id).into()).collect();
        for row in db::rows(conn, &sql, values).await? {
            let bytes: Option<Vec<u8>> = row.try_get("", "key")?;
            let key = bytes.map(|bytes| Key::try_from(bytes).map_err(|_| Failure::Unknown { what: "key", text: "of a wrong length".into() })).transpose()?;
            keys.insert(row.try_get("", "owner_id")?, (key, row.try_get("", "settled")?));
        }
    }
    Ok(keys)
}

/// Keys remembered for writing only, so that a command costs no query more. One that was destroyed elsewhere in the
/// meantime seals what nobody can open; it never opens anything.
#[derive(Default)]
pub(crate) struct Keys(Mutex<HashMap<Uuid, (Key, DateTime<Utc>)>>);

impl Keys {
    /// The keys to write about these people with.
    pub async fn of(&self, db: &Db, tx: &Tx, people: &BTreeSet<Uuid>, now: DateTime<Utc>) -> Result<Keyring, Failure> {
        let (mut found, missing) = self.recall(people, now);
        if !missing.is_empty() {
            for (id, (key, settled)) in settled_and_not(db, tx, &missing).await? {
                if let (Some(key), true) = (key, settled) {
                    self.remember(id, key, now);
                }
                found.insert(id, key);
            }
        }
        Ok(Keyring(found))
    }

    fn recall(&self, people: &BTreeSet<Uuid>, now: DateTime<Utc>) -> (BTreeMap<Uuid, Option<Key>>, BTreeSet<Uuid>) {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (mut found, mut missing) = (BTreeMap::new(), BTreeSet::new());
        for id in people {
            match known.get(id) {
                Some((key, until)) if now < *until => _ = found.insert(*id, Some(*key)),
                _ => _ = missing.insert(*id),
            }
        }
        (found, missing)
    }

    fn remember(&self, id: Uuid, key: Key, now: DateTime<Utc>) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST_REMEMBERED {
            known.clear();
        }
        known.insert(id, (key, now + REMEMBERED_FOR));
    }
}

/// Keys with whether their row was committed before this transaction. One of its own may vanish with it and be made
/// anew for the same id when the command is tried again: it is used, not remembered.
async fn settled_and_not(db: &Db, tx: &Tx, people: &BTreeSet<Uuid>) -> Result<BTreeMap<Uuid, (Option<Key>, bool)>, Failure> {
    if ConnectionTrait::get_database_backend(tx) == DbBackend::Postgres {
        return load(tx, people, "COALESCE(xmin <> pg_current_xact_id_if_assigned()::xid, TRUE)").await;
    }
    let mut keys = load(db.reader(), people, "1 = 1").await?;
    let fresh: BTreeSet<Uuid> = people.iter().filter(|id| !keys.contains_key(id)).copied().collect();
    keys.extend(load(tx, &fresh, "1 = 0").await?);
    Ok(keys)
}
