//! Months of settled sesi, written by SQL: as many siswa and tutors as it takes, and what each sesi is worth.

use api::app::App;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use engine::db::{self, Tx};
use sea_orm::{DbBackend, Value as Sql};

/// Days of the month on which sesi are held.
const DAYS: i64 = 28;
/// The ids of one kind of row begin here; far enough apart for all of them.
const SISWA: i64 = 1_000_000_000;
const TUTOR: i64 = 2_000_000_000;
const SESI: i64 = 3_000_000_000;
const SISWA_SETTLEMENT: i64 = 4_000_000_000;
const TUTOR_SETTLEMENT: i64 = 5_000_000_000;
const ENTRY: i64 = 6_000_000_000;

/// A month and how much happens in it; `first` is the number of its first sesi.
#[derive(Clone, Copy, Debug)]
pub struct Month {
    pub first_day: NaiveDate,
    pub first: i64,
    pub sesi: i64,
}

impl Month {
    pub fn name(self) -> String {
        self.first_day.format("%Y-%m").to_string()
    }

    /// Eight sesi of a siswa, some 27 of a tutor.
    pub const fn siswa(self) -> i64 {
        self.sesi / 8
    }

    pub const fn tutors(self) -> i64 {
        self.sesi * 3 / 80
    }
}

/// People first, then sesi with both settlements.
pub async fn month(app: &App, month: Month) {
    let backend = app.engine.db.backend();
    people(app, month).await;
    for day in 0..DAYS {
        let starts_at = (month.first_day + TimeDelta::days(day)).and_time(chrono::NaiveTime::MIN).and_utc() + TimeDelta::hours(3);
        let tx = app.engine.db.begin().await.expect("a transaction");
        for sql in of_day(backend, month, day) {
            run(&tx, &sql.0, sql.1.into_iter().map(|one| one.at(starts_at)).collect()).await;
        }
        tx.commit().await.expect("a commit");
    }
}

/// What stands for a placeholder: the beginning of the sesi, or its end.
#[derive(Clone, Copy)]
enum When {
    Starts,
    Ends,
}

impl When {
    fn at(self, starts_at: DateTime<Utc>) -> Sql {
        match self {
            Self::Starts => starts_at.into(),
            Self::Ends => (starts_at + TimeDelta::minutes(90)).into(),
        }
    }
}

/// The statements of a day, the instants they ask for beside them.
fn of_day(backend: DbBackend, month: Month, day: i64) -> Vec<(String, Vec<When>)> {
    let (id, now) = (|base: i64, number: &str| id(backend, base, number), at(backend));
    let name = month.name();
    let numbers = numbers(month.first + day, month.first + month.sesi, DAYS);
    let of_day = "FROM n";
    let (siswa, tutor) = (id(SISWA, &format!("i % {}", month.siswa())), id(TUTOR, &format!("i % {}", month.tutors())));
    let sesi = id(SESI, "i");
    vec![
        (
            format!(
                "INSERT INTO workflow_instance (id, workflow, version, state, revision, terminal, code, label, created_at, updated_at) \
                 {numbers} SELECT {sesi}, 'sesi', 1, 'COMPLETED', 1, TRUE, 'SES-B-' || i, 'Bench', {now}, {now} {of_day}"
            ),
            vec![When::Starts, When::Starts],
        ),
        (
            format!(
                "INSERT INTO sesi (id, code, siswa_id, tutor_id, office_id, subject_id, starts_at, ends_at, duration_minutes, mode, mode_surcharge_rp, state, \
                 period_month, requested_by, tagihan_rp, honorarium_rp, transport_rp, anomaly_flag, sla_flagged, created_at) {numbers} SELECT {sesi}, 'SES-B-' || i, {siswa}, {tutor}, \
                 (SELECT id FROM office ORDER BY code LIMIT 1), (SELECT id FROM subject ORDER BY code LIMIT 1), {now}, {now}, 90, 'ONLINE', 0, 'COMPLETED', \
                 '{name}', {siswa}, 150000, 90000, 0, FALSE, FALSE, {now} {of_day}"
            ),
            vec![When::Starts, When::Ends, When::Starts],
        ),
        (
            format!(
                "INSERT INTO siswa_settlement (id, sesi_id, siswa_id, kind, amount_rp, status, period_month, created_at) \
                 {numbers} SELECT {}, {sesi}, {siswa}, 'COMPLETED', 150000 + i % 7, 'UNPAID', '{name}', {now} {of_day}",
                id(SISWA_SETTLEMENT, "i")
            ),
            vec![When::Starts],
        ),
        (
            format!(
                "INSERT INTO tutor_settlement (id, sesi_id, tutor_id, kind, honorarium_rp, transport_rp, status, period_month, created_at) \
                 {numbers} SELECT {}, {sesi}, {tutor}, 'COMPLETED', 90000 + i % 7, CASE WHEN i % 3 = 0 THEN 10000 ELSE 0 END, 'UNPAID', '{name}', {now} {of_day}",
                id(TUTOR_SETTLEMENT, "i")
            ),
            vec![When::Starts],
        ),
    ]
}

async fn people(app: &App, month: Month) {
    let backend = app.engine.db.backend();
    let tx = app.engine.db.begin().await.expect("a transaction");
    let now: Sql = app.engine.clock.now().into();
    let siswa = format!(
        "INSERT INTO siswa (id, code, name, tingkat_id, segmentasi_id, office_id, parent_name, parent_phone, parent_relation, status, created_at) {} \
         SELECT {}, 'SIS-B-' || i, 'Siswa ' || i, (SELECT id FROM tingkat ORDER BY position LIMIT 1), (SELECT id FROM segmentasi ORDER BY code LIMIT 1), \
         (SELECT id FROM office ORDER BY code LIMIT 1), 'Wali ' || i, '+6285' || (10000000 + i), 'ibu', 'ACTIVE', {} FROM n WHERE true ON CONFLICT DO NOTHING",
        numbers(0, month.siswa(), 1),
        id(backend, SISWA, "i"),
        at(backend),
    );
    let tutor = format!(
        "INSERT INTO tutor (id, code, name, phone, golongan_id, office_id, status, contract_signed, created_at) {} \
         SELECT {}, 'TUT-B-' || i, 'Tutor ' || i, '+6281' || (10000000 + i), (SELECT id FROM golongan ORDER BY code LIMIT 1), \
         (SELECT id FROM office ORDER BY code LIMIT 1), 'ACTIVE', TRUE, {} FROM n WHERE true ON CONFLICT DO NOTHING",
        numbers(0, month.tutors(), 1),
        id(backend, TUTOR, "i"),
        at(backend),
    );
    for sql in [siswa, tutor] {
        run(&tx, &sql, vec![now.clone()]).await;
    }
    tx.commit().await.expect("a commit");
}

/// An entry for each sesi of a month, as often as asked for: four postings each, on the day of the sesi.
pub async fn entries(app: &App, month: Month, times: i64) {
    let backend = app.engine.db.backend();
    let tx = app.engine.db.begin().await.expect("a transaction");
    let is_postgres = backend == DbBackend::Postgres;
    if is_postgres {
        // Their rules are proved elsewhere; here they would only take minutes.
        run(&tx, "SET LOCAL session_replication_role = 'replica'", vec![]).await;
    }
    let entry = id(backend, ENTRY, "i");
    let numbers = numbers(month.first * times, (month.first + month.sesi) * times, 1);
    let number = format!("i / {times}");
    let (siswa, tutor) = (id(backend, SISWA, &format!("i / {times} % {}", month.siswa())), id(backend, TUTOR, &format!("i / {times} % {}", month.tutors())));
    // The postings of an entry one after the other, as a command writes them.
    let lines = [("1100", siswa.as_str(), 150_000), ("4100", "NULL", -150_000), ("5100", "NULL", 90_000), ("2100", tutor.as_str(), -90_000)];
    let when = |value: &dyn Fn(&(&str, &str, i64)) -> String| {
        let cases: Vec<String> = lines.iter().enumerate().map(|(line, of)| format!("WHEN {line} THEN {}", value(of))).collect();
        format!("CASE l.line {} END", cases.join(" "))
    };
    let sql = format!(
        "INSERT INTO posting (entry_id, line, account, party_id, amount_rp) {numbers} SELECT {entry}, l.line, {}, {}, {} FROM n \
         CROSS JOIN (SELECT 0 AS line UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3) l",
        when(&|of| format!("'{}'", of.0)),
        when(&|of| of.1.to_owned()),
        when(&|of| of.2.to_string()),
    );
    run(&tx, &sql, vec![]).await;
    let (written, stamp) = if is_postgres { (", written_in", ", pg_current_xact_id()") } else { ("", "") };
    let day = if is_postgres {
        format!("DATE '{}' + CAST(i % {DAYS} AS int)", month.first_day)
    } else {
        format!("date('{}', '+' || (i % {DAYS}) || ' days')", month.first_day)
    };
    let sql = format!(
        "INSERT INTO journal_entry (id, natural_key, kind, instance_id, seq, occurred_on, posted_on, at{written}) {numbers} \
         SELECT {entry}, 'bench:' || i, 'sesi_completed', {}, 1, {day}, {day}, {}{stamp} FROM n",
        id(backend, SESI, &number),
        at(backend)
    );
    run(&tx, &sql, vec![app.engine.clock.now().into()]).await;
    tx.commit().await.expect("a commit");
}

/// `WITH n(i)`: every so manieth number from `first` up to and without `end`.
fn numbers(first: i64, end: i64, step: i64) -> String {
    format!("WITH RECURSIVE n(i) AS (SELECT CAST({first} AS BIGINT) UNION ALL SELECT i + {step} FROM n WHERE i + {step} < {end})")
}

/// The id of the row with this number.
fn id(backend: DbBackend, base: i64, number: &str) -> String {
    match backend {
        DbBackend::Postgres => format!("CAST(lpad(to_hex({base} + {number}), 32, '0') AS uuid)"),
        _ => format!("unhex(printf('%032x', {base} + {number}))"),
    }
}

/// A placeholder for an instant.
const fn at(backend: DbBackend) -> &'static str {
    match backend {
        DbBackend::Postgres => "CAST(? AS timestamptz)",
        _ => "?",
    }
}

pub async fn run(tx: &Tx, sql: &str, values: Vec<Sql>) {
    if let Err(failure) = db::run(tx, sql, values).await {
        panic!("{sql}: {}", failure.db_text().unwrap_or_else(|| failure.to_string()));
    }
}
