//! Every proof of payment that was ever kept with a Tagihan: whoever is erased takes all of them along, replaced ones too.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

use crate::append_only::append_only;
use crate::columns::references;
use crate::drop_tables;
use crate::indexes::index;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut table = Table::create();
        table
            .table("tagihan_proof")
            .col(references(pk_uuid("document_id"), "document"))
            .col(references(uuid("tagihan_id"), "tagihan"))
            .col(timestamp_with_time_zone("attached_at"));
        manager.create_table(table).await?;
        index(manager, "tagihan_proof", &["tagihan_id"]).await?;
        append_only(manager, "tagihan_proof", &[&["document_id"]]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["tagihan_proof"]).await
    }
}
