//! PPh by month: what was withheld from tutors, what has gone to the state, what is left.

use crate::problem::Problem;
use crate::routes::OurApp;
use axum::Json;
use axum::extract::State;
use engine::db;
use engine::refusal::Failure;
use serde::Serialize;
use utoipa::ToSchema;
use workflows::payment::standing::LIVE;

/// A month, by the day tutors were paid on.
#[derive(Serialize, ToSchema)]
pub struct PphMonth {
    month: String,
    withheld_rp: i64,
    remitted_rp: i64,
    left_rp: i64,
    /// How many Honorarium it was withheld from.
    honorarium: i64,
}

pub async fn list(State(app): OurApp) -> Result<Json<Vec<PphMonth>>, Problem> {
    let sql = format!(
        "SELECT x.month, CAST(sum(x.withheld_rp) AS BIGINT) AS withheld_rp, CAST(sum(x.remitted_rp) AS BIGINT) AS remitted_rp, CAST(sum(x.n) AS BIGINT) AS n FROM ( \
         SELECT substr(CAST(p.paid_on AS TEXT), 1, 7) AS month, p.pph_withheld_rp AS withheld_rp, 0 AS remitted_rp, 1 AS n FROM payment p \
         WHERE p.kind = 'HONORARIUM' AND p.pph_withheld_rp > 0 AND {LIVE} \
         UNION ALL SELECT p.pph_month, 0, p.amount_rp, 0 FROM payment p WHERE p.kind = 'PPH' AND {LIVE}) x GROUP BY x.month ORDER BY x.month DESC"
    );
    let rows = db::rows(app.engine.db.reader(), &sql, vec![]).await?;
    let months = rows.iter().map(|row| {
        let (withheld_rp, remitted_rp): (i64, i64) = (row.try_get("", "withheld_rp")?, row.try_get("", "remitted_rp")?);
        Ok(PphMonth { month: row.try_get("", "month")?, withheld_rp, remitted_rp, left_rp: withheld_rp - remitted_rp, honorarium: row.try_get("", "n")? })
    });
    Ok(Json(months.collect::<Result<_, Failure>>()?))
}
