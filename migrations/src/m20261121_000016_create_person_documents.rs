//! Whose a document is and what it shows of them, and the tutors a siswa prefers.
//!
//! A document that was replaced stays beside the one that replaced it until the person is erased. Nothing is written
//! about somebody who is erased.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;
use sea_orm_migration::sea_orm::DatabaseBackend;

use crate::columns::{at_least, choice, references};
use crate::drop_tables;
use crate::indexes::{index, unique, unique_where};

#[derive(DeriveMigrationName)]
pub struct Migration;

const KINDS: [&str; 2] = ["TUTOR", "SISWA"];
const ROLES: [&str; 4] = ["PHOTO", "KTP", "AKTA", "CONTRACT"];
/// Rows about people, with the columns that say who.
const ABOUT: [(&str, &[&str]); 2] = [("person_document", &["person_id"]), ("preferred_tutor", &["siswa_id", "tutor_id"])];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        create_documents(manager).await?;
        create_preferred(manager).await?;
        let rules = match manager.get_database_backend() {
            DatabaseBackend::Postgres => on_postgres(),
            _ => on_sqlite(),
        };
        manager.get_connection().execute_unprepared(&rules).await.map(|_| ())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["preferred_tutor", "person_document"]).await?;
        if manager.get_database_backend() == DatabaseBackend::Postgres {
            for (table, _) in ABOUT {
                manager.get_connection().execute_unprepared(&format!("DROP FUNCTION refuse_erased_{table}();")).await?;
            }
        }
        Ok(())
    }
}

async fn create_documents(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("person_document")
        .col(references(pk_uuid("document_id"), "document"))
        .col(choice("person_kind", &KINDS))
        .col(uuid("person_id"))
        .col(choice("role", &ROLES))
        .col(timestamp_with_time_zone("attached_at"))
        .col(timestamp_with_time_zone_null("replaced_at"));
    manager.create_table(table).await?;
    index(manager, "person_document", &["person_id"]).await?;
    unique_where(manager, ("ux_person_document", "person_document"), &["person_id", "role"], "replaced_at IS NULL").await
}

async fn create_preferred(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("preferred_tutor")
        .col(pk_uuid("id"))
        .col(references(uuid("siswa_id"), "siswa"))
        .col(references(uuid("tutor_id"), "tutor"))
        .col(at_least("position", 1));
    manager.create_table(table).await?;
    unique(manager, "preferred_tutor", &["siswa_id", "tutor_id"]).await?;
    index(manager, "preferred_tutor", &["tutor_id"]).await
}

fn of_row(columns: &[&str]) -> String {
    columns.iter().map(|column| format!("NEW.{column}")).collect::<Vec<_>>().join(", ")
}

fn on_sqlite() -> String {
    ABOUT
        .map(|(table, columns)| {
            let gone = format!("EXISTS (SELECT 1 FROM personal_key WHERE owner_id IN ({}) AND key IS NULL)", of_row(columns));
            format!("CREATE TRIGGER {table}_of_erased BEFORE INSERT ON {table} WHEN {gone} BEGIN SELECT RAISE(ABORT, 'person_erased'); END;")
        })
        .concat()
}

fn on_postgres() -> String {
    // The lock makes whoever erases the person wait for this row, or this row for the erasure.
    ABOUT
        .map(|(table, columns)| {
            format!(
                "CREATE FUNCTION refuse_erased_{table}() RETURNS trigger LANGUAGE plpgsql AS $$
                 DECLARE gone boolean;
                 BEGIN
                   FOR gone IN SELECT key IS NULL FROM personal_key WHERE owner_id IN ({}) ORDER BY owner_id FOR SHARE LOOP
                     IF gone THEN RAISE EXCEPTION 'person_erased' USING ERRCODE = 'serialization_failure'; END IF;
                   END LOOP;
                   RETURN NEW;
                 END $$;
                 CREATE TRIGGER {table}_of_erased BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_erased_{table}();",
                of_row(columns)
            )
        })
        .concat()
}
