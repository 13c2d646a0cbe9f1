//! Monthly archives of the audit (SPEC AUD-5), and indexes that keep its lists fast among millions of rows (AUD-4).
//!
//! Every list is sorted by time and id; so each index that serves a filter ends with them.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

use crate::append_only::append_only;
use crate::columns::{at_least, month};
use crate::drop_tables;
use crate::indexes::{index, unique};

#[derive(DeriveMigrationName)]
pub struct Migration;

const TABLE: &str = "audit_record";
/// As the second migration made them.
const BEFORE: [&[&str]; 3] = [&["entity_id"], &["at"], &["actor_id", "at"]];
const NOW: [&[&str]; 5] = [&["at", "id"], &["entity_id", "at", "id"], &["actor_id", "at", "id"], &["action", "at", "id"], &["entity_type", "at", "id"]];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        replace_indexes(manager, &BEFORE, &NOW).await?;
        create_archive(manager).await?;
        create_trouble(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["audit_archive_trouble", "audit_archive"]).await?;
        replace_indexes(manager, &NOW, &BEFORE).await
    }
}

async fn replace_indexes(manager: &SchemaManager<'_>, old: &[&[&str]], new: &[&[&str]]) -> Result<(), DbErr> {
    for columns in new {
        index(manager, TABLE, columns).await?;
    }
    for columns in old {
        let name = format!("ix_{TABLE}_{}", columns.join("_"));
        manager.get_connection().execute_unprepared(&format!("DROP INDEX \"{name}\"")).await?;
    }
    Ok(())
}

/// What was stored and read back. Part 0 is the month itself, later parts are records that came late.
async fn create_archive(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("audit_archive")
        .col(pk_uuid("id"))
        .col(month("month", manager.get_database_backend()))
        .col(at_least("part", 0))
        .col(at_least("after_seal", 0))
        .col(at_least("last_seal", 1))
        .col(at_least("row_count", 1))
        .col(at_least("seal_count", 1))
        .col(text("sha256"))
        .col(at_least("size", 1))
        .col(text("storage_key"))
        .col(timestamp_with_time_zone("verified_at"));
    manager.create_table(table).await?;
    unique(manager, "audit_archive", &["month", "part"]).await?;
    append_only(manager, "audit_archive", &[&["id"], &["month", "part"]]).await
}

/// Why a month could not be archived; gone as soon as it is.
async fn create_trouble(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("audit_archive_trouble")
        .col(month("month", manager.get_database_backend()).primary_key().take())
        .col(text("code"))
        .col(text("detail"))
        .col(timestamp_with_time_zone("at"));
    manager.create_table(table).await
}
