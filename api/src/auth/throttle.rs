//! Slowing down whoever guesses (SPEC AUTH-8): a few tries are free each hour, then each doubles the wait.
//!
//! A try is counted before it is made and given back when it succeeds, so that many at once count as many. The counts
//! lie in the database: the wait holds in every process, and for addresses nobody has an account for as well.

use super::sign_in::Client;
use super::token;
use crate::app::App;
use crate::problem::Problem;
use axum::http::StatusCode;
use chrono::{DateTime, TimeDelta, Utc};
use engine::batch::Batch;
use engine::db::{self, Tx};
use std::net::{IpAddr, Ipv6Addr};

const LONGEST_WAIT: TimeDelta = TimeDelta::minutes(15);
/// How many tries over the free ones are kept in mind; the wait is at its longest by then.
const MOST_OVER: i64 = 10;
/// The free tries come back, one after the other, within this time.
const PERIOD: TimeDelta = TimeDelta::hours(1);
/// Rows this old are swept away.
const SWEEP_AFTER: TimeDelta = TimeDelta::days(1);

/// Whom tries are counted for, and how many are free.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    name: String,
    free: i64,
    /// Whether success forgets all tries; otherwise it takes back its own.
    forgiving: bool,
}

impl Key {
    /// Signing in to an account. The address is not kept readable.
    pub fn account(email: &str) -> Self {
        Self { name: format!("account:{}", token::hash(&normal(email))), free: 5, forgiving: true }
    }
    /// Signing in from somewhere: an office may share one address.
    pub fn source(client: &Client) -> Self {
        Self { name: format!("source:{}", network(client.ip)), free: 20, forgiving: false }
    }
    /// Mails to one address that ask to reset its password.
    pub fn reset_of(email: &str) -> Self {
        Self { name: format!("reset:{}", token::hash(&normal(email))), free: 3, forgiving: false }
    }
    /// Such mails, asked for from somewhere.
    pub fn reset_from(client: &Client) -> Self {
        Self { name: format!("reset_source:{}", network(client.ip)), free: 20, forgiving: false }
    }
    /// Going to the identity provider.
    pub fn leaving(client: &Client) -> Self {
        Self { name: format!("leaving:{}", network(client.ip)), free: 60, forgiving: false }
    }
}

fn normal(email: &str) -> String {
    email.trim().to_lowercase()
}

/// Whoever holds one address of IPv6 holds its whole network.
fn network(ip: Option<IpAddr>) -> String {
    match ip {
        None => "unknown".into(),
        Some(IpAddr::V4(ip)) => ip.to_string(),
        Some(IpAddr::V6(ip)) => {
            let [a, b, c, d, ..] = ip.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).to_string()
        }
    }
}

/// What is known of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Count {
    tries: i64,
    last_at: DateTime<Utc>,
    blocked_until: DateTime<Utc>,
}

impl Count {
    /// The count with one more try, or the seconds to wait.
    fn next(self, free: i64, now: DateTime<Utc>) -> Result<Self, i64> {
        let left = self.blocked_until - now;
        if left > TimeDelta::zero() {
            return Err(left.num_seconds() + 1);
        }
        let forgotten = (now - self.last_at).num_seconds() * free / PERIOD.num_seconds();
        let tries = (self.tries - forgotten).max(0) + 1;
        let tries = tries.min(free + MOST_OVER);
        Ok(Self { tries, last_at: now, blocked_until: now + wait(tries - free) })
    }
}

fn wait(over: i64) -> TimeDelta {
    match u32::try_from(over) {
        Ok(over) if over > 0 => TimeDelta::seconds(1 << over.min(20)).min(LONGEST_WAIT),
        _ => TimeDelta::zero(),
    }
}

/// A try that was let through.
#[derive(Debug)]
pub struct Ticket(Vec<(Key, i64)>);

/// Counts a try for each key.
///
/// # Errors
/// 429 `too_many_attempts` with the seconds to wait; nothing is counted then.
pub async fn take(app: &App, mut keys: Vec<Key>) -> Result<Ticket, Problem> {
    // In one order, so that two who share two keys do not wait for each other.
    keys.sort();
    let now = app.engine.clock.now();
    let tx = app.engine.db.begin().await?;
    let mut counts = vec![];
    for key in &keys {
        counts.push(held(&tx, key, now).await?.next(key.free, now));
    }
    if let Some(seconds) = counts.iter().filter_map(|count| count.err()).max() {
        tx.rollback().await?;
        return Err(Problem::new(StatusCode::TOO_MANY_REQUESTS, "too_many_attempts").retry_after(seconds));
    }
    let (mut batch, mut tickets) = (Batch::default(), vec![]);
    for (key, count) in keys.into_iter().zip(counts.into_iter().flatten()) {
        let sql = "UPDATE sign_in_throttle SET tries = ?, last_at = ?, blocked_until = ? WHERE key = ?";
        batch.push(sql, vec![count.tries.into(), count.last_at.into(), count.blocked_until.into(), key.name.clone().into()]);
        tickets.push((key, count.tries));
    }
    batch.run(&tx).await?;
    tx.commit().await?;
    Ok(Ticket(tickets))
}

/// The count of a key, held against others until the transaction ends.
async fn held(tx: &Tx, key: &Key, now: DateTime<Utc>) -> Result<Count, Problem> {
    let sql = "INSERT INTO sign_in_throttle (key, tries, last_at, blocked_until) VALUES (?,0,?,?) \
               ON CONFLICT (key) DO UPDATE SET key = excluded.key RETURNING tries, last_at, blocked_until";
    let row = db::row(tx, sql, vec![key.name.clone().into(), now.into(), now.into()]).await?.ok_or_else(Problem::internal)?;
    Ok(Count { tries: row.try_get("", "tries")?, last_at: row.try_get("", "last_at")?, blocked_until: row.try_get("", "blocked_until")? })
}

impl Ticket {
    /// The try was good: it does not count, and an account's earlier tries are forgotten.
    pub fn give_back(self, now: DateTime<Utc>, batch: &mut Batch) {
        for (key, tries) in self.0 {
            if key.forgiving {
                batch.push("DELETE FROM sign_in_throttle WHERE key = ?", vec![key.name.into()]);
            } else {
                // A wait that somebody else's failure has brought about meanwhile stays.
                let sql = "UPDATE sign_in_throttle SET tries = tries - 1, \
                           blocked_until = CASE WHEN tries = ? THEN last_at ELSE blocked_until END WHERE key = ? AND tries > 0";
                batch.push(sql, vec![tries.into(), key.name.into()]);
            }
        }
        batch.push("DELETE FROM sign_in_throttle WHERE last_at < ?", vec![(now - SWEEP_AFTER).into()]);
    }
}

/// A way that was gone to its end does not count.
pub fn give_back_one(key: Key, batch: &mut Batch) {
    batch.push("UPDATE sign_in_throttle SET tries = tries - 1 WHERE key = ? AND tries > 0", vec![key.name.into()]);
}

/// Forgets an account's tries, for whoever has proved to be its holder by another way.
pub fn forgive(email: &str, batch: &mut Batch) {
    batch.push("DELETE FROM sign_in_throttle WHERE key = ?", vec![Key::account(email).name.into()]);
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: DateTime<Utc> = DateTime::<Utc>::UNIX_EPOCH;

    fn after(tries: u32, free: i64) -> Count {
        let fresh = Count { tries: 0, last_at: START, blocked_until: START };
        (0..tries).fold(fresh, |count, _| Count { last_at: count.blocked_until, ..count }.next(free, count.blocked_until).unwrap())
    }

    #[test]
    fn a_few_tries_are_free_then_each_doubles_the_wait_up_to_a_quarter_of_an_hour() {
        for (tries, wait_s) in [(1, 0), (5, 0), (6, 2), (7, 4), (8, 8), (14, 512), (15, 900), (40, 900)] {
            let count = after(tries, 5);
            assert_eq!((count.blocked_until - count.last_at).num_seconds(), wait_s, "{tries}");
        }
        let blocked = after(6, 5);
        assert_eq!(blocked.next(5, blocked.last_at), Err(3));
        assert_eq!(blocked.next(5, blocked.last_at + TimeDelta::seconds(2)).unwrap().tries, 7);
    }

    #[test]
    fn tries_are_forgotten_one_after_the_other() {
        let count = after(5, 5);
        for (minutes, tries) in [(0, 6), (11, 6), (12, 5), (36, 3), (60, 1), (6000, 1)] {
            assert_eq!(count.next(5, count.last_at + TimeDelta::minutes(minutes)).unwrap().tries, tries, "{minutes}");
        }
    }

    #[test]
    fn a_network_of_ipv6_is_one_source() {
        let of = |text: &str| network(Some(text.parse().unwrap()));
        assert_eq!(of("2001:db8:1:2:3:4:5:6"), of("2001:db8:1:2:ffff::1"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
        assert_ne!(of("10.0.0.1"), of("10.0.0.2"));
        assert_eq!(Key::account(" Rina@B.id "), Key::account("rina@b.id"));
        assert!(!Key::account("rina@b.id").name.contains("rina"));
    }
}
