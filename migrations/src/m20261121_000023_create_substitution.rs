//! Another tutor in the place of the first (SPEC CAN-2, CAN-3, CAN-7): what a sesi knows of the search that is on, and
//! who stood in for whom, when, in which way, and what that changed.
//!
//! `substituted_from_id` carries no foreign key: SQLite could not drop it again.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

use crate::columns::{at_least, choice, references};
use crate::drop_tables;
use crate::indexes::{index, unique};

#[derive(DeriveMigrationName)]
pub struct Migration;

const WAYS: [&str; 3] = ["SELF", "DISPATCH", "REASSIGN"];
const COLUMNS: [&str; 4] = ["announced_at", "seeking_until", "substituted_from_id", "substitutions"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let columns = [
            timestamp_with_time_zone_null("announced_at"),
            timestamp_with_time_zone_null("seeking_until"),
            uuid_null("substituted_from_id"),
            big_integer("substitutions").default(0).take(),
        ];
        for column in columns {
            manager.alter_table(Table::alter().table("sesi").add_column(column).take()).await?;
        }
        create_substitution(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["sesi_substitution"]).await?;
        for column in COLUMNS.iter().rev() {
            manager.get_connection().execute_unprepared(&format!("ALTER TABLE sesi DROP COLUMN {column}")).await?;
        }
        Ok(())
    }
}

async fn create_substitution(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("sesi_substitution")
        .col(pk_uuid("id"))
        .col(references(uuid("sesi_id"), "sesi"))
        .col(at_least("number", 1))
        .col(references(uuid("from_tutor_id"), "tutor"))
        .col(references(uuid("to_tutor_id"), "tutor"))
        .col(choice("way", &WAYS))
        .col(timestamp_with_time_zone("at"))
        .col(uuid("done_by"))
        .col(timestamp_with_time_zone_null("announced_at"))
        .col(at_least("lead_time_s", 0))
        .col(at_least("denda_rp", 0))
        .col(at_least("strikes", 0))
        .col(references(uuid_null("price_before_id"), "price"))
        .col(at_least("honorarium_before_rp", 0))
        .col(at_least("transport_before_rp", 0))
        .col(at_least("honorarium_rp", 0))
        .col(at_least("transport_rp", 0));
    manager.create_table(table).await?;
    unique(manager, "sesi_substitution", &["sesi_id", "number"]).await?;
    index(manager, "sesi_substitution", &["from_tutor_id", "at"]).await
}
