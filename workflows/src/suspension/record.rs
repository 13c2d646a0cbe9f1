//! The record of a suspension, and what each change does to it, to the list of its sesi and to the tutor.

use super::state::State;
use super::window::Window;
use chrono::{DateTime, Utc};
use engine::audit::{self, Action};
use engine::batch::Batch;
use engine::refusal::Failure;
use engine::tag::Tag;
use engine::workflow::Ctx;
use sea_orm::entity::prelude::*;
use sea_orm::{IntoActiveModel, Value};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// Why a suspension is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum EndCause {
    Expired,
    StrikeRevoked,
    Reactivated,
    Terminated,
}

impl EndCause {
    /// What happened to the tutor, in the audit.
    fn action(self) -> &'static str {
        match self {
            Self::Expired | Self::StrikeRevoked | Self::Terminated => "tutor.suspension_end",
            Self::Reactivated => "tutor.reactivate",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "suspension")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub code: String,
    pub tutor_id: Uuid,
    /// The strike it is the sanction of.
    pub strike_id: Option<Uuid>,
    pub reason: Option<String>,
    pub state: String,
    pub begun_at: DateTimeUtc,
    /// Nothing when only a senior ends it.
    pub ends_at: Option<DateTimeUtc>,
    pub imposed_by: Uuid,
    /// Who said that nothing of the tutor is left in it.
    pub cleared_by: Option<Uuid>,
    pub cleared_at: Option<DateTimeUtc>,
    pub end_cause: Option<EndCause>,
    pub ended_by: Option<Uuid>,
    pub ended_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Imposed {
    pub id: Uuid,
    pub code: String,
    pub tutor_id: Uuid,
    pub strike_id: Option<Uuid>,
    pub reason: Option<String>,
    pub begun_at: DateTime<Utc>,
    pub ends_at: Option<DateTime<Utc>>,
    pub by: Uuid,
}

/// What happens to the tutor's row: status, and suspended until when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    pub code: String,
    pub from: (String, Option<DateTime<Utc>>),
    pub to: (String, Option<DateTime<Utc>>),
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum Change {
    Imposed {
        imposed: Imposed,
        standing: Standing,
    },
    Extended {
        ends_at: Option<DateTime<Utc>>,
        /// Sesi that lie in it from here on join the list.
        looked_from: DateTime<Utc>,
        /// There are some, so it is no longer cleared.
        reopened: bool,
        standing: Standing,
    },
    Kept,
    Cleared {
        by: Uuid,
        at: DateTime<Utc>,
    },
    Ended {
        state: State,
        cause: EndCause,
        by: Uuid,
        at: DateTime<Utc>,
        standing: Option<Standing>,
    },
}

/// Folds a change into the row. Pure.
pub(super) fn apply(record: Option<Model>, change: &Change) -> Result<Model, Failure> {
    if let Change::Imposed { imposed, .. } = change {
        return Ok(begun(imposed.clone()));
    }
    let mut model = record.ok_or_else(|| Failure::Broken { workflow: "suspension".into(), rule: "a change came before the beginning".into() })?;
    match change {
        Change::Imposed { .. } | Change::Kept => {}
        Change::Extended { ends_at, reopened, .. } => {
            model.ends_at = *ends_at;
            if *reopened {
                (model.cleared_by, model.cleared_at) = (None, None);
            }
        }
        Change::Cleared { by, at } => (model.cleared_by, model.cleared_at) = (Some(*by), Some(*at)),
        Change::Ended { state, cause, by, at, .. } => {
            model.state = state.as_str().into();
            model.end_cause = Some(*cause);
            (model.ended_by, model.ended_at) = (Some(*by), Some(*at));
        }
    }
    Ok(model)
}

fn begun(imposed: Imposed) -> Model {
    Model {
        id: imposed.id,
        code: imposed.code,
        tutor_id: imposed.tutor_id,
        strike_id: imposed.strike_id,
        reason: imposed.reason,
        state: State::Active.as_str().into(),
        begun_at: imposed.begun_at,
        ends_at: imposed.ends_at,
        imposed_by: imposed.by,
        cleared_by: None,
        cleared_at: None,
        end_cause: None,
        ended_by: None,
        ended_at: None,
    }
}

pub(super) fn store(ctx: Ctx<'_>, before: Option<&Model>, after: &Model, change: &Change, batch: &mut Batch) {
    let row = after.clone().into_active_model().reset_all();
    match before {
        None => batch.push_query(&Entity::insert(row)),
        Some(_) => batch.push_query(&Entity::update_many().set(row).filter(Column::Id.eq(after.id))),
    }
    match change {
        Change::Imposed { imposed, standing } => {
            note_affected(after, imposed.begun_at, batch);
            stand(ctx, after.tutor_id, standing, "tutor.suspend", batch);
        }
        Change::Extended { looked_from, standing, .. } => {
            note_affected(after, *looked_from, batch);
            stand(ctx, after.tutor_id, standing, "tutor.suspension_extend", batch);
        }
        Change::Ended { cause, standing: Some(standing), .. } => stand(ctx, after.tutor_id, standing, cause.action(), batch),
        Change::Kept | Change::Cleared { .. } | Change::Ended { standing: None, .. } => {}
    }
}

/// What lies in it now joins its list for good, whatever becomes of it.
fn note_affected(model: &Model, from: DateTime<Utc>, batch: &mut Batch) {
    let (condition, of_window) = Window { tutor_id: model.tutor_id, from, until: model.ends_at }.condition();
    let sql = format!(
        "INSERT INTO suspension_sesi (suspension_id, sesi_id) SELECT ?, s.id FROM sesi s WHERE {condition} \
         AND NOT EXISTS (SELECT 1 FROM suspension_sesi x WHERE x.suspension_id = ? AND x.sesi_id = s.id)"
    );
    let mut values: Vec<Value> = vec![model.id.into()];
    values.extend(of_window);
    values.push(model.id.into());
    batch.push(sql, values);
}

/// The tutor's row, with a record of its own in the audit.
fn stand(ctx: Ctx<'_>, tutor_id: Uuid, standing: &Standing, action: &str, batch: &mut Batch) {
    let (status, until) = &standing.to;
    batch.push("UPDATE tutor SET status = ?, suspended_until = ? WHERE id = ?", vec![status.clone().into(), (*until).into(), tutor_id.into()]);
    let side = |(status, until): &(String, Option<DateTime<Utc>>)| Some(json!({ "status": status, "suspended_until": until }));
    let record = Action {
        action: action.into(),
        entity_type: "tutor",
        entity_id: tutor_id,
        entity_code: Some(&standing.code),
        instance_seq: None,
        on_behalf_of: None,
        before: side(&standing.from),
        after: side(&standing.to),
        reason: ctx.reason,
    };
    audit::record(record, ctx.actor, ctx.now, batch);
}
