//! Reminders by WhatsApp (SPEC REP-5): who pays late or reports too few lessons, the text each of them may be sent by hand, when they were last
//! reminded, and the log of who was reminded of what. Nothing is sent from here.

mod completion;
mod late_payers;
mod log;

use super::OurApp;
use crate::answer::Created;
use crate::app::App;
use crate::auth::guard::SignedIn;
use crate::listing::Where;
use crate::problem::Problem;
use crate::request::{Fields, Key};
use crate::routes::commands;
use crate::view::outcome::{Outcome, Preview};
use crate::view::{Named, entry};
use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
pub use completion::low_completion;
use engine::db::{self, Db};
use engine::execute::{Request, Target};
use engine::id::new_id;
use engine::refusal::Failure;
use engine::tag::Tag;
use engine::workflow::Workflow;
pub use late_payers::late_payers;
pub use log::list;
use sea_orm::Value;
use serde::{Deserialize, Serialize};
use serde_json::Map;
use std::collections::HashMap;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use workflows::notification::letter;
use workflows::notification::log::Locale;
use workflows::notification::markup::Values;
use workflows::notification::template::{self, Template, Version};
use workflows::records::config::AppConfig;
use workflows::reminder::Reminder;
use workflows::reminder::command::Kind;

/// As many people are looked through for a name.
const MOST_FOUND: u64 = 1_000;

/// Who was reminded, and of what. The engine checks the fields against the command's form.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its schema is used")]
pub struct NewReminder {
    /// `LATE_PAYMENT` or `LOW_COMPLETION`.
    kind: String,
    /// Ids of siswa or tutors, at most 200.
    parties: Vec<Uuid>,
}

/// When somebody was last reminded of the same, and by whom.
#[derive(Clone, Serialize, ToSchema)]
pub struct LastReminder {
    at: DateTime<Utc>,
    by: Named,
    /// Within the quiet days: reminding them again would be nagging.
    recent: bool,
}

#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct ReminderDueFilter {
    /// Late payers: at least so many days after the day it was due.
    #[serde(rename = "filter[days]")]
    days: Option<i64>,
    /// Late payers: at least so many rupiah.
    #[serde(rename = "filter[amount_rp]")]
    amount_rp: Option<i64>,
    /// Tutors: fewer of a hundred lessons held; 80 unless named.
    #[serde(rename = "filter[below_pct]")]
    below_pct: Option<i64>,
    /// `true`: only those who were not reminded within the quiet days.
    #[serde(rename = "filter[fresh]")]
    fresh: Option<bool>,
}

/// 422 `opted_out` names whoever does not want this text under `blocking`.
pub async fn create(State(app): OurApp, who: SignedIn, Key(key): Key, Fields { map: body, .. }: Fields<NewReminder>) -> Result<Created<Outcome>, Problem> {
    let mut request = asked(&app, body, who)?;
    request.idempotency_key = Some(key);
    Ok(Created(app.engine.execute(&request).await?.into()))
}

/// Warns `reminded_recently` of those who were reminded within the quiet days; 422 as the log itself.
pub async fn preview(State(app): OurApp, who: SignedIn, Fields { map: body, .. }: Fields<NewReminder>) -> Result<Json<Preview>, Problem> {
    let preview = app.engine.preview(&asked(&app, body, who)?).await?;
    Ok(Json(Preview::new(preview, &entry::accounts(&app.engine.db).await?)))
}

fn asked(app: &App, body: Map<String, serde_json::Value>, who: SignedIn) -> Result<Request, Problem> {
    let id = new_id(app.engine.clock.now());
    commands::request(Reminder::NAME, Target::New(id), "log", body, who.actor)
}

/// The text of a kind of reminder as it is in force.
struct Text {
    template: &'static Template,
    version: Version,
}

impl Text {
    async fn of(db: &Db, kind: Kind) -> Result<Self, Problem> {
        let template = template::of(kind.template()).ok_or_else(Problem::internal)?;
        let version = template::current(db.reader(), template.code, Locale::Id).await?.ok_or_else(Problem::internal)?;
        Ok(Self { template, version })
    }

    fn written(&self, values: &Values) -> Result<String, Problem> {
        let words = (self.version.subject.as_str(), self.version.body.as_str());
        let letter = letter::write(self.template, words, values, Locale::Id).map_err(|error| {
            tracing::error!(%error, "the text of a reminder is not understood");
            Problem::internal()
        })?;
        Ok(letter.text)
    }
}

/// People of this kind whose name or code holds the words; all of them without any.
async fn found(db: &Db, kind: Kind, q: Option<&str>) -> Result<Option<Vec<Uuid>>, Failure> {
    if q.is_none() {
        return Ok(None);
    }
    let mut filter = Where::default();
    filter.search(&["p.code", "p.name"], q);
    let (sql, values) = filter.select("p.id", &format!("{} p", kind.recipient().table()), &format!(" LIMIT {MOST_FOUND}"));
    let rows = db::rows(db.reader(), &sql, values).await?;
    rows.iter().map(|row| Ok(row.try_get("", "id")?)).collect::<Result<_, Failure>>().map(Some)
}

/// When each of them was last reminded of the same.
async fn last(app: &App, kind: Kind, ids: &[Uuid]) -> Result<HashMap<Uuid, LastReminder>, Problem> {
    let column = kind.column();
    let sql = format!(
        "SELECT r.{column} AS party, r.at, r.by_id, u.name FROM reminder_log r LEFT JOIN user_account u ON u.id = r.by_id WHERE r.{column} IN ({}) AND r.kind = ? \
         AND r.at = (SELECT max(x.at) FROM reminder_log x WHERE x.{column} = r.{column} AND x.kind = r.kind)",
        marks(ids.len())
    );
    let quiet_since = app.engine.clock.now() - chrono::TimeDelta::days(quiet_days(app).await?);
    let values: Vec<Value> = values(ids).into_iter().chain([kind.as_str().into()]).collect();
    let mut last = HashMap::new();
    for row in db::rows(app.engine.db.reader(), &sql, values).await? {
        let at: DateTime<Utc> = row.try_get("", "at").map_err(Failure::from)?;
        let name: Option<String> = row.try_get("", "name").map_err(Failure::from)?;
        let by = Named { id: row.try_get("", "by_id").map_err(Failure::from)?, name: name.unwrap_or_default() };
        last.insert(row.try_get("", "party").map_err(Failure::from)?, LastReminder { at, by, recent: at > quiet_since });
    }
    Ok(last)
}

async fn quiet_days(app: &App) -> Result<i64, Problem> {
    Ok(AppConfig::load(app.engine.db.reader()).await.map_err(Failure::from)?.reminder_quiet_days)
}

fn marks(count: usize) -> String {
    vec!["?"; count.max(1)].join(",")
}

fn values(ids: &[Uuid]) -> Vec<Value> {
    if ids.is_empty() { vec![Uuid::nil().into()] } else { ids.iter().map(|id| (*id).into()).collect() }
}
