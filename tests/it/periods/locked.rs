//! What a locked month refuses, in the workflows and in the database itself.

use super::{NOVEMBER, at, billed, closed, differences, state};
use engine::db;
use engine::execute::{Request, Target};
use engine::plan::AnyCommand;
use serde_json::json;
use tests::both_databases;
use tests::company::{Company, closer, person, rejected};
use uuid::Uuid;
use workflows::period::receipt;

/// An entry of 1 rupiah on a day, as somebody with a connection could write it; the postings first, as SQLite wants it.
fn entry(company: &Company, id: Uuid, day: &str) -> Vec<(String, Vec<sea_orm::Value>)> {
    let instance = "(SELECT id FROM workflow_instance ORDER BY id LIMIT 1)";
    let posting = |line: i64, account: &str, rp: i64| {
        let values = vec![id.into(), line.into(), account.into(), rp.into()];
        ("INSERT INTO posting (entry_id, line, account, amount_rp) VALUES (?,?,?,?)".to_owned(), values)
    };
    let day: chrono::NaiveDate = day.parse().unwrap();
    let values = vec![id.into(), id.to_string().into(), day.into(), day.into(), company.now().into()];
    let head = format!(
        "INSERT INTO journal_entry (id, natural_key, kind, instance_id, seq, occurred_on, posted_on, at) VALUES (?,?,'sesi_completed',{instance},1,?,?,?)"
    );
    vec![posting(1, "1100", 1), posting(2, "4100", -1), (head, values)]
}

async fn posts(company: &Company, day: &str) -> Result<(), String> {
    let text = |failure: engine::refusal::Failure| failure.db_text().unwrap_or_else(|| failure.to_string());
    let tx = company.db.db.begin().await.map_err(text)?;
    for (sql, values) in entry(company, company.new_id(), day) {
        db::run(&tx, &sql, values).await.map_err(text)?;
    }
    tx.commit().await.map_err(|error| error.to_string())
}

both_databases! {
    async fn nothing_gets_into_a_locked_month(company: Company) {
        closed(company).await;
        // A backdated sesi.
        let late = company.engine.execute(&company.lesson().at(at("2026-11-27T03:00:00Z")).request(company)).await;
        assert_eq!(rejected(late).code, "period_locked");
        // A late mark-paid.
        let cashier = person(60, "Lina", &["payment.record"]);
        let pay = |day: &str| json!({ "siswa_id": company.siswa_id, "amount_rp": 300_000, "paid_on": day, "method": "TRANSFER", "reference": "TRX-1" });
        let record = |body| Request::new("payment", Target::New(company.new_id()), AnyCommand::with("record", &body), cashier.clone());
        let refused = rejected(company.engine.execute(&record(pay("2026-11-30"))).await);
        assert_eq!((refused.code.as_str(), refused.fields[0].field.as_str()), ("period_locked", "paid_on"));
        // A posting, a document, a document voided, a month removed: by the program's own connection.
        assert!(posts(company, "2026-11-30").await.unwrap_err().contains("period_locked:2026-11"));
        let copy = "INSERT INTO tagihan (id, number, siswa_id, period_month, revision, status, sesi_rp, adjustment_rp, total_rp, credited_rp, refunded_rp, paid_rp, \
                    written_off_rp, run_id, created_at) SELECT ?, 'TAG-X', siswa_id, period_month, 9, 'DRAFT', 0, 0, 0, 0, 0, 0, 0, run_id, created_at FROM tagihan";
        let refusal = company.db.try_run(copy, vec![company.new_id().into()]).await.unwrap_err();
        assert!(refusal.contains("period_locked:2026-11"), "{refusal}");
        for sql in ["UPDATE tagihan SET status = 'VOID'", "UPDATE honorarium SET status = 'VOID'"] {
            assert!(company.db.try_run(sql, vec![]).await.unwrap_err().contains("period_locked:2026-11"), "{sql}");
        }
        for (sql, refusal) in [
            ("DELETE FROM period", "period_kept"),
            ("UPDATE period_closing SET sha256 = 'x'", "append_only:period_closing"),
            ("DELETE FROM period_document_hash", "append_only:period_document_hash"),
            ("UPDATE tagihan_line SET amount_rp = amount_rp + 1", "document_fixed:tagihan_line"),
        ] {
            assert!(company.db.try_run(sql, vec![]).await.unwrap_err().contains(refusal), "{sql}");
        }
        // The money itself may come: it is dated when it came, and what was closed stays so.
        company.engine.execute(&record(pay("2026-12-01"))).await.unwrap();
        assert_eq!(company.tagihan().await, ["TAG-2026-11-00001 PAID 300000"]);
        posts(company, "2026-12-01").await.unwrap();
        assert_eq!(differences(company).await, vec![]);
    }

    /// On SQLite there is one writer, so there is nothing to meet.
    async fn a_month_is_locked_after_those_who_post_into_it_have_ended_and_with_what_they_posted(company: Company) {
        billed(company).await;
        let id = company.begins_to_close(NOVEMBER).await.unwrap().id;
        company.works().await;
        company.signs_all(id).await;
        company.asks_of(closer(), id, AnyCommand::new("close")).await.unwrap();
        company.works_on("period_seal").await;
        if !company.db.is_postgres() {
            company.works().await;
            return;
        }
        let posting = company.db.db.begin().await.unwrap();
        for (sql, values) in entry(company, company.new_id(), "2026-11-30") {
            db::run(&posting, &sql, values).await.unwrap();
        }
        let entries = company.db.count("SELECT count(*) FROM journal_entry", vec![]).await;
        let waits = async {
            let waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
            while company.db.count(waiting, vec![]).await == 0 {
                tokio::task::yield_now().await;
            }
            assert_eq!(state(company).await, "OPEN");
            posting.commit().await.unwrap();
        };
        futures::join!(company.works(), waits);
        assert_eq!(state(company).await, "LOCKED");
        let receipt = receipt::of_month(company.db.db.reader(), NOVEMBER).await.unwrap().remove(0).receipt;
        assert_eq!(receipt.contents.entries, entries + 1, "it was counted");
        assert_eq!(differences(company).await, vec![]);
        assert!(posts(company, "2026-11-30").await.unwrap_err().contains("period_locked:2026-11"));
    }
}
