//! Ways to sign in beside the one-time link: passwords with their resets, OpenID Connect, and what is ready for
//! later (second factors, verified addresses); what was tried, and who has to wait (SPEC AUTH-1, 2, 3, 7, 8).

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;
use sea_orm_migration::sea_orm::DatabaseBackend;

use crate::append_only::exists_already;
use crate::columns::{at_least, choice, references};
use crate::drop_tables;
use crate::indexes::{index, unique};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        create_password(manager).await?;
        create_provider(manager).await?;
        create_for_later(manager).await?;
        create_event(manager).await?;
        create_throttle(manager).await?;
        let remember = boolean("remember").not_null().default(false).take();
        manager.alter_table(Table::alter().table("user_session").add_column(remember).to_owned()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.alter_table(Table::alter().table("user_session").drop_column("remember").to_owned()).await?;
        drop_tables(manager, &["sign_in_throttle", "login_event"]).await?;
        if manager.get_database_backend() == DatabaseBackend::Postgres {
            manager.get_connection().execute_unprepared("DROP FUNCTION keep_login_event()").await?;
        }
        drop_tables(manager, &["email_verification", "two_factor_method"]).await?;
        drop_tables(manager, &["oidc_attempt", "user_identity", "identity_provider"]).await?;
        drop_tables(manager, &["password_reset", "password_credential"]).await
    }
}

async fn create_password(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut credential = Table::create();
    credential
        .table("password_credential")
        .col(references(pk_uuid("user_id"), "user_account"))
        .col(text("hash").check(Expr::cust("hash LIKE '$argon2id$%'")).take())
        .col(timestamp_with_time_zone("changed_at"));
    manager.create_table(credential).await?;

    let mut reset = Table::create();
    reset
        .table("password_reset")
        .col(pk_uuid("id"))
        .col(references(uuid("user_id"), "user_account"))
        .col(text("token_hash").unique_key().take())
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone("expires_at"))
        .col(timestamp_with_time_zone_null("used_at"))
        .col(timestamp_with_time_zone_null("voided_at"));
    manager.create_table(reset).await?;
    index(manager, "password_reset", &["user_id"]).await
}

/// A subject of a provider is one account; an account may have one subject at each of many providers.
async fn create_provider(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut provider = Table::create();
    provider
        .table("identity_provider")
        .col(pk_uuid("id"))
        .col(text("issuer").unique_key().take())
        .col(text("name"))
        .col(timestamp_with_time_zone("created_at"));
    manager.create_table(provider).await?;

    let mut identity = Table::create();
    identity
        .table("user_identity")
        .col(references(uuid("provider_id"), "identity_provider"))
        .col(text("subject"))
        .col(references(uuid("user_id"), "user_account"))
        .col(timestamp_with_time_zone("linked_at"))
        .col(timestamp_with_time_zone("last_used_at"))
        .primary_key(Index::create().col("provider_id").col("subject"));
    manager.create_table(identity).await?;
    unique(manager, "user_identity", &["user_id", "provider_id"]).await?;

    let mut attempt = Table::create();
    attempt
        .table("oidc_attempt")
        .col(pk_uuid("id"))
        .col(text("state_hash").unique_key().take())
        .col(text("return_path"))
        .col(boolean("remember"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone("expires_at"));
    manager.create_table(attempt).await?;
    index(manager, "oidc_attempt", &["expires_at"]).await
}

/// The schema stands ready, nothing writes it yet (SPEC AUTH-7).
async fn create_for_later(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut factor = Table::create();
    factor
        .table("two_factor_method")
        .col(pk_uuid("id"))
        .col(references(uuid("user_id"), "user_account"))
        .col(choice("kind", &["TOTP", "WEBAUTHN", "RECOVERY_CODE"]))
        .col(text("label"))
        .col(text("secret"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone_null("confirmed_at"))
        .col(timestamp_with_time_zone_null("last_used_at"));
    manager.create_table(factor).await?;
    index(manager, "two_factor_method", &["user_id"]).await?;

    let mut verification = Table::create();
    verification
        .table("email_verification")
        .col(pk_uuid("id"))
        .col(references(uuid("user_id"), "user_account"))
        .col(text("email"))
        .col(text("token_hash").unique_key().take())
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone("expires_at"))
        .col(timestamp_with_time_zone_null("verified_at"))
        .col(timestamp_with_time_zone_null("voided_at"));
    manager.create_table(verification).await?;
    index(manager, "email_verification", &["user_id"]).await
}

async fn create_event(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("login_event")
        .col(pk_uuid("id"))
        .col(references(uuid_null("user_id"), "user_account"))
        .col(choice("how", &["LINK", "OIDC", "PASSWORD"]))
        .col(text("outcome"))
        .col(text_null("ip"))
        .col(text_null("user_agent"))
        .col(timestamp_with_time_zone("at"));
    manager.create_table(table).await?;
    index(manager, "login_event", &["user_id", "at"]).await?;
    let sql = match manager.get_database_backend() {
        DatabaseBackend::Postgres => String::from(KEEP_ON_POSTGRES),
        _ => keep_on_sqlite(),
    };
    manager.get_connection().execute_unprepared(&sql).await.map(|_| ())
}

/// Written once, but for one change: where somebody came from may be forgotten.
const KEEP_ON_POSTGRES: &str = "
CREATE FUNCTION keep_login_event() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.ip IS NULL AND NEW.user_agent IS NULL
     AND (NEW.id, NEW.user_id, NEW.how, NEW.outcome, NEW.at) IS NOT DISTINCT FROM (OLD.id, OLD.user_id, OLD.how, OLD.outcome, OLD.at) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'append_only:login_event' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER login_event_kept BEFORE UPDATE ON login_event FOR EACH ROW EXECUTE FUNCTION keep_login_event();
CREATE TRIGGER login_event_append_only BEFORE DELETE ON login_event FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER login_event_no_truncate BEFORE TRUNCATE ON login_event FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();";

fn keep_on_sqlite() -> String {
    let refuse = "BEGIN SELECT RAISE(ABORT, 'append_only:login_event'); END;";
    let differs = ["id", "user_id", "how", "outcome", "at"].map(|column| format!("NEW.{column} IS NOT OLD.{column}")).join(" OR ");
    format!(
        "CREATE TRIGGER login_event_no_update BEFORE UPDATE ON login_event
           WHEN NEW.ip IS NOT NULL OR NEW.user_agent IS NOT NULL OR {differs} {refuse}
         CREATE TRIGGER login_event_no_delete BEFORE DELETE ON login_event {refuse}
         CREATE TRIGGER login_event_no_replace BEFORE INSERT ON login_event WHEN {} {refuse}",
        exists_already("login_event", &[&["id"]])
    )
}

/// One row for each account or address that has tried too often of late.
async fn create_throttle(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("sign_in_throttle")
        .col(text("key").primary_key().take())
        .col(at_least("tries", 0))
        .col(timestamp_with_time_zone("last_at"))
        .col(timestamp_with_time_zone("blocked_until"));
    manager.create_table(table).await?;
    index(manager, "sign_in_throttle", &["last_at"]).await
}
