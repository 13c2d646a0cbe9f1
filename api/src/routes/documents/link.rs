//! Links to a document's content: signed with HMAC-SHA256, good for five minutes.

use crate::auth::secret::Secret;
use chrono::{DateTime, TimeDelta, Utc};
use engine::db::Db;
use hmac::{Hmac, Mac};
use serde::Deserialize;
use sha2::Sha256;
use utoipa::IntoParams;
use uuid::Uuid;

const LIFETIME: TimeDelta = TimeDelta::minutes(5);
/// Where the key lies: every process on this database must know it.
const SETTING: &str = "secret.document_link_key";

/// The query of a signed link.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Signed {
    /// Unix seconds.
    expires: i64,
    signature: String,
}

/// The key that signs links.
#[derive(Clone)]
pub struct LinkKey(Secret);

impl LinkKey {
    /// The key of this database, made at the first start.
    pub async fn ensure(db: &Db, now: DateTime<Utc>) -> anyhow::Result<Self> {
        Secret::ensure(db, SETTING, now).await.map(Self)
    }

    /// The address of a document's content, good from now on.
    pub fn sign(&self, id: Uuid, now: DateTime<Utc>) -> String {
        let expires = (now + LIFETIME).timestamp();
        let signature = self.mac(id, expires).map(|mac| hex::encode(mac.finalize().into_bytes())).unwrap_or_default();
        format!("/api/v1/documents/{id}/content?expires={expires}&signature={signature}")
    }

    /// Whether the link is ours and not yet expired.
    pub fn holds(&self, id: Uuid, signed: &Signed, now: DateTime<Utc>) -> bool {
        let Ok(signature) = hex::decode(&signed.signature) else { return false };
        now.timestamp() < signed.expires && self.mac(id, signed.expires).is_some_and(|mac| mac.verify_slice(&signature).is_ok())
    }

    fn mac(&self, id: Uuid, expires: i64) -> Option<Hmac<Sha256>> {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.0.bytes()).ok()?;
        mac.update(id.as_bytes());
        mac.update(&expires.to_be_bytes());
        Some(mac)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_holds_for_its_document_for_five_minutes() {
        let (key, id, now) = (LinkKey(vec![7; 32].into()), Uuid::from_u128(1), DateTime::<Utc>::UNIX_EPOCH);
        let url = key.sign(id, now);
        let (_, query) = url.split_once('?').unwrap();
        let uri = format!("/?{query}").parse().unwrap();
        let axum::extract::Query(signed) = axum::extract::Query::<Signed>::try_from_uri(&uri).unwrap();
        assert!(key.holds(id, &signed, now) && key.holds(id, &signed, now + TimeDelta::seconds(299)));
        assert!(!key.holds(id, &signed, now + LIFETIME));
        assert!(!key.holds(Uuid::from_u128(2), &signed, now));
        assert!(!LinkKey(vec![8; 32].into()).holds(id, &signed, now));
        let later = Signed { expires: signed.expires + 60, ..signed.clone() };
        assert!(!key.holds(id, &later, now));
        assert!(!key.holds(id, &Signed { signature: "zz".into(), ..signed }, now));
    }
}
