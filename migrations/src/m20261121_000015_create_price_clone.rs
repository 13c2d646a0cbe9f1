//! Cloning a Tahun Ajaran (SPEC PRC-5): once into each year, each price naming the clone it came by; and no two
//! academic years on one day.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;
use sea_orm_migration::sea_orm::DatabaseBackend;

use crate::append_only::append_only;
use crate::columns::{at_least, references};
use crate::drop_tables;
use crate::price_clone_rules as rules;

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
            .table("price_clone")
            .col(pk_uuid("id"))
            .col(references(uuid("source_id"), "tahun_ajaran"))
            .col(references(uuid("target_id").unique_key().take(), "tahun_ajaran"))
            .col(big_integer("bump_basis_points"))
            .col(at_least("step_rp", 1))
            .col(at_least("copied", 0))
            .col(at_least("ended", 0))
            .col(at_least("before_rp", 0))
            .col(at_least("after_rp", 0))
            .col(timestamp_with_time_zone("cloned_at"))
            .col(uuid("cloned_by"))
            .check(Expr::cust("source_id <> target_id"));
        manager.create_table(table).await?;
        append_only(manager, "price_clone", &[&["id"], &["target_id"]]).await?;
        let clone_id = references(uuid_null("clone_id"), "price_clone");
        manager.alter_table(Table::alter().table("price").add_column(clone_id).to_owned()).await?;
        run(manager, [rules::SQLITE_UP, rules::POSTGRES_UP]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, [rules::SQLITE_DOWN, rules::POSTGRES_DOWN]).await?;
        manager.alter_table(Table::alter().table("price").drop_column("clone_id").to_owned()).await?;
        drop_tables(manager, &["price_clone"]).await
    }
}

async fn run(manager: &SchemaManager<'_>, [sqlite, postgres]: [&str; 2]) -> Result<(), DbErr> {
    let sql = match manager.get_database_backend() {
        DatabaseBackend::Postgres => postgres,
        _ => sqlite,
    };
    manager.get_connection().execute_unprepared(sql).await.map(|_| ())
}
