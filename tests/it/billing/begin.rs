//! When a month is billed: by the timer on the configured day, or by somebody, once it is over everywhere and not locked.

use chrono::{DateTime, Utc};
use engine::execute::{Request, Target};
use engine::plan::AnyCommand;
use sea_orm::EntityTrait;
use serde_json::json;
use tests::both_databases;
use tests::company::{Company, biller, refused, rejected};
use workflows::billing_run::record::Entity;
use workflows::billing_run::schedule;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

async fn runs(company: &Company) -> Vec<String> {
    let mut runs = Entity::find().all(company.db.db.reader()).await.unwrap();
    runs.sort_by(|one, next| one.code.cmp(&next.code));
    runs.iter().map(|run| format!("{} {}", run.code, run.state)).collect()
}

async fn set(company: &Company, key: &str, value: i64) {
    let sql = "INSERT INTO app_config (key, value, updated_at, updated_by) VALUES (?,?,?,'A') ON CONFLICT (key) DO UPDATE SET value = excluded.value";
    company.db.run(sql, vec![key.into(), json!(value).into(), company.now().into()]).await;
}

both_databases! {
    async fn the_run_lies_ready_and_begins_by_itself_when_the_month_is_over(company: Company) {
        schedule::first(&company.engine).await.unwrap();
        schedule::first(&company.engine).await.unwrap();
        company.completed(&company.lesson()).await;
        company.works().await;
        assert_eq!(runs(company).await, ["RUN-2026-11-01 SCHEDULED"]);
        // Ten to one in the morning of 1 December, in WIB.
        company.clock.set(at("2026-11-30T17:50:00Z"));
        company.works().await;
        assert_eq!(runs(company).await, ["RUN-2026-11-01 SCHEDULED"]);
        company.clock.set(at("2026-11-30T18:00:00Z"));
        company.works().await;
        assert_eq!(runs(company).await, ["RUN-2026-11-01 DONE", "RUN-2026-12-01 SCHEDULED"]);
        assert_eq!(company.tagihan().await, ["TAG-2026-11-00001 ISSUED 150000"]);
        assert_eq!(company.faults().await, Vec::<String>::new());
    }

    async fn it_waits_for_the_configured_day_and_another_day_counts_at_once(company: Company) {
        set(company, "billing.day", 20).await;
        schedule::first(&company.engine).await.unwrap();
        company.clock.set(at("2026-12-09T18:00:00Z"));
        company.works().await;
        assert_eq!(runs(company).await, ["RUN-2026-11-01 SCHEDULED"]);
        set(company, "billing.day", 5).await;
        company.clock.set(at("2026-12-10T18:00:00Z"));
        company.works().await;
        assert_eq!(runs(company).await, ["RUN-2026-11-01 DONE", "RUN-2026-12-01 SCHEDULED"]);
    }

    async fn months_that_were_slept_through_are_billed_one_after_the_other(company: Company) {
        schedule::first(&company.engine).await.unwrap();
        company.clock.set(at("2027-02-03T02:00:00Z"));
        for _ in 0..3 {
            company.works().await;
            company.clock.advance(chrono::TimeDelta::hours(1));
        }
        assert_eq!(runs(company).await, ["RUN-2026-11-01 DONE", "RUN-2026-12-01 DONE", "RUN-2027-01-01 DONE", "RUN-2027-02-01 SCHEDULED"]);
    }

    async fn a_month_that_is_not_over_everywhere_or_is_locked_is_not_billed(company: Company) {
        company.new_office("WST", "Asia/Kolkata").await;
        // Half past midnight of 1 December in WIB; in Kolkata the month ends at half past one, WIB.
        company.clock.set(at("2026-11-30T17:30:00Z"));
        let no = rejected(company.begins("2026-11").await);
        assert_eq!((no.code.as_str(), no.fields[0].field.as_str(), no.params["over_at"].as_str()), ("month_not_over", "period_month", Some("2026-11-30T18:30:00+00:00")));
        assert_eq!(rejected(company.begins("2026-13").await).code, "not_month");
        let lock = "INSERT INTO period (month, state, locked_at, locked_by) VALUES ('2026-10', 'LOCKED', ?, ?)";
        company.db.run(lock, vec![company.now().into(), uuid::Uuid::nil().into()]).await;
        assert_eq!(rejected(company.begins("2026-10").await).code, "period_locked");
    }

    async fn two_who_begin_at_once_get_one_run_and_the_second_is_told_of_the_first(company: Company) {
        company.completed(&company.lesson()).await;
        company.after("2026-11");
        let ask = || {
            let command = AnyCommand::with("begin", &json!({ "period_month": "2026-11" }));
            Request::new("billing_run", Target::New(company.new_id()), command, biller())
        };
        let (one, other) = (ask(), ask());
        let (one, other) = tokio::join!(company.engine.execute(&one), company.engine.execute(&other));
        let (first, second) = if one.is_ok() { (one, other) } else { (other, one) };
        let no = rejected(second);
        assert_eq!((no.code.as_str(), no.blocking[0].id), ("billing_running", first.unwrap().id));
        company.works().await;
        assert_eq!(company.tagihan().await.len(), 1);
        assert_eq!(runs(company).await, ["RUN-2026-11-01 DONE", "RUN-2026-12-01 SCHEDULED"]);
    }

    async fn the_run_that_lies_ready_is_begun_once(company: Company) {
        schedule::first(&company.engine).await.unwrap();
        company.after("2026-11");
        let run = company.begins("2026-11").await.unwrap().id;
        let again = AnyCommand::with("begin", &json!({ "period_month": "2026-11" }));
        assert_eq!(refused(company.bills(run, again).await).code(), "not_allowed");
        assert_eq!(rejected(company.begins("2026-11").await).code, "billing_running");
        company.works().await;
        assert_eq!(runs(company).await, ["RUN-2026-11-01 DONE", "RUN-2026-12-01 SCHEDULED"]);
    }
}
