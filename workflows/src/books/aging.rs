//! Who owes how much since when (SPEC FIN-10), as of any day: what is not billed yet, not due yet, and overdue by how long. What
//! stands there for a siswa is, to the rupiah, what stood on their account 1100 at the end of that day.

use chrono::{Days, NaiveDate};
use engine::db::{self, Db};
use engine::refusal::Failure;
use sea_orm::{QueryResult, Value};
use uuid::Uuid;

/// What a siswa owes, by how long it has been due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Aged {
    pub siswa_id: Uuid,
    pub code: String,
    pub name: String,
    /// Settled, but on no Tagihan yet; below zero when an adjustment waits that takes away.
    pub not_billed_rp: i64,
    pub not_due_rp: i64,
    /// Up to 30 days past the day it was due on, and so on.
    pub days_0_30_rp: i64,
    pub days_31_60_rp: i64,
    pub days_61_90_rp: i64,
    pub days_over_90_rp: i64,
    /// Of what is overdue.
    pub oldest_due_on: Option<NaiveDate>,
}

/// A Tagihan that was not paid in full on that day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenTagihan {
    pub id: Uuid,
    pub number: String,
    pub period_month: String,
    pub issued_on: NaiveDate,
    pub due_on: NaiveDate,
    pub total_rp: i64,
    pub open_rp: i64,
    /// Below zero, it was not due yet.
    pub days_late: i64,
}

impl Aged {
    pub const fn overdue_rp(&self) -> i64 {
        self.days_0_30_rp + self.days_31_60_rp + self.days_61_90_rp + self.days_over_90_rp
    }

    /// What stood on account 1100.
    pub const fn total_rp(&self) -> i64 {
        self.not_billed_rp + self.not_due_rp + self.overdue_rp()
    }
}

/// What stood on 1100 at the end of a day: all there is, less what came later; or what came before, where that is less.
const ALL_BUT_LATER: &str = "SELECT party_id AS siswa_id, sum(amount_rp) AS rp FROM posting WHERE account = '1100' GROUP BY party_id \
    UNION ALL SELECT p.party_id, -sum(p.amount_rp) FROM journal_entry e JOIN posting p ON p.entry_id = e.id \
    WHERE e.posted_on > ? AND p.account = '1100' GROUP BY p.party_id";
const UNTIL: &str = "SELECT p.party_id AS siswa_id, sum(p.amount_rp) AS rp FROM journal_entry e JOIN posting p ON p.entry_id = e.id \
    WHERE e.posted_on <= ? AND p.account = '1100' GROUP BY p.party_id";

/// What was open of each Tagihan at the end of a day: what is open now, with what was paid, credited or written off later put back,
/// and what was taken back later taken away. The day, five times.
const OPEN: &str = "SELECT t.id, t.number, t.siswa_id, t.period_month, t.issued_on, t.due_on, t.total_rp, \
    CAST(t.total_rp - t.credited_rp + t.refunded_rp - t.paid_rp - t.written_off_rp + COALESCE(l.rp, 0) AS BIGINT) AS open_rp FROM tagihan t LEFT JOIN ( \
    SELECT x.tagihan_id, sum(x.rp) AS rp FROM ( \
    SELECT a.tagihan_id, a.amount_rp AS rp FROM payment p JOIN payment_allocation a ON a.payment_id = p.id WHERE p.posted_on > ? \
    UNION ALL SELECT a.tagihan_id, -a.amount_rp FROM payment p JOIN payment_allocation a ON a.payment_id = p.reverses_id WHERE p.posted_on > ? \
    UNION ALL SELECT tagihan_id, open_rp FROM credit_note WHERE issued_on > ? \
    UNION ALL SELECT tagihan_id, amount_rp FROM write_off WHERE written_off_on > ? \
    ) x GROUP BY x.tagihan_id) l ON l.tagihan_id = t.id WHERE t.issued_on <= ? AND t.status NOT IN ('DRAFT', 'VOID')";

/// Whoever owed anything or had anything open at the end of a day, who is overdue by the most first.
pub async fn of_day(db: &Db, day: NaiveDate) -> Result<Vec<Aged>, Failure> {
    let next = day.checked_add_days(Days::new(1)).unwrap_or(day);
    let balance = if is_later_half(db, next).await? { ALL_BUT_LATER } else { UNTIL };
    let sum = |condition: &str, name: &str| format!("CAST(sum(CASE WHEN {condition} THEN x.open_rp ELSE 0 END) AS BIGINT) AS {name}");
    let sql = format!(
        "SELECT s.id, s.code, s.name, a.* FROM (SELECT x.siswa_id, CAST(sum(x.balance_rp) - sum(x.open_rp) AS BIGINT) AS not_billed_rp, {}, {}, {}, {}, {}, \
         min(CASE WHEN x.open_rp > 0 AND x.due_on < ? THEN x.due_on END) AS oldest_due_on \
         FROM (SELECT siswa_id, rp AS balance_rp, 0 AS open_rp, CAST(NULL AS DATE) AS due_on FROM ({balance}) b UNION ALL \
         SELECT siswa_id, 0, open_rp, due_on FROM ({OPEN}) o WHERE o.open_rp <> 0) x GROUP BY x.siswa_id \
         HAVING sum(x.balance_rp) <> 0 OR sum(abs(x.open_rp)) <> 0) a JOIN siswa s ON s.id = a.siswa_id",
        sum("x.due_on >= ?", "not_due_rp"),
        sum("x.due_on < ? AND x.due_on >= ?", "days_0_30_rp"),
        sum("x.due_on < ? AND x.due_on >= ?", "days_31_60_rp"),
        sum("x.due_on < ? AND x.due_on >= ?", "days_61_90_rp"),
        sum("x.due_on < ?", "days_over_90_rp"),
    );
    let ago = |days: u64| Value::from(day.checked_sub_days(Days::new(days)).unwrap_or(NaiveDate::MIN));
    let mut values = vec![ago(0), ago(0), ago(30), ago(30), ago(60), ago(60), ago(90), ago(90), ago(0)];
    values.extend([day; 6].map(Value::from));
    let mut aged = db::rows(db.reader(), &sql, values).await?.iter().map(aged).collect::<Result<Vec<_>, Failure>>()?;
    aged.sort_by(|one, other| other.overdue_rp().cmp(&one.overdue_rp()).then_with(|| one.code.cmp(&other.code)));
    Ok(aged)
}

fn aged(row: &QueryResult) -> Result<Aged, Failure> {
    Ok(Aged {
        siswa_id: row.try_get("", "id")?,
        code: row.try_get("", "code")?,
        name: row.try_get("", "name")?,
        not_billed_rp: row.try_get("", "not_billed_rp")?,
        not_due_rp: row.try_get("", "not_due_rp")?,
        days_0_30_rp: row.try_get("", "days_0_30_rp")?,
        days_31_60_rp: row.try_get("", "days_31_60_rp")?,
        days_61_90_rp: row.try_get("", "days_61_90_rp")?,
        days_over_90_rp: row.try_get("", "days_over_90_rp")?,
        oldest_due_on: row.try_get("", "oldest_due_on")?,
    })
}

/// What was open of a siswa at the end of a day, what was due first first.
pub async fn of_siswa(db: &Db, siswa: Uuid, day: NaiveDate) -> Result<Vec<OpenTagihan>, Failure> {
    let sql = format!("SELECT * FROM ({OPEN} AND t.siswa_id = ?) o WHERE o.open_rp <> 0 ORDER BY o.due_on, o.number");
    let values = [day; 5].map(Value::from).into_iter().chain([siswa.into()]).collect();
    let rows = db::rows(db.reader(), &sql, values).await?;
    rows.iter()
        .map(|row| {
            let due_on: NaiveDate = row.try_get("", "due_on")?;
            Ok(OpenTagihan {
                id: row.try_get("", "id")?,
                number: row.try_get("", "number")?,
                period_month: row.try_get("", "period_month")?,
                issued_on: row.try_get("", "issued_on")?,
                due_on,
                total_rp: row.try_get("", "total_rp")?,
                open_rp: row.try_get("", "open_rp")?,
                days_late: day.signed_duration_since(due_on).num_days(),
            })
        })
        .collect()
}

/// Whether fewer entries lie behind a day than before it.
async fn is_later_half(db: &Db, day: NaiveDate) -> Result<bool, Failure> {
    let sql = "SELECT (SELECT count(*) FROM journal_entry WHERE posted_on >= ?) AS later, (SELECT count(*) FROM journal_entry WHERE posted_on < ?) AS before";
    let Some(row) = db::row(db.reader(), sql, vec![day.into(), day.into()]).await? else { return Ok(false) };
    Ok(row.try_get::<i64>("", "later")? < row.try_get::<i64>("", "before")?)
}
