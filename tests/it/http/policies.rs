//! The policy studio: from a draft to the version in force, by two people and the clock (SPEC POL-1 to POL-6).

use chrono::{DateTime, TimeDelta, Utc};
use reqwest::Method;
use serde_json::{Value, json};
use tests::app::TestApp;
use tests::both_databases;
use tests::browser::{Answer, Browser, send};
use uuid::Uuid;

const KIND: &str = "cancellation.siswa";
const DRAFTS: &str = "/api/v1/policy-publications";

/// A draft, and who is at it.
pub(super) struct Draft<'a> {
    app: &'a TestApp,
    id: String,
}

impl<'a> Draft<'a> {
    pub(super) async fn begun(app: &'a TestApp, author: &Browser, kind: &str) -> Self {
        let outcome = author.post(DRAFTS, &json!({ "kind": kind })).await.well();
        Self { app, id: outcome["id"].as_str().unwrap().to_owned() }
    }

    async fn shown(&self, who: &Browser) -> Value {
        who.get(&format!("{DRAFTS}/{}", self.id)).await.well()
    }

    fn path(&self, command: &str) -> String {
        format!("/api/v1/workflows/policy_publication/{}/commands/{command}", self.id)
    }

    pub(super) async fn run(&self, who: &Browser, command: &str, body: Value) -> Answer {
        who.post(&self.path(command), &body).await
    }

    /// Saves its content with something changed, as of the revision shown.
    pub(super) async fn saved(&self, who: &Browser, change: impl FnOnce(&mut Value)) -> Answer {
        let shown = self.shown(who).await;
        let mut body = json!({ "reason": "uji coba", "effective_from": shown["effective_from"] });
        for field in ["script", "params", "tests"] {
            body[field] = shown[field].clone();
        }
        change(&mut body);
        self.save(who, &body, shown["revision"].as_i64().unwrap()).await
    }

    async fn save(&self, who: &Browser, body: &Value, revision: i64) -> Answer {
        let request = who.request(Method::POST, &self.path("save")).header("X-CSRF-Token", &who.csrf);
        send(request.header("Idempotency-Key", Uuid::new_v4().to_string()).header("If-Match", format!("\"{revision}\"")).json(body)).await
    }

    async fn version(&self, number: i64) -> String {
        let sql = "SELECT state AS text FROM policy_version WHERE kind = ? AND number = ?";
        self.app.company.db.texts(sql, vec![KIND.into(), number.into()]).await.concat()
    }
}

/// The siswa pays 30 % instead of 25 % below four hours, and the saved tests say so.
pub(super) fn dearer(body: &mut Value) {
    body["params"]["brackets"][2]["charge_pct_siswa"] = json!(30);
    for test in body["tests"].as_array_mut().unwrap() {
        if test["output"]["charge_pct"] == 25 {
            let whole = test["input"]["tagihan_rp"].as_i64().unwrap();
            test["output"]["charge_pct"] = json!(30);
            test["output"]["charge_rp"] = json!((whole * 30 + 50) / 100);
        }
    }
}

fn from(body: &mut Value, at: DateTime<Utc>) {
    dearer(body);
    body["effective_from"] = json!(at);
}

/// Something done to a draft before it is saved.
type Edit = fn(&mut Value);

/// `field code` of each fault, in order.
fn faults(answer: &Answer) -> Vec<String> {
    let all = answer.body["fields"].as_array().unwrap().iter();
    all.map(|fault| format!("{} {}", fault["field"].as_str().unwrap(), fault["code"].as_str().unwrap())).collect()
}

async fn frozen(app: &TestApp, id: Uuid) -> i64 {
    app.company.sesi(id).await.cancellation_siswa_version.unwrap()
}

pub(super) async fn people(app: &TestApp) -> (Browser, Browser) {
    (app.signed_in_as("FINANCE").await, app.signed_in_as("SENIOR_ADMIN").await)
}

both_databases! {
    async fn a_draft_becomes_the_version_in_force_at_its_instant_and_not_a_second_before(app: TestApp) {
        let (author, senior) = people(app).await;
        let company = &app.company;
        let begins_at = company.now() + TimeDelta::hours(2);
        let draft = Draft::begun(app, &author, KIND).await;
        draft.saved(&author, |body| from(body, begins_at)).await.well();
        assert_eq!(draft.run(&author, "submit", json!({})).await.well()["state"], "IN_REVIEW");
        assert_eq!(draft.version(2).await, "IN_REVIEW");
        let task = senior.get("/api/v1/tasks?filter[workflow]=policy_publication").await.well();
        assert_eq!(task["items"][0]["name"], "approve", "{task}");
        assert_eq!(draft.run(&senior, "approve", json!({})).await.well()["state"], "SCHEDULED");
        let kind = author.get(&format!("/api/v1/policies/{KIND}")).await.well();
        assert_eq!((&kind["in_force"]["number"], &kind["next"]["number"]), (&json!(1), &json!(2)));

        let (one, other) = (company.requested(&company.lesson()).await, company.requested(&company.lesson().at(company.lesson().ends_at())).await);
        company.clock.set(begins_at - TimeDelta::seconds(1));
        company.done(one, engine::plan::AnyCommand::new("approve")).await;
        // No worker has run: the version takes over by its instant, not by the timer.
        company.clock.set(begins_at);
        company.done(other, engine::plan::AnyCommand::new("approve")).await;
        assert_eq!((frozen(app, one).await, frozen(app, other).await), (1, 2));
        assert_eq!((draft.version(1).await, draft.version(2).await), ("ACTIVE".into(), "ACTIVE".into()));
        app.drain().await;
        assert_eq!((draft.version(1).await, draft.version(2).await), ("SUPERSEDED".into(), "ACTIVE".into()));
        let senior = app.signed_in_as("SENIOR_ADMIN").await;
        assert_eq!(draft.shown(&senior).await["state"], "PUBLISHED");

        let preview = json!({ "party": "SISWA", "reason": "sakit" });
        company.clock.set(company.lesson().starts_at - TimeDelta::hours(3));
        let senior = app.signed_in_as("SENIOR_ADMIN").await;
        for (sesi, charge) in [(one, 37_500), (other, 45_000)] {
            company.clock.set(company.sesi(sesi).await.starts_at - TimeDelta::hours(3));
            let shown = senior.post(&format!("{}/preview", tests::browser::command_path(sesi, "cancel")), &preview).await.well();
            let charged = shown["decisions"][0]["output"]["charge_rp"].as_i64();
            assert_eq!(charged, Some(charge), "{shown}");
        }
        assert_eq!(company.faults().await, Vec::<String>::new());
    }

    async fn nobody_who_had_a_hand_in_a_draft_approves_it_alone_or_in_bulk(app: TestApp) {
        let (author, helper, senior) = (app.signed_in_as("OWNER").await, app.signed_in_as("FINANCE").await, app.signed_in_as("SENIOR_ADMIN").await);
        let draft = Draft::begun(app, &author, KIND).await;
        draft.saved(&senior, dearer).await.well();
        draft.saved(&author, |body| body["reason"] = json!("lebih jelas")).await.well();
        draft.run(&helper, "submit", json!({})).await.well();
        assert_eq!(draft.run(&author, "approve", json!({})).await.problem(), "403 four_eyes");
        assert_eq!(draft.run(&senior, "approve", json!({})).await.problem(), "422 policy_own_draft", "an earlier editor");
        assert_eq!(draft.run(&helper, "approve", json!({})).await.problem(), "403 forbidden");
        for (who, code) in [(&author, "four_eyes"), (&senior, "policy_own_draft")] {
            let bulk = who.post("/api/v1/workflows/policy_publication/commands/approve/bulk", &json!({ "ids": [draft.id], "body": {} })).await.well();
            assert_eq!(bulk["results"][0]["problem"]["code"], code);
        }
        assert_eq!((draft.version(1).await, draft.version(2).await), ("ACTIVE".into(), "IN_REVIEW".into()));
    }

    async fn two_who_save_at_once_do_not_overwrite_each_other(app: TestApp) {
        let (one, other) = people(app).await;
        let draft = Draft::begun(app, &one, KIND).await;
        let shown = draft.shown(&one).await;
        let revision = shown["revision"].as_i64().unwrap();
        let body = |reason: &str| json!({ "script": shown["script"], "params": shown["params"], "tests": shown["tests"], "reason": reason });
        let answers = futures::future::join(draft.save(&one, &body("yang satu"), revision), draft.save(&other, &body("yang lain"), revision)).await;
        let (well, stale) = if answers.0.status == 200 { answers } else { (answers.1, answers.0) };
        assert_eq!((well.status, stale.problem().as_str()), (200, "412 stale_revision"));
        assert_eq!(stale.body["params"]["revision"], json!(revision + 1));
        assert_eq!(app.company.db.count("SELECT count(*) FROM workflow_history WHERE command = 'save'", vec![]).await, 1);
    }

    async fn a_draft_that_is_not_ready_is_refused_with_each_fault_at_its_place(app: TestApp) {
        let (author, _) = people(app).await;
        let draft = Draft::begun(app, &author, KIND).await;
        assert_eq!(draft.run(&author, "submit", json!({})).await.problem(), "422 policy_unchanged");
        let submitted = async |change: Edit| {
            draft.saved(&author, change).await.well();
            draft.run(&author, "submit", json!({})).await
        };
        let cases: [(Edit, &[&str]); 8] = [
            (|body| body["script"] = json!("fn decide(input, params) {\n  let a = ;\n}"), &["script does_not_compile"]),
            (|body| body["params"]["brackets"][1]["threshold_hours"] = json!(1), &["params.brackets[1].threshold_hours bracket_overlap"]),
            (|body| body["params"]["brackets"][1]["threshold_hours"] = json!(5), &["params.brackets[2].threshold_hours bracket_unsorted"]),
            (|body| body["params"]["brackets"][0]["charge_pct_siswa"] = json!(101), &["params.brackets[0].charge_pct_siswa out_of_range"]),
            (|body| body["params"]["brackets"] = json!([]), &["params.brackets bracket_none"]),
            (|body| { dearer(body); body["tests"][0]["output"]["charge_rp"] = json!(7); }, &["tests[0] test_failed"]),
            (|body| { dearer(body); body["tests"] = json!([]); }, &["tests no_tests"]),
            (|body| { dearer(body); body["reason"] = json!(" "); body["effective_from"] = json!("2026-11-21T01:59:59Z"); }, &["reason required", "effective_from in_past"]),
        ];
        for (change, expected) in cases {
            // Each begins anew with the content in force.
            let fresh = Draft::begun(app, &author, KIND).await.shown(&author).await;
            let answer = {
                let shown = draft.shown(&author).await;
                let reset = json!({ "script": fresh["script"], "params": fresh["params"], "tests": fresh["tests"], "reason": "dari awal" });
                draft.save(&author, &reset, shown["revision"].as_i64().unwrap()).await.well();
                submitted(change).await
            };
            assert_eq!((answer.problem().as_str(), faults(&answer)), ("422 policy_not_ready", expected.iter().map(|fault| (*fault).to_owned()).collect()));
            if expected[0].starts_with("script") {
                assert_eq!((&answer.body["fields"][0]["params"]["line"], &answer.body["fields"][0]["params"]["column"]), (&json!(2), &json!(11)));
            }
        }
        assert_eq!(draft.version(2).await, "", "nothing was submitted");
    }

    async fn what_is_under_way_can_be_sent_back_rejected_withdrawn_and_called_off(app: TestApp) {
        let (author, senior) = people(app).await;
        let draft = Draft::begun(app, &author, KIND).await;
        let later = app.company.now() + TimeDelta::hours(1);
        draft.saved(&author, |body| from(body, later)).await.well();
        draft.run(&author, "submit", json!({})).await.well();
        assert_eq!(draft.run(&senior, "send_back", json!({})).await.problem(), "422 invalid", "a reason is required");
        draft.run(&senior, "send_back", json!({ "reason": "tambah contoh" })).await.well();
        let shown = draft.shown(&author).await;
        assert_eq!((&shown["state"], &shown["number"], &shown["decision_reason"]), (&json!("DRAFT"), &Value::Null, &json!("tambah contoh")));
        assert_eq!(draft.version(2).await, "REJECTED");
        draft.run(&author, "submit", json!({})).await.well();
        draft.run(&senior, "approve", json!({})).await.well();
        assert_eq!(draft.version(3).await, "ACTIVE");
        assert_eq!(draft.run(&author, "call_off", json!({ "reason": "salah" })).await.problem(), "403 forbidden");
        draft.run(&senior, "call_off", json!({ "reason": "salah bulan" })).await.well();
        assert_eq!((draft.version(3).await, draft.version(1).await), ("REJECTED".into(), "ACTIVE".into()));
        app.company.clock.set(later + TimeDelta::seconds(1));
        app.drain().await;
        let (author, senior) = people(app).await;
        assert_eq!(author.get(&format!("/api/v1/policies/{KIND}")).await.well()["in_force"]["number"], 1, "what was called off never comes into force");

        let rejected = Draft::begun(app, &author, KIND).await;
        rejected.saved(&author, dearer).await.well();
        rejected.run(&author, "submit", json!({})).await.well();
        rejected.run(&senior, "reject", json!({ "reason": "tidak perlu" })).await.well();
        let withdrawn = Draft::begun(app, &author, KIND).await;
        withdrawn.saved(&author, dearer).await.well();
        withdrawn.run(&author, "submit", json!({})).await.well();
        withdrawn.run(&author, "withdraw", json!({})).await.well();
        assert_eq!((rejected.version(4).await, withdrawn.version(5).await), ("REJECTED".into(), "REJECTED".into()));
        assert_eq!(app.company.faults().await, Vec::<String>::new());
    }

    async fn a_version_in_force_can_no_longer_be_called_off(app: TestApp) {
        let (author, senior) = people(app).await;
        let begins_at = app.company.now() + TimeDelta::minutes(10);
        let draft = Draft::begun(app, &author, KIND).await;
        draft.saved(&author, |body| from(body, begins_at)).await.well();
        draft.run(&author, "submit", json!({})).await.well();
        draft.run(&senior, "approve", json!({})).await.well();
        // The timer has not fired yet, but sesi are already approved by it.
        app.company.clock.set(begins_at);
        assert_eq!(draft.run(&senior, "call_off", json!({ "reason": "terlambat" })).await.problem(), "422 policy_in_force");
        app.drain().await;
    }

    async fn a_draft_that_would_undo_a_version_published_meanwhile_is_refused_until_it_names_that_one(app: TestApp) {
        let (author, senior) = people(app).await;
        let (first, second) = (Draft::begun(app, &author, KIND).await, Draft::begun(app, &author, KIND).await);
        let in_review = Draft::begun(app, &author, KIND).await;
        for draft in [&first, &in_review] {
            draft.saved(&author, dearer).await.well();
            draft.run(&author, "submit", json!({})).await.well();
        }
        assert_eq!(first.run(&senior, "approve", json!({})).await.well()["state"], "PUBLISHED", "at once when no day is asked for");
        assert_eq!((first.version(1).await, first.version(2).await), ("SUPERSEDED".into(), "ACTIVE".into()));
        assert_eq!(in_review.run(&senior, "approve", json!({})).await.problem(), "422 base_outdated");
        let much = |body: &mut Value| {
            dearer(body);
            body["params"]["brackets"][0]["honor_pct_tutor"] = json!(99);
            body["tests"] = json!([body["tests"][0]]);
            let honorarium = body["tests"][0]["input"]["honorarium_rp"].as_i64().unwrap();
            if body["tests"][0]["output"]["honor_pct"] == 100 {
                body["tests"][0]["output"]["honor_pct"] = json!(99);
                body["tests"][0]["output"]["honor_rp"] = json!((honorarium * 99 + 50) / 100);
            }
        };
        second.saved(&author, much).await.well();
        let refused = second.run(&author, "submit", json!({})).await;
        assert_eq!((refused.problem().as_str(), faults(&refused)), ("422 base_outdated", vec!["base_number base_outdated".to_owned()]));
        assert_eq!((&second.shown(&author).await["base_number"], &second.shown(&author).await["predecessor_number"]), (&json!(1), &json!(2)));
        second.saved(&author, |body| body["base_number"] = json!(2)).await.well();
        second.run(&author, "submit", json!({})).await.well();
        assert_eq!(app.company.faults().await, Vec::<String>::new());
    }

    async fn what_was_reviewed_never_changes_and_an_older_version_can_be_gone_back_to(app: TestApp) {
        let (author, senior) = people(app).await;
        let draft = Draft::begun(app, &author, KIND).await;
        draft.saved(&author, dearer).await.well();
        draft.run(&author, "submit", json!({})).await.well();
        draft.run(&senior, "approve", json!({})).await.well();
        for sql in ["UPDATE policy_version SET script = 'x' WHERE number = 2", "UPDATE policy_version SET tests = '[]' WHERE number = 2", "DELETE FROM policy_version WHERE number = 2"] {
            assert!(app.company.db.try_run(sql, vec![]).await.unwrap_err().contains("policy_version_immutable"), "{sql}");
        }
        let back = author.post(DRAFTS, &json!({ "kind": KIND, "from_number": 1 })).await.well();
        let back = Draft { app, id: back["id"].as_str().unwrap().to_owned() };
        let shown = back.shown(&author).await;
        assert_eq!((&shown["base_number"], &shown["params"]["brackets"][2]["charge_pct_siswa"]), (&json!(2), &json!(25)));
        back.saved(&author, |_| {}).await.well();
        back.run(&author, "submit", json!({})).await.well();
        let audit = app.company.db.count("SELECT count(*) FROM audit_record WHERE entity_type = 'policy_publication'", vec![]).await;
        let steps = app.company.db.count("SELECT count(*) FROM workflow_history h JOIN workflow_instance i ON i.id = h.instance_id WHERE i.workflow = 'policy_publication'", vec![]).await;
        assert_eq!(audit, steps, "every step has its audit record");
        assert_eq!(author.post(DRAFTS, &json!({ "kind": "weather" })).await.problem(), "422 invalid");
        assert_eq!(author.post(DRAFTS, &json!({ "kind": KIND, "from_number": 77 })).await.problem(), "422 invalid");
    }

    async fn the_bench_says_what_is_wrong_while_somebody_types_and_decides_one_input(app: TestApp) {
        let (author, _) = people(app).await;
        let kind = author.get("/api/v1/policies/strike.sanction").await.well();
        assert_eq!((&kind["input"][0]["name"], &kind["params"][0]["shape"], &kind["params"][0]["first"]), (&json!("active_strikes"), &json!("BRACKETS"), &json!(1)));
        let version = author.get("/api/v1/policies/strike.sanction/1").await.well();
        let path = |what: &str| format!("/api/v1/policies/strike.sanction/{what}");
        let mut draft = json!({ "script": version["script"], "params": version["params"], "tests": version["tests"] });
        let well = author.post(&path("check"), &draft).await.well();
        assert_eq!((&well["faults"], well["results"].as_array().unwrap().len()), (&json!([]), 5));
        draft["params"]["steps"][0]["threshold_strikes"] = json!(2);
        let gap = author.post(&path("check"), &draft).await.well();
        let told: Vec<_> = gap["faults"].as_array().unwrap().iter().map(|fault| (fault["field"].as_str().unwrap(), fault["code"].as_str().unwrap())).collect();
        assert_eq!(told, [("params.steps[0].threshold_strikes", "bracket_begins_late"), ("params.steps[1].threshold_strikes", "bracket_overlap")]);

        let mut trial = json!({ "script": version["script"], "params": version["params"], "input": { "active_strikes": 2 } });
        let decided = author.post(&path("evaluate"), &trial).await.well();
        assert_eq!(decided["output"], json!({ "sanction": "FINAL_WARNING", "suspension_days": 7 }));
        assert_eq!(decided["trace"][1], json!({ "rule": "active_strikes_at_least", "matched": true, "detail": 2 }));
        trial["script"] = json!("fn decide(input, params) {\n  input.strikes\n}");
        let failed = author.post(&path("evaluate"), &trial).await;
        assert_eq!((failed.problem().as_str(), faults(&failed)), ("422 invalid", vec!["script script_failed".to_owned()]));
        assert_eq!(failed.body["fields"][0]["params"]["line"], 2);
        trial["input"] = json!({ "active_strikes": -1 });
        assert_eq!(faults(&author.post(&path("evaluate"), &trial).await), ["input.active_strikes out_of_range"]);
        assert_eq!(author.get("/api/v1/policies/weather").await.problem(), "404 not_found");
    }
}
