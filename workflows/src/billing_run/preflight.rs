//! What a run looks at before it bills: how much it would be, how that differs from the month before, and what is odd about it.
//! Ids only of people.

use super::items;
use super::part::{PLANNED_ANEW, Range};
use super::state::Side;
use super::{SISWA_PART, TUTOR_PART, record::Model};
use crate::books::balance::Month;
use chrono::Days;
use engine::db::{self, Db};
use engine::refusal::Failure;
use sea_orm::{ConnectionTrait, DbBackend};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// How many oddities of a kind are named.
const NAMED: usize = 20;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    pub siswa: Sum,
    pub tutor: Sum,
    /// The most rupiah first.
    pub anomalies: Vec<Anomaly>,
    /// Sesi of the month that are not closed: they are billed later.
    pub open_sesi: i64,
    /// Some of them.
    pub open_sesi_ids: Vec<Uuid>,
    /// Why the run stops; decided when the report comes in.
    #[serde(default)]
    pub stops: Vec<Stop>,
}

/// What a side comes to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sum {
    pub parties: i64,
    pub items: i64,
    pub amount_rp: i64,
    /// What is billed of the month before; nothing when none was.
    pub before_parties: i64,
    pub before_rp: Option<i64>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Anomaly {
    pub kind: AnomalyKind,
    pub side: Side,
    pub party_id: Uuid,
    pub amount_rp: i64,
    /// Of the month before.
    pub before_rp: i64,
}

engine::tags! {
    /// What is odd.
    pub enum AnomalyKind {
        /// A siswa would get money back: cannot be billed, and is put aside.
        NegativeTotal => "NEGATIVE_TOTAL",
        /// A tutor is fined more than they earned: the rest waits for the next Honorarium.
        CarriedOver => "CARRIED_OVER",
        /// Far from what it was in the month before.
        Differs => "DIFFERS",
        /// Nobody to send the Tagihan to.
        NoContact => "NO_CONTACT",
    }
}

/// A side whose sum is too far from the month before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stop {
    pub side: Side,
    pub amount_rp: i64,
    pub before_rp: i64,
    pub above_pct: i64,
}

impl Report {
    /// What calls for a person. A further run of a month bills what came late, so nothing is compared.
    pub(super) fn stops(&self, number: i64, above_pct: i64) -> Vec<Stop> {
        let sides = [(Side::Siswa, &self.siswa), (Side::Tutor, &self.tutor)];
        let far = sides.into_iter().filter_map(|(side, sum)| {
            let before_rp = sum.before_rp.filter(|before| *before > 0)?;
            let differs = i128::from(sum.amount_rp - before_rp).abs() * 100 > i128::from(before_rp) * i128::from(above_pct);
            differs.then_some(Stop { side, amount_rp: sum.amount_rp, before_rp, above_pct })
        });
        if number == 1 { far.collect() } else { vec![] }
    }
}

/// Looks ahead, and says in which ranges the month is best billed.
///
/// # Errors
/// When the database cannot be read.
pub async fn look(db: &Db, run: &Model) -> Result<(Report, Vec<Range>), Failure> {
    if db.backend() != DbBackend::Postgres {
        return survey(db.reader(), run).await;
    }
    let tx = db.begin().await?;
    db::run(&tx, PLANNED_ANEW, vec![]).await?;
    survey(&tx, run).await
}

async fn survey(conn: &impl ConnectionTrait, run: &Model) -> Result<(Report, Vec<Range>), Failure> {
    let siswa = Ahead::read(conn, Side::Siswa, run).await?;
    let tutor = Ahead::read(conn, Side::Tutor, run).await?;
    let (open_sesi, open_sesi_ids) = open_sesi(conn, &run.period_month).await?;
    let mut anomalies = siswa.anomalies(run.number);
    anomalies.extend(tutor.anomalies(run.number));
    anomalies.extend(no_contact(conn, &siswa).await?);
    anomalies.sort_by_key(|one| (std::cmp::Reverse((one.amount_rp - one.before_rp).unsigned_abs()), one.party_id));
    let sizes = [(&siswa, SISWA_PART), (&tutor, TUTOR_PART)];
    let ranges = sizes.iter().flat_map(|(ahead, size)| Range::over(ahead.side, &ahead.now.keys().copied().collect::<Vec<_>>(), *size)).collect();
    Ok((Report { siswa: siswa.sum(), tutor: tutor.sum(), anomalies, open_sesi, open_sesi_ids, stops: vec![] }, ranges))
}

/// What everybody of a side is to be billed, and was the month before.
struct Ahead {
    side: Side,
    /// How many items, and what they come to.
    now: BTreeMap<Uuid, (i64, i64)>,
    before: BTreeMap<Uuid, i64>,
}

impl Ahead {
    async fn read(conn: &impl ConnectionTrait, side: Side, run: &Model) -> Result<Self, Failure> {
        let items = items::of(side, &run.period_month, None);
        let sql = format!(
            "SELECT i.party_id, count(*) AS n, CAST(sum(i.amount_rp) AS BIGINT) AS rp FROM ({}) i GROUP BY i.party_id HAVING sum(CASE WHEN i.kind = 'CARRIED' THEN 0 ELSE 1 END) > 0",
            items.sql
        );
        let mut now = BTreeMap::new();
        for row in db::rows(conn, &sql, items.values).await? {
            now.insert(row.try_get("", "party_id")?, (row.try_get("", "n")?, row.try_get("", "rp")?));
        }
        let sql = match side {
            Side::Siswa => {
                "SELECT siswa_id AS party_id, CAST(sum(total_rp) AS BIGINT) AS rp FROM tagihan WHERE period_month = ? AND status NOT IN ('DRAFT','VOID') GROUP BY siswa_id"
            }
            Side::Tutor => {
                "SELECT tutor_id AS party_id, CAST(sum(net_rp) AS BIGINT) AS rp FROM honorarium WHERE period_month = ? AND status NOT IN ('DRAFT','VOID') GROUP BY tutor_id"
            }
        };
        let mut before = BTreeMap::new();
        for row in db::rows(conn, sql, vec![month_before(&run.period_month).into()]).await? {
            before.insert(row.try_get("", "party_id")?, row.try_get("", "rp")?);
        }
        Ok(Self { side, now, before })
    }

    fn sum(&self) -> Sum {
        Sum {
            parties: count(self.now.len()),
            items: self.now.values().map(|(n, _)| n).sum(),
            amount_rp: self.now.values().map(|(_, rp)| rp).sum(),
            before_parties: count(self.before.len()),
            before_rp: (!self.before.is_empty()).then(|| self.before.values().sum()),
        }
    }

    fn anomalies(&self, number: i64) -> Vec<Anomaly> {
        let one = |kind, party_id: Uuid, amount_rp| Anomaly { kind, side: self.side, party_id, amount_rp, before_rp: 0 };
        let kind = match self.side {
            Side::Siswa => AnomalyKind::NegativeTotal,
            Side::Tutor => AnomalyKind::CarriedOver,
        };
        let mut negative: Vec<Anomaly> = self.now.iter().filter(|(_, (_, rp))| *rp < 0).map(|(id, (_, rp))| one(kind, *id, *rp)).collect();
        negative.sort_by_key(|one| (one.amount_rp, one.party_id));
        negative.truncate(NAMED);
        if number == 1 && !self.before.is_empty() {
            negative.extend(self.differing());
        }
        negative
    }

    /// Whose sum is furthest from the month before, by more than half of it.
    fn differing(&self) -> Vec<Anomaly> {
        let everybody: BTreeSet<Uuid> = self.now.keys().chain(self.before.keys()).copied().collect();
        let both = everybody.into_iter().map(|party_id| Anomaly {
            kind: AnomalyKind::Differs,
            side: self.side,
            party_id,
            amount_rp: self.now.get(&party_id).map_or(0, |(_, rp)| *rp),
            before_rp: self.before.get(&party_id).copied().unwrap_or(0),
        });
        let mut far: Vec<Anomaly> = both.filter(|one| (one.amount_rp - one.before_rp).abs() * 2 > one.before_rp).collect();
        far.sort_by_key(|one| (std::cmp::Reverse((one.amount_rp - one.before_rp).abs()), one.party_id));
        far.truncate(NAMED);
        far
    }
}

async fn no_contact(conn: &impl ConnectionTrait, siswa: &Ahead) -> Result<Vec<Anomaly>, Failure> {
    let rows = db::rows(conn, "SELECT id FROM siswa WHERE parent_phone IN ('', '—') AND (email IS NULL OR email = '') ORDER BY id", vec![]).await?;
    let mut found = vec![];
    for row in rows {
        let party_id: Uuid = row.try_get("", "id")?;
        if let Some((_, amount_rp)) = siswa.now.get(&party_id) {
            found.push(Anomaly { kind: AnomalyKind::NoContact, side: Side::Siswa, party_id, amount_rp: *amount_rp, before_rp: 0 });
        }
    }
    found.truncate(NAMED);
    Ok(found)
}

async fn open_sesi(conn: &impl ConnectionTrait, month: &str) -> Result<(i64, Vec<Uuid>), Failure> {
    let from = "FROM sesi WHERE period_month = ? AND state IN ('APPROVED','IN_PROGRESS','AWAITING_VALIDATION')";
    let row = db::row(conn, &format!("SELECT count(*) AS n {from}"), vec![month.into()]).await?;
    let n = row.map(|row| row.try_get("", "n")).transpose()?.unwrap_or(0);
    let rows = db::rows(conn, &format!("SELECT id {from} ORDER BY starts_at, id LIMIT ?"), vec![month.into(), count(NAMED).into()]).await?;
    Ok((n, rows.iter().map(|row| row.try_get("", "id")).collect::<Result<_, _>>()?))
}

fn month_before(month: &str) -> String {
    let first = Month::parse(month).map(|month| month.first);
    first.and_then(|first| first.checked_sub_days(Days::new(1))).and_then(Month::of).map(|month| month.to_string()).unwrap_or_default()
}

fn count(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_stops_above_the_bound_and_not_at_it() {
        let report = |amount_rp, before_rp| Report { siswa: Sum { amount_rp, before_rp, ..Sum::default() }, ..Report::default() };
        for (amount, before, number, stops) in [
            (150, Some(100), 1, 0),
            (151, Some(100), 1, 1),
            (49, Some(100), 1, 1),
            (50, Some(100), 1, 0),
            (151, Some(100), 2, 0),
            (151, None, 1, 0),
            (9, Some(0), 1, 0),
        ] {
            assert_eq!(report(amount, before).stops(number, 50).len(), stops, "{amount} {before:?} {number}");
        }
    }

    #[test]
    fn january_is_preceded_by_december() {
        assert_eq!(month_before("2027-01"), "2026-12");
    }
}
