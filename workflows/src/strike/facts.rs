//! What a decision about a strike looks at: the tutor's other strikes, the rule in force, and what the strike has led to.

use super::command::Command;
use super::definition::TASK;
use crate::records::code;
use crate::records::config::AppConfig;
use crate::records::strike::{Entity, Model};
use crate::records::tutor;
use engine::db::{self, Tx};
use engine::id::new_id;
use engine::policy_store;
use engine::refusal::{Failure, Halt, Refusal};
use engine::workflow::Ctx;
use sea_orm::{EntityTrait, QueryResult, TryGetable, Value};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The rule that says what strikes call for.
pub(super) const POLICY: &str = "strike.sanction";

/// What the command does not need stays empty.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Facts {
    pub code: Option<String>,
    pub sesi_code: Option<String>,
    pub tutor: Option<Tutor>,
    /// Whether the task of this strike is open.
    pub open: bool,
    pub policy_version: Option<i64>,
    pub sla_request_hours: i64,
    /// Texts about this strike that have been made ready before.
    pub written: Vec<String>,
    /// The suspension that this strike led to, while it lasts.
    pub suspension_id: Option<Uuid>,
    /// The termination that this strike led to, while it lasts.
    pub termination_id: Option<Uuid>,
    pub fresh: Option<Fresh>,
    /// The row that had no instance yet.
    pub adopted: Option<Model>,
}

/// The tutor, and their strikes beside this one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tutor {
    pub status: tutor::Status,
    /// The points of the other strikes that count at this instant.
    pub other_points: i64,
    /// The other strikes that wait for a decision.
    pub other_proposals: Vec<Uuid>,
}

/// The ids of what a sanction may start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fresh {
    pub message_id: Uuid,
    pub case_id: Uuid,
}

pub(super) async fn gather(tx: &Tx, record: Option<&Model>, command: &Command, ctx: Ctx<'_>) -> Result<Facts, Halt> {
    match (command, record) {
        (Command::Adopt, _) => adopted(tx, ctx).await,
        (Command::Issue(asked), _) => Ok(Facts {
            code: Some(code::yearly(tx, "strike", "STR", ctx.now).await?),
            sesi_code: sesi_code(tx, asked.sesi_id).await?,
            ..around(tx, asked.tutor_id, ctx).await?
        }),
        (Command::RaiseSla, _) | (_, None) => Ok(Facts::default()),
        (_, Some(record)) => around(tx, record.tutor_id, ctx).await,
    }
}

/// Everything about the tutor that sanctions depend on, held until the command is done.
async fn around(tx: &Tx, tutor_id: Uuid, ctx: Ctx<'_>) -> Result<Facts, Halt> {
    let policy_version = policy_store::in_force(tx, POLICY, ctx.now).await?;
    policy_store::ensure(tx, ctx.policies, POLICY, policy_version).await?;
    let settings = AppConfig::load(tx).await.map_err(Failure::from)?;
    let written = "SELECT template FROM notification_log WHERE reference_id = ? ORDER BY template";
    let open = "SELECT id FROM task WHERE instance_id = ? AND name = ? AND state = 'OPEN'";
    Ok(Facts {
        tutor: Some(tutor(tx, tutor_id, ctx).await?),
        open: db::row(tx, open, vec![ctx.id.into(), TASK.into()]).await?.is_some(),
        policy_version: Some(policy_version),
        sla_request_hours: settings.sla_request_hours,
        written: column(tx, written, vec![ctx.id.into()], "template").await?,
        suspension_id: column(tx, "SELECT id FROM suspension WHERE strike_id = ? AND state = 'ACTIVE'", vec![ctx.id.into()], "id").await?.pop(),
        termination_id: column(tx, "SELECT id FROM termination WHERE strike_id = ? AND state = 'DECIDED'", vec![ctx.id.into()], "id").await?.pop(),
        fresh: Some(Fresh { message_id: new_id(ctx.now), case_id: new_id(ctx.now) }),
        ..Facts::default()
    })
}

async fn tutor(tx: &Tx, id: Uuid, ctx: Ctx<'_>) -> Result<Tutor, Halt> {
    // Strikes of one tutor are counted one after the other.
    db::locked_row(tx, "SELECT id FROM tutor WHERE id = ?", vec![id.into()]).await?;
    let row = tutor::Entity::find_by_id(id).one(tx).await.map_err(Failure::from)?.ok_or(Refusal::NotFound { what: "tutor" })?;
    let points = "SELECT CAST(COALESCE(sum(points), 0) AS BIGINT) AS points FROM strike WHERE tutor_id = ? AND id <> ? AND status = 'LIVE' AND decays_at > ?";
    let points: Vec<i64> = column(tx, points, vec![id.into(), ctx.id.into(), ctx.now.into()], "points").await?;
    let proposals = "SELECT s.id FROM strike s JOIN task t ON t.instance_id = s.id AND t.name = ? AND t.state = 'OPEN' \
                     WHERE s.tutor_id = ? AND s.id <> ? AND s.status = 'LIVE' ORDER BY s.id";
    Ok(Tutor {
        status: row.status,
        other_points: points.into_iter().sum(),
        other_proposals: column(tx, proposals, vec![TASK.into(), id.into(), ctx.id.into()], "id").await?,
    })
}

async fn sesi_code(tx: &Tx, sesi: Uuid) -> Result<Option<String>, Failure> {
    Ok(column(tx, "SELECT code FROM sesi WHERE id = ?", vec![sesi.into()], "code").await?.pop())
}

async fn column<T: TryGetable>(tx: &Tx, sql: &str, values: Vec<Value>, name: &str) -> Result<Vec<T>, Failure> {
    let read = |row: &QueryResult| -> Result<T, Failure> { Ok(row.try_get("", name)?) };
    db::rows(tx, sql, values).await?.iter().map(read).collect()
}

async fn adopted(tx: &Tx, ctx: Ctx<'_>) -> Result<Facts, Halt> {
    let row = Entity::find_by_id(ctx.id).one(tx).await.map_err(Failure::from)?.ok_or(Refusal::NotFound { what: "strike" })?;
    Ok(Facts { sesi_code: sesi_code(tx, row.sesi_id).await?, adopted: Some(row), ..Facts::default() })
}
