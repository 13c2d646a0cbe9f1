//! Closing a month and opening it again: the step-through with its signatures, the closings that came of it, the hash of every
//! document as it was closed, and the requests to open a month once more.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;
use sea_orm_migration::sea_orm::DatabaseBackend;

use crate::append_only::append_only;
use crate::columns::{at_least, choice, month, references_at_commit};
use crate::drop_tables;
use crate::indexes::{index, unique_where};

#[derive(DeriveMigrationName)]
pub struct Migration;

const CLOSE_STATES: [&str; 4] = ["OPEN", "SEALING", "CLOSED", "ABANDONED"];
const REOPENING_STATES: [&str; 8] = ["REQUESTED", "REOPENED", "OVERDUE", "REJECTED", "WITHDRAWN", "EXPIRED", "CLOSED_AGAIN", "SUPERSEDED"];
const CODES: [&str; 2] = ["period_close", "period_reopening"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut period = Table::alter();
        period.table("period").add_column(timestamp_with_time_zone_null("opened_until"));
        manager.alter_table(period).await?;
        create_close(manager).await?;
        create_closing(manager).await?;
        create_hash(manager).await?;
        create_reopening(manager).await?;
        let create = match manager.get_database_backend() {
            DatabaseBackend::Postgres => CODES.map(|name| format!("CREATE SEQUENCE code_{name};")).concat(),
            _ => CODES.map(|name| format!("INSERT INTO code_sequence (name, value) VALUES ('{name}', 0);")).concat(),
        };
        manager.get_connection().execute_unprepared(&create).await.map(|_| ())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let drop = match manager.get_database_backend() {
            DatabaseBackend::Postgres => CODES.map(|name| format!("DROP SEQUENCE code_{name};")).concat(),
            _ => CODES.map(|name| format!("DELETE FROM code_sequence WHERE name = '{name}';")).concat(),
        };
        manager.get_connection().execute_unprepared(&drop).await?;
        drop_tables(manager, &["period_reopening", "period_document_hash", "period_closing", "period_close"]).await?;
        manager.get_connection().execute_unprepared("ALTER TABLE period DROP COLUMN opened_until").await.map(|_| ())
    }
}

async fn create_close(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("period_close")
        .col(references_at_commit(pk_uuid("id"), "workflow_instance"))
        .col(text("code").unique_key().take())
        .col(month("period_month", manager.get_database_backend()))
        .col(choice("state", &CLOSE_STATES))
        .col(json_binary("signatures"))
        .col(at_least("books_round", 0))
        .col(json_binary_null("books"))
        .col(at_least("attempt", 0))
        .col(at_least("parts", 0))
        .col(at_least("hashed", 0))
        .col(text_null("cursor_kind"))
        .col(uuid_null("cursor_id"))
        .col(text_null("chain"))
        .col(json_binary_null("stopped"))
        .col(text_null("note"))
        .col(uuid("begun_by"))
        .col(timestamp_with_time_zone("begun_at"))
        .col(uuid_null("closed_by"))
        .col(timestamp_with_time_zone_null("closed_at"))
        .col(timestamp_with_time_zone_null("ended_at"));
    manager.create_table(table).await?;
    // One at a time, whoever begins at once.
    unique_where(manager, ("ux_period_close_live", "period_close"), &["period_month"], "state IN ('OPEN', 'SEALING')").await?;
    index(manager, "period_close", &["period_month", "begun_at"]).await
}

/// The receipt of a closing. Its id is that of the step-through that led to it.
async fn create_closing(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("period_closing")
        .col(references_at_commit(pk_uuid("id"), "period_close"))
        .col(month("month", manager.get_database_backend()))
        .col(at_least("number", 1))
        .col(at_least("attempt", 1))
        .col(timestamp_with_time_zone("closed_at"))
        .col(uuid("closed_by"))
        .col(text_null("note"))
        .col(at_least("document_count", 0))
        .col(at_least("entry_count", 0))
        .col(json_binary("totals"))
        .col(json_binary("ledger"))
        .col(json_binary("signatures"))
        .col(text("chain"))
        .col(text_null("previous_sha256"))
        .col(text("sha256"))
        .index(Index::create().name("ux_period_closing_number").unique().col("month").col("number"));
    manager.create_table(table).await?;
    append_only(manager, "period_closing", &[&["id"], &["month", "number"]]).await
}

/// Written while a month is being closed; an attempt that was stopped leaves its rows behind, and nobody asks for them.
async fn create_hash(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("period_document_hash")
        .col(references_at_commit(uuid("close_id"), "period_close"))
        .col(at_least("attempt", 1))
        .col(choice("kind", &["HONORARIUM", "TAGIHAN"]))
        .col(uuid("document_id"))
        .col(text("number"))
        .col(text("sha256"))
        .primary_key(Index::create().col("close_id").col("attempt").col("document_id"));
    manager.create_table(table).await?;
    append_only(manager, "period_document_hash", &[&["close_id", "attempt", "document_id"]]).await
}

async fn create_reopening(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("period_reopening")
        .col(references_at_commit(pk_uuid("id"), "workflow_instance"))
        .col(text("code").unique_key().take())
        .col(month("period_month", manager.get_database_backend()))
        .col(choice("state", &REOPENING_STATES))
        .col(text("reason"))
        .col(timestamp_with_time_zone("until"))
        .col(at_least("closing_number", 1))
        .col(text_null("contents"))
        .col(uuid("requested_by"))
        .col(timestamp_with_time_zone("requested_at"))
        .col(uuid_null("decided_by"))
        .col(timestamp_with_time_zone_null("decided_at"))
        .col(timestamp_with_time_zone_null("ended_at"));
    manager.create_table(table).await?;
    unique_where(manager, ("ux_period_reopening_live", "period_reopening"), &["period_month"], "state IN ('REQUESTED', 'REOPENED')").await?;
    index(manager, "period_reopening", &["period_month", "requested_at"]).await
}
