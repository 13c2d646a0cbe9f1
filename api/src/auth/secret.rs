//! Keys of this database, known to every process on it: made at the first start, kept in `app_config`.

use chrono::{DateTime, Utc};
use engine::db::{self, Db};
use engine::refusal::Failure;
use std::fmt;
use std::sync::Arc;

/// A key. It is never shown, not even to a log that asks for it.
#[derive(Clone)]
pub struct Secret(Arc<[u8]>);

impl Secret {
    /// The key that lies under `setting`.
    ///
    /// # Errors
    /// When the database cannot be read, or the operating system has no randomness to give.
    pub async fn ensure(db: &Db, setting: &str, now: DateTime<Utc>) -> anyhow::Result<Self> {
        if Self::stored(db, setting).await?.is_none() {
            let sql = "INSERT INTO app_config (key, value, updated_at, updated_by) VALUES (?,?,?,'Alur') ON CONFLICT (key) DO NOTHING";
            let fresh = serde_json::Value::from(super::token::random()?);
            db::run(db.writer(), sql, vec![setting.into(), fresh.into(), now.into()]).await?;
        }
        Self::stored(db, setting).await?.ok_or_else(|| anyhow::anyhow!("the setting {setting} cannot be read"))
    }

    async fn stored(db: &Db, setting: &str) -> Result<Option<Self>, Failure> {
        let row = db::row(db.reader(), "SELECT value FROM app_config WHERE key = ?", vec![setting.into()]).await?;
        let value = row.map(|row| row.try_get::<serde_json::Value>("", "value")).transpose()?;
        Ok(value.and_then(|value| hex::decode(value.as_str()?).ok()).map(Self::from))
    }

    pub fn bytes(&self) -> &[u8] {
        &self.0
    }
}

impl From<Vec<u8>> for Secret {
    fn from(bytes: Vec<u8>) -> Self {
        Self(bytes.into())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Secret")
    }
}
