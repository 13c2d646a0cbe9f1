//! The server in this process on a port of its own, with a manual clock and people of every role.

use crate::browser::Browser;
use crate::company::Company;
use crate::database::{Fixture, TestDb};
use api::app::App;
use api::auth::{account, link};
use api::config::{Config, Database, Server, Storage};
use engine::actor::Actor;
use std::net::SocketAddr;
use std::sync::Arc;
use tempfile::TempDir;
use tokio::net::TcpListener;
use worker::DrainReport;

pub struct TestApp {
    pub company: Company,
    pub app: Arc<App>,
    pub url: String,
    _folder: TempDir,
}

impl Fixture for TestApp {
    async fn on(database: TestDb) -> Self {
        Self::with(database, Storage::default()).await
    }

    /// No job is left behind, whatever the test did.
    async fn end(&self) {
        let left = self.company.db.texts("SELECT kind || ' ' || state AS text FROM job WHERE state IN ('PENDING','RUNNING','DEAD')", vec![]).await;
        assert!(left.is_empty(), "jobs are left: {left:?}; drain them");
    }
}

impl TestApp {
    /// The server, with its documents in this place.
    pub async fn with(database: TestDb, storage: Storage) -> Self {
        Self::configured(database, |config| config.storage = storage).await
    }

    /// The server, with its settings changed before it starts.
    pub async fn configured(database: TestDb, change: impl FnOnce(&mut Config)) -> Self {
        let company = Company::on(database).await;
        let folder = tempfile::tempdir().expect("make a folder");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("bind a port");
        let listen = listener.local_addr().expect("read the port");
        let mut config = Config {
            // The clock stands still, so nobody's share of requests would ever come back.
            server: Server { listen, requests_per_minute: 0, ..Server::default() },
            database: Database { url: Some(company.db.url.clone()), folder: folder.path().into(), migrate: true },
            ..Config::default()
        };
        change(&mut config);
        let app = App::build(config, company.clock.clone()).await.expect("build the app");
        serve(listener, app.clone());
        Self { company, app, url: format!("http://{listen}"), _folder: folder }
    }

    /// The address of another process on the same database.
    pub async fn another_process(&self) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("bind a port");
        let listen = listener.local_addr().expect("read the port");
        let mut config = self.app.config.clone();
        config.server.listen = listen;
        serve(listener, App::build(config, self.company.clock.clone()).await.expect("build the app"));
        format!("http://{listen}")
    }

    /// Somebody with this role, signed in.
    pub async fn signed_in_as(&self, role: &str) -> Browser {
        let link = self.link(role).await;
        let browser = self.nobody();
        browser.sign_in(&link).await
    }

    /// Somebody who is not signed in.
    pub fn nobody(&self) -> Browser {
        Browser::new(&self.url)
    }

    /// A one-time sign-in link for an account with this role.
    pub async fn link(&self, role: &str) -> String {
        let email = format!("{}@xprivate.education", role.to_lowercase());
        let (db, now) = (&self.app.engine.db, self.company.now());
        account::ensure(db, (&email, role), role, now).await.expect("make an account");
        let account = account::by_email(db.reader(), &email).await.expect("read the account").expect("an account");
        link::create(&self.app, &account, &Actor::system()).await.expect("make a link")
    }

    /// Carries out everything that is due, with the handlers of production.
    pub async fn drain(&self) -> DrainReport {
        worker::drain(&self.app.engine, worker::handlers(&self.app.deps())).await.expect("drain")
    }
}

fn serve(listener: TcpListener, app: Arc<App>) {
    let service = api::router::router(app).into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, service).await });
}
