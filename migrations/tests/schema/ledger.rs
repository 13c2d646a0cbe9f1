//! Entries: balanced, complete once written, never changed.

use sea_orm_migration::sea_orm::{ConnectionTrait, DatabaseConnection, TransactionTrait};

use crate::database::{commit, is_postgres, on_each_database, refused, refused_all};
use crate::rows;

/// One entry with its postings, in the order the database asks for.
fn whole_entry(db: &DatabaseConnection, number: u32, amounts: &[i64]) -> Vec<String> {
    vec![rows::postings(db, number, 1, amounts), rows::entry(db, number, "2026-09-10")]
}

#[tokio::test]
async fn an_entry_that_does_not_balance_is_refused() {
    on_each_database("balance", async |db: &DatabaseConnection| {
        rows::ledger_ground(db).await;
        commit(db, &whole_entry(db, 1, &[150_000, -150_000])).await.unwrap();
        commit(db, &whole_entry(db, 2, &[150_000, -100_000, -50_000])).await.unwrap();
        refused_all(db, &whole_entry(db, 3, &[150_000, -149_999]), "unbalanced_entry:key-3").await;
        refused_all(db, &[rows::entry(db, 4, "2026-09-10")], "unbalanced_entry:key-4").await;
        let orphan = [rows::postings(db, 5, 1, &[100, -100])];
        let refusal = if is_postgres(db) { "violates" } else { "FOREIGN KEY" };
        let error = commit(db, &orphan).await.unwrap_err();
        assert!(error.contains(refusal) || error.contains("entry_complete"), "{error}");
        refused_all(db, &whole_entry(db, 6, &[0, 0]), if is_postgres(db) { "check" } else { "CHECK" }).await;
    })
    .await;
}

#[tokio::test]
async fn a_posting_cannot_join_an_entry_that_is_complete() {
    on_each_database("complete", async |db: &DatabaseConnection| {
        rows::ledger_ground(db).await;
        commit(db, &whole_entry(db, 1, &[100, -100])).await.unwrap();
        refused_all(db, &[rows::postings(db, 1, 3, &[50])], "entry_complete").await;
        refused_all(db, &[rows::postings(db, 1, 3, &[50, -50])], "entry_complete").await;
    })
    .await;
}

#[tokio::test]
async fn entries_and_postings_are_append_only() {
    on_each_database("ledger_append_only", async |db: &DatabaseConnection| {
        rows::ledger_ground(db).await;
        commit(db, &whole_entry(db, 1, &[100, -100])).await.unwrap();
        refused(db, "UPDATE posting SET amount_rp = -amount_rp", "append_only:posting").await;
        refused(db, "DELETE FROM posting", "append_only:posting").await;
        refused(db, "UPDATE journal_entry SET posted_on = '2026-10-01'", "append_only:journal_entry").await;
        refused(db, "DELETE FROM journal_entry", "append_only:journal_entry").await;
        if is_postgres(db) {
            refused(db, "TRUNCATE posting", "append_only:posting").await;
            refused(db, "TRUNCATE journal_entry CASCADE", "append_only").await;
            return;
        }
        let replace_line = rows::postings(db, 1, 1, &[7]).replacen("INSERT", "INSERT OR REPLACE", 1);
        let error = commit(db, &[replace_line]).await.unwrap_err();
        assert!(error.contains("append_only:posting") || error.contains("entry_complete"), "{error}");
        let same_key = rows::entry(db, 2, "2026-09-10").replacen("INSERT", "INSERT OR REPLACE", 1);
        let same_key = same_key.replace("key-2", "key-1");
        refused_all(db, &[rows::postings(db, 2, 1, &[9, -9]), same_key], "append_only:journal_entry").await;
    })
    .await;
}

#[tokio::test]
async fn postgres_takes_entry_and_postings_in_one_statement_and_in_any_order() {
    on_each_database("one_statement", async |db: &DatabaseConnection| {
        if !is_postgres(db) {
            return;
        }
        rows::ledger_ground(db).await;
        let both = |number: u32, amounts: &[i64], entry_first: bool| {
            let (entry, postings) = (rows::entry(db, number, "2026-09-10"), rows::postings(db, number, 1, amounts));
            let (a, b) = if entry_first { (entry, postings) } else { (postings, entry) };
            format!("WITH a AS ({a}), b AS ({b}) SELECT 1")
        };
        commit(db, &[both(1, &[100, -100], true)]).await.unwrap();
        commit(db, &[both(2, &[100, -100], false)]).await.unwrap();
        refused_all(db, &[both(3, &[100, -99], true)], "unbalanced_entry:key-3").await;
        refused_all(db, &[both(4, &[100, -99], false)], "unbalanced_entry:key-4").await;
        let early = [String::from("SET CONSTRAINTS ALL IMMEDIATE"), both(5, &[100, -100], true)];
        commit(db, &early).await.unwrap();
        let extra = [both(6, &[100, -100], true), "SET CONSTRAINTS ALL IMMEDIATE".into(), rows::postings(db, 6, 3, &[1])];
        refused_all(db, &extra, "unbalanced_entry:key-6").await;
    })
    .await;
}

#[tokio::test]
async fn an_entry_written_inside_a_savepoint_counts_as_written_by_its_transaction() {
    on_each_database("savepoint", async |db: &DatabaseConnection| {
        rows::ledger_ground(db).await;
        let tx = db.begin().await.unwrap();
        let nested = tx.begin().await.unwrap();
        for statement in whole_entry(db, 1, &[100, -100]) {
            nested.execute_unprepared(&statement).await.unwrap();
        }
        nested.commit().await.unwrap();
        tx.commit().await.unwrap();
        refused_all(db, &[rows::postings(db, 1, 3, &[50, -50])], "entry_complete").await;
    })
    .await;
}

#[tokio::test]
async fn a_forged_writing_transaction_does_not_open_an_entry() {
    on_each_database("forged", async |db: &DatabaseConnection| {
        if !is_postgres(db) {
            return;
        }
        rows::ledger_ground(db).await;
        let ahead = rows::entry(db, 1, "2026-09-10")
            .replace("posted_on, at)", "posted_on, at, written_in)")
            .replace("'2026-09-01T00:00:00+00:00')", "'2026-09-01', (pg_current_xact_id()::text::bigint + 1)::text::xid8)");
        commit(db, &[rows::postings(db, 1, 1, &[100, -100]), ahead]).await.unwrap();
        refused_all(db, &[rows::postings(db, 1, 3, &[50, -50])], "entry_complete").await;
    })
    .await;
}
