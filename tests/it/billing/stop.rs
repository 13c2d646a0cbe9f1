//! A run that stops: because its sum is far from the month before, or because somebody cancels it.

use engine::plan::AnyCommand;
use serde_json::json;
use tests::both_databases;
use tests::company::{Company, refused, rejected};

both_databases! {
    async fn a_sum_far_from_the_month_before_waits_for_somebody_who_says_why_it_is_right(company: Company) {
        company.completed(&company.lesson()).await;
        company.bill("2026-11").await;
        for day in ["2026-12-07", "2026-12-08"] {
            company.completed(&company.lesson().at(format!("{day}T03:00:00Z").parse().unwrap())).await;
        }
        company.after("2026-12");
        let run = company.begins("2026-12").await.unwrap().id;
        company.works().await;
        let halted = company.run(run).await;
        let report = halted.preflight.unwrap();
        assert_eq!((halted.state.as_str(), &report["stops"][0]["side"], &report["stops"][0]["amount_rp"], &report["stops"][0]["before_rp"]), ("HALTED", &json!("SISWA"), &json!(300_000), &json!(150_000)));
        assert_eq!((&report["anomalies"][0]["kind"], &report["anomalies"][0]["party_id"]), (&json!("DIFFERS"), &json!(company.siswa_id)));
        assert_eq!(company.db.texts("SELECT name AS text FROM task WHERE state = 'OPEN'", vec![]).await, ["look_over"]);
        assert_eq!(refused(company.bills(run, AnyCommand::new("proceed")).await).code(), "invalid", "a reason is needed");
        company.bills(run, AnyCommand::new("proceed").because("dua kali lebih banyak sesi")).await.unwrap();
        company.works().await;
        assert_eq!(company.run(run).await.state, "DONE");
        assert_eq!(company.tagihan().await[1..], ["TAG-2026-12-00001 ISSUED 300000"]);
        assert_eq!(company.faults().await, Vec::<String>::new());
    }

    /// Its numbers stay its own: nobody ever meets two documents of one number.
    async fn what_a_cancelled_run_drafted_is_void_and_is_billed_by_the_next_under_new_numbers(company: Company) {
        company.completed(&company.lesson()).await;
        company.after("2026-11");
        let run = company.begins("2026-11").await.unwrap().id;
        // The preflight and the part of the siswa.
        for part in ["billing_preflight", "billing_part"] {
            company.works_on(part).await;
        }
        assert_eq!(company.tagihan().await, ["TAG-2026-11-00001 DRAFT 150000"]);
        company.bills(run, AnyCommand::new("cancel").because("salah bulan")).await.unwrap();
        company.works().await;
        assert_eq!((company.run(run).await.state.as_str(), company.tagihan().await.len()), ("CANCELLED", 0));
        assert_eq!(company.db.texts("SELECT status AS text FROM siswa_settlement", vec![]).await, ["UNPAID"]);
        company.bill("2026-11").await;
        assert_eq!(company.tagihan().await, ["TAG-2026-11-00002 ISSUED 150000"]);
        assert_eq!(company.honorarium().await, ["HON-2026-11-00001 ISSUED 90000 in 0 out 0"]);
        assert_eq!(company.faults().await, Vec::<String>::new());
    }

    async fn a_part_that_comes_late_or_twice_is_refused(company: Company) {
        company.completed(&company.lesson()).await;
        company.after("2026-11");
        let run = company.begins("2026-11").await.unwrap().id;
        company.works_on("billing_preflight").await;
        company.works_on("billing_part").await;
        let again = engine::execute::Request::new(
            "billing_run",
            engine::execute::Target::Existing(run),
            AnyCommand::with("progress", &json!({ "part": 0 })),
            engine::actor::Actor::system(),
        );
        assert_eq!(rejected(company.engine.execute(&again).await).code, "part_out_of_order");
        company.works().await;
        assert_eq!(company.tagihan().await, ["TAG-2026-11-00001 ISSUED 150000"]);
    }
}
