//! Whose account an account is, when it is a siswa's: it sees that siswa only (SPEC REP-3). A tutor's is named already.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

use crate::indexes::index;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut account = Table::alter();
        // Nobody is both: whoever is, has two accounts.
        let siswa = uuid_null("siswa_id").check(Expr::cust("siswa_id IS NULL OR tutor_id IS NULL")).take();
        account.table("user_account").add_column(siswa);
        manager.alter_table(account).await?;
        index(manager, "user_account", &["siswa_id"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        connection.execute_unprepared("DROP INDEX \"ix_user_account_siswa_id\"").await?;
        connection.execute_unprepared("ALTER TABLE user_account DROP COLUMN siswa_id").await.map(|_| ())
    }
}
