//! Tutors and siswa: made, edited by two at once, activated, archived, with documents, Slots and preferences (MD-1 to MD-6).

mod documents;

use super::users::{call, made, patch, recorded, sign_in, slow_down};
use reqwest::Method;
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};
use tests::app::TestApp;
use tests::both_databases;
use tests::browser::{Answer, Browser, send};
use uuid::Uuid;

const TUTORS: &str = "/api/v1/people/tutor";
const SISWA: &str = "/api/v1/people/siswa";
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0";

async fn tutor_form(app: &TestApp) -> Value {
    json!({
        "name": "Sekar Ayu", "phone": "0813-1111-2222", "email": "Sekar@Example.com", "golongan_id": app.company.catalog("golongan", "GOL_2").await,
        "office_id": app.company.office("JKT").await.id, "address": "Jl. Kenanga 7", "lat": -6.2, "long": 106.8, "bio": null, "contract_signed": false
    })
}

async fn siswa_form(app: &TestApp) -> Value {
    json!({
        "name": "Citra Kirana", "tingkat_id": app.company.catalog("tingkat", "SD_5").await, "segmentasi_id": app.company.catalog("segmentasi", "REGULER").await,
        "office_id": app.company.office("JKT").await.id, "parent_name": "Wati", "parent_phone": "0813 9999 8888", "parent_relation": "ibu"
    })
}

fn with(form: &Value, changes: &Value) -> Value {
    let mut form = form.clone();
    form.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    form
}

async fn new_tutor(app: &TestApp, browser: &Browser) -> Value {
    browser.post(TUTORS, &json!({ "tutor": tutor_form(app).await })).await.well()
}

fn at(person: &Value, base: &str) -> String {
    format!("{base}/{}", person["id"].as_str().unwrap())
}

async fn patch_seen(browser: &Browser, path: &str, etag: &Value, body: &Value) -> Answer {
    let request = browser.request(Method::PATCH, path).header("X-CSRF-Token", &browser.csrf).header("If-Match", format!("\"{}\"", etag.as_str().unwrap()));
    send(request.json(body)).await
}

async fn upload(browser: &Browser, path: &str, bytes: &[u8]) -> Answer {
    let form = Form::new().part("file", Part::bytes(bytes.to_vec()).file_name("ktp-sekar.png"));
    send(browser.request(Method::POST, path).header("X-CSRF-Token", &browser.csrf).multipart(form)).await
}

fn faults(answer: &Answer) -> Vec<String> {
    let fields = answer.body["fields"].as_array().unwrap().iter();
    fields.map(|fault| format!("{} {}", fault["field"].as_str().unwrap(), fault["code"].as_str().unwrap())).collect()
}

both_databases! {
    async fn a_tutor_is_made_as_a_draft_with_a_code_and_a_record(app: TestApp) {
        let operator = app.signed_in_as("OPERATOR").await;
        let tutor = new_tutor(app, &operator).await;
        assert_eq!((&tutor["status"], &tutor["phone"], &tutor["email"]), (&json!("DRAFT"), &json!("+6281311112222"), &json!("sekar@example.com")));
        assert!(tutor["code"].as_str().unwrap().starts_with("TUT-0"), "{tutor}");
        assert_eq!((&tutor["lacks_proof"], &tutor["golongan"]["code"], &tutor["office"]["zone"]), (&json!(true), &json!("GOL_2"), &json!("Asia/Jakarta")));
        let owner = app.signed_in_as("OWNER").await;
        let record = recorded(&owner, "tutor.create").await;
        assert_eq!((&record["entity_id"], &record["after"]["name"]), (&tutor["id"], &json!("Sekar Ayu")));
        let listed = operator.get(&format!("{TUTORS}?q=sekar&filter[status]=DRAFT&filter[document]=missing")).await.well();
        assert_eq!((&listed["total"], &listed["items"][0]["code"]), (&json!(1), &tutor["code"]));
        assert_eq!(operator.get(&format!("{TUTORS}?q=0813&sort=-golongan")).await.well()["total"], 0, "phones are kept as E.164");
        let csv = operator.get(&format!("{TUTORS}/export.csv?q=sekar")).await;
        assert!(csv.content_type.starts_with("text/csv") && csv.body.as_str().unwrap().contains("Sekar Ayu"), "{csv:?}");
        assert_eq!(recorded(&owner, "tutor.export").await["after"]["format"], "csv");
    }

    async fn what_is_wrong_with_a_person_is_told_at_its_field_before_and_when_it_is_sent(app: TestApp) {
        let operator = app.signed_in_as("OPERATOR").await;
        let form = tutor_form(app).await;
        for (changes, expected) in [
            (json!({ "name": " ", "phone": "" }), vec!["name required", "phone required"]),
            (json!({ "phone": "0812x", "email": "sekar@" }), vec!["phone phone_character", "email email_invalid"]),
            (json!({ "golongan_id": null, "office_id": Uuid::from_u128(9) }), vec!["golongan_id required", "office_id unknown"]),
            (json!({ "lat": 91, "long": 0 }), vec!["lat lat_off_globe"]),
            (json!({ "lat": null }), vec!["lat required"]),
            (json!({ "bio": "a\u{0}b" }), vec!["bio malformed"]),
        ] {
            let tutor = with(&form, &changes);
            let answer = operator.post(TUTORS, &json!({ "tutor": tutor })).await;
            assert_eq!((answer.problem(), faults(&answer)), ("422 invalid".into(), expected.iter().map(|each| (*each).to_owned()).collect()), "{changes}");
            let checked = operator.post(&format!("{TUTORS}/check"), &json!({ "tutor": tutor })).await.well();
            assert_eq!(checked["faults"], answer.body["fields"], "{changes}");
        }
        let abroad = with(&form, &json!({ "lat": 35.68, "long": 139.69 }));
        let checked = operator.post(&format!("{TUTORS}/check"), &json!({ "tutor": abroad })).await.well();
        assert_eq!((&checked["faults"], &checked["warnings"][0]["code"]), (&json!([]), &json!("outside_indonesia")));
        app.company.db.run("UPDATE golongan SET status = 'ARCHIVED' WHERE code = 'GOL_2'", vec![]).await;
        assert_eq!(faults(&operator.post(TUTORS, &json!({ "tutor": form })).await), ["golongan_id archived"]);
        let siswa = with(&siswa_form(app).await, &json!({ "parent_name": "", "parent_phone": "12" }));
        assert_eq!(faults(&operator.post(SISWA, &json!({ "siswa": siswa })).await), ["parent_name required", "parent_phone phone_prefix"]);
        assert_eq!(operator.post(TUTORS, &json!({ "tutor": { "nama": "x" } })).await.status, 400);
    }

    async fn somebody_who_looks_like_somebody_there_is_made_only_with_a_reason(app: TestApp) {
        let (owner, operator) = (app.signed_in_as("OWNER").await, app.signed_in_as("OPERATOR").await);
        let first = new_tutor(app, &operator).await;
        let form = tutor_form(app).await;
        assert_eq!(faults(&operator.post(TUTORS, &json!({ "tutor": form })).await), ["phone phone_taken"]);
        let other_phone = json!({ "phone": "0813-1111-3333" });
        for (changes, alike) in [(json!({ "email": null, "name": "Ayu, Sekar" }), json!(["name"])), (json!({ "name": "Lain Sekali" }), json!(["email"]))] {
            let tutor = with(&with(&form, &other_phone), &changes);
            let answer = operator.post(TUTORS, &json!({ "tutor": tutor })).await;
            assert_eq!(answer.problem(), "422 possible_duplicate", "{changes}");
            let named = &answer.body["blocking"][0];
            assert_eq!((&named["kind"], &named["id"], &named["label"]), (&json!("tutor"), &first["id"], &json!("Sekar Ayu")));
            assert_eq!(answer.body["params"]["alike"][first["id"].as_str().unwrap()], alike);
            let checked = operator.post(&format!("{TUTORS}/check"), &json!({ "tutor": tutor })).await.well();
            assert_eq!((&checked["duplicates"][0]["id"], &checked["duplicates"][0]["alike"]), (&first["id"], &alike));
        }
        let twin = with(&with(&form, &other_phone), &json!({ "email": null }));
        operator.post(TUTORS, &json!({ "tutor": twin, "duplicate_reason": "saudara kembar" })).await.well();
        assert_eq!(recorded(&owner, "tutor.create").await["reason"], "saudara kembar");

        let siswa = siswa_form(app).await;
        operator.post(SISWA, &json!({ "siswa": siswa })).await.well();
        let sibling = with(&siswa, &json!({ "name": "Damar Jati" }));
        assert_eq!(operator.post(SISWA, &json!({ "siswa": sibling })).await.body["params"]["alike"].as_object().unwrap().values().next(), Some(&json!(["phone"])));
        operator.post(SISWA, &json!({ "siswa": sibling, "duplicate_reason": "adiknya" })).await.well();
    }

    async fn one_phone_is_given_to_one_of_many_tutors_made_at_once(app: TestApp) {
        let operator = app.signed_in_as("OPERATOR").await;
        let form = tutor_form(app).await;
        slow_down(app, &["tutor"]).await;
        let bodies: Vec<Value> = (0..5).map(|n| json!({ "tutor": with(&form, &json!({ "name": format!("Nomor {n}"), "email": null })), "duplicate_reason": "x" })).collect();
        let answers = futures::future::join_all(bodies.iter().map(|body| operator.post(TUTORS, body))).await;
        let made = answers.iter().filter(|answer| answer.status == 201).count();
        let told = answers.iter().filter(|answer| answer.status == 422 && answer.body["fields"][0]["field"] == "phone").count();
        assert_eq!((made, told), (1, 4), "{answers:?}");
    }

    async fn of_two_who_edit_one_tutor_the_second_is_told_what_is_there_now(app: TestApp) {
        let operator = app.signed_in_as("OPERATOR").await;
        let tutor = new_tutor(app, &operator).await;
        let (path, form) = (at(&tutor, TUTORS), tutor_form(app).await);
        let change = |name: &str| json!({ "tutor": with(&form, &json!({ "name": name })), "reason": "salah ketik" });
        let edited = patch_seen(&operator, &path, &tutor["etag"], &change("Sekar A. Putri")).await.well();
        assert_ne!(edited["etag"], tutor["etag"]);
        let late = patch_seen(&operator, &path, &tutor["etag"], &change("Sekar")).await;
        assert_eq!((late.problem(), &late.body["params"]["now"]["name"], &late.body["params"]["now"]["etag"]), ("412 stale_revision".into(), &json!("Sekar A. Putri"), &edited["etag"]));
        let owner = app.signed_in_as("OWNER").await;
        let record = recorded(&owner, "tutor.edit").await;
        assert_eq!((&record["before"], &record["after"], &record["reason"]), (&json!({ "name": "Sekar Ayu" }), &json!({ "name": "Sekar A. Putri" }), &json!("salah ketik")));
        patch(&operator, &path, &change("Sekar A. Putri")).await.well();
        assert_eq!(recorded(&owner, "tutor.edit").await["id"], record["id"], "nothing differs, so nothing is written");

        slow_down(app, &["tutor"]).await;
        let names = ["Satu", "Dua", "Tiga", "Empat"];
        let bodies: Vec<Value> = names.iter().map(|name| change(name)).collect();
        let answers = futures::future::join_all(bodies.iter().map(|body| patch_seen(&operator, &path, &edited["etag"], body))).await;
        let mut statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 412, 412, 412]);
    }

    async fn a_tutor_becomes_active_with_a_ktp_and_is_archived_without_live_sesi(app: TestApp) {
        let operator = app.signed_in_as("OPERATOR").await;
        let path = at(&new_tutor(app, &operator).await, TUTORS);
        let turn = async |status: &str| patch(&operator, &format!("{path}/status"), &json!({ "status": status, "reason": "sudah lengkap" })).await;
        let refused = turn("ACTIVE").await;
        assert_eq!((refused.problem(), faults(&refused)), ("422 invalid".into(), vec!["ktp ktp_missing".to_owned()]));
        upload(&operator, &format!("{path}/identity/KTP"), PNG).await.well();
        app.drain().await;
        assert_eq!(turn("ACTIVE").await.well()["status"], "ACTIVE");
        assert_eq!(turn("SUSPENDED").await.problem(), "409 not_allowed");
        assert_eq!(turn("DRAFT").await.problem(), "409 not_allowed");
        assert_eq!(turn("ARCHIVED").await.well()["status"], "ARCHIVED");
        for (rest, body) in [("", json!({ "tutor": tutor_form(app).await })), ("/slots", json!({ "slots": [] })), ("/subjects", json!({ "subjects": [] }))] {
            assert_eq!(patch(&operator, &format!("{path}{rest}"), &body).await.problem(), "409 not_allowed", "{rest}");
        }
        assert_eq!(upload(&operator, &format!("{path}/photo"), PNG).await.problem(), "409 not_allowed");
        assert_eq!(turn("DRAFT").await.well()["status"], "DRAFT");

        let sesi = app.company.requested(&app.company.lesson()).await;
        for (base, id) in [(TUTORS, app.company.tutor_id), (SISWA, app.company.siswa_id)] {
            let refused = patch(&operator, &format!("{base}/{id}/status"), &json!({ "status": "ARCHIVED", "reason": "pindah" })).await;
            assert_eq!((refused.problem(), &refused.body["blocking"][0]["id"], &refused.body["params"]["count"]), ("422 live_sesi".into(), &json!(sesi), &json!(1)));
        }
        let none = patch(&operator, &format!("{TUTORS}/{}/status", app.company.tutor_id), &json!({ "status": "ARCHIVED", "reason": " " })).await;
        assert_eq!(faults(&none), ["reason required"]);
    }

    async fn slots_are_replaced_whole_and_never_overlap(app: TestApp) {
        let operator = app.signed_in_as("OPERATOR").await;
        let tutor = new_tutor(app, &operator).await;
        let path = format!("{}/slots", at(&tutor, TUTORS));
        let slot = |weekday: i64, from: i64, until: i64| json!({ "weekday": weekday, "from_minute": from, "until_minute": until });
        let overlapping = patch(&operator, &path, &json!({ "slots": [slot(1, 480, 600), slot(2, 480, 600), slot(1, 599, 700)] })).await;
        assert_eq!(faults(&overlapping), ["slots.2.from_minute slot_overlap"]);
        assert_eq!(faults(&patch(&operator, &path, &json!({ "slots": [slot(1, 600, 600)] })).await), ["slots.0.until_minute slot_empty"]);
        let saved = patch_seen(&operator, &path, &tutor["slots_etag"], &json!({ "slots": [slot(2, 480, 600), slot(1, 480, 600)] })).await.well();
        assert_eq!(saved["slots"], json!([slot(1, 480, 600), slot(2, 480, 600)]));
        let late = patch_seen(&operator, &path, &tutor["slots_etag"], &json!({ "slots": [] })).await;
        assert_eq!((late.problem(), &late.body["params"]["now"]["slots"]), ("412 stale_revision".into(), &saved["slots"]));
        let longer = patch(&operator, &path, &json!({ "slots": [slot(1, 480, 660), slot(2, 480, 600)] })).await.well();
        assert_eq!(longer["slots"][0]["until_minute"], 660);
        let record = recorded(&app.signed_in_as("OWNER").await, "tutor.slots").await;
        assert_eq!((&record["entity_id"], &record["after"]["slots"]), (&tutor["id"], &json!(["Senin 08.00–11.00", "Selasa 08.00–10.00"])));
    }

    async fn what_a_tutor_teaches_is_replaced_whole_and_archived_subjects_are_not_added(app: TestApp) {
        let operator = app.signed_in_as("OPERATOR").await;
        let tutor = new_tutor(app, &operator).await;
        let path = format!("{}/subjects", at(&tutor, TUTORS));
        let (one, other) = (app.company.subject_id, app.company.new_unpriced_subject().await);
        let all = json!({ "subjects": [{ "subject_id": one }, { "subject_id": other }] });
        assert_eq!(patch(&operator, &path, &all).await.well()["subjects"].as_array().unwrap().len(), 2);
        let twice = json!({ "subjects": [{ "subject_id": one }, { "subject_id": one }, { "subject_id": Uuid::from_u128(3) }] });
        assert_eq!(faults(&patch(&operator, &path, &twice).await), ["subjects.1 twice", "subjects.2 unknown"]);
        app.company.db.run("UPDATE subject SET status = 'ARCHIVED' WHERE id = ?", vec![other.into()]).await;
        patch(&operator, &path, &json!({ "subjects": [{ "subject_id": other }] })).await.well();
        patch(&operator, &path, &json!({ "subjects": [] })).await.well();
        assert_eq!(faults(&patch(&operator, &path, &all).await), ["subjects.1 archived"]);
        assert_eq!(recorded(&app.signed_in_as("OWNER").await, "tutor.subjects").await["after"]["subjects"], json!([]));
    }

    async fn preferred_tutors_keep_their_order_and_are_no_strangers(app: TestApp) {
        let operator = app.signed_in_as("OPERATOR").await;
        let siswa = operator.post(SISWA, &json!({ "siswa": siswa_form(app).await })).await.well();
        assert_eq!((&siswa["status"], &siswa["lacks_proof"]), (&json!("ACTIVE"), &json!(true)));
        let path = format!("{}/preferred", at(&siswa, SISWA));
        let other = app.company.new_tutor("JKT").await;
        let saved = patch(&operator, &path, &json!({ "tutors": [other, app.company.tutor_id] })).await.well();
        let order: Vec<&Value> = saved["preferred_tutors"].as_array().unwrap().iter().map(|tutor| &tutor["id"]).collect();
        assert_eq!(order, [&json!(other), &json!(app.company.tutor_id)]);
        assert_eq!(faults(&patch(&operator, &path, &json!({ "tutors": [other, other, Uuid::from_u128(5)] })).await), ["tutors.1 twice", "tutors.2 unknown"]);
        assert_eq!(patch_seen(&operator, &path, &siswa["preferred_etag"], &json!({ "tutors": [] })).await.problem(), "412 stale_revision");
    }

    async fn somebody_new_is_welcomed_when_asked_for_by_whoever_may(app: TestApp) {
        let (owner, operator) = (app.signed_in_as("OWNER").await, app.signed_in_as("OPERATOR").await);
        let form = tutor_form(app).await;
        assert_eq!(operator.post(TUTORS, &json!({ "tutor": form, "welcome": true })).await.problem(), "403 forbidden");
        let silent = with(&form, &json!({ "email": null }));
        assert_eq!(faults(&owner.post(TUTORS, &json!({ "tutor": silent, "welcome": true })).await), ["email required"]);
        assert_eq!(operator.get(&format!("{TUTORS}?q=sekar")).await.well()["total"], 0, "neither is there without the mail");
        let tutor = owner.post(TUTORS, &json!({ "tutor": form, "welcome": true })).await.well();
        let mails = owner.get("/api/v1/notifications").await.well();
        assert_eq!((&mails["items"][0]["template"], &mails["items"][0]["recipient_id"]), (&json!("welcome_tutor"), &tutor["id"]));
        app.drain().await;
        app.company.db.run("UPDATE job SET state = 'DISMISSED' WHERE state IN ('PENDING','DEAD')", vec![]).await;
    }

    async fn people_are_kept_by_whoever_may(app: TestApp) {
        let owner = app.signed_in_as("OWNER").await;
        owner.post("/api/v1/roles", &json!({ "code": "READER", "name": "Pembaca", "permissions": ["tutor.read"] })).await.well();
        made(&owner, "reader@xprivate.education", &["READER"]).await;
        let reader = sign_in(app, "reader@xprivate.education").await;
        let path = format!("{TUTORS}/{}", app.company.tutor_id);
        assert_eq!((reader.get(TUTORS).await.status, reader.get(&path).await.status), (200, 200));
        assert_eq!(reader.get(SISWA).await.problem(), "403 forbidden");
        assert_eq!(reader.get(&format!("{TUTORS}/export.xlsx")).await.problem(), "403 forbidden");
        for rest in ["", "/status", "/slots", "/subjects"] {
            assert_eq!(call(&reader, Method::PATCH, &format!("{path}{rest}"), Some(&json!({}))).await.problem(), "403 forbidden", "{rest}");
        }
    }
}
