//! What a Tagihan or an Honorarium says is fixed once it is issued, nothing is billed twice, and a locked month takes none.

use crate::database::{is_postgres, on_each_database, refused, run};
use crate::rows;
use sea_orm_migration::sea_orm::DatabaseConnection;

async fn ground(db: &DatabaseConnection) {
    rows::catalog_ground(db).await;
    rows::people(db).await;
    rows::instance(db, 1).await;
    let one = rows::id(db, 1);
    run(
        db,
        &format!(
            "INSERT INTO billing_run (id, code, period_month, number, state, parts, parts_done, tagihan_count, tagihan_rp, honorarium_count, honorarium_rp, \
             parked_count, created_at) VALUES ({one}, 'RUN-2026-09-01', '2026-09', 1, 'RUNNING', 0, 0, 0, 0, 0, 0, 0, '2026-10-01')"
        ),
    )
    .await;
}

fn tagihan(db: &DatabaseConnection, number: u32, month: &str, status: &str) -> String {
    let (id, one) = (rows::id(db, number), rows::id(db, 1));
    format!(
        "INSERT INTO tagihan (id, number, siswa_id, period_month, revision, status, issued_on, due_on, sesi_rp, adjustment_rp, total_rp, credited_rp, refunded_rp, \
         paid_rp, written_off_rp, run_id, created_at) VALUES ({id}, 'TAG-{number}', {one}, '{month}', {number}, '{status}', '2026-10-01', '2026-10-15', \
         100, -10, 90, 0, 0, 0, 0, {one}, '2026-10-01')"
    )
}

fn line(db: &DatabaseConnection, document: u32, number: u32, source: u32) -> String {
    let (document, source) = (rows::id(db, document), rows::id(db, source));
    format!(
        "INSERT INTO tagihan_line (tagihan_id, number, kind, source_id, held_on, amount_rp, credited_rp) \
         VALUES ({document}, {number}, 'SESI', {source}, '2026-09-10', 100, 0)"
    )
}

fn honorarium(db: &DatabaseConnection, number: u32, (denda, carried_out, net): (i64, i64, i64)) -> String {
    let (id, one) = (rows::id(db, number), rows::id(db, 1));
    format!(
        "INSERT INTO honorarium (id, number, tutor_id, period_month, revision, status, issued_on, base_rp, transport_rp, adjustment_rp, returned_rp, reversed_rp, \
         denda_rp, carried_in_rp, carried_out_rp, net_rp, pph_withheld_rp, paid_rp, run_id, created_at) VALUES ({id}, 'HON-{number}', {one}, '2026-09', {number}, \
         'ISSUED', '2026-10-01', 100, 0, 0, 0, 0, {denda}, 0, {carried_out}, {net}, 0, 0, {one}, '2026-10-01')"
    )
}

#[tokio::test]
async fn what_is_issued_stays_and_nothing_is_billed_twice() {
    on_each_database("billing_fixed", async |db: &DatabaseConnection| {
        ground(db).await;
        run(db, &tagihan(db, 1, "2026-09", "DRAFT")).await;
        run(db, &line(db, 1, 1, 11)).await;
        run(db, "UPDATE tagihan SET sesi_rp = 110, total_rp = 100, status = 'ISSUED'").await;
        for change in ["sesi_rp = 1, total_rp = -9", "due_on = '2026-12-01'", "number = 'x'", "revision = 9"] {
            refused(db, &format!("UPDATE tagihan SET {change}"), "document_fixed:tagihan").await;
        }
        refused(db, "DELETE FROM tagihan", "append_only:tagihan").await;
        refused(db, "UPDATE tagihan_line SET amount_rp = 1", "document_fixed:tagihan_line").await;
        refused(db, "DELETE FROM tagihan_line", "append_only:tagihan_line").await;
        run(db, "UPDATE tagihan_line SET credited_rp = 50").await;
        run(db, "UPDATE tagihan SET credited_rp = 50, paid_rp = 50, status = 'PAID'").await;
        let check = if is_postgres(db) { "check constraint" } else { "CHECK constraint failed" };
        refused(db, "UPDATE tagihan SET paid_rp = 51", check).await;

        run(db, &tagihan(db, 2, "2026-09", "DRAFT")).await;
        let twice = if is_postgres(db) { "ux_tagihan_line_source" } else { "tagihan_line.source_id" };
        refused(db, &line(db, 2, 1, 11), twice).await;
        run(db, "UPDATE tagihan_line SET voided_at = '2026-10-02'").await;
        run(db, &line(db, 2, 1, 11)).await;
    })
    .await;
}

#[tokio::test]
async fn an_honorarium_adds_up_and_never_falls_below_zero() {
    on_each_database("billing_honorarium", async |db: &DatabaseConnection| {
        ground(db).await;
        let check = if is_postgres(db) { "check constraint" } else { "CHECK constraint failed" };
        refused(db, &honorarium(db, 1, (150, 0, -50)), check).await;
        refused(db, &honorarium(db, 1, (30, 0, 80)), check).await;
        run(db, &honorarium(db, 1, (150, 50, 0))).await;
        run(db, &honorarium(db, 2, (30, 0, 70))).await;
        refused(db, "UPDATE honorarium SET net_rp = 71, base_rp = 101 WHERE number = 'HON-2'", "document_fixed:honorarium").await;
        refused(db, "UPDATE honorarium SET pph_withheld_rp = 40, paid_rp = 31 WHERE number = 'HON-2'", check).await;
        run(db, "UPDATE honorarium SET pph_withheld_rp = 40, paid_rp = 30, status = 'PAID' WHERE number = 'HON-2'").await;
    })
    .await;
}

#[tokio::test]
async fn a_locked_month_takes_no_document_and_gives_none_back() {
    on_each_database("billing_period", async |db: &DatabaseConnection| {
        ground(db).await;
        run(db, &tagihan(db, 1, "2026-09", "ISSUED")).await;
        run(db, "INSERT INTO period (month, state) VALUES ('2026-09', 'LOCKED')").await;
        refused(db, &tagihan(db, 2, "2026-09", "ISSUED"), "period_locked:2026-09").await;
        refused(db, &honorarium(db, 2, (0, 0, 100)), "period_locked:2026-09").await;
        refused(db, "UPDATE tagihan SET status = 'VOID'", "period_locked:2026-09").await;
        run(db, "UPDATE tagihan SET status = 'PAID', paid_rp = 90").await;
        run(db, &tagihan(db, 3, "2026-10", "ISSUED")).await;
    })
    .await;
}
