//! Terminations with their final settlements: who left and why, what was cleared, calculated, paid and handed back, and
//! which accounts are the tutor's. And the accounts of the books that a settlement needs.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

use crate::append_only::append_only;
use crate::columns::{at_least, choice, choice_null, references, references_at_commit};
use crate::drop_tables;
use crate::indexes::{index, unique, unique_where};

#[derive(DeriveMigrationName)]
pub struct Migration;

const STATUSES: [&str; 6] = ["DUE", "OWED", "BALANCED", "PAID", "RECEIVED", "WRITTEN_OFF"];
const LINES: [&str; 4] = ["HONORARIUM", "TRANSPORT", "DENDA", "ADJUSTMENT"];
/// Of databases that have accounts already; a fresh one is given all of them when it is seeded.
const ACCOUNTS: [(&str, &str, &str); 2] = [("1200", "Piutang Tutor", "ASSET"), ("5300", "Penyesuaian Honorarium", "EXPENSE")];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut account = Table::alter();
        account.table("user_account").add_column(uuid_null("tutor_id"));
        manager.alter_table(account).await?;
        index(manager, "user_account", &["tutor_id"]).await?;
        create_termination(manager).await?;
        create_settlement(manager).await?;
        create_line(manager).await?;
        for (code, name, kind) in ACCOUNTS {
            let sql = format!(
                "INSERT INTO ledger_account (code, name, kind) SELECT '{code}', '{name}', '{kind}' \
                 WHERE EXISTS (SELECT 1 FROM ledger_account) AND NOT EXISTS (SELECT 1 FROM ledger_account WHERE code = '{code}')"
            );
            manager.get_connection().execute_unprepared(&sql).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (code, _, _) in ACCOUNTS {
            let sql = format!("DELETE FROM ledger_account WHERE code = '{code}' AND NOT EXISTS (SELECT 1 FROM posting WHERE account = '{code}')");
            manager.get_connection().execute_unprepared(&sql).await?;
        }
        drop_tables(manager, &["final_settlement_line", "final_settlement", "termination"]).await?;
        let connection = manager.get_connection();
        connection.execute_unprepared("DROP INDEX \"ix_user_account_tutor_id\"").await?;
        connection.execute_unprepared("ALTER TABLE user_account DROP COLUMN tutor_id").await.map(|_| ())
    }
}

async fn create_termination(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("termination")
        .col(references_at_commit(pk_uuid("id"), "workflow_instance"))
        .col(text("code").unique_key().take())
        .col(references(uuid("tutor_id"), "tutor"))
        .col(uuid_null("strike_id"))
        .col(choice("state", &["DECIDED", "ARCHIVED"]))
        .col(text_null("reason"))
        .col(uuid("decided_by"))
        .col(timestamp_with_time_zone("decided_at"))
        .col(at_least("accounts_closed", 0))
        .col(at_least("sessions_ended", 0))
        .col(at_least("links_voided", 0))
        .col(at_least("resets_voided", 0))
        .col(at_least("identities_removed", 0))
        .col(at_least("sesi_to_clear", 0))
        .col(timestamp_with_time_zone_null("sesi_cleared_at"))
        .col(uuid_null("sesi_cleared_by"))
        .col(at_least("settlement_revision", 0))
        .col(uuid_null("settlement_id"))
        .col(choice_null("settlement_status", &STATUSES))
        .col(big_integer("adjustment_rp"))
        .col(at_least("due_rp", 0))
        .col(at_least("claim_rp", 0))
        .col(at_least("paid_rp", 0))
        .col(at_least("received_rp", 0))
        .col(timestamp_with_time_zone_null("documents_returned_at"))
        .col(uuid_null("documents_returned_by"))
        .col(text_null("documents_note"))
        .col(timestamp_with_time_zone_null("ground_fell_at"))
        .col(timestamp_with_time_zone_null("ground_noted_at"))
        .col(uuid_null("ground_noted_by"))
        .col(text_null("ground_note"))
        .col(timestamp_with_time_zone_null("archived_at"))
        .col(uuid_null("archived_by"));
    manager.create_table(table).await?;
    // One at a time, whoever decides at once.
    unique_where(manager, ("ux_termination_live", "termination"), &["tutor_id"], "state = 'DECIDED'").await?;
    index(manager, "termination", &["tutor_id"]).await?;
    index(manager, "termination", &["strike_id"]).await
}

async fn create_settlement(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("final_settlement")
        .col(pk_uuid("id"))
        .col(references(uuid("termination_id"), "termination"))
        .col(references(uuid("tutor_id"), "tutor"))
        .col(at_least("revision", 1))
        .col(timestamp_with_time_zone("at"))
        .col(at_least("policy_version", 1))
        .col(text("policy_sha256"))
        .col(at_least("honorarium_rp", 0))
        .col(at_least("transport_rp", 0))
        .col(at_least("denda_rp", 0))
        .col(big_integer("adjustment_rp"))
        .col(at_least("payable_rp", 0))
        .col(at_least("owed_rp", 0))
        .col(big_integer("waived_rp"))
        .col(at_least("paid_before_rp", 0))
        .col(at_least("received_before_rp", 0))
        .col(at_least("due_rp", 0))
        .col(at_least("claim_rp", 0))
        .col(choice("status", &STATUSES))
        .col(at_least("moved_rp", 0))
        .col(date_null("moved_on"))
        .col(choice_null("method", &["TRANSFER", "CASH", "OTHER"]))
        .col(text_null("reference"))
        .col(uuid_null("proof_document_id"))
        .col(uuid_null("recorded_by"))
        .col(timestamp_with_time_zone_null("recorded_at"));
    manager.create_table(table).await?;
    unique(manager, "final_settlement", &["termination_id", "revision"]).await?;
    index(manager, "final_settlement", &["tutor_id"]).await
}

async fn create_line(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("final_settlement_line")
        .col(references(uuid("settlement_id"), "final_settlement"))
        .col(at_least("number", 1))
        .col(choice("kind", &LINES))
        .col(uuid_null("sesi_id"))
        .col(uuid_null("source_id"))
        .col(text("code"))
        .col(date_null("held_on"))
        .col(big_integer("amount_rp"))
        .primary_key(Index::create().col("settlement_id").col("number"));
    manager.create_table(table).await?;
    index(manager, "final_settlement_line", &["source_id"]).await?;
    append_only(manager, "final_settlement_line", &[&["settlement_id", "number"]]).await
}
