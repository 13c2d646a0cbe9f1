//! The record of an override: which result of which sesi, what was computed, what counted before, what counts now.

use super::state::State;
use crate::records::settlement::Kind;
use chrono::{DateTime, Utc};
use engine::batch::Batch;
use engine::id::new_id;
use engine::refusal::Failure;
use engine::tag::Tag;
use engine::workflow::Ctx;
use sea_orm::entity::prelude::*;
use sea_orm::{ActiveModelTrait, IntoActiveModel};
use serde::{Deserialize, Serialize};

/// An amount that closing a sesi computes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ResultKind {
    /// What the siswa pays.
    Tagihan,
    /// What the tutor gets, without transport.
    Honorarium,
    Transport,
    /// What the tutor owes.
    Denda,
}

impl ResultKind {
    /// How it is called in a label.
    pub fn word(self) -> &'static str {
        match self {
            Self::Tagihan => "Tagihan",
            Self::Honorarium => "Honorarium",
            Self::Transport => "Transport",
            Self::Denda => "Denda",
        }
    }

    /// The names under which closing a sesi tells the amount.
    pub fn keys(self) -> &'static [&'static str] {
        match self {
            Self::Tagihan => &["tagihan", "siswa_charge"],
            Self::Honorarium => &["honorarium", "tutor_honor"],
            Self::Transport => &["transport"],
            Self::Denda => &["denda"],
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "result_override")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub code: String,
    pub sesi_id: Uuid,
    pub siswa_id: Uuid,
    pub tutor_id: Uuid,
    pub result: ResultKind,
    /// What closed the sesi.
    pub kind: Kind,
    pub period_month: String,
    pub computed_rp: i64,
    /// What counted when it was asked for: the computed amount, or that of an earlier override.
    pub before_rp: i64,
    pub final_rp: i64,
    pub reason: Option<String>,
    pub state: String,
    pub requested_by: Uuid,
    pub requested_at: DateTimeUtc,
    /// Whoever approved or rejected; nobody for what needed no approval.
    pub decided_by: Option<Uuid>,
    pub decided_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// What was asked for, with what stood there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    pub id: Uuid,
    pub code: String,
    pub sesi_id: Uuid,
    pub siswa_id: Uuid,
    pub tutor_id: Uuid,
    pub result: ResultKind,
    pub kind: Kind,
    pub period_month: String,
    pub computed_rp: i64,
    pub before_rp: i64,
    pub final_rp: i64,
    pub reason: Option<String>,
    pub by: Uuid,
    pub at: DateTime<Utc>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum Change {
    /// Waits for a senior.
    Requested {
        asked: Asked,
    },
    /// Small enough to count at once.
    Made {
        asked: Asked,
    },
    Approved {
        by: Uuid,
        at: DateTime<Utc>,
    },
    Rejected {
        by: Uuid,
        at: DateTime<Utc>,
    },
    Withdrawn,
}

/// Folds a change into the row. Pure.
pub(super) fn apply(record: Option<Model>, change: &Change) -> Result<Model, Failure> {
    let first = match change {
        Change::Requested { asked } => Some((asked, State::Requested)),
        Change::Made { asked } => Some((asked, State::Applied)),
        Change::Approved { .. } | Change::Rejected { .. } | Change::Withdrawn => None,
    };
    if let Some((asked, state)) = first {
        return Ok(begun(asked.clone(), state));
    }
    let mut model = record.ok_or_else(|| Failure::Broken { workflow: "override".into(), rule: "a change came before the request".into() })?;
    match change {
        Change::Requested { .. } | Change::Made { .. } => {}
        Change::Approved { by, at } => decided(&mut model, State::Applied, (*by, *at)),
        Change::Rejected { by, at } => decided(&mut model, State::Rejected, (*by, *at)),
        Change::Withdrawn => model.state = State::Withdrawn.as_str().into(),
    }
    Ok(model)
}

fn begun(asked: Asked, state: State) -> Model {
    Model {
        id: asked.id,
        code: asked.code,
        sesi_id: asked.sesi_id,
        siswa_id: asked.siswa_id,
        tutor_id: asked.tutor_id,
        result: asked.result,
        kind: asked.kind,
        period_month: asked.period_month,
        computed_rp: asked.computed_rp,
        before_rp: asked.before_rp,
        final_rp: asked.final_rp,
        reason: asked.reason,
        state: state.as_str().into(),
        requested_by: asked.by,
        requested_at: asked.at,
        decided_by: None,
        decided_at: None,
    }
}

fn decided(model: &mut Model, state: State, (by, at): (Uuid, DateTime<Utc>)) {
    model.state = state.as_str().into();
    model.decided_by = Some(by);
    model.decided_at = Some(at);
}

pub(super) fn store(ctx: Ctx<'_>, before: Option<&Model>, after: &Model, batch: &mut Batch) {
    let row = after.clone().into_active_model().reset_all();
    match before {
        None => batch.push_query(&Entity::insert(row)),
        Some(_) => batch.push_query(&Entity::update_many().set(row).filter(Column::Id.eq(after.id))),
    }
    if after.state == State::Applied.as_str() {
        settle(ctx, after, batch);
    }
}

/// What counts from now on stands where billing reads it. A result of nothing had no row until now.
fn settle(ctx: Ctx<'_>, model: &Model, batch: &mut Batch) {
    let (id, sesi): (sea_orm::Value, sea_orm::Value) = (new_id(ctx.now).into(), model.sesi_id.into());
    let (kind, month, amount) = (model.kind.to_value(), model.period_month.clone(), model.final_rp);
    let tutor = |honorarium: i64, transport: i64, column: &str, id: sea_orm::Value, sesi: sea_orm::Value| {
        let sql = format!(
            "INSERT INTO tutor_settlement (id, sesi_id, tutor_id, kind, honorarium_rp, transport_rp, status, period_month, created_at) \
             VALUES (?,?,?,?,?,?,'UNPAID',?,?) ON CONFLICT (sesi_id) DO UPDATE SET {column} = excluded.{column}"
        );
        let values = vec![id, sesi, model.tutor_id.into(), kind.clone().into(), honorarium.into(), transport.into(), month.clone().into(), ctx.now.into()];
        (sql, values)
    };
    let (sql, values) = match model.result {
        ResultKind::Tagihan => (
            "INSERT INTO siswa_settlement (id, sesi_id, siswa_id, kind, amount_rp, status, period_month, created_at) \
             VALUES (?,?,?,?,?,'UNPAID',?,?) ON CONFLICT (sesi_id) DO UPDATE SET amount_rp = excluded.amount_rp"
                .to_owned(),
            vec![id, sesi, model.siswa_id.into(), kind.clone().into(), amount.into(), month.clone().into(), ctx.now.into()],
        ),
        ResultKind::Honorarium => tutor(amount, 0, "honorarium_rp", id, sesi),
        ResultKind::Transport => tutor(0, amount, "transport_rp", id, sesi),
        // A case of its own, which the decision has told.
        ResultKind::Denda => return,
    };
    batch.push(&sql, values);
}
