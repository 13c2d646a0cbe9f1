//! One row of master data, held for a change: read, compared with what the editor saw, written with its audit record.
//!
//! What the editor saw is named by the digest of the row ([`etag`]), so no table needs a revision. Whoever holds a row
//! makes others wait, and they find it changed: of two who edit the same row, the second is told ([`NotHeld::Stale`]).
//!
//! ```text
//! let held = Held::<tutor::Entity>::take(db, id, seen).await?;   // locked, and still what was seen
//! let after = …                                                  // checked by the caller, who may read in held.tx
//! held.write(&TUTOR, after, "tutor.edit", &by).await?;           // row and audit record, committed
//! ```

use crate::changes::{Change, Changes, Table, Written};
use engine::db::{Db, Tx};
use engine::refusal::{Failure, Halt, Refusal};
use sea_orm::sea_query::LockType;
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel, PrimaryKeyTrait, QuerySelect};
use serde::Serialize;
use sha2::{Digest, Sha256};

/// Letters of a digest: 128 bits tell two versions of a row apart.
const ETAG_LETTERS: usize = 32;

/// The key of a table's rows.
pub type KeyOf<E> = <<E as EntityTrait>::PrimaryKey as PrimaryKeyTrait>::ValueType;

/// What a row looks like now, in short; it changes with any column.
pub fn etag<M: Serialize>(row: &M) -> String {
    let json = serde_json::to_vec(row).unwrap_or_default();
    let mut digest = hex::encode(Sha256::digest(json));
    digest.truncate(ETAG_LETTERS);
    digest
}

/// A row that others cannot change until this is dropped or written, and its transaction.
pub struct Held<E: EntityTrait> {
    pub tx: Tx,
    pub before: E::Model,
}

/// Why a row is not held, or not changed.
#[derive(Debug)]
pub enum NotHeld<M> {
    Missing,
    /// It is no longer what the editor saw; this is it now.
    Stale(Box<M>),
    /// The change itself is not allowed, or wrong.
    Refused(Refusal),
    Failed(Failure),
}

impl<M> From<Refusal> for NotHeld<M> {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl<M> From<Halt> for NotHeld<M> {
    fn from(halt: Halt) -> Self {
        match halt {
            Halt::Refused(refusal) => Self::Refused(refusal),
            Halt::Failed(failure) => Self::Failed(failure),
        }
    }
}

impl<M> From<Failure> for NotHeld<M> {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl<M> From<sea_orm::DbErr> for NotHeld<M> {
    fn from(error: sea_orm::DbErr) -> Self {
        Self::Failed(error.into())
    }
}

impl<E> Held<E>
where
    E: EntityTrait,
    E::Model: IntoActiveModel<E::ActiveModel> + Serialize + PartialEq + Send + Sync,
    E::ActiveModel: ActiveModelTrait<Entity = E> + Send,
{
    /// Holds the row with this key. `seen` is the [`etag`] the editor began with, if they say.
    ///
    /// # Errors
    /// When there is no such row, or it has changed since it was seen.
    pub async fn take(db: &Db, key: KeyOf<E>, seen: Option<&str>) -> Result<Self, NotHeld<E::Model>> {
        Self::take_in(db.begin().await?, key, seen).await
    }

    /// As [`Held::take`], in a transaction that holds something else already.
    ///
    /// # Errors
    /// As [`Held::take`].
    pub async fn take_in(tx: Tx, key: KeyOf<E>, seen: Option<&str>) -> Result<Self, NotHeld<E::Model>> {
        // SQLite knows no such lock and needs none: the transaction is the only one that writes.
        let row = E::find_by_id(key).lock(LockType::Update).one(&tx).await?.ok_or(NotHeld::Missing)?;
        if seen.is_some_and(|seen| seen != etag(&row)) {
            return Err(NotHeld::Stale(Box::new(row)));
        }
        Ok(Self { tx, before: row })
    }

    /// Writes the row as it is to be, with its audit record, and commits; nothing is written when nothing differs.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn write(self, table: &Table<E::Model>, after: E::Model, action: &str, by: &Written<'_>) -> Result<(), Failure> {
        let Some(change) = Change::between(Some(self.before), after) else { return Ok(()) };
        let mut changes = Changes::default();
        changes.add::<E>(table, vec![change]);
        changes.write(&self.tx, action, by).await?;
        self.tx.commit().await.map_err(Failure::from)
    }
}

/// Writes a new row with its audit record; the caller commits.
///
/// # Errors
/// When the database refuses.
pub async fn create<E>(tx: &Tx, table: &Table<E::Model>, row: E::Model, action: &str, by: &Written<'_>) -> Result<(), Failure>
where
    E: EntityTrait,
    E::Model: IntoActiveModel<E::ActiveModel> + Serialize,
    E::ActiveModel: ActiveModelTrait<Entity = E> + Send,
{
    let mut changes = Changes::default();
    changes.add::<E>(table, vec![Change::Create(row)]);
    Ok(changes.write(tx, action, by).await?)
}

#[cfg(test)]
mod tests {
    use super::etag;
    use serde_json::json;

    #[test]
    fn the_tag_of_a_row_is_short_and_changes_with_it() {
        let (one, other) = (etag(&json!({ "name": "Dewi" })), etag(&json!({ "name": "Dwi" })));
        assert_eq!((one.len(), one == other), (32, false));
        assert_eq!(one, etag(&json!({ "name": "Dewi" })));
    }
}
