//! The work with a tutor ends once at a time, each revision of a settlement is one, and its lines never change.

use crate::database::{is_postgres, on_each_database, refused, run};
use crate::rows;
use sea_orm_migration::sea_orm::DatabaseConnection;

fn termination(db: &DatabaseConnection, number: u32, state: &str) -> String {
    let (id, one) = (rows::id(db, number), rows::id(db, 1));
    format!(
        "INSERT INTO termination (id, code, tutor_id, state, decided_by, decided_at, accounts_closed, sessions_ended, links_voided, resets_voided, \
         identities_removed, sesi_to_clear, settlement_revision, adjustment_rp, due_rp, claim_rp, paid_rp, received_rp) \
         VALUES ({id}, 'TRM-{number}', {one}, '{state}', {one}, '2026-09-01', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)"
    )
}

fn settlement(db: &DatabaseConnection, number: u32, revision: u32, due_rp: i64) -> String {
    let (id, one) = (rows::id(db, number), rows::id(db, 1));
    format!(
        "INSERT INTO final_settlement (id, termination_id, tutor_id, revision, at, policy_version, policy_sha256, honorarium_rp, transport_rp, denda_rp, \
         adjustment_rp, payable_rp, owed_rp, waived_rp, paid_before_rp, received_before_rp, due_rp, claim_rp, status, moved_rp) \
         VALUES ({id}, {one}, {one}, {revision}, '2026-09-01', 1, 's', 0, 0, 0, 0, 0, 0, 0, 0, 0, {due_rp}, 0, 'DUE', 0)"
    )
}

#[tokio::test]
async fn the_work_with_a_tutor_ends_once_at_a_time_and_what_a_settlement_is_the_sum_of_stays() {
    on_each_database("termination", async |db: &DatabaseConnection| {
        rows::catalog_ground(db).await;
        rows::people(db).await;
        for number in 1..=3 {
            rows::instance(db, number).await;
        }
        run(db, &termination(db, 1, "DECIDED")).await;
        run(db, &termination(db, 2, "ARCHIVED")).await;
        let twice = if is_postgres(db) { "ux_termination_live" } else { "termination.tutor_id" };
        refused(db, &termination(db, 3, "DECIDED"), twice).await;

        let check = if is_postgres(db) { "check constraint" } else { "CHECK constraint failed" };
        refused(db, &settlement(db, 1, 1, -1), check).await;
        refused(db, &settlement(db, 1, 0, 1), check).await;
        run(db, &settlement(db, 1, 1, 5)).await;
        let again = if is_postgres(db) { "ux_final_settlement_termination_id_revision" } else { "final_settlement.revision" };
        refused(db, &settlement(db, 2, 1, 5), again).await;
        run(db, &settlement(db, 2, 2, 5)).await;

        let one = rows::id(db, 1);
        run(db, &format!("INSERT INTO final_settlement_line (settlement_id, number, kind, code, amount_rp) VALUES ({one}, 1, 'DENDA', 'DND-1', -5)")).await;
        let refusal = "append_only:final_settlement_line";
        refused(db, "UPDATE final_settlement_line SET amount_rp = -1", refusal).await;
        refused(db, "DELETE FROM final_settlement_line", refusal).await;
        if !is_postgres(db) {
            refused(db, "INSERT OR REPLACE INTO final_settlement_line SELECT * FROM final_settlement_line", refusal).await;
        }
    })
    .await;
}
