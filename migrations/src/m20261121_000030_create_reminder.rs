//! Reminders: one for each broadcast, and a row for each person who was reminded, of what, and when. Those rows are never changed.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;
use sea_orm_migration::sea_orm::DatabaseBackend;

use crate::append_only::append_only;
use crate::columns::{at_least, choice, references, references_at_commit};
use crate::drop_tables;
use crate::indexes::index;

#[derive(DeriveMigrationName)]
pub struct Migration;

const KINDS: [&str; 2] = ["LATE_PAYMENT", "LOW_COMPLETION"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut reminder = Table::create();
        reminder
            .table("reminder")
            .col(references_at_commit(pk_uuid("id"), "workflow_instance"))
            .col(text("code").unique_key().take())
            .col(choice("kind", &KINDS))
            .col(text("template"))
            .col(at_least("parties", 1))
            .col(uuid("logged_by"))
            .col(timestamp_with_time_zone("logged_at"));
        manager.create_table(reminder).await?;
        create_log(manager).await?;
        let code = match manager.get_database_backend() {
            DatabaseBackend::Postgres => "CREATE SEQUENCE code_reminder",
            _ => "INSERT INTO code_sequence (name, value) VALUES ('reminder', 0)",
        };
        manager.get_connection().execute_unprepared(code).await.map(|_| ())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let code = match manager.get_database_backend() {
            DatabaseBackend::Postgres => "DROP SEQUENCE code_reminder",
            _ => "DELETE FROM code_sequence WHERE name = 'reminder'",
        };
        manager.get_connection().execute_unprepared(code).await?;
        drop_tables(manager, &["reminder_log", "reminder"]).await
    }
}

/// What stood when they were reminded: rupiah and days of a late payer, lessons of a tutor. Nobody's name.
async fn create_log(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut log = Table::create();
    log.table("reminder_log")
        .col(pk_uuid("id"))
        .col(references_at_commit(uuid("reminder_id"), "reminder"))
        .col(choice("kind", &KINDS))
        .col(references(uuid_null("siswa_id"), "siswa"))
        .col(references(uuid_null("tutor_id"), "tutor"))
        .col(at_least("open_rp", 0))
        .col(at_least("days_late", 0))
        .col(at_least("planned", 0))
        .col(at_least("held", 0))
        .col(uuid("by_id"))
        .col(timestamp_with_time_zone("at"))
        .check(Expr::cust("(kind = 'LATE_PAYMENT') = (siswa_id IS NOT NULL) AND (kind = 'LOW_COMPLETION') = (tutor_id IS NOT NULL)"));
    manager.create_table(log).await?;
    index(manager, "reminder_log", &["siswa_id", "at"]).await?;
    index(manager, "reminder_log", &["tutor_id", "at"]).await?;
    index(manager, "reminder_log", &["at"]).await?;
    append_only(manager, "reminder_log", &[&["id"]]).await
}
