//! What an admin has confirmed about the start of an account, e.g. that 2FA is on (SPEC USR-1).

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

use crate::columns::{choice, references};
use crate::drop_tables;

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
            .table("onboarding_mark")
            .col(references(uuid("user_id"), "user_account"))
            .col(choice("step", &["two_factor_google"]))
            .col(timestamp_with_time_zone("done_at"))
            .col(references(uuid("done_by"), "user_account"))
            .primary_key(Index::create().col("user_id").col("step"));
        manager.create_table(table).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["onboarding_mark"]).await
    }
}
