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

#[tokio::test]
async fn a_sign_in_event_stays_and_only_where_it_came_from_may_be_forgotten() {
    on_each_database("login_event", async |db: &DatabaseConnection| {
        let one = rows::id(db, 1);
        let columns = "(id, how, outcome, ip, user_agent, at)";
        run(db, &format!("INSERT INTO login_event {columns} VALUES ({one}, 'PASSWORD', 'refused', '10.0.0.1', 'Firefox', '2026-09-01')")).await;
        let refusal = "append_only:login_event";
        for change in ["outcome = 'signed_in'", "ip = '10.0.0.2', user_agent = NULL", "ip = NULL", "ip = NULL, user_agent = NULL, how = 'LINK'"] {
            refused(db, &format!("UPDATE login_event SET {change}"), refusal).await;
        }
        refused(db, "DELETE FROM login_event", refusal).await;
        match is_postgres(db) {
            true => refused(db, "TRUNCATE login_event CASCADE", refusal).await,
            false => refused(db, "INSERT OR REPLACE INTO login_event SELECT * FROM login_event", refusal).await,
        }
        run(db, "UPDATE login_event SET ip = NULL, user_agent = NULL").await;
    })
    .await;
}

#[tokio::test]
async fn a_subject_is_one_account_and_an_account_one_subject_of_each_provider() {
    on_each_database("identities", async |db: &DatabaseConnection| {
        let (one, two) = (rows::id(db, 1), rows::id(db, 2));
        for (id, email) in [(&one, "a@b.id"), (&two, "c@d.id")] {
            let columns = "(id, email, name, user_type, account_state, created_at)";
            run(db, &format!("INSERT INTO user_account {columns} VALUES ({id}, '{email}', 'A', 'ADMIN', 'ACTIVE', '2026-09-01')")).await;
            let values = format!("({id}, 'https://{email}', 'P', '2026-09-01')");
            run(db, &format!("INSERT INTO identity_provider (id, issuer, name, created_at) VALUES {values}")).await;
        }
        let link = |provider: &str, subject: &str, user: &str| {
            let columns = "(provider_id, subject, user_id, linked_at, last_used_at)";
            format!("INSERT INTO user_identity {columns} VALUES ({provider}, '{subject}', {user}, '2026-09-01', '2026-09-01')")
        };
        run(db, &link(&one, "s", &one)).await;
        run(db, &link(&two, "s", &one)).await;
        let refusal = if is_postgres(db) { "duplicate key" } else { "UNIQUE" };
        refused(db, &link(&one, "s", &two), refusal).await;
        refused(db, &link(&one, "t", &one), refusal).await;
        let check = if is_postgres(db) { "check constraint" } else { "CHECK constraint failed" };
        let plain = format!("INSERT INTO password_credential (user_id, hash, changed_at) VALUES ({one}, 'secret', '2026-09-01')");
        refused(db, &plain, check).await;
    })
    .await;
}
