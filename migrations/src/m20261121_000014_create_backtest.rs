//! Backtests: drafts held against recorded decisions, and the parts of their reports.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;
use sea_orm_migration::sea_orm::DatabaseBackend;

use crate::columns::{at_least, choice, references_at_commit};
use crate::drop_tables;
use crate::indexes::index;

#[derive(DeriveMigrationName)]
pub struct Migration;

const SUBJECTS: [&str; 2] = ["POLICY", "PRICE"];
const STATES: [&str; 4] = ["RUNNING", "DONE", "FAILED", "CANCELLED"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut table = Table::create();
        table
            .table("backtest")
            .col(references_at_commit(pk_uuid("id"), "workflow_instance"))
            .col(text("code").unique_key().take())
            .col(choice("subject", &SUBJECTS))
            .col(text("kind"))
            .col(uuid_null("publication_id"))
            .col(json_binary("draft"))
            .col(text("draft_sha256"))
            .col(date("from_on"))
            .col(date("to_on"))
            .col(timestamp_with_time_zone("from_at"))
            .col(timestamp_with_time_zone("until_at"))
            .col(choice("state", &STATES))
            .col(at_least("total", 0))
            .col(at_least("done", 0))
            .col(at_least("changed", 0))
            .col(at_least("failed", 0))
            .col(big_integer("siswa_rp"))
            .col(big_integer("tutor_rp"))
            .col(big_integer("company_rp"))
            .col(big_integer("strikes"))
            .col(at_least("parts", 0))
            .col(timestamp_with_time_zone_null("cursor_at"))
            .col(uuid_null("cursor_id"))
            .col(text_null("error"))
            .col(uuid("asked_by"))
            .col(timestamp_with_time_zone("asked_at"))
            .col(timestamp_with_time_zone_null("ended_at"));
        manager.create_table(table).await?;
        index(manager, "backtest", &["kind", "draft_sha256"]).await?;
        index(manager, "backtest", &["publication_id"]).await?;

        let mut part = Table::create();
        part.table("backtest_part")
            .col(references_at_commit(uuid("backtest_id"), "backtest"))
            .col(at_least("number", 0))
            .col(json_binary("report"))
            .primary_key(Index::create().col("backtest_id").col("number"));
        manager.create_table(part).await?;

        let code = match manager.get_database_backend() {
            DatabaseBackend::Postgres => "CREATE SEQUENCE code_backtest",
            _ => "INSERT INTO code_sequence (name, value) VALUES ('backtest', 0)",
        };
        manager.get_connection().execute_unprepared(code).await.map(|_| ())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let code = match manager.get_database_backend() {
            DatabaseBackend::Postgres => "DROP SEQUENCE code_backtest",
            _ => "DELETE FROM code_sequence WHERE name = 'backtest'",
        };
        manager.get_connection().execute_unprepared(code).await?;
        drop_tables(manager, &["backtest_part", "backtest"]).await
    }
}
