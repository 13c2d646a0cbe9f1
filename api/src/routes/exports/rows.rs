//! The lines of what can be taken out, as the import reads them.

use super::Sheet;
use crate::export::{Cell, Line};
use engine::db::{self, Db};
use engine::refusal::Failure;
use sea_orm::QueryResult;
use workflows::catalog::shelf::Shelf;
use workflows::records::catalog::Status;

/// As the import reads them; the first is 1.
const WEEKDAYS: [&str; 7] = ["Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu"];
/// Tutors whose rows can come in again.
const AT_WORK: &str = "t.status IN ('DRAFT','ACTIVE','SUSPENDED')";

pub async fn offices(db: &Db) -> Result<Sheet, Failure> {
    let sql = "SELECT code, name, zone, lat, long, status FROM office ORDER BY code";
    let line = |row: &QueryResult| {
        Ok(vec![text(row, "code")?, text(row, "name")?, text(row, "zone")?, number(row, "lat")?, number(row, "long")?, text(row, "status")?])
    };
    sheet(db, "office", &["code", "name", "zone", "lat", "long", "status"], sql, line).await
}

pub async fn subjects(db: &Db) -> Result<Sheet, Failure> {
    let levels = db::rows(db.reader(), "SELECT subject_id, code, name FROM subject_level ORDER BY position, code", vec![]).await?;
    let levels: Vec<(uuid::Uuid, String)> = levels
        .iter()
        .map(|row| Ok((row.try_get("", "subject_id")?, format!("{}={}", row.try_get::<String>("", "code")?, row.try_get::<String>("", "name")?))))
        .collect::<Result<_, Failure>>()?;
    let sql = "SELECT b.id, b.code, b.name, k.code AS kategori, b.status FROM subject b JOIN kategori k ON k.id = b.kategori_id ORDER BY b.code";
    let line = |row: &QueryResult| {
        let id: uuid::Uuid = row.try_get("", "id")?;
        let own: Vec<&str> = levels.iter().filter(|(subject, _)| *subject == id).map(|(_, level)| level.as_str()).collect();
        Ok(vec![text(row, "code")?, text(row, "name")?, text(row, "kategori")?, Cell::text(own.join("|")), text(row, "status")?])
    };
    sheet(db, "subject", &["code", "name", "kategori", "levels", "status"], sql, line).await
}

pub async fn slots(db: &Db) -> Result<Sheet, Failure> {
    let sql = format!(
        "SELECT t.code AS tutor, s.weekday, s.from_minute, s.until_minute FROM slot s JOIN tutor t ON t.id = s.tutor_id WHERE {AT_WORK} ORDER BY t.code, s.weekday, s.from_minute"
    );
    let line = |row: &QueryResult| {
        let weekday: i64 = row.try_get("", "weekday")?;
        let name = usize::try_from(weekday - 1).ok().and_then(|at| WEEKDAYS.get(at)).copied().unwrap_or_default();
        Ok(vec![text(row, "tutor")?, Cell::text(name), minute(row, "from_minute")?, minute(row, "until_minute")?])
    };
    sheet(db, "slot", &["tutor", "weekday", "from", "until"], &sql, line).await
}

/// What can still be picked: archived subjects and levels are left out, for they cannot come in again.
pub async fn tutor_subjects(db: &Db) -> Result<Sheet, Failure> {
    let sql = format!(
        "SELECT t.code AS tutor, b.code AS subject, l.code AS level FROM tutor_subject x JOIN tutor t ON t.id = x.tutor_id JOIN subject b ON b.id = x.subject_id \
         LEFT JOIN subject_level l ON l.id = x.subject_level_id \
         WHERE {AT_WORK} AND b.status = 'ACTIVE' AND (l.id IS NULL OR l.status = 'ACTIVE') ORDER BY t.code, b.code, l.position"
    );
    let line = |row: &QueryResult| {
        let level = Cell::text_or_nothing(row.try_get("", "level")?);
        Ok(vec![text(row, "tutor")?, text(row, "subject")?, level])
    };
    sheet(db, "tutor_subject", &["tutor", "subject", "level"], &sql, line).await
}

pub async fn shelf(db: &Db, shelf: Shelf) -> Result<Sheet, Failure> {
    let status = |status| if status == Status::Active { "ACTIVE" } else { "ARCHIVED" };
    let lines = shelf.lines(db.reader()).await?;
    let lines =
        lines.into_iter().map(|line| vec![Cell::text(line.code), Cell::text(line.name), Cell::Number(line.position as f64), Cell::text(status(line.status))]);
    Ok(Sheet { name: shelf.table(), columns: &["code", "name", "position", "status"], lines: lines.collect() })
}

async fn sheet(
    db: &Db,
    name: &'static str,
    columns: &'static [&'static str],
    sql: &str,
    line: impl Fn(&QueryResult) -> Result<Line, Failure>,
) -> Result<Sheet, Failure> {
    let lines = db::rows(db.reader(), sql, vec![]).await?.iter().map(line).collect::<Result<_, _>>()?;
    Ok(Sheet { name, columns, lines })
}

fn text(row: &QueryResult, column: &str) -> Result<Cell, Failure> {
    Ok(Cell::Text(row.try_get("", column)?))
}

fn number(row: &QueryResult, column: &str) -> Result<Cell, Failure> {
    Ok(Cell::Number(row.try_get("", column)?))
}

fn minute(row: &QueryResult, column: &str) -> Result<Cell, Failure> {
    let minute: i64 = row.try_get("", column)?;
    Ok(Cell::Text(format!("{:02}:{:02}", minute / 60, minute % 60)))
}

#[cfg(test)]
mod tests {
    use workflows::import::{self, Kind};

    #[test]
    fn the_columns_are_those_of_the_import() {
        let columns: [(Kind, &[&str]); 4] = [
            (Kind::Office, &["code", "name", "zone", "lat", "long", "status"]),
            (Kind::Subject, &["code", "name", "kategori", "levels", "status"]),
            (Kind::Slot, &["tutor", "weekday", "from", "until"]),
            (Kind::TutorSubject, &["tutor", "subject", "level"]),
        ];
        for (kind, columns) in columns {
            let all: Vec<&str> = import::columns(kind).required.iter().chain(import::columns(kind).optional).copied().collect();
            assert_eq!(all, columns);
        }
    }
}
