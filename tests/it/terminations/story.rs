//! What the stories of terminations have in common.

use chrono::TimeDelta;
use engine::plan::AnyCommand;
use serde_json::{Value, json};
use tests::app::TestApp;
use tests::browser::{Answer, Browser};
use tests::program::Home;
use uuid::Uuid;

pub const TERMINATIONS: &str = "/api/v1/terminations";

/// A sesi of so many days later that was held and validated: 90.000 for the tutor. The clock stands at its end.
pub async fn earned(app: &TestApp, day: i64) -> Uuid {
    let lesson = app.company.lesson();
    let starts_at = lesson.starts_at + TimeDelta::days(day);
    app.company.completed(&lesson.at(starts_at)).await
}

/// A sesi of so many days later that the tutor cancelled two hours before: a denda of 45.000 and a strike.
pub async fn left(app: &TestApp, day: i64) -> Uuid {
    let lesson = app.company.lesson();
    let starts_at = lesson.starts_at + TimeDelta::days(day);
    let id = app.company.approved(&lesson.at(starts_at)).await;
    app.company.clock.set(starts_at - TimeDelta::hours(2));
    app.company.done(id, AnyCommand::with("cancel", &json!({ "party": "TUTOR" })).because("berhalangan")).await;
    id
}

pub fn wish(app: &TestApp) -> Value {
    json!({ "tutor_id": app.company.tutor_id, "reason": "Berulang kali membatalkan" })
}

/// Decided by HR; the id of the termination.
pub async fn decided(app: &TestApp, hr: &Browser) -> Uuid {
    id(&hr.post(TERMINATIONS, &wish(app)).await.well())
}

pub fn id(answer: &Value) -> Uuid {
    answer["id"].as_str().unwrap().parse().unwrap()
}

pub async fn ask(browser: &Browser, workflow: &str, id: Uuid, name: &str, body: Value) -> Answer {
    browser.post(&format!("/api/v1/workflows/{workflow}/{id}/commands/{name}"), &body).await
}

/// A command to a termination.
pub async fn tell(browser: &Browser, id: Uuid, name: &str, body: Value) -> Answer {
    ask(browser, "termination", id, name, body).await
}

pub fn transfer(day: &str) -> Value {
    json!({ "moved_on": day, "method": "TRANSFER", "reference": "TRX-1" })
}

pub async fn shown(browser: &Browser, id: Uuid) -> Value {
    browser.get(&format!("{TERMINATIONS}/{id}")).await.well()
}

/// Each step of the checklist with its state.
pub async fn steps(browser: &Browser, id: Uuid) -> Vec<String> {
    let view = shown(browser, id).await;
    let steps = view["checklist"].as_array().unwrap().iter();
    steps.map(|step| format!("{} {}", step["name"].as_str().unwrap(), step["state"].as_str().unwrap())).collect()
}

/// Every revision: number, due, claim, status; the one that stands first.
pub async fn revisions(browser: &Browser, id: Uuid) -> Vec<(i64, i64, i64, String)> {
    let view = shown(browser, id).await;
    let all = view["settlements"].as_array().unwrap().iter();
    let number = |value: &Value| value.as_i64().unwrap();
    all.map(|one| (number(&one["revision"]), number(&one["due_rp"]), number(&one["claim_rp"]), one["status"].as_str().unwrap().to_owned())).collect()
}

pub fn revision(number: i64, due_rp: i64, claim_rp: i64, status: &str) -> (i64, i64, i64, String) {
    (number, due_rp, claim_rp, status.into())
}

pub fn fault(answer: &Answer) -> String {
    let fault = &answer.body["fields"][0];
    format!("{} {} {}", answer.problem(), fault["field"].as_str().unwrap_or("-"), fault["code"].as_str().unwrap_or("-"))
}

/// The codes of what stands in the way, by kind.
pub fn blocking(answer: &Answer) -> Vec<String> {
    let all = answer.body["blocking"].as_array().unwrap().iter();
    all.map(|one| format!("{} {}", one["kind"].as_str().unwrap(), one["code"].as_str().unwrap())).collect()
}

pub async fn tutor_status(app: &TestApp) -> String {
    app.company.db.texts("SELECT status AS text FROM tutor WHERE id = ?", vec![app.company.tutor_id.into()]).await.remove(0)
}

/// What an account holds for the tutor: above zero in their favour.
pub async fn account(app: &TestApp, code: &str) -> i64 {
    let sql = "SELECT coalesce(sum(-amount_rp), 0) FROM posting WHERE account = ? AND party_id = ?";
    app.company.db.count(sql, vec![code.into(), app.company.tutor_id.into()]).await
}

/// A claim about the penalty of a sesi, filed and rejected by the operator.
pub async fn claim(app: &TestApp, operator: &Browser, sesi: Uuid) -> Uuid {
    let body = json!({ "sesi_id": sesi, "tutor_id": app.company.tutor_id, "category": "SAKIT", "story": "Demam tinggi" });
    id(&operator.post("/api/v1/fm-claims", &body).await.well())
}

/// Books, documents and histories agree, and the program's own checks say so.
pub async fn sound(app: &TestApp) {
    assert_eq!(app.company.faults().await, Vec::<String>::new());
    let folder = tempfile::tempdir().unwrap();
    let home = Home::new(&app.company.db.url, folder.path());
    for check in [["ledger", "check", "--json"], ["workflow", "verify", "--json"], ["audit", "verify", "--json"]] {
        let output = home.run(&check);
        assert!(output.status.success(), "{check:?}: {}", String::from_utf8_lossy(&output.stdout));
    }
}
