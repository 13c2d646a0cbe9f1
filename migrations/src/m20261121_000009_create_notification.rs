//! Mails: the log of those asked for, the versions of their texts, and who does not want which (SPEC NOT-1, NOT-2).

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;
use sea_orm_migration::sea_orm::DatabaseBackend;

use crate::append_only::append_only;
use crate::columns::{at_least, choice, references_at_commit};
use crate::drop_tables;
use crate::indexes::{index, unique};

#[derive(DeriveMigrationName)]
pub struct Migration;

const LOCALES: [&str; 2] = ["id", "en"];
const CHANNELS: [&str; 2] = ["EMAIL", "WHATSAPP_TEXT"];
const RECIPIENTS: [&str; 3] = ["USER", "TUTOR", "SISWA"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        create_log(manager).await?;
        create_template(manager).await?;
        create_preference(manager).await?;
        let code = match manager.get_database_backend() {
            DatabaseBackend::Postgres => "CREATE SEQUENCE code_notification",
            _ => "INSERT INTO code_sequence (name, value) VALUES ('notification', 0)",
        };
        manager.get_connection().execute_unprepared(code).await.map(|_| ())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let code = match manager.get_database_backend() {
            DatabaseBackend::Postgres => "DROP SEQUENCE code_notification",
            _ => "DELETE FROM code_sequence WHERE name = 'notification'",
        };
        manager.get_connection().execute_unprepared(code).await?;
        drop_tables(manager, &["notification_preference", "notification_template", "notification_log"]).await
    }
}

/// The record of the workflow `notification`. Name and address are not part of its history.
async fn create_log(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("notification_log")
        .col(references_at_commit(pk_uuid("id"), "workflow_instance"))
        .col(text("code").unique_key().take())
        .col(text("template"))
        .col(choice("locale", &LOCALES))
        .col(choice("channel", &CHANNELS))
        .col(choice("recipient_kind", &RECIPIENTS))
        .col(uuid("recipient_id"))
        .col(uuid("reference_id"))
        .col(boolean("sample"))
        .col(uuid("requested_by"))
        .col(timestamp_with_time_zone("requested_at"))
        .col(timestamp_with_time_zone_null("expires_at"))
        .col(at_least("attempts", 0))
        .col(at_least("attempts_before", 0))
        .col(big_integer_null("template_version"))
        .col(text_null("message_id"))
        .col(text_null("problem"))
        .col(text_null("problem_detail"))
        .col(timestamp_with_time_zone_null("next_attempt_at"))
        .col(timestamp_with_time_zone_null("sending_at"))
        .col(timestamp_with_time_zone_null("sent_at"))
        .col(text_null("server_reply"))
        .col(text("requested_by_name"))
        .col(text_null("to_name"))
        .col(text_null("to_address"));
    manager.create_table(table).await?;
    // Never twice for one request.
    unique(manager, "notification_log", &["template", "recipient_id", "reference_id"]).await?;
    index(manager, "notification_log", &["recipient_id"]).await?;
    index(manager, "notification_log", &["requested_at"]).await
}

/// Texts are never changed: an edit is a new version, and what was sent can be shown again.
async fn create_template(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("notification_template")
        .col(pk_uuid("id"))
        .col(text("code"))
        .col(choice("locale", &LOCALES))
        .col(at_least("version", 1))
        .col(text("subject"))
        .col(text("body"))
        .col(uuid("author_id"))
        .col(text("author_name"))
        .col(timestamp_with_time_zone("created_at"));
    manager.create_table(table).await?;
    unique(manager, "notification_template", &["code", "locale", "version"]).await?;
    append_only(manager, "notification_template", &[&["id"], &["code", "locale", "version"]]).await
}

/// Only what differs from the rule: everybody gets everything.
async fn create_preference(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("notification_preference")
        .col(choice("recipient_kind", &RECIPIENTS))
        .col(uuid("recipient_id"))
        .col(text("template"))
        .col(choice("channel", &CHANNELS))
        .col(boolean("wanted"))
        .col(timestamp_with_time_zone("changed_at"))
        .primary_key(Index::create().col("recipient_kind").col("recipient_id").col("template").col("channel"));
    manager.create_table(table).await
}
