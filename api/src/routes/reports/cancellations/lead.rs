//! How long before its start a sesi is cancelled, in the brackets of the rule in force (SPEC CAN-1: a tutor's bracket holds
//! its own threshold, a siswa's does not).

use crate::listing::Where;
use chrono::{DateTime, Utc};
use engine::db::{self, Db};
use engine::policy_store;
use engine::refusal::Failure;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

const HOUR_S: i64 = 3600;

/// Who cancels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Party {
    Siswa,
    Tutor,
    Admin,
}

impl Party {
    const ALL: [Self; 3] = [Self::Siswa, Self::Tutor, Self::Admin];

    const fn name(self) -> &'static str {
        match self {
            Self::Siswa => "SISWA",
            Self::Tutor => "TUTOR",
            Self::Admin => "ADMIN",
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|party| party.name() == name)
    }

    /// The rule whose brackets count. There is none for the company itself: it is measured like a tutor.
    const fn rule(self) -> &'static str {
        match self {
            Self::Siswa => "cancellation.siswa",
            Self::Tutor | Self::Admin => "cancellation.tutor",
        }
    }

    /// Whether exactly the threshold belongs to the bracket below it.
    const fn holds_threshold(self) -> bool {
        !matches!(self, Self::Siswa)
    }
}

/// Cancellations of a party by how long before they came.
#[derive(Serialize, ToSchema)]
#[schema(as = CancellationLeadTimes)]
pub struct LeadTimes {
    /// `SISWA`, `TUTOR` or `ADMIN`
    party: String,
    /// The rule and its version whose brackets these are.
    policy: String,
    version: i64,
    /// Whether a bracket holds its upper end.
    holds_threshold: bool,
    /// From the start of a sesi backwards; the last one has no end.
    brackets: Vec<Bracket>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = CancellationBracket)]
pub struct Bracket {
    from_hours: i64,
    #[schema(required)]
    until_hours: Option<i64>,
    count: i64,
}

impl Bracket {
    /// What puts a sesi `s` into it.
    pub fn sql(&self, party: Party) -> String {
        let (over, up_to) = if party.holds_threshold() { (">", "<=") } else { (">=", "<") };
        let lower = (self.from_hours > 0).then(|| format!("s.lead_time_s {over} {}", self.from_hours * HOUR_S));
        let upper = self.until_hours.map(|hours| format!("s.lead_time_s {up_to} {}", hours * HOUR_S));
        let both: Vec<String> = lower.into_iter().chain(upper).collect();
        if both.is_empty() { "s.lead_time_s IS NOT NULL".into() } else { both.join(" AND ") }
    }
}

/// The version in force and its brackets, all of them empty.
pub async fn brackets(db: &Db, party: Party, now: DateTime<Utc>) -> Result<(i64, Vec<Bracket>), Failure> {
    let version = policy_store::in_force(db.reader(), party.rule(), now).await?;
    let sql = "SELECT params FROM policy_version WHERE kind = ? AND number = ?";
    let row = db::row(db.reader(), sql, vec![party.rule().into(), version.into()]).await?;
    let params: Value = row.map(|row| row.try_get("", "params")).transpose()?.unwrap_or_default();
    let thresholds: Vec<i64> = params["brackets"].as_array().into_iter().flatten().filter_map(|bracket| bracket["threshold_hours"].as_i64()).collect();
    Ok((version, between(&thresholds)))
}

fn between(thresholds: &[i64]) -> Vec<Bracket> {
    let mut brackets = vec![];
    let mut from_hours = 0;
    for until in thresholds.iter().copied().map(Some).chain([None]) {
        brackets.push(Bracket { from_hours, until_hours: until, count: 0 });
        from_hours = until.unwrap_or(from_hours);
    }
    brackets
}

pub async fn times(db: &Db, planned: &Where, now: DateTime<Utc>) -> Result<Vec<LeadTimes>, Failure> {
    let mut all = vec![];
    for party in Party::ALL {
        let (version, mut brackets) = brackets(db, party, now).await?;
        let places: Vec<String> = brackets.iter().enumerate().map(|(place, bracket)| format!("WHEN {} THEN {place}", bracket.sql(party))).collect();
        let mut cancelled = planned.clone();
        cancelled.and("s.state = 'CANCELLED' AND s.cancelled_party = ?", [party.name().into()]);
        let (sql, values) = cancelled.select(&format!("CASE {} END AS place", places.join(" ")), "sesi s", "");
        let sql = format!("SELECT CAST(r.place AS bigint) AS place, count(*) AS n FROM ({sql}) r WHERE r.place IS NOT NULL GROUP BY r.place");
        for row in db::rows(db.reader(), &sql, values).await? {
            let place: i64 = row.try_get("", "place")?;
            if let Some(bracket) = usize::try_from(place).ok().and_then(|place| brackets.get_mut(place)) {
                bracket.count = row.try_get("", "n")?;
            }
        }
        let (name, holds_threshold) = (party.name().to_owned(), party.holds_threshold());
        all.push(LeadTimes { party: name, policy: party.rule().into(), version, holds_threshold, brackets });
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_leave_no_second_out_and_the_threshold_is_where_the_rule_puts_it() {
        let told: Vec<(String, String)> = between(&[1, 2, 4]).iter().map(|bracket| (bracket.sql(Party::Tutor), bracket.sql(Party::Siswa))).collect();
        let tutor: Vec<&str> = told.iter().map(|(tutor, _)| tutor.as_str()).collect();
        let siswa: Vec<&str> = told.iter().map(|(_, siswa)| siswa.as_str()).collect();
        assert_eq!(
            tutor,
            [
                "s.lead_time_s <= 3600",
                "s.lead_time_s > 3600 AND s.lead_time_s <= 7200",
                "s.lead_time_s > 7200 AND s.lead_time_s <= 14400",
                "s.lead_time_s > 14400"
            ]
        );
        assert_eq!(
            siswa,
            [
                "s.lead_time_s < 3600",
                "s.lead_time_s >= 3600 AND s.lead_time_s < 7200",
                "s.lead_time_s >= 7200 AND s.lead_time_s < 14400",
                "s.lead_time_s >= 14400"
            ]
        );
        assert_eq!(between(&[])[0].sql(Party::Tutor), "s.lead_time_s IS NOT NULL");
    }
}
