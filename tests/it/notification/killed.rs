//! The worker is killed while it sends: the mail server has the mail once, or a person is asked, but never twice.

use super::{new_user_in, sender};
use engine::clock::SystemClock;
use engine::execute::{Engine, Request, Target};
use engine::plan::AnyCommand;
use engine::policy::PolicyHost;
use proptest::prelude::Rng;
use proptest::test_runner::{RngAlgorithm, TestRng};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tests::database::{TestDb, on_postgres, on_sqlite};
use tests::program::Home;
use tests::smtp::MailServer;
use uuid::Uuid;
use worker::{ApalisAnnouncer, Wake};
use workflows::notification::{self, Mail};

/// What a killed worker held is taken over when its lease is over, after half a minute.
const PATIENCE: Duration = Duration::from_secs(120);
const BETWEEN: Duration = Duration::from_millis(50);
const MAILS: usize = 40;
const KILLS: usize = 6;

/// The program beside a mail server, both of this day.
struct Scene {
    database: TestDb,
    engine: Engine,
    home: Home,
    server: MailServer,
    rina: Uuid,
    _folder: TempDir,
}

impl Scene {
    async fn new(database: TestDb) -> Self {
        let server = MailServer::start();
        let folder = tempfile::tempdir().unwrap();
        let home = Home::new(&database.url, folder.path())
            .with("ALUR_SMTP_SERVER", format!("127.0.0.1:{}", server.port))
            .with("ALUR_SMTP_SECURITY", "none")
            .with("ALUR_SMTP_FROM", "Alur <alur@xprivate.education>");
        assert!(home.run(&["migrate"]).status.success());
        let clock = Arc::new(SystemClock);
        let announcer = Arc::new(ApalisAnnouncer::new(database.db.backend(), clock.clone(), Wake::new()));
        let engine = Engine::new(database.db.clone(), clock, Arc::new(workflows::registry()), Arc::new(PolicyHost::default()), announcer);
        let rina = new_user_in(&database, engine.clock.now(), ("Rina Wijaya", "rina@xprivate.education")).await;
        Self { database, engine, home, server, rina, _folder: folder }
    }

    async fn request(&self) -> Uuid {
        let now = self.engine.clock.now();
        let mail = Mail::to_user("welcome_user", self.rina, engine::id::new_id(now));
        self.engine.execute(&notification::by_system(&mail, now)).await.unwrap().id
    }

    async fn until(&self, id: Uuid, state: &str) {
        self.until_one_of(id, &[state]).await;
    }

    async fn until_one_of(&self, id: Uuid, states: &[&str]) -> String {
        let began = Instant::now();
        loop {
            let now = self.database.texts("SELECT state AS text FROM workflow_instance WHERE id = ?", vec![id.into()]).await.remove(0);
            if states.contains(&now.as_str()) {
                return now;
            }
            assert!(began.elapsed() < PATIENCE, "still {now} instead of {states:?}");
            tokio::time::sleep(BETWEEN).await;
        }
    }
}

async fn before_the_content(database: TestDb) {
    let mut scene = Scene::new(database).await;
    scene.server.behave("hang_at_recipient");
    let id = scene.request().await;
    let worker = scene.home.start("worker");
    scene.server.wait_for("recipient");
    worker.kill();
    scene.server.behave("well");
    let _worker = scene.home.start("worker");
    scene.until(id, "SENT").await;
    scene.server.only();
}

async fn between_the_server_and_our_mark(database: TestDb) {
    let mut scene = Scene::new(database).await;
    scene.server.behave("silent_after_content");
    let id = scene.request().await;
    let worker = scene.home.start("worker");
    scene.server.wait_for("mail");
    worker.kill();
    scene.server.behave("well");
    let _worker = scene.home.start("worker");
    scene.until(id, "UNCERTAIN").await;
    let first = scene.server.only();
    let tasks = scene.database.texts("SELECT name AS text FROM task WHERE instance_id = ? AND state = 'OPEN'", vec![id.into()]).await;
    assert_eq!(tasks, ["uncertain"]);
    // Only a person has it sent again, under the same mark.
    let again = AnyCommand::new("send_again").because("belum diterima");
    scene.engine.execute(&Request::new("notification", Target::Existing(id), again, sender())).await.unwrap();
    scene.until(id, "SENT").await;
    let marks: Vec<String> = scene.server.taken().iter().map(|mail| mail.header("message-id")).collect();
    assert_eq!(marks, [first.header("message-id"), first.header("message-id")]);
}

async fn after_the_mark(database: TestDb) {
    let scene = Scene::new(database).await;
    let id = scene.request().await;
    let worker = scene.home.start("worker");
    scene.until(id, "SENT").await;
    worker.kill();
    let _worker = scene.home.start("worker");
    // Whatever the new worker would do about the first one, it has done when it has sent the second one.
    let next = scene.request().await;
    scene.until(next, "SENT").await;
    let marks: Vec<String> = scene.server.taken().iter().map(|mail| mail.header("message-id")).collect();
    assert_eq!(marks, [id, next].map(|id| format!("<{id}@xprivate.education>")));
}

/// Whatever the moment: a mail that is SENT came once, one that is UNCERTAIN at most once, and there is no third end.
async fn at_any_moment(database: TestDb) {
    let mut scene = Scene::new(database).await;
    scene.server.behave("slow");
    let mut mails = vec![];
    for _ in 0..MAILS {
        mails.push(scene.request().await);
    }
    let mut chance = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    for _ in 0..KILLS {
        let worker = scene.home.start("worker");
        tokio::time::sleep(Duration::from_millis(200 + chance.next_u64() % 600)).await;
        worker.kill();
    }
    let _worker = scene.home.start("worker");
    // However unlucky the others were, nobody kills this one.
    mails.push(scene.request().await);
    let mut ends = vec![];
    for id in mails {
        let end = scene.until_one_of(id, &["SENT", "UNCERTAIN"]).await;
        let mark = format!("<{id}@xprivate.education>");
        let times = scene.server.taken().iter().filter(|mail| mail.header("message-id") == mark).count();
        assert!(times == 1 || (end == "UNCERTAIN" && times == 0), "{end} but taken {times} times");
        ends.push(end);
    }
    assert_eq!(ends.last().map(String::as_str), Some("SENT"), "{ends:?}");
    let tasks = scene.database.count("SELECT count(*) FROM task WHERE name = 'uncertain' AND state = 'OPEN'", vec![]).await;
    assert_eq!(usize::try_from(tasks), Ok(ends.iter().filter(|end| *end == "UNCERTAIN").count()));
}

macro_rules! on_both {
    ($($name:ident => $story:ident),+ $(,)?) => {$(
        mod $name {
            #[test]
            fn sqlite() {
                super::on_sqlite(super::$story);
            }

            #[test]
            fn postgres() {
                super::on_postgres(super::$story);
            }
        }
    )+};
}

on_both! {
    a_worker_killed_before_the_content_sends_it_once_when_it_is_back => before_the_content,
    a_worker_killed_before_it_noted_the_answer_leaves_the_question_to_a_person => between_the_server_and_our_mark,
    a_worker_killed_at_any_moment_sends_no_mail_twice => at_any_moment,
    a_worker_killed_after_it_noted_the_answer_does_not_send_again => after_the_mark,
}
