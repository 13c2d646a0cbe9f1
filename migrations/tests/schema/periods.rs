//! Locked periods: nothing is posted into them and no sesi is dated into them.

use std::time::Duration;

use sea_orm_migration::sea_orm::{ConnectionTrait, DatabaseConnection, TransactionTrait};

use crate::database::{commit, is_postgres, on_each_database, refused, refused_all, run};
use crate::rows;

fn posted_on(db: &DatabaseConnection, number: u32, day: &str) -> Vec<String> {
    vec![rows::postings(db, number, 1, &[100, -100]), rows::entry(db, number, day)]
}

#[tokio::test]
async fn nothing_is_posted_into_a_locked_period_until_it_is_opened_again() {
    on_each_database("period_posting", async |db: &DatabaseConnection| {
        rows::ledger_ground(db).await;
        commit(db, &posted_on(db, 1, "2026-09-30")).await.unwrap();
        run(db, "INSERT INTO period (month, state) VALUES ('2026-09', 'LOCKED')").await;
        refused_all(db, &posted_on(db, 2, "2026-09-30"), "period_locked:2026-09").await;
        refused_all(db, &posted_on(db, 2, "2026-09-01"), "period_locked:2026-09").await;
        commit(db, &posted_on(db, 3, "2026-10-01")).await.unwrap();
        run(db, "UPDATE period SET state = 'OPEN' WHERE month = '2026-09'").await;
        commit(db, &posted_on(db, 4, "2026-09-30")).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_locked_period_cannot_be_removed() {
    on_each_database("period_kept", async |db: &DatabaseConnection| {
        run(db, "INSERT INTO period (month, state) VALUES ('2026-09', 'LOCKED')").await;
        refused(db, "DELETE FROM period", "period_kept").await;
        if is_postgres(db) {
            refused(db, "TRUNCATE period", "period_kept").await;
        }
    })
    .await;
}

#[tokio::test]
async fn no_sesi_is_dated_into_a_locked_period() {
    on_each_database("period_sesi", async |db: &DatabaseConnection| {
        rows::catalog_ground(db).await;
        rows::people(db).await;
        for number in 1..=3 {
            rows::instance(db, number).await;
        }
        run(db, &rows::sesi(db, 1, "COMPLETED", "2026-09")).await;
        run(db, &rows::sesi(db, 2, "REQUESTED", "2026-10")).await;
        run(db, "INSERT INTO period (month, state) VALUES ('2026-09', 'LOCKED')").await;
        refused(db, &rows::sesi(db, 3, "REQUESTED", "2026-09"), "period_locked:2026-09").await;
        let back = format!("UPDATE sesi SET period_month = '2026-09' WHERE id = {}", rows::id(db, 2));
        refused(db, &back, "period_locked:2026-09").await;
        run(db, "UPDATE sesi SET anomaly_flag = TRUE").await;
    })
    .await;
}

#[tokio::test]
async fn on_postgres_a_period_is_locked_only_after_those_who_post_into_it_have_ended() {
    on_each_database("period_race", async |db: &DatabaseConnection| {
        if !is_postgres(db) {
            return;
        }
        rows::ledger_ground(db).await;
        let posting = db.begin().await.unwrap();
        for statement in posted_on(db, 1, "2026-09-30") {
            posting.execute_unprepared(&statement).await.unwrap();
        }
        let beside = db.begin().await.unwrap();
        for statement in posted_on(db, 2, "2026-09-30") {
            beside.execute_unprepared(&statement).await.unwrap();
        }
        beside.commit().await.unwrap();
        let closing = db.begin().await.unwrap();
        closing.execute_unprepared("SET LOCAL lock_timeout = '200ms'").await.unwrap();
        let lock = "INSERT INTO period (month, state) VALUES ('2026-09', 'LOCKED')";
        let waited = tokio::time::timeout(Duration::from_secs(20), closing.execute_unprepared(lock)).await.unwrap();
        assert!(waited.unwrap_err().to_string().contains("lock timeout"), "locking did not wait");
        closing.rollback().await.unwrap();
        posting.commit().await.unwrap();
        run(db, lock).await;
    })
    .await;
}
