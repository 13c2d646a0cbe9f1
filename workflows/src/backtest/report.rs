//! Reading a backtest back: its row, and its report put together from the parts.

use super::record::{Entity, Model};
use engine::backtest::Report;
use engine::db;
use engine::refusal::Failure;
use sea_orm::{ConnectionTrait, EntityTrait};
use uuid::Uuid;

/// # Errors
/// When the database cannot be read.
pub async fn find(conn: &impl ConnectionTrait, id: Uuid) -> Result<Option<Model>, Failure> {
    Ok(Entity::find_by_id(id).one(conn).await?)
}

/// The report as far as it is.
///
/// # Errors
/// When the database, or a part, cannot be read.
pub async fn whole(conn: &impl ConnectionTrait, id: Uuid) -> Result<Report, Failure> {
    let rows = db::rows(conn, "SELECT report FROM backtest_part WHERE backtest_id = ? ORDER BY number", vec![id.into()]).await?;
    let mut whole = Report::default();
    for row in &rows {
        let part: Report =
            serde_json::from_value(row.try_get("", "report")?).map_err(|source| Failure::Stored { what: "part of a backtest".into(), source })?;
        whole.merge(part);
    }
    Ok(whole)
}
