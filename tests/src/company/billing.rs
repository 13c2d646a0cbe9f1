//! Billing a month, as a worker would.

use super::{Company, person};
use chrono::{DateTime, Months, NaiveDate, Utc};
use engine::actor::Actor;
use engine::execute::{Origin, Request, Target};
use engine::plan::AnyCommand;
use engine::refusal::Halt;
use engine::view::Outcome;
use sea_orm::EntityTrait;
use serde_json::json;
use std::sync::Arc;
use uuid::Uuid;
use worker::documents::LocalFolder;
use worker::jobs::{Deps, Scanner};
use worker::{Done, DrainReport, Work, drain, handlers};
use workflows::billing_run::record::{Entity, Model};
use workflows::billing_run::schedule;

/// Somebody who may bill.
pub fn biller() -> Actor {
    person(40, "Maya", &["billing.run"])
}

impl Company {
    /// Bills a month from beginning to end, whatever the run stops at, and returns its run. The clock goes on to nine in
    /// the morning (WIB) after the month, if it is not that late already.
    pub async fn bill(&self, month: &str) -> Uuid {
        self.after(month);
        let run = self.begins(month).await.unwrap_or_else(|halt| panic!("begin {month}: {halt:?}")).id;
        self.works().await;
        if self.run(run).await.state == "HALTED" {
            let proceed = AnyCommand::new("proceed").because("sudah dilihat");
            self.bills(run, proceed).await.unwrap_or_else(|halt| panic!("proceed: {halt:?}"));
            self.works().await;
        }
        let ended = self.run(run).await;
        assert_eq!(ended.state, "DONE", "{ended:?}");
        run
    }

    /// Moves the clock behind a month.
    pub fn after(&self, month: &str) {
        let first: NaiveDate = format!("{month}-01").parse().expect("a month");
        let next = first.checked_add_months(Months::new(1)).expect("the next month");
        let morning: DateTime<Utc> = format!("{next}T02:00:00Z").parse().expect("an instant");
        if self.now() < morning {
            self.clock.set(morning);
        }
    }

    /// Begins the run of a month that lies ready, or a further one; nothing is carried out yet.
    pub async fn begins(&self, month: &str) -> Result<Outcome, Halt> {
        let ready = schedule::ready(&self.engine.db, month).await.expect("look for a run");
        let target = ready.map_or_else(|| Target::New(self.new_id()), Target::Existing);
        let command = AnyCommand::with("begin", &json!({ "period_month": month }));
        self.engine.execute(&Request::new("billing_run", target, command, biller())).await
    }

    /// A command to a run.
    pub async fn bills(&self, run: Uuid, command: AnyCommand) -> Result<Outcome, Halt> {
        self.engine.execute(&Request::new("billing_run", Target::Existing(run), command, biller())).await
    }

    /// Carries out everything that is due, with the handlers of production.
    pub async fn works(&self) -> DrainReport {
        let deps = Deps::without_mail(Arc::new(LocalFolder::new("unused")), Scanner::None);
        drain(&self.engine, handlers(&deps)).await.expect("drain")
    }

    /// Carries out the one job of this kind that is due, and nothing else.
    pub async fn works_on(&self, kind: &str) {
        let sql = "SELECT id FROM job WHERE kind = ? AND state = 'PENDING'";
        let job: Uuid = self.db.rows(sql, vec![kind.into()]).await[0].try_get("", "id").expect("an id");
        let claimed = self.engine.claim_job(job).await.expect("claim").expect("a job");
        let deps = Deps::without_mail(Arc::new(LocalFolder::new("unused")), Scanner::None);
        let handlers = handlers(&deps);
        let handler = handlers.iter().find(|handler| handler.kind() == kind).expect("a handler");
        match handler.run(&Work { engine: &self.engine, job: &claimed }).await.expect("work") {
            Done::Command { workflow, id, command } => {
                let mut request = Request::new(workflow, Target::Existing(id), command, Actor::system());
                request.origin = Origin::Job { id: claimed.id, attempt: claimed.attempt };
                self.engine.execute(&request).await.unwrap_or_else(|halt| panic!("{kind}: {halt:?}"));
            }
            Done::Effect { result, batch } => assert!(self.engine.job_done(&claimed, result, batch).await.expect("settle")),
        }
    }

    pub async fn run(&self, id: Uuid) -> Model {
        Entity::find_by_id(id).one(self.db.db.reader()).await.expect("read the run").expect("a run")
    }

    /// Every Tagihan that is not void: number, status, total; by number.
    pub async fn tagihan(&self) -> Vec<String> {
        let sql = "SELECT number || ' ' || status || ' ' || total_rp AS text FROM tagihan WHERE status <> 'VOID' ORDER BY number";
        self.db.texts(sql, vec![]).await
    }

    /// Every Honorarium that is not void: number, status, net, what it takes over and what it leaves; by number.
    pub async fn honorarium(&self) -> Vec<String> {
        let sql = "SELECT number || ' ' || status || ' ' || net_rp || ' in ' || carried_in_rp || ' out ' || carried_out_rp AS text FROM honorarium \
                   WHERE status <> 'VOID' ORDER BY number";
        self.db.texts(sql, vec![]).await
    }
}
