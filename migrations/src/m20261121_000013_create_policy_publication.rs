//! Drafts of policy versions on their way into force.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;
use sea_orm_migration::sea_orm::DatabaseBackend;

use crate::columns::{at_least, choice, references_at_commit};
use crate::drop_tables;
use crate::indexes::index;

#[derive(DeriveMigrationName)]
pub struct Migration;

const STATES: [&str; 6] = ["DRAFT", "IN_REVIEW", "SCHEDULED", "PUBLISHED", "REJECTED", "WITHDRAWN"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut table = Table::create();
        table
            .table("policy_publication")
            .col(references_at_commit(pk_uuid("id"), "workflow_instance"))
            .col(text("code").unique_key().take())
            .col(text("kind"))
            .col(choice("state", &STATES))
            .col(at_least("base_number", 1))
            .col(text("script"))
            .col(json_binary("params"))
            .col(json_binary("tests"))
            .col(text_null("reason"))
            .col(timestamp_with_time_zone_null("effective_from"))
            .col(big_integer_null("number"))
            .col(uuid("author_id"))
            .col(json_binary("editors"))
            .col(timestamp_with_time_zone("created_at"))
            .col(uuid("saved_by"))
            .col(timestamp_with_time_zone("saved_at"))
            .col(uuid_null("submitted_by"))
            .col(timestamp_with_time_zone_null("submitted_at"))
            .col(uuid_null("decided_by"))
            .col(timestamp_with_time_zone_null("decided_at"))
            .col(text_null("decision_reason"));
        manager.create_table(table).await?;
        index(manager, "policy_publication", &["kind", "state"]).await?;
        let code = match manager.get_database_backend() {
            DatabaseBackend::Postgres => "CREATE SEQUENCE code_policy_publication",
            _ => "INSERT INTO code_sequence (name, value) VALUES ('policy_publication', 0)",
        };
        manager.get_connection().execute_unprepared(code).await.map(|_| ())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let code = match manager.get_database_backend() {
            DatabaseBackend::Postgres => "DROP SEQUENCE code_policy_publication",
            _ => "DELETE FROM code_sequence WHERE name = 'policy_publication'",
        };
        manager.get_connection().execute_unprepared(code).await?;
        drop_tables(manager, &["policy_publication"]).await
    }
}
