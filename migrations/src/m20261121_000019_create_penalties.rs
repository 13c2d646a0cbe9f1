//! Denda and strikes as cases of their own: each with its code, its number among the penalties of a sesi, and what
//! became of it. An instance may wait for another one. And the sequences behind the codes of such cases.
//!
//! Rows from before have no instance yet; the program gives them one when it starts.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;
use sea_orm_migration::sea_orm::DatabaseBackend;

use crate::columns::{at_least, choice, choice_null, references};
use crate::drop_tables;
use crate::indexes::{index, unique};

#[derive(DeriveMigrationName)]
pub struct Migration;

/// Postgres sequences `code_<name>`; rows of `code_sequence` on SQLite.
const CODES: [&str; 6] = ["denda", "strike", "fm_claim", "suspension", "reactivation", "termination"];
const SANCTIONS: [&str; 4] = ["NONE", "WARNING", "FINAL_WARNING", "TERMINATION"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut instance = Table::alter();
        instance.table("workflow_instance").add_column(uuid_null("waits_on"));
        manager.alter_table(instance).await?;
        index(manager, "workflow_instance", &["waits_on"]).await?;
        keep(manager, "denda").await?;
        create_denda(manager).await?;
        bring_back(
            manager,
            "denda",
            "id, code, sesi_id, tutor_id, number, amount_rp, status, at",
            "d.id, 'DND-' || s.code, d.sesi_id, d.tutor_id, 1, d.amount_rp, d.status, d.at",
        )
        .await?;
        keep(manager, "strike").await?;
        create_strike(manager).await?;
        bring_back(
            manager,
            "strike",
            "id, code, sesi_id, tutor_id, number, points, cause, at, decays_at, status, proposed, proposed_days, policy_version, revoked_at",
            "d.id, 'STR-' || s.code, d.sesi_id, d.tutor_id, 1, d.points, CASE s.state WHEN 'NO_SHOW_TUTOR' THEN 'NO_SHOW' WHEN 'RESCHEDULED' THEN 'RESCHEDULE' ELSE 'CANCELLATION' END, \
             d.at, d.decays_at, CASE WHEN d.revoked_at IS NULL THEN 'LIVE' ELSE 'REVOKED' END, 'NONE', 0, 0, d.revoked_at",
        )
        .await?;
        create_codes(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_codes(manager).await?;
        keep(manager, "strike").await?;
        create_strike_as_before(manager).await?;
        bring_back(
            manager,
            "strike",
            "id, sesi_id, tutor_id, points, at, decays_at, revoked_at",
            "d.id, d.sesi_id, d.tutor_id, d.points, d.at, d.decays_at, d.revoked_at",
        )
        .await?;
        keep(manager, "denda").await?;
        create_denda_as_before(manager).await?;
        bring_back(
            manager,
            "denda",
            "id, sesi_id, tutor_id, amount_rp, status, at",
            "d.id, d.sesi_id, d.tutor_id, d.amount_rp, CASE d.status WHEN 'FINAL' THEN 'APPLIED' ELSE d.status END, d.at",
        )
        .await?;
        let connection = manager.get_connection();
        connection.execute_unprepared("DROP INDEX \"ix_workflow_instance_waits_on\"").await?;
        connection.execute_unprepared("ALTER TABLE workflow_instance DROP COLUMN waits_on").await.map(|_| ())
    }
}

/// Puts the rows aside and drops the table: a table cannot take a wider CHECK or lose a unique key otherwise.
async fn keep(manager: &SchemaManager<'_>, table: &'static str) -> Result<(), DbErr> {
    manager.get_connection().execute_unprepared(&format!("CREATE TABLE {table}_kept AS SELECT * FROM {table}")).await?;
    drop_tables(manager, &[table]).await
}

/// The rows put aside (`d`), with their sesi (`s`), into the table made anew.
async fn bring_back(manager: &SchemaManager<'_>, table: &'static str, columns: &str, values: &str) -> Result<(), DbErr> {
    let sql = format!("INSERT INTO {table} ({columns}) SELECT {values} FROM {table}_kept d JOIN sesi s ON s.id = d.sesi_id");
    manager.get_connection().execute_unprepared(&sql).await?;
    manager.get_connection().execute_unprepared(&format!("DROP TABLE {table}_kept")).await.map(|_| ())
}

async fn create_denda(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("denda")
        .col(pk_uuid("id"))
        .col(text("code").unique_key().take())
        .col(references(uuid("sesi_id"), "sesi"))
        .col(references(uuid("tutor_id"), "tutor"))
        .col(at_least("number", 1))
        .col(at_least("amount_rp", 0))
        .col(choice("status", &["HELD", "APPLIED", "FINAL", "REVERSED"]))
        .col(timestamp_with_time_zone("at"))
        .col(timestamp_with_time_zone_null("contest_until"))
        .col(uuid_null("fm_claim_id"))
        .col(timestamp_with_time_zone_null("reversed_at"));
    manager.create_table(table).await?;
    unique(manager, "denda", &["sesi_id", "number"]).await?;
    index(manager, "denda", &["tutor_id", "status"]).await
}

async fn create_strike(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("strike")
        .col(pk_uuid("id"))
        .col(text("code").unique_key().take())
        .col(references(uuid("sesi_id"), "sesi"))
        .col(references(uuid("tutor_id"), "tutor"))
        .col(at_least("number", 1))
        .col(at_least("points", 1))
        .col(choice("cause", &["CANCELLATION", "NO_SHOW", "RESCHEDULE", "SUBSTITUTION"]))
        .col(timestamp_with_time_zone("at"))
        .col(timestamp_with_time_zone("decays_at"))
        .col(choice("status", &["LIVE", "HELD", "DECAYED", "REVOKED"]))
        .col(choice("proposed", &SANCTIONS))
        .col(at_least("proposed_days", 0))
        .col(at_least("policy_version", 0))
        .col(choice_null("decision", &["CONFIRMED", "CHANGED", "DISMISSED"]))
        .col(choice_null("sanction", &SANCTIONS))
        .col(big_integer_null("sanction_days").check(Expr::col("sanction_days").gte(0)).take())
        .col(uuid_null("decided_by"))
        .col(timestamp_with_time_zone_null("decided_at"))
        .col(text_null("decision_reason"))
        .col(uuid_null("fm_claim_id"))
        .col(timestamp_with_time_zone_null("revoked_at"))
        .col(uuid_null("revoked_by"))
        .col(text_null("revoked_reason"));
    manager.create_table(table).await?;
    unique(manager, "strike", &["sesi_id", "number"]).await?;
    index(manager, "strike", &["tutor_id", "decays_at"]).await?;
    index(manager, "strike", &["status", "decays_at"]).await
}

async fn create_denda_as_before(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("denda")
        .col(pk_uuid("id"))
        .col(references(uuid("sesi_id").unique_key().take(), "sesi"))
        .col(references(uuid("tutor_id"), "tutor"))
        .col(at_least("amount_rp", 0))
        .col(choice("status", &["HELD", "APPLIED", "REVERSED"]))
        .col(timestamp_with_time_zone("at"));
    manager.create_table(table).await?;
    index(manager, "denda", &["tutor_id", "status"]).await
}

async fn create_strike_as_before(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("strike")
        .col(pk_uuid("id"))
        .col(references(uuid("sesi_id").unique_key().take(), "sesi"))
        .col(references(uuid("tutor_id"), "tutor"))
        .col(at_least("points", 1))
        .col(timestamp_with_time_zone("at"))
        .col(timestamp_with_time_zone("decays_at"))
        .col(timestamp_with_time_zone_null("revoked_at"));
    manager.create_table(table).await?;
    index(manager, "strike", &["tutor_id", "decays_at"]).await
}

async fn create_codes(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let create = match manager.get_database_backend() {
        DatabaseBackend::Postgres => CODES.map(|name| format!("CREATE SEQUENCE code_{name};")).concat(),
        _ => CODES.map(|name| format!("INSERT INTO code_sequence (name, value) VALUES ('{name}', 0);")).concat(),
    };
    manager.get_connection().execute_unprepared(&create).await.map(|_| ())
}

async fn drop_codes(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let drop = match manager.get_database_backend() {
        DatabaseBackend::Postgres => CODES.map(|name| format!("DROP SEQUENCE code_{name};")).concat(),
        _ => CODES.map(|name| format!("DELETE FROM code_sequence WHERE name = '{name}';")).concat(),
    };
    manager.get_connection().execute_unprepared(&drop).await.map(|_| ())
}
