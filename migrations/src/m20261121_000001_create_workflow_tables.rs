//! The engine's tables: instances and their history, tasks, timers, jobs, answers given, policies.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;
use sea_orm_migration::sea_orm::DatabaseBackend;

use crate::append_only::{CREATE_REFUSE_CHANGE, DROP_REFUSE_CHANGE, append_only};
use crate::columns::{at_least, choice, references};
use crate::drop_tables;
use crate::indexes::{index, unique, unique_where};
use crate::policy_rules;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if manager.get_database_backend() == DatabaseBackend::Postgres {
            manager.get_connection().execute_unprepared(CREATE_REFUSE_CHANGE).await?;
        }
        create_instance(manager).await?;
        create_history(manager).await?;
        create_job(manager).await?;
        create_task(manager).await?;
        create_timer(manager).await?;
        create_idempotency_key(manager).await?;
        create_policy_version(manager).await?;
        create_policy_decision(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let policies = ["policy_decision", "policy_version"];
        let work = ["idempotency_key", "timer", "task_comment", "task", "job"];
        drop_tables(manager, &policies).await?;
        drop_tables(manager, &work).await?;
        drop_tables(manager, &["workflow_history", "workflow_instance"]).await?;
        if manager.get_database_backend() == DatabaseBackend::Postgres {
            let drop = format!("DROP FUNCTION keep_policy_content(); {DROP_REFUSE_CHANGE}");
            manager.get_connection().execute_unprepared(&drop).await?;
        }
        Ok(())
    }
}

async fn create_instance(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("workflow_instance")
        .col(pk_uuid("id"))
        .col(text("workflow"))
        .col(at_least("version", 1))
        .col(text("state"))
        .col(at_least("revision", 0))
        .col(references(uuid_null("parent_id"), "workflow_instance"))
        .col(boolean("terminal"))
        .col(text("code"))
        .col(text("label"))
        .col(big_integer_null("amount_rp"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone("updated_at"));
    manager.create_table(table).await?;
    unique(manager, "workflow_instance", &["workflow", "code"]).await?;
    index(manager, "workflow_instance", &["workflow", "state", "terminal"]).await?;
    index(manager, "workflow_instance", &["parent_id"]).await
}

async fn create_history(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("workflow_history")
        .col(references(uuid("instance_id"), "workflow_instance"))
        .col(at_least("seq", 0))
        .col(text("command"))
        .col(json_binary("payload"))
        .col(uuid("actor_id"))
        .col(text("actor_name"))
        .col(choice("actor_kind", &["PERSON", "SYSTEM"]))
        .col(text_null("on_behalf_of"))
        .col(json_binary("facts"))
        .col(json_binary("change"))
        .col(text_null("from_state"))
        .col(text("to_state"))
        .col(text_null("reason"))
        .col(json_binary("amounts"))
        .col(timestamp_with_time_zone("at"))
        .col(text("previous_hash"))
        .col(text("hash"))
        .primary_key(Index::create().col("instance_id").col("seq"));
    manager.create_table(table).await?;
    append_only(manager, "workflow_history", &[&["instance_id", "seq"]]).await
}

async fn create_job(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("job")
        .col(pk_uuid("id"))
        .col(text("kind"))
        .col(text("key"))
        .col(references(uuid_null("instance_id"), "workflow_instance"))
        .col(json_binary("payload"))
        .col(choice("state", &["PENDING", "RUNNING", "DONE", "DEAD", "DISMISSED"]))
        .col(at_least("attempt", 0))
        .col(at_least("max_attempts", 1))
        .col(timestamp_with_time_zone("run_at"))
        .col(timestamp_with_time_zone_null("lease_until"))
        .col(text_null("last_error"))
        .col(json_binary_null("result"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone_null("finished_at"))
        .col(uuid_null("dismissed_by"))
        .col(text_null("dismissed_reason"));
    manager.create_table(table).await?;
    unique(manager, "job", &["kind", "key"]).await?;
    index(manager, "job", &["state", "run_at"]).await?;
    index(manager, "job", &["instance_id", "state"]).await
}

async fn create_task(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let has_subject = Expr::col("instance_id").is_not_null().or(Expr::col("job_id").is_not_null());
    let mut table = Table::create();
    table
        .table("task")
        .col(pk_uuid("id"))
        .col(references(uuid_null("instance_id"), "workflow_instance"))
        .col(references(uuid_null("job_id"), "job"))
        .col(text("workflow"))
        .col(text("name"))
        .col(text("permission"))
        .col(choice("state", &["OPEN", "DONE", "CANCELLED"]))
        .col(uuid_null("claimed_by"))
        .col(text_null("claimed_by_name"))
        .col(timestamp_with_time_zone_null("claimed_at"))
        .col(timestamp_with_time_zone_null("due_at"))
        .col(timestamp_with_time_zone_null("sla_flagged_at"))
        .col(uuid_null("excluded_actor_id"))
        .col(timestamp_with_time_zone("opened_at"))
        .col(timestamp_with_time_zone_null("closed_at"))
        .col(uuid_null("closed_by"))
        .check(has_subject);
    manager.create_table(table).await?;
    unique_where(manager, ("ux_task_open", "task"), &["instance_id", "name"], "state = 'OPEN'").await?;
    index(manager, "task", &["state", "due_at"]).await?;
    index(manager, "task", &["instance_id"]).await?;
    index(manager, "task", &["job_id"]).await?;

    let mut comment = Table::create();
    comment
        .table("task_comment")
        .col(pk_uuid("id"))
        .col(references(uuid("task_id"), "task"))
        .col(uuid("actor_id"))
        .col(text("actor_name"))
        .col(text("body"))
        .col(timestamp_with_time_zone("at"));
    manager.create_table(comment).await?;
    index(manager, "task_comment", &["task_id"]).await
}

async fn create_timer(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("timer")
        .col(pk_uuid("id"))
        .col(references(uuid("instance_id"), "workflow_instance"))
        .col(text("name"))
        .col(json_binary("command"))
        .col(timestamp_with_time_zone("due_at"))
        .col(choice("state", &["ARMED", "FIRED", "DISARMED", "REFUSED"]))
        .col(timestamp_with_time_zone("armed_at"))
        .col(timestamp_with_time_zone_null("settled_at"))
        .col(json_binary_null("refusal"));
    manager.create_table(table).await?;
    unique_where(manager, ("ux_timer_armed", "timer"), &["instance_id", "name"], "state = 'ARMED'").await?;
    index(manager, "timer", &["state", "due_at"]).await?;
    index(manager, "timer", &["instance_id"]).await
}

async fn create_idempotency_key(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("idempotency_key")
        .col(uuid("actor_id"))
        .col(text("key"))
        .col(text("request_hash"))
        .col(uuid("instance_id"))
        .col(json_binary("answer"))
        .col(timestamp_with_time_zone("created_at"))
        .primary_key(Index::create().col("actor_id").col("key"));
    manager.create_table(table).await?;
    index(manager, "idempotency_key", &["created_at"]).await
}

async fn create_policy_version(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("policy_version")
        .col(pk_uuid("id"))
        .col(text("kind"))
        .col(at_least("number", 1))
        .col(choice("state", &["DRAFT", "IN_REVIEW", "ACTIVE", "SUPERSEDED", "REJECTED"]))
        .col(text("script"))
        .col(json_binary("params"))
        .col(json_binary("tests"))
        .col(text("sha256"))
        .col(uuid("author_id"))
        .col(text("author_name"))
        .col(text("reason"))
        .col(timestamp_with_time_zone_null("effective_from"))
        .col(timestamp_with_time_zone("created_at"));
    manager.create_table(table).await?;
    unique(manager, "policy_version", &["kind", "number"]).await?;
    let sql = match manager.get_database_backend() {
        DatabaseBackend::Postgres => String::from(policy_rules::POSTGRES),
        _ => policy_rules::sqlite(),
    };
    manager.get_connection().execute_unprepared(&sql).await.map(|_| ())
}

async fn create_policy_decision(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("policy_decision")
        .col(pk_uuid("id"))
        .col(references(uuid("instance_id"), "workflow_instance"))
        .col(at_least("seq", 0))
        .col(text("kind"))
        .col(at_least("version", 1))
        .col(text("sha256"))
        .col(json_binary("input"))
        .col(json_binary("output"))
        .col(json_binary("trace"))
        .col(timestamp_with_time_zone("at"));
    manager.create_table(table).await?;
    index(manager, "policy_decision", &["instance_id"]).await?;
    index(manager, "policy_decision", &["kind", "at"]).await?;
    append_only(manager, "policy_decision", &[&["id"]]).await
}
