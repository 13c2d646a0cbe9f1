//! Tagihan over HTTP (SPEC FIN-2, REP-2, REP-3, MON-3): what a month comes to, why each line is what it is, on paper and as a
//! text; what a siswa is never shown; who sees whose.

mod leak;
mod scope;

use chrono::TimeDelta;
use engine::plan::AnyCommand;
use reqwest::Method;
use serde_json::{Value, json};
use tests::app::TestApp;
use tests::both_databases;
use tests::browser::{Browser, send};
use tests::company::Lesson;
use tests::pdf;
use uuid::Uuid;

const TAGIHAN: &str = "/api/v1/tagihan";

fn path(id: Uuid) -> String {
    format!("{TAGIHAN}/{id}")
}

/// One sesi taught on Monday, one cancelled by the siswa 90 minutes before, one to which they did not come.
async fn month(app: &TestApp, lesson: &Lesson) -> [Uuid; 3] {
    let company = &app.company;
    let [cancelled, missed] = [1, 2].map(|day| lesson.clone().at(lesson.starts_at + TimeDelta::days(day)));
    let taught = company.completed(lesson).await;
    let second = company.approved(&cancelled).await;
    company.clock.set(cancelled.starts_at - TimeDelta::minutes(90));
    company.done(second, AnyCommand { reason: Some("sakit".into()), ..AnyCommand::with("cancel", &json!({ "party": "SISWA" })) }).await;
    let third = company.approved(&missed).await;
    company.clock.set(missed.starts_at + TimeDelta::minutes(30));
    company.done(third, AnyCommand { reason: Some("tidak datang".into()), ..AnyCommand::with("no_show_student", &json!({})) }).await;
    [taught, second, third]
}

/// Bills November, and gives the Tagihan of a siswa.
async fn billed(app: &TestApp, siswa: Uuid) -> Uuid {
    app.drain().await;
    if app.company.db.count("SELECT count(*) FROM tagihan", vec![]).await == 0 {
        app.company.bill("2026-11").await;
    }
    let row = engine::db::row(app.company.db.db.reader(), "SELECT id FROM tagihan WHERE siswa_id = ?", vec![siswa.into()]).await.unwrap().unwrap();
    row.try_get("", "id").unwrap()
}

async fn pdf_of(browser: &Browser, id: Uuid) -> Vec<u8> {
    let answer = browser.request(Method::GET, &format!("{}/pdf", path(id))).send().await.unwrap();
    assert_eq!((answer.status().as_u16(), answer.headers()["content-type"].to_str().unwrap()), (200, "application/pdf"));
    assert!(answer.headers()["content-disposition"].to_str().unwrap().contains("TAG-2026-11-0000"));
    answer.bytes().await.unwrap().to_vec()
}

/// Text as it reads, whatever the spaces that lay it out.
fn squeezed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

both_databases! {
    async fn a_tagihan_says_of_every_line_what_it_is_for_and_why(app: TestApp) {
        let sesi = month(app, &app.company.lesson()).await;
        let id = billed(app, app.company.siswa_id).await;
        let finance = app.signed_in_as("FINANCE").await;
        let shown = finance.get(&path(id)).await.well();
        assert_eq!([&shown["number"], &shown["status"], &shown["siswa"]["name"]], ["TAG-2026-11-00001", "ISSUED", "Zahra Amelia"]);
        assert_eq!([&shown["total_rp"], &shown["open_rp"], &shown["paid_rp"]], [375_000, 375_000, 0]);
        assert_eq!((&shown["overdue_days"], &shown["run"]["code"]), (&Value::Null, &json!("RUN-2026-11-01")));
        let lines: Vec<Value> = shown["lines"].as_array().unwrap().iter().map(|line| json!([line["kind"], line["sesi"]["id"], line["amount_rp"], line["why"]["pct"], line["why"]["lead_time_s"]])).collect();
        let expected = [
            json!(["SESI", sesi[0], 150_000, null, null]),
            json!(["CANCELLATION", sesi[1], 75_000, 50, 5_400]),
            json!(["NO_SHOW", sesi[2], 150_000, 100, null]),
        ];
        assert_eq!(lines, expected);
        assert_eq!([&shown["lines"][0]["sesi"]["subject"], &shown["lines"][0]["sesi"]["tutor_name"]], ["Matematika", "Dewi Lestari"]);
        app.drain().await;
    }

    async fn one_click_leads_from_a_line_to_price_rule_and_entry(app: TestApp) {
        month(app, &app.company.lesson()).await;
        adjusted(app).await;
        let id = billed(app, app.company.siswa_id).await;
        let finance = app.signed_in_as("FINANCE").await;
        let explained = async |number: i64| {
            let answer = finance.get(&format!("/api/v1/explain/tagihan/{id}/{number}")).await.well();
            let amount = answer["amounts"][0].clone();
            let kinds: Vec<String> = amount["steps"].as_array().unwrap().iter().map(|step| step["kind"].as_str().unwrap().to_owned()).collect();
            (amount["key"].as_str().unwrap().to_owned(), amount["rp"].as_i64().unwrap(), kinds.join(" "))
        };
        assert_eq!(explained(1).await, ("tagihan".into(), 150_000, "matrix policy approval entry".into()));
        assert_eq!(explained(2).await, ("siswa_charge".into(), 75_000, "policy entry".into()));
        assert_eq!(explained(3).await, ("siswa_charge".into(), 150_000, "policy entry".into()));
        assert_eq!(explained(4).await, ("adjustment".into(), -12_500, "adjustment entry".into()));
        let step = finance.get(&format!("/api/v1/explain/tagihan/{id}/4")).await.well()["amounts"][0]["steps"][0].clone();
        assert_eq!([&step["code"], &step["reason"]], ["ADJ-2026-000001", "Potongan adik-kakak"]);
        for path in [format!("/api/v1/explain/tagihan/{id}/5"), format!("/api/v1/explain/tagihan/{}/1", app.company.siswa_id)] {
            assert_eq!(finance.get(&path).await.problem(), "404 not_found");
        }
        app.drain().await;
    }

    async fn the_list_is_filtered_sorted_and_summed_over_all_pages(app: TestApp) {
        let other = app.company.new_siswa("JKT").await;
        let lesson = app.company.lesson();
        month(app, &lesson).await;
        let theirs = Lesson { siswa_id: other, ..lesson.clone() }.at(lesson.starts_at + TimeDelta::days(3));
        app.company.completed(&theirs).await;
        let ours = billed(app, app.company.siswa_id).await;
        let late = billed(app, other).await;
        app.company.clock.set("2026-12-17T02:00:00Z".parse().unwrap());
        let finance = app.signed_in_as("FINANCE").await;
        paid(app, &finance, 100_000).await;
        let list = async |query: &str| finance.get(&format!("{TAGIHAN}?{query}")).await.well();
        let ids = |page: &Value| page["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().parse::<Uuid>().unwrap()).collect::<Vec<_>>();

        let all = list("").await;
        assert_eq!(ids(&all), [late, ours]);
        assert_eq!(all["sums"], json!({ "total_rp": 525_000, "credited_rp": 0, "paid_rp": 100_000, "written_off_rp": 0, "open_rp": 425_000, "overdue_rp": 425_000, "overdue_count": 2 }));
        assert_eq!(all["items"][0]["overdue_days"], 2);
        let first = list("sort=-open_rp&limit=1").await;
        assert_eq!((ids(&first), &first["sums"]["open_rp"], &first["total"]), (vec![ours], &json!(425_000), &json!(2)));
        assert_eq!(ids(&list(&format!("sort=-open_rp&limit=1&cursor={}", first["next_cursor"].as_str().unwrap())).await), [late]);
        for (query, found) in [
            (format!("filter[siswa_id]={other}"), vec![late]),
            ("filter[status]=PARTIALLY_PAID".into(), vec![ours]),
            ("filter[month]=2026-10".into(), vec![]),
            ("filter[month]=2026-10,2026-11&filter[overdue]=true&sort=due_on".into(), vec![ours, late]),
            ("q=00002".into(), vec![late]),
            ("q=zahra&sort=siswa".into(), vec![ours, late]),
        ] {
            let mut ids = ids(&list(&query).await);
            ids.sort();
            assert_eq!(ids, found, "{query}");
        }
        app.company.db.run("UPDATE tagihan SET status = 'VOID' WHERE id = ?", vec![late.into()]).await;
        assert_eq!(list("").await["sums"]["open_rp"], 275_000, "what is void counts for nothing");
        assert_eq!(finance.get(&format!("{TAGIHAN}?filter[colour]=red")).await.problem(), "400 malformed_query");
        app.drain().await;
    }

    async fn the_pdf_tells_what_the_page_tells(app: TestApp) {
        month(app, &app.company.lesson()).await;
        adjusted(app).await;
        let id = billed(app, app.company.siswa_id).await;
        let operator = app.signed_in_as("OPERATOR").await;
        let bytes = pdf_of(&operator, id).await;
        let text = squeezed(&pdf::text(&bytes));
        for said in [
            "Tagihan TAG-2026-11-00001",
            "Zahra Amelia",
            "orang tua: Rina",
            "Periode November 2026",
            "Jatuh tempo 15 Desember 2026",
            "Matematika Dewi Lestari 90 menit Rp150.000",
            "Dibatalkan siswa 1 jam 30 menit sebelum mulai: 50% dari Rp150.000",
            "Siswa tidak hadir: 100% dari Rp150.000",
            "Penyesuaian ADJ-2026-000001 -Rp12.500",
            "Potongan adik-kakak",
            "Total tagihan Rp362.500",
            "Sisa Rp362.500",
            "Tiga ratus enam puluh dua ribu lima ratus rupiah",
            "1/1",
        ] {
            assert!(text.contains(said), "{said} is not in:\n{text}");
        }
        assert_eq!(pdf::fonts_missing(&bytes), Vec::<String>::new());
        assert_eq!(bytes, pdf_of(&operator, id).await, "the same day gives the same file");
        app.drain().await;
    }

    async fn what_was_paid_and_credited_stands_on_page_and_paper_down_to_what_is_left(app: TestApp) {
        month(app, &app.company.lesson()).await;
        let id = billed(app, app.company.siswa_id).await;
        let senior = app.signed_in_as("SENIOR_ADMIN").await;
        paid(app, &senior, 100_000).await;
        let credit = json!({ "tagihan_id": id, "lines": [{ "number": 2, "amount_rp": 25_000 }], "reason": "Materi diulang" });
        senior.post("/api/v1/credit-notes", &credit).await.well();
        let shown = senior.get(&path(id)).await.well();
        assert_eq!([&shown["status"], &shown["payments"][0]["reference"], &shown["credits"][0]["number"]], ["PARTIALLY_PAID", "BCA 8842", "KN-2026-00001"]);
        assert_eq!([&shown["paid_rp"], &shown["credited_rp"], &shown["open_rp"], &shown["lines"][1]["credited_rp"]], [100_000, 25_000, 250_000, 25_000]);
        let text = squeezed(&pdf::text(&pdf_of(&senior, id).await));
        for said in ["Sisa yang harus dibayar", "Nota kredit -Rp25.000", "Sudah dibayar -Rp100.000", "Sisa Rp250.000", "KN-2026-00001 Materi diulang Rp25.000", "PAY-2026-000001 Transfer Rp100.000 BCA 8842", "Dibayar sebagian"] {
            assert!(text.contains(said), "{said} is not in:\n{text}");
        }
        app.drain().await;
        assert_eq!(app.company.faults().await, Vec::<String>::new());
    }

    async fn the_text_for_whatsapp_is_ready_to_send_in_both_languages(app: TestApp) {
        month(app, &app.company.lesson()).await;
        let id = billed(app, app.company.siswa_id).await;
        let operator = app.signed_in_as("OPERATOR").await;
        let shown = operator.get(&format!("{}/whatsapp", path(id))).await.well();
        let text = shown["text"].as_str().unwrap();
        for said in ["Yth. Rina", "Zahra Amelia", "November 2026", "TAG-2026-11-00001", "Rp375.000", "15 Desember 2026", "XPrivate Education"] {
            assert!(text.contains(said), "{said} is not in:\n{text}");
        }
        assert_eq!(shown["phone"], "+628120000000");
        assert!(shown["link"].as_str().unwrap().starts_with("https://wa.me/628120000000?text=Yth.%20Rina"), "{}", shown["link"]);
        let english = operator.get(&format!("{}/whatsapp?locale=en", path(id))).await.well();
        assert!(english["text"].as_str().unwrap().contains("Due on: 15 December 2026"), "{english}");
        assert_eq!(operator.get(&format!("{}/whatsapp?locale=fr", path(id))).await.problem(), "400 malformed_query");
        app.drain().await;
    }

    async fn a_proof_of_payment_stays_with_the_tagihan_and_in_the_audit(app: TestApp) {
        month(app, &app.company.lesson()).await;
        let id = billed(app, app.company.siswa_id).await;
        let finance = app.signed_in_as("FINANCE").await;
        upload(&finance, &format!("{}/proof", path(id))).await;
        let kept = upload(&finance, &format!("{}/proof", path(id))).await;
        assert_eq!(kept.0, 201);
        let shown = finance.get(&path(id)).await.well();
        assert_eq!((&shown["proofs"][1]["id"], &shown["proofs"][1]["name"]), (&kept.1["id"], &json!("bukti.png")), "the one before it stays");
        let recorded = "SELECT count(*) FROM audit_record WHERE action = 'tagihan.proof' AND entity_code = 'TAG-2026-11-00001'";
        assert_eq!(app.company.db.count(recorded, vec![]).await, 2);
        assert_eq!(upload(&finance, &format!("{}/proof", path(Uuid::from_u128(9)))).await.0, 404);
        let operator = app.signed_in_as("OPERATOR").await;
        assert_eq!(upload(&operator, &format!("{}/proof", path(id))).await.0, 403);
        app.drain().await;
    }

    async fn whoever_is_erased_takes_every_proof_along(app: TestApp) {
        month(app, &app.company.lesson()).await;
        let id = billed(app, app.company.siswa_id).await;
        let (owner, senior) = (app.signed_in_as("OWNER").await, app.signed_in_as("SENIOR_ADMIN").await);
        for _ in 0..2 {
            upload(&owner, &format!("{}/proof", path(id))).await;
        }
        paid(app, &owner, 375_000).await;
        // The photo of the lessons is a row only; erasing takes files out of the store.
        let photo = "UPDATE document SET storage_key = (SELECT d.storage_key FROM document d WHERE d.name = 'bukti.png' LIMIT 1) WHERE id = ?";
        app.company.db.run(photo, vec![app.company.photo_id.into()]).await;
        app.drain().await;
        let kept = "SELECT count(*) FROM tagihan_proof f JOIN personal_key k ON k.owner_id = f.document_id WHERE k.key IS NOT NULL";
        assert_eq!(app.company.db.count(kept, vec![]).await, 2);
        let wish = json!({ "person_kind": "SISWA", "person_id": app.company.siswa_id, "ground": "REQUEST_OF_PERSON", "reason": "surat" });
        let asked = owner.post("/api/v1/erasures", &wish).await.well();
        let approve = format!("/api/v1/workflows/erasure/{}/commands/approve", asked["id"].as_str().unwrap());
        senior.post(&approve, &json!({ "confirmed": true })).await.well();
        app.drain().await;
        assert_eq!(app.company.db.count(kept, vec![]).await, 0, "the one that was replaced too");
        let shown = owner.get(&path(id)).await.well();
        assert!(!shown.to_string().contains("Zahra") && shown["total_rp"] == 375_000, "the figures stay, the name is gone: {shown}");
    }
}

/// A discount of Rp12.500 for the siswa, before the month is billed.
async fn adjusted(app: &TestApp) {
    let finance = app.signed_in_as("FINANCE").await;
    let body = json!({ "side": "SISWA", "siswa_id": app.company.siswa_id, "amount_rp": -12_500, "reason": "Potongan adik-kakak" });
    finance.post("/api/v1/adjustments", &body).await.well();
}

/// A transfer of the siswa, to what is due first.
async fn paid(app: &TestApp, finance: &Browser, amount_rp: i64) {
    let day = app.company.now().date_naive();
    let body = json!({ "siswa_id": app.company.siswa_id, "amount_rp": amount_rp, "paid_on": day, "method": "TRANSFER", "reference": "BCA 8842" });
    finance.post("/api/v1/payments/commands/record", &body).await.well();
}

async fn upload(browser: &Browser, path: &str) -> (u16, Value) {
    let png = include_bytes!("../../../api/src/cli/demo/photo.png").to_vec();
    let part = reqwest::multipart::Part::bytes(png).file_name("bukti.png");
    let form = reqwest::multipart::Form::new().part("file", part);
    let answer = send(browser.request(Method::POST, path).header("X-CSRF-Token", &browser.csrf).multipart(form)).await;
    (answer.status, answer.body)
}
