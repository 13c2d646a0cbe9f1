//! A denda from the cancellation until nobody can contest it, and how it is taken back (SPEC FM-2, FM-3, FIN-8).

use super::story::{denda_of, planned, sent, sound};
use chrono::TimeDelta;
use engine::actor::Actor;
use engine::execute::{Request, Target};
use engine::plan::AnyCommand;
use serde_json::json;
use tests::both_databases;
use tests::company::{Company, rejected};
use uuid::Uuid;
use workflows::records::denda::Status;

/// A sesi that the tutor left an hour before: a denda of 90.000.
async fn left(company: &Company) -> Uuid {
    let plan = planned(company, &[0]).await;
    plan.left(company, 0).await;
    plan.sesi[0].0
}

/// The entries of a denda: kind, dates, and whether they refer back.
async fn booked(company: &Company, id: Uuid) -> Vec<String> {
    let sql = "SELECT kind || ' ' || CAST(occurred_on AS TEXT) || ' ' || CAST(posted_on AS TEXT) || ' ' || CASE WHEN reverses_id IS NULL THEN '-' ELSE 'back' END AS text \
               FROM journal_entry WHERE instance_id = ? ORDER BY at, id";
    company.db.texts(sql, vec![id.into()]).await
}

both_databases! {
    async fn a_denda_may_be_contested_for_seven_days_and_is_final_a_minute_later(company: Company) {
        let sesi = left(company).await;
        let denda = denda_of(company, sesi).await;
        assert_eq!((denda.amount_rp, denda.status, denda.number, denda.contest_until), (90_000, Status::Applied, 1, Some(company.now() + TimeDelta::days(7))));
        assert_eq!(booked(company, denda.id).await, ["tutor_denda 2026-11-23 2026-11-23 -"]);
        company.clock.advance(TimeDelta::days(7) + TimeDelta::seconds(59));
        company.drain().await;
        assert_eq!(denda_of(company, sesi).await.status, Status::Applied);
        company.clock.advance(TimeDelta::seconds(1));
        company.drain().await;
        assert_eq!(denda_of(company, sesi).await.status, Status::Final);
        sound(company).await;
    }

    async fn a_denda_taken_back_is_booked_the_other_way_in_the_open_month_and_refers_back(company: Company) {
        let sesi = left(company).await;
        let denda = denda_of(company, sesi).await.id;
        company.clock.set("2026-11-30T03:00:00Z".parse().unwrap());
        let lock = |month: &str| company.db.run("INSERT INTO period (month, state) VALUES (?,'LOCKED')", vec![month.into()]);
        lock("2026-11").await;
        let reverse = || Request::new("denda", Target::Existing(denda), AnyCommand::new("reverse"), Actor::system());
        let locked = rejected(company.engine.preview(&reverse()).await);
        assert_eq!((locked.code.as_str(), &locked.params["month"]), ("period_locked", &json!("2026-11")), "today's month is locked as well");
        company.clock.set("2026-12-01T03:00:00Z".parse().unwrap());
        let done = company.engine.execute(&reverse()).await.unwrap();
        assert_eq!((done.state.as_str(), done.amounts[0].rp), ("REVERSED", Some(90_000)));
        assert_eq!(booked(company, denda).await, ["tutor_denda 2026-11-23 2026-11-23 -", "tutor_denda_reversal 2026-11-23 2026-12-01 back"]);
        assert_eq!(company.db.count("SELECT sum(amount_rp) FROM posting WHERE account = '4200'", vec![]).await, 0);
        sound(company).await;
    }

    async fn while_its_month_is_open_it_is_taken_back_there(company: Company) {
        let sesi = left(company).await;
        let denda = denda_of(company, sesi).await.id;
        sent(company, "denda", denda, "reverse", json!({})).await;
        assert_eq!(booked(company, denda).await.last().unwrap(), "tutor_denda_reversal 2026-11-23 2026-11-23 back");
        assert_eq!(denda_of(company, sesi).await.reversed_at, Some(company.now()));
        sound(company).await;
    }
}
