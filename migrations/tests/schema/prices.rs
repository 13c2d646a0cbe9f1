//! Prices: one per key and day, never edited.

use sea_orm_migration::sea_orm::DatabaseConnection;

use crate::database::{commit, is_postgres, on_each_database, refused, refused_all, run};
use crate::rows;

struct Price {
    id: u32,
    year: u32,
    level: bool,
    from: &'static str,
    until: Option<&'static str>,
}

const SEPTEMBER: Price = Price {
    id: 1,
    year: 1,
    level: false,
    from: "2026-09-01",
    until: None,
};

fn insert(db: &DatabaseConnection, price: &Price) -> String {
    let (id, one, year) = (
        rows::id(db, price.id),
        rows::id(db, 1),
        rows::id(db, price.year),
    );
    let level = if price.level {
        one.clone()
    } else {
        String::from("NULL")
    };
    let until = price
        .until
        .map_or(String::from("NULL"), |day| format!("'{day}'"));
    format!(
        "INSERT INTO price (id, audience, tahun_ajaran_id, subject_id, subject_level_id, tingkat_id, segmentasi_id,
         amount_rp, effective_from, effective_until, created_at, created_by)
         VALUES ({id}, 'STUDENT', {year}, {one}, {level}, {one}, {one}, 150000, '{}', {until}, '2026-09-01', 'A')",
        price.from
    )
}

fn close(db: &DatabaseConnection, id: u32, day: &str) -> String {
    format!(
        "UPDATE price SET effective_until = '{day}' WHERE id = {}",
        rows::id(db, id)
    )
}

#[tokio::test]
async fn two_prices_of_one_key_are_never_in_force_on_one_day() {
    on_each_database("price_overlap", async |db: &DatabaseConnection| {
        rows::catalog_ground(db).await;
        run(db, &insert(db, &SEPTEMBER)).await;
        run(
            db,
            &insert(
                db,
                &Price {
                    id: 2,
                    level: true,
                    ..SEPTEMBER
                },
            ),
        )
        .await;
        refused(
            db,
            &insert(db, &Price { id: 3, ..SEPTEMBER }),
            "price_overlap",
        )
        .await;
        refused(
            db,
            &insert(
                db,
                &Price {
                    id: 3,
                    level: true,
                    ..SEPTEMBER
                },
            ),
            "price_overlap",
        )
        .await;
        refused(
            db,
            &insert(
                db,
                &Price {
                    id: 3,
                    from: "2027-07-01",
                    year: 2,
                    ..SEPTEMBER
                },
            ),
            "price_overlap",
        )
        .await;
        let before = Price {
            id: 3,
            from: "2026-07-01",
            until: Some("2026-09-02"),
            ..SEPTEMBER
        };
        refused(db, &insert(db, &before), "price_overlap").await;
        run(
            db,
            &insert(
                db,
                &Price {
                    until: Some("2026-09-01"),
                    ..before
                },
            ),
        )
        .await;
        refused(db, &close(db, 3, "2026-09-02"), "price_overlap").await;
        commit(
            db,
            &[
                close(db, 1, "2026-11-01"),
                insert(
                    db,
                    &Price {
                        id: 4,
                        from: "2026-11-01",
                        ..SEPTEMBER
                    },
                ),
            ],
        )
        .await
        .unwrap();
        refused(db, &close(db, 1, "2026-11-02"), "price_overlap").await;
    })
    .await;
}

#[tokio::test]
async fn a_price_closed_on_its_first_day_is_in_force_on_no_day() {
    on_each_database("price_empty", async |db: &DatabaseConnection| {
        rows::catalog_ground(db).await;
        run(db, &insert(db, &SEPTEMBER)).await;
        commit(
            db,
            &[
                close(db, 1, "2026-09-01"),
                insert(db, &Price { id: 2, ..SEPTEMBER }),
            ],
        )
        .await
        .unwrap();
        let check = if is_postgres(db) {
            "check constraint"
        } else {
            "CHECK constraint failed"
        };
        refused(db, &close(db, 2, "2026-08-31"), check).await;
    })
    .await;
}

#[tokio::test]
async fn a_price_is_never_edited() {
    on_each_database("price_immutable", async |db: &DatabaseConnection| {
        rows::catalog_ground(db).await;
        run(db, &insert(db, &SEPTEMBER)).await;
        for change in [
            "amount_rp = 1",
            "effective_from = '2026-08-01'",
            "created_by = 'B'",
        ] {
            refused(db, &format!("UPDATE price SET {change}"), "price_immutable").await;
        }
        let level = format!("UPDATE price SET subject_level_id = {}", rows::id(db, 1));
        refused(db, &level, "price_immutable").await;
        if !is_postgres(db) {
            let replace = insert(
                db,
                &Price {
                    from: "2030-01-01",
                    ..SEPTEMBER
                },
            )
            .replacen("INSERT", "INSERT OR REPLACE", 1);
            let error = commit(db, &[replace]).await.unwrap_err();
            assert!(error.contains("price_"), "{error}");
        }
    })
    .await;
}

#[tokio::test]
async fn only_tutor_prices_have_a_golongan() {
    on_each_database("price_golongan", async |db: &DatabaseConnection| {
        rows::catalog_ground(db).await;
        let check = if is_postgres(db) {
            "check constraint"
        } else {
            "CHECK constraint failed"
        };
        let tutor_without = insert(db, &SEPTEMBER).replace("'STUDENT'", "'TUTOR'");
        refused(db, &tutor_without, check).await;
        let one = rows::id(db, 1);
        let with = |statement: String| {
            statement
                .replace("segmentasi_id,", "segmentasi_id, golongan_id,")
                .replace("150000", &format!("{one}, 150000"))
        };
        refused(db, &with(insert(db, &SEPTEMBER)), check).await;
        run(db, &with(tutor_without)).await;
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
        run(db, &insert(db, &SEPTEMBER)).await;
        let next = insert(
            db,
            &Price {
                id: 2,
                from: "2026-10-01",
                ..SEPTEMBER
            },
        );
        let both = format!(
            "WITH b AS ({next}), a AS ({}) SELECT 1",
            close(db, 1, "2026-10-01")
        );
        commit(db, &[both]).await.unwrap();
        let again = insert(
            db,
            &Price {
                id: 3,
                from: "2026-11-01",
                ..SEPTEMBER
            },
        );
        refused_all(
            db,
            &[format!("WITH a AS ({again}) SELECT 1")],
            "price_overlap",
        )
        .await;
    })
    .await;
}
