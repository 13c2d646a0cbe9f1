//! What a decision about a denda looks at: its sesi, the books, and the final settlement that may contain it.

use super::command::Command;
use crate::books::kind;
use crate::records::code;
use crate::records::config::AppConfig;
use crate::records::denda::{Entity, Model};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;
use engine::db::{self, Tx};
use engine::refusal::{Failure, Halt, Refusal};
use engine::workflow::Ctx;
use sea_orm::EntityTrait;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What the command does not need stays empty.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Facts {
    pub code: Option<String>,
    pub lesson: Option<Lesson>,
    /// The entry that stands in the books for it.
    pub entry_id: Option<Uuid>,
    /// The termination whose final settlement contains it.
    pub settled_by: Option<Uuid>,
    /// The row that had no instance yet.
    pub adopted: Option<Model>,
}

/// The sesi, and which months can be booked in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lesson {
    pub code: String,
    /// The local date of the sesi, and today's, in its office's zone.
    pub held_on: NaiveDate,
    pub today: NaiveDate,
    pub locked_months: Vec<String>,
}

pub(super) async fn gather(tx: &Tx, record: Option<&Model>, command: &Command, ctx: Ctx<'_>) -> Result<Facts, Halt> {
    match (command, record) {
        (Command::Impose(asked) | Command::ImposeByOverride(asked), _) => Ok(Facts {
            code: Some(code::yearly(tx, "denda", "DND", ctx.now).await?),
            lesson: Some(lesson(tx, asked.sesi_id, ctx.now).await?),
            ..Facts::default()
        }),
        (Command::Adopt, _) => Ok(adopted(tx, ctx).await?),
        (Command::Reverse { .. }, Some(record)) => Ok(Facts {
            lesson: Some(lesson(tx, record.sesi_id, ctx.now).await?),
            entry_id: standing_entry(tx, record).await?,
            settled_by: settled_by(tx, record.id).await?,
            ..Facts::default()
        }),
        _ => Ok(Facts::default()),
    }
}

async fn lesson(tx: &Tx, sesi: Uuid, now: DateTime<Utc>) -> Result<Lesson, Halt> {
    let sql = "SELECT s.code, s.starts_at, o.zone FROM sesi s JOIN office o ON o.id = s.office_id WHERE s.id = ?";
    let row = db::row(tx, sql, vec![sesi.into()]).await?.ok_or(Refusal::NotFound { what: "sesi" })?;
    let text: String = row.try_get("", "zone").map_err(Failure::from)?;
    let zone: Tz = text.parse().map_err(|_| Failure::Unknown { what: "zone", text })?;
    let locked = db::rows(tx, "SELECT month FROM period WHERE state = 'LOCKED' ORDER BY month", vec![]).await?;
    let starts_at: DateTime<Utc> = row.try_get("", "starts_at").map_err(Failure::from)?;
    Ok(Lesson {
        code: row.try_get("", "code").map_err(Failure::from)?,
        held_on: starts_at.with_timezone(&zone).date_naive(),
        today: now.with_timezone(&zone).date_naive(),
        locked_months: locked.iter().map(|row| row.try_get("", "month")).collect::<Result<_, _>>().map_err(Failure::from)?,
    })
}

/// The entry of it that nothing has reversed yet: its own, that of the sesi from before denda had instances, or an override's.
async fn standing_entry(tx: &Tx, denda: &Model) -> Result<Option<Uuid>, Failure> {
    let sql = "SELECT e.id FROM journal_entry e LEFT JOIN result_override o ON o.id = e.instance_id \
               WHERE e.kind = ? AND NOT EXISTS (SELECT 1 FROM journal_entry r WHERE r.reverses_id = e.id) \
               AND (e.instance_id = ? OR (e.instance_id = ? AND ? = 1) OR (o.sesi_id = ? AND o.tutor_id = ? AND e.at >= ?)) \
               ORDER BY CASE WHEN e.instance_id = ? THEN 0 ELSE 1 END, e.at DESC, e.id DESC LIMIT 1";
    let (id, sesi) = (denda.id, denda.sesi_id);
    let values = vec![kind::DENDA.name.into(), id.into(), sesi.into(), denda.number.into(), sesi.into(), denda.tutor_id.into(), denda.at.into(), id.into()];
    let row = db::row(tx, sql, values).await?;
    Ok(row.map(|row| row.try_get("", "id")).transpose()?)
}

/// The live termination whose present final settlement has it among its lines, or comes after a Honorarium that deducted it.
async fn settled_by(tx: &Tx, denda: Uuid) -> Result<Option<Uuid>, Failure> {
    let sql = "SELECT x.id FROM (SELECT t.id FROM final_settlement_line l JOIN final_settlement s ON s.id = l.settlement_id \
               JOIN termination t ON t.id = s.termination_id AND t.settlement_revision = s.revision \
               WHERE l.kind = 'DENDA' AND l.source_id = ? AND t.state = 'DECIDED' \
               UNION SELECT t.id FROM honorarium_line l JOIN honorarium h ON h.id = l.honorarium_id JOIN termination t ON t.tutor_id = h.tutor_id \
               WHERE l.kind = 'DENDA' AND l.source_id = ? AND l.voided_at IS NULL AND t.state = 'DECIDED' AND t.settlement_revision > 0) x ORDER BY x.id LIMIT 1";
    let row = db::row(tx, sql, vec![denda.into(), denda.into()]).await?;
    Ok(row.map(|row| row.try_get("", "id")).transpose()?)
}

/// The row, as it is to go on: what was held by nobody counts, and may be contested as long as a new one.
async fn adopted(tx: &Tx, ctx: Ctx<'_>) -> Result<Facts, Halt> {
    let row = Entity::find_by_id(ctx.id).one(tx).await.map_err(Failure::from)?.ok_or(Refusal::NotFound { what: "denda" })?;
    let window = AppConfig::load(tx).await.map_err(Failure::from)?.force_majeure_claim_window_days;
    let lesson = lesson(tx, row.sesi_id, ctx.now).await?;
    let contest_until = Some(row.at + TimeDelta::days(window));
    Ok(Facts { lesson: Some(lesson), adopted: Some(Model { contest_until, ..row }), ..Facts::default() })
}
