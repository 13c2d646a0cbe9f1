//! Siswa with Tagihan past their day, the most rupiah first, each with the text their parent may be sent.

use super::super::OurApp;
use super::{LastReminder, ReminderDueFilter, Text, found, last, marks, quiet_days, values};
use crate::app::App;
use crate::problem::Problem;
use crate::request::List;
use crate::view::Coded;
use crate::words;
use axum::Json;
use axum::extract::State;
use chrono::NaiveDate;
use chrono_tz::Asia::Jakarta;
use engine::db::{self, Db};
use engine::refusal::Failure;
use serde::Serialize;
use std::collections::HashMap;
use utoipa::ToSchema;
use uuid::Uuid;
use workflows::notification::COMPANY;
use workflows::notification::markup::Values;
use workflows::reminder::command::Kind;
use workflows::reminder::due::{self, LatePayer};

/// Numbers named in a text; the others are counted.
const MOST_NAMED: usize = 5;

#[derive(Serialize, ToSchema)]
pub struct LatePayers {
    /// At most 200, the most rupiah first.
    items: Vec<LatePayerRow>,
    /// How many there are, and what they owe together.
    total: i64,
    open_rp: i64,
    /// Whoever was reminded within so many days is marked.
    quiet_days: i64,
}

#[derive(Serialize, ToSchema)]
pub struct LatePayerRow {
    siswa: Coded,
    parent_name: String,
    /// E.164.
    parent_phone: String,
    open_rp: i64,
    oldest_due_on: NaiveDate,
    days_late: i64,
    documents: Vec<LateTagihan>,
    /// False: they do not want this text.
    wanted: bool,
    #[schema(required)]
    last_reminder: Option<LastReminder>,
    /// What may be sent to them.
    text: String,
}

#[derive(Clone, Serialize, ToSchema)]
pub struct LateTagihan {
    id: Uuid,
    number: String,
    due_on: NaiveDate,
    open_rp: i64,
}

struct Parent {
    siswa: Coded,
    name: String,
    phone: String,
}

pub async fn late_payers(State(app): OurApp, list: List<ReminderDueFilter>) -> Result<Json<LatePayers>, Problem> {
    let db = &app.engine.db;
    let today = app.engine.clock.now().with_timezone(&Jakarta).date_naive();
    let only = found(db, Kind::LatePayment, list.q.as_deref()).await?;
    let mut late = due::late_payers(db.reader(), today, only.as_deref()).await?;
    late.retain(|one| one.days_late(today) >= list.filter.days.unwrap_or(1) && one.open_rp >= list.filter.amount_rp.unwrap_or(0));
    if list.filter.fresh == Some(true) {
        late = fresh(&app, late).await?;
    }
    let (total, open_rp) = (i64::try_from(late.len()).unwrap_or(i64::MAX), late.iter().map(|one| one.open_rp).sum());
    late.truncate(due::MOST);
    Ok(Json(LatePayers { items: rows(&app, today, &late).await?, total, open_rp, quiet_days: quiet_days(&app).await? }))
}

/// Those who were not reminded just before, a page of ids at a time.
async fn fresh(app: &App, late: Vec<LatePayer>) -> Result<Vec<LatePayer>, Problem> {
    let mut kept = vec![];
    for page in late.chunks(due::MOST) {
        let ids: Vec<Uuid> = page.iter().map(|one| one.siswa_id).collect();
        let last = last(app, Kind::LatePayment, &ids).await?;
        kept.extend(page.iter().filter(|one| last.get(&one.siswa_id).is_none_or(|last| !last.recent)).cloned());
    }
    Ok(kept)
}

async fn rows(app: &App, today: NaiveDate, late: &[LatePayer]) -> Result<Vec<LatePayerRow>, Problem> {
    let (db, kind) = (&app.engine.db, Kind::LatePayment);
    let ids: Vec<Uuid> = late.iter().map(|one| one.siswa_id).collect();
    let mut parents = parents(db, &ids).await?;
    let mut documents = documents(db, today, &ids).await?;
    let (refused, mut last, text) = (due::opted_out(db.reader(), kind, &ids).await?, last(app, kind, &ids).await?, Text::of(db, kind).await?);
    let mut rows = vec![];
    for one in late {
        let Some(parent) = parents.remove(&one.siswa_id) else { continue };
        let documents = documents.remove(&one.siswa_id).unwrap_or_default();
        rows.push(LatePayerRow {
            text: text.written(&said(one, &parent, &documents))?,
            siswa: parent.siswa,
            parent_name: parent.name,
            parent_phone: parent.phone,
            open_rp: one.open_rp,
            oldest_due_on: one.oldest_due_on,
            days_late: one.days_late(today),
            documents,
            wanted: !refused.contains(&one.siswa_id),
            last_reminder: last.remove(&one.siswa_id),
        });
    }
    Ok(rows)
}

fn said(late: &LatePayer, parent: &Parent, documents: &[LateTagihan]) -> Values {
    let mut named: Vec<String> = documents.iter().take(MOST_NAMED).map(|document| document.number.clone()).collect();
    if documents.len() > MOST_NAMED {
        named.push(format!("+{}", documents.len() - MOST_NAMED));
    }
    Values::from([
        ("name", parent.siswa.name.clone()),
        ("company", COMPANY.into()),
        ("parent", parent.name.clone()),
        ("amount", words::rupiah(late.open_rp)),
        ("documents", named.join(", ")),
        ("due_on", late.oldest_due_on.format("%d-%m-%Y").to_string()),
    ])
}

async fn parents(db: &Db, ids: &[Uuid]) -> Result<HashMap<Uuid, Parent>, Failure> {
    let sql = format!("SELECT id, code, name, parent_name, parent_phone FROM siswa WHERE id IN ({})", marks(ids.len()));
    let rows = db::rows(db.reader(), &sql, values(ids)).await?;
    rows.iter()
        .map(|row| {
            let siswa = Coded { id: row.try_get("", "id")?, code: row.try_get("", "code")?, name: row.try_get("", "name")? };
            Ok((siswa.id, Parent { siswa, name: row.try_get("", "parent_name")?, phone: row.try_get("", "parent_phone")? }))
        })
        .collect()
}

async fn documents(db: &Db, today: NaiveDate, ids: &[Uuid]) -> Result<HashMap<Uuid, Vec<LateTagihan>>, Failure> {
    let sql = format!(
        "SELECT d.siswa_id, d.id, d.number, d.due_on, d.total_rp - d.credited_rp + d.refunded_rp - d.paid_rp - d.written_off_rp AS open_rp FROM tagihan d \
         WHERE d.status IN ('ISSUED','PARTIALLY_PAID') AND d.due_on < ? AND d.siswa_id IN ({}) ORDER BY d.due_on, d.number",
        marks(ids.len())
    );
    let values = [today.into()].into_iter().chain(values(ids)).collect();
    let mut documents: HashMap<Uuid, Vec<LateTagihan>> = HashMap::new();
    for row in db::rows(db.reader(), &sql, values).await? {
        let one = LateTagihan {
            id: row.try_get("", "id")?,
            number: row.try_get("", "number")?,
            due_on: row.try_get("", "due_on")?,
            open_rp: row.try_get("", "open_rp")?,
        };
        if one.open_rp > 0 {
            documents.entry(row.try_get("", "siswa_id")?).or_default().push(one);
        }
    }
    Ok(documents)
}
