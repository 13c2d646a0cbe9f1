//! Closing a month and opening it again, as three people do it.

use super::{Company, person};
use chrono::{DateTime, Utc};
use engine::actor::Actor;
use engine::execute::{Request, Target};
use engine::plan::AnyCommand;
use engine::refusal::Halt;
use engine::view::Outcome;
use sea_orm::EntityTrait;
use serde_json::json;
use uuid::Uuid;
use workflows::period::evidence::Check;
use workflows::{period_close, period_reopening};

/// Begins and signs.
pub fn signer() -> Actor {
    person(50, "Wulan", &["period.close", "period.sign", "period.reopen.request"])
}

/// Closes what the other has signed.
pub fn closer() -> Actor {
    person(51, "Hendra", &["period.close", "period.sign", "period.reopen.request"])
}

/// Approves what others have asked for.
pub fn senior() -> Actor {
    person(52, "Ratna", &["period.reopen.approve", "period.reopen.request", "period.close"])
}

impl Company {
    /// Closes a month from the first look to the lock, and returns its step-through.
    pub async fn closes(&self, month: &str) -> Uuid {
        let id = self.begins_to_close(month).await.unwrap_or_else(|halt| panic!("begin {month}: {halt:?}")).id;
        self.works().await;
        self.signs_all(id).await;
        self.asks_of(closer(), id, AnyCommand::new("close")).await.unwrap_or_else(|halt| panic!("close {month}: {halt:?}"));
        self.works().await;
        let ended = self.closing(id).await;
        assert_eq!(ended.state, "CLOSED", "{ended:?}");
        id
    }

    pub async fn begins_to_close(&self, month: &str) -> Result<Outcome, Halt> {
        let command = AnyCommand::with("begin", &json!({ "month": month }));
        self.engine.execute(&Request::new("period_close", Target::New(self.new_id()), command, signer())).await
    }

    /// A command to a step-through.
    pub async fn asks_of(&self, actor: Actor, id: Uuid, command: AnyCommand) -> Result<Outcome, Halt> {
        self.engine.execute(&Request::new("period_close", Target::Existing(id), command, actor)).await
    }

    pub async fn signs(&self, actor: Actor, id: Uuid, check: Check) -> Result<Outcome, Halt> {
        self.asks_of(actor, id, AnyCommand::with("sign", &json!({ "check": check, "note": "sudah dilihat" }))).await
    }

    pub async fn signs_all(&self, id: Uuid) {
        for check in Check::SIGNED {
            self.signs(signer(), id, check).await.unwrap_or_else(|halt| panic!("{check}: {halt:?}"));
        }
    }

    pub async fn closing(&self, id: Uuid) -> period_close::record::Model {
        period_close::record::Entity::find_by_id(id).one(self.db.db.reader()).await.expect("read the closing").expect("a closing")
    }

    /// A lesson that is registered and ended after its time, the clock standing where it is.
    pub async fn completed_late(&self, starts_at: DateTime<Utc>) -> Uuid {
        let id = self.approved(&self.lesson().at(starts_at)).await;
        for command in [AnyCommand::new("start"), self.report(), AnyCommand::new("confirm"), AnyCommand::new("validate")] {
            self.done(id, command).await;
        }
        id
    }

    /// Asks for a month to be open again for so many days.
    pub async fn asks_to_reopen(&self, month: &str, days: i64) -> Result<Outcome, Halt> {
        let until = self.now() + chrono::TimeDelta::days(days);
        let command = AnyCommand::with("request", &json!({ "month": month, "until": until })).because("satu sesi tertinggal");
        self.engine.execute(&Request::new("period_reopening", Target::New(self.new_id()), command, closer())).await
    }

    /// A command to a re-opening.
    pub async fn decides(&self, actor: Actor, id: Uuid, command: &str) -> Result<Outcome, Halt> {
        let command = AnyCommand::new(command).because("disetujui");
        self.engine.execute(&Request::new("period_reopening", Target::Existing(id), command, actor)).await
    }

    pub async fn reopens(&self, month: &str, days: i64) -> Uuid {
        let id = self.asks_to_reopen(month, days).await.unwrap_or_else(|halt| panic!("reopen {month}: {halt:?}")).id;
        self.decides(senior(), id, "approve").await.unwrap_or_else(|halt| panic!("approve: {halt:?}"));
        id
    }

    pub async fn reopening(&self, id: Uuid) -> period_reopening::record::Model {
        period_reopening::record::Entity::find_by_id(id).one(self.db.db.reader()).await.expect("read the re-opening").expect("a re-opening")
    }
}
