//! The HR board: who stands at which strike, and what waits for whom.

use super::StrikeView;
use super::read;
use crate::problem::Problem;
use crate::routes::OurApp;
use crate::view::Coded;
use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use engine::db;
use engine::execute::Engine;
use engine::refusal::Failure;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// How many tasks are shown; the inbox has them all.
const MOST_TASKS: i64 = 100;

#[derive(Serialize, ToSchema)]
pub struct HrBoard {
    /// Whoever has a strike that counts; most points first.
    standing: Vec<Standing>,
    /// Open tasks about people, the most urgent first.
    due: Vec<DueTask>,
}

#[derive(Serialize, ToSchema)]
struct Standing {
    tutor: Coded,
    /// `ACTIVE`, `SUSPENDED` …
    status: String,
    points: i64,
    /// When the next of them stops counting.
    next_decay_at: DateTime<Utc>,
    /// Those that count, the newest first.
    strikes: Vec<StrikeView>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = HrTask)]
struct DueTask {
    id: Uuid,
    /// `sanction`, `affected`, `review` …
    name: String,
    workflow: String,
    instance_id: Uuid,
    code: String,
    #[schema(required)]
    tutor: Option<Coded>,
    opened_at: DateTime<Utc>,
    #[schema(required)]
    due_at: Option<DateTime<Utc>>,
    /// Past its promised time.
    late: bool,
}

pub async fn board(State(app): OurApp) -> Result<Json<HrBoard>, Problem> {
    Ok(Json(HrBoard { standing: standing(&app.engine).await?, due: due(&app.engine).await? }))
}

async fn standing(engine: &Engine) -> Result<Vec<Standing>, Failure> {
    let live = read::strikes(engine, "k.status = 'LIVE' AND k.decays_at > ?", vec![engine.clock.now().into()]).await?;
    let mut all: Vec<Standing> = vec![];
    for strike in live {
        match all.iter_mut().find(|one| one.tutor.id == strike.tutor.id) {
            Some(one) => {
                one.points += strike.points;
                one.next_decay_at = one.next_decay_at.min(strike.decays_at);
                one.strikes.push(strike);
            }
            None => all.push(Standing {
                tutor: strike.tutor.clone(),
                status: status(engine, strike.tutor.id).await?,
                points: strike.points,
                next_decay_at: strike.decays_at,
                strikes: vec![strike],
            }),
        }
    }
    all.sort_by(|one, other| other.points.cmp(&one.points).then(one.next_decay_at.cmp(&other.next_decay_at)));
    Ok(all)
}

async fn status(engine: &Engine, tutor: Uuid) -> Result<String, Failure> {
    let row = db::row(engine.db.reader(), "SELECT status FROM tutor WHERE id = ?", vec![tutor.into()]).await?;
    Ok(row.map(|row| row.try_get("", "status")).transpose()?.unwrap_or_default())
}

async fn due(engine: &Engine) -> Result<Vec<DueTask>, Failure> {
    let sql = "SELECT w.id, w.name, w.workflow, w.instance_id, w.opened_at, w.due_at, i.code, t.id AS tutor_id, t.code AS tutor_code, t.name AS tutor_name \
               FROM task w JOIN workflow_instance i ON i.id = w.instance_id \
               LEFT JOIN strike k ON k.id = w.instance_id LEFT JOIN suspension x ON x.id = w.instance_id LEFT JOIN reactivation r ON r.id = w.instance_id \
               LEFT JOIN termination e ON e.id = w.instance_id LEFT JOIN tutor t ON t.id = COALESCE(k.tutor_id, x.tutor_id, r.tutor_id, e.tutor_id) \
               WHERE w.state = 'OPEN' AND w.workflow IN ('strike','suspension','reactivation','termination') \
               ORDER BY CASE WHEN w.due_at IS NULL THEN 1 ELSE 0 END, w.due_at, w.opened_at, w.id LIMIT ?";
    let now = engine.clock.now();
    let rows = db::rows(engine.db.reader(), sql, vec![MOST_TASKS.into()]).await?;
    rows.iter()
        .map(|row| {
            let due_at: Option<DateTime<Utc>> = row.try_get("", "due_at")?;
            let tutor = match row.try_get::<Option<Uuid>>("", "tutor_id")? {
                Some(id) => Some(Coded { id, code: row.try_get("", "tutor_code")?, name: row.try_get("", "tutor_name")? }),
                None => None,
            };
            Ok(DueTask {
                id: row.try_get("", "id")?,
                name: row.try_get("", "name")?,
                workflow: row.try_get("", "workflow")?,
                instance_id: row.try_get("", "instance_id")?,
                code: row.try_get("", "code")?,
                tutor,
                opened_at: row.try_get("", "opened_at")?,
                due_at,
                late: due_at.is_some_and(|due| due < now),
            })
        })
        .collect()
}
