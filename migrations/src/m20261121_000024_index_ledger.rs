//! Ways into the ledger: its entries by the day they are posted on, page after page; an account's postings without looking at
//! each row; and what was ever posted for one siswa or tutor.

use sea_orm_migration::prelude::*;

use crate::indexes::index;

#[derive(DeriveMigrationName)]
pub struct Migration;

/// Each begins with what one of before was made of.
const REPLACED: [(&str, &str); 2] = [("journal_entry", "posted_on"), ("posting", "account")];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        index(manager, "journal_entry", &["posted_on", "id"]).await?;
        index(manager, "posting", &["account", "entry_id", "amount_rp"]).await?;
        index(manager, "posting", &["party_id", "entry_id"]).await?;
        for (table, column) in REPLACED {
            drop(manager, &format!("ix_{table}_{column}")).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, column) in REPLACED {
            index(manager, table, &[column]).await?;
        }
        for name in ["ix_journal_entry_posted_on_id", "ix_posting_account_entry_id_amount_rp", "ix_posting_party_id_entry_id"] {
            drop(manager, name).await?;
        }
        Ok(())
    }
}

async fn drop(manager: &SchemaManager<'_>, name: &str) -> Result<(), DbErr> {
    manager.get_connection().execute_unprepared(&format!("DROP INDEX \"{name}\"")).await.map(|_| ())
}
