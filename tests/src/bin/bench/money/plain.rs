//! The bare limit of a billing run: the same documents summed and inserted by plain SQL, in one transaction, into tables with the
//! same columns and keys that have none of the rules.

use super::seed::{Month, run};
use api::app::App;
use sea_orm::DbBackend;
use std::time::{Duration, Instant};

const TABLES: [&str; 4] = ["tagihan", "tagihan_line", "honorarium", "honorarium_line"];
const KEYS: [(&str, &str); 12] = [
    ("plain_tagihan", "id"),
    ("plain_tagihan", "number"),
    ("plain_tagihan", "siswa_id, period_month, revision"),
    ("plain_tagihan", "status, due_on, id"),
    ("plain_tagihan_line", "tagihan_id, number"),
    ("plain_tagihan_line", "source_id"),
    ("plain_honorarium", "id"),
    ("plain_honorarium", "number"),
    ("plain_honorarium", "tutor_id, period_month, revision"),
    ("plain_honorarium", "period_month, status, id"),
    ("plain_honorarium_line", "honorarium_id, number"),
    ("plain_honorarium_line", "source_id, kind"),
];

/// How long it took; nothing of it is left.
pub async fn measure(app: &App, month: Month) -> Duration {
    let tx = app.engine.db.begin().await.expect("a transaction");
    for table in TABLES {
        run(&tx, &format!("CREATE TABLE plain_{table} AS SELECT * FROM {table} WHERE 1 = 0"), vec![]).await;
    }
    for (number, (table, columns)) in KEYS.iter().enumerate() {
        run(&tx, &format!("CREATE UNIQUE INDEX plain_{number} ON {table} ({columns})"), vec![]).await;
    }
    tx.commit().await.expect("a commit");
    let began = Instant::now();
    let tx = app.engine.db.begin().await.expect("a transaction");
    for sql in statements(app.engine.db.backend(), &month.name()) {
        run(&tx, &sql, vec![]).await;
    }
    tx.commit().await.expect("a commit");
    let took = began.elapsed();
    let tx = app.engine.db.begin().await.expect("a transaction");
    for table in TABLES {
        run(&tx, &format!("DROP TABLE plain_{table}"), vec![]).await;
    }
    tx.commit().await.expect("a commit");
    took
}

fn statements(backend: DbBackend, month: &str) -> [String; 4] {
    let (id, day) = match backend {
        DbBackend::Postgres => ("gen_random_uuid()", "CAST(s.starts_at AS date)"),
        _ => ("randomblob(16)", "substr(s.starts_at, 1, 10)"),
    };
    let now = "CURRENT_TIMESTAMP";
    let today = if backend == DbBackend::Postgres { "CURRENT_DATE" } else { "date('now')" };
    let number = |prefix: &str| {
        let n = "row_number() OVER (ORDER BY x.party)";
        let padded = if backend == DbBackend::Postgres { format!("lpad(CAST({n} AS text), 5, '0')") } else { format!("printf('%05d', {n})") };
        format!("'{prefix}-{month}-' || {padded}")
    };
    [
        format!(
            "INSERT INTO plain_tagihan (id, number, siswa_id, period_month, revision, status, issued_on, due_on, sesi_rp, adjustment_rp, total_rp, credited_rp, refunded_rp, \
             paid_rp, written_off_rp, run_id, created_at) SELECT {id}, {}, x.party, '{month}', 1, 'ISSUED', {today}, {today}, x.rp, 0, x.rp, 0, 0, 0, 0, x.party, {now} \
             FROM (SELECT siswa_id AS party, sum(amount_rp) AS rp FROM siswa_settlement WHERE period_month = '{month}' AND status = 'UNPAID' GROUP BY siswa_id) x",
            number("TAG")
        ),
        format!(
            "INSERT INTO plain_tagihan_line (tagihan_id, number, kind, source_id, sesi_id, held_on, amount_rp, credited_rp) SELECT t.id, \
             row_number() OVER (PARTITION BY t.id ORDER BY s.starts_at, s.id), 'SESI', d.id, s.id, {day}, d.amount_rp, 0 FROM plain_tagihan t \
             JOIN siswa_settlement d ON d.siswa_id = t.siswa_id AND d.period_month = '{month}' AND d.status = 'UNPAID' JOIN sesi s ON s.id = d.sesi_id"
        ),
        format!(
            "INSERT INTO plain_honorarium (id, number, tutor_id, period_month, revision, status, issued_on, base_rp, transport_rp, adjustment_rp, returned_rp, reversed_rp, denda_rp, \
             carried_in_rp, carried_out_rp, net_rp, pph_withheld_rp, paid_rp, run_id, created_at) SELECT {id}, {}, x.party, '{month}', 1, 'ISSUED', {today}, x.rp, x.transport, \
             0, 0, 0, 0, 0, 0, x.rp + x.transport, 0, 0, x.party, {now} FROM (SELECT tutor_id AS party, sum(honorarium_rp) AS rp, sum(transport_rp) AS transport \
             FROM tutor_settlement WHERE period_month = '{month}' AND status = 'UNPAID' GROUP BY tutor_id) x",
            number("HON")
        ),
        format!(
            "INSERT INTO plain_honorarium_line (honorarium_id, number, kind, source_id, sesi_id, held_on, amount_rp) SELECT x.id, \
             row_number() OVER (PARTITION BY x.id ORDER BY x.starts_at, x.sesi_id, x.kind), x.kind, x.source_id, x.sesi_id, x.held_on, x.rp FROM ( \
             SELECT h.id, s.starts_at, s.id AS sesi_id, {day} AS held_on, d.id AS source_id, 'SESI' AS kind, d.honorarium_rp AS rp FROM plain_honorarium h \
             JOIN tutor_settlement d ON d.tutor_id = h.tutor_id AND d.period_month = '{month}' AND d.status = 'UNPAID' JOIN sesi s ON s.id = d.sesi_id \
             UNION ALL SELECT h.id, s.starts_at, s.id, {day}, d.id, 'TRANSPORT', d.transport_rp FROM plain_honorarium h \
             JOIN tutor_settlement d ON d.tutor_id = h.tutor_id AND d.period_month = '{month}' AND d.status = 'UNPAID' AND d.transport_rp > 0 JOIN sesi s ON s.id = d.sesi_id) x"
        ),
    ]
}
