//! The same program as several API and worker processes on one Postgres, some of them killed under load.

use super::kill::{all_is_there_once, clients, settled};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;
use tests::browser::Browser;
use tests::company::Company;
use tests::database::{Fixture, TestDb, on_postgres};
use tests::program::{Home, Program};

const ROUNDS: usize = 6;

async fn api(home: &Home) -> Program {
    let mut program = home.start("api");
    program.ready(&Browser::new(&home.url())).await;
    program
}

async fn nobody_notices(database: TestDb) {
    let company = Company::on(database).await;
    let folder = tempfile::tempdir().unwrap();
    let first = Home::new(&company.db.url, folder.path());
    let second = first.beside();
    let first_api = api(&first).await;
    // Each process prints a link while nobody has signed in, and the newest counts.
    let browser = Browser::new(&first.url()).sign_in(&first_api.first_link()).await;
    let mut second_api = api(&second).await;
    let mut workers = [first.start("worker"), first.start("worker")].map(Some);
    let (over, acknowledged) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    // Signed in at the first, at work at both.
    let mut working = vec![];
    for browser in [browser.clone(), browser.at(&second.url())] {
        working.extend(clients(&company, &browser, &over, &acknowledged).await.into_iter().map(|client| tokio::spawn(client.work())));
    }
    for round in 0..ROUNDS {
        tokio::time::sleep(Duration::from_millis(400)).await;
        let worker = &mut workers[round % 2];
        worker.take().unwrap().kill();
        *worker = Some(first.start("worker"));
        second_api.kill();
        second_api = api(&second).await;
    }
    over.store(true, Ordering::SeqCst);
    for client in working {
        client.await.unwrap();
    }
    all_is_there_once(&company, acknowledged.load(Ordering::SeqCst)).await;
    settled(&company).await;
    for check in [["workflow", "verify", "--json"], ["ledger", "check", "--json"], ["audit", "verify", "--json"]] {
        let output = first.run(&check);
        assert!(output.status.success(), "{check:?}: {}", String::from_utf8_lossy(&output.stdout));
    }
}

#[test]
fn two_apis_and_two_workers_on_one_postgres_lose_and_double_nothing() {
    on_postgres(nobody_notices);
}
