//! One claim for one penalty; a withdrawn one may be filed anew.

use crate::database::{is_postgres, on_each_database, refused, run};
use crate::rows;
use sea_orm_migration::sea_orm::DatabaseConnection;

fn claim(db: &DatabaseConnection, number: u32, penalty: u32, state: &str) -> String {
    let (id, one) = (rows::id(db, number), rows::id(db, 1));
    let no = if is_postgres(db) { "false" } else { "0" };
    format!(
        "INSERT INTO fm_claim (id, code, sesi_id, siswa_id, tutor_id, number, penalty_at, category, state, levels, filed_by, filed_at, claim_until, sla_flagged) \
         VALUES ({id}, 'FM-{number}', {one}, {one}, {one}, {penalty}, '2026-09-01', 'SAKIT', '{state}', 2, {one}, '2026-09-01', '2026-09-08', {no})"
    )
}

#[tokio::test]
async fn a_penalty_is_claimed_once_unless_the_claim_was_withdrawn() {
    on_each_database("claim", async |db: &DatabaseConnection| {
        rows::catalog_ground(db).await;
        rows::people(db).await;
        for number in 1..=6 {
            rows::instance(db, number).await;
        }
        run(db, &rows::sesi(db, 1, "CANCELLED", "2026-09")).await;
        let check = if is_postgres(db) { "check constraint" } else { "CHECK constraint failed" };
        refused(db, &claim(db, 2, 1, "OPEN"), check).await;
        refused(db, &claim(db, 2, 0, "PENDING_L1"), check).await;
        run(db, &claim(db, 2, 1, "WITHDRAWN")).await;
        run(db, &claim(db, 3, 1, "FINAL")).await;
        let twice = if is_postgres(db) { "ux_fm_claim_penalty" } else { "fm_claim.sesi_id, fm_claim.number" };
        refused(db, &claim(db, 4, 1, "PENDING_L1"), twice).await;
        run(db, &claim(db, 5, 2, "PENDING_L1")).await;
        let evidence = format!(
            "INSERT INTO fm_evidence (fm_claim_id, document_id, sha256, added_by, added_at) VALUES ({0}, {0}, 'x', {0}, '2026-09-01')",
            rows::id(db, 5)
        );
        refused(db, &evidence, if is_postgres(db) { "foreign key" } else { "FOREIGN KEY" }).await;
    })
    .await;
}
