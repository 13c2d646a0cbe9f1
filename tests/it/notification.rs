//! Mails (SPEC NOT-1, NOT-2): asked for once, sent once, tried again, and put before a person when nobody can know.

mod killed;
mod sending;
mod trouble;

use api::config::Smtp;
use chrono::{DateTime, TimeDelta, Utc};
use engine::actor::Actor;
use engine::execute::{Request, Target};
use engine::plan::AnyCommand;
use engine::refusal::Halt;
use engine::view::Outcome;
use std::sync::{Mutex, MutexGuard};
use tests::app::TestApp;
use tests::company::person;
use tests::database::{Fixture, TestDb};
use tests::smtp::MailServer;
use uuid::Uuid;
use workflows::notification::{self, Mail};

/// The server with a mail server beside it, and somebody to write to.
pub struct Mailing {
    pub app: TestApp,
    server: Mutex<MailServer>,
    pub rina: Uuid,
}

impl Fixture for Mailing {
    async fn on(database: TestDb) -> Self {
        let server = MailServer::start();
        let smtp = smtp(server.port);
        let app = TestApp::configured(database, |config| config.smtp = smtp).await;
        let rina = new_user(&app, "Rina Wijaya", "rina@xprivate.education").await;
        Self { app, server: Mutex::new(server), rina }
    }

    async fn end(&self) {
        assert_eq!(self.app.company.faults().await, Vec::<String>::new());
        self.app.end().await;
    }
}

/// The settings of a mail server on this machine.
pub fn smtp(port: u16) -> Smtp {
    Smtp { server: Some(format!("127.0.0.1:{port}")), security: Some("none".into()), from: Some("Alur <alur@xprivate.education>".into()), ..Smtp::default() }
}

/// Somebody with an account, whatever their name and address.
pub async fn new_user(app: &TestApp, name: &str, address: &str) -> Uuid {
    new_user_in(&app.company.db, app.company.now(), (name, address)).await
}

pub async fn new_user_in(database: &TestDb, now: DateTime<Utc>, (name, address): (&str, &str)) -> Uuid {
    let id = engine::id::new_id(now);
    let sql = "INSERT INTO user_account (id, email, name, user_type, account_state, created_at) VALUES (?,?,?,'ADMIN','ACTIVE',?)";
    database.run(sql, vec![id.into(), address.into(), name.into(), now.into()]).await;
    id
}

/// Somebody who may send mails.
pub fn sender() -> Actor {
    person(1, "Sari", &["notification.send"])
}

impl Mailing {
    pub fn server(&self) -> MutexGuard<'_, MailServer> {
        self.server.lock().unwrap()
    }

    /// A welcome to Rina.
    pub fn welcome(&self) -> Mail {
        Mail::to_user("welcome_user", self.rina, self.app.company.new_id())
    }

    /// As whoever sends such mails: a person, or for a password reset the program.
    pub async fn try_request(&self, mail: &Mail) -> Result<Outcome, Halt> {
        let now = self.app.company.now();
        let by_hand = mail.template != "password_reset";
        let request = if by_hand { notification::by_person(mail, sender(), now) } else { notification::by_system(mail, now) };
        self.app.app.engine.execute(&request).await
    }

    pub async fn request(&self, mail: &Mail) -> Uuid {
        self.try_request(mail).await.unwrap_or_else(|halt| panic!("{halt:?}")).id
    }

    pub async fn command(&self, id: Uuid, command: AnyCommand) -> Outcome {
        let name = command.name.clone();
        let request = Request::new("notification", Target::Existing(id), command, sender());
        self.app.app.engine.execute(&request).await.unwrap_or_else(|halt| panic!("{name}: {halt:?}"))
    }

    /// `STATE problem`, and the open tasks.
    pub async fn stands(&self, id: Uuid) -> (String, Vec<String>) {
        let db = &self.app.company.db;
        let sql =
            "SELECT trim(i.state || ' ' || coalesce(n.problem, '')) AS text FROM workflow_instance i JOIN notification_log n ON n.id = i.id WHERE i.id = ?";
        let state = db.texts(sql, vec![id.into()]).await.remove(0);
        (state, db.texts("SELECT name AS text FROM task WHERE instance_id = ? AND state = 'OPEN'", vec![id.into()]).await)
    }

    /// Asserts where a mail stands.
    pub async fn is(&self, id: Uuid, state: &str, tasks: &[&str]) {
        assert_eq!(self.stands(id).await, (state.to_owned(), tasks.iter().map(|task| (*task).to_owned()).collect()));
    }

    pub async fn drain(&self) {
        self.app.drain().await;
    }

    /// Carries out what falls due within this time.
    pub async fn after(&self, time: TimeDelta) {
        self.app.company.clock.advance(time);
        self.drain().await;
    }

    pub async fn detail(&self, id: Uuid) -> String {
        self.app.company.db.texts("SELECT coalesce(problem_detail, '') AS text FROM notification_log WHERE id = ?", vec![id.into()]).await.remove(0)
    }
}
