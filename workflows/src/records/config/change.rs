//! Changing a setting: from now on, with its reason in the audit, and nobody's newer value lost (SPEC MD-8).

use super::{Entity, Model, Setting};
use crate::changes::Written;
use crate::held::{NotHeld, etag};
use engine::audit::{self, Action};
use engine::batch::Batch;
use engine::db::{self, Db, Tx};
use engine::refusal::Failure;
use sea_orm::sea_query::LockType;
use sea_orm::{EntityTrait, QuerySelect};
use serde_json::json;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// The tag of a setting that nobody has changed yet.
const UNTOUCHED: &str = "default";

/// What the setting's row looks like now, in short.
pub fn tag(row: Option<&Model>) -> String {
    row.map_or_else(|| UNTOUCHED.into(), etag)
}

/// The id under which the audit knows a setting: settings have keys, the audit has ids.
pub fn audit_id(key: &str) -> Uuid {
    let digest = Sha256::digest(format!("setting:{key}"));
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

/// Sets a checked value. `seen` is the [`tag`] the editor began with, if they say.
///
/// # Errors
/// `Stale` with the row of now (`None`: the default holds) when it has changed since.
pub async fn change(db: &Db, setting: &Setting, value: i64, seen: Option<&str>, by: &Written<'_>) -> Result<(), NotHeld<Option<Model>>> {
    let tx = db.begin().await?;
    let before = hold(&tx, setting, by).await?;
    if seen.is_some_and(|seen| seen != tag(before.as_ref())) {
        return Err(NotHeld::Stale(Box::new(before)));
    }
    let old = before.map_or(json!(setting.default), |row| row.value);
    if old == json!(value) {
        return Ok(());
    }
    let mut batch = Batch::default();
    batch.push(
        "UPDATE app_config SET value = ?, updated_at = ?, updated_by = ? WHERE key = ?",
        vec![json!(value).into(), by.at.into(), by.actor.id.to_string().into(), setting.key.into()],
    );
    let action = Action {
        action: "setting.change".into(),
        entity_type: "setting",
        entity_id: audit_id(setting.key),
        entity_code: Some(setting.key),
        instance_seq: None,
        on_behalf_of: None,
        before: Some(json!({ "value": old })),
        after: Some(json!({ "value": value })),
        reason: by.reason,
    };
    audit::record(action, by.actor, by.at, &mut batch);
    batch.run(&tx).await?;
    tx.commit().await.map_err(Failure::from)?;
    Ok(())
}

/// Holds the setting's row, which is made when there is none; gives it as it was before.
async fn hold(tx: &Tx, setting: &Setting, by: &Written<'_>) -> Result<Option<Model>, Failure> {
    let insert = "INSERT INTO app_config (key, value, updated_at, updated_by) VALUES (?,?,?,?) ON CONFLICT (key) DO NOTHING";
    let values = vec![setting.key.into(), json!(setting.default).into(), by.at.into(), by.actor.id.to_string().into()];
    let made = db::run(tx, insert, values).await?;
    let row = Entity::find_by_id(setting.key).lock(LockType::Update).one(tx).await?;
    Ok(row.filter(|_| made == 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_setting_has_one_id_in_the_audit() {
        let ids: std::collections::BTreeSet<Uuid> = super::super::SETTINGS.iter().map(|setting| audit_id(setting.key)).collect();
        assert_eq!(ids.len(), super::super::SETTINGS.len());
        assert_eq!(audit_id("sla.request_hours"), audit_id("sla.request_hours"));
    }
}
