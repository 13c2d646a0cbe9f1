//! Master data for the measurements, and sesi in the state each of them needs.

use api::app::App;
use api::auth::account;
use chrono::{DateTime, TimeDelta, Utc};
use engine::actor::Actor;
use engine::db;
use engine::execute::{Request, Target};
use engine::id::new_id;
use engine::plan::AnyCommand;
use engine::view::Outcome;
use futures::StreamExt;
use serde_json::{Value, json};
use std::fmt::Write;
use std::sync::Arc;
use uuid::Uuid;
use workflows::import::{self, ImportOptions, Kind};

const PEOPLE: usize = 400;

pub struct Company {
    pub actor: Actor,
    pub siswa: Vec<Uuid>,
    pub tutors: Vec<Uuid>,
    pub subject: Uuid,
}

pub async fn make(app: &App) -> Company {
    let email = "bench@xprivate.education";
    account::ensure(&app.engine.db, (email, "Bench"), "OPERATOR", app.engine.clock.now()).await.expect("an account");
    let account = account::by_email(app.engine.db.reader(), email).await.expect("read the account").expect("an account");
    let permissions = api::auth::permissions::all().into_iter().map(str::to_owned);
    let actor = Actor::person(account.id, "Bench", permissions);
    let subject = db::row(app.engine.db.reader(), "SELECT id, code FROM subject WHERE NOT has_levels ORDER BY code LIMIT 1", vec![]).await;
    let subject = subject.expect("subjects").expect("a subject");
    let code: String = subject.try_get("", "code").expect("a code");
    let years = texts(app, "SELECT code FROM tahun_ajaran ORDER BY starts_on").await;
    let office = texts(app, "SELECT code FROM office ORDER BY code").await.remove(0);
    let tingkat = texts(app, "SELECT code FROM tingkat ORDER BY position").await.remove(4);
    let (mut tutors, mut subjects, mut slots, mut siswa) = Default::default();
    header(&mut tutors, "code,name,phone,golongan,office,status");
    header(&mut subjects, "tutor,subject,level");
    header(&mut slots, "tutor,weekday,from,until");
    header(&mut siswa, "code,name,tingkat,segmentasi,office,parent_name,parent_phone,parent_relation");
    for n in 1..=PEOPLE {
        let _ = writeln!(tutors, "TUT-{n:06},Tutor {n},0812{:08},GOL_2,{office},ACTIVE", 10_000_000 + n);
        let _ = writeln!(subjects, "TUT-{n:06},{code},");
        for day in 1..=7 {
            let _ = writeln!(slots, "TUT-{n:06},{day},00:00,24:00");
        }
        let _ = writeln!(siswa, "SIS-{n:06},Siswa {n},{tingkat},REGULER,{office},Wali {n},0857{:08},ibu", 10_000_000 + n);
    }
    let mut prices = String::new();
    header(&mut prices, "tahun_ajaran,audience,subject,level,tingkat,segmentasi,golongan,amount_rp");
    for year in years {
        let _ = writeln!(prices, "{year},STUDENT,{code},,{tingkat},REGULER,,150000\n{year},TUTOR,{code},,{tingkat},REGULER,GOL_2,90000");
    }
    for (kind, csv) in [(Kind::Tutor, tutors), (Kind::TutorSubject, subjects), (Kind::Slot, slots), (Kind::Siswa, siswa), (Kind::Price, prices)] {
        let options = ImportOptions { dry_run: false, only_valid: false, now: app.engine.clock.now(), actor: actor.clone(), file: None };
        let report = import::import(app.engine.db.writer(), kind, csv.as_bytes(), &options).await.expect("an import");
        assert!(report.written, "{kind}: {:?}", report.errors.first());
    }
    Company { actor, siswa: ids(app, "siswa").await, tutors: ids(app, "tutor").await, subject: subject.try_get("", "id").expect("an id") }
}

fn header(csv: &mut String, line: &str) {
    csv.push_str(line);
    csv.push('\n');
}

async fn texts(app: &App, sql: &str) -> Vec<String> {
    let rows = db::rows(app.engine.db.reader(), sql, vec![]).await.expect("rows");
    rows.iter().map(|row| row.try_get_by_index(0).expect("a text")).collect()
}

async fn ids(app: &App, table: &str) -> Vec<Uuid> {
    let rows = db::rows(app.engine.db.reader(), &format!("SELECT id FROM {table} ORDER BY code"), vec![]).await.expect("rows");
    rows.iter().map(|row| row.try_get_by_index(0).expect("an id")).collect()
}

impl Company {
    /// Requests `count` sesi that do not overlap: every two hours of each tutor's day from midnight on, `days` from today.
    pub async fn request_ahead(&self, app: &Arc<App>, count: usize, days: i64) -> Vec<Uuid> {
        let midnight = app.engine.clock.now().with_timezone(&chrono_tz::Asia::Jakarta).date_naive().and_time(chrono::NaiveTime::MIN).and_utc();
        self.request(app, count, midnight - TimeDelta::hours(7) + TimeDelta::days(days)).await
    }

    /// Requests `count` sesi that do not overlap, the first of each tutor at `from`, one every two hours after.
    pub async fn request(&self, app: &Arc<App>, count: usize, from: DateTime<Utc>) -> Vec<Uuid> {
        let wanted = (0..count).map(|n| {
            let starts_at = from + TimeDelta::hours(2) * i32::try_from(n / self.tutors.len()).unwrap_or(i32::MAX);
            let place = n % self.tutors.len();
            json!({ "siswa_id": self.siswa[place], "tutor_id": self.tutors[place], "subject_id": self.subject, "starts_at": starts_at, "mode": "ONLINE" })
        });
        let requested = futures::stream::iter(wanted).map(|body| async move {
            let target = Target::New(new_id(app.engine.clock.now()));
            self.run(app, target, "request", body).await.id
        });
        requested.buffered(8).collect().await
    }

    /// Runs a command on a sesi; its reason stands in the body, as over HTTP.
    pub async fn run(&self, app: &App, target: Target, command: &str, mut body: Value) -> Outcome {
        let reason = body.as_object_mut().and_then(|fields| fields.remove("reason"));
        let command = AnyCommand { reason: reason.and_then(|reason| reason.as_str().map(str::to_owned)), ..AnyCommand::with(command, &body) };
        let request = Request::new("sesi", target, command.clone(), self.actor.clone());
        match app.engine.execute(&request).await {
            Ok(outcome) => outcome,
            Err(halt) => panic!("{}: {halt:?}", command.name),
        }
    }
}
