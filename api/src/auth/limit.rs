//! How many requests a session may send: a generous limit against programs run wild (SPEC AUTH-8).
//!
//! Each process counts for itself: the limit protects the process, and a count in the database would cost every request
//! a write.

use chrono::{DateTime, TimeDelta, Utc};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use uuid::Uuid;

/// How many sessions are remembered before those that rest are forgotten.
const SESSIONS: usize = 10_000;

/// A minute's worth of requests may come at once, then they come back evenly.
#[derive(Debug)]
pub struct Limit {
    /// What one request uses up; `None` without a limit.
    each: Option<TimeDelta>,
    /// Until when the requests a session has sent use up its share.
    spent: Mutex<HashMap<Uuid, DateTime<Utc>>>,
}

impl Limit {
    /// `per_minute` requests for each session; 0 is no limit.
    pub fn new(per_minute: u32) -> Self {
        let each = (per_minute > 0).then(|| TimeDelta::microseconds(60_000_000 / i64::from(per_minute.max(1))));
        Self { each, spent: Mutex::default() }
    }

    /// Counts a request.
    ///
    /// # Errors
    /// The seconds to wait.
    pub fn take(&self, session: Uuid, now: DateTime<Utc>) -> Result<(), i64> {
        let Some(each) = self.each else { return Ok(()) };
        let mut spent = self.spent.lock().unwrap_or_else(PoisonError::into_inner);
        if spent.len() >= SESSIONS {
            spent.retain(|_, until| *until > now);
        }
        let until = spent.get(&session).copied().unwrap_or(now).max(now) + each;
        let over = until - now - TimeDelta::minutes(1);
        if over > TimeDelta::zero() {
            return Err(over.num_seconds() + 1);
        }
        spent.insert(session, until);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minutes_worth_is_free_at_once_and_comes_back_evenly() {
        let (limit, now) = (Limit::new(60), DateTime::<Utc>::UNIX_EPOCH);
        let (one, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        assert!((0..60).all(|_| limit.take(one, now).is_ok()));
        assert_eq!(limit.take(one, now), Err(2));
        assert_eq!(limit.take(other, now), Ok(()));
        let later = now + TimeDelta::seconds(1);
        assert_eq!((limit.take(one, later), limit.take(one, later)), (Ok(()), Err(2)));
    }

    #[test]
    fn nought_is_no_limit() {
        let limit = Limit::new(0);
        assert!((0..10_000).all(|_| limit.take(Uuid::nil(), DateTime::<Utc>::UNIX_EPOCH).is_ok()));
    }
}
