//! Tables whose rows are written once: no UPDATE, no DELETE, and none of the ways around them.
//!
//! On SQLite `INSERT OR REPLACE` deletes the conflicting row without firing its DELETE trigger; it may conflict on
//! the primary key, on any other unique key and on the hidden `rowid`, so a third trigger refuses all of these.
//! On Postgres TRUNCATE fires no row trigger, so it has its own. Every refusal reads `append_only:<table>`.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DatabaseBackend;

/// Makes `table` append-only. `keys` are all its unique keys, the primary key first.
pub async fn append_only(manager: &SchemaManager<'_>, table: &str, keys: &[&[&str]]) -> Result<(), DbErr> {
    let sql = match manager.get_database_backend() {
        DatabaseBackend::Postgres => on_postgres(table),
        _ => on_sqlite(table, keys),
    };
    manager.get_connection().execute_unprepared(&sql).await.map(|_| ())
}

fn on_sqlite(table: &str, keys: &[&[&str]]) -> String {
    let refuse = format!("BEGIN SELECT RAISE(ABORT, 'append_only:{table}'); END;");
    format!(
        "CREATE TRIGGER {table}_no_update BEFORE UPDATE ON \"{table}\" {refuse}
         CREATE TRIGGER {table}_no_delete BEFORE DELETE ON \"{table}\" {refuse}
         CREATE TRIGGER {table}_no_replace BEFORE INSERT ON \"{table}\" WHEN {} {refuse}",
        exists_already(table, keys)
    )
}

/// The SQLite condition "the row about to be inserted meets one that is there", by any key or by rowid.
pub fn exists_already(table: &str, keys: &[&[&str]]) -> String {
    let by_key = keys.iter().map(|key| {
        let same = key.iter().map(|column| format!("\"{column}\" = NEW.\"{column}\""));
        same.collect::<Vec<_>>().join(" AND ")
    });
    let meets = by_key.chain([String::from("rowid = NEW.rowid")]);
    let exists = meets.map(|same| format!("EXISTS (SELECT 1 FROM \"{table}\" WHERE {same})"));
    exists.collect::<Vec<_>>().join(" OR ")
}

fn on_postgres(table: &str) -> String {
    format!(
        "CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON \"{table}\"
           FOR EACH ROW EXECUTE FUNCTION refuse_change();
         CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON \"{table}\"
           FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();"
    )
}

/// The Postgres function behind [`append_only`]; the first migration creates it.
pub const CREATE_REFUSE_CHANGE: &str = "
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'append_only:%', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;";

/// Undoes [`CREATE_REFUSE_CHANGE`].
pub const DROP_REFUSE_CHANGE: &str = "DROP FUNCTION refuse_change();";
