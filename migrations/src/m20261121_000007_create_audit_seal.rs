//! Seals over the audit trail (SPEC AUD-3): a chain of Merkle roots, and which record stands where in it.
//!
//! No foreign key to `audit_record`: it would lock every record once more, and the record cannot be deleted anyway.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

use crate::append_only::append_only;
use crate::columns::at_least;
use crate::drop_tables;
use crate::indexes::unique;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        create_seal(manager).await?;
        create_sealed(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["audit_sealed", "audit_seal"]).await
    }
}

async fn create_seal(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("audit_seal")
        .col(at_least("position", 1).primary_key().take())
        .col(at_least("row_count", 1))
        .col(uuid("first_id"))
        .col(uuid("last_id"))
        .col(timestamp_with_time_zone("latest_at"))
        .col(text("root"))
        .col(text("previous_hash"))
        .col(text("hash"))
        .col(timestamp_with_time_zone("sealed_at"));
    manager.create_table(table).await?;
    append_only(manager, "audit_seal", &[&["position"]]).await
}

async fn create_sealed(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table.table("audit_sealed").col(pk_uuid("record_id")).col(at_least("seal", 1)).col(at_least("place", 0)).col(text("hash"));
    manager.create_table(table).await?;
    unique(manager, "audit_sealed", &["seal", "place"]).await?;
    append_only(manager, "audit_sealed", &[&["record_id"], &["seal", "place"]]).await
}
