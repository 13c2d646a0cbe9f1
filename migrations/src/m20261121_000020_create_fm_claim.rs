//! Force majeure claims with their evidence: which penalty of which sesi, what happened, who decided what and why.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

use crate::columns::{at_least, choice, references, references_at_commit};
use crate::drop_tables;
use crate::indexes::{index, unique_where};

#[derive(DeriveMigrationName)]
pub struct Migration;

const CATEGORIES: [&str; 5] = ["SAKIT", "DUKA", "DARURAT", "BENCANA", "LAINNYA"];
const STATES: [&str; 8] = ["PENDING_L1", "APPROVED", "REJECTED", "PENDING_L2", "UPHELD", "OVERTURNED", "FINAL", "WITHDRAWN"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        create_claim(manager).await?;
        create_evidence(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["fm_evidence", "fm_claim"]).await
    }
}

async fn create_claim(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("fm_claim")
        .col(references_at_commit(pk_uuid("id"), "workflow_instance"))
        .col(text("code").unique_key().take())
        .col(references(uuid("sesi_id"), "sesi"))
        .col(references(uuid("siswa_id"), "siswa"))
        .col(references(uuid("tutor_id"), "tutor"))
        .col(at_least("number", 1))
        .col(references(uuid_null("denda_id"), "denda"))
        .col(references(uuid_null("strike_id"), "strike"))
        .col(big_integer_null("denda_rp").check(Expr::col("denda_rp").gte(0)).take())
        .col(timestamp_with_time_zone("penalty_at"))
        .col(choice("category", &CATEGORIES))
        .col(text_null("story"))
        .col(text_null("comp_notes"))
        .col(choice("state", &STATES))
        .col(at_least("levels", 1))
        .col(uuid("filed_by"))
        .col(timestamp_with_time_zone("filed_at"))
        .col(timestamp_with_time_zone("claim_until"))
        .col(timestamp_with_time_zone_null("review_due_at"))
        .col(boolean("sla_flagged"))
        .col(uuid_null("l1_by"))
        .col(timestamp_with_time_zone_null("l1_at"))
        .col(text_null("l1_reason"))
        .col(timestamp_with_time_zone_null("appeal_until"))
        .col(uuid_null("appealed_by"))
        .col(timestamp_with_time_zone_null("appealed_at"))
        .col(text_null("appeal_reason"))
        .col(uuid_null("l2_by"))
        .col(timestamp_with_time_zone_null("l2_at"))
        .col(text_null("l2_reason"))
        .col(text_null("withdraw_reason"))
        .col(timestamp_with_time_zone_null("closed_at"));
    manager.create_table(table).await?;
    // One claim for one penalty, whoever files at once; a withdrawn one may be filed anew.
    unique_where(manager, ("ux_fm_claim_penalty", "fm_claim"), &["sesi_id", "number"], "state <> 'WITHDRAWN'").await?;
    index(manager, "fm_claim", &["sesi_id"]).await?;
    index(manager, "fm_claim", &["tutor_id", "state"]).await?;
    index(manager, "fm_claim", &["state", "filed_at"]).await
}

async fn create_evidence(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("fm_evidence")
        .col(references(uuid("fm_claim_id"), "fm_claim"))
        .col(references(uuid("document_id"), "document"))
        .col(text("sha256"))
        .col(uuid("added_by"))
        .col(timestamp_with_time_zone("added_at"))
        .primary_key(Index::create().col("fm_claim_id").col("document_id"));
    manager.create_table(table).await?;
    index(manager, "fm_evidence", &["document_id"]).await
}
