//! Rows that are written once: history, decisions, audit, and the content of policy versions.

use sea_orm_migration::sea_orm::DatabaseConnection;

use crate::database::{is_postgres, on_each_database, refused, run};
use crate::rows;

async fn write_history_and_decision(db: &DatabaseConnection) {
    let one = rows::instance(db, 1).await;
    run(
        db,
        &format!(
            "INSERT INTO workflow_history (instance_id, seq, command, payload, actor_id, actor_name, actor_kind,
             facts, change, to_state, amounts, at, previous_hash, hash) VALUES
             ({one}, 1, 'request', '{{}}', {one}, 'A', 'PERSON', '{{}}', '{{}}', 'REQUESTED', '[]', '2026-09-01',
             '', 'h')"
        ),
    )
    .await;
    run(
        db,
        &format!(
            "INSERT INTO policy_decision (id, instance_id, seq, kind, version, sha256, input, output, trace, at)
             VALUES ({one}, {one}, 1, 'pricing', 1, 's', '{{}}', '{{}}', '[]', '2026-09-01')"
        ),
    )
    .await;
    run(db, &rows::audit(db, 1)).await;
}

#[tokio::test]
async fn history_decisions_and_audit_are_append_only() {
    on_each_database("append_only", async |db: &DatabaseConnection| {
        write_history_and_decision(db).await;
        let tables = [("workflow_history", "hash"), ("policy_decision", "sha256"), ("audit_record", "action")];
        for (table, column) in tables {
            let refusal = format!("append_only:{table}");
            refused(db, &format!("UPDATE {table} SET {column} = 'x'"), &refusal).await;
            refused(db, &format!("DELETE FROM {table}"), &refusal).await;
            if is_postgres(db) {
                refused(db, &format!("TRUNCATE {table} CASCADE"), &refusal).await;
                continue;
            }
            refused(db, &format!("INSERT OR REPLACE INTO {table} SELECT * FROM {table}"), &refusal).await;
            refused(db, &format!("INSERT OR IGNORE INTO {table} SELECT * FROM {table}"), &refusal).await;
        }
    })
    .await;
}

#[tokio::test]
async fn an_audit_row_cannot_be_replaced_by_its_hidden_rowid_or_by_upsert() {
    on_each_database("audit_replace", async |db: &DatabaseConnection| {
        run(db, &rows::audit(db, 1)).await;
        run(db, &rows::audit(db, 2)).await;
        let upsert = format!("{} ON CONFLICT (id) DO UPDATE SET action = 'x'", rows::audit(db, 1));
        refused(db, &upsert, "append_only:audit_record").await;
        if !is_postgres(db) {
            let by_rowid =
                rows::audit(db, 3).replace("INSERT INTO audit_record (", "INSERT OR REPLACE INTO audit_record (rowid, ").replace("VALUES (", "VALUES (1, ");
            refused(db, &by_rowid, "append_only:audit_record").await;
        }
        run(db, &rows::audit(db, 4)).await;
    })
    .await;
}

#[tokio::test]
async fn the_content_of_a_policy_version_never_changes() {
    on_each_database("policy_version", async |db: &DatabaseConnection| {
        let version = |id: u32, number: u32| {
            let id = rows::id(db, id);
            format!(
                "INTO policy_version (id, kind, number, state, script, params, tests, sha256, author_id,
                 author_name, reason, created_at) VALUES ({id}, 'pricing', {number}, 'DRAFT', 'fn', '{{}}', '[]',
                 's', {id}, 'A', 'r', '2026-09-01')"
            )
        };
        run(db, &format!("INSERT {}", version(1, 1))).await;
        run(db, "UPDATE policy_version SET state = 'ACTIVE', effective_from = '2026-09-01'").await;
        for change in [
            "kind = 'transport'",
            "number = 2",
            "script = 'fn2'",
            "params = '{\"a\":1}'",
            "tests = '[1]'",
            "sha256 = 't'",
            "author_name = 'B'",
            "state = 'DRAFT', script = 'fn3'",
        ] {
            refused(db, &format!("UPDATE policy_version SET {change}"), "policy_version_immutable").await;
        }
        refused(db, "DELETE FROM policy_version", "policy_version_immutable").await;
        if is_postgres(db) {
            refused(db, "TRUNCATE policy_version", "policy_version_immutable").await;
        } else {
            for replacement in [version(1, 7), version(7, 1)] {
                let replace = format!("INSERT OR REPLACE {replacement}");
                refused(db, &replace, "policy_version_immutable").await;
            }
        }
        run(db, &format!("INSERT {}", version(2, 2))).await;
    })
    .await;
}
