//! The proofs of payment that are kept with a Tagihan; the newest one counts, the others stay beside it.

use crate::changes::Written;
use engine::audit::{self, Action};
use engine::batch::Batch;
use engine::db::{self, Tx};
use engine::refusal::Failure;
use serde_json::json;
use uuid::Uuid;

/// Makes a document the proof that counts; its row is in `batch`, which this runs. `false` when there is no such Tagihan.
///
/// # Errors
/// When the database refuses.
pub async fn attach(tx: &Tx, (id, document_id): (Uuid, Uuid), mut batch: Batch, by: &Written<'_>) -> Result<bool, Failure> {
    let sql = "SELECT number, siswa_id, proof_document_id FROM tagihan WHERE id = ?";
    let Some(row) = db::locked_row(tx, sql, vec![id.into()]).await? else { return Ok(false) };
    let (number, siswa_id): (String, Uuid) = (row.try_get("", "number")?, row.try_get("", "siswa_id")?);
    let before: Option<Uuid> = row.try_get("", "proof_document_id")?;
    batch.push("UPDATE tagihan SET proof_document_id = ? WHERE id = ?", vec![document_id.into(), id.into()]);
    let kept = "INSERT INTO tagihan_proof (document_id, tagihan_id, attached_at) VALUES (?,?,?)";
    batch.push(kept, vec![document_id.into(), id.into(), by.at.into()]);
    let record = Action {
        action: "tagihan.proof".into(),
        entity_type: "tagihan",
        entity_id: id,
        entity_code: Some(&number),
        instance_seq: None,
        on_behalf_of: None,
        before: Some(json!({ "proof_document_id": before })),
        after: Some(json!({ "proof_document_id": document_id })),
        reason: by.reason,
    };
    audit::record_about(record, &[siswa_id], by.actor, by.at, &mut batch);
    batch.run(tx).await?;
    Ok(true)
}
