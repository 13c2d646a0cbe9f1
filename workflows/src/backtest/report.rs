//! Reading a backtest back: its row, and its report put together from the parts.

use super::record::{Column, Entity, Model};
use super::state::State;
use chrono::NaiveDate;
use engine::backtest::Report;
use engine::db;
use engine::plan::{Amount, Notice};
use engine::refusal::{Failure, Params};
use engine::tag::Tag;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use serde::{Deserialize, Serialize};
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

/// What a finished backtest comes to, for whoever decides about its draft.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Backtested {
    pub id: Uuid,
    pub code: String,
    pub from_on: NaiveDate,
    pub to_on: NaiveDate,
    pub decisions: i64,
    pub changed: i64,
    pub failed: i64,
    pub siswa_rp: i64,
    pub tutor_rp: i64,
    pub company_rp: i64,
    pub strikes: i64,
}

/// The newest one of exactly this content that has ended.
///
/// # Errors
/// When the database cannot be read.
pub async fn newest(conn: &impl ConnectionTrait, kind: &str, sha256: &str) -> Result<Option<Backtested>, Failure> {
    let done = Entity::find().filter(Column::Kind.eq(kind)).filter(Column::DraftSha256.eq(sha256)).filter(Column::State.eq(State::Done.as_str()));
    let found = done.order_by_desc(Column::AskedAt).order_by_desc(Column::Id).one(conn).await?;
    Ok(found.map(|model| Backtested {
        id: model.id,
        code: model.code,
        from_on: model.from_on,
        to_on: model.to_on,
        decisions: model.done,
        changed: model.changed,
        failed: model.failed,
        siswa_rp: model.siswa_rp,
        tutor_rp: model.tutor_rp,
        company_rp: model.company_rp,
        strikes: model.strikes,
    }))
}

impl Backtested {
    pub fn amounts(&self) -> [Amount; 6] {
        [
            Amount::count("decisions", self.decisions),
            Amount::count("changed", self.changed),
            Amount::rp("siswa_pays_more", self.siswa_rp),
            Amount::rp("tutor_gets_more", self.tutor_rp),
            Amount::rp("company_keeps_more", self.company_rp),
            Amount::count("strikes_more", self.strikes),
        ]
    }
}

/// What to know before a draft goes on: that nobody held it against the past, or that it failed there.
pub fn warning(backtested: Option<&Backtested>) -> Option<Notice> {
    let notice = |code: &str, params: Params| Some(Notice { code: code.into(), params });
    match backtested {
        None => notice("not_backtested", Params::new()),
        Some(one) if one.failed > 0 => {
            let params = [("code", one.code.clone().into()), ("failed", one.failed.into()), ("decisions", one.decisions.into())];
            notice("backtest_failures", params.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
        }
        Some(_) => None,
    }
}
