//! Slowing down whoever guesses sign-in tokens (SPEC AUTH-8): a few failures are free, then each
//! doubles the wait.

use chrono::{DateTime, TimeDelta, Utc};
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

const FREE_FAILURES: u32 = 5;
const LONGEST_WAIT: TimeDelta = TimeDelta::minutes(15);
/// Failures are forgotten after this long without a new one.
const FORGET_AFTER: TimeDelta = TimeDelta::hours(1);
/// How many addresses are remembered; the longest unheard-of are dropped first.
const MAX_ADDRESSES: usize = 10_000;

#[derive(Clone, Copy, Debug)]
struct Failures {
    count: u32,
    last: DateTime<Utc>,
}

impl Failures {
    fn blocked_until(self) -> DateTime<Utc> {
        let over = self.count.saturating_sub(FREE_FAILURES);
        if over == 0 {
            return self.last;
        }
        let wait = TimeDelta::seconds(2_i64.pow(over.min(20)));
        self.last + wait.min(LONGEST_WAIT)
    }
}

/// Failed sign-ins by address, in memory of this process.
#[derive(Debug, Default)]
pub struct Limit(Mutex<HashMap<IpAddr, Failures>>);

impl Limit {
    /// The seconds this address has to wait, if any.
    pub fn wait_s(&self, ip: IpAddr, now: DateTime<Utc>) -> Option<i64> {
        let failures = *self.lock().get(&ip)?;
        let left = failures.blocked_until() - now;
        (left > TimeDelta::zero()).then(|| left.num_seconds() + 1)
    }

    pub fn failed(&self, ip: IpAddr, now: DateTime<Utc>) {
        let mut all = self.lock();
        if all.len() >= MAX_ADDRESSES {
            all.retain(|_, failures| now - failures.last < FORGET_AFTER);
        }
        if all.len() >= MAX_ADDRESSES
            && let Some(oldest) = all.iter().min_by_key(|(_, failures)| failures.last).map(|(ip, _)| *ip)
        {
            all.remove(&oldest);
        }
        let entry = all.entry(ip).or_insert(Failures { count: 0, last: now });
        let count = if now - entry.last < FORGET_AFTER { entry.count } else { 0 };
        *entry = Failures { count: count + 1, last: now };
    }

    pub fn succeeded(&self, ip: IpAddr) {
        self.lock().remove(&ip);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<IpAddr, Failures>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const IP: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

    #[test]
    fn five_failures_are_free_then_each_doubles_the_wait_up_to_a_quarter_of_an_hour() {
        let (limit, now) = (Limit::default(), DateTime::<Utc>::UNIX_EPOCH);
        for _ in 0..5 {
            limit.failed(IP, now);
            assert_eq!(limit.wait_s(IP, now), None);
        }
        limit.failed(IP, now);
        assert_eq!(limit.wait_s(IP, now), Some(3));
        for _ in 0..20 {
            limit.failed(IP, now);
        }
        assert_eq!(limit.wait_s(IP, now), Some(901));
        assert_eq!(limit.wait_s(IP, now + LONGEST_WAIT), None);
    }

    #[test]
    fn success_and_time_forget_failures() {
        let (limit, now) = (Limit::default(), DateTime::<Utc>::UNIX_EPOCH);
        (0..6).for_each(|_| limit.failed(IP, now));
        limit.succeeded(IP);
        assert_eq!(limit.wait_s(IP, now), None);
        (0..6).for_each(|_| limit.failed(IP, now));
        limit.failed(IP, now + FORGET_AFTER);
        assert_eq!(limit.wait_s(IP, now + FORGET_AFTER), None);
    }
}
