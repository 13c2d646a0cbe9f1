//! Suspensions of tutors, the sesi that lay in them, and the requests to end one early.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

use crate::columns::{choice, choice_null, references, references_at_commit};
use crate::drop_tables;
use crate::indexes::{index, unique_where};

#[derive(DeriveMigrationName)]
pub struct Migration;

const STATES: [&str; 4] = ["ACTIVE", "ENDED", "LIFTED", "CLOSED"];
const ENDS: [&str; 4] = ["EXPIRED", "STRIKE_REVOKED", "REACTIVATED", "TERMINATED"];
const REQUESTS: [&str; 5] = ["REQUESTED", "APPROVED", "REJECTED", "WITHDRAWN", "MOOT"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        create_suspension(manager).await?;
        create_suspension_sesi(manager).await?;
        create_reactivation(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["reactivation", "suspension_sesi", "suspension"]).await
    }
}

async fn create_suspension(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("suspension")
        .col(references_at_commit(pk_uuid("id"), "workflow_instance"))
        .col(text("code").unique_key().take())
        .col(references(uuid("tutor_id"), "tutor"))
        .col(references_at_commit(uuid_null("strike_id"), "strike"))
        .col(text_null("reason"))
        .col(choice("state", &STATES))
        .col(timestamp_with_time_zone("begun_at"))
        .col(timestamp_with_time_zone_null("ends_at"))
        .col(uuid("imposed_by"))
        .col(uuid_null("cleared_by"))
        .col(timestamp_with_time_zone_null("cleared_at"))
        .col(choice_null("end_cause", &ENDS))
        .col(uuid_null("ended_by"))
        .col(timestamp_with_time_zone_null("ended_at"))
        .check(Expr::cust("(state = 'ACTIVE') = (ended_at IS NULL)"));
    manager.create_table(table).await?;
    // One at a time, whoever imposes at once.
    unique_where(manager, ("ux_suspension_active", "suspension"), &["tutor_id"], "state = 'ACTIVE'").await?;
    index(manager, "suspension", &["strike_id"]).await?;
    index(manager, "suspension", &["state", "begun_at"]).await
}

async fn create_suspension_sesi(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("suspension_sesi")
        .col(references_at_commit(uuid("suspension_id"), "suspension"))
        .col(references(uuid("sesi_id"), "sesi"))
        .primary_key(Index::create().col("suspension_id").col("sesi_id"));
    manager.create_table(table).await
}

async fn create_reactivation(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("reactivation")
        .col(references_at_commit(pk_uuid("id"), "workflow_instance"))
        .col(text("code").unique_key().take())
        .col(references(uuid("suspension_id"), "suspension"))
        .col(references(uuid("tutor_id"), "tutor"))
        .col(text_null("reason"))
        .col(choice("state", &REQUESTS))
        .col(uuid("requested_by"))
        .col(timestamp_with_time_zone("requested_at"))
        .col(uuid_null("decided_by"))
        .col(timestamp_with_time_zone_null("decided_at"));
    manager.create_table(table).await?;
    unique_where(manager, ("ux_reactivation_open", "reactivation"), &["suspension_id"], "state = 'REQUESTED'").await?;
    index(manager, "reactivation", &["tutor_id"]).await
}
