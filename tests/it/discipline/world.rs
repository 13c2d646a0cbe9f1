//! A company of three tutors and three people who decide about them.

use chrono::{DateTime, TimeDelta, Utc};
use engine::actor::Actor;
use engine::execute::{Request, Target};
use engine::plan::AnyCommand;
use engine::refusal::Halt;
use engine::view::Outcome;
use serde_json::json;
use std::sync::Arc;
use tempfile::TempDir;
use tests::company::{Company, PERMISSIONS, person};
use tests::database::{Fixture, TestDb};
use uuid::Uuid;
use worker::Deps;
use worker::documents::LocalFolder;
use worker::jobs::Scanner;

/// What it takes to do everything about discipline.
const BESIDES: [&str; 13] = [
    "fm.file",
    "fm.review_l1",
    "fm.review_l2",
    "hr.sanction",
    "hr.strike.revoke",
    "hr.suspend",
    "hr.reactivate.request",
    "hr.reactivate.approve",
    "hr.terminate",
    "hr.payout",
    "override.request",
    "override.approve",
    "hr.read",
];

pub struct World {
    pub company: Company,
    pub tutors: Vec<Uuid>,
    pub siswa: Vec<Uuid>,
    deps: Deps,
    _folder: TempDir,
}

impl Fixture for World {
    async fn on(database: TestDb) -> Self {
        let company = Company::on(database).await;
        let (mut tutors, mut siswa) = (vec![company.tutor_id], vec![company.siswa_id]);
        for _ in 0..2 {
            // Ids are made of the time: the order of the tutors is that of their making.
            company.clock.advance(TimeDelta::seconds(1));
            tutors.push(company.new_tutor("JKT").await);
            siswa.push(company.new_siswa("JKT").await);
        }
        let folder = tempfile::tempdir().expect("make a folder");
        let deps = Deps::without_mail(Arc::new(LocalFolder::new(folder.path())), Scanner::None);
        Self { company, tutors, siswa, deps, _folder: folder }
    }
}

impl World {
    /// One of three people who may do everything; four eyes are the engine's business.
    pub fn staff(which: usize) -> Actor {
        let name = ["Sari", "Budi", "Rina"][which % 3];
        let all: Vec<&str> = PERMISSIONS.iter().chain(&BESIDES).copied().collect();
        person(900 + (which % 3) as u128, name, &all)
    }

    pub fn fresh(&self) -> Target {
        Target::New(self.company.new_id())
    }

    /// What came of a command: nothing, when the business or the engine refused it. Anything else is a fault.
    pub async fn try_give(&self, by: usize, workflow: &str, target: Target, command: AnyCommand) -> Option<Outcome> {
        let said = format!("{workflow}.{} {}", command.name, serde_json::Value::Object(command.body.clone()));
        match self.company.engine.execute(&Request::new(workflow, target, command, Self::staff(by))).await {
            Ok(outcome) => Some(outcome),
            Err(Halt::Refused(_)) => None,
            Err(Halt::Failed(failure)) => panic!("{said}: {failure:?}"),
        }
    }

    /// A command that must pass.
    pub async fn give(&self, by: usize, workflow: &str, target: Target, command: AnyCommand) -> Outcome {
        let name = command.name.clone();
        let answer = self.company.engine.execute(&Request::new(workflow, target, command, Self::staff(by))).await;
        answer.unwrap_or_else(|halt| panic!("{workflow}.{name}: {halt:?}"))
    }

    /// A command to something there is, with a reason; it must pass.
    pub async fn say(&self, by: usize, workflow: &str, id: Uuid, name: &str) -> Outcome {
        self.give(by, workflow, Target::Existing(id), AnyCommand::new(name).because("alasan")).await
    }

    /// Everything due now.
    pub async fn drain(&self) {
        worker::drain(&self.company.engine, worker::handlers(&self.deps)).await.unwrap_or_else(|error| panic!("{error:?}"));
    }

    /// Time passes, and every timer fires at its own instant.
    pub async fn pass_until(&self, until: DateTime<Utc>) {
        while let Some(due) = self.company.engine.next_due().await.expect("the next timer").filter(|due| *due <= until) {
            self.company.clock.set(due.max(self.company.now()));
            self.drain().await;
        }
        self.company.clock.set(until.max(self.company.now()));
        self.drain().await;
    }

    /// A sesi that this tutor will not come to: approved days ahead.
    pub async fn approved(&self, tutor: Uuid, siswa: Uuid, starts_at: DateTime<Utc>) -> Uuid {
        let lesson = tests::company::Lesson { tutor_id: tutor, siswa_id: siswa, ..self.company.lesson() }.at(starts_at);
        self.company.approved_outside_slots(&lesson).await
    }

    /// The tutor leaves it so many minutes before it begins: its denda and its strike.
    pub async fn left(&self, sesi: Uuid, minutes: i64) -> (Uuid, Uuid) {
        let starts_at = self.company.sesi(sesi).await.starts_at;
        self.pass_until(starts_at - TimeDelta::minutes(minutes)).await;
        let done = self.give(0, "sesi", Target::Existing(sesi), AnyCommand::with("cancel", &json!({ "party": "TUTOR" })).because("berhalangan")).await;
        let of = |workflow: &str| done.started.iter().find(|one| one.workflow == workflow).expect("a penalty").id;
        (of("denda"), of("strike"))
    }

    /// A claim of the tutor about the newest penalty of a sesi.
    pub async fn claimed(&self, by: usize, sesi: Uuid, tutor: Uuid) -> Uuid {
        let body = json!({ "sesi_id": sesi, "tutor_id": tutor, "category": "SAKIT", "story": "Demam tinggi sejak pagi" });
        self.give(by, "fm_claim", self.fresh(), AnyCommand::with("file", &body)).await.id
    }
}
