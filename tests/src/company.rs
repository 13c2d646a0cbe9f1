//! A small company to tell stories about: reference data, one tutor and one siswa with prices, an admin.
//!
//! Master data is written as rows; everything a workflow owns happens through commands.

mod billing;
mod lesson;
mod people;
mod periods;

pub use billing::biller;
pub use lesson::Lesson;
pub use people::{PERMISSIONS, admin, another_admin, person};
pub use periods::{closer, senior, signer};

use crate::database::{Fixture, TestDb};
use chrono::{DateTime, TimeDelta, Utc};
use engine::actor::Actor;
use engine::clock::{Clock, ManualClock};
use engine::execute::{Engine, Origin, Request, Silent, Target};
use engine::id::new_id;
use engine::plan::AnyCommand;
use engine::policy::PolicyHost;
use engine::refusal::{Halt, Refusal, Rejected};
use engine::replay;
use engine::timer::Fired;
use engine::view::{Outcome, Preview};
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel};
use serde_json::{Value, json};
use std::sync::Arc;
use uuid::Uuid;
use workflows::books::check;
use workflows::records::{self, sesi};
use workflows::sesi::anomaly;

/// Saturday, 21 November 2026, 09:00 in Jakarta.
pub const START: &str = "2026-11-21T02:00:00Z";

pub struct Company {
    pub db: TestDb,
    pub clock: Arc<ManualClock>,
    pub engine: Engine,
    pub tutor_id: Uuid,
    pub siswa_id: Uuid,
    pub subject_id: Uuid,
    pub photo_id: Uuid,
}

impl Fixture for Company {
    async fn on(db: TestDb) -> Self {
        let clock = Arc::new(ManualClock::at(START.parse().expect("an instant")));
        let tx = db.db.begin().await.expect("begin");
        workflows::seed::reference_data(&tx, clock.now(), &[]).await.expect("seed");
        tx.commit().await.expect("commit the seed");
        let engine = Engine::new(db.db.clone(), clock.clone(), Arc::new(workflows::registry()), Arc::new(PolicyHost::default()), Arc::new(Silent));
        let none = Uuid::nil();
        let mut company = Self { db, clock, engine, tutor_id: none, siswa_id: none, subject_id: none, photo_id: none };
        company.tutor_id = company.new_tutor("JKT").await;
        company.siswa_id = company.new_siswa("JKT").await;
        company.subject_id = company.new_subject(150_000, 90_000).await;
        company.photo_id = company.new_document().await;
        company
    }
}

impl Company {
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    pub fn new_id(&self) -> Uuid {
        new_id(self.now())
    }

    pub async fn insert<E>(&self, row: E::Model)
    where
        E: EntityTrait,
        E::Model: IntoActiveModel<E::ActiveModel>,
        E::ActiveModel: ActiveModelTrait<Entity = E> + Send,
    {
        E::insert(row.into_active_model().reset_all()).exec_without_returning(self.db.db.writer()).await.expect("insert a row");
    }

    /// The lesson most stories are about: Monday at 10:00 in Jakarta, online, 90 minutes.
    pub fn lesson(&self) -> Lesson {
        Lesson::new(self)
    }

    /// A command as the admin gives it.
    pub fn asks(&self, id: Uuid, command: AnyCommand) -> Request {
        self.asks_as(admin(), id, command)
    }

    pub fn asks_as(&self, actor: Actor, id: Uuid, command: AnyCommand) -> Request {
        Request::new("sesi", Target::Existing(id), command, actor)
    }

    pub async fn send(&self, id: Uuid, command: AnyCommand) -> Result<Outcome, Halt> {
        self.engine.execute(&self.asks(id, command)).await
    }

    /// A command that must pass.
    pub async fn done(&self, id: Uuid, command: AnyCommand) -> Outcome {
        let name = command.name.clone();
        self.send(id, command).await.unwrap_or_else(|halt| panic!("{name}: {halt:?}"))
    }

    pub async fn preview(&self, id: Uuid, command: AnyCommand) -> Result<Preview, Halt> {
        self.engine.preview(&self.asks(id, command)).await
    }

    /// A new sesi in REQUESTED.
    pub async fn requested(&self, lesson: &Lesson) -> Uuid {
        self.engine.execute(&lesson.request(self)).await.unwrap_or_else(|halt| panic!("request: {halt:?}")).id
    }

    pub async fn approved(&self, lesson: &Lesson) -> Uuid {
        let id = self.requested(lesson).await;
        self.done(id, AnyCommand::new("approve")).await;
        id
    }

    /// As [`Company::approved`], with a reason for a time outside the tutor's Slots.
    pub async fn approved_outside_slots(&self, lesson: &Lesson) -> Uuid {
        let id = self.requested(lesson).await;
        self.done(id, AnyCommand::with("approve", &json!({ "outside_slots_reason": "diminta siswa" }))).await;
        id
    }

    /// A sesi that has begun at its time; the clock stands there.
    pub async fn started(&self, lesson: &Lesson) -> Uuid {
        let id = self.approved(lesson).await;
        self.clock.set(lesson.starts_at);
        self.done(id, AnyCommand::new("start")).await;
        id
    }

    /// A sesi whose report the tutor has confirmed; the clock stands at its end.
    pub async fn confirmed(&self, lesson: &Lesson) -> Uuid {
        let id = self.started(lesson).await;
        self.done(id, self.report()).await;
        self.clock.set(lesson.ends_at());
        self.done(id, AnyCommand::new("confirm")).await;
        id
    }

    pub async fn completed(&self, lesson: &Lesson) -> Uuid {
        let id = self.confirmed(lesson).await;
        self.done(id, AnyCommand::new("validate")).await;
        id
    }

    /// All that a tutor has to report.
    pub fn report(&self) -> AnyCommand {
        AnyCommand::with("report", &json!({ "attendance": "PRESENT", "topic": "Pecahan", "photo_document_id": self.photo_id }))
    }

    pub async fn sesi(&self, id: Uuid) -> sesi::Model {
        sesi::Entity::find_by_id(id).one(self.db.db.reader()).await.expect("read the sesi").expect("a sesi")
    }

    pub async fn state(&self, id: Uuid) -> String {
        self.sesi(id).await.state
    }

    /// Fires every timer that is due and carries out every job, until nothing is left to do now.
    pub async fn drain(&self) {
        loop {
            let timers = self.engine.due_timers(100).await.expect("due timers");
            let jobs = self.engine.overdue_jobs(TimeDelta::zero(), 100).await.expect("due jobs");
            if timers.is_empty() && jobs.is_empty() {
                return;
            }
            for due in timers {
                let fired = self.engine.fire(&due).await.expect("fire a timer");
                assert_ne!(fired, Fired::Gone, "{due:?}");
            }
            for job in jobs {
                self.look(job.id).await;
            }
        }
    }

    /// Carries out the one kind of job there is.
    async fn look(&self, job: Uuid) {
        let Some(claimed) = self.engine.claim_job(job).await.expect("claim a job") else { return };
        let id = claimed.instance_id.expect("an instance");
        let found = anomaly::look(self.db.db.reader(), id).await.expect("look for oddities");
        let settled = match found {
            None => self.engine.job_done(&claimed, Value::Null, engine::batch::Batch::default()).await.map(drop).map_err(Halt::Failed),
            Some(command) => {
                let mut request = Request::new("sesi", Target::Existing(id), command, Actor::system());
                request.origin = Origin::Job { id: claimed.id, attempt: claimed.attempt };
                self.engine.execute(&request).await.map(drop)
            }
        };
        match settled {
            // The sesi has moved on; there is nothing left to flag.
            Ok(()) | Err(Halt::Refused(_)) => {
                let _ = self.engine.job_done(&claimed, Value::Null, engine::batch::Batch::default()).await;
            }
            Err(Halt::Failed(failure)) => panic!("{failure:?}"),
        }
    }

    /// Everything that does not add up: replay, and the ledger against the documents.
    pub async fn faults(&self) -> Vec<String> {
        let report = replay::verify(&self.engine.db, &self.engine.registry).await.expect("verify");
        let mut faults: Vec<String> = report.faults.into_iter().map(|fault| format!("{}: {}", fault.code, fault.fault)).collect();
        let books = check::report(&self.engine.db).await.expect("check the books");
        faults.extend(books.faults.into_iter().map(|fault| format!("{}: {}", fault.subject, fault.fault)));
        faults
    }

    /// The office under this code.
    pub async fn office(&self, code: &str) -> records::office::Model {
        let rows = records::office::Entity::find().all(self.db.db.reader()).await.expect("read the offices");
        rows.into_iter().find(|office| office.code == code).unwrap_or_else(|| panic!("no office {code}"))
    }
}

/// The business's no in an answer that must be one.
pub fn rejected<T: std::fmt::Debug>(answer: Result<T, Halt>) -> Rejected {
    match answer {
        Err(Halt::Refused(Refusal::Rejected(rejected))) => rejected,
        other => panic!("should have been rejected: {other:?}"),
    }
}

/// The refusal in an answer that must be one.
pub fn refused<T: std::fmt::Debug>(answer: Result<T, Halt>) -> Refusal {
    match answer {
        Err(Halt::Refused(refusal)) => refusal,
        other => panic!("should have been refused: {other:?}"),
    }
}
