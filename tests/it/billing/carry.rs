//! Denda on a Honorarium: deducted down to nothing, the rest carried on; given back, or taken back, on a later one (SPEC CAN-6).

use super::late::{adjusted, by_system};
use engine::execute::{Request, Target};
use engine::plan::AnyCommand;
use serde_json::json;
use tests::both_databases;
use tests::company::{Company, person};
use uuid::Uuid;

/// A lesson that the tutor leaves half an hour before: all of the Rp90.000 is denda.
async fn left(company: &Company, starts_at: &str) -> Uuid {
    let lesson = company.lesson().at(starts_at.parse().unwrap());
    let sesi = company.approved(&lesson).await;
    company.clock.set(lesson.starts_at - chrono::TimeDelta::minutes(30));
    company.done(sesi, AnyCommand::with("cancel", &json!({ "party": "TUTOR" })).because("sakit")).await;
    company.db.rows("SELECT id FROM denda WHERE sesi_id = ?", vec![sesi.into()]).await[0].try_get("", "id").unwrap()
}

async fn on(company: &Company, account: &str) -> i64 {
    company.db.count("SELECT sum(amount_rp) FROM posting WHERE account = ?", vec![account.into()]).await
}

both_databases! {
    /// November: Rp90.000 earned, Rp180.000 denda, so Rp90.000 go on; December: Rp180.000 earned less those Rp90.000.
    async fn denda_beyond_the_honorarium_is_taken_from_the_next_one(company: Company) {
        company.completed(&company.lesson()).await;
        left(company, "2026-11-24T03:00:00Z").await;
        left(company, "2026-11-25T03:00:00Z").await;
        company.bill("2026-11").await;
        assert_eq!(company.honorarium().await, ["HON-2026-11-00001 PAID 0 in 0 out 90000"]);
        assert_eq!((on(company, "2100").await, on(company, "1200").await), (0, 90_000));
        assert_eq!(company.db.texts("SELECT status AS text FROM tutor_settlement", vec![]).await, ["PAID"]);
        company.completed(&company.lesson().at("2026-12-07T03:00:00Z".parse().unwrap())).await;
        company.completed(&company.lesson().at("2026-12-08T03:00:00Z".parse().unwrap())).await;
        company.bill("2026-12").await;
        assert_eq!(company.honorarium().await[1..], ["HON-2026-12-00001 ISSUED 90000 in 90000 out 0"]);
        assert_eq!((on(company, "2100").await, on(company, "1200").await), (-90_000, 0));
        assert_eq!(company.faults().await, Vec::<String>::new());
    }

    /// Somebody who earns nothing has no Honorarium month after month only because something is still to be taken.
    async fn what_is_carried_waits_until_there_is_something_else(company: Company) {
        left(company, "2026-11-24T03:00:00Z").await;
        company.bill("2026-11").await;
        company.bill("2026-12").await;
        assert_eq!(company.honorarium().await, ["HON-2026-11-00001 PAID 0 in 0 out 90000"]);
        left(company, "2027-01-11T03:00:00Z").await;
        company.bill("2027-01").await;
        assert_eq!(company.honorarium().await[1..], ["HON-2027-01-00001 PAID 0 in 90000 out 180000"]);
        assert_eq!(on(company, "1200").await, 180_000);
        assert_eq!(company.faults().await, Vec::<String>::new());
    }

    async fn a_denda_that_is_held_waits_and_one_that_is_taken_back_is_returned(company: Company) {
        company.completed(&company.lesson()).await;
        company.completed(&company.lesson().at("2026-11-24T03:00:00Z".parse().unwrap())).await;
        let deducted = left(company, "2026-11-25T03:00:00Z").await;
        let held = left(company, "2026-11-26T03:00:00Z").await;
        let hold = "UPDATE denda SET status = ? WHERE id = ?";
        company.db.run(hold, vec!["HELD".into(), held.into()]).await;
        company.bill("2026-11").await;
        assert_eq!(company.honorarium().await, ["HON-2026-11-00001 ISSUED 90000 in 0 out 0"]);
        by_system(company, "denda", deducted, AnyCommand::new("reverse")).await;
        company.db.run(hold, vec!["APPLIED".into(), held.into()]).await;
        by_system(company, "denda", held, AnyCommand::new("reverse")).await;
        company.bill("2026-12").await;
        let lines = "SELECT l.kind || ' ' || l.amount_rp AS text FROM honorarium_line l JOIN honorarium h ON h.id = l.honorarium_id WHERE h.period_month = ? ORDER BY l.number";
        assert_eq!(company.db.texts(lines, vec!["2026-12".into()]).await, ["DENDA_RETURNED 90000"]);
        assert_eq!(company.honorarium().await[1..], ["HON-2026-12-00001 ISSUED 90000 in 0 out 0"]);
        company.bill("2026-12").await;
        assert_eq!(company.honorarium().await.len(), 2, "once");
        assert_eq!(company.faults().await, Vec::<String>::new());
    }

    async fn a_settlement_taken_back_after_it_was_billed_is_taken_from_the_next_honorarium(company: Company) {
        company.completed(&company.lesson().offline(0.1)).await;
        company.bill("2026-11").await;
        assert_eq!(company.honorarium().await, ["HON-2026-11-00001 ISSUED 100000 in 0 out 0"]);
        let settlement: Uuid = company.db.rows("SELECT id FROM tutor_settlement", vec![]).await[0].try_get("", "id").unwrap();
        let body = json!({ "side": "TUTOR", "settlement_id": settlement });
        let command = AnyCommand::with("request", &body).because("tidak pernah terjadi");
        let actor = person(43, "Maya", &["settlement.reverse"]);
        company.engine.execute(&Request::new("settlement_reversal", Target::New(company.new_id()), command, actor)).await.unwrap();
        adjusted(company, "TUTOR", company.tutor_id, 30_000).await;
        company.bill("2026-12").await;
        let lines = "SELECT l.kind || ' ' || l.amount_rp AS text FROM honorarium_line l JOIN honorarium h ON h.id = l.honorarium_id WHERE h.period_month = ? ORDER BY l.number";
        assert_eq!(company.db.texts(lines, vec!["2026-12".into()]).await, ["REVERSED -100000", "ADJUSTMENT 30000"]);
        assert_eq!(company.honorarium().await[1..], ["HON-2026-12-00001 PAID 0 in 0 out 70000"]);
        assert_eq!(company.faults().await, Vec::<String>::new());
    }
}
