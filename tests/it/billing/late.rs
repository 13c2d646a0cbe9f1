//! What is billed, and what comes late: a further run makes documents only for what stands on none.

use engine::actor::Actor;
use engine::execute::{Request, Target};
use engine::plan::AnyCommand;
use serde_json::json;
use tests::both_databases;
use tests::company::{Company, Lesson, person};
use uuid::Uuid;

/// Two lessons of Rp150.000, of which the tutor gets Rp90.000.
async fn two_lessons(company: &Company) {
    company.completed(&company.lesson()).await;
    company.completed(&company.lesson().at("2026-11-25T03:00:00Z".parse().unwrap())).await;
}

/// An adjustment that counts; a large one once somebody else has approved it.
pub async fn adjusted(company: &Company, side: &str, party: Uuid, amount_rp: i64) {
    let field = if side == "SISWA" { "siswa_id" } else { "tutor_id" };
    let body = json!({ "side": side, field: party, "amount_rp": amount_rp, "month": "2026-11" });
    let command = AnyCommand::with("request", &body).because("sesuai kesepakatan");
    let actor = person(41, "Maya", &["adjustment.record"]);
    let made = company.engine.execute(&Request::new("money_adjustment", Target::New(company.new_id()), command, actor)).await.unwrap();
    if made.state == "WAITING" {
        let senior = person(44, "Rina", &["adjustment.approve"]);
        company.engine.execute(&Request::new("money_adjustment", Target::Existing(made.id), AnyCommand::new("approve"), senior)).await.unwrap();
    }
}

both_databases! {
    async fn a_month_is_billed_once_and_a_second_run_finds_nothing(company: Company) {
        two_lessons(company).await;
        let run = company.bill("2026-11").await;
        assert_eq!(company.tagihan().await, ["TAG-2026-11-00001 ISSUED 300000"]);
        assert_eq!(company.honorarium().await, ["HON-2026-11-00001 ISSUED 180000 in 0 out 0"]);
        let told = company.run(run).await;
        assert_eq!((told.tagihan_count, told.tagihan_rp, told.honorarium_count, told.honorarium_rp, told.parts, told.parts_done), (1, 300_000, 1, 180_000, 2, 2));
        let lines = "SELECT l.number || ' ' || l.kind || ' ' || CAST(l.held_on AS text) || ' ' || l.amount_rp AS text FROM tagihan_line l ORDER BY l.number";
        assert_eq!(company.db.texts(lines, vec![]).await, ["1 SESI 2026-11-23 150000", "2 SESI 2026-11-25 150000"]);
        let dates = "SELECT CAST(issued_on AS text) || ' ' || CAST(due_on AS text) AS text FROM tagihan";
        assert_eq!(company.db.texts(dates, vec![]).await, ["2026-12-01 2026-12-15"]);
        let again = company.bill("2026-11").await;
        assert_eq!(company.tagihan().await.len() + company.honorarium().await.len(), 2);
        assert_eq!((company.run(again).await.code.as_str(), company.run(again).await.parts), ("RUN-2026-11-02", 0));
        assert_eq!(company.faults().await, Vec::<String>::new());
    }

    async fn what_is_validated_late_goes_on_a_document_of_its_own(company: Company) {
        two_lessons(company).await;
        let late = company.confirmed(&company.lesson().at("2026-11-27T03:00:00Z".parse().unwrap())).await;
        company.bill("2026-11").await;
        company.done(late, AnyCommand::new("validate")).await;
        company.bill("2026-11").await;
        assert_eq!(company.tagihan().await, ["TAG-2026-11-00001 ISSUED 300000", "TAG-2026-11-00002 ISSUED 150000"]);
        let revisions = "SELECT CAST(revision AS text) AS text FROM honorarium ORDER BY number";
        assert_eq!(company.db.texts(revisions, vec![]).await, ["1", "2"]);
        assert_eq!(company.faults().await, Vec::<String>::new());
    }

    /// A lesson of the last evening in Jayapura is still November there, and already December nowhere.
    async fn a_lesson_at_the_edge_of_the_month_belongs_to_its_offices_month(company: Company) {
        company.new_office("DJJ", "Asia/Jayapura").await;
        let (tutor_id, siswa_id) = (company.new_tutor("DJJ").await, company.new_siswa("DJJ").await);
        let lesson = |starts_at: &str| Lesson { tutor_id, siswa_id, duration_minutes: 30, ..company.lesson().at(starts_at.parse().unwrap()) };
        // 23.30 on 30 November, and half past midnight on 1 December, both in Jayapura; in Jakarta both are the 30th.
        company.completed(&lesson("2026-11-30T14:30:00Z")).await;
        company.completed(&lesson("2026-11-30T15:30:00Z")).await;
        company.bill("2026-11").await;
        let days = "SELECT CAST(held_on AS text) AS text FROM tagihan_line ORDER BY held_on";
        assert_eq!(company.db.texts(days, vec![]).await, ["2026-11-30"]);
        company.bill("2026-12").await;
        assert_eq!(company.db.texts(days, vec![]).await, ["2026-11-30", "2026-12-01"]);
        assert_eq!(company.faults().await, Vec::<String>::new());
    }

    async fn a_siswa_whose_adjustments_exceed_the_lessons_waits_for_the_next_run_and_stops_nobody(company: Company) {
        two_lessons(company).await;
        let generous = company.new_siswa("JKT").await;
        adjusted(company, "SISWA", generous, -50_000).await;
        let run = company.bill("2026-11").await;
        assert_eq!(company.tagihan().await, ["TAG-2026-11-00001 ISSUED 300000"]);
        let parked = "SELECT side || ' ' || reason || ' ' || amount_rp AS text FROM billing_parked";
        assert_eq!((company.run(run).await.parked_count, company.db.texts(parked, vec![]).await), (1, vec!["SISWA NEGATIVE_TOTAL -50000".into()]));
        adjusted(company, "SISWA", generous, 80_000).await;
        company.bill("2026-11").await;
        assert_eq!(company.tagihan().await, ["TAG-2026-11-00001 ISSUED 300000", "TAG-2026-11-00002 ISSUED 30000"]);
        assert_eq!(company.faults().await, Vec::<String>::new());
    }

    /// Nothing is left to be paid, so it is paid, and what it bills with it.
    async fn a_tagihan_that_comes_to_nothing_is_paid_when_it_is_issued(company: Company) {
        company.completed(&company.lesson()).await;
        adjusted(company, "SISWA", company.siswa_id, -75_000).await;
        adjusted(company, "SISWA", company.siswa_id, -75_000).await;
        company.bill("2026-11").await;
        assert_eq!(company.tagihan().await, ["TAG-2026-11-00001 PAID 0"]);
        assert_eq!(company.db.texts("SELECT status AS text FROM siswa_settlement", vec![]).await, ["PAID"]);
        assert_eq!(company.db.texts("SELECT status AS text FROM tutor_settlement", vec![]).await, ["UNPAID"]);
        assert_eq!(company.faults().await, Vec::<String>::new());
    }

    async fn whoever_has_left_is_not_billed(company: Company) {
        two_lessons(company).await;
        company.db.run("UPDATE tutor SET status = 'TERMINATED' WHERE id = ?", vec![company.tutor_id.into()]).await;
        company.bill("2026-11").await;
        assert_eq!((company.tagihan().await.len(), company.honorarium().await.len()), (1, 0));
        company.db.run("UPDATE tutor SET status = 'ACTIVE' WHERE id = ?", vec![company.tutor_id.into()]).await;
        company.bill("2026-11").await;
        assert_eq!(company.honorarium().await.len(), 1);
    }
}

/// A command of the system to an instance.
pub async fn by_system(company: &Company, workflow: &str, id: Uuid, command: AnyCommand) {
    company.engine.execute(&Request::new(workflow, Target::Existing(id), command, Actor::system())).await.unwrap();
}
