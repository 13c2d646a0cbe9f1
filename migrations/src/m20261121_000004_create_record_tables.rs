//! Master data: offices, the catalog, academic years, tutors with subjects and slots, siswa, prices, settings.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;
use sea_orm_migration::sea_orm::DatabaseBackend;

use crate::columns::{choice, latitude_null, level_of_subject, longitude_null, references};
use crate::drop_tables;
use crate::indexes::{index, unique, unique_where};
use crate::price_rules;

#[derive(DeriveMigrationName)]
pub struct Migration;

const CATALOG_STATES: [&str; 2] = ["ACTIVE", "ARCHIVED"];
const TUTOR_STATES: [&str; 5] = ["DRAFT", "ACTIVE", "SUSPENDED", "TERMINATED", "ARCHIVED"];
const DIMENSIONS: [&str; 4] = ["tingkat", "segmentasi", "kategori", "golongan"];
const SCAN_STATES: [&str; 4] = ["PENDING", "CLEAN", "INFECTED", "SKIPPED"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        create_office(manager).await?;
        create_catalog(manager).await?;
        create_tutor(manager).await?;
        create_tutor_details(manager).await?;
        create_siswa(manager).await?;
        create_price(manager).await?;
        create_config_and_document(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["document", "app_config", "price", "siswa"]).await?;
        drop_tables(manager, &["slot", "tutor_subject", "tutor", "tahun_ajaran"]).await?;
        drop_tables(manager, &["subject_level", "subject"]).await?;
        drop_tables(manager, &DIMENSIONS).await?;
        drop_tables(manager, &["office"]).await?;
        if manager.get_database_backend() == DatabaseBackend::Postgres {
            manager.get_connection().execute_unprepared(price_rules::DROP_POSTGRES).await?;
        }
        Ok(())
    }
}

async fn create_office(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("office")
        .col(pk_uuid("id"))
        .col(text("code").unique_key().take())
        .col(text("name"))
        .col(text("zone"))
        .col(latitude_null("lat").not_null().take())
        .col(longitude_null("long").not_null().take())
        .col(choice("status", &CATALOG_STATES))
        .col(timestamp_with_time_zone("created_at"));
    manager.create_table(table).await
}

async fn create_catalog(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    for dimension in DIMENSIONS {
        let mut table = Table::create();
        table
            .table(dimension)
            .col(pk_uuid("id"))
            .col(text("code").unique_key().take())
            .col(text("name"))
            .col(big_integer("position"))
            .col(choice("status", &CATALOG_STATES));
        manager.create_table(table).await?;
    }
    let mut subject = Table::create();
    subject
        .table("subject")
        .col(pk_uuid("id"))
        .col(text("code").unique_key().take())
        .col(text("name"))
        .col(references(uuid("kategori_id"), "kategori"))
        .col(boolean("has_levels"))
        .col(choice("status", &CATALOG_STATES));
    manager.create_table(subject).await?;

    let mut level = Table::create();
    level
        .table("subject_level")
        .col(pk_uuid("id"))
        .col(references(uuid("subject_id"), "subject"))
        .col(text("code"))
        .col(text("name"))
        .col(big_integer("position"))
        .col(choice("status", &CATALOG_STATES));
    manager.create_table(level).await?;
    unique(manager, "subject_level", &["subject_id", "code"]).await?;
    unique(manager, "subject_level", &["subject_id", "id"]).await?;

    let ends_after_start = Expr::col("ends_on").gt(Expr::col("starts_on"));
    let mut year = Table::create();
    year.table("tahun_ajaran").col(pk_uuid("id")).col(text("code").unique_key().take()).col(date("starts_on")).col(date("ends_on")).check(ends_after_start);
    manager.create_table(year).await
}

async fn create_tutor(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("tutor")
        .col(pk_uuid("id"))
        .col(text("code").unique_key().take())
        .col(text("name"))
        .col(text("phone").unique_key().take())
        .col(text_null("email"))
        .col(references(uuid("golongan_id"), "golongan"))
        .col(references(uuid("office_id"), "office"))
        .col(choice("status", &TUTOR_STATES))
        .col(timestamp_with_time_zone_null("suspended_until"))
        .col(text_null("address"))
        .col(latitude_null("lat"))
        .col(longitude_null("long"))
        .col(text_null("bio"))
        .col(boolean("contract_signed"))
        .col(timestamp_with_time_zone_null("last_active_at"))
        .col(timestamp_with_time_zone("created_at"));
    manager.create_table(table).await?;
    index(manager, "tutor", &["status"]).await
}

async fn create_tutor_details(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut taught = Table::create();
    taught
        .table("tutor_subject")
        .col(pk_uuid("id"))
        .col(references(uuid("tutor_id"), "tutor"))
        .col(references(uuid("subject_id"), "subject"))
        .col(uuid_null("subject_level_id"))
        .foreign_key(&mut level_of_subject("tutor_subject"));
    manager.create_table(taught).await?;
    let all_levels = ("ux_tutor_subject", "tutor_subject");
    unique_where(manager, all_levels, &["tutor_id", "subject_id"], "subject_level_id IS NULL").await?;
    let one_level = ("ux_tutor_subject_level", "tutor_subject");
    let triple = ["tutor_id", "subject_id", "subject_level_id"];
    unique_where(manager, one_level, &triple, "subject_level_id IS NOT NULL").await?;
    index(manager, "tutor_subject", &["subject_id"]).await?;

    let within_a_day = Expr::cust("0 <= from_minute AND from_minute < until_minute AND until_minute <= 1440");
    let mut slot = Table::create();
    slot.table("slot")
        .col(pk_uuid("id"))
        .col(references(uuid("tutor_id"), "tutor"))
        .col(big_integer("weekday").check(Expr::col("weekday").between(1, 7)).take())
        .col(big_integer("from_minute"))
        .col(big_integer("until_minute"))
        .check(within_a_day);
    manager.create_table(slot).await?;
    unique(manager, "slot", &["tutor_id", "weekday", "from_minute"]).await
}

async fn create_siswa(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("siswa")
        .col(pk_uuid("id"))
        .col(text("code").unique_key().take())
        .col(text("name"))
        .col(references(uuid("tingkat_id"), "tingkat"))
        .col(references(uuid("segmentasi_id"), "segmentasi"))
        .col(references(uuid("office_id"), "office"))
        .col(text("parent_name"))
        .col(text("parent_phone"))
        .col(text("parent_relation"))
        .col(text_null("email"))
        .col(text_null("address"))
        .col(latitude_null("lat"))
        .col(longitude_null("long"))
        .col(choice("status", &CATALOG_STATES))
        .col(timestamp_with_time_zone("created_at"));
    manager.create_table(table).await?;
    index(manager, "siswa", &["parent_phone"]).await
}

async fn create_price(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("price")
        .col(pk_uuid("id"))
        .col(choice("audience", &["STUDENT", "TUTOR"]))
        .col(references(uuid("tahun_ajaran_id"), "tahun_ajaran"))
        .col(references(uuid("subject_id"), "subject"))
        .col(uuid_null("subject_level_id"))
        .col(references(uuid("tingkat_id"), "tingkat"))
        .col(references(uuid("segmentasi_id"), "segmentasi"))
        .col(references(uuid_null("golongan_id"), "golongan"))
        .col(big_integer("amount_rp").check(Expr::col("amount_rp").gte(0)).take())
        .col(date("effective_from"))
        .col(date_null("effective_until"))
        .col(timestamp_with_time_zone("created_at"))
        .col(text("created_by"))
        .check(Expr::cust("(audience = 'TUTOR') = (golongan_id IS NOT NULL)"))
        .check(Expr::cust("effective_until >= effective_from"))
        .foreign_key(&mut level_of_subject("price"));
    manager.create_table(table).await?;
    let key = ["subject_id", "tingkat_id", "segmentasi_id", "audience", "effective_from"];
    index(manager, "price", &key).await?;
    index(manager, "price", &["tahun_ajaran_id"]).await?;
    let rules = match manager.get_database_backend() {
        DatabaseBackend::Postgres => String::from(price_rules::POSTGRES),
        _ => price_rules::sqlite(),
    };
    manager.get_connection().execute_unprepared(&rules).await.map(|_| ())
}

async fn create_config_and_document(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut config = Table::create();
    config
        .table("app_config")
        .col(text("key").primary_key().take())
        .col(json_binary("value"))
        .col(timestamp_with_time_zone("updated_at"))
        .col(text("updated_by"));
    manager.create_table(config).await?;

    let mut document = Table::create();
    document
        .table("document")
        .col(pk_uuid("id"))
        .col(text("kind"))
        .col(text("name"))
        .col(text("content_type"))
        .col(big_integer("size").check(Expr::col("size").gte(0)).take())
        .col(text("sha256"))
        .col(text("storage_key"))
        .col(uuid("uploaded_by"))
        .col(text("uploaded_by_name"))
        .col(timestamp_with_time_zone("uploaded_at"))
        .col(choice("scan_state", &SCAN_STATES));
    manager.create_table(document).await?;
    index(manager, "document", &["sha256"]).await
}
