//! Reading the send log: the list, and one message with its attempts and its words.

use super::{Letter, Notification, NotificationFilter, NotificationRow, NotificationStep};
use crate::app::App;
use crate::links::HiddenLinks;
use crate::listing::{Listing, Order, Sort, SortKey, Where};
use crate::office_day;
use crate::problem::Problem;
use crate::request::{List, Page};
use crate::view::told::{Told, stored};
use chrono::{DateTime, Days, Utc};
use chrono_tz::Asia::Jakarta;
use engine::db;
use engine::personal;
use engine::refusal::Failure;
use sea_orm::{EntityTrait, QueryResult};
use serde_json::Value;
use uuid::Uuid;
use workflows::notification::facts::Person;
use workflows::notification::letter;
use workflows::notification::log::{self, Model};
use workflows::notification::template::{self, Version};

const SELECT: &str = "n.id, n.code, i.state, i.revision, n.template, n.locale, n.channel, n.recipient_kind, n.recipient_id, n.to_name, n.to_address, \
    n.sample, n.requested_by_name, n.requested_at, n.attempts, n.problem, n.next_attempt_at, n.sent_at";
const FROM: &str = "notification_log n JOIN workflow_instance i ON i.id = n.id";
static KEYS: [SortKey; 2] =
    [SortKey { name: "requested_at", sql: "n.requested_at", sort: Sort::Instant }, SortKey { name: "code", sql: "n.code", sort: Sort::Text }];

pub async fn page(app: &App, list: &List<NotificationFilter>) -> Result<Page<NotificationRow>, Problem> {
    let asked = &list.filter;
    let mut filter = Where::default();
    filter.search(&["n.code", "n.to_name", "n.to_address"], list.q.as_deref());
    filter.one_of("i.state", asked.state.as_deref());
    filter.one_of("n.template", asked.template.as_deref());
    filter.one_of("n.channel", asked.channel.as_deref());
    filter.one_of("n.recipient_kind", asked.recipient_kind.as_deref());
    filter.one_of_ids("n.recipient_id", "filter[recipient_id]", asked.recipient_id.as_deref())?;
    if let Some(from) = asked.from {
        filter.and("n.requested_at >= ?", [office_day::begins(from, Jakarta).into()]);
    }
    if let Some(end) = asked.until.and_then(|until| until.checked_add_days(Days::new(1))) {
        filter.and("n.requested_at < ?", [office_day::begins(end, Jakarta).into()]);
    }
    let order = Order::of(list.sort.as_deref(), "-requested_at", &KEYS)?;
    Listing { select: SELECT, from: FROM, id: "n.id", filter, order }.page(&app.engine.db, list, row).await
}

/// A message, or 404.
pub async fn one(app: &App, id: Uuid) -> Result<Notification, Problem> {
    let reader = app.engine.db.reader();
    let found = db::row(reader, &format!("SELECT {SELECT} FROM {FROM} WHERE n.id = ?"), vec![id.into()]).await?;
    let model = log::Entity::find_by_id(id).one(reader).await.map_err(Failure::from)?;
    let (Some(found), Some(model)) = (found, model) else { return Err(Problem::not_found("notification")) };
    let summary = row(&found)?;
    let letter = words(app, &model, &summary).await?;
    Ok(Notification {
        summary,
        expires_at: model.expires_at,
        template_version: model.template_version,
        message_id: model.message_id,
        problem_detail: model.problem_detail.filter(|detail| !detail.is_empty()),
        server_reply: model.server_reply,
        steps: steps(app, id).await?,
        letter,
    })
}

fn row(row: &QueryResult) -> Result<NotificationRow, Failure> {
    Ok(NotificationRow {
        id: row.try_get("", "id")?,
        code: row.try_get("", "code")?,
        state: row.try_get("", "state")?,
        revision: row.try_get("", "revision")?,
        template: row.try_get("", "template")?,
        locale: row.try_get("", "locale")?,
        channel: row.try_get("", "channel")?,
        recipient_kind: row.try_get("", "recipient_kind")?,
        recipient_id: row.try_get("", "recipient_id")?,
        to_name: row.try_get("", "to_name")?,
        to_address: row.try_get("", "to_address")?,
        sample: row.try_get("", "sample")?,
        requested_by_name: row.try_get("", "requested_by_name")?,
        requested_at: row.try_get("", "requested_at")?,
        attempts: row.try_get("", "attempts")?,
        problem: row.try_get("", "problem")?,
        next_attempt_at: row.try_get("", "next_attempt_at")?,
        sent_at: row.try_get("", "sent_at")?,
    })
}

/// The message as it reads: in the version that was last on its way, or else the one in force.
async fn words(app: &App, mail: &Model, summary: &NotificationRow) -> Result<Option<Letter>, Problem> {
    let (Some(name), Some(spec)) = (summary.to_name.clone(), template::of(&mail.template)) else { return Ok(None) };
    let versions = template::versions(app.engine.db.reader(), &mail.template, mail.locale).await?;
    let sent = versions.iter().find(|version| Some(version.version) == mail.template_version);
    let Some(Version { subject, body, .. }) = sent.or(versions.first()) else { return Ok(None) };
    let person = Person { name, address: summary.to_address.clone(), active: true };
    let about = letter::about(app.engine.db.reader(), spec, mail.reference_id).await?;
    let values = letter::values(spec, mail, &person, (&HiddenLinks { base_url: app.config.base_url() }, &about));
    Ok(letter::write(spec, (subject, body), &values, mail.locale).ok().map(Into::into))
}

async fn steps(app: &App, id: Uuid) -> Result<Vec<NotificationStep>, Failure> {
    let sql = "SELECT at, command, to_state, actor_name, reason, change FROM workflow_history WHERE instance_id = ? ORDER BY seq";
    let rows = db::rows(app.engine.db.reader(), sql, vec![id.into()]).await?;
    let mut told = rows.iter().map(about).collect::<Result<Vec<_>, _>>()?;
    personal::open(app.engine.db.reader(), told.iter_mut().flatten()).await?;
    rows.iter().zip(told).map(|(row, told)| step(row, &told)).collect()
}

/// What a step says of people: who did it, why, and what the server said.
fn about(row: &QueryResult) -> Result<[Value; 3], Failure> {
    Ok([stored(row, "actor_name")?, stored(row, "reason")?, row.try_get("", "change")?])
}

fn step(row: &QueryResult, [actor_name, reason, change]: &[Value; 3]) -> Result<NotificationStep, Failure> {
    let said = [&change["trouble"]["detail"], &change["reply"]].into_iter().find(|said| !said.is_null() && *said != "");
    Ok(NotificationStep {
        at: row.try_get("", "at")?,
        command: row.try_get("", "command")?,
        to_state: row.try_get("", "to_state")?,
        actor_name: Told::certain(actor_name),
        problem: change["trouble"]["problem"].as_str().map(str::to_owned),
        detail: said.and_then(Told::of),
        reason: Told::of(reason),
        next_attempt_at: change["next_attempt_at"].as_str().and_then(|at| at.parse::<DateTime<Utc>>().ok()),
    })
}
