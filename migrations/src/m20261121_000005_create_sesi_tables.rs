//! The sesi and what it leaves behind: settlements of both sides, denda, strikes.
//!
//! `workflow_instance` row and sesi row share their id and may be written in any order. A sesi cannot be dated into
//! a locked period (SPEC FIN-8); the reservation of a tutor's time has its last word in `ux_sesi_tutor_start`.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;
use sea_orm_migration::sea_orm::DatabaseBackend;

use crate::columns::{at_least, choice, choice_null, latitude_null, level_of_subject, longitude_null, month, references, references_at_commit};
use crate::drop_tables;
use crate::indexes::{index, unique_where};

#[derive(DeriveMigrationName)]
pub struct Migration;

const MODES: [&str; 3] = ["ONLINE", "OFFLINE_RUMAH_SISWA", "OFFLINE_CUSTOM"];
const ANOMALIES: [&str; 5] = ["TIMING_OUTLIER", "DURATION_OUTLIER", "NO_SHOW_IMPLICIT", "CONCURRENCY", "PATTERN_ABUSE"];
const SETTLEMENT_KINDS: [&str; 4] = ["COMPLETED", "NO_SHOW_STUDENT", "CANCELLATION", "RESCHEDULE"];
const SETTLEMENT_STATES: [&str; 3] = ["UNPAID", "PAID", "REVERSED"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        create_sesi(manager).await?;
        let rule = match manager.get_database_backend() {
            DatabaseBackend::Postgres => PERIOD_OPEN_POSTGRES,
            _ => PERIOD_OPEN_SQLITE,
        };
        manager.get_connection().execute_unprepared(rule).await?;
        create_settlements(manager).await?;
        create_sanctions(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["strike", "denda", "tutor_settlement", "siswa_settlement", "sesi"]).await?;
        if manager.get_database_backend() == DatabaseBackend::Postgres {
            manager.get_connection().execute_unprepared("DROP FUNCTION check_sesi_period();").await?;
        }
        Ok(())
    }
}

async fn create_sesi(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table.table("sesi");
    add_booking(&mut table, manager.get_database_backend());
    add_frozen_terms(&mut table);
    add_course(&mut table);
    manager.create_table(table).await?;
    let live = "state IN ('APPROVED', 'IN_PROGRESS')";
    unique_where(manager, ("ux_sesi_tutor_start", "sesi"), &["tutor_id", "starts_at"], live).await?;
    index(manager, "sesi", &["tutor_id", "starts_at"]).await?;
    index(manager, "sesi", &["siswa_id", "starts_at"]).await?;
    index(manager, "sesi", &["state", "starts_at"]).await?;
    index(manager, "sesi", &["period_month", "state"]).await
}

/// Who, what, when, where.
fn add_booking(table: &mut TableCreateStatement, backend: DatabaseBackend) {
    let duration = Expr::col("duration_minutes").between(15, 480);
    table
        .col(references_at_commit(pk_uuid("id"), "workflow_instance"))
        .col(text("code").unique_key().take())
        .col(references(uuid("siswa_id"), "siswa"))
        .col(references(uuid("tutor_id"), "tutor"))
        .col(references(uuid("office_id"), "office"))
        .col(references(uuid("subject_id"), "subject"))
        .col(uuid_null("subject_level_id"))
        .col(timestamp_with_time_zone("starts_at"))
        .col(timestamp_with_time_zone("ends_at"))
        .col(big_integer("duration_minutes").check(duration).take())
        .col(choice("mode", &MODES))
        .col(text_null("place_address"))
        .col(latitude_null("place_lat"))
        .col(longitude_null("place_long"))
        .col(big_integer_null("distance_m").check(Expr::col("distance_m").gte(0)).take())
        .col(at_least("mode_surcharge_rp", 0))
        .col(text("state"))
        .col(month("period_month", backend))
        .col(uuid("requested_by"))
        .check(Expr::col("ends_at").gt(Expr::col("starts_at")))
        .foreign_key(&mut level_of_subject("sesi"));
}

/// What APPROVED freezes (SPEC PRC-3).
fn add_frozen_terms(table: &mut TableCreateStatement) {
    table
        .col(references(uuid_null("price_student_id"), "price"))
        .col(references(uuid_null("price_tutor_id"), "price"))
        .col(big_integer_null("matrix_student_rp"))
        .col(big_integer_null("matrix_tutor_rp"))
        .col(big_integer_null("tagihan_rp"))
        .col(big_integer_null("honorarium_rp"))
        .col(big_integer_null("transport_rp"))
        .col(big_integer_null("pricing_version"))
        .col(big_integer_null("cancellation_tutor_version"))
        .col(big_integer_null("cancellation_siswa_version"))
        .col(big_integer_null("no_show_version"))
        .col(big_integer_null("reschedule_version"))
        .col(timestamp_with_time_zone_null("approved_at"))
        .col(uuid_null("approved_by"))
        .col(text_null("approved_by_name"))
        .col(text_null("outside_slots_reason"));
}

/// What happens to it afterwards.
fn add_course(table: &mut TableCreateStatement) {
    table
        .col(timestamp_with_time_zone_null("started_at"))
        .col(choice_null("attendance", &["PRESENT", "LATE"]))
        .col(json_binary_null("materi"))
        .col(references(uuid_null("photo_document_id"), "document"))
        .col(timestamp_with_time_zone_null("confirmed_at"))
        .col(timestamp_with_time_zone_null("cancelled_at"))
        .col(choice_null("cancelled_party", &["SISWA", "TUTOR", "ADMIN"]))
        .col(text_null("closing_reason"))
        .col(big_integer_null("lead_time_s"))
        .col(boolean("anomaly_flag"))
        .col(choice_null("anomaly_type", &ANOMALIES))
        .col(timestamp_with_time_zone_null("anomaly_flagged_at"))
        .col(timestamp_with_time_zone_null("anomaly_resolved_at"))
        .col(uuid_null("anomaly_resolved_by"))
        .col(references(uuid_null("rescheduled_from_id"), "sesi"))
        .col(references_at_commit(uuid_null("rescheduled_to_id"), "sesi"))
        .col(boolean("sla_flagged"))
        .col(timestamp_with_time_zone("created_at"));
}

const PERIOD_OPEN_SQLITE: &str = "
CREATE TRIGGER sesi_period_insert BEFORE INSERT ON sesi
WHEN EXISTS (SELECT 1 FROM period WHERE month = NEW.period_month AND state = 'LOCKED')
BEGIN SELECT RAISE(ABORT, 'period_locked:' || NEW.period_month); END;
CREATE TRIGGER sesi_period_update BEFORE UPDATE ON sesi
WHEN NEW.period_month <> OLD.period_month
 AND EXISTS (SELECT 1 FROM period WHERE month = NEW.period_month AND state = 'LOCKED')
BEGIN SELECT RAISE(ABORT, 'period_locked:' || NEW.period_month); END;";

const PERIOD_OPEN_POSTGRES: &str = "
CREATE FUNCTION check_sesi_period() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM refuse_locked(NEW.period_month);
  RETURN NEW;
END $$;
CREATE TRIGGER sesi_period_insert BEFORE INSERT ON sesi FOR EACH ROW EXECUTE FUNCTION check_sesi_period();
CREATE TRIGGER sesi_period_update BEFORE UPDATE ON sesi FOR EACH ROW
  WHEN (NEW.period_month <> OLD.period_month) EXECUTE FUNCTION check_sesi_period();";

async fn create_settlements(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let backend = manager.get_database_backend();
    let mut siswa = Table::create();
    siswa
        .table("siswa_settlement")
        .col(pk_uuid("id"))
        .col(references(uuid("sesi_id").unique_key().take(), "sesi"))
        .col(references(uuid("siswa_id"), "siswa"))
        .col(choice("kind", &SETTLEMENT_KINDS))
        .col(at_least("amount_rp", 0))
        .col(choice("status", &SETTLEMENT_STATES))
        .col(month("period_month", backend))
        .col(timestamp_with_time_zone("created_at"));
    manager.create_table(siswa).await?;
    index(manager, "siswa_settlement", &["siswa_id", "period_month"]).await?;
    index(manager, "siswa_settlement", &["period_month", "status"]).await?;

    let mut tutor = Table::create();
    tutor
        .table("tutor_settlement")
        .col(pk_uuid("id"))
        .col(references(uuid("sesi_id").unique_key().take(), "sesi"))
        .col(references(uuid("tutor_id"), "tutor"))
        .col(choice("kind", &SETTLEMENT_KINDS))
        .col(at_least("honorarium_rp", 0))
        .col(at_least("transport_rp", 0))
        .col(choice("status", &SETTLEMENT_STATES))
        .col(month("period_month", backend))
        .col(timestamp_with_time_zone("created_at"));
    manager.create_table(tutor).await?;
    index(manager, "tutor_settlement", &["tutor_id", "period_month"]).await?;
    index(manager, "tutor_settlement", &["period_month", "status"]).await
}

async fn create_sanctions(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut denda = Table::create();
    denda
        .table("denda")
        .col(pk_uuid("id"))
        .col(references(uuid("sesi_id").unique_key().take(), "sesi"))
        .col(references(uuid("tutor_id"), "tutor"))
        .col(at_least("amount_rp", 0))
        .col(choice("status", &["HELD", "APPLIED", "REVERSED"]))
        .col(timestamp_with_time_zone("at"));
    manager.create_table(denda).await?;
    index(manager, "denda", &["tutor_id", "status"]).await?;

    let mut strike = Table::create();
    strike
        .table("strike")
        .col(pk_uuid("id"))
        .col(references(uuid("sesi_id").unique_key().take(), "sesi"))
        .col(references(uuid("tutor_id"), "tutor"))
        .col(at_least("points", 1))
        .col(timestamp_with_time_zone("at"))
        .col(timestamp_with_time_zone("decays_at"))
        .col(timestamp_with_time_zone_null("revoked_at"));
    manager.create_table(strike).await?;
    index(manager, "strike", &["tutor_id", "decays_at"]).await
}
