//! A tutor who leaves sesi, and those who decide about it.

use chrono::{DateTime, TimeDelta, Utc};
use engine::actor::Actor;
use engine::execute::{Request, Target};
use engine::plan::AnyCommand;
use engine::refusal::Halt;
use engine::view::Outcome;
use sea_orm::EntityTrait;
use serde_json::{Value, json};
use tests::company::{Company, person};
use uuid::Uuid;
use workflows::records::strike::Sanction;
use workflows::records::{denda, strike};

/// Somebody of HR.
pub fn hana() -> Actor {
    person(7, "Hana", &["hr.sanction", "hr.strike.revoke", "hr.suspend", "hr.terminate"])
}

/// Sesi that are approved while the tutor still may be, and left one hour before they begin.
pub struct Plan {
    pub sesi: Vec<(Uuid, DateTime<Utc>)>,
}

/// As many sesi as days are given, counted from the first lesson's day.
pub async fn planned(company: &Company, days: &[i64]) -> Plan {
    let first = company.lesson().starts_at;
    let starts: Vec<DateTime<Utc>> = days.iter().map(|day| first + TimeDelta::days(*day)).collect();
    planned_at(company, &starts).await
}

pub async fn planned_at(company: &Company, starts: &[DateTime<Utc>]) -> Plan {
    let mut sesi = vec![];
    for starts_at in starts {
        sesi.push((company.approved(&company.lesson().at(*starts_at)).await, *starts_at));
    }
    Plan { sesi }
}

impl Plan {
    /// The tutor leaves this one, an hour before; its strike.
    pub async fn left(&self, company: &Company, which: usize) -> strike::Model {
        let (id, starts_at) = self.sesi[which];
        company.clock.set(starts_at - TimeDelta::hours(1));
        company.done(id, AnyCommand::with("cancel", &json!({ "party": "TUTOR" })).because("berhalangan")).await;
        strike_of(company, id).await
    }
}

pub async fn strike_of(company: &Company, sesi: Uuid) -> strike::Model {
    let rows = strike::Entity::find().all(company.db.db.reader()).await.unwrap();
    rows.into_iter().rfind(|row| row.sesi_id == sesi).expect("a strike")
}

pub async fn strike(company: &Company, id: Uuid) -> strike::Model {
    strike::Entity::find_by_id(id).one(company.db.db.reader()).await.unwrap().expect("a strike")
}

pub async fn denda_of(company: &Company, sesi: Uuid) -> denda::Model {
    let rows = denda::Entity::find().all(company.db.db.reader()).await.unwrap();
    rows.into_iter().rfind(|row| row.sesi_id == sesi).expect("a denda")
}

pub async fn by(company: &Company, actor: Actor, workflow: &str, id: Uuid, command: AnyCommand) -> Result<Outcome, Halt> {
    company.engine.execute(&Request::new(workflow, Target::Existing(id), command, actor)).await
}

/// What HR says to a strike; it must pass.
pub async fn hr(company: &Company, id: Uuid, name: &str, body: Value) -> Outcome {
    let told = by(company, hana(), "strike", id, AnyCommand::with(name, &body).because("sudah dibicarakan")).await;
    told.unwrap_or_else(|halt| panic!("{name}: {halt:?}"))
}

/// What another workflow tells it; it must pass.
pub async fn sent(company: &Company, workflow: &str, id: Uuid, name: &str, body: Value) -> Outcome {
    let told = by(company, Actor::system(), workflow, id, AnyCommand::with(name, &body)).await;
    told.unwrap_or_else(|halt| panic!("{name}: {halt:?}"))
}

/// Whether the strike waits for HR, and for what.
pub async fn waits(company: &Company, id: Uuid) -> (bool, Sanction) {
    let open = company.db.count("SELECT count(*) FROM task WHERE instance_id = ? AND name = 'sanction' AND state = 'OPEN'", vec![id.into()]).await;
    (open == 1, strike(company, id).await.proposed)
}

pub async fn tutor_status(company: &Company) -> String {
    company.db.texts("SELECT status AS text FROM tutor WHERE id = ?", vec![company.tutor_id.into()]).await.concat()
}

pub async fn sound(company: &Company) {
    assert_eq!(company.faults().await, Vec::<String>::new());
}
