//! A closed month made again: whatever is changed behind the rules is named, with its document and its line.

use super::{at, closed, differences};
use engine::tag::Tag;
use tests::both_databases;
use tests::company::Company;

async fn told(company: &Company) -> Vec<String> {
    let line = |line: Option<i64>| line.map_or_else(String::new, |line| format!("/{line}"));
    differences(company)
        .await
        .iter()
        .map(|one| format!("{} {}{} {} {} {}", one.what.as_str(), one.subject, line(one.line), one.field, one.stated, one.found))
        .collect()
}

both_databases! {
    async fn a_changed_line_is_named(company: Company) {
        closed(company).await;
        company.db.tamper("tagihan_line", "UPDATE tagihan_line SET amount_rp = amount_rp - 1 WHERE number = 2", vec![]).await;
        assert_eq!(told(company).await, ["DOCUMENT TAG-2026-11-00001/2 amount_rp 149999 150000"]);
    }

    async fn a_changed_settlement_is_named_by_the_line_it_stands_on(company: Company) {
        closed(company).await;
        let last = "(SELECT source_id FROM honorarium_line WHERE number = 2)";
        company.db.tamper("tutor_settlement", &format!("UPDATE tutor_settlement SET honorarium_rp = 90001 WHERE id = {last}"), vec![]).await;
        assert_eq!(told(company).await, ["SOURCE HON-2026-11-00001 base_rp 180000 180001", "SOURCE HON-2026-11-00001 net_rp 180000 180001", "SOURCE HON-2026-11-00001/2 amount_rp 90000 90001"]);
    }

    async fn a_document_and_its_sources_changed_alike_are_still_found(company: Company) {
        closed(company).await;
        company.db.tamper("tagihan_line", "UPDATE tagihan_line SET amount_rp = 149000 WHERE number = 1", vec![]).await;
        company.db.tamper("tagihan", "UPDATE tagihan SET sesi_rp = 299000, total_rp = 299000", vec![]).await;
        let first = "(SELECT source_id FROM tagihan_line WHERE number = 1)";
        company.db.tamper("siswa_settlement", &format!("UPDATE siswa_settlement SET amount_rp = 149000 WHERE id = {first}"), vec![]).await;
        let told = told(company).await;
        assert!(told.len() == 1 && told[0].starts_with("BOTH TAG-2026-11-00001 sha256 "), "{told:?}");
    }

    async fn a_line_taken_out_a_document_voided_and_a_receipt_changed_are_named(company: Company) {
        closed(company).await;
        company.db.tamper("honorarium", "UPDATE honorarium SET status = 'VOID'", vec![]).await;
        assert_eq!(told(company).await, ["MISSING HON-2026-11-00001 document closed -"]);
        company.db.tamper("tagihan_line", "DELETE FROM tagihan_line WHERE number = 2", vec![]).await;
        assert_eq!(told(company).await[0], "BOTH TAG-2026-11-00001 sesi_rp 300000 150000");
        company.db.tamper("period_closing", "UPDATE period_closing SET number = 7", vec![]).await;
        assert!(told(company).await[0].starts_with("RECEIPT 2026-11 sha256 "));
    }

    async fn an_entry_slipped_into_the_month_is_named_by_its_accounts(company: Company) {
        closed(company).await;
        company.db.tamper("period", "UPDATE period SET state = 'OPEN'", vec![]).await;
        company.completed_late(at("2026-11-25T03:00:00Z")).await;
        company.works().await;
        let told = told(company).await;
        assert!(told.contains(&"LEDGER 1100 debit / credit 300000 / 0 450000 / 0".to_owned()), "{told:?}");
    }
}
