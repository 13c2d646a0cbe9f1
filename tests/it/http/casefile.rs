//! The case file: everything about a disputed case on one page and in one PDF, with a proof that others can check.

use super::fm::{CLAIMS, decide, penalised, wish};
use chrono::TimeDelta;
use engine::plan::AnyCommand;
use engine::seal::{Fault, verify_export};
use reqwest::Method;
use serde_json::{Value, json};
use tests::app::TestApp;
use tests::both_databases;
use tests::browser::Browser;
use tests::pdf;
use uuid::Uuid;

fn path(workflow: &str, id: Uuid) -> String {
    format!("/api/v1/casefile/{workflow}/{id}")
}

/// A claim with a doctor's letter that was rejected, appealed and overturned by three people.
async fn overturned(app: &TestApp) -> (Uuid, Uuid) {
    let sesi = penalised(app).await;
    app.company.clock.advance(TimeDelta::hours(1));
    let mut claim = wish(app, sesi);
    claim["evidence"] = json!([app.company.new_document().await]);
    let (operator, hr, senior) = (app.signed_in_as("OPERATOR").await, app.signed_in_as("HR").await, app.signed_in_as("SENIOR_ADMIN").await);
    let claim: Uuid = operator.post(CLAIMS, &claim).await.well()["id"].as_str().unwrap().parse().unwrap();
    for (who, command) in [(&hr, "reject"), (&operator, "appeal"), (&senior, "overturn")] {
        app.company.clock.advance(TimeDelta::hours(1));
        decide(who, claim, command).await.well();
    }
    (sesi, claim)
}

async fn fetched(browser: &Browser, path: &str) -> Vec<u8> {
    let answer = browser.request(Method::GET, path).send().await.unwrap();
    assert_eq!(answer.status(), 200, "{path}");
    assert!(answer.headers()["content-disposition"].to_str().unwrap().starts_with("attachment; filename=\"b"));
    answer.bytes().await.unwrap().to_vec()
}

fn listed<'a>(file: &'a Value, list: &str, field: &str) -> Vec<&'a str> {
    file[list].as_array().unwrap().iter().map(|one| one[field].as_str().unwrap_or_default()).collect()
}

async fn child(app: &TestApp, table: &str, sesi: Uuid) -> Uuid {
    let rows = app.company.db.rows(&format!("SELECT id FROM {table} WHERE sesi_id = ?"), vec![sesi.into()]).await;
    rows[0].try_get("", "id").unwrap()
}

both_databases! {
    async fn a_case_file_tells_a_dispute_from_the_sesi_to_the_reversal(app: TestApp) {
        let (sesi, claim) = overturned(app).await;
        let auditor = app.signed_in_as("AUDITOR").await;
        let file = auditor.get(&path("fm_claim", claim)).await.well();
        let mut cases = listed(&file, "cases", "workflow");
        assert_eq!(cases.remove(0), "fm_claim");
        cases.sort_unstable();
        assert_eq!(&cases[..3], ["denda", "notification", "sesi"]);
        assert!(cases.contains(&"strike"));

        let told: Vec<String> = file["timeline"].as_array().unwrap().iter().map(|event| format!("{}.{}", event["entity_type"].as_str().unwrap(), event["verb"].as_str().unwrap())).collect();
        let order = ["sesi.request", "sesi.approve", "sesi.cancel", "denda.impose", "fm_claim.file", "fm_claim.reject", "fm_claim.appeal", "fm_claim.overturn", "denda.reverse"];
        let places: Vec<usize> = order.iter().map(|step| told.iter().position(|one| one == step).unwrap_or_else(|| panic!("{step} in {told:?}"))).collect();
        assert!(places.is_sorted(), "{told:?}");
        let decision = &file["timeline"][places[7]];
        assert_eq!((&decision["actor"]["name"], &decision["reason"]), (&json!("SENIOR_ADMIN"), &json!("Alasan overturn")));
        let filed = file["timeline"][places[4]]["said"].to_string();
        assert!(filed.contains("Demam tinggi, ada surat dokter"), "{filed}");

        let ruled = file["decisions"].as_array().unwrap().iter().find(|ruling| ruling["decision"]["kind"] == "cancellation.tutor").unwrap();
        assert_eq!(ruled["decision"]["sha256"].as_str().unwrap().len(), 64);
        assert!(ruled["decision"]["trace"].as_array().is_some_and(|trace| !trace.is_empty()));
        assert_eq!(file["entries"].as_array().unwrap().iter().map(|one| one["entry"]["kind"].as_str().unwrap()).collect::<Vec<_>>(), ["tutor_denda", "tutor_denda_reversal"]);
        assert_eq!(file["entries"][1]["reverses_id"], file["entries"][0]["entry"]["id"]);
        assert_eq!((listed(&file, "evidence", "name"), listed(&file, "evidence", "sha256")), (vec!["foto.png"], vec!["00"]));

        // The same cases from wherever one looks; and nowhere who the siswa is.
        for (workflow, id) in [("sesi", sesi), ("denda", child(app, "denda", sesi).await), ("strike", child(app, "strike", sesi).await)] {
            let other = auditor.get(&path(workflow, id)).await.well();
            assert_eq!(other["cases"].as_array().unwrap().len(), file["cases"].as_array().unwrap().len(), "{workflow}");
            assert_eq!(other["cases"][0]["workflow"], workflow);
        }
        let siswa = app.company.db.texts("SELECT name AS text FROM siswa", vec![]).await.remove(0);
        assert!(!file.to_string().contains(&siswa), "{siswa}");
        app.drain().await;
    }

    async fn the_pdf_says_the_same_and_its_proof_holds_without_us(app: TestApp) {
        let (_, claim) = overturned(app).await;
        let hr = app.signed_in_as("HR").await;
        let at = format!("{}/casefile.pdf", path("fm_claim", claim));
        let file = fetched(&hr, &at).await;
        let text = pdf::text(&file);
        for said in ["Klaim", "FM-2026-000001", "Kronologi", "Alasan overturn", "SENIOR_ADMIN", "Pembatalan oleh tutor", "50% × Rp90.000 = Rp45.000", "Jurnal", "Rp45.000", "foto.png", "Bukti audit"] {
            assert!(text.contains(said), "{said} in\n{text}");
        }
        assert!(!text.contains("belum disegel") && !text.contains('⟦'), "{text}");
        assert_eq!(pdf::fonts_missing(&file), Vec::<String>::new());
        let siswa = app.company.db.texts("SELECT name AS text FROM siswa", vec![]).await.remove(0);
        assert!(!text.contains(&siswa));

        // The clock stands still: the same case is the same file, whoever takes it out meanwhile is no part of it.
        assert_eq!(file, fetched(&hr, &at).await);
        let noted = app.company.db.count("SELECT count(*) FROM audit_record WHERE action = 'casefile.export' AND entity_id = ?", vec![claim.into()]).await;
        assert_eq!(noted, 2);

        let proof = pdf::attached(&file, "bukti-audit.jsonl");
        let report = verify_export(proof.as_slice()).unwrap();
        assert_eq!(report.findings, []);
        let shown = hr.get(&path("fm_claim", claim)).await.well();
        assert_eq!(report.rows, shown["proof"]["records"].as_array().unwrap().len() as u64);
        assert!(report.rows >= shown["timeline"].as_array().unwrap().len() as u64);
        assert_eq!(shown["proof"]["unsealed"], 0);
        assert!(text.contains(&report.head.unwrap().1), "the hash of the seal is printed");
        assert_eq!(proof, fetched(&hr, &format!("{}/proof.jsonl", path("fm_claim", claim))).await);
        app.drain().await;
    }

    async fn a_changed_record_path_or_seal_shows(app: TestApp) {
        let (_, claim) = overturned(app).await;
        let hr = app.signed_in_as("HR").await;
        let proof = String::from_utf8(fetched(&hr, &format!("{}/proof.jsonl", path("fm_claim", claim))).await).unwrap();
        let faults = |text: &str| verify_export(text.as_bytes()).unwrap().findings.into_iter().map(|finding| finding.fault).collect::<Vec<_>>();
        assert_eq!(faults(&proof), []);
        let changed = proof.replacen("fm_claim.overturn", "fm_claim.uphold", 1);
        assert_ne!(changed, proof);
        assert_eq!(faults(&changed), [Fault::Changed]);
        let records: Vec<&str> = proof.lines().collect();
        let first: Value = serde_json::from_str(records[1]).unwrap();
        let (root, beside) = (first["seal"]["root"].as_str().unwrap(), first["path"][0]["hash"].as_str().unwrap());
        assert_eq!(faults(&proof.replacen(beside, root, 1))[0], Fault::Changed);
        assert_eq!(faults(&proof.replacen(root, beside, 1))[0], Fault::SealChanged);
        assert_eq!(faults(&records[..records.len() - 1].join("\n")), [Fault::FileChanged]);
        app.drain().await;
    }

    async fn a_siswa_who_cancels_is_a_code_in_the_file(app: TestApp) {
        let lesson = app.company.lesson();
        let sesi = app.company.approved(&lesson).await;
        app.company.clock.set(lesson.starts_at - TimeDelta::hours(2));
        app.company.done(sesi, AnyCommand::with("cancel", &json!({ "party": "SISWA" })).because("Ujian")).await;
        let auditor = app.signed_in_as("AUDITOR").await;
        let file = auditor.get(&path("sesi", sesi)).await.well();
        let code = app.company.db.texts("SELECT code AS text FROM siswa", vec![]).await.remove(0);
        let cancel = file["timeline"].as_array().unwrap().iter().find(|event| event["verb"] == "cancel").unwrap();
        assert_eq!((&cancel["on_behalf_of"], &cancel["reason"]), (&json!(format!("Siswa {code}")), &json!("Ujian")));
        let siswa = app.company.db.texts("SELECT name AS text FROM siswa", vec![]).await.remove(0);
        assert!(!file.to_string().contains(&siswa), "{siswa}");
        app.drain().await;
    }

    async fn whoever_may_not_read_a_case_file_takes_none_out(app: TestApp) {
        let sesi = penalised(app).await;
        let denda = child(app, "denda", sesi).await;
        let (finance, operator) = (app.signed_in_as("FINANCE").await, app.signed_in_as("OPERATOR").await);
        finance.get(&path("denda", denda)).await.well();
        app.company.db.run("DELETE FROM role_permission WHERE permission = 'casefile.read' AND role_id = (SELECT id FROM role WHERE code = 'OPERATOR')", vec![]).await;
        let operator = { drop(operator); app.signed_in_as("OPERATOR").await };
        for end in ["", "/casefile.pdf", "/proof.jsonl"] {
            assert_eq!(operator.get(&format!("{}{end}", path("denda", denda))).await.problem(), "403 forbidden", "{end}");
        }
        assert_eq!(finance.get(&path("strike", denda)).await.problem(), "404 not_found");
        assert_eq!(finance.get(&path("denda", Uuid::from_u128(9))).await.problem(), "404 not_found");
        app.drain().await;
    }
}
