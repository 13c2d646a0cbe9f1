//! How a worker runs. The defaults suit production; tests make them shorter.

use std::time::Duration;

#[derive(Clone, Debug)]
pub struct Options {
    /// First part of the worker's name, e.g. `worker` or `serve`.
    pub role: String,
    /// How many jobs run at once in this process.
    pub concurrency: usize,
    /// How long one attempt at a job may take.
    pub attempt_timeout: Duration,
    /// How often a running attempt renews its lease: often enough to miss it once and still hold it.
    pub renew_every: Duration,
    /// How long work that nobody told us about may go unnoticed.
    pub tick: Duration,
    /// How often the worker reports that it lives.
    pub heartbeat: Duration,
    /// After how many missed heartbeats its deliveries go to another worker.
    pub missed_heartbeats: usize,
    /// How often the sweeper looks for jobs that fell through.
    pub sweep_every: Duration,
    /// How long a job must have been due before the sweeper announces it again.
    pub sweep_overdue: Duration,
    /// How many timers of different instances fire at once on Postgres.
    pub timers_at_once: usize,
    /// How long a shutdown waits for running attempts.
    pub shutdown_grace: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            role: "worker".into(),
            concurrency: 8,
            attempt_timeout: Duration::from_secs(4 * 60),
            renew_every: Duration::from_secs(10),
            tick: Duration::from_secs(1),
            heartbeat: Duration::from_secs(5),
            missed_heartbeats: 6,
            sweep_every: Duration::from_secs(10),
            sweep_overdue: Duration::from_secs(10),
            timers_at_once: 4,
            shutdown_grace: Duration::from_secs(30),
        }
    }
}

/// An option that cannot work.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("worker option `{option}`: {rule}")]
pub struct BadOption {
    pub option: &'static str,
    pub rule: &'static str,
}

impl Options {
    /// Checks what a worker relies on.
    pub fn check(&self) -> Result<(), BadOption> {
        let second = Duration::from_secs(1);
        let rules = [
            ("concurrency", self.concurrency > 0, "must be at least 1"),
            ("attempt_timeout", !self.attempt_timeout.is_zero(), "must be longer than nothing"),
            ("renew_every", !self.renew_every.is_zero(), "must be longer than nothing"),
            ("tick", !self.tick.is_zero(), "must be longer than nothing"),
            ("heartbeat", self.heartbeat >= second, "must be at least a second: it is stored in whole seconds"),
            ("missed_heartbeats", self.missed_heartbeats > 1, "must be at least 2: one late heartbeat is no death"),
            ("sweep_every", !self.sweep_every.is_zero(), "must be longer than nothing"),
            ("timers_at_once", self.timers_at_once > 0, "must be at least 1"),
        ];
        match rules.into_iter().find(|(_, holds, _)| !holds) {
            Some((option, _, rule)) => Err(BadOption { option, rule }),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_hold_and_an_option_that_cannot_work_is_named() {
        assert_eq!(Options::default().check(), Ok(()));
        let none = Options { attempt_timeout: Duration::ZERO, ..Options::default() };
        assert_eq!(none.check().unwrap_err().option, "attempt_timeout");
    }
}
