//! Prices: one per key and day, never edited.

use sea_orm_migration::sea_orm::DatabaseConnection;

use crate::database::{commit, is_postgres, on_each_database, refused, refused_all, run};
use crate::rows;

/// The statement that inserts a student's price without level; `days` are its first and (exclusive) last.
fn price(db: &DatabaseConnection, number: u32, days: (&str, Option<&str>)) -> String {
    let (id, one) = (rows::id(db, number), rows::id(db, 1));
    let until = days.1.map_or(String::from("NULL"), |day| format!("'{day}'"));
    let (from, at) = (days.0, "2026-09-01");
    format!(
        "INSERT INTO price (id, audience, tahun_ajaran_id, subject_id, tingkat_id, segmentasi_id,
         amount_rp, effective_from, effective_until, created_at, created_by)
         VALUES ({id}, 'STUDENT', {one}, {one}, {one}, {one}, 150000, '{from}', {until}, '{at}', 'A')"
    )
}

fn open(db: &DatabaseConnection, number: u32, from: &str) -> String {
    price(db, number, (from, None))
}

/// The price's statement with one more column.
fn with(db: &DatabaseConnection, statement: &str, column: &str) -> String {
    let one = rows::id(db, 1);
    let named = statement.replace("segmentasi_id,", &format!("segmentasi_id, {column},"));
    named.replace("150000", &format!("{one}, 150000"))
}

fn close(db: &DatabaseConnection, number: u32, day: &str) -> String {
    let id = rows::id(db, number);
    format!("UPDATE price SET effective_until = '{day}' WHERE id = {id}")
}

#[tokio::test]
async fn two_prices_of_one_key_are_never_in_force_on_one_day() {
    on_each_database("price_overlap", async |db: &DatabaseConnection| {
        rows::catalog_ground(db).await;
        run(db, &open(db, 1, "2026-09-01")).await;
        refused(db, &open(db, 2, "2026-09-01"), "price_overlap").await;
        refused(db, &open(db, 2, "2027-07-01"), "price_overlap").await;
        let too_long = ("2026-07-01", Some("2026-09-02"));
        refused(db, &price(db, 2, too_long), "price_overlap").await;
        let until_then = ("2026-07-01", Some("2026-09-01"));
        run(db, &price(db, 2, until_then)).await;
        refused(db, &close(db, 2, "2026-09-02"), "price_overlap").await;
        let next = [close(db, 1, "2026-11-01"), open(db, 3, "2026-11-01")];
        commit(db, &next).await.unwrap();
        refused(db, &close(db, 1, "2026-11-02"), "price_overlap").await;
    })
    .await;
}

#[tokio::test]
async fn a_level_has_its_own_price_and_an_academic_year_has_not() {
    on_each_database("price_key", async |db: &DatabaseConnection| {
        rows::catalog_ground(db).await;
        run(db, &open(db, 1, "2026-09-01")).await;
        let of_level = with(db, &open(db, 2, "2026-09-01"), "subject_level_id");
        run(db, &of_level).await;
        let again = with(db, &open(db, 3, "2026-09-01"), "subject_level_id");
        refused(db, &again, "price_overlap").await;
        let (this_year, next_year) = (rows::id(db, 1), rows::id(db, 2));
        let other_year = format!("'STUDENT', {next_year}");
        let later = open(db, 3, "2027-07-01").replace(&format!("'STUDENT', {this_year}"), &other_year);
        assert!(later.contains(&other_year));
        refused(db, &later, "price_overlap").await;
    })
    .await;
}

#[tokio::test]
async fn a_price_closed_on_its_first_day_is_in_force_on_no_day() {
    on_each_database("price_empty", async |db: &DatabaseConnection| {
        rows::catalog_ground(db).await;
        run(db, &open(db, 1, "2026-09-01")).await;
        let corrected = [close(db, 1, "2026-09-01"), open(db, 2, "2026-09-01")];
        commit(db, &corrected).await.unwrap();
        refused(db, &close(db, 2, "2026-08-31"), check_failed(db)).await;
        run(db, &close(db, 2, "2026-09-01")).await;
        run(db, &price(db, 3, ("2026-08-01", Some("2026-10-01")))).await;
    })
    .await;
}

#[tokio::test]
async fn a_price_is_never_edited() {
    on_each_database("price_immutable", async |db: &DatabaseConnection| {
        rows::catalog_ground(db).await;
        run(db, &open(db, 1, "2026-09-01")).await;
        let level = format!("subject_level_id = {}", rows::id(db, 1));
        for change in ["amount_rp = 1", "effective_from = '2026-08-01'", "created_by = 'B'", &level] {
            refused(db, &format!("UPDATE price SET {change}"), "price_immutable").await;
        }
        if !is_postgres(db) {
            run(db, &close(db, 1, "2026-10-01")).await;
            let replace = open(db, 1, "2030-01-01").replacen("INSERT", "INSERT OR REPLACE", 1);
            refused(db, &replace, "price_immutable").await;
        }
    })
    .await;
}

#[tokio::test]
async fn only_tutor_prices_have_a_golongan() {
    on_each_database("price_golongan", async |db: &DatabaseConnection| {
        rows::catalog_ground(db).await;
        let siswa = open(db, 1, "2026-09-01");
        let tutor = siswa.replace("'STUDENT'", "'TUTOR'");
        refused(db, &tutor, check_failed(db)).await;
        refused(db, &with(db, &siswa, "golongan_id"), check_failed(db)).await;
        run(db, &with(db, &tutor, "golongan_id")).await;
    })
    .await;
}

#[tokio::test]
async fn on_postgres_a_price_is_replaced_in_one_statement() {
    on_each_database("price_one_statement", async |db: &DatabaseConnection| {
        if !is_postgres(db) {
            return;
        }
        rows::catalog_ground(db).await;
        run(db, &open(db, 1, "2026-09-01")).await;
        let first = (close(db, 1, "2026-10-01"), open(db, 2, "2026-10-01"));
        let second = (close(db, 2, "2026-11-01"), open(db, 3, "2026-11-01"));
        for (one, other) in [(&first.0, &first.1), (&second.1, &second.0)] {
            commit(db, &[format!("WITH a AS ({one}), b AS ({other}) SELECT 1")]).await.unwrap();
        }
        let again = open(db, 4, "2026-12-01");
        refused_all(db, &[format!("WITH a AS ({again}) SELECT 1")], "price_overlap").await;
    })
    .await;
}

fn check_failed(db: &DatabaseConnection) -> &'static str {
    if is_postgres(db) { "check constraint" } else { "CHECK constraint failed" }
}
