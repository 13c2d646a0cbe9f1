//! What a decision about an adjustment looks at: whose it is, the sesi it is about, what was adjusted before, and the days
//! that can be booked on.

use super::command::{Command, Wish};
use super::record::{Model, Side};
use crate::people;
use crate::records::code;
use crate::records::config::AppConfig;
use crate::records::day::Days;
use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use engine::db::{self, Tx};
use engine::refusal::{Failure, FieldError, Halt, Refusal};
use engine::workflow::Ctx;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Facts of a request and of an approval; a rejection needs none.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Facts {
    pub code: Option<String>,
    pub party: Option<Party>,
    pub sesi: Option<About>,
    pub days: Days,
    pub senior_above_rp: i64,
    pub sla_hours: i64,
    /// What was adjusted for them already without anybody senior, by month.
    pub before: Vec<(String, i64)>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Party {
    pub id: Uuid,
    pub code: String,
    /// A tutor with a final settlement.
    pub left: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    pub code: String,
    pub siswa_id: Uuid,
    pub tutor_id: Uuid,
    /// In its office's zone.
    pub held_on: NaiveDate,
}

pub(super) async fn gather(tx: &Tx, record: Option<&Model>, command: &Command, ctx: Ctx<'_>) -> Result<Facts, Halt> {
    let (side, party_id, sesi) = match (command, record) {
        (Command::Request(wish), _) => asked(tx, wish).await?,
        (Command::Approve, Some(record)) => (record.side, record.siswa_id.or(record.tutor_id), None),
        _ => return Ok(Facts::default()),
    };
    let party = match party_id {
        Some(id) => Some(party(tx, side, id).await?.ok_or_else(|| unknown(side.field()))?),
        None => None,
    };
    let code = match command {
        Command::Request(_) => Some(code::yearly(tx, "money_adjustment", "ADJ", ctx.now).await?),
        _ => None,
    };
    let settings = AppConfig::load(tx).await.map_err(Failure::from)?;
    let before = match &party {
        Some(party) => before(tx, side, party.id).await?,
        None => vec![],
    };
    let days = Days::read(tx, ctx.now).await?;
    Ok(Facts { code, party, sesi, days, senior_above_rp: settings.adjustment_senior_above_rp, sla_hours: settings.sla_request_hours, before })
}

fn unknown(field: &str) -> Halt {
    Refusal::Invalid(vec![FieldError::new(field, "unknown")]).into()
}

type Asked = (Side, Option<Uuid>, Option<About>);

/// Whoever is not named is the one of the sesi.
async fn asked(tx: &Tx, wish: &Wish) -> Result<Asked, Halt> {
    let about = match wish.sesi_id {
        Some(id) => Some(about(tx, id).await?.ok_or_else(|| unknown("sesi_id"))?),
        None => None,
    };
    let (named, of_sesi) = match wish.side {
        Side::Siswa => (wish.siswa_id, about.as_ref().map(|about| about.siswa_id)),
        Side::Tutor => (wish.tutor_id, about.as_ref().map(|about| about.tutor_id)),
    };
    Ok((wish.side, named.or(of_sesi), about))
}

async fn about(tx: &Tx, id: Uuid) -> Result<Option<About>, Failure> {
    let sql = "SELECT s.code, s.siswa_id, s.tutor_id, s.starts_at, o.zone FROM sesi s JOIN office o ON o.id = s.office_id WHERE s.id = ?";
    let Some(row) = db::row(tx, sql, vec![id.into()]).await? else { return Ok(None) };
    let text: String = row.try_get("", "zone")?;
    let zone: Tz = text.parse().map_err(|_| Failure::Unknown { what: "zone", text })?;
    let starts_at: DateTime<Utc> = row.try_get("", "starts_at")?;
    let held_on = starts_at.with_timezone(&zone).date_naive();
    Ok(Some(About { code: row.try_get("", "code")?, siswa_id: row.try_get("", "siswa_id")?, tutor_id: row.try_get("", "tutor_id")?, held_on }))
}

/// Held, so that nobody is erased or leaves meanwhile.
async fn party(tx: &Tx, side: Side, id: Uuid) -> Result<Option<Party>, Failure> {
    if !people::hold_key(tx, id).await? {
        return Ok(None);
    }
    let sql = match side {
        Side::Siswa => "SELECT code, status FROM siswa WHERE id = ?",
        Side::Tutor => "SELECT code, status FROM tutor WHERE id = ?",
    };
    let Some(row) = db::locked_row(tx, sql, vec![id.into()]).await? else { return Ok(None) };
    let status: String = row.try_get("", "status")?;
    let left = side == Side::Tutor && matches!(status.as_str(), "TERMINATED" | "ARCHIVED");
    Ok(Some(Party { id, code: row.try_get("", "code")?, left }))
}

async fn before(tx: &Tx, side: Side, party: Uuid) -> Result<Vec<(String, i64)>, Failure> {
    let sql = format!(
        "SELECT period_month, CAST(sum(abs(amount_rp)) AS BIGINT) AS rp FROM money_adjustment WHERE {} = ? AND state = 'POSTED' AND decided_by IS NULL \
         GROUP BY period_month ORDER BY period_month",
        side.field()
    );
    let rows = db::rows(tx, &sql, vec![party.into()]).await?;
    rows.iter().map(|row| Ok((row.try_get("", "period_month")?, row.try_get("", "rp")?))).collect()
}
