//! What the last step of a run looks at: what its Honorarium carry over, and whether that can be booked today.

use crate::records::day::Days;
use chrono::{DateTime, Utc};
use engine::db::{self, Tx};
use engine::refusal::Failure;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closing {
    pub days: Days,
    pub carried: Vec<Carried>,
}

/// A Honorarium that leaves something to the next one, or takes up what an earlier one left.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Carried {
    pub honorarium_id: Uuid,
    pub tutor_id: Uuid,
    /// What the tutor owes more than before; below zero when it was taken from this one.
    pub owed_rp: i64,
}

impl Closing {
    pub(super) async fn read(tx: &Tx, run: Uuid, now: DateTime<Utc>) -> Result<Self, Failure> {
        let sql = "SELECT id, tutor_id, carried_out_rp - carried_in_rp AS owed_rp FROM honorarium WHERE run_id = ? AND status = 'DRAFT' \
                   AND carried_out_rp <> carried_in_rp ORDER BY number";
        let rows = db::rows(tx, sql, vec![run.into()]).await?;
        let carried = rows
            .iter()
            .map(|row| Ok(Carried { honorarium_id: row.try_get("", "id")?, tutor_id: row.try_get("", "tutor_id")?, owed_rp: row.try_get("", "owed_rp")? }));
        Ok(Self { days: Days::read(tx, now).await?, carried: carried.collect::<Result<_, Failure>>()? })
    }
}
