//! What happens to the money: payments, corrections and what is withheld, month by month.

use super::cast::Cast;
use serde_json::{Value, json};
use uuid::Uuid;

/// | day | what                                                                          |   rupiah |
/// |-----|-------------------------------------------------------------------------------|---------:|
/// | 10  | Zahra pays November in full                                                   |   275006 |
/// | 12  | Bima pays a part of November, 145004                                          |   100000 |
/// | 15  | Dewi's Honorarium of November, 61876, less 2,5 % PPh (1546,9 → 1547)           |    60329 |
pub async fn early_december(cast: &Cast<'_>) {
    paid(cast, cast.zahra, 275_006, "2026-12-10").await;
    paid(cast, cast.bima, 100_000, "2026-12-12").await;
    cast.until("2026-12-15T12:00").await;
    pay_honorarium(cast, cast.dewi, ("2026-11", "2026-12-15", 1_547)).await;
}

/// | day | whose | what                                        |    rupiah |
/// |-----|-------|---------------------------------------------|----------:|
/// | 29  | Zahra | a large discount; a second person approves  |   −100001 |
/// | 29  | Bima  | a discount                                  |    −10001 |
/// | 29  | Citra | a book                                      |      5003 |
/// | 29  | Dewi  | for a workshop                              |     15007 |
/// | 29  | Eka   | for a lost module                           |     −3009 |
/// | 29  | Fajar | for a workshop; he leaves on the 30th       |      2345 |
pub async fn adjustments(cast: &Cast<'_>) {
    cast.until("2026-12-29T12:00").await;
    let large = adjusted(cast, ("SISWA", cast.zahra), -100_001).await;
    cast.told(2, "money_adjustment", large, "approve", json!({})).await;
    adjusted(cast, ("SISWA", cast.bima), -10_001).await;
    adjusted(cast, ("SISWA", cast.citra), 5_003).await;
    adjusted(cast, ("TUTOR", cast.dewi), 15_007).await;
    adjusted(cast, ("TUTOR", cast.eka), -3_009).await;
    adjusted(cast, ("TUTOR", cast.fajar), 2_345).await;
}

/// Fajar leaves on the 30th. His Honorarium of November was never paid; everything he is owed is his final settlement:
/// 82502 (28 November) + 82502 + 10000 (29 December) − 82502 (denda of the 27th) + 2345 = 94847. It is paid on the 31st.
pub async fn fajar_leaves(cast: &Cast<'_>) {
    cast.until("2026-12-30T09:00").await;
    let termination = cast.begun("termination", "decide", json!({ "tutor_id": cast.fajar })).await;
    cast.until("2026-12-31T09:00").await;
    let moved = json!({ "moved_on": "2026-12-31", "method": "TRANSFER", "reference": "TRX-7" });
    cast.told(2, "termination", termination, "record_payout", moved).await;
}

/// | day | what                                                                                   |  rupiah |
/// |-----|----------------------------------------------------------------------------------------|--------:|
/// |  5  | Zahra pays December, 457512, and 42488 more: her Titipan                                |  500000 |
/// |  6  | Bima pays what is left of November, 45004, and 200000 of December                       |  245004 |
/// |  7  | a payment of Citra's is recorded by mistake, and reversed                               |   11111 |
/// |  8  | Dewi's Honorarium of December, 544395, less 2,5 % PPh (13609,875 → 13610)               |  530785 |
/// |  8  | Sinta's of December, without PPh                                                       |  202006 |
/// | 10  | the PPh withheld in December goes to the tax office                                    |    1547 |
pub async fn payments_of_january(cast: &Cast<'_>) {
    cast.until("2027-01-05T13:00").await;
    paid(cast, cast.zahra, 500_000, "2027-01-05").await;
    cast.until("2027-01-06T09:00").await;
    paid(cast, cast.bima, 245_004, "2027-01-06").await;
    cast.until("2027-01-07T09:00").await;
    let mistaken = paid(cast, cast.citra, 11_111, "2027-01-07").await;
    cast.begun("payment", "reverse", json!({ "payment_id": mistaken })).await;
    cast.until("2027-01-08T09:00").await;
    pay_honorarium(cast, cast.dewi, ("2026-12", "2027-01-08", 13_610)).await;
    pay_honorarium(cast, cast.sinta, ("2026-12", "2027-01-08", 0)).await;
    cast.until("2027-01-10T09:00").await;
    cast.begun("payment", "remit_pph", json!({ "month": "2026-12", "amount_rp": 1_547, "paid_on": "2027-01-10", "method": "TRANSFER", "reference": "NTPN-1" }))
        .await;
}

/// | day | what                                                                                       |  rupiah |
/// |-----|--------------------------------------------------------------------------------------------|--------:|
/// |  8  | Citra's side of the sesi of 5 January is reversed before it is billed                      |  137503 |
/// |  8  | Sinta's side of the sesi of 24 December is reversed after it was paid                      |  101003 |
/// | 11  | credit of 30001 on Bima's 10 December, of which nothing is paid: it lowers what is open    |   30001 |
/// | 11  | credit of 50003 on Zahra's 9 December, which is paid: a refund, sent on the 12th           |   50003 |
/// | 11  | credit of 20007 on Zahra's 26 December, which is paid: kept as Titipan                      |   20007 |
/// | 13  | Zahra asks 12495 of her Titipan back, and gets it                                          |   12495 |
/// | 13  | Zahra asks for 10000 more, and leaves it                                                   |   10000 |
/// | 20  | what Citra owes for December is written off, by two people                                 |  589391 |
pub async fn corrections_of_january(cast: &Cast<'_>) {
    cast.until("2027-01-11T09:00").await;
    credited(cast, cast.bima, ("2026-12-10", 30_001, "REFUND")).await;
    credited(cast, cast.zahra, ("2026-12-09", 50_003, "REFUND")).await;
    credited(cast, cast.zahra, ("2026-12-26", 20_007, "DEPOSIT")).await;
    cast.until("2027-01-12T09:00").await;
    let due = cast.id("SELECT id FROM refund WHERE state = 'DUE'", vec![]).await;
    send(cast, due, "2027-01-12").await;
    cast.until("2027-01-13T09:00").await;
    let asked = cast.begun("refund", "request", json!({ "siswa_id": cast.zahra, "amount_rp": 12_495 })).await;
    send(cast, asked, "2027-01-13").await;
    let kept = cast.begun("refund", "request", json!({ "siswa_id": cast.zahra, "amount_rp": 10_000 })).await;
    cast.told(1, "refund", kept, "keep", json!({})).await;
    cast.until("2027-01-20T09:00").await;
    let tagihan = tagihan(cast, cast.citra, "2026-12").await;
    let flag = json!({ "tagihan_id": tagihan, "tax_compliant": true, "tax_note": "Daftar piutang tak tertagih 2026" });
    let asked = cast.begun("write_off", "request", flag).await;
    cast.told(2, "write_off", asked, "approve", json!({})).await;
}

pub async fn reversals(cast: &Cast<'_>, unbilled: Uuid, paid: Uuid) {
    for (side, table, sesi) in [("SISWA", "siswa_settlement", unbilled), ("TUTOR", "tutor_settlement", paid)] {
        let settlement = cast.id(&format!("SELECT id FROM {table} WHERE sesi_id = ?"), vec![sesi.into()]).await;
        cast.begun("settlement_reversal", "request", json!({ "side": side, "settlement_id": settlement })).await;
    }
}

/// Zahra's Titipan is 42488 + 20007 − 12495 = 50000; 45000 of it go to her Tagihan of January.
pub async fn deposit(cast: &Cast<'_>) {
    let allocations = json!([{ "tagihan_id": tagihan(cast, cast.zahra, "2027-01").await, "amount_rp": 45_000 }]);
    cast.begun("payment", "apply_deposit", json!({ "siswa_id": cast.zahra, "allocations": allocations })).await;
}

async fn paid(cast: &Cast<'_>, siswa: Uuid, amount_rp: i64, on: &str) -> Uuid {
    cast.until(&format!("{on}T12:00")).await;
    let body = json!({ "siswa_id": siswa, "amount_rp": amount_rp, "paid_on": on, "method": "TRANSFER", "reference": "TRX", "allocations": [] });
    cast.begun("payment", "record", body).await
}

async fn pay_honorarium(cast: &Cast<'_>, tutor: Uuid, (month, on, pph_rp): (&str, &str, i64)) {
    let id = cast.id("SELECT id FROM honorarium WHERE tutor_id = ? AND period_month = ?", vec![tutor.into(), month.into()]).await;
    let body = json!({ "honorarium_id": id, "paid_on": on, "method": "TRANSFER", "reference": "TRX", "pph_withheld_rp": pph_rp });
    cast.begun("payment", "pay_honorarium", body).await;
}

async fn adjusted(cast: &Cast<'_>, (side, party): (&str, Uuid), amount_rp: i64) -> Uuid {
    let key = if side == "SISWA" { "siswa_id" } else { "tutor_id" };
    let body: Value = json!({ "side": side, key: party, "amount_rp": amount_rp });
    cast.begun("money_adjustment", "request", body).await
}

async fn credited(cast: &Cast<'_>, siswa: Uuid, (held_on, amount_rp, keep): (&str, i64, &str)) {
    let tagihan = tagihan(cast, siswa, "2026-12").await;
    let sql = "SELECT number FROM tagihan_line WHERE tagihan_id = ? AND held_on = ?";
    let day: chrono::NaiveDate = held_on.parse().unwrap();
    let number = cast.app.company.db.count(sql, vec![tagihan.into(), day.into()]).await;
    let body = json!({ "tagihan_id": tagihan, "lines": [{ "number": number, "amount_rp": amount_rp }], "keep": keep });
    cast.begun("credit_note", "request", body).await;
}

async fn send(cast: &Cast<'_>, refund: Uuid, on: &str) {
    cast.told(1, "refund", refund, "send", json!({ "paid_on": on, "method": "TRANSFER", "reference": "TRX-R" })).await;
}

pub async fn tagihan(cast: &Cast<'_>, siswa: Uuid, month: &str) -> Uuid {
    cast.id("SELECT id FROM tagihan WHERE siswa_id = ? AND period_month = ?", vec![siswa.into(), month.into()]).await
}
