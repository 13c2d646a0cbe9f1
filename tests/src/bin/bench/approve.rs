//! One command over HTTP: approving a sesi, by one client and by thirty-two.

use super::company::Company;
use super::percentiles;
use api::app::App;
use api::auth::{account, link};
use engine::actor::Actor;
use reqwest::Client;
use reqwest::header::{COOKIE, SET_COOKIE};
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use uuid::Uuid;

const BY_ONE: usize = 500;
const BY_MANY: usize = 6_400;
const CLIENTS: usize = 32;

/// A signed-in browser, as far as HTTP is concerned.
pub struct SignedIn {
    pub base: String,
    pub cookie: String,
    pub csrf: String,
}

pub async fn measure(app: &Arc<App>, company: &Company) -> Value {
    let signed_in = Arc::new(sign_in(app).await);
    let warm_up = company.request_ahead(app, BY_ONE / 5, 2).await;
    let ids = company.request_ahead(app, BY_ONE + BY_MANY, 3).await;
    by_clients(&signed_in, 1, &warm_up).await;
    let one = by_clients(&signed_in, 1, &ids[..BY_ONE]).await;
    let many = by_clients(&signed_in, CLIENTS, &ids[BY_ONE..]).await;
    json!({ "clients_1": one, "clients_32": many })
}

/// Serves the program in this process and signs in as an owner of it by a one-time link.
pub async fn sign_in(app: &Arc<App>) -> SignedIn {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let base = format!("http://{}", listener.local_addr().expect("an address"));
    let service = api::router::router(app.clone()).into_make_service_with_connect_info::<std::net::SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, service).await });
    let (db, email) = (&app.engine.db, "owner@xprivate.education");
    account::ensure(db, (email, "Owner"), "OWNER", app.engine.clock.now()).await.expect("an account");
    let owner = account::by_email(db.reader(), email).await.expect("read the account").expect("an account");
    let link = link::create(app, &owner, &Actor::system()).await.expect("a link");
    let token = link.rsplit('#').next().expect("a token").trim().to_owned();
    let answer = Client::new().post(format!("{base}/api/v1/session/link")).json(&json!({ "token": token })).send().await.expect("an answer");
    let cookie = answer.headers()[SET_COOKIE].to_str().expect("a cookie").split(';').next().expect("a cookie").to_owned();
    let session: Value = answer.json().await.expect("a session");
    SignedIn { base, cookie, csrf: session["csrf_token"].as_str().expect("a token").to_owned() }
}

async fn by_clients(signed_in: &Arc<SignedIn>, clients: usize, ids: &[Uuid]) -> Value {
    let queue = Arc::new(Mutex::new(ids.iter().copied().collect::<VecDeque<Uuid>>()));
    let began = Instant::now();
    let tasks: Vec<_> = (0..clients).map(|_| tokio::spawn(client(signed_in.clone(), queue.clone()))).collect();
    let (mut latencies, mut failed) = (vec![], 0);
    for task in tasks {
        let (mine, not) = task.await.expect("a client");
        latencies.extend(mine);
        failed += not;
    }
    let mut answer = percentiles(latencies);
    answer["per_second"] = json!((ids.len() as f64 / began.elapsed().as_secs_f64()).round());
    answer["failed"] = json!(failed);
    answer
}

async fn client(signed_in: Arc<SignedIn>, queue: Arc<Mutex<VecDeque<Uuid>>>) -> (Vec<Duration>, u32) {
    let http = Client::new();
    let (mut latencies, mut failed) = (vec![], 0);
    loop {
        let Some(id) = queue.lock().expect("the queue").pop_front() else { return (latencies, failed) };
        let began = Instant::now();
        let answer = http
            .post(format!("{}/api/v1/workflows/sesi/{id}/commands/approve", signed_in.base))
            .header(COOKIE, &signed_in.cookie)
            .header("X-CSRF-Token", &signed_in.csrf)
            .header("Idempotency-Key", id.to_string())
            .json(&json!({}))
            .send()
            .await
            .expect("an answer");
        let ok = answer.status().is_success();
        let text = answer.text().await.expect("a body");
        latencies.push(began.elapsed());
        if !ok {
            failed += 1;
            eprintln!("{text}");
        }
    }
}
