//! What will be written to master data, as a few large statements, with the audit row of every record touched.
//!
//! An import fills it while the file is read, an edit of one row with that row; it is carried out once at the end, in
//! their transaction.

use engine::actor::Actor;
use engine::audit::{self, Action, Entry};
use engine::personal;
use engine::refusal::Failure;
use sea_orm::sea_query::{Expr, InsertStatement, OnConflict, Query, UpdateStatement};
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel, Iterable, QueryTrait};
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeSet;
use uuid::Uuid;

/// Rows in one statement: far below both databases' limits on parameters.
const ROWS_PER_STATEMENT: usize = 500;

/// Statements in the order they run, audit rows, and how many rows of the file they stand for.
#[derive(Default)]
pub struct Changes {
    writes: Vec<Write>,
    audited: Vec<Audited>,
    pub created: u64,
    pub updated: u64,
    pub unchanged: u64,
}

enum Write {
    Insert(InsertStatement),
    Update(UpdateStatement),
}

struct Audited {
    entity_type: &'static str,
    subject: Subject,
    before: Option<Value>,
    after: Option<Value>,
}

/// What an audit row is about.
pub struct Subject {
    pub id: Uuid,
    pub code: Option<String>,
}

/// How the rows of one table are written and audited.
pub struct Table<M> {
    pub entity_type: &'static str,
    pub subject: fn(&M) -> Subject,
}

/// A new row, or one as it was and as it will be.
pub enum Change<M> {
    Create(M),
    Update { before: M, after: M },
}

impl<M: PartialEq> Change<M> {
    /// What leads from one to the other, if anything.
    pub fn between(before: Option<M>, after: M) -> Option<Self> {
        match before {
            None => Some(Self::Create(after)),
            Some(before) if before == after => None,
            Some(before) => Some(Self::Update { before, after }),
        }
    }
}

impl Changes {
    /// Counts rows of a file that are records of one table, and adds what differs.
    pub fn compare<E>(&mut self, table: &Table<E::Model>, rows: Vec<(Option<E::Model>, E::Model)>)
    where
        E: EntityTrait,
        E::Model: IntoActiveModel<E::ActiveModel> + Serialize + PartialEq,
        E::ActiveModel: ActiveModelTrait<Entity = E> + Send,
    {
        let count = rows.len() as u64;
        let differing: Vec<_> = rows.into_iter().filter_map(|(before, after)| Change::between(before, after)).collect();
        let created = differing.iter().filter(|change| matches!(change, Change::Create(_))).count() as u64;
        self.created += created;
        self.updated += differing.len() as u64 - created;
        self.unchanged += count - differing.len() as u64;
        self.add::<E>(table, differing);
    }

    /// Adds the rows of one table.
    pub fn add<E>(&mut self, table: &Table<E::Model>, changes: Vec<Change<E::Model>>)
    where
        E: EntityTrait,
        E::Model: IntoActiveModel<E::ActiveModel> + Serialize,
        E::ActiveModel: ActiveModelTrait<Entity = E> + Send,
    {
        let (mut created, mut updated) = (Vec::new(), Vec::new());
        for change in changes {
            match change {
                Change::Create(row) => {
                    self.audit(table, None, &row);
                    created.push(row.into_active_model().reset_all());
                }
                Change::Update { before, after } => {
                    self.audit(table, Some(&before), &after);
                    updated.push(after.into_active_model().reset_all());
                }
            }
        }
        for chunk in created.chunks(ROWS_PER_STATEMENT) {
            self.writes.push(Write::Insert(E::insert_many(chunk.to_vec()).into_query()));
        }
        for chunk in updated.chunks(ROWS_PER_STATEMENT) {
            let overwrite = OnConflict::columns(E::PrimaryKey::iter()).update_columns(E::Column::iter()).to_owned();
            self.writes.push(Write::Insert(E::insert_many(chunk.to_vec()).on_conflict(overwrite).into_query()));
        }
    }

    /// Adds one assignment to the rows with `ids`, for tables whose rows may change in that column alone.
    pub fn set<E: EntityTrait>(&mut self, key: E::Column, ids: &[Uuid], column: E::Column, value: impl Into<sea_orm::Value> + Clone) {
        for chunk in ids.chunks(ROWS_PER_STATEMENT) {
            let update =
                Query::update().table(E::default().table_ref()).value(column, Expr::val(value.clone())).and_where(key.is_in(chunk.to_vec())).to_owned();
            self.writes.push(Write::Update(update));
        }
    }

    /// Notes what happens to a row, for rows written by [`Changes::set`].
    pub fn audit<M: Serialize>(&mut self, table: &Table<M>, before: Option<&M>, after: &M) {
        let json = |row: &M| serde_json::to_value(row).unwrap_or(Value::Null);
        let (before, after_json) = (before.map(json), Some(json(after)));
        self.audited.push(Audited { entity_type: table.entity_type, subject: (table.subject)(after), before, after: after_json });
    }

    /// Writes everything, the audit last.
    pub async fn write(mut self, conn: &impl ConnectionTrait, action: &str, by: &Written<'_>) -> Result<(), DbErr> {
        for write in &self.writes {
            match write {
                Write::Insert(statement) => conn.execute(statement).await?,
                Write::Update(statement) => conn.execute(statement).await?,
            };
        }
        while !self.audited.is_empty() {
            let rest = self.audited.split_off(self.audited.len().min(ROWS_PER_STATEMENT));
            let chunk = std::mem::replace(&mut self.audited, rest);
            conn.execute(&audit_rows(conn, chunk, action, by).await?).await?;
        }
        Ok(())
    }
}

/// Who writes, when, and why if they say.
pub struct Written<'a> {
    pub actor: &'a Actor,
    pub at: chrono::DateTime<chrono::Utc>,
    pub reason: Option<&'a str>,
}

/// The audit of some rows as one statement, sealed under the keys that came with them.
async fn audit_rows(conn: &impl ConnectionTrait, rows: Vec<Audited>, action: &str, by: &Written<'_>) -> Result<InsertStatement, DbErr> {
    let failed = |failure: Failure| DbErr::Custom(failure.to_string());
    let entries: Vec<Entry> = rows.into_iter().map(|row| row.entry(action, by)).collect();
    let mut people = BTreeSet::new();
    entries.iter().for_each(|entry| entry.people(&mut people));
    let keys = personal::read_keys(conn, &people).await.map_err(failed)?;
    let mut insert = Query::insert().into_table("audit_record").columns(audit::COLUMNS).to_owned();
    for entry in entries {
        let values = entry.values(&keys).map_err(failed)?;
        insert.values(values.into_iter().map(Expr::val)).map_err(|error| DbErr::Custom(error.to_string()))?;
    }
    Ok(insert)
}

impl Audited {
    fn entry(self, action: &str, by: &Written<'_>) -> Entry {
        let action = Action {
            action: action.into(),
            entity_type: self.entity_type,
            entity_id: self.subject.id,
            entity_code: self.subject.code.as_deref(),
            instance_seq: None,
            on_behalf_of: None,
            before: self.before,
            after: self.after,
            reason: by.reason,
        };
        Entry::new(action, &[], by.actor, by.at)
    }
}
