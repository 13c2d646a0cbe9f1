//! A bank statement: taken in once, held against what is open, and everything that becomes of its lines.

use super::{PAYMENTS, bills, fault, one_month, paid, sound, to, with};
use serde_json::{Value, json};
use tests::app::TestApp;
use tests::both_databases;
use tests::browser::{Answer, Browser};

const STATEMENTS: &str = "/api/v1/bank-statements";
const LINES: &str = "/api/v1/bank-lines";

const BCA: &str = "No. rekening : 0123456789\nPeriode : 01/12/2026 - 02/12/2026\n\nTanggal Transaksi,Keterangan,Cabang,Jumlah,,Saldo\n\
    '01/12,TRSF E-BANKING CR 0112/FTSCY ZAHRA AMELIA,'0000,\"150,000.00\",CR,\"5,150,000.00\"\n\
    '01/12,BIAYA ADM,'0000,15000.00,DB,5135000.00\nSaldo Awal,:,5000000.00\n";

async fn import(browser: &Browser, query: &str, csv: &str) -> Answer {
    browser.post_raw(&format!("{STATEMENTS}?file=mutasi.csv&{query}"), "text/csv", csv.to_owned()).await
}

async fn open(browser: &Browser) -> Vec<Value> {
    let lines = browser.get(&format!("{LINES}?filter[state]=OPEN")).await.well();
    lines["items"].as_array().unwrap().clone()
}

async fn proposals(browser: &Browser, line: &Value) -> Vec<Value> {
    browser.get(&format!("{LINES}/{}/proposals", line["id"].as_str().unwrap())).await.well().as_array().unwrap().clone()
}

async fn says(browser: &Browser, line: &Value, what: &str, body: Value) -> Answer {
    browser.post(&format!("{LINES}/{}/{what}", line["id"].as_str().unwrap()), &body).await
}

both_databases! {
    async fn a_line_leads_to_the_siswa_who_paid_and_is_matched_by_the_payment(app: TestApp) {
        one_month(app).await;
        let finance = app.signed_in_as("FINANCE").await;
        let tried = import(&finance, "dry_run=true", BCA).await.well();
        assert_eq!((&tried["added"], &tried["in_rp"], &tried["out_rp"], &tried["skipped"], &tried["written"]), (&json!(2), &json!(150_000), &json!(15_000), &json!(1), &json!(false)));
        assert_eq!(open(&finance).await.len(), 0);
        assert_eq!(import(&finance, "", BCA).await.well()["added"], 2);
        let again = import(&finance, "", &BCA.replace("'01/12,BIAYA", "'02/12,BUNGA 2,'0000,100.00,CR,1.00\n'01/12,BIAYA")).await.well();
        assert_eq!((&again["added"], &again["known"]), (&json!(1), &json!(2)), "a longer export of the same days brings only what is new");
        assert_eq!(import(&finance, "", BCA).await.well()["written"], false);

        let line = open(&finance).await.into_iter().find(|line| line["amount_rp"] == 150_000).unwrap();
        let found = proposals(&finance, &line).await;
        assert_eq!((&found[0]["kind"], &found[0]["who_name"], &found[0]["reasons"]), (&json!("SISWA"), &json!("Zahra Amelia"), &json!(["amount", "name", "day"])));
        assert_eq!(found[0]["documents"][0]["number"], "TAG-2026-11-00001");
        let pay = |amount: i64| with(paid(app, amount, "2026-12-01"), &json!({ "bank_line_id": line["id"] }));
        assert_eq!(fault(&finance.post(&to("record"), &pay(150_001)).await), "422 bank_line_amount amount_rp bank_line_amount");
        let made = finance.post(&to("record"), &pay(150_000)).await.well();
        assert_eq!(bills(app).await, ["TAG-2026-11-00001 PAID 150000"]);
        assert_eq!(fault(&finance.post(&to("record"), &pay(150_000)).await), "422 bank_line_taken bank_line_id bank_line_taken");
        let view = finance.get(&format!("{PAYMENTS}/{}", made["id"].as_str().unwrap())).await.well();
        assert_eq!((&view["bank_line"]["id"], &view["bank_line"]["statement"]), (&line["id"], &json!("mutasi.csv")));

        // Taken back, its line is open again.
        finance.post(&to("reverse"), &json!({ "payment_id": made["id"], "reason": "salah" })).await.well();
        assert!(open(&finance).await.iter().any(|one| one["id"] == line["id"]));
        sound(app).await;
    }

    async fn a_line_is_ignored_for_a_reason_looked_at_again_or_found_recorded(app: TestApp) {
        one_month(app).await;
        let finance = app.signed_in_as("FINANCE").await;
        let made = finance.post(&to("record"), &paid(app, 150_000, "2026-12-01")).await.well();
        import(&finance, "", BCA).await.well();
        let lines = open(&finance).await;
        let (came, fee) = (lines.iter().find(|line| line["amount_rp"] == 150_000).unwrap(), lines.iter().find(|line| line["amount_rp"] == -15_000).unwrap());
        assert_eq!(fault(&says(&finance, fee, "ignore", json!({ "reason": " " })).await), "422 invalid reason required");
        assert_eq!(says(&finance, fee, "ignore", json!({ "reason": "biaya bank" })).await.status, 204);
        assert_eq!(fault(&says(&finance, fee, "ignore", json!({ "reason": "x" })).await), "422 bank_line_taken bank_line_id bank_line_taken");
        assert_eq!(says(&finance, fee, "reopen", json!({})).await.status, 204);
        assert_eq!(says(&finance, fee, "ignore", json!({ "reason": "biaya bank" })).await.status, 204);

        let found = proposals(&finance, came).await;
        assert_eq!((&found[0]["kind"], &found[0]["documents"][0]["id"]), (&json!("RECORDED"), &made["id"]));
        assert_eq!(fault(&says(&finance, fee, "link", json!({ "payment_id": made["id"] })).await), "422 bank_line_taken bank_line_id bank_line_taken");
        assert_eq!(says(&finance, came, "link", json!({ "payment_id": made["id"] })).await.status, 204);
        let figures = finance.get(&format!("{LINES}/figures")).await.well();
        assert_eq!((&figures["open"], &figures["matched"], &figures["ignored"]), (&json!(0), &json!(1), &json!(1)));
        let told = app.company.db.texts("SELECT action AS text FROM audit_record WHERE entity_type LIKE 'bank_%' ORDER BY action", vec![]).await;
        assert_eq!(told, ["bank_line.decide", "bank_line.decide", "bank_line.decide", "bank_line.decide", "bank_statement.import"]);
        let written = app.company.db.texts("SELECT COALESCE(CAST(before AS TEXT), '') || COALESCE(CAST(after AS TEXT), '') AS text FROM audit_record WHERE entity_type LIKE 'bank_%'", vec![]).await;
        assert!(written.iter().all(|row| !row.contains("ZAHRA")), "what the bank writes of people stays on the line");
        assert_eq!(app.signed_in_as("AUDITOR").await.post(&format!("{LINES}/{}/reopen", fee["id"].as_str().unwrap()), &json!({})).await.problem(), "403 forbidden");
        sound(app).await;
    }

    async fn a_file_with_faults_is_told_line_by_line_and_taken_in_only_when_asked_for(app: TestApp) {
        one_month(app).await;
        let finance = app.signed_in_as("FINANCE").await;
        let csv = "date;description;amount\n2026-12-01;TAG-2026-11-00001;150.000,00\n2026-13-01;x;1\n2026-12-01;y;1.250,50\n";
        let tried = import(&finance, "", csv).await.well();
        let told: Vec<String> = tried["faults"].as_array().unwrap().iter().map(|fault| format!("{} {} {}", fault["line"], fault["column"], fault["code"])).collect();
        assert_eq!((told, &tried["written"]), (vec!["3 \"day\" \"not_date\"".to_owned(), "4 \"amount\" \"has_sen\"".to_owned()], &json!(false)));
        assert_eq!(import(&finance, "only_valid=true", csv).await.well()["added"], 1);
        let found = proposals(&finance, &open(&finance).await[0]).await;
        assert_eq!(found[0]["reasons"], json!(["number", "amount", "day"]));
        assert_eq!(fault(&import(&finance, "", "nama,umur\nBudi,9\n").await), "422 no_bank_header file no_bank_header");
        assert_eq!(app.signed_in_as("OPERATOR").await.post_raw(STATEMENTS, "text/csv", csv).await.problem(), "403 forbidden");
        app.drain().await;
    }
}
