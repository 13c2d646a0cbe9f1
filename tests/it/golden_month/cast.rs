//! Who plays, and how an event is told.
//!
//! Five tutors: Dewi, Eka and Fajar of Golongan 2, Sinta of Golongan 1 (the substitute), Gita of Golongan 2 in Jayapura (WIT).
//! Three siswa: Zahra, Bima and Citra, all in SD 5, REGULER. One subject, at odd rupiah, so that every percentage must be rounded:
//!
//! | price       |        |   25 % |    50 % |     30 % |    15 % |
//! |-------------|-------:|-------:|--------:|---------:|--------:|
//! | siswa       | 137503 | 34375,75 → 34376 | 68751,5 → 68752 | 41250,9 → 41251 | |
//! | Golongan 2  |  82502 | 20625,5 → 20626  | 41251           |                 | 12375,3 → 12375 |
//! | Golongan 1  | 101003 |        |         |          |         |
//!
//! A place 1,1 km away is Rp10.000 for the way, one 22 km away Rp12.000. The surcharge of an offline sesi is Rp7.501.

use chrono::{DateTime, Utc};
use engine::actor::Actor;
use engine::execute::{Request, Target};
use engine::id::new_id;
use engine::plan::AnyCommand;
use engine::view::Outcome;
use sea_orm::{EntityTrait, Value as Sql};
use serde_json::{Value, json};
use tests::app::TestApp;
use tests::company::{Company, Lesson};
use uuid::Uuid;
use workflows::records::price;

pub const SISWA_RP: i64 = 137_503;
pub const GOLONGAN_2_RP: i64 = 82_502;
pub const GOLONGAN_1_RP: i64 = 101_003;
pub const SURCHARGE_RP: i64 = 7_501;

/// Degrees of latitude from the office: 1,1 km and 22 km.
pub const NEAR: f64 = 0.01;
pub const FAR: f64 = 0.2;

pub struct Cast<'a> {
    pub app: &'a TestApp,
    subject: Uuid,
    pub dewi: Uuid,
    pub eka: Uuid,
    pub fajar: Uuid,
    pub sinta: Uuid,
    pub gita: Uuid,
    pub zahra: Uuid,
    pub bima: Uuid,
    pub citra: Uuid,
}

/// An instant on the clock of Jakarta: `2026-12-03T10:00`.
pub fn wib(text: &str) -> DateTime<Utc> {
    format!("{text}:00+07:00").parse().unwrap()
}

/// One of two people who may do everything; what needs four eyes has both.
pub fn staff(number: u128) -> Actor {
    let name = if number == 1 { "Sari" } else { "Budi" };
    Actor::person(Uuid::from_u128(900 + number), name, api::auth::permissions::all().into_iter().map(str::to_owned))
}

impl<'a> Cast<'a> {
    pub async fn of(app: &'a TestApp) -> Self {
        let company = &app.company;
        let subject = company.new_subject(SISWA_RP, GOLONGAN_2_RP).await;
        company.new_office("JYP", "Asia/Jayapura").await;
        let tutor = async |office: &str, name: &str| named(company, ("tutor", company.new_tutor(office).await), name).await;
        let siswa = async |name: &str| named(company, ("siswa", company.new_siswa("JKT").await), name).await;
        let cast = Self {
            app,
            subject,
            dewi: named(company, ("tutor", company.tutor_id), "Dewi").await,
            eka: tutor("JKT", "Eka").await,
            fajar: tutor("JKT", "Fajar").await,
            sinta: tutor("JKT", "Sinta").await,
            gita: tutor("JYP", "Gita").await,
            zahra: named(company, ("siswa", company.siswa_id), "Zahra").await,
            bima: siswa("Bima").await,
            citra: siswa("Citra").await,
        };
        for one in [cast.eka, cast.fajar, cast.sinta, cast.gita] {
            company.teaches(one, subject).await;
        }
        cast.promote_sinta().await;
        cast.charge_for_moving().await;
        cast
    }

    /// Sinta is of Golongan 1, which has its own price.
    async fn promote_sinta(&self) {
        let company = &self.app.company;
        let golongan = company.catalog("golongan", "GOL_1").await;
        company.db.run("UPDATE tutor SET golongan_id = ? WHERE id = ?", vec![golongan.into(), self.sinta.into()]).await;
        let rows = price::Entity::find().all(company.db.db.reader()).await.unwrap();
        let like = rows.into_iter().find(|row| row.subject_id == self.subject && row.audience == price::Audience::Tutor).unwrap();
        company.insert::<price::Entity>(price::Model { id: company.new_id(), golongan_id: Some(golongan), amount_rp: GOLONGAN_1_RP, ..like }).await;
    }

    /// Below four hours a siswa who moves a sesi pays 30 %, and the tutor gets 15 %: version 2 of `reschedule`.
    async fn charge_for_moving(&self) {
        let company = &self.app.company;
        let script = policies::seed().iter().find(|version| version.kind == "reschedule").unwrap().script;
        let bracket = json!({ "threshold_hours": 4, "charge_pct_siswa": 30, "honor_pct_tutor": 15, "substitution_denda_pct": 0, "strike_added": 0 });
        let params = json!({ "denda_basis": "HONORARIUM", "base_penalty_enabled": true, "brackets": [bracket] });
        let sql = "INSERT INTO policy_version (id, kind, number, state, script, params, tests, sha256, author_id, author_name, reason, effective_from, created_at) \
                   VALUES (?, 'reschedule', 2, 'ACTIVE', ?, ?, ?, 'x', ?, 'Sari', 'uji', ?, ?)";
        let now: Sql = company.now().into();
        let values = vec![company.new_id().into(), script.into(), params.into(), json!([]).into(), staff(1).id.into(), now.clone(), now];
        company.db.run(sql, values).await;
    }

    /// Time passes, and every timer fires at its own instant.
    pub async fn until(&self, text: &str) {
        let (company, until) = (&self.app.company, wib(text));
        while let Some(due) = company.engine.next_due().await.unwrap().filter(|due| *due <= until) {
            company.clock.set(due.max(company.now()));
            self.app.drain().await;
        }
        company.clock.set(until.max(company.now()));
        self.app.drain().await;
    }

    pub fn lesson(&self, tutor_id: Uuid, siswa_id: Uuid, at: &str) -> Lesson {
        Lesson { tutor_id, siswa_id, subject_id: self.subject, ..self.app.company.lesson() }.at(wib(at))
    }

    /// Requested and approved now.
    pub async fn booked(&self, lesson: &Lesson) -> Uuid {
        self.app.company.approved_outside_slots(lesson).await
    }

    /// Held from beginning to end and validated.
    pub async fn held(&self, lesson: &Lesson, id: Uuid) {
        let (company, clock) = (&self.app.company, &self.app.company.clock);
        clock.set(lesson.starts_at);
        company.done(id, AnyCommand::new("start")).await;
        company.done(id, company.report()).await;
        clock.set(lesson.ends_at());
        company.done(id, AnyCommand::new("confirm")).await;
        company.done(id, AnyCommand::new("validate")).await;
        self.app.drain().await;
    }

    /// Booked now, held at its time.
    pub async fn taught(&self, tutor: Uuid, siswa: Uuid, at: &str) -> Uuid {
        self.taught_as(self.lesson(tutor, siswa, at)).await
    }

    /// At a place, with the surcharge for it.
    pub async fn taught_at(&self, north: f64, tutor: Uuid, siswa: Uuid, at: &str) -> Uuid {
        let lesson = self.lesson(tutor, siswa, at).offline(north);
        self.taught_as(Lesson { mode_surcharge_rp: Some(SURCHARGE_RP), ..lesson }).await
    }

    pub async fn taught_as(&self, lesson: Lesson) -> Uuid {
        let id = self.booked(&lesson).await;
        self.held(&lesson, id).await;
        id
    }

    /// Booked now for ten o'clock of a day; somebody cancels at a moment of that day.
    pub async fn cancelled(&self, party: &str, (tutor, siswa): (Uuid, Uuid), day: &str, at: &str) -> Uuid {
        let id = self.booked(&self.lesson(tutor, siswa, &format!("{day}T10:00"))).await;
        self.until(&format!("{day}T{at}")).await;
        self.sesi(id, "cancel", json!({ "party": party })).await;
        id
    }

    pub async fn sesi(&self, id: Uuid, name: &str, body: Value) -> Outcome {
        self.app.company.done(id, AnyCommand::with(name, &body).because("berhalangan")).await
    }

    /// Something new is begun by the first person.
    pub async fn begun(&self, workflow: &str, name: &str, body: Value) -> Uuid {
        self.give(1, workflow, Target::New(new_id(self.app.company.now())), name, body).await.id
    }

    /// A command of this person to something there is.
    pub async fn told(&self, by: u128, workflow: &str, id: Uuid, name: &str, body: Value) -> Outcome {
        self.give(by, workflow, Target::Existing(id), name, body).await
    }

    async fn give(&self, by: u128, workflow: &str, target: Target, name: &str, body: Value) -> Outcome {
        let command = AnyCommand::with(name, &body).because("disepakati");
        let answer = self.app.company.engine.execute(&Request::new(workflow, target, command, staff(by))).await;
        let outcome = answer.unwrap_or_else(|halt| panic!("{workflow}.{name} {body}: {halt:?}"));
        self.app.drain().await;
        outcome
    }

    /// Who bears this id; ids of rows that name neither are theirs to explain.
    pub fn name(&self, id: Uuid) -> &'static str {
        let all = [
            (self.dewi, "Dewi"),
            (self.eka, "Eka"),
            (self.fajar, "Fajar"),
            (self.sinta, "Sinta"),
            (self.gita, "Gita"),
            (self.zahra, "Zahra"),
            (self.bima, "Bima"),
            (self.citra, "Citra"),
        ];
        all.iter().find(|(one, _)| *one == id).map(|(_, name)| *name).unwrap()
    }

    /// The one id a query answers.
    pub async fn id(&self, sql: &str, values: Vec<Sql>) -> Uuid {
        let rows = self.app.company.db.rows(sql, values).await;
        assert_eq!(rows.len(), 1, "{sql}");
        rows[0].try_get_by_index(0).unwrap()
    }
}

async fn named(company: &Company, (table, id): (&str, Uuid), name: &str) -> Uuid {
    company.db.run(&format!("UPDATE {table} SET name = ? WHERE id = ?"), vec![name.into(), id.into()]).await;
    id
}
