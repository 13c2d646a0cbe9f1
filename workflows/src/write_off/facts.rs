//! What a decision about a write-off looks at: the Tagihan, held against others, and the days that can be booked on.

use super::command::Command;
use super::record::Model;
use crate::credit_note::facts::siswa_code;
use crate::records::code;
use crate::records::config::AppConfig;
use crate::records::day::Days;
use crate::records::tagihan::Tagihan;
use engine::db::{self, Tx};
use engine::refusal::{Blocking, Failure, FieldError, Halt, Refusal};
use engine::workflow::Ctx;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Facts of a request and of an approval; a rejection needs none.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Facts {
    pub code: Option<String>,
    pub tagihan: Option<Tagihan>,
    pub siswa_code: String,
    /// Another one of the same Tagihan that waits.
    pub open: Option<Blocking>,
    pub days: Days,
    pub sla_hours: i64,
}

pub(super) async fn gather(tx: &Tx, record: Option<&Model>, command: &Command, ctx: Ctx<'_>) -> Result<Facts, Halt> {
    let id = match (command, record) {
        (Command::Request { tagihan_id, .. }, _) => *tagihan_id,
        (Command::Approve, Some(record)) => record.tagihan_id,
        _ => return Ok(Facts::default()),
    };
    let Some(tagihan) = Tagihan::held(tx, id).await? else {
        return Err(Refusal::Invalid(vec![FieldError::new("tagihan_id", "unknown")]).into());
    };
    let code = match command {
        Command::Request { .. } => Some(code::yearly(tx, "write_off", "WOF", ctx.now).await?),
        _ => None,
    };
    Ok(Facts {
        code,
        siswa_code: siswa_code(tx, tagihan.siswa_id).await?,
        open: open(tx, id, ctx.id).await?,
        days: Days::read(tx, ctx.now).await?,
        sla_hours: AppConfig::load(tx).await.map_err(Failure::from)?.sla_request_hours,
        tagihan: Some(tagihan),
    })
}

async fn open(tx: &Tx, tagihan: Uuid, itself: Uuid) -> Result<Option<Blocking>, Failure> {
    let sql =
        "SELECT i.id, i.code, i.label FROM write_off w JOIN workflow_instance i ON i.id = w.id WHERE w.tagihan_id = ? AND w.state = 'REQUESTED' AND w.id <> ?";
    let row = db::row(tx, sql, vec![tagihan.into(), itself.into()]).await?;
    row.map(|row| Ok(Blocking { kind: "write_off".into(), id: row.try_get("", "id")?, code: row.try_get("", "code")?, label: row.try_get("", "label")? }))
        .transpose()
}
