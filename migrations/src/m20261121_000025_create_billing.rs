//! Billing: the runs, what they make (Tagihan and Honorarium with their lines), the series their numbers come from, and
//! the adjustments that go onto them. And the accounts that payments and corrections need.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;
use sea_orm_migration::sea_orm::DatabaseBackend;

use crate::billing_rules;
use crate::columns::{at_least, choice, month, references, references_at_commit};
use crate::drop_tables;
use crate::indexes::{index, unique, unique_where};

#[derive(DeriveMigrationName)]
pub struct Migration;

const RUN_STATES: [&str; 7] = ["SCHEDULED", "PREFLIGHT", "HALTED", "RUNNING", "DONE", "CANCELLED", "FAILED"];
const SIDES: [&str; 2] = ["SISWA", "TUTOR"];
const TAGIHAN: [&str; 6] = ["DRAFT", "ISSUED", "PARTIALLY_PAID", "PAID", "VOID", "WRITTEN_OFF"];
const TAGIHAN_LINES: [&str; 5] = ["SESI", "NO_SHOW", "CANCELLATION", "RESCHEDULE", "ADJUSTMENT"];
const HONORARIUM: [&str; 4] = ["DRAFT", "ISSUED", "PAID", "VOID"];
const HONORARIUM_LINES: [&str; 10] =
    ["SESI", "NO_SHOW", "CANCELLATION", "RESCHEDULE", "TRANSPORT", "ADJUSTMENT", "DENDA", "DENDA_RETURNED", "REVERSED", "CARRIED"];
const CODES: [&str; 2] = ["billing_run", "money_adjustment"];
/// Of databases that have accounts already; a fresh one is given all of them when it is seeded.
const ACCOUNTS: [(&str, &str, &str); 6] = [
    ("2200", "Hutang PPh", "LIABILITY"),
    ("2300", "Titipan Siswa", "LIABILITY"),
    ("2400", "Hutang Refund", "LIABILITY"),
    ("4500", "Penyesuaian Tagihan", "REVENUE"),
    ("4900", "Nota Kredit", "REVENUE"),
    ("5400", "Piutang Tak Tertagih", "EXPENSE"),
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        create_series(manager).await?;
        create_run(manager).await?;
        create_tagihan(manager).await?;
        create_honorarium(manager).await?;
        create_adjustment(manager).await?;
        let rules = match manager.get_database_backend() {
            DatabaseBackend::Postgres => billing_rules::postgres(),
            _ => billing_rules::sqlite(),
        };
        manager.get_connection().execute_unprepared(&rules).await?;
        create_codes(manager).await?;
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
        drop_codes(manager).await?;
        let tables = [
            "money_adjustment",
            "honorarium_line",
            "honorarium",
            "tagihan_line",
            "tagihan",
            "billing_parked",
            "billing_part",
            "billing_run",
            "document_series",
        ];
        drop_tables(manager, &tables).await?;
        if manager.get_database_backend() == DatabaseBackend::Postgres {
            manager.get_connection().execute_unprepared(billing_rules::DROP_POSTGRES).await?;
        }
        Ok(())
    }
}

/// Numbers without gaps: a range is taken in the transaction that writes its documents.
async fn create_series(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table.table("document_series").col(text("series").primary_key().take()).col(at_least("next", 1));
    manager.create_table(table).await
}

async fn create_run(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut run = Table::create();
    run.table("billing_run")
        .col(references_at_commit(pk_uuid("id"), "workflow_instance"))
        .col(text("code").unique_key().take())
        .col(month("period_month", manager.get_database_backend()))
        .col(at_least("number", 1))
        .col(choice("state", &RUN_STATES))
        .col(date_null("due_on"))
        .col(json_binary_null("preflight"))
        .col(at_least("parts", 0))
        .col(at_least("parts_done", 0))
        .col(at_least("tagihan_count", 0))
        .col(at_least("tagihan_rp", 0))
        .col(at_least("honorarium_count", 0))
        .col(at_least("honorarium_rp", 0))
        .col(at_least("parked_count", 0))
        .col(text_null("error"))
        .col(uuid_null("started_by"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone_null("started_at"))
        .col(timestamp_with_time_zone_null("ended_at"));
    manager.create_table(run).await?;
    unique(manager, "billing_run", &["period_month", "number"]).await?;
    let live = "state IN ('SCHEDULED', 'PREFLIGHT', 'HALTED', 'RUNNING')";
    unique_where(manager, ("ux_billing_run_live", "billing_run"), &["period_month"], live).await?;

    let mut part = Table::create();
    part.table("billing_part")
        .col(references(uuid("run_id"), "billing_run"))
        .col(at_least("number", 0))
        .col(choice("side", &SIDES))
        .col(uuid("first_id"))
        .col(uuid("last_id"))
        .col(at_least("parties", 0))
        .col(at_least("documents", 0))
        .col(at_least("parked", 0))
        .col(big_integer("amount_rp"))
        .col(timestamp_with_time_zone_null("done_at"))
        .primary_key(Index::create().col("run_id").col("number"));
    manager.create_table(part).await?;

    let mut parked = Table::create();
    parked
        .table("billing_parked")
        .col(references(uuid("run_id"), "billing_run"))
        .col(choice("side", &SIDES))
        .col(uuid("party_id"))
        .col(text("reason"))
        .col(json_binary("params"))
        .col(big_integer("amount_rp"))
        .primary_key(Index::create().col("run_id").col("side").col("party_id"));
    manager.create_table(parked).await
}

async fn create_tagihan(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("tagihan")
        .col(pk_uuid("id"))
        .col(text("number").unique_key().take())
        .col(references(uuid("siswa_id"), "siswa"))
        .col(month("period_month", manager.get_database_backend()))
        .col(at_least("revision", 1))
        .col(choice("status", &TAGIHAN))
        .col(date_null("issued_on"))
        .col(date_null("due_on"))
        .col(at_least("sesi_rp", 0))
        .col(big_integer("adjustment_rp"))
        .col(at_least("total_rp", 0))
        .col(at_least("credited_rp", 0))
        .col(at_least("refunded_rp", 0))
        .col(at_least("paid_rp", 0))
        .col(at_least("written_off_rp", 0))
        .col(references(uuid("run_id"), "billing_run"))
        .col(uuid_null("proof_document_id"))
        .col(timestamp_with_time_zone("created_at"))
        .check(Expr::cust("total_rp = sesi_rp + adjustment_rp"))
        .check(Expr::cust("total_rp - credited_rp + refunded_rp - paid_rp - written_off_rp >= 0"))
        .check(Expr::cust("status = 'DRAFT' OR status = 'VOID' OR (issued_on IS NOT NULL AND due_on IS NOT NULL)"));
    manager.create_table(table).await?;
    unique(manager, "tagihan", &["siswa_id", "period_month", "revision"]).await?;
    index(manager, "tagihan", &["period_month", "status"]).await?;
    index(manager, "tagihan", &["status", "due_on"]).await?;
    index(manager, "tagihan", &["run_id"]).await?;

    let mut line = Table::create();
    line.table("tagihan_line")
        .col(references_at_commit(uuid("tagihan_id"), "tagihan"))
        .col(at_least("number", 1))
        .col(choice("kind", &TAGIHAN_LINES))
        .col(uuid("source_id"))
        .col(uuid_null("sesi_id"))
        .col(date("held_on"))
        .col(big_integer("amount_rp"))
        .col(at_least("credited_rp", 0))
        .col(timestamp_with_time_zone_null("voided_at"))
        .primary_key(Index::create().col("tagihan_id").col("number"));
    manager.create_table(line).await?;
    unique_where(manager, ("ux_tagihan_line_source", "tagihan_line"), &["source_id"], "voided_at IS NULL").await
}

async fn create_honorarium(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("honorarium")
        .col(pk_uuid("id"))
        .col(text("number").unique_key().take())
        .col(references(uuid("tutor_id"), "tutor"))
        .col(month("period_month", manager.get_database_backend()))
        .col(at_least("revision", 1))
        .col(choice("status", &HONORARIUM))
        .col(date_null("issued_on"))
        .col(at_least("base_rp", 0))
        .col(at_least("transport_rp", 0))
        .col(big_integer("adjustment_rp"))
        .col(at_least("returned_rp", 0))
        .col(at_least("reversed_rp", 0))
        .col(at_least("denda_rp", 0))
        .col(at_least("carried_in_rp", 0))
        .col(at_least("carried_out_rp", 0))
        .col(at_least("net_rp", 0))
        .col(at_least("pph_withheld_rp", 0))
        .col(at_least("paid_rp", 0))
        .col(references(uuid("run_id"), "billing_run"))
        .col(uuid_null("proof_document_id"))
        .col(timestamp_with_time_zone("created_at"))
        .check(Expr::cust("net_rp = base_rp + transport_rp + adjustment_rp + returned_rp - reversed_rp - denda_rp - carried_in_rp + carried_out_rp"))
        .check(Expr::cust("pph_withheld_rp + paid_rp <= net_rp"))
        .check(Expr::cust("status = 'DRAFT' OR status = 'VOID' OR issued_on IS NOT NULL"));
    manager.create_table(table).await?;
    unique(manager, "honorarium", &["tutor_id", "period_month", "revision"]).await?;
    index(manager, "honorarium", &["period_month", "status"]).await?;
    index(manager, "honorarium", &["run_id"]).await?;

    let mut line = Table::create();
    line.table("honorarium_line")
        .col(references_at_commit(uuid("honorarium_id"), "honorarium"))
        .col(at_least("number", 1))
        .col(choice("kind", &HONORARIUM_LINES))
        .col(uuid("source_id"))
        .col(uuid_null("sesi_id"))
        .col(date_null("held_on"))
        .col(big_integer("amount_rp"))
        .col(timestamp_with_time_zone_null("voided_at"))
        .primary_key(Index::create().col("honorarium_id").col("number"));
    manager.create_table(line).await?;
    unique_where(manager, ("ux_honorarium_line_source", "honorarium_line"), &["source_id", "kind"], "voided_at IS NULL").await
}

async fn create_adjustment(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("money_adjustment")
        .col(references_at_commit(pk_uuid("id"), "workflow_instance"))
        .col(text("code").unique_key().take())
        .col(choice("side", &SIDES))
        .col(references(uuid_null("siswa_id"), "siswa"))
        .col(references(uuid_null("tutor_id"), "tutor"))
        .col(references(uuid_null("sesi_id"), "sesi"))
        .col(big_integer("amount_rp").check(Expr::col("amount_rp").ne(0)).take())
        .col(date("occurred_on"))
        .col(month("period_month", manager.get_database_backend()))
        .col(choice("state", &["WAITING", "POSTED", "REJECTED"]))
        .col(text_null("reason"))
        .col(uuid("requested_by"))
        .col(timestamp_with_time_zone("requested_at"))
        .col(uuid_null("decided_by"))
        .col(timestamp_with_time_zone_null("decided_at"))
        .check(Expr::cust("(side = 'SISWA') = (siswa_id IS NOT NULL) AND (side = 'TUTOR') = (tutor_id IS NOT NULL)"));
    manager.create_table(table).await?;
    index(manager, "money_adjustment", &["siswa_id", "period_month"]).await?;
    index(manager, "money_adjustment", &["tutor_id", "period_month"]).await?;
    index(manager, "money_adjustment", &["state", "period_month"]).await?;
    index(manager, "money_adjustment", &["sesi_id"]).await
}

async fn create_codes(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let create = match manager.get_database_backend() {
        DatabaseBackend::Postgres => CODES.map(|name| format!("CREATE SEQUENCE code_{name};")).concat(),
        _ => CODES.map(|name| format!("INSERT INTO code_sequence (name, value) VALUES ('{name}', 0);")).concat(),
    };
    manager.get_connection().execute_unprepared(&create).await.map(|_| ())
}

async fn drop_codes(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let drop = match manager.get_database_backend() {
        DatabaseBackend::Postgres => CODES.map(|name| format!("DROP SEQUENCE code_{name};")).concat(),
        _ => CODES.map(|name| format!("DELETE FROM code_sequence WHERE name = '{name}';")).concat(),
    };
    manager.get_connection().execute_unprepared(&drop).await.map(|_| ())
}
