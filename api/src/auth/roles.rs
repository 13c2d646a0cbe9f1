//! The roles of a fresh database (SPEC AUTH-5) in one table. At run time roles are rows and may differ.

use super::permissions;
use std::collections::BTreeSet;

/// A role's code and its permissions. `*` stands for all, `sesi.*` for all of sesi, `*.read` for all reading, and `!` in front
/// for all but this.
pub const SEED: &[(&str, &[&str])] = &[
    (OWNER, &["*"]),
    ("SENIOR_ADMIN", &["*"]),
    (
        "OPERATOR",
        &[
            "casefile.read",
            "catalog.read",
            "document.*",
            "explain.read",
            "fm.file",
            "fm.read",
            "fm.review_l1",
            "hr.read",
            "override.request",
            "price.read",
            "reminder.send",
            "report.read",
            "sesi.cancel",
            "sesi.read",
            "sesi.request",
            "sesi.reschedule",
            "sesi.run",
            "sesi.substitute",
            "tagihan.read",
            "task.read",
            "workflow.read",
            "siswa.*",
            "tutor.*",
        ],
    ),
    (
        "HR",
        &[
            "casefile.read",
            "catalog.read",
            "document.*",
            "explain.read",
            "fm.*",
            "honorarium.read",
            "hr.*",
            "!hr.payout",
            "!hr.reactivate.approve",
            "notification.*",
            "policy.draft",
            "policy.read",
            "sesi.read",
            "sesi.substitute",
            "task.read",
            "template.read",
            "workflow.read",
            "siswa.read",
            "tutor.*",
        ],
    ),
    (
        "FINANCE",
        &[
            "*.read",
            "!document.identity.read",
            "billing.run",
            "document.upload",
            "honorarium.pay",
            "adjustment.record",
            "credit.request",
            "refund.handle",
            "settlement.reverse",
            "writeoff.request",
            "hr.payout",
            "job.handle",
            "override.request",
            "payment.record",
            "period.close",
            "period.reopen.request",
            "period.sign",
            "price.manage",
            "policy.backtest",
            "policy.draft",
            "reminder.send",
            "sesi.validate",
        ],
    ),
    ("AUDITOR", &["*.read", "!document.identity.read", "audit.export"]),
];

/// The role that may do everything; at least one active account holds it.
pub const OWNER: &str = "OWNER";

/// The seed roles with their patterns replaced by the permissions there are.
pub fn seed() -> Vec<(&'static str, Vec<&'static str>)> {
    let all = permissions::all();
    SEED.iter().map(|(code, patterns)| (*code, expand(patterns, &all))).collect()
}

fn expand(patterns: &[&str], all: &BTreeSet<&'static str>) -> Vec<&'static str> {
    let (without, with): (Vec<&str>, Vec<&str>) = patterns.iter().partition(|pattern| pattern.starts_with('!'));
    let given = |permission: &str| with.iter().any(|pattern| matches(pattern, permission));
    let withheld = |permission: &str| without.iter().any(|pattern| matches(pattern.trim_start_matches('!'), permission));
    all.iter().copied().filter(|permission| given(permission) && !withheld(permission)).collect()
}

fn matches(pattern: &str, permission: &str) -> bool {
    match (pattern.strip_prefix('*'), pattern.strip_suffix('*')) {
        (Some(end), _) => permission.ends_with(end),
        (None, Some(start)) => permission.starts_with(start),
        (None, None) => pattern == permission,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(code: &str) -> Vec<&'static str> {
        seed().into_iter().find(|(role, _)| *role == code).unwrap().1
    }

    #[test]
    fn an_owner_holds_every_permission_and_an_auditor_only_reads_and_takes_the_audit_out() {
        assert_eq!(of(OWNER).len(), permissions::all().len());
        assert!(of("AUDITOR").iter().all(|permission| permission.ends_with(".read") || *permission == "audit.export"));
        assert!(of("AUDITOR").len() > 5);
    }

    #[test]
    fn every_pattern_of_the_table_stands_for_some_permission() {
        let all = permissions::all();
        for (code, patterns) in SEED {
            for pattern in *patterns {
                assert!(all.iter().any(|permission| matches(pattern.trim_start_matches('!'), permission)), "{code}: {pattern}");
            }
        }
    }

    #[test]
    fn whoever_only_reads_sees_people_but_nobodys_ktp() {
        for role in ["AUDITOR", "FINANCE"] {
            assert!(of(role).contains(&"tutor.read") && !of(role).contains(&"document.identity.read"), "{role}");
        }
        assert!(of("OPERATOR").contains(&"document.identity.upload") && of("HR").contains(&"document.identity.read"));
    }

    #[test]
    fn whoever_requests_a_sesi_as_operator_does_not_approve_it() {
        assert!(!of("OPERATOR").contains(&"sesi.approve"));
    }
}
