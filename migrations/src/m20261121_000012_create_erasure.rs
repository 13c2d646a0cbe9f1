//! Requests to erase a person, and what became of them. Ids only: a row outlives the person it is about.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;
use sea_orm_migration::sea_orm::DatabaseBackend;

use crate::columns::{choice, references_at_commit};
use crate::drop_tables;
use crate::indexes::index;

#[derive(DeriveMigrationName)]
pub struct Migration;

const KINDS: [&str; 3] = ["USER", "TUTOR", "SISWA"];
const GROUNDS: [&str; 3] = ["REQUEST_OF_PERSON", "RETENTION_ENDED", "LEGAL_ORDER"];
const STATES: [&str; 5] = ["REQUESTED", "ERASING", "ERASED", "REJECTED", "CANCELLED"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut table = Table::create();
        table
            .table("erasure")
            .col(references_at_commit(pk_uuid("id"), "workflow_instance"))
            .col(text("code").unique_key().take())
            .col(choice("person_kind", &KINDS))
            .col(uuid("person_id"))
            .col(choice("ground", &GROUNDS))
            .col(choice("state", &STATES))
            .col(uuid("requested_by"))
            .col(timestamp_with_time_zone("requested_at"))
            .col(uuid_null("decided_by"))
            .col(timestamp_with_time_zone_null("decided_at"))
            .col(big_integer_null("documents_removed"));
        manager.create_table(table).await?;
        index(manager, "erasure", &["person_id"]).await?;
        let code = match manager.get_database_backend() {
            DatabaseBackend::Postgres => "CREATE SEQUENCE code_erasure",
            _ => "INSERT INTO code_sequence (name, value) VALUES ('erasure', 0)",
        };
        manager.get_connection().execute_unprepared(code).await.map(|_| ())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let code = match manager.get_database_backend() {
            DatabaseBackend::Postgres => "DROP SEQUENCE code_erasure",
            _ => "DELETE FROM code_sequence WHERE name = 'erasure'",
        };
        manager.get_connection().execute_unprepared(code).await?;
        drop_tables(manager, &["erasure"]).await
    }
}
