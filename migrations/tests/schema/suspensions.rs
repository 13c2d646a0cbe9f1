//! One suspension of a tutor at a time, one request to end it, and an end exactly when it is over.

use crate::database::{is_postgres, on_each_database, refused, run};
use crate::rows;
use sea_orm_migration::sea_orm::DatabaseConnection;

fn suspension(db: &DatabaseConnection, number: u32, state: &str, ended_at: &str) -> String {
    let (id, one) = (rows::id(db, number), rows::id(db, 1));
    format!(
        "INSERT INTO suspension (id, code, tutor_id, state, begun_at, imposed_by, ended_at) VALUES ({id}, 'SUS-{number}', {one}, '{state}', '2026-09-01', {one}, {ended_at})"
    )
}

fn reactivation(db: &DatabaseConnection, number: u32, state: &str) -> String {
    let (id, one) = (rows::id(db, number), rows::id(db, 1));
    format!(
        "INSERT INTO reactivation (id, code, suspension_id, tutor_id, state, requested_by, requested_at) VALUES ({id}, 'RAK-{number}', {one}, {one}, '{state}', {one}, '2026-09-01')"
    )
}

#[tokio::test]
async fn a_tutor_is_suspended_once_at_a_time_and_asked_back_once_at_a_time() {
    on_each_database("suspension", async |db: &DatabaseConnection| {
        rows::catalog_ground(db).await;
        rows::people(db).await;
        for number in 1..=5 {
            rows::instance(db, number).await;
        }
        let over = "'2026-09-08'";
        let check = if is_postgres(db) { "check constraint" } else { "CHECK constraint failed" };
        refused(db, &suspension(db, 1, "ACTIVE", over), check).await;
        refused(db, &suspension(db, 1, "ENDED", "NULL"), check).await;
        run(db, &suspension(db, 1, "ACTIVE", "NULL")).await;
        run(db, &suspension(db, 2, "LIFTED", over)).await;
        let twice = if is_postgres(db) { "ux_suspension_active" } else { "suspension.tutor_id" };
        refused(db, &suspension(db, 3, "ACTIVE", "NULL"), twice).await;
        run(db, &reactivation(db, 3, "REQUESTED")).await;
        run(db, &reactivation(db, 4, "WITHDRAWN")).await;
        let again = if is_postgres(db) { "ux_reactivation_open" } else { "reactivation.suspension_id" };
        refused(db, &reactivation(db, 5, "REQUESTED"), again).await;
    })
    .await;
}
