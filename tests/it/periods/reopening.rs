//! A closed month opened again: by whom, for how long, and what becomes of it.

use super::{NOVEMBER, at, closed, differences, state};
use chrono::TimeDelta;
use engine::plan::AnyCommand;
use engine::refusal::Refusal;
use tests::both_databases;
use tests::company::{Company, closer, refused, rejected, senior, signer};
use workflows::period::receipt;

async fn numbers(company: &Company) -> Vec<i64> {
    receipt::of_month(company.db.db.reader(), NOVEMBER).await.unwrap().iter().map(|stored| stored.receipt.number).collect()
}

/// Another lesson of November, billed by a further run.
async fn forgotten(company: &Company) {
    company.completed_late(at("2026-11-25T03:00:00Z")).await;
    company.works().await;
    company.bill(NOVEMBER).await;
}

both_databases! {
    async fn a_senior_opens_it_again_and_both_closings_are_kept(company: Company) {
        closed(company).await;
        assert_eq!(rejected(company.asks_to_reopen(NOVEMBER, 15).await).fields[0].code, "until_too_far");
        assert_eq!(rejected(company.asks_to_reopen(NOVEMBER, 0).await).fields[0].code, "until_passed");
        assert_eq!(rejected(company.asks_to_reopen("2026-10", 3).await).code, "period_not_closed");
        let id = company.asks_to_reopen(NOVEMBER, 3).await.unwrap().id;
        assert_eq!(rejected(company.asks_to_reopen(NOVEMBER, 3).await).blocking[0].id, id);
        assert!(matches!(refused(company.decides(closer(), id, "approve").await), Refusal::Forbidden { .. }));
        company.decides(senior(), id, "approve").await.unwrap();
        assert_eq!(state(company).await, "OPEN");
        forgotten(company).await;
        assert_eq!(differences(company).await.iter().map(|one| one.what.to_string()).collect::<Vec<_>>().join(" "), "ADDED ADDED LEDGER LEDGER LEDGER LEDGER LEDGER");
        company.closes(NOVEMBER).await;
        assert_eq!((state(company).await.as_str(), numbers(company).await, company.reopening(id).await.state.as_str()), ("LOCKED", vec![2, 1], "CLOSED_AGAIN"));
        assert_eq!(differences(company).await, vec![]);
        company.clock.advance(TimeDelta::days(4));
        company.works().await;
        assert_eq!(company.reopening(id).await.state, "CLOSED_AGAIN", "its timer is gone");
        let told = "SELECT action AS text FROM audit_record WHERE entity_type = 'period' ORDER BY at, id";
        assert_eq!(company.db.texts(told, vec![]).await, ["period.lock", "period.reopen", "period.lock"]);
        assert_eq!(company.faults().await, Vec::<String>::new());
    }

    async fn whoever_asks_does_not_approve(company: Company) {
        closed(company).await;
        let until = company.now() + TimeDelta::days(2);
        let command = AnyCommand::with("request", &serde_json::json!({ "month": NOVEMBER, "until": until })).because("tertinggal");
        let target = engine::execute::Target::New(company.new_id());
        let id = company.engine.execute(&engine::execute::Request::new("period_reopening", target, command, senior())).await.unwrap().id;
        assert_eq!(refused(company.decides(senior(), id, "approve").await), Refusal::FourEyes { command: "request" });
        company.clock.advance(TimeDelta::days(3));
        let another = tests::company::person(53, "Gita", &["period.reopen.approve"]);
        assert_eq!(rejected(company.decides(another.clone(), id, "approve").await).code, "until_passed");
        company.decides(another, id, "reject").await.unwrap();
        assert_eq!(state(company).await, "LOCKED");
    }

    async fn months_are_opened_from_the_last_to_the_first(company: Company) {
        closed(company).await;
        company.completed(&company.lesson().at(at("2026-12-07T03:00:00Z"))).await;
        company.works().await;
        company.bill("2026-12").await;
        company.closes("2026-12").await;
        let refused = rejected(company.asks_to_reopen(NOVEMBER, 3).await);
        assert_eq!((refused.code.as_str(), refused.blocking[0].code.as_str()), ("later_closed", "2026-12"));
        company.reopens("2026-12", 3).await;
        company.reopens(NOVEMBER, 3).await;
        // December is not closed again before November is.
        let id = company.begins_to_close("2026-12").await.unwrap().id;
        company.works().await;
        company.signs_all(id).await;
        assert_eq!(rejected(company.asks_of(closer(), id, AnyCommand::new("close")).await).blocking[0].code, NOVEMBER);
        company.closes(NOVEMBER).await;
        company.asks_of(closer(), id, AnyCommand::new("close")).await.unwrap();
        company.works().await;
        assert_eq!(numbers(company).await, [2, 1]);
    }

    async fn when_the_time_is_over_it_is_locked_as_it_was_or_asks_to_be_closed_anew(company: Company) {
        closed(company).await;
        let untouched = company.reopens(NOVEMBER, 3).await;
        company.clock.advance(TimeDelta::days(3) - TimeDelta::seconds(1));
        company.works().await;
        assert_eq!(state(company).await, "OPEN");
        company.clock.advance(TimeDelta::seconds(1));
        company.works().await;
        assert_eq!((state(company).await.as_str(), company.reopening(untouched).await.state.as_str(), numbers(company).await), ("LOCKED", "EXPIRED", vec![1]));

        let touched = company.reopens(NOVEMBER, 3).await;
        forgotten(company).await;
        company.clock.advance(TimeDelta::days(3));
        company.works().await;
        assert_eq!((state(company).await.as_str(), company.reopening(touched).await.state.as_str()), ("LOCKED", "OVERDUE"));
        let task = "SELECT name AS text FROM task WHERE workflow = 'period_reopening' AND state = 'OPEN'";
        assert_eq!(company.db.texts(task, vec![]).await, ["close_anew"]);
        let close = company.decides(signer(), touched, "close_anew").await;
        assert_eq!(company.reopening(touched).await.state, "OVERDUE");
        let id = close.unwrap().started[0].id;
        company.works().await;
        company.signs_all(id).await;
        company.asks_of(closer(), id, AnyCommand::new("close")).await.unwrap();
        company.works().await;
        assert_eq!((company.reopening(touched).await.state.as_str(), numbers(company).await, differences(company).await), ("CLOSED_AGAIN", vec![2, 1], vec![]));
        assert_eq!(company.faults().await, Vec::<String>::new());
    }

    async fn what_an_opening_left_behind_is_closed_with_the_next_one(company: Company) {
        closed(company).await;
        let first = company.reopens(NOVEMBER, 2).await;
        forgotten(company).await;
        company.clock.advance(TimeDelta::days(2));
        company.works().await;
        assert_eq!(company.reopening(first).await.state, "OVERDUE");
        let second = company.reopens(NOVEMBER, 2).await;
        assert_eq!((company.reopening(first).await.state.as_str(), state(company).await.as_str()), ("SUPERSEDED", "OPEN"));
        company.clock.advance(TimeDelta::days(2));
        company.works().await;
        assert_eq!(company.reopening(second).await.state, "OVERDUE", "no closing says what the first one left");
        company.closes(NOVEMBER).await;
        assert_eq!(company.reopening(second).await.state, "CLOSED_AGAIN");
    }
}
