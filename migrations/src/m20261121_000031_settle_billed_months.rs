//! A final settlement takes up what billing has made of a tutor's months: adjustments, denda returned, settlements reversed
//! and what a Honorarium carried over. The kinds of its lines become more, which SQLite allows in a new table only.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

use crate::append_only::append_only;
use crate::columns::{at_least, choice, references};
use crate::indexes::index;

#[derive(DeriveMigrationName)]
pub struct Migration;

const LINES: [&str; 7] = ["HONORARIUM", "TRANSPORT", "DENDA", "ADJUSTMENT", "DENDA_RETURNED", "REVERSED", "CARRIED"];
const LINES_BEFORE: [&str; 4] = ["HONORARIUM", "TRANSPORT", "DENDA", "ADJUSTMENT"];
const COLUMNS: &str = "settlement_id, number, kind, sesi_id, source_id, code, held_on, amount_rp";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let sql = "ALTER TABLE final_settlement ADD COLUMN corrections_rp bigint NOT NULL DEFAULT 0";
        manager.get_connection().execute_unprepared(sql).await?;
        rebuild_line(manager, &LINES).await
    }

    /// Lines of the kinds that were not known before are lost.
    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        rebuild_line(manager, &LINES_BEFORE).await?;
        manager.get_connection().execute_unprepared("ALTER TABLE final_settlement DROP COLUMN corrections_rp").await.map(|_| ())
    }
}

async fn rebuild_line(manager: &SchemaManager<'_>, kinds: &[&'static str]) -> Result<(), DbErr> {
    let connection = manager.get_connection();
    connection.execute_unprepared("ALTER TABLE final_settlement_line RENAME TO final_settlement_line_before").await?;
    let mut table = Table::create();
    table
        .table("final_settlement_line")
        .col(references(uuid("settlement_id"), "final_settlement"))
        .col(at_least("number", 1))
        .col(choice("kind", kinds))
        .col(uuid_null("sesi_id"))
        .col(uuid_null("source_id"))
        .col(text("code"))
        .col(date_null("held_on"))
        .col(big_integer("amount_rp"))
        .primary_key(Index::create().col("settlement_id").col("number"));
    manager.create_table(table).await?;
    let known = kinds.iter().map(|kind| format!("'{kind}'")).collect::<Vec<_>>().join(", ");
    let copy = format!("INSERT INTO final_settlement_line ({COLUMNS}) SELECT {COLUMNS} FROM final_settlement_line_before WHERE kind IN ({known})");
    connection.execute_unprepared(&copy).await?;
    connection.execute_unprepared("DROP TABLE final_settlement_line_before").await?;
    index(manager, "final_settlement_line", &["source_id"]).await?;
    append_only(manager, "final_settlement_line", &[&["settlement_id", "number"]]).await
}
