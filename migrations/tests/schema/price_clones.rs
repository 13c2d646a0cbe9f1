//! Clones of an academic year: one into each year, never changed; and no day belongs to two years.

use sea_orm_migration::sea_orm::DatabaseConnection;

use crate::database::{is_postgres, on_each_database, refused, refused_all, run};
use crate::rows;

/// The statement that inserts clone `number`, of year 1 into year 2.
fn clone(db: &DatabaseConnection, number: u32) -> String {
    let (id, source, target) = (rows::id(db, number), rows::id(db, 1), rows::id(db, 2));
    format!(
        "INSERT INTO price_clone (id, source_id, target_id, bump_basis_points, step_rp, copied, ended, before_rp, after_rp, cloned_at, cloned_by)
         VALUES ({id}, {source}, {target}, 550, 500, 2, 2, 100, 200, '2026-09-01', {id})"
    )
}

fn year(db: &DatabaseConnection, number: u32, (from, until): (&str, &str)) -> String {
    format!("INSERT INTO tahun_ajaran (id, code, starts_on, ends_on) VALUES ({}, 'Y{number}', '{from}', '{until}')", rows::id(db, number))
}

#[tokio::test]
async fn a_year_is_cloned_into_once_and_the_clone_stays_as_it_was() {
    on_each_database("price_clone_once", async |db: &DatabaseConnection| {
        rows::catalog_ground(db).await;
        run(db, &clone(db, 1)).await;
        let taken = if is_postgres(db) { "duplicate key" } else { "append_only:price_clone" };
        refused(db, &clone(db, 2), taken).await;
        refused(db, "UPDATE price_clone SET step_rp = 1", "append_only:price_clone").await;
        refused(db, "DELETE FROM price_clone", "append_only:price_clone").await;
        let itself = clone(db, 3).replace(&rows::id(db, 2), &rows::id(db, 1));
        let check = if is_postgres(db) { "check constraint" } else { "CHECK constraint failed" };
        refused_all(db, &[itself], check).await;
    })
    .await;
}

#[tokio::test]
async fn a_price_keeps_the_clone_it_came_by() {
    on_each_database("price_clone_kept", async |db: &DatabaseConnection| {
        rows::catalog_ground(db).await;
        run(db, &clone(db, 1)).await;
        let one = rows::id(db, 1);
        let price = format!(
            "INSERT INTO price (id, audience, tahun_ajaran_id, subject_id, tingkat_id, segmentasi_id, amount_rp, effective_from, created_at, created_by, clone_id)
             VALUES ({one}, 'STUDENT', {one}, {one}, {one}, {one}, 1, '2026-09-01', '2026-09-01', 'A', {one})"
        );
        run(db, &price).await;
        refused(db, "UPDATE price SET clone_id = NULL", "price_immutable").await;
        run(db, "UPDATE price SET effective_until = '2026-10-01'").await;
    })
    .await;
}

#[tokio::test]
async fn no_day_belongs_to_two_academic_years() {
    on_each_database("tahun_ajaran_overlap", async |db: &DatabaseConnection| {
        rows::catalog_ground(db).await;
        refused(db, &year(db, 3, ("2028-06-30", "2029-06-29")), "tahun_ajaran_overlap").await;
        refused(db, &year(db, 3, ("2025-07-01", "2026-07-01")), "tahun_ajaran_overlap").await;
        run(db, &year(db, 3, ("2028-07-01", "2029-06-30"))).await;
        refused(db, &format!("UPDATE tahun_ajaran SET starts_on = '2028-06-30' WHERE id = {}", rows::id(db, 3)), "tahun_ajaran_overlap").await;
        run(db, &format!("{} ON CONFLICT (code) DO NOTHING", year(db, 4, ("2028-07-01", "2029-06-30")).replace("'Y4'", "'Y3'"))).await;
    })
    .await;
}
