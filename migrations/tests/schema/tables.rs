//! Up, down, up; and the plain constraints that carry a business rule.

use migrations::{Migrator, MigratorTrait};
use sea_orm_migration::sea_orm::{ConnectionTrait, DatabaseConnection, Statement};

use crate::database::{commit, is_postgres, on_each_database, on_each_empty_database, refused, refused_all, run};
use crate::rows;

/// Names of all tables, functions, sequences and triggers that are ours.
async fn objects(db: &DatabaseConnection) -> Vec<String> {
    let sql = if is_postgres(db) {
        "SELECT relname::text AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'S')
         UNION ALL SELECT proname::text FROM pg_proc JOIN pg_language l ON l.oid = prolang
         WHERE pronamespace = 'public'::regnamespace AND lanname = 'plpgsql' ORDER BY 1"
    } else {
        "SELECT name FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' ORDER BY 1"
    };
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap();
    rows.iter().map(|row| row.try_get::<String>("", "name").unwrap()).collect()
}

#[tokio::test]
async fn the_schema_goes_up_down_and_up_again() {
    on_each_empty_database("up_down_up", async |db: &DatabaseConnection| {
        Migrator::up(db, None).await.unwrap();
        let first = objects(db).await;
        assert!(first.iter().any(|name| name == "sesi"));
        Migrator::down(db, None).await.unwrap();
        assert_eq!(objects(db).await, ["seaql_migrations"], "down leaves something behind");
        Migrator::up(db, None).await.unwrap();
        assert_eq!(objects(db).await, first);
    })
    .await;
}

#[tokio::test]
async fn people_from_before_there_were_keys_get_theirs_and_keep_them() {
    on_each_empty_database("personal_key", async |db: &DatabaseConnection| {
        let before = Migrator::migrations().iter().position(|migration| migration.name().contains("_000010_")).unwrap();
        Migrator::up(db, Some(u32::try_from(before).unwrap())).await.unwrap();
        let account = |n: u32| {
            let id = rows::id(db, n);
            format!("INSERT INTO user_account (id, email, name, user_type, account_state, created_at) VALUES ({id}, '{n}@x.id', 'A', 'ADMIN', 'ACTIVE', '2026-09-01')")
        };
        run(db, &account(1)).await;
        Migrator::up(db, None).await.unwrap();
        run(db, &account(2)).await;
        let sql = "SELECT count(DISTINCT key) AS n FROM personal_key WHERE length(key) = 32 AND destroyed_at IS NULL";
        let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap().unwrap();
        assert_eq!(row.try_get::<i64>("", "n").unwrap(), 2);
        let of_first = rows::id(db, 1);
        for change in ["key = NULL", "destroyed_at = '2026-09-02'", "created_at = '2020-01-01'"] {
            let sql = format!("UPDATE personal_key SET {change} WHERE owner_id = {of_first}");
            assert!(commit(db, &[sql]).await.is_err(), "{change}");
        }
        refused(db, "DELETE FROM personal_key", "personal_key_kept").await;
        run(db, &format!("UPDATE personal_key SET key = NULL, destroyed_at = '2026-09-02' WHERE owner_id = {of_first}")).await;
        refused(db, &format!("UPDATE personal_key SET destroyed_at = '2026-09-03' WHERE owner_id = {of_first}"), "personal_key_kept").await;
        refused(db, &format!("UPDATE user_account SET name = 'B' WHERE id = {of_first}"), "person_erased").await;
        run(db, &format!("UPDATE user_account SET name = '—' WHERE id = {of_first}")).await;
    })
    .await;
}

#[tokio::test]
async fn a_sesi_may_be_written_before_its_instance_but_not_without_it() {
    on_each_database("sesi_instance", async |db: &DatabaseConnection| {
        rows::catalog_ground(db).await;
        rows::people(db).await;
        let refusal = if is_postgres(db) { "sesi_id_fkey" } else { "FOREIGN KEY" };
        refused(db, &rows::sesi(db, 1, "REQUESTED", "2026-09"), refusal).await;
        let id = rows::id(db, 1);
        let instance = format!(
            "INSERT INTO workflow_instance
             (id, workflow, version, state, revision, terminal, code, label, created_at, updated_at)
             VALUES ({id}, 'sesi', 1, 'REQUESTED', 1, FALSE, 'SES-1', 'x', '2026-09-01', '2026-09-01')"
        );
        commit(db, &[rows::sesi(db, 1, "REQUESTED", "2026-09"), instance]).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_tutor_starts_one_approved_sesi_at_a_time() {
    on_each_database("tutor_start", async |db: &DatabaseConnection| {
        rows::catalog_ground(db).await;
        rows::people(db).await;
        for number in 1..=4 {
            rows::instance(db, number).await;
        }
        run(db, &rows::sesi(db, 1, "APPROVED", "2026-09")).await;
        run(db, &rows::sesi(db, 2, "REQUESTED", "2026-09")).await;
        run(db, &rows::sesi(db, 3, "CANCELLED", "2026-09")).await;
        let taken = if is_postgres(db) { "ux_sesi_tutor_start" } else { "sesi.tutor_id, sesi.starts_at" };
        refused(db, &rows::sesi(db, 4, "IN_PROGRESS", "2026-09"), taken).await;
        let approve = format!("UPDATE sesi SET state = 'APPROVED' WHERE id = {}", rows::id(db, 2));
        refused(db, &approve, taken).await;
    })
    .await;
}

#[tokio::test]
async fn a_tutor_teaches_a_subject_once_and_only_with_its_own_levels() {
    on_each_database("tutor_subject", async |db: &DatabaseConnection| {
        rows::catalog_ground(db).await;
        rows::people(db).await;
        let taught = |number: u32, subject: u32, level: &str| {
            let (id, one, subject) = (rows::id(db, number), rows::id(db, 1), rows::id(db, subject));
            let columns = "(id, tutor_id, subject_id, subject_level_id)";
            format!("INSERT INTO tutor_subject {columns} VALUES ({id}, {one}, {subject}, {level})")
        };
        let level = rows::id(db, 1);
        run(db, &taught(1, 1, "NULL")).await;
        run(db, &taught(2, 1, &level)).await;
        let refusal = if is_postgres(db) { "duplicate key" } else { "UNIQUE" };
        refused(db, &taught(3, 1, "NULL"), refusal).await;
        refused(db, &taught(4, 1, &level), refusal).await;
        let foreign_key = if is_postgres(db) { "foreign key" } else { "FOREIGN KEY" };
        refused(db, &taught(5, 2, &level), foreign_key).await;
    })
    .await;
}

#[tokio::test]
async fn choices_and_limits_are_checked_by_the_database() {
    on_each_database("checks", async |db: &DatabaseConnection| {
        rows::catalog_ground(db).await;
        rows::people(db).await;
        rows::ledger_ground(db).await;
        let one = rows::id(db, 1);
        let check = if is_postgres(db) { "check constraint" } else { "CHECK constraint failed" };
        let slot = |from: i64, until: i64, weekday: i64| {
            let columns = "(id, tutor_id, weekday, from_minute, until_minute)";
            format!("INSERT INTO slot {columns} VALUES ({one}, {one}, {weekday}, {from}, {until})")
        };
        for statement in [
            slot(600, 600, 1),
            slot(-1, 600, 1),
            slot(600, 1441, 1),
            slot(600, 700, 8),
            String::from("UPDATE tutor SET status = 'active'"),
            String::from("UPDATE tutor SET lat = 90.5"),
            String::from("INSERT INTO period (month, state) VALUES ('2026-13', 'OPEN')"),
            String::from("INSERT INTO period (month, state) VALUES ('26-1', 'OPEN')"),
            format!(
                "INSERT INTO user_account (id, email, name, user_type, account_state, created_at)
                 VALUES ({one}, 'A@b.id', 'A', 'ADMIN', 'ACTIVE', '2026-09-01')"
            ),
            format!("INSERT INTO onboarding_mark (user_id, step, done_at, done_by) VALUES ({one}, 'coffee', '2026-09-01', {one})"),
            rows::sesi(db, 1, "REQUESTED", "2026-09").replace(", 90,", ", 14,"),
            rows::sesi(db, 1, "REQUESTED", "2026-09").replace("ONLINE", "DARING"),
        ] {
            refused_all(db, &[statement], check).await;
        }
        run(db, &slot(0, 1440, 7)).await;
    })
    .await;
}
