//! The ledger (accounts, entries, postings, periods), the audit trail, and the sequences behind human codes.
//!
//! Three rules live here and nowhere else: an entry balances, an entry is complete once written, and no entry is
//! dated in a locked period. `ledger_rules` holds their triggers.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;
use sea_orm_migration::sea_orm::DatabaseBackend;

use crate::append_only::append_only;
use crate::columns::{at_least, choice, month, references, references_at_commit};
use crate::drop_tables;
use crate::indexes::index;
use crate::ledger_rules;

#[derive(DeriveMigrationName)]
pub struct Migration;

/// Postgres sequences `code_<name>`; rows of `code_sequence` on SQLite.
const CODES: [&str; 3] = ["sesi", "siswa", "tutor"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        create_ledger(manager).await?;
        create_period(manager).await?;
        let rules = match manager.get_database_backend() {
            DatabaseBackend::Postgres => ledger_rules::postgres(),
            _ => ledger_rules::sqlite(),
        };
        manager.get_connection().execute_unprepared(&rules).await?;
        create_audit(manager).await?;
        create_codes(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_codes(manager).await?;
        drop_tables(manager, &["audit_record", "posting", "journal_entry", "period", "ledger_account"]).await?;
        if manager.get_database_backend() == DatabaseBackend::Postgres {
            manager.get_connection().execute_unprepared(ledger_rules::DROP_POSTGRES).await?;
        }
        Ok(())
    }
}

async fn create_ledger(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut account = Table::create();
    account
        .table("ledger_account")
        .col(text("code").primary_key().take())
        .col(text("name"))
        .col(choice("kind", &["ASSET", "LIABILITY", "REVENUE", "EXPENSE", "EQUITY"]));
    manager.create_table(account).await?;

    let mut entry = Table::create();
    entry
        .table("journal_entry")
        .col(pk_uuid("id"))
        .col(text("natural_key").unique_key().take())
        .col(text("kind"))
        .col(references(uuid("instance_id"), "workflow_instance"))
        .col(at_least("seq", 0))
        .col(date("occurred_on"))
        .col(date("posted_on"))
        .col(references(uuid_null("reverses_id"), "journal_entry"))
        .col(timestamp_with_time_zone("at"));
    if manager.get_database_backend() == DatabaseBackend::Postgres {
        // Set by a trigger: the transaction that wrote the entry, the only one that may add postings to it.
        entry.col(ColumnDef::new("written_in").custom("xid8").not_null().take());
    }
    manager.create_table(entry).await?;
    index(manager, "journal_entry", &["instance_id"]).await?;
    index(manager, "journal_entry", &["posted_on"]).await?;
    index(manager, "journal_entry", &["reverses_id"]).await?;
    append_only(manager, "journal_entry", &[&["id"], &["natural_key"]]).await?;

    let account_key = text("account").extra("REFERENCES \"ledger_account\" (\"code\")").take();
    let mut posting = Table::create();
    posting
        .table("posting")
        .col(references_at_commit(uuid("entry_id"), "journal_entry"))
        .col(at_least("line", 0))
        .col(account_key)
        .col(uuid_null("party_id"))
        .col(big_integer("amount_rp").check(Expr::col("amount_rp").ne(0)).take())
        .primary_key(Index::create().col("entry_id").col("line"));
    manager.create_table(posting).await?;
    index(manager, "posting", &["account"]).await?;
    append_only(manager, "posting", &[&["entry_id", "line"]]).await
}

async fn create_period(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let month = month("month", manager.get_database_backend()).primary_key().take();
    let mut table = Table::create();
    table.table("period").col(month).col(choice("state", &["OPEN", "LOCKED"])).col(timestamp_with_time_zone_null("locked_at")).col(uuid_null("locked_by"));
    manager.create_table(table).await
}

async fn create_audit(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("audit_record")
        .col(pk_uuid("id"))
        .col(timestamp_with_time_zone("at"))
        .col(uuid("actor_id"))
        .col(text("actor_name"))
        .col(choice("actor_kind", &["PERSON", "SYSTEM"]))
        .col(text_null("on_behalf_of"))
        .col(text("action"))
        .col(text("entity_type"))
        .col(uuid("entity_id"))
        .col(text_null("entity_code"))
        .col(big_integer_null("instance_seq"))
        .col(json_binary_null("before"))
        .col(json_binary_null("after"))
        .col(text_null("reason"))
        .col(text_null("ip"))
        .col(text_null("request_id"))
        .col(text_null("trace_id"));
    manager.create_table(table).await?;
    index(manager, "audit_record", &["entity_id"]).await?;
    index(manager, "audit_record", &["at"]).await?;
    index(manager, "audit_record", &["actor_id", "at"]).await?;
    append_only(manager, "audit_record", &[&["id"]]).await
}

async fn create_codes(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    if manager.get_database_backend() == DatabaseBackend::Postgres {
        let create = CODES.map(|name| format!("CREATE SEQUENCE code_{name};")).concat();
        return manager.get_connection().execute_unprepared(&create).await.map(|_| ());
    }
    let mut table = Table::create();
    table.table("code_sequence").col(text("name").primary_key().take()).col(at_least("value", 0));
    manager.create_table(table).await?;
    let start = CODES.map(|name| format!("INSERT INTO code_sequence (name, value) VALUES ('{name}', 0);")).concat();
    manager.get_connection().execute_unprepared(&start).await.map(|_| ())
}

async fn drop_codes(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    if manager.get_database_backend() == DatabaseBackend::Postgres {
        let drop = CODES.map(|name| format!("DROP SEQUENCE code_{name};")).concat();
        return manager.get_connection().execute_unprepared(&drop).await.map(|_| ());
    }
    drop_tables(manager, &["code_sequence"]).await
}
