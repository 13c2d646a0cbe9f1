//! The fewest rows the rules need to stand on, as plain SQL that both databases read.

use sea_orm_migration::sea_orm::DatabaseConnection;

use crate::database::{is_postgres, run};

const AT: &str = "'2026-09-01T00:00:00+00:00'";

/// The literal of an id made of `number`, as sea-orm stores it.
pub fn id(db: &DatabaseConnection, number: u32) -> String {
    if is_postgres(db) {
        return format!("'00000000-0000-0000-0000-{number:012}'::uuid");
    }
    format!("x'00000000000000000000{number:012}'")
}

/// An instance with id 1, two accounts; returns the literal of the instance's id.
pub async fn ledger_ground(db: &DatabaseConnection) -> String {
    let instance = instance(db, 1).await;
    run(db, "INSERT INTO ledger_account (code, name, kind) VALUES ('1100', 'Piutang', 'ASSET')").await;
    run(db, "INSERT INTO ledger_account (code, name, kind) VALUES ('4100', 'Pendapatan', 'REVENUE')").await;
    instance
}

pub async fn instance(db: &DatabaseConnection, number: u32) -> String {
    let instance = id(db, number);
    run(
        db,
        &format!(
            "INSERT INTO workflow_instance
             (id, workflow, version, state, revision, terminal, code, label, created_at, updated_at)
             VALUES ({instance}, 'sesi', 1, 'REQUESTED', 1, FALSE, 'SES-{number}', 'x', {AT}, {AT})"
        ),
    )
    .await;
    instance
}

/// Catalog with one row of each (ids 1, and 2 for a second academic year), subject with one level.
pub async fn catalog_ground(db: &DatabaseConnection) {
    let one = id(db, 1);
    for table in ["tingkat", "segmentasi", "kategori", "golongan"] {
        let columns = "(id, code, name, position, status)";
        run(db, &format!("INSERT INTO {table} {columns} VALUES ({one}, 'A', 'A', 1, 'ACTIVE')")).await;
    }
    let columns = "(id, code, name, kategori_id, has_levels, status)";
    for number in [1, 2] {
        let subject = id(db, number);
        let values = format!("({subject}, 'S{number}', 'S', {one}, TRUE, 'ACTIVE')");
        run(db, &format!("INSERT INTO subject {columns} VALUES {values}")).await;
    }
    let columns = "(id, subject_id, code, name, position, status)";
    run(db, &format!("INSERT INTO subject_level {columns} VALUES ({one}, {one}, 'L', 'L', 1, 'ACTIVE')")).await;
    for (number, year) in [(1, 2026), (2, 2027)] {
        let (id, next) = (id(db, number), year + 1);
        let values = format!("({id}, '{year}/{next}', '{year}-07-01', '{next}-06-30')");
        run(db, &format!("INSERT INTO tahun_ajaran (id, code, starts_on, ends_on) VALUES {values}")).await;
    }
    let columns = "(id, code, name, zone, lat, long, status, created_at)";
    let values = format!("({one}, 'JKT', 'J', 'Asia/Jakarta', -6.2, 106.8, 'ACTIVE', {AT})");
    run(db, &format!("INSERT INTO office {columns} VALUES {values}")).await;
}

/// A tutor and a siswa with id 1, on [`catalog_ground`].
pub async fn people(db: &DatabaseConnection) {
    let one = id(db, 1);
    run(
        db,
        &format!(
            "INSERT INTO tutor (id, code, name, phone, golongan_id, office_id, status, contract_signed, created_at)
             VALUES ({one}, 'T1', 'T', '+62811', {one}, {one}, 'ACTIVE', TRUE, {AT})"
        ),
    )
    .await;
    run(
        db,
        &format!(
            "INSERT INTO siswa (id, code, name, tingkat_id, segmentasi_id, office_id, parent_name, parent_phone,
             parent_relation, status, created_at)
             VALUES ({one}, 'S1', 'S', {one}, {one}, {one}, 'P', '+62812', 'ibu', 'ACTIVE', {AT})"
        ),
    )
    .await;
}

/// The statement that inserts sesi `number` (an instance of that id must exist by commit).
pub fn sesi(db: &DatabaseConnection, number: u32, state: &str, month: &str) -> String {
    let (id, one) = (id(db, number), id(db, 1));
    format!(
        "INSERT INTO sesi (id, code, siswa_id, tutor_id, office_id, subject_id, starts_at, ends_at,
         duration_minutes, mode, mode_surcharge_rp, state, period_month, requested_by, anomaly_flag, sla_flagged,
         created_at) VALUES ({id}, 'SES-{number}', {one}, {one}, {one}, {one}, '{month}-10T02:00:00+00:00',
         '{month}-10T03:30:00+00:00', 90, 'ONLINE', 0, '{state}', '{month}', {one}, FALSE, FALSE, {AT})"
    )
}

/// The statement that inserts audit record `number`.
pub fn audit(db: &DatabaseConnection, number: u32) -> String {
    let id = id(db, number);
    format!(
        "INSERT INTO audit_record (id, at, actor_id, actor_name, actor_kind, action, entity_type, entity_id)
         VALUES ({id}, {AT}, {id}, 'A', 'PERSON', 'x.y', 'x', {id})"
    )
}

/// The statement that inserts the header of entry `number`, posted on `day`.
pub fn entry(db: &DatabaseConnection, number: u32, day: &str) -> String {
    let (id, instance) = (id(db, number), id(db, 1));
    format!(
        "INSERT INTO journal_entry (id, natural_key, kind, instance_id, seq, occurred_on, posted_on, at)
         VALUES ({id}, 'key-{number}', 'k', {instance}, 1, '{day}', '{day}', {AT})"
    )
}

/// The statement that inserts postings of entry `number`: alternately on both accounts, from `first` on.
pub fn postings(db: &DatabaseConnection, number: u32, first: u32, amounts: &[i64]) -> String {
    let id = id(db, number);
    let line = |(at, amount): (usize, &i64)| {
        let account = if at % 2 == 0 { "1100" } else { "4100" };
        format!("({id}, {}, '{account}', {amount})", first as usize + at)
    };
    let lines = amounts.iter().enumerate().map(line).collect::<Vec<_>>().join(", ");
    format!("INSERT INTO posting (entry_id, line, account, amount_rp) VALUES {lines}")
}
