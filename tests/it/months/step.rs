//! What may happen next, and how it is played.

use chrono::{DateTime, Datelike, Months, NaiveDate, TimeDelta, Utc};
use chrono_tz::Asia::Jakarta;
use engine::actor::Actor;
use engine::execute::{Request, Target};
use engine::plan::AnyCommand;
use engine::refusal::Halt;
use engine::view::Outcome;
use proptest::prelude::*;
use serde_json::{Value, json};
use tests::company::{Company, Lesson};
use tests::database::{Fixture, TestDb};
use uuid::Uuid;
use workflows::period::evidence::Check;

/// Three of each; the first two tutors are fined now and then.
pub struct World {
    pub company: Company,
    tutors: Vec<Uuid>,
    siswa: Vec<Uuid>,
}

impl Fixture for World {
    async fn on(database: TestDb) -> Self {
        let company = Company::on(database).await;
        let (mut tutors, mut siswa) = (vec![company.tutor_id], vec![company.siswa_id]);
        for _ in 0..2 {
            company.clock.advance(TimeDelta::seconds(1));
            tutors.push(company.new_tutor("JKT").await);
            siswa.push(company.new_siswa("JKT").await);
        }
        Self { company, tutors, siswa }
    }
}

/// Figures that a step makes of what it likes.
#[derive(Clone, Copy, Debug)]
pub struct Dice {
    which: usize,
    pick: usize,
    amount: i64,
}

#[derive(Clone, Debug)]
pub enum Step {
    /// A sesi of the next day, to its end.
    Lesson(Dice),
    Adjust(Dice),
    Pay(Dice),
    PayTutor(Dice),
    Credit(Dice),
    Refund(Dice),
    WriteOff(Dice),
    TakeBack(Dice),
    Deposit(Dice),
    ReversePayment(Dice),
    /// The month ends and is billed.
    Bill,
    /// The oldest open month that is over.
    Close,
    Wait(i64),
}

pub fn step() -> impl Strategy<Value = Step> {
    let dice = || (0_usize..1_000, 0_usize..1_000, 1_i64..200_000).prop_map(|(which, pick, amount)| Dice { which, pick, amount });
    prop_oneof![
        12 => dice().prop_map(Step::Lesson),
        3 => dice().prop_map(Step::Adjust),
        7 => dice().prop_map(Step::Pay),
        3 => dice().prop_map(Step::PayTutor),
        4 => dice().prop_map(Step::Credit),
        3 => dice().prop_map(Step::Refund),
        1 => dice().prop_map(Step::WriteOff),
        2 => dice().prop_map(Step::TakeBack),
        2 => dice().prop_map(Step::Deposit),
        2 => dice().prop_map(Step::ReversePayment),
        6 => Just(Step::Bill),
        4 => Just(Step::Close),
        2 => (1_i64..12).prop_map(Step::Wait),
    ]
}

/// Plays a step; what the business refuses stays as it was.
pub async fn play(world: &World, step: &Step) {
    let company = &world.company;
    company.clock.advance(TimeDelta::seconds(1));
    match *step {
        Step::Lesson(dice) => world.lesson(dice).await,
        Step::Adjust(dice) => world.adjust(dice).await,
        Step::Pay(dice) => world.pay(dice).await,
        Step::PayTutor(dice) => world.pay_tutor(dice).await,
        Step::Credit(dice) => world.credit(dice).await,
        Step::Refund(dice) => world.refund(dice).await,
        Step::WriteOff(dice) => world.write_off(dice).await,
        Step::TakeBack(dice) => world.take_back(dice).await,
        Step::Deposit(dice) => {
            world.begin("payment", "apply_deposit", json!({ "siswa_id": world.siswa[dice.which % 3], "allocations": [] })).await;
        }
        Step::ReversePayment(dice) => {
            if let Some((payment, _)) = world.one_of("SELECT id, kind AS text FROM payment ORDER BY code DESC LIMIT 4", dice.which).await {
                world.begin("payment", "reverse", json!({ "payment_id": payment })).await;
            }
        }
        Step::Bill => world.bill().await,
        Step::Close => world.close().await,
        Step::Wait(days) => company.clock.advance(TimeDelta::days(days)),
    }
    company.works().await;
}

/// One of three people who may do everything.
fn staff(which: u128) -> Actor {
    Actor::person(Uuid::from_u128(900 + which), ["Sari", "Budi", "Rina"][which as usize % 3], api::auth::permissions::all().into_iter().map(str::to_owned))
}

impl World {
    async fn give(&self, by: u128, workflow: &str, target: Target, name: &str, body: Value) -> Option<Outcome> {
        let command = AnyCommand::with(name, &body).because("alasan");
        match self.company.engine.execute(&Request::new(workflow, target, command, staff(by))).await {
            Ok(outcome) => Some(outcome),
            Err(Halt::Refused(_)) => None,
            Err(Halt::Failed(failure)) => panic!("{workflow}.{name} {body}: {failure:?}"),
        }
    }

    async fn begin(&self, workflow: &str, name: &str, body: Value) -> Option<Outcome> {
        self.give(0, workflow, Target::New(self.company.new_id()), name, body).await
    }

    async fn tell(&self, workflow: &str, id: Uuid, name: &str, body: Value) -> Option<Outcome> {
        self.give(1, workflow, Target::Existing(id), name, body).await
    }

    async fn one_of(&self, sql: &str, which: usize) -> Option<(Uuid, String)> {
        let rows = self.company.db.rows(sql, vec![]).await;
        let row = rows.get(which % rows.len().max(1))?;
        Some((row.try_get("", "id").expect("an id"), row.try_get("", "text").expect("a text")))
    }

    fn today(&self) -> NaiveDate {
        self.company.now().with_timezone(&Jakarta).date_naive()
    }

    /// Approved for tomorrow, at an hour of its own; taught, missed or left.
    async fn lesson(&self, dice: Dice) {
        let starts_at: DateTime<Utc> = self.company.now() + TimeDelta::hours(24);
        let lesson = Lesson { tutor_id: self.tutors[dice.pick % 3], siswa_id: self.siswa[dice.which % 3], ..self.company.lesson() }.at(starts_at);
        let mut lesson = if dice.pick.is_multiple_of(4) { lesson.offline(0.02) } else { lesson };
        lesson.mode_surcharge_rp = Some(dice.amount % 977);
        let Some(asked) = self.begin("sesi", "request", lesson.body()).await else { return };
        let sesi = async |name: &str, body: Value| self.give(0, "sesi", Target::Existing(asked.id), name, body).await;
        sesi("approve", json!({ "outside_slots_reason": "diminta" })).await;
        let (name, before, body) = [
            ("start", 0, json!({})),
            ("start", 0, json!({})),
            ("start", 0, json!({})),
            ("cancel", 30 + dice.amount % 200, json!({ "party": "SISWA" })),
            ("cancel", 30 + dice.amount % 200, json!({ "party": "TUTOR" })),
            ("no_show_student", 0, json!({})),
        ][dice.pick / 10 % 6]
            .clone();
        self.company.clock.set(starts_at - TimeDelta::minutes(before));
        sesi(name, body).await;
        if name == "start" {
            sesi("report", Value::Object(self.company.report().body)).await;
            self.company.clock.set(lesson.ends_at());
            sesi("confirm", json!({})).await;
            sesi("validate", json!({})).await;
        }
    }

    async fn adjust(&self, dice: Dice) {
        let amount_rp = if dice.pick.is_multiple_of(2) { dice.amount / 3 } else { -dice.amount / 3 };
        let body = match dice.pick % 4 {
            0 | 1 => json!({ "side": "SISWA", "siswa_id": self.siswa[dice.which % 3], "amount_rp": amount_rp }),
            _ => json!({ "side": "TUTOR", "tutor_id": self.tutors[dice.which % 3], "amount_rp": amount_rp }),
        };
        if let Some(made) = self.begin("money_adjustment", "request", body).await.filter(|made| made.state == "WAITING") {
            self.tell("money_adjustment", made.id, if dice.pick.is_multiple_of(3) { "reject" } else { "approve" }, json!({})).await;
        }
    }

    fn moved(&self, body: Value) -> Value {
        let mut all = json!({ "paid_on": self.today().to_string(), "method": "TRANSFER", "reference": "TRX" });
        all.as_object_mut().unwrap().extend(body.as_object().unwrap().clone());
        all
    }

    /// Something, everything, or more.
    async fn pay(&self, dice: Dice) {
        let sql = "SELECT siswa_id AS id, CAST(total_rp - credited_rp + refunded_rp - paid_rp - written_off_rp AS TEXT) AS text FROM tagihan \
                   WHERE status IN ('ISSUED','PARTIALLY_PAID') ORDER BY number";
        let Some((siswa, open)) = self.one_of(sql, dice.which).await else { return };
        let open: i64 = open.parse().unwrap();
        let amount_rp = [open, open, open / 2, dice.amount, open + dice.amount][dice.pick % 5].max(1);
        self.begin("payment", "record", self.moved(json!({ "siswa_id": siswa, "amount_rp": amount_rp, "allocations": [] }))).await;
    }

    async fn pay_tutor(&self, dice: Dice) {
        let sql = "SELECT id, number AS text FROM honorarium WHERE status = 'ISSUED' ORDER BY number";
        if let Some((id, _)) = self.one_of(sql, dice.which).await {
            self.begin("payment", "pay_honorarium", self.moved(json!({ "honorarium_id": id, "pph_bps": dice.amount % 1_000 }))).await;
        }
    }

    async fn credit(&self, dice: Dice) {
        let sql = "SELECT t.id, CAST(l.number AS TEXT) AS text FROM tagihan t JOIN tagihan_line l ON l.tagihan_id = t.id WHERE t.status <> 'VOID' ORDER BY t.number, l.number";
        let Some((tagihan, number)) = self.one_of(sql, dice.which).await else { return };
        let number: i64 = number.parse().unwrap();
        let body = json!({ "tagihan_id": tagihan, "lines": [{ "number": number, "amount_rp": dice.amount }], "keep": if dice.pick.is_multiple_of(2) { "REFUND" } else { "DEPOSIT" } });
        if let Some(made) = self.begin("credit_note", "request", body).await.filter(|made| made.state == "REQUESTED") {
            self.tell("credit_note", made.id, if dice.pick.is_multiple_of(5) { "reject" } else { "approve" }, json!({})).await;
        }
    }

    /// One that is due goes out or stays; or a Titipan is asked back.
    async fn refund(&self, dice: Dice) {
        match self.one_of("SELECT id, state AS text FROM refund WHERE state = 'DUE' ORDER BY id", dice.which).await {
            Some((refund, _)) if dice.pick.is_multiple_of(2) => self.tell("refund", refund, "send", self.moved(json!({}))).await,
            Some((refund, _)) => self.tell("refund", refund, "keep", json!({})).await,
            None => self.begin("refund", "request", json!({ "siswa_id": self.siswa[dice.which % 3], "amount_rp": 1 + dice.amount % 30_000 })).await,
        };
    }

    async fn write_off(&self, dice: Dice) {
        let sql = "SELECT id, number AS text FROM tagihan WHERE status IN ('ISSUED','PARTIALLY_PAID') ORDER BY number";
        let Some((tagihan, _)) = self.one_of(sql, dice.which).await else { return };
        let body = json!({ "tagihan_id": tagihan, "tax_compliant": true, "tax_note": "Daftar 2026" });
        if let Some(made) = self.begin("write_off", "request", body).await {
            self.tell("write_off", made.id, if dice.pick.is_multiple_of(4) { "reject" } else { "approve" }, json!({})).await;
        }
    }

    async fn take_back(&self, dice: Dice) {
        let (side, table) = if dice.pick.is_multiple_of(2) { ("SISWA", "siswa_settlement") } else { ("TUTOR", "tutor_settlement") };
        let Some((id, _)) = self.one_of(&format!("SELECT id, status AS text FROM {table} ORDER BY id"), dice.which).await else { return };
        self.begin("settlement_reversal", "request", json!({ "side": side, "settlement_id": id })).await;
    }

    /// Time passes until the third of the next month, unless this is one of its first days; the month before is billed.
    async fn bill(&self) {
        let first = self.today().with_day(1).unwrap();
        let next = if self.today().day() < 6 { first } else { first.checked_add_months(Months::new(1)).unwrap() };
        let morning = next.and_time(chrono::NaiveTime::MIN).and_utc() + TimeDelta::hours(2 * 24 + 2);
        self.company.clock.set(morning.max(self.company.now()));
        self.company.works().await;
        let month = (next - TimeDelta::days(1)).format("%Y-%m").to_string();
        if self.company.db.count("SELECT count(*) FROM period WHERE month = ? AND state = 'LOCKED'", vec![month.clone().into()]).await == 0 {
            self.billed(&month).await;
        }
    }

    /// The timer may have begun it, and it may have stopped because the month is unlike the one before.
    async fn billed(&self, month: &str) {
        if let Some((run, _)) = self.one_of("SELECT id, code AS text FROM billing_run WHERE state = 'HALTED'", 0).await {
            self.tell("billing_run", run, "proceed", json!({})).await;
            self.company.works().await;
        }
        self.company.bill(month).await;
    }

    async fn close(&self) {
        let sql =
            "SELECT min(period_month) AS text FROM sesi s WHERE NOT EXISTS (SELECT 1 FROM period p WHERE p.month = s.period_month AND p.state = 'LOCKED')";
        let oldest = self.company.db.rows(sql, vec![]).await;
        let Some(month) = oldest[0].try_get::<Option<String>>("", "text").unwrap() else { return };
        if month >= self.today().format("%Y-%m").to_string() {
            return;
        }
        self.billed(&month).await;
        let Some(close) = self.begin("period_close", "begin", json!({ "month": month })).await else { return };
        self.company.works().await;
        for check in Check::SIGNED {
            self.give(0, "period_close", Target::Existing(close.id), "sign", json!({ "check": check })).await;
        }
        if self.tell("period_close", close.id, "close", json!({})).await.is_none() {
            self.give(0, "period_close", Target::Existing(close.id), "abandon", json!({})).await;
        }
    }
}
