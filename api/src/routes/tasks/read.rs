//! Reading tasks: with their instance or job, and the commands their reader may run.

use super::{Comment, Task, TaskCounts, TaskFilter, TaskPage};
use crate::app::App;
use crate::listing::{Listing, Order, Sort, SortKey, Where};
use crate::problem::Problem;
use crate::request::List;
use crate::view::Named;
use crate::view::availability::{self, Standing};
use chrono::{DateTime, Utc};
use engine::actor::Actor;
use engine::db::{self, Db};
use engine::refusal::Failure;
use sea_orm::{QueryResult, Value};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

const KIND: &str = "(t.workflow || '.' || t.name)";
const SELECT: &str = "t.id, t.name, t.workflow, t.instance_id, t.job_id, t.permission, t.opened_at, t.due_at, t.sla_flagged_at, t.claimed_by, t.claimed_by_name, \
    COALESCE(i.code, j.kind) AS code, COALESCE(i.label, j.key) AS label, i.amount_rp, COALESCE(i.state, j.state) AS state, COALESCE(i.revision, 0) AS revision";
const FROM: &str = "task t LEFT JOIN workflow_instance i ON i.id = t.instance_id LEFT JOIN job j ON j.id = t.job_id";

static KEYS: [SortKey; 3] = [
    // A task without a due time comes last.
    SortKey { name: "due_at", sql: "COALESCE(t.due_at, '9999-12-31T00:00:00+00:00')", sort: Sort::Instant },
    SortKey { name: "opened_at", sql: "t.opened_at", sort: Sort::Instant },
    SortKey { name: "code", sql: "COALESCE(i.code, j.kind)", sort: Sort::Text },
];

/// The page a caller asks for.
pub async fn page(app: &App, actor: &Actor, list: &List<TaskFilter>) -> Result<TaskPage, Problem> {
    let now = app.engine.clock.now();
    let mut filter = Where::default();
    filter.and("t.state = 'OPEN'", []);
    if list.filter.mine == Some(true) {
        mine(&mut filter, actor);
    }
    filter.one_of("t.workflow", list.filter.workflow.as_deref());
    filter.search(&["COALESCE(i.code, j.kind)", "COALESCE(i.label, j.key)"], list.q.as_deref());
    let counts = counts(&app.engine.db, &filter, now).await?;
    filter.one_of(KIND, list.filter.kind.as_deref());
    if list.filter.late == Some(true) {
        late(&mut filter, now);
    }
    let listing = Listing { select: SELECT, from: FROM, id: "t.id", filter, order: Order::of(list.sort.as_deref(), "due_at", &KEYS)? };
    let mut page = listing.page(&app.engine.db, list, read).await?;
    add_commands(app, actor, &mut page.items).await?;
    Ok(TaskPage { items: page.items, next_cursor: page.next_cursor, total: page.total, counts })
}

/// One open task.
pub async fn one(app: &App, actor: &Actor, id: Uuid) -> Result<Task, Problem> {
    let tasks = some(app, actor, "t.id = ?", id).await?;
    tasks.into_iter().next().ok_or_else(|| Problem::not_found("task"))
}

/// The open tasks of an instance.
pub async fn instance_tasks(app: &App, actor: &Actor, instance_id: Uuid) -> Result<Vec<Task>, Problem> {
    some(app, actor, "t.instance_id = ?", instance_id).await
}

async fn some(app: &App, actor: &Actor, condition: &str, id: Uuid) -> Result<Vec<Task>, Problem> {
    let sql = format!("SELECT {SELECT} FROM {FROM} WHERE t.state = 'OPEN' AND {condition} ORDER BY t.opened_at");
    let rows = db::rows(app.engine.db.reader(), &sql, vec![id.into()]).await?;
    let mut tasks = rows.iter().map(read).collect::<Result<Vec<_>, Failure>>()?;
    add_commands(app, actor, &mut tasks).await?;
    Ok(tasks)
}

/// What the caller may do, is not barred from, and nobody else holds.
pub fn mine(filter: &mut Where, actor: &Actor) {
    let permissions: Vec<Value> = actor.permissions.iter().cloned().map(Value::from).collect();
    if permissions.is_empty() {
        filter.and("1 = 0", []);
        return;
    }
    filter.and(format!("t.permission IN ({})", vec!["?"; permissions.len()].join(",")), permissions);
    filter.and("(t.claimed_by IS NULL OR t.claimed_by = ?)", [actor.id.into()]);
    filter.and("(t.excluded_actor_id IS NULL OR t.excluded_actor_id <> ?)", [actor.id.into()]);
}

fn late(filter: &mut Where, now: DateTime<Utc>) {
    filter.and("(t.due_at < ? OR t.sla_flagged_at IS NOT NULL)", [now.into()]);
}

async fn counts(db: &Db, filter: &Where, now: DateTime<Utc>) -> Result<TaskCounts, Failure> {
    let (sql, values) = filter.select(&format!("{KIND} AS kind, count(*) AS n"), FROM, " GROUP BY t.workflow, t.name");
    let rows = db::rows(db.reader(), &sql, values).await?;
    let by_kind = rows.iter().map(|row| Ok((row.try_get("", "kind")?, row.try_get("", "n")?))).collect::<Result<BTreeMap<String, i64>, Failure>>()?;
    let mut late_ones = filter.clone();
    late(&mut late_ones, now);
    let (sql, values) = late_ones.select("count(*) AS n", FROM, "");
    let late = db::row(db.reader(), &sql, values).await?.map(|row| row.try_get("", "n")).transpose()?.unwrap_or(0);
    Ok(TaskCounts { by_kind, late })
}

fn read(row: &QueryResult) -> Result<Task, Failure> {
    let claimed_by: Option<Uuid> = row.try_get("", "claimed_by")?;
    let claimed_by_name: Option<String> = row.try_get("", "claimed_by_name")?;
    Ok(Task {
        id: row.try_get("", "id")?,
        name: row.try_get("", "name")?,
        workflow: row.try_get("", "workflow")?,
        instance_id: row.try_get("", "instance_id")?,
        code: row.try_get("", "code")?,
        label: row.try_get("", "label")?,
        amount_rp: row.try_get("", "amount_rp")?,
        state: row.try_get("", "state")?,
        revision: row.try_get("", "revision")?,
        opened_at: row.try_get("", "opened_at")?,
        due_at: row.try_get("", "due_at")?,
        sla_flagged: row.try_get::<Option<DateTime<Utc>>>("", "sla_flagged_at")?.is_some(),
        claimed_by: claimed_by.map(|id| Named { id, name: claimed_by_name.unwrap_or_default() }),
        permission: row.try_get("", "permission")?,
        commands: vec![],
        job_id: row.try_get("", "job_id")?,
    })
}

/// The commands that do each task, as its definition lists them.
async fn add_commands(app: &App, actor: &Actor, tasks: &mut [Task]) -> Result<(), Failure> {
    let workflows: BTreeSet<String> = tasks.iter().map(|task| task.workflow.clone()).collect();
    for workflow in workflows {
        let Some(definition) = app.engine.registry.definition(&workflow) else { continue };
        let ids: Vec<Uuid> = tasks.iter().filter(|task| task.workflow == workflow).filter_map(|task| task.instance_id).collect();
        let last = availability::last_actors(&app.engine.db, definition, &ids).await?;
        for task in tasks.iter_mut().filter(|task| task.workflow == workflow) {
            let (Some(id), Some(spec)) = (task.instance_id, definition.task(&task.name)) else { continue };
            let all = availability::of(definition, Standing { id, state: &task.state }, actor, &last);
            task.commands = all.into_iter().filter(|command| spec.commands.contains(&command.name.as_str())).collect();
        }
    }
    Ok(())
}

pub async fn comments(db: &Db, id: Uuid) -> Result<Vec<Comment>, Failure> {
    let sql = "SELECT id, actor_id, actor_name, body, at FROM task_comment WHERE task_id = ? ORDER BY at, id";
    let rows = db::rows(db.reader(), sql, vec![id.into()]).await?;
    rows.iter()
        .map(|row| {
            Ok(Comment {
                id: row.try_get("", "id")?,
                actor: Named { id: row.try_get("", "actor_id")?, name: row.try_get("", "actor_name")? },
                body: row.try_get("", "body")?,
                at: row.try_get("", "at")?,
            })
        })
        .collect()
}
