//! Ways to what is still to be billed: a siswa's and a tutor's settlements by where their money stands, not all there ever were.

use sea_orm_migration::prelude::*;

use crate::indexes::index;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        index(manager, "siswa_settlement", &["siswa_id", "status"]).await?;
        index(manager, "tutor_settlement", &["tutor_id", "status"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for name in ["ix_siswa_settlement_siswa_id_status", "ix_tutor_settlement_tutor_id_status"] {
            manager.get_connection().execute_unprepared(&format!("DROP INDEX \"{name}\"")).await?;
        }
        Ok(())
    }
}
