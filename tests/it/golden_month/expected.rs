//! What must come of it, by hand. Each figure is a sum of the tables in [`super::lessons`] and [`super::money`].

use super::cast::Cast;
use sea_orm::QueryResult;
use uuid::Uuid;

/// Zahra, November: 137503 + 137503.
/// Zahra, December: 137503 + 145004 + 137503 + 137503 = 557513, less 100001. Credited 50003 + 20007, both given back.
/// Bima, December: 137503 + 68752 + 41251 + 137503 + 137503 = 522512, less 10001. Paid 200000, credited 30001.
/// Citra, December: 34376 + 4 × 137503 = 584388, and 5003. Written off.
/// January: what Citra owed was reversed before it was billed.
pub const TAGIHAN: &str = "
  -- whose  month      sesi  adjusted    total  credited  returned    paid  written off    open  status
     Bima   2026-11  145004         0   145004         0         0  145004            0       0  PAID
     Zahra  2026-11  275006         0   275006         0         0  275006            0       0  PAID
     Bima   2026-12  522512    -10001   512511     30001         0  200000            0  282510  PARTIALLY_PAID
     Citra  2026-12  584388      5003   589391         0         0       0       589391       0  WRITTEN_OFF
     Zahra  2026-12  557513   -100001   457512     70010     70010  457512            0       0  PAID
     Bima   2027-01  137503         0   137503         0         0       0            0  137503  ISSUED
     Zahra  2027-01  137503         0   137503         0         0   45000            0   92503  PARTIALLY_PAID
";

/// The sesi of Gita at 23:30 in Jayapura is Citra's of December, the one at midnight Zahra's of January; in Jakarta both are on the 31st.
pub const TAGIHAN_LINES: &str = "
     Bima   2026-11  2026-11-26  SESI          145004
     Zahra  2026-11  2026-11-23  SESI          137503
     Zahra  2026-11  2026-11-28  SESI          137503
     Bima   2026-12  2026-12-07  NO_SHOW       137503
     Bima   2026-12  2026-12-10  CANCELLATION   68752
     Bima   2026-12  2026-12-22  RESCHEDULE     41251
     Bima   2026-12  2026-12-23  SESI          137503
     Bima   2026-12  2026-12-24  SESI          137503
     Bima   2026-12  2026-12-29  ADJUSTMENT    -10001
     Citra  2026-12  2026-12-11  CANCELLATION   34376
     Citra  2026-12  2026-12-21  SESI          137503
     Citra  2026-12  2026-12-28  SESI          137503
     Citra  2026-12  2026-12-29  ADJUSTMENT      5003
     Citra  2026-12  2026-12-29  SESI          137503
     Citra  2026-12  2026-12-31  SESI          137503
     Zahra  2026-12  2026-12-03  SESI          137503
     Zahra  2026-12  2026-12-05  SESI          145004
     Zahra  2026-12  2026-12-09  CANCELLATION  137503
     Zahra  2026-12  2026-12-26  SESI          137503
     Zahra  2026-12  2026-12-29  ADJUSTMENT   -100001
     Bima   2027-01  2027-01-04  SESI          137503
     Zahra  2027-01  2027-01-01  SESI          137503
";

/// Eka, November: 82502 + 10000 − (82502 + 41251) = −31251, carried over.
/// Dewi, December: 6 × 82502 + 41251 + 20626 + 12375 = 569264; 12000 + 10000 for the way; 15007; 20626 returned; less the 82502 of the 14th.
/// The 20626 of the 16th are held by her claim, and taken in January.
/// Eka, December: 82502 − 3009 − (82502 + 41251 + 41251) − 31251 = −116762, carried over. January: 82502 − 116762 = −34260.
/// Sinta, January: the 101003 of 24 December were paid and are taken back; there is nothing to take them from yet.
/// Fajar's of November is void: his final settlement pays it.
pub const HONORARIUM: &str = "
  -- whose  month      base  transport  adjusted  returned  reversed   denda  carried in  carried out     net    pph    paid  status
     Dewi   2026-11   82502          0         0         0         0   20626           0            0   61876   1547   60329  PAID
     Eka    2026-11   82502      10000         0         0         0  123753           0        31251       0      0       0  PAID
     Fajar  2026-11   82502          0         0         0         0       0           0            0   82502      0       0  VOID
     Dewi   2026-12  569264      22000     15007     20626         0   82502           0            0  544395  13610  530785  PAID
     Eka    2026-12   82502          0     -3009         0         0  165004       31251       116762       0      0       0  PAID
     Gita   2026-12   82502          0         0         0         0       0           0            0   82502      0       0  ISSUED
     Sinta  2026-12  202006          0         0         0         0       0           0            0  202006      0  202006  PAID
     Dewi   2027-01   82502          0         0         0         0   20626           0            0   61876      0       0  ISSUED
     Eka    2027-01   82502          0         0         0         0       0      116762        34260       0      0       0  PAID
     Gita   2027-01   82502          0         0         0         0       0           0            0   82502      0       0  ISSUED
     Sinta  2027-01       0          0         0         0    101003       0           0       101003       0      0       0  PAID
";

/// Of Dewi's December and of everybody's January: each kind of line there is.
pub const HONORARIUM_LINES: &str = "
     Dewi   2026-12  ADJUSTMENT      15007
     Dewi   2026-12  CANCELLATION    20626
     Dewi   2026-12  CANCELLATION    41251
     Dewi   2026-12  CANCELLATION    82502
     Dewi   2026-12  DENDA          -82502
     Dewi   2026-12  DENDA_RETURNED  20626
     Dewi   2026-12  NO_SHOW         82502
     Dewi   2026-12  RESCHEDULE      12375
     Dewi   2026-12  SESI            82502
     Dewi   2026-12  SESI            82502
     Dewi   2026-12  SESI            82502
     Dewi   2026-12  SESI            82502
     Dewi   2026-12  TRANSPORT       10000
     Dewi   2026-12  TRANSPORT       12000
     Eka    2026-12  ADJUSTMENT      -3009
     Eka    2026-12  CARRIED        -31251
     Eka    2026-12  DENDA          -82502
     Eka    2026-12  DENDA          -41251
     Eka    2026-12  DENDA          -41251
     Eka    2026-12  SESI            82502
     Gita   2026-12  SESI            82502
     Sinta  2026-12  SESI           101003
     Sinta  2026-12  SESI           101003
     Dewi   2027-01  DENDA          -20626
     Dewi   2027-01  SESI            82502
     Eka    2027-01  CARRIED       -116762
     Eka    2027-01  SESI            82502
     Gita   2027-01  SESI            82502
     Sinta  2027-01  REVERSED      -101003
";

/// Everything that was ever posted; debit is positive. 3079306 on each side.
///
/// - 1000: 275006 + 100000 + 500000 + 245004 came in; 60329 + 530785 + 202006 went to tutors, 94847 to Fajar, 1547 to the tax office,
///   50003 + 12495 back to Zahra. The 11111 of Citra came and went.
/// - 1100: what is open, 282510 (Bima, December) + 137503 (Bima, January) + 92503 (Zahra, January).
/// - 1200: what Eka (34260) and Sinta (101003) owe.
/// - 2100: Dewi's January (61876), Gita's December and January (2 × 82502).
/// - 2200: the 13610 withheld in January. 2300: the 5000 left of Zahra's Titipan. 2400: nothing waits.
/// - 4100: November 420010; December 420010 (Zahra) + 412509 (Bima) + 550012 (Citra); January 275006.
/// - 4200: 123753 + 350634. 4300: 137503 + 68752 + 34376 + 41251.
/// - 4500: 100001 + 10001 − 5003. 4900: 30001 + 50003 + 20007.
/// - 5100: 247506 + 1018776 + 247506 − 101003. 5200: 10000 + 32000. 5300: 15007 − 3009 + 2345. 5400: 589391.
pub const TRIAL_BALANCE: &str = "
     1000   167998
     1100   512516
     1200   135263
     2100  -226880
     2200   -13610
     2300    -5000
     4100 -2077547
     4200  -474387
     4300  -281882
     4500   104999
     4900   100011
     5100  1412785
     5200    42000
     5300    14343
     5400   589391
";

/// What was earned and spent, by the month it is booked in. While a month is open, what is undone later counts to it:
/// the 20626 returned to Dewi to November, Sinta's 101003 to December.
/// December: 4200 is 82502 + 82502 + 41251 + 20626 + 41251 + 82502; 5100 is 1018776 − 101003.
pub const EARNED: &str = "
     2026-11  4100   -420010
     2026-11  4200   -123753
     2026-11  5100    247506
     2026-11  5200     10000
     2026-12  4100  -1382531
     2026-12  4200   -350634
     2026-12  4300   -281882
     2026-12  4500    104999
     2026-12  5100    917773
     2026-12  5200     32000
     2026-12  5300     14343
     2027-01  4100   -275006
     2027-01  4900    100011
     2027-01  5100    247506
     2027-01  5400    589391
";

/// The same of the sesi alone: nothing adjusted, credited or reversed but the denda of 27 November.
pub const TAUGHT: &str = "
     2026-11  4100   -420010
     2026-11  4200   -123753
     2026-11  5100    247506
     2026-11  5200     10000
     2026-12  4100  -1382531
     2026-12  4200   -350634
     2026-12  4300   -281882
     2026-12  5100   1018776
     2026-12  5200     32000
     2027-01  4100   -412509
     2027-01  5100    247506
";

pub const BY_ACCOUNT: &str =
    "SELECT account || ' ' || CAST(sum(amount_rp) AS TEXT) AS text FROM posting GROUP BY account HAVING sum(amount_rp) <> 0 ORDER BY account";
pub const BY_MONTH: &str = "SELECT substr(CAST(e.posted_on AS TEXT), 1, 7) || ' ' || p.account || ' ' || CAST(sum(p.amount_rp) AS TEXT) AS text \
    FROM posting p JOIN journal_entry e ON e.id = p.entry_id WHERE p.account >= '4' GROUP BY substr(CAST(e.posted_on AS TEXT), 1, 7), p.account \
    HAVING sum(p.amount_rp) <> 0 ORDER BY substr(CAST(e.posted_on AS TEXT), 1, 7), p.account";

const TAGIHAN_NOW: &str = "SELECT siswa_id AS id, period_month AS month, CAST(sesi_rp AS TEXT) || ' ' || adjustment_rp || ' ' || total_rp || ' ' || credited_rp || ' ' || \
    refunded_rp || ' ' || paid_rp || ' ' || written_off_rp || ' ' || (total_rp - credited_rp + refunded_rp - paid_rp - written_off_rp) || ' ' || status AS text FROM tagihan";
const TAGIHAN_LINES_NOW: &str = "SELECT t.siswa_id AS id, t.period_month AS month, CAST(l.held_on AS TEXT) || ' ' || l.kind || ' ' || l.amount_rp AS text \
    FROM tagihan_line l JOIN tagihan t ON t.id = l.tagihan_id WHERE l.voided_at IS NULL";
const HONORARIUM_NOW: &str = "SELECT tutor_id AS id, period_month AS month, CAST(base_rp AS TEXT) || ' ' || transport_rp || ' ' || adjustment_rp || ' ' || returned_rp || ' ' || \
    reversed_rp || ' ' || denda_rp || ' ' || carried_in_rp || ' ' || carried_out_rp || ' ' || net_rp || ' ' || pph_withheld_rp || ' ' || paid_rp || ' ' || status AS text FROM honorarium";
const HONORARIUM_LINES_NOW: &str = "SELECT h.tutor_id AS id, h.period_month AS month, l.kind || ' ' || CAST(l.amount_rp AS TEXT) AS text, l.kind, l.amount_rp \
    FROM honorarium_line l JOIN honorarium h ON h.id = l.honorarium_id WHERE l.voided_at IS NULL AND h.period_month > '2026-11' ORDER BY l.kind, l.amount_rp";

pub async fn tagihan(cast: &Cast<'_>) -> Vec<String> {
    told(cast, TAGIHAN_NOW, true).await
}

pub async fn tagihan_lines(cast: &Cast<'_>) -> Vec<String> {
    told(cast, TAGIHAN_LINES_NOW, true).await
}

pub async fn honorarium(cast: &Cast<'_>) -> Vec<String> {
    told(cast, HONORARIUM_NOW, true).await
}

pub async fn honorarium_lines(cast: &Cast<'_>) -> Vec<String> {
    told(cast, HONORARIUM_LINES_NOW, false).await
}

/// By month, then by whose it is; then as the query orders them, or by what they say.
async fn told(cast: &Cast<'_>, sql: &str, by_text: bool) -> Vec<String> {
    let of = |row: QueryResult| -> (String, &'static str, String) {
        let id: Uuid = row.try_get("", "id").unwrap();
        (row.try_get("", "month").unwrap(), cast.name(id), row.try_get("", "text").unwrap())
    };
    let mut all: Vec<_> = cast.app.company.db.rows(sql, vec![]).await.into_iter().map(of).collect();
    if by_text {
        all.sort();
    } else {
        all.sort_by(|one, other| (&one.0, one.1).cmp(&(&other.0, other.1)));
    }
    all.into_iter().map(|(month, name, text)| format!("{name} {month} {text}")).collect()
}
