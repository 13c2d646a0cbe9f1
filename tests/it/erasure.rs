//! Erasing people: nothing readable of them is left anywhere, every chain still holds, the books stay.

use api::auth::{account, link};
use chrono::TimeDelta;
use engine::actor::Actor;
use engine::clock::Clock;
use engine::db::run;
use engine::execute::{Request, Target};
use engine::personal;
use engine::plan::AnyCommand;
use engine::seal::{self, Look, Range, Report, export, verify_export};
use reqwest::Method;
use sea_orm::{EntityTrait, IntoActiveModel};
use serde_json::{Value, json};
use tests::app::TestApp;
use tests::both_databases;
use tests::browser::{Browser, send};
use tests::company::{Company, Lesson};
use tests::database::TestDb;
use uuid::Uuid;
use workflows::notification::{self, Mail};
use workflows::records::siswa;

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0";

/// Everything the company knows of its siswa; all of it is in the story below.
const OF_SISWA: [&str; 7] = ["Zahra Amelia", "Rina setuju", "+628120000000", "Jalan Mawar 2", "Hasil ujian Zahra", "minta libur", "zahra-di-kelas"];

/// All texts of the database, as somebody with the file or a dump in hand sees them.
async fn raw(db: &TestDb) -> String {
    if db.is_postgres() {
        let tables = "SELECT quote_ident(table_schema) || '.' || quote_ident(table_name) AS text FROM information_schema.tables \
                      WHERE table_schema NOT IN ('pg_catalog','information_schema') AND table_type = 'BASE TABLE'";
        let mut all = String::new();
        for table in db.texts(tables, vec![]).await {
            all += &db.texts(&format!("SELECT COALESCE(string_agg(t::text, ' '), '') AS text FROM {table} t"), vec![]).await.concat();
        }
        return all;
    }
    for statement in ["VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"] {
        engine::db::run(db.db.writer(), statement, vec![]).await.unwrap();
    }
    let file = db.url.strip_prefix("sqlite://").unwrap();
    String::from_utf8_lossy(&std::fs::read(file).unwrap()).into_owned()
}

fn found<'t>(raw: &str, texts: &[&'t str]) -> Vec<&'t str> {
    texts.iter().copied().filter(|text| raw.contains(text)).collect()
}

/// What audit and history alone hold.
async fn kept_forever(db: &TestDb) -> String {
    let mut all = String::new();
    for (table, columns) in [
        ("audit_record", ["actor_name", "on_behalf_of", "entity_code", "before", "after", "reason", "ip"]),
        ("workflow_history", ["payload", "actor_name", "on_behalf_of", "facts", "change", "reason", "amounts"]),
    ] {
        let columns = columns.map(|column| format!("COALESCE(CAST({column} AS TEXT), '')")).join(" || ' ' || ");
        all += &db.texts(&format!("SELECT {columns} AS text FROM {table}"), vec![]).await.join("\n");
    }
    all
}

/// A lesson at the siswa's home, run to its end and paid, by people with accounts.
async fn a_paid_sesi(app: &TestApp, operator: &Browser) -> Uuid {
    let company = &app.company;
    let photo = upload(operator, "zahra-di-kelas.png").await;
    let lesson = Lesson { mode: "OFFLINE_RUMAH_SISWA", ..company.lesson().at(company.now() + TimeDelta::hours(1)) };
    let id: Uuid = operator.post("/api/v1/sesi", &lesson.body()).await.well()["id"].as_str().unwrap().parse().unwrap();
    operator.command(id, "approve", &json!({ "reason": "Zahra Amelia minta libur minggu depan" })).await.well();
    company.clock.set(lesson.starts_at);
    operator.command(id, "start", &json!({})).await.well();
    let report = json!({ "attendance": "PRESENT", "topic": "Pecahan", "homework": "Hasil ujian Zahra: 80", "photo_document_id": photo["id"] });
    operator.command(id, "report", &report).await.well();
    company.clock.set(lesson.ends_at());
    operator.command(id, "confirm", &json!({})).await.well();
    operator.command(id, "validate", &json!({ "reason": "Rina setuju" })).await.well();
    app.drain().await;
    for table in ["siswa_settlement", "tutor_settlement"] {
        company.db.run(&format!("UPDATE {table} SET status = 'PAID'"), vec![]).await;
    }
    id
}

async fn upload(browser: &Browser, name: &str) -> Value {
    let part = reqwest::multipart::Part::bytes(PNG.to_vec()).file_name(name.to_owned());
    let form = reqwest::multipart::Form::new().part("file", part);
    send(browser.request(Method::POST, "/api/v1/documents").header("X-CSRF-Token", &browser.csrf).multipart(form)).await.well()
}

async fn sealed(app: &TestApp) -> Report {
    let (db, clock) = (&app.company.db.db, app.company.clock.as_ref() as &dyn Clock);
    seal::seal(db, clock, Look::Everywhere).await.unwrap();
    seal::verify(db).await.unwrap()
}

async fn exported(app: &TestApp) -> Vec<u8> {
    let mut file = vec![];
    export(&app.company.db.db, Range::default(), &mut file).await.unwrap();
    file
}

/// Somebody senior besides the two that every story has.
async fn wulan(app: &TestApp) -> Browser {
    let (db, email) = (&app.app.engine.db, "wulan@xprivate.education");
    account::ensure(db, (email, "Wulan Sari"), "SENIOR_ADMIN", app.company.now()).await.unwrap();
    let account = account::by_email(db.reader(), email).await.unwrap().unwrap();
    let link = link::create(&app.app, &account, &Actor::system()).await.unwrap();
    app.nobody().sign_in(&link).await
}

fn path(id: &str, command: &str) -> String {
    format!("/api/v1/workflows/erasure/{id}/commands/{command}")
}

fn asked(kind: &str, id: Uuid) -> Value {
    json!({ "person_kind": kind, "person_id": id, "ground": "REQUEST_OF_PERSON", "reason": "surat Rina tanggal 1" })
}

/// A request by the one and the approval of the other; answers the id of the erasure.
async fn erased(app: &TestApp, asker: &Browser, senior: &Browser, body: &Value) -> String {
    let id = asker.post("/api/v1/erasures", body).await.well()["id"].as_str().unwrap().to_owned();
    senior.post(&path(&id, "approve"), &json!({ "confirmed": true })).await.well();
    app.drain().await;
    id
}

async fn state(app: &TestApp, id: &str) -> String {
    app.company.db.texts("SELECT state AS text FROM workflow_instance WHERE id = ?", vec![Uuid::parse_str(id).unwrap().into()]).await.concat()
}

both_databases! {
    async fn a_siswa_who_is_erased_is_nowhere_to_be_read_and_every_chain_and_every_book_holds(app: TestApp) {
        let (operator, senior) = (app.signed_in_as("OWNER").await, app.signed_in_as("SENIOR_ADMIN").await);
        let db = &app.company.db;
        let sesi = a_paid_sesi(app, &operator).await;
        assert_eq!(found(&kept_forever(db).await, &OF_SISWA), Vec::<&str>::new(), "sealed from the start");
        assert!(!found(&raw(db).await, &OF_SISWA).is_empty());
        assert_eq!(sealed(app).await.findings, []);
        let before = exported(app).await;

        let history = operator.get(&format!("/api/v1/workflows/sesi/{sesi}/history")).await.well().to_string();
        assert!(history.contains("Hasil ujian Zahra: 80") && history.contains("minta libur") && !history.contains("$personal"), "{history}");
        let photo = app.company.sesi(sesi).await.photo_document_id.unwrap();
        let link = operator.get(&format!("/api/v1/documents/{photo}")).await.well()["url"].as_str().unwrap().to_owned();
        assert_eq!(operator.get(&link).await.status, 200);

        let money = db.texts("SELECT CAST(amount_rp AS TEXT) AS text FROM posting ORDER BY entry_id, line", vec![]).await;
        app.company.clock.advance(TimeDelta::hours(1));
        let id = erased(app, &operator, &senior, &asked("SISWA", app.company.siswa_id)).await;
        assert_eq!(state(app, &id).await, "ERASED");

        assert_eq!(found(&raw(db).await, &OF_SISWA), Vec::<&str>::new(), "nothing is left");
        assert_eq!(app.company.faults().await, Vec::<String>::new(), "every history replays");
        assert_eq!(sealed(app).await.findings, [], "every seal holds");
        let after = exported(app).await;
        for file in [&before, &after] {
            assert_eq!(verify_export(file.as_slice()).unwrap().findings, []);
            assert_eq!(found(&String::from_utf8_lossy(file), &OF_SISWA), Vec::<&str>::new());
        }

        let history = operator.get(&format!("/api/v1/workflows/sesi/{sesi}/history")).await.well();
        let told = history.to_string();
        assert!(told.contains("$erased") && !told.contains("Zahra") && told.contains("Dewi Lestari"), "{told}");
        assert_eq!(history["items"][1]["reason"], json!({ "$erased": true }));
        let audit = operator.get(&format!("/api/v1/audit?filter[entity_id]={sesi}")).await.well().to_string();
        assert!(audit.contains("$erased") && !audit.contains("$personal") && !audit.contains("Zahra"), "{audit}");
        let shown = operator.get(&format!("/api/v1/documents/{photo}")).await.well();
        assert_eq!(operator.get(shown["url"].as_str().unwrap()).await.status, 404, "the photo is gone");
        let key = db.texts("SELECT storage_key AS text FROM document WHERE id = ?", vec![photo.into()]).await.concat();
        assert!(!app.app.documents.exists(&worker::documents::Key::parse(&key).unwrap()).await.unwrap());
        assert_eq!(db.texts("SELECT CAST(amount_rp AS TEXT) AS text FROM posting ORDER BY entry_id, line", vec![]).await, money);
        assert_eq!(operator.get(&format!("/api/v1/sesi/{sesi}")).await.status, 200, "the sesi still shows");
    }

    async fn a_user_who_is_erased_leaves_codes_and_roles_but_no_name_address_or_machine(app: TestApp) {
        let (owner, senior, leaving) = (app.signed_in_as("OWNER").await, app.signed_in_as("SENIOR_ADMIN").await, app.signed_in_as("HR").await);
        let db = &app.company.db;
        let id: Uuid = leaving.get("/api/v1/session").await.well()["user"]["id"].as_str().unwrap().parse().unwrap();
        owner.request(Method::PATCH, &format!("/api/v1/users/{id}")).header("X-CSRF-Token", &owner.csrf).json(&json!({ "name": "Wulan Sari" })).send().await.unwrap();
        assert_eq!(found(&kept_forever(db).await, &["Wulan", "hr@xprivate"]), Vec::<&str>::new());

        let refused = owner.post("/api/v1/erasures", &asked("USER", id)).await;
        assert_eq!((refused.problem(), &refused.body["blocking"][0]["kind"]), ("422 erasure_blocked".into(), &json!("user_active")));
        owner.post(&format!("/api/v1/users/{id}/deactivate"), &json!({ "reason": "Wulan keluar" })).await.well();
        erased(app, &owner, &senior, &asked("USER", id)).await;

        assert_eq!(found(&raw(db).await, &["Wulan", "hr@xprivate.education", "surat Rina"]), Vec::<&str>::new());
        assert_eq!(app.company.faults().await, Vec::<String>::new());
        assert_eq!(sealed(app).await.findings, []);
        let audit = owner.get(&format!("/api/v1/audit?filter[entity_id]={id}")).await.well().to_string();
        assert!(audit.contains("user.deactivate") && audit.contains("SUSPENDED") && audit.contains("$erased"), "{audit}");
        assert_eq!(owner.get(&format!("/api/v1/users/{id}")).await.well()["state"], "ARCHIVED");
        assert_eq!(owner.post(&format!("/api/v1/users/{id}/activate"), &json!({ "reason": "kembali" })).await.status, 409);
        let renamed = owner.request(Method::PATCH, &format!("/api/v1/users/{id}")).header("X-CSRF-Token", &owner.csrf);
        assert_eq!(send(renamed.json(&json!({ "name": "Wulan Sari" }))).await.problem(), "409 not_allowed");
    }

    async fn nobody_is_erased_who_is_still_needed_nor_by_one_person_alone(app: TestApp) {
        let (owner, senior, operator) = (app.signed_in_as("OWNER").await, app.signed_in_as("SENIOR_ADMIN").await, app.signed_in_as("OPERATOR").await);
        let company = &app.company;
        let sesi = company.requested(&company.lesson()).await;
        for (kind, id) in [("SISWA", company.siswa_id), ("TUTOR", company.tutor_id)] {
            let refused = owner.post("/api/v1/erasures", &asked(kind, id)).await;
            assert_eq!(refused.problem(), "422 erasure_blocked");
            assert_eq!((&refused.body["blocking"][0]["kind"], &refused.body["blocking"][0]["id"]), (&json!("sesi"), &json!(sesi)));
            assert_eq!(owner.post("/api/v1/erasures/preview", &asked(kind, id)).await.problem(), "422 erasure_blocked");
        }
        company.done(sesi, AnyCommand::new("reject").because("penuh")).await;
        assert_eq!(operator.post("/api/v1/erasures", &asked("SISWA", company.siswa_id)).await.problem(), "403 forbidden");
        let shown = owner.post("/api/v1/erasures/preview", &asked("SISWA", company.siswa_id)).await.well();
        assert_eq!((&shown["to"], &shown["amounts"][1]), (&json!("REQUESTED"), &json!({ "key": "erased_sesi_details", "count": 1 })));

        let id = owner.post("/api/v1/erasures", &asked("SISWA", company.siswa_id)).await.well()["id"].as_str().unwrap().to_owned();
        assert_eq!(owner.post("/api/v1/erasures", &asked("SISWA", company.siswa_id)).await.body["blocking"][0]["kind"], "erasure");
        assert_eq!(owner.post(&path(&id, "approve"), &json!({ "confirmed": true })).await.code(), "four_eyes");
        assert_eq!(senior.post(&path(&id, "approve"), &json!({ "confirmed": false })).await.problem(), "422 not_confirmed");
        // What has come up between request and approval is in the way too.
        let new = company.requested(&company.lesson()).await;
        assert_eq!(senior.post(&path(&id, "approve"), &json!({ "confirmed": true })).await.problem(), "422 erasure_blocked");
        company.done(new, AnyCommand::new("reject").because("penuh")).await;
        senior.post(&path(&id, "approve"), &json!({ "confirmed": true })).await.well();
        assert_eq!(state(app, &id).await, "ERASING");
        app.drain().await;
        assert_eq!(state(app, &id).await, "ERASED");
        assert_eq!(owner.post("/api/v1/erasures", &asked("SISWA", company.siswa_id)).await.problem(), "422 already_erased");
        assert_eq!(company.faults().await, Vec::<String>::new());
    }

    async fn a_tutor_and_the_senior_who_approved_their_sesi_are_erased_one_after_the_other(app: TestApp) {
        let (owner, leaving) = (app.signed_in_as("OWNER").await, wulan(app).await);
        let (db, company) = (&app.company.db, &app.company);
        let id: Uuid = leaving.get("/api/v1/session").await.well()["user"]["id"].as_str().unwrap().parse().unwrap();
        let sesi = company.requested(&company.lesson().at(company.now() + TimeDelta::hours(2))).await;
        let edit = json!({ "subject": "Halo {{name}}", "body": "Silakan [masuk]({{sign_in_link}}).", "based_on": 1 });
        let edited = leaving.request(Method::PATCH, "/api/v1/templates/welcome_user/id").header("X-CSRF-Token", &leaving.csrf).json(&edit);
        assert!(send(edited).await.well().to_string().contains("Wulan Sari"));
        leaving.command(sesi, "approve", &json!({ "outside_slots_reason": "Dewi Lestari setuju" })).await.well();
        owner.command(sesi, "cancel", &json!({ "party": "TUTOR", "reason": "Dewi Lestari sakit" })).await.well();
        // What they may still contest, what still counts, and a text that nobody has sent yet.
        let refused = owner.post("/api/v1/erasures", &asked("TUTOR", company.tutor_id)).await;
        let kinds: Vec<&str> = refused.body["blocking"].as_array().unwrap().iter().map(|one| one["kind"].as_str().unwrap()).collect();
        assert_eq!(kinds, ["denda", "strike", "notification"], "{refused:?}");
        let texts = db.rows("SELECT id FROM notification_log WHERE template = 'strike_warning'", vec![]).await;
        let text: Uuid = texts[0].try_get("", "id").unwrap();
        owner.post(&format!("/api/v1/workflows/notification/{text}/commands/mark_delivered"), &json!({})).await.well();
        company.clock.advance(TimeDelta::days(91));
        app.drain().await;
        let (owner, senior) = (app.signed_in_as("OWNER").await, app.signed_in_as("SENIOR_ADMIN").await);

        erased(app, &owner, &senior, &asked("TUTOR", company.tutor_id)).await;
        assert_eq!(found(&raw(db).await, &["Dewi Lestari"]), Vec::<&str>::new());
        assert!(!found(&raw(db).await, &["Wulan Sari", "Zahra Amelia"]).is_empty(), "the others stay");
        assert_eq!(company.faults().await, Vec::<String>::new());
        let label = db.texts("SELECT label AS text FROM workflow_instance WHERE id = ?", vec![sesi.into()]).await;
        assert_eq!(label, ["Matematika · Zahra Amelia · —"]);

        owner.post(&format!("/api/v1/users/{id}/deactivate"), &json!({ "reason": "keluar" })).await.well();
        erased(app, &owner, &senior, &asked("USER", id)).await;
        assert_eq!(found(&raw(db).await, &["Wulan Sari", "wulan@xprivate.education"]), Vec::<&str>::new());
        assert_eq!(company.faults().await, Vec::<String>::new());
        assert_eq!(sealed(app).await.findings, []);
        let history = owner.get(&format!("/api/v1/workflows/sesi/{sesi}/history")).await.well();
        assert_eq!(history["items"][1]["actor"]["name"], json!({ "$erased": true }));

        db.run("UPDATE sesi SET closing_reason = 'sakit' WHERE id = ?", vec![sesi.into()]).await;
        assert_eq!(company.faults().await, ["SES-2026-000001: the record still holds `closing_reason` of somebody who was erased"]);
        db.run("UPDATE sesi SET closing_reason = NULL WHERE id = ?", vec![sesi.into()]).await;
    }

    /// A key that was made in a transaction that is taken back is made anew; what a process remembers must not be the first.
    async fn a_key_of_a_transaction_that_is_taken_back_is_not_used_again(company: Company) {
        let siswa = siswa::Entity::find_by_id(company.siswa_id).one(company.db.db.reader()).await.unwrap().unwrap();
        let id = company.new_id();
        let twin = siswa::Model { id, code: "SIS-9".into(), ..siswa };
        let lesson = Lesson { siswa_id: id, ..company.lesson() };
        for keep in [false, true] {
            let tx = company.db.db.begin().await.unwrap();
            siswa::Entity::insert(twin.clone().into_active_model()).exec_without_returning(&tx).await.unwrap();
            company.engine.execute_within(&tx, &lesson.request(company)).await.unwrap();
            if keep { tx.commit().await.unwrap() } else { tx.rollback().await.unwrap() }
        }
        company.requested(&lesson.at(company.now() + TimeDelta::days(9))).await;
        for row in company.db.rows("SELECT facts FROM workflow_history", vec![]).await {
            let mut facts: Value = row.try_get("", "facts").unwrap();
            personal::open(company.db.db.reader(), [&mut facts]).await.unwrap();
            assert_eq!(facts["booking"]["siswa_name"], "Zahra Amelia");
        }
    }

    /// The request has looked at the siswa when the erasure commits; it must not bring their name back.
    async fn a_sesi_that_is_requested_while_its_siswa_is_erased_does_not_come_to_be(app: TestApp) {
        let owner = app.signed_in_as("OWNER").await;
        let (db, company) = (&app.company.db, &app.company);
        let tx = db.db.begin().await.unwrap();
        let id = company.siswa_id;
        run(&tx, "UPDATE personal_key SET key = NULL, destroyed_at = ? WHERE owner_id = ?", vec![company.now().into(), id.into()]).await.unwrap();
        run(&tx, "UPDATE siswa SET name = '—', status = 'ARCHIVED' WHERE id = ?", vec![id.into()]).await.unwrap();
        let (browser, body) = (owner.clone(), company.lesson().body());
        let asking = tokio::spawn(async move { browser.post("/api/v1/sesi", &body).await });
        while db.is_postgres() && db.count("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'", vec![]).await == 0 {
            tokio::task::yield_now().await;
        }
        tx.commit().await.unwrap();
        assert_eq!(asking.await.unwrap().problem(), "422 siswa_inactive");
        assert_eq!(db.count("SELECT count(*) FROM sesi", vec![]).await, 0);
    }

    /// A mail server's answer holds the address; erasing its recipient takes it out of the log and the history replays.
    async fn a_mail_to_somebody_who_is_erased_stays_as_a_row_without_them(app: TestApp) {
        let (owner, senior, leaving) = (app.signed_in_as("OWNER").await, app.signed_in_as("SENIOR_ADMIN").await, app.signed_in_as("HR").await);
        let (db, company) = (&app.company.db, &app.company);
        let id: Uuid = leaving.get("/api/v1/session").await.well()["user"]["id"].as_str().unwrap().parse().unwrap();
        let asked_for = notification::by_system(&Mail::to_user("password_reset", id, company.new_id()), company.now());
        let mail = company.engine.execute(&asked_for).await.unwrap().id;
        for (name, body) in [("begin", json!({ "template_version": 1, "message_id": "<1@alur>" })), ("deliver", json!({ "reply": "250 hr@xprivate.education ok" }))] {
            company.engine.execute(&Request::new("notification", Target::Existing(mail), AnyCommand::with(name, &body), Actor::system())).await.unwrap();
        }
        app.drain().await;
        owner.post(&format!("/api/v1/users/{id}/deactivate"), &json!({ "reason": "keluar" })).await.well();
        assert!(!found(&raw(db).await, &["hr@xprivate.education"]).is_empty());
        erased(app, &owner, &senior, &asked("USER", id)).await;
        assert_eq!(found(&raw(db).await, &["hr@xprivate.education"]), Vec::<&str>::new());
        assert_eq!(company.faults().await, Vec::<String>::new());
    }

    async fn nothing_brings_an_erased_person_back_nor_writes_anything_readable_about_them(app: TestApp) {
        let (owner, senior) = (app.signed_in_as("OWNER").await, app.signed_in_as("SENIOR_ADMIN").await);
        let (db, company) = (&app.company.db, &app.company);
        // Both engines have used the key, so both remember it.
        let done = company.requested(&company.lesson()).await;
        company.done(done, AnyCommand::new("reject").because("penuh")).await;
        let id: Uuid = owner.post("/api/v1/sesi", &company.lesson().body()).await.well()["id"].as_str().unwrap().parse().unwrap();
        owner.command(id, "reject", &json!({ "reason": "penuh" })).await.well();
        erased(app, &owner, &senior, &asked("SISWA", company.siswa_id)).await;

        let refused = owner.post("/api/v1/sesi", &company.lesson().body()).await;
        assert_eq!(refused.code(), "siswa_inactive");
        for (sql, rule) in [
            ("UPDATE siswa SET name = 'Zahra Amelia', status = 'ACTIVE' WHERE id = ?", "person_erased"),
            ("UPDATE personal_key SET destroyed_at = NULL WHERE owner_id = ?", "personal_key_kept"),
            ("DELETE FROM personal_key WHERE owner_id = ?", "personal_key_kept"),
        ] {
            let refusal = db.try_run(sql, vec![company.siswa_id.into()]).await.unwrap_err();
            assert!(refusal.contains(rule), "{sql}: {refusal}");
        }
        let tutor = db.try_run("UPDATE personal_key SET key = ? WHERE owner_id = ?", vec![vec![7_u8; 32].into(), company.tutor_id.into()]).await;
        assert!(tutor.unwrap_err().contains("personal_key_kept"));
        assert_eq!(found(&raw(db).await, &["Zahra"]), Vec::<&str>::new());
        assert_eq!(company.faults().await, Vec::<String>::new());
    }
}
