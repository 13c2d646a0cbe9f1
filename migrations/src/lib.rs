//! The database schema of Alur as an ordered list of reversible migrations, for SQLite and Postgres.
//!
//! `alur migrate` and the tests call [`Migrator`]. Rules that must hold whatever the code does (balance of an
//! entry, append-only tables, locked periods, prices that do not overlap) are constraints and triggers here.

mod append_only;
mod billing_rules;
mod columns;
mod indexes;
mod ledger_rules;
mod m20261121_000001_create_workflow_tables;
mod m20261121_000002_create_ledger_and_audit;
mod m20261121_000003_create_auth_tables;
mod m20261121_000004_create_record_tables;
mod m20261121_000005_create_sesi_tables;
mod m20261121_000006_create_onboarding_mark;
mod m20261121_000007_create_audit_seal;
mod m20261121_000008_create_sign_in_tables;
mod m20261121_000009_create_notification;
mod m20261121_000010_create_personal_key;
mod m20261121_000011_create_audit_archive;
mod m20261121_000012_create_erasure;
mod m20261121_000013_create_policy_publication;
mod m20261121_000014_create_backtest;
mod m20261121_000015_create_price_clone;
mod m20261121_000016_create_person_documents;
mod m20261121_000018_create_result_override;
mod m20261121_000019_create_penalties;
mod m20261121_000020_create_fm_claim;
mod m20261121_000021_create_suspension;
mod m20261121_000022_create_termination;
mod m20261121_000023_create_substitution;
mod m20261121_000024_index_ledger;
mod m20261121_000025_create_billing;
mod m20261121_000026_create_payment;
mod m20261121_000027_create_corrections;
mod m20261121_000028_create_period_close;
mod m20261121_000029_tie_account_to_siswa;
mod m20261121_000030_create_reminder;
mod m20261121_000031_settle_billed_months;
mod m20261121_000032_index_billing;
mod m20261121_000033_keep_tagihan_proofs;
mod payment_rules;
mod policy_rules;
mod price_clone_rules;
mod price_rules;

pub use sea_orm_migration::MigratorTrait;
use sea_orm_migration::prelude::*;

/// All migrations, oldest first.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261121_000001_create_workflow_tables::Migration),
            Box::new(m20261121_000002_create_ledger_and_audit::Migration),
            Box::new(m20261121_000003_create_auth_tables::Migration),
            Box::new(m20261121_000004_create_record_tables::Migration),
            Box::new(m20261121_000005_create_sesi_tables::Migration),
            Box::new(m20261121_000006_create_onboarding_mark::Migration),
            Box::new(m20261121_000007_create_audit_seal::Migration),
            Box::new(m20261121_000008_create_sign_in_tables::Migration),
            Box::new(m20261121_000009_create_notification::Migration),
            Box::new(m20261121_000010_create_personal_key::Migration),
            Box::new(m20261121_000011_create_audit_archive::Migration),
            Box::new(m20261121_000012_create_erasure::Migration),
            Box::new(m20261121_000013_create_policy_publication::Migration),
            Box::new(m20261121_000014_create_backtest::Migration),
            Box::new(m20261121_000015_create_price_clone::Migration),
            Box::new(m20261121_000016_create_person_documents::Migration),
            Box::new(m20261121_000018_create_result_override::Migration),
            Box::new(m20261121_000019_create_penalties::Migration),
            Box::new(m20261121_000020_create_fm_claim::Migration),
            Box::new(m20261121_000021_create_suspension::Migration),
            Box::new(m20261121_000022_create_termination::Migration),
            Box::new(m20261121_000023_create_substitution::Migration),
            Box::new(m20261121_000024_index_ledger::Migration),
            Box::new(m20261121_000025_create_billing::Migration),
            Box::new(m20261121_000026_create_payment::Migration),
            Box::new(m20261121_000027_create_corrections::Migration),
            Box::new(m20261121_000028_create_period_close::Migration),
            Box::new(m20261121_000029_tie_account_to_siswa::Migration),
            Box::new(m20261121_000030_create_reminder::Migration),
            Box::new(m20261121_000031_settle_billed_months::Migration),
            Box::new(m20261121_000032_index_billing::Migration),
            Box::new(m20261121_000033_keep_tagihan_proofs::Migration),
        ]
    }
}

/// Drops `tables` in the order given, for the way down.
async fn drop_tables(manager: &SchemaManager<'_>, tables: &[&'static str]) -> Result<(), DbErr> {
    for table in tables {
        manager.drop_table(Table::drop().table(*table).to_owned()).await?;
    }
    Ok(())
}
