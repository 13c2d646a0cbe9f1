//! Who may do what: accounts, roles and their permissions, sessions, one-time sign-in links.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

use crate::columns::{choice, references};
use crate::drop_tables;
use crate::indexes::index;

#[derive(DeriveMigrationName)]
pub struct Migration;

const ACCOUNT_STATES: [&str; 5] = ["PENDING_INTERVIEW", "APPROVED", "ACTIVE", "SUSPENDED", "ARCHIVED"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        create_account(manager).await?;
        create_roles(manager).await?;
        create_session(manager).await?;
        create_sign_in_link(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["sign_in_link", "user_session"]).await?;
        drop_tables(manager, &["user_role", "role_permission", "role", "user_account"]).await
    }
}

async fn create_account(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let lower_case = Expr::col("email").eq(Func::lower(Expr::col("email")));
    let mut table = Table::create();
    table
        .table("user_account")
        .col(pk_uuid("id"))
        .col(text("email").unique_key().check(lower_case).take())
        .col(text("name"))
        .col(choice("user_type", &["ADMIN", "TUTOR", "SISWA", "PARENT"]))
        .col(choice("account_state", &ACCOUNT_STATES))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone_null("last_sign_in_at"));
    manager.create_table(table).await
}

async fn create_roles(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut role = Table::create();
    role.table("role").col(pk_uuid("id")).col(text("code").unique_key().take()).col(text("name")).col(timestamp_with_time_zone("created_at"));
    manager.create_table(role).await?;

    let mut permission = Table::create();
    permission
        .table("role_permission")
        .col(references(uuid("role_id"), "role"))
        .col(text("permission"))
        .primary_key(Index::create().col("role_id").col("permission"));
    manager.create_table(permission).await?;

    let mut member = Table::create();
    member
        .table("user_role")
        .col(references(uuid("user_id"), "user_account"))
        .col(references(uuid("role_id"), "role"))
        .primary_key(Index::create().col("user_id").col("role_id"));
    manager.create_table(member).await?;
    index(manager, "user_role", &["role_id"]).await
}

async fn create_session(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("user_session")
        .col(pk_uuid("id"))
        .col(text("token_hash").unique_key().take())
        .col(text("csrf_token"))
        .col(references(uuid("user_id"), "user_account"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone("last_seen_at"))
        .col(timestamp_with_time_zone("idle_expires_at"))
        .col(timestamp_with_time_zone("absolute_expires_at"))
        .col(text_null("ip"))
        .col(text_null("user_agent"))
        .col(timestamp_with_time_zone_null("revoked_at"));
    manager.create_table(table).await?;
    index(manager, "user_session", &["user_id"]).await
}

async fn create_sign_in_link(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("sign_in_link")
        .col(pk_uuid("id"))
        .col(text("token_hash").unique_key().take())
        .col(references(uuid("user_id"), "user_account"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone("expires_at"))
        .col(timestamp_with_time_zone_null("used_at"));
    manager.create_table(table).await?;
    index(manager, "sign_in_link", &["user_id"]).await
}
