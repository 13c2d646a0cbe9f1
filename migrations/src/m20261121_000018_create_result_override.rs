//! Overrides of computed results: which amount of which sesi, what was computed, what counts now, and by whom.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;
use sea_orm_migration::sea_orm::DatabaseBackend;

use crate::columns::{at_least, choice, month, references, references_at_commit};
use crate::drop_tables;
use crate::indexes::{index, unique_where};

#[derive(DeriveMigrationName)]
pub struct Migration;

const RESULTS: [&str; 4] = ["TAGIHAN", "HONORARIUM", "TRANSPORT", "DENDA"];
const KINDS: [&str; 4] = ["COMPLETED", "NO_SHOW_STUDENT", "CANCELLATION", "RESCHEDULE"];
const STATES: [&str; 4] = ["REQUESTED", "APPLIED", "REJECTED", "WITHDRAWN"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let backend = manager.get_database_backend();
        let mut table = Table::create();
        table
            .table("result_override")
            .col(references_at_commit(pk_uuid("id"), "workflow_instance"))
            .col(text("code").unique_key().take())
            .col(references(uuid("sesi_id"), "sesi"))
            .col(references(uuid("siswa_id"), "siswa"))
            .col(references(uuid("tutor_id"), "tutor"))
            .col(choice("result", &RESULTS))
            .col(choice("kind", &KINDS))
            .col(month("period_month", backend))
            .col(at_least("computed_rp", 0))
            .col(at_least("before_rp", 0))
            .col(at_least("final_rp", 0))
            .col(text_null("reason"))
            .col(choice("state", &STATES))
            .col(uuid("requested_by"))
            .col(timestamp_with_time_zone("requested_at"))
            .col(uuid_null("decided_by"))
            .col(timestamp_with_time_zone_null("decided_at"));
        manager.create_table(table).await?;
        // One at a time, whoever asks at once.
        unique_where(manager, ("ux_result_override_open", "result_override"), &["sesi_id", "result"], "state = 'REQUESTED'").await?;
        index(manager, "result_override", &["sesi_id"]).await?;
        let code = match backend {
            DatabaseBackend::Postgres => "CREATE SEQUENCE code_override",
            _ => "INSERT INTO code_sequence (name, value) VALUES ('override', 0)",
        };
        manager.get_connection().execute_unprepared(code).await.map(|_| ())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let code = match manager.get_database_backend() {
            DatabaseBackend::Postgres => "DROP SEQUENCE code_override",
            _ => "DELETE FROM code_sequence WHERE name = 'override'",
        };
        manager.get_connection().execute_unprepared(code).await?;
        drop_tables(manager, &["result_override"]).await
    }
}
