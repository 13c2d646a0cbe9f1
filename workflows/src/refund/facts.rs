//! What a decision about a refund looks at: whose Titipan it comes from and how much that is, and the days that can be booked on.

use super::command::Command;
use super::record::Model;
use crate::credit_note::facts::siswa_code;
use crate::payment::facts::{deposit, held};
use crate::records::code;
use crate::records::config::AppConfig;
use crate::records::day::Days;
use engine::db::{self, Tx};
use engine::refusal::{Failure, FieldError, Halt, Refusal};
use engine::workflow::Ctx;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Facts {
    pub code: Option<String>,
    pub siswa_code: String,
    /// The credit note it comes from.
    pub origin: Option<String>,
    pub titipan_rp: i64,
    pub days: Days,
    pub sla_hours: i64,
    pub document_known: bool,
}

pub(super) async fn gather(tx: &Tx, _: Option<&Model>, command: &Command, ctx: Ctx<'_>) -> Result<Facts, Halt> {
    let mut facts = Facts { days: Days::read(tx, ctx.now).await?, ..Facts::default() };
    match command {
        Command::Request { siswa_id, .. } => {
            if held(tx, *siswa_id).await?.is_none() {
                return Err(Refusal::Invalid(vec![FieldError::new("siswa_id", "unknown")]).into());
            }
            facts.titipan_rp = deposit(tx, *siswa_id).await?;
            opened(tx, &mut facts, *siswa_id, ctx).await?;
        }
        Command::Open { siswa_id, credit_note_id, .. } => {
            let row = db::row(tx, "SELECT COALESCE(number, code) AS code FROM credit_note WHERE id = ?", vec![(*credit_note_id).into()]).await?;
            facts.origin = row.map(|row| row.try_get("", "code")).transpose().map_err(Failure::from)?;
            opened(tx, &mut facts, *siswa_id, ctx).await?;
        }
        Command::Send(sent) => facts.document_known = document_known(tx, sent.proof_document_id).await?,
        Command::Note { .. } | Command::Keep => {}
    }
    Ok(facts)
}

async fn opened(tx: &Tx, facts: &mut Facts, siswa: Uuid, ctx: Ctx<'_>) -> Result<(), Failure> {
    facts.code = Some(code::yearly(tx, "refund", "RFD", ctx.now).await?);
    facts.siswa_code = siswa_code(tx, siswa).await?;
    facts.sla_hours = AppConfig::load(tx).await.map_err(Failure::from)?.sla_request_hours;
    Ok(())
}

/// A file somebody has uploaded, and nobody's KTP or evidence.
const KNOWN: &str = "SELECT id FROM document WHERE id = ? AND scan_state <> 'INFECTED' AND NOT EXISTS (SELECT 1 FROM person_document p WHERE p.document_id = document.id) \
    AND NOT EXISTS (SELECT 1 FROM fm_evidence e WHERE e.document_id = document.id)";

async fn document_known(tx: &Tx, id: Option<Uuid>) -> Result<bool, Failure> {
    let Some(id) = id else { return Ok(true) };
    Ok(db::row(tx, KNOWN, vec![id.into()]).await?.is_some())
}
