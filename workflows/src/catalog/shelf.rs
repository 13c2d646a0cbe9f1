//! Rows in an order: the dimensions Tingkat, Segmentasi, Kategori and Golongan, and the levels of a subject.

use super::{Faults, NotChanged, action};
use crate::changes::Written;
use crate::held::{NotHeld, etag};
use crate::records::catalog::Status;
use engine::audit::{self, Action};
use engine::batch::Batch;
use engine::db::{self, Db, Tx};
use engine::id::new_id;
use engine::refusal::{Failure, FieldError, Refusal};
use sea_orm::{ActiveEnum, ConnectionTrait, QueryResult, Value};
use serde::Serialize;
use serde_json::{Value as Json, json};
use std::collections::BTreeSet;
use uuid::Uuid;

/// Where rows stand in an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shelf {
    Tingkat,
    Segmentasi,
    Kategori,
    Golongan,
    /// The levels of this subject.
    Levels(Uuid),
}

/// A row of a shelf.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Line {
    pub id: Uuid,
    pub code: String,
    pub name: String,
    pub position: i64,
    pub status: Status,
}

/// What of a row is to be different.
#[derive(Clone, Debug, Default)]
pub struct Edit {
    pub name: Option<String>,
    pub status: Option<Status>,
}

impl Shelf {
    /// The shelf with this name; levels have none of their own.
    pub fn named(name: &str) -> Option<Self> {
        [Self::Tingkat, Self::Segmentasi, Self::Kategori, Self::Golongan].into_iter().find(|shelf| shelf.table() == name)
    }

    /// The table, and the kind of entity in the audit.
    pub fn table(self) -> &'static str {
        match self {
            Self::Tingkat => "tingkat",
            Self::Segmentasi => "segmentasi",
            Self::Kategori => "kategori",
            Self::Golongan => "golongan",
            Self::Levels(_) => "subject_level",
        }
    }

    /// The condition that keeps to this shelf, with its value.
    fn only(self) -> (&'static str, Vec<Value>) {
        match self {
            Self::Levels(subject) => ("subject_id = ?", vec![subject.into()]),
            Self::Tingkat | Self::Segmentasi | Self::Kategori | Self::Golongan => ("1 = 1", vec![]),
        }
    }

    /// All rows in their order, archived ones too.
    pub async fn lines(self, conn: &impl ConnectionTrait) -> Result<Vec<Line>, Failure> {
        let (only, values) = self.only();
        let sql = format!("SELECT id, code, name, position, status FROM {} WHERE {only} ORDER BY position, code", self.table());
        db::rows(conn, &sql, values).await?.iter().map(read).collect()
    }

    /// Adds a row at the end.
    ///
    /// # Errors
    /// At `code` or `name`; `taken` when there is such a code already.
    pub async fn create(self, db: &Db, (code, name): (&str, &str), by: &Written<'_>) -> Result<Uuid, NotChanged<Line>> {
        let mut faults = Faults::default();
        let (code, name) = (faults.code(code), self.name(name, &mut faults));
        faults.none()?;
        let tx = db.begin().await?;
        let lines = self.held(&tx).await?;
        if lines.iter().any(|line| line.code == code) {
            return Err(NotChanged::Refused(Refusal::Invalid(vec![FieldError::new("code", "taken")])));
        }
        let position = lines.iter().map(|line| line.position).max().unwrap_or(0) + 1;
        let line = Line { id: new_id(by.at), code, name, position, status: Status::Active };
        let mut batch = Batch::default();
        let (columns, marks, owner): (&str, &str, Vec<Value>) = match self {
            Self::Levels(subject) => (", subject_id", ",?", vec![subject.into()]),
            Self::Tingkat | Self::Segmentasi | Self::Kategori | Self::Golongan => ("", "", vec![]),
        };
        let mut values: Vec<Value> =
            vec![line.id.into(), line.code.clone().into(), line.name.clone().into(), line.position.into(), line.status.to_value().into()];
        values.extend(owner);
        batch.push(format!("INSERT INTO {} (id, code, name, position, status{columns}) VALUES (?,?,?,?,?{marks})", self.table()), values);
        self.record("catalog.create", None, &line, by, &mut batch);
        batch.run(&tx).await?;
        tx.commit().await.map_err(Failure::from)?;
        Ok(line.id)
    }

    /// Renames, archives or restores a row.
    ///
    /// # Errors
    /// At `name`; or when it is not there, or no longer what was seen.
    pub async fn edit(self, db: &Db, id: Uuid, seen: Option<&str>, edit: Edit, by: &Written<'_>) -> Result<(), NotChanged<Line>> {
        let mut faults = Faults::default();
        let name = edit.name.as_deref().map(|name| self.name(name, &mut faults));
        faults.none()?;
        let tx = db.begin().await?;
        let before = self.held(&tx).await?.into_iter().find(|line| line.id == id).ok_or(NotHeld::Missing)?;
        if seen.is_some_and(|seen| seen != etag(&before)) {
            return Err(NotHeld::Stale(Box::new(before)).into());
        }
        let after = Line { name: name.unwrap_or_else(|| before.name.clone()), status: edit.status.unwrap_or(before.status), ..before.clone() };
        if after == before {
            return Ok(());
        }
        let mut batch = Batch::default();
        let values = vec![after.name.clone().into(), after.status.to_value().into(), id.into()];
        batch.push(format!("UPDATE {} SET name = ?, status = ? WHERE id = ?", self.table()), values);
        self.record(action(before.status, after.status), Some(&before), &after, by, &mut batch);
        batch.run(&tx).await?;
        tx.commit().await.map_err(Failure::from)?;
        Ok(())
    }

    /// Puts the rows into this order.
    ///
    /// # Errors
    /// `incomplete` at `ids` when these are not all rows, each once: somebody has added one meanwhile.
    pub async fn order(self, db: &Db, ids: &[Uuid], by: &Written<'_>) -> Result<(), NotChanged<Line>> {
        let tx = db.begin().await?;
        let lines = self.held(&tx).await?;
        let all: BTreeSet<Uuid> = lines.iter().map(|line| line.id).collect();
        if ids.len() != all.len() || !ids.iter().all(|id| all.contains(id)) || ids.iter().collect::<BTreeSet<_>>().len() != ids.len() {
            return Err(NotChanged::Refused(Refusal::Invalid(vec![FieldError::new("ids", "incomplete")])));
        }
        let mut batch = Batch::default();
        for (id, position) in ids.iter().zip(1..) {
            let moved = lines.iter().find(|line| line.id == *id && line.position != position);
            if let Some(before) = moved {
                batch.push(format!("UPDATE {} SET position = ? WHERE id = ?", self.table()), vec![Value::from(position), (*id).into()]);
                self.record("catalog.order", Some(before), &Line { position, ..before.clone() }, by, &mut batch);
            }
        }
        if batch.is_empty() {
            return Ok(());
        }
        batch.run(&tx).await?;
        tx.commit().await.map_err(Failure::from)?;
        Ok(())
    }

    /// In files the levels of a subject stand in one cell, with `|` between them.
    fn name(self, text: &str, faults: &mut Faults) -> String {
        if matches!(self, Self::Levels(_)) && text.contains('|') {
            faults.add(FieldError::new("name", "malformed"));
        }
        faults.name(text)
    }

    /// The rows, held together: whoever adds, edits or orders one waits for another who does. An empty shelf holds nobody
    /// up; there the unique key of the code is the last word.
    async fn held(self, tx: &Tx) -> Result<Vec<Line>, Failure> {
        let (only, values) = self.only();
        let lock = if ConnectionTrait::get_database_backend(tx) == sea_orm::DbBackend::Postgres { " FOR UPDATE" } else { "" };
        let sql = format!("SELECT id, code, name, position, status FROM {} WHERE {only} ORDER BY id{lock}", self.table());
        let mut lines: Vec<Line> = db::rows(tx, &sql, values).await?.iter().map(read).collect::<Result<_, _>>()?;
        lines.sort_by(|one, other| (one.position, &one.code).cmp(&(other.position, &other.code)));
        Ok(lines)
    }

    fn record(self, action: &str, before: Option<&Line>, after: &Line, by: &Written<'_>, batch: &mut Batch) {
        let side = |line: &Line| self.side(line);
        let record = Action {
            action: action.into(),
            entity_type: self.table(),
            entity_id: after.id,
            entity_code: Some(&after.code),
            instance_seq: None,
            on_behalf_of: None,
            before: before.map(side),
            after: Some(side(after)),
            reason: by.reason,
        };
        audit::record(record, by.actor, by.at, batch);
    }

    fn side(self, line: &Line) -> Json {
        let mut side = json!(line);
        if let (Self::Levels(subject), Some(side)) = (self, side.as_object_mut()) {
            side.insert("subject_id".into(), json!(subject));
        }
        side
    }
}

fn read(row: &QueryResult) -> Result<Line, Failure> {
    let status: String = row.try_get("", "status")?;
    Ok(Line {
        id: row.try_get("", "id")?,
        code: row.try_get("", "code")?,
        name: row.try_get("", "name")?,
        position: row.try_get("", "position")?,
        status: Status::try_from_value(&status).map_err(|_| Failure::Unknown { what: "status", text: status })?,
    })
}
