//! Payments: money that comes from siswa, goes to tutors and to the state, and what each payment pays; and the lines of
//! bank statements that payments are found by.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;
use sea_orm_migration::sea_orm::DatabaseBackend;

use crate::append_only::append_only;
use crate::columns::{at_least, choice, choice_null, references, references_at_commit};
use crate::drop_tables;
use crate::indexes::{index, unique_where};
use crate::payment_rules;

#[derive(DeriveMigrationName)]
pub struct Migration;

const KINDS: [&str; 5] = ["SISWA", "DEPOSIT", "HONORARIUM", "PPH", "REVERSAL"];
const METHODS: [&str; 3] = ["TRANSFER", "CASH", "OTHER"];
const LINE_STATES: [&str; 3] = ["OPEN", "MATCHED", "IGNORED"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        create_payment(manager).await?;
        create_allocation(manager).await?;
        create_statement(manager).await?;
        create_line(manager).await?;
        let (rules, code) = match manager.get_database_backend() {
            DatabaseBackend::Postgres => (payment_rules::postgres(), "CREATE SEQUENCE code_payment;"),
            _ => (payment_rules::sqlite(), "INSERT INTO code_sequence (name, value) VALUES ('payment', 0);"),
        };
        manager.get_connection().execute_unprepared(&rules).await?;
        manager.get_connection().execute_unprepared(code).await.map(|_| ())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let code = match manager.get_database_backend() {
            DatabaseBackend::Postgres => "DROP SEQUENCE code_payment;",
            _ => "DELETE FROM code_sequence WHERE name = 'payment';",
        };
        manager.get_connection().execute_unprepared(code).await?;
        drop_tables(manager, &["bank_line", "bank_statement", "payment_allocation", "payment"]).await?;
        if manager.get_database_backend() == DatabaseBackend::Postgres {
            manager.get_connection().execute_unprepared(payment_rules::DROP_POSTGRES).await?;
        }
        Ok(())
    }
}

async fn create_payment(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("payment")
        .col(references_at_commit(pk_uuid("id"), "workflow_instance"))
        .col(text("code").unique_key().take())
        .col(choice("kind", &KINDS))
        .col(references(uuid_null("siswa_id"), "siswa"))
        .col(references(uuid_null("tutor_id"), "tutor"))
        .col(references(uuid_null("honorarium_id"), "honorarium"))
        .col(text_null("pph_month"))
        .col(at_least("amount_rp", 0))
        .col(at_least("allocated_rp", 0))
        .col(at_least("deposit_rp", 0))
        .col(at_least("pph_withheld_rp", 0))
        .col(big_integer_null("pph_bps"))
        .col(date("paid_on"))
        .col(date("posted_on"))
        .col(choice_null("method", &METHODS))
        .col(text_null("reference"))
        .col(references(uuid_null("proof_document_id"), "document"))
        .col(references(uuid_null("reverses_id"), "payment"))
        .col(text_null("reason"))
        .col(uuid("recorded_by"))
        .col(timestamp_with_time_zone("recorded_at"))
        .check(Expr::cust("(kind = 'REVERSAL') = (reverses_id IS NOT NULL)"))
        .check(Expr::cust("kind <> 'SISWA' OR (siswa_id IS NOT NULL AND amount_rp > 0 AND amount_rp = allocated_rp + deposit_rp)"))
        .check(Expr::cust("kind <> 'DEPOSIT' OR (siswa_id IS NOT NULL AND amount_rp > 0 AND amount_rp = allocated_rp)"))
        .check(Expr::cust("kind <> 'HONORARIUM' OR (tutor_id IS NOT NULL AND honorarium_id IS NOT NULL)"))
        .check(Expr::cust("kind <> 'PPH' OR (pph_month IS NOT NULL AND amount_rp > 0)"));
    manager.create_table(table).await?;
    // A payment is reversed once.
    unique_where(manager, ("ux_payment_reverses", "payment"), &["reverses_id"], "reverses_id IS NOT NULL").await?;
    index(manager, "payment", &["siswa_id", "paid_on"]).await?;
    index(manager, "payment", &["tutor_id", "paid_on"]).await?;
    index(manager, "payment", &["honorarium_id"]).await?;
    index(manager, "payment", &["kind", "paid_on"]).await?;
    index(manager, "payment", &["paid_on", "id"]).await?;
    index(manager, "payment", &["proof_document_id"]).await
}

/// What a payment of a siswa pays of which Tagihan.
async fn create_allocation(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("payment_allocation")
        .col(references_at_commit(uuid("payment_id"), "payment"))
        .col(references(uuid("tagihan_id"), "tagihan"))
        .col(at_least("amount_rp", 1))
        .primary_key(Index::create().col("payment_id").col("tagihan_id"));
    manager.create_table(table).await?;
    index(manager, "payment_allocation", &["tagihan_id"]).await?;
    append_only(manager, "payment_allocation", &[&["payment_id", "tagihan_id"]]).await
}

async fn create_statement(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("bank_statement")
        .col(pk_uuid("id"))
        .col(text("name"))
        .col(text("sha256"))
        .col(at_least("line_count", 0))
        .col(at_least("added_count", 0))
        .col(date_null("from_day"))
        .col(date_null("to_day"))
        .col(uuid("imported_by"))
        .col(timestamp_with_time_zone("imported_at"));
    manager.create_table(table).await?;
    index(manager, "bank_statement", &["imported_at"]).await
}

/// `fingerprint` is the same for the same line of another export.
async fn create_line(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("bank_line")
        .col(pk_uuid("id"))
        .col(references(uuid("statement_id"), "bank_statement"))
        .col(at_least("line", 1))
        .col(date("booked_on"))
        .col(text("description"))
        .col(big_integer("amount_rp").check(Expr::col("amount_rp").ne(0)).take())
        .col(big_integer_null("balance_rp"))
        .col(text("fingerprint").unique_key().take())
        .col(choice("state", &LINE_STATES))
        .col(references_at_commit(uuid_null("payment_id"), "payment"))
        .col(text_null("ignored_reason"))
        .col(uuid_null("decided_by"))
        .col(timestamp_with_time_zone_null("decided_at"))
        .check(Expr::cust("(state = 'MATCHED') = (payment_id IS NOT NULL)"));
    manager.create_table(table).await?;
    unique_where(manager, ("ux_bank_line_payment", "bank_line"), &["payment_id"], "payment_id IS NOT NULL").await?;
    index(manager, "bank_line", &["state", "booked_on"]).await?;
    index(manager, "bank_line", &["statement_id"]).await
}
