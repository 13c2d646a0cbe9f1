//! What is put right after the fact: credit notes with their lines, refunds with what was noted on their way, write-offs of
//! what nobody will pay, and settlements that were taken back.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;
use sea_orm_migration::sea_orm::DatabaseBackend;

use crate::append_only::append_only;
use crate::columns::{at_least, choice, choice_null, references, references_at_commit};
use crate::drop_tables;
use crate::indexes::{index, unique_where};

#[derive(DeriveMigrationName)]
pub struct Migration;

const CODES: [&str; 4] = ["credit_note", "refund", "write_off", "settlement_reversal"];
const CREDIT_NOTE: [&str; 3] = ["REQUESTED", "ISSUED", "REJECTED"];
const REFUND: [&str; 3] = ["DUE", "SENT", "KEPT"];
const WRITE_OFF: [&str; 3] = ["REQUESTED", "WRITTEN_OFF", "REJECTED"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        create_credit_note(manager).await?;
        create_refund(manager).await?;
        create_write_off(manager).await?;
        create_reversal(manager).await?;
        index(manager, "tagihan", &["siswa_id", "status"]).await?;
        // What somebody owes or has given in advance, without looking at each posting.
        index(manager, "posting", &["account", "party_id", "amount_rp"]).await?;
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
        for name in ["ix_tagihan_siswa_id_status", "ix_posting_account_party_id_amount_rp"] {
            manager.get_connection().execute_unprepared(&format!("DROP INDEX \"{name}\"")).await?;
        }
        drop_tables(manager, &["settlement_reversal", "write_off", "refund_note", "refund", "credit_note_line", "credit_note"]).await
    }
}

async fn create_credit_note(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("credit_note")
        .col(references_at_commit(pk_uuid("id"), "workflow_instance"))
        .col(text("code").unique_key().take())
        // Given when it is issued, without a gap.
        .col(text_null("number").unique_key().take())
        .col(references(uuid("tagihan_id"), "tagihan"))
        .col(references(uuid("siswa_id"), "siswa"))
        .col(at_least("amount_rp", 1))
        .col(at_least("open_rp", 0))
        .col(at_least("paid_rp", 0))
        .col(choice("keep", &["REFUND", "DEPOSIT"]))
        .col(choice("state", &CREDIT_NOTE))
        .col(date_null("issued_on"))
        .col(uuid_null("refund_id"))
        .col(text_null("reason"))
        .col(uuid("requested_by"))
        .col(timestamp_with_time_zone("requested_at"))
        .col(uuid_null("decided_by"))
        .col(timestamp_with_time_zone_null("decided_at"))
        .check(Expr::cust("(state = 'ISSUED') = (number IS NOT NULL) AND (state = 'ISSUED') = (issued_on IS NOT NULL)"))
        .check(Expr::cust("state <> 'ISSUED' OR open_rp + paid_rp = amount_rp"));
    manager.create_table(table).await?;
    unique_where(manager, ("ux_credit_note_open", "credit_note"), &["tagihan_id"], "state = 'REQUESTED'").await?;
    index(manager, "credit_note", &["tagihan_id"]).await?;
    index(manager, "credit_note", &["siswa_id"]).await?;
    index(manager, "credit_note", &["issued_on"]).await?;

    let mut line = Table::create();
    line.table("credit_note_line")
        .col(references_at_commit(uuid("credit_note_id"), "credit_note"))
        .col(at_least("number", 1))
        .col(at_least("amount_rp", 1))
        .primary_key(Index::create().col("credit_note_id").col("number"));
    manager.create_table(line).await?;
    append_only(manager, "credit_note_line", &[&["credit_note_id", "number"]]).await
}

async fn create_refund(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("refund")
        .col(references_at_commit(pk_uuid("id"), "workflow_instance"))
        .col(text("code").unique_key().take())
        .col(references(uuid("siswa_id"), "siswa"))
        .col(choice("source", &["CREDIT_NOTE", "TITIPAN"]))
        .col(references_at_commit(uuid_null("credit_note_id"), "credit_note"))
        .col(at_least("amount_rp", 1))
        .col(choice("state", &REFUND))
        .col(at_least("notes", 0))
        .col(text_null("reason"))
        .col(uuid("requested_by"))
        .col(timestamp_with_time_zone("requested_at"))
        .col(date_null("paid_on"))
        .col(choice_null("method", &["TRANSFER", "CASH", "OTHER"]))
        .col(text_null("reference"))
        .col(uuid_null("proof_document_id"))
        .col(uuid_null("closed_by"))
        .col(timestamp_with_time_zone_null("closed_at"))
        .check(Expr::cust("(source = 'CREDIT_NOTE') = (credit_note_id IS NOT NULL)"))
        .check(Expr::cust("(state = 'SENT') = (paid_on IS NOT NULL)"));
    manager.create_table(table).await?;
    index(manager, "refund", &["siswa_id"]).await?;
    index(manager, "refund", &["state"]).await?;
    unique_where(manager, ("ux_refund_credit_note", "refund"), &["credit_note_id"], "credit_note_id IS NOT NULL").await?;

    let mut note = Table::create();
    note.table("refund_note")
        .col(references_at_commit(uuid("refund_id"), "refund"))
        .col(at_least("number", 1))
        .col(timestamp_with_time_zone("at"))
        .col(uuid("by_id"))
        .col(text_null("body"))
        .primary_key(Index::create().col("refund_id").col("number"));
    manager.create_table(note).await
}

async fn create_write_off(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("write_off")
        .col(references_at_commit(pk_uuid("id"), "workflow_instance"))
        .col(text("code").unique_key().take())
        .col(references(uuid("tagihan_id"), "tagihan"))
        .col(references(uuid("siswa_id"), "siswa"))
        .col(at_least("amount_rp", 1))
        .col(boolean("tax_compliant"))
        .col(text_null("tax_note"))
        .col(choice("state", &WRITE_OFF))
        .col(date_null("written_off_on"))
        .col(text_null("reason"))
        .col(uuid("requested_by"))
        .col(timestamp_with_time_zone("requested_at"))
        .col(uuid_null("decided_by"))
        .col(timestamp_with_time_zone_null("decided_at"))
        .check(Expr::cust("(state = 'WRITTEN_OFF') = (written_off_on IS NOT NULL)"));
    manager.create_table(table).await?;
    unique_where(manager, ("ux_write_off_open", "write_off"), &["tagihan_id"], "state = 'REQUESTED'").await?;
    index(manager, "write_off", &["siswa_id"]).await?;
    index(manager, "write_off", &["written_off_on"]).await
}

async fn create_reversal(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("settlement_reversal")
        .col(references_at_commit(pk_uuid("id"), "workflow_instance"))
        .col(text("code").unique_key().take())
        .col(choice("side", &["SISWA", "TUTOR"]))
        // Nothing is taken back twice.
        .col(uuid("settlement_id").unique_key().take())
        .col(references(uuid("sesi_id"), "sesi"))
        .col(references(uuid_null("siswa_id"), "siswa"))
        .col(references(uuid_null("tutor_id"), "tutor"))
        .col(at_least("amount_rp", 0))
        .col(at_least("transport_rp", 0))
        .col(choice("state", &["DONE"]))
        .col(date("posted_on"))
        .col(text_null("reason"))
        .col(uuid("requested_by"))
        .col(timestamp_with_time_zone("requested_at"))
        .check(Expr::cust("(side = 'SISWA') = (siswa_id IS NOT NULL) AND (side = 'TUTOR') = (tutor_id IS NOT NULL)"));
    manager.create_table(table).await?;
    index(manager, "settlement_reversal", &["sesi_id"]).await
}
