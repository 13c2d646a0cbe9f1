//! What is not finished about somebody, and so stands in the way of erasing them: what it is, and a query that gives `id`, `code`
//! and `label` of at most so many (`person`, `most`).

use super::record::PersonKind;

pub(super) type Unfinished = (&'static str, &'static str);

/// Sesi and money that are not finished, each with its sesi.
pub(super) const fn unfinished(kind: PersonKind) -> &'static [Unfinished] {
    match kind {
        PersonKind::Siswa => OF_SISWA,
        PersonKind::Tutor => OF_TUTOR,
        PersonKind::User => OF_USER,
    }
}

const OF_SISWA: &[Unfinished] = &[
    (
        "tagihan",
        "SELECT t.id, t.number AS code, t.status AS label FROM tagihan t WHERE t.siswa_id = ? AND t.status IN ('DRAFT','ISSUED','PARTIALLY_PAID') ORDER BY t.number LIMIT ?",
    ),
    (
        "deposit",
        "SELECT s.id, s.code, CAST(x.rp AS TEXT) AS label FROM siswa s JOIN (SELECT p.party_id, CAST(-sum(p.amount_rp) AS BIGINT) AS rp FROM posting p \
                 WHERE p.account = '2300' GROUP BY p.party_id) x ON x.party_id = s.id WHERE s.id = ? AND x.rp <> 0 LIMIT ?",
    ),
    (
        "sesi",
        "SELECT s.id, s.code, i.state AS label FROM sesi s JOIN workflow_instance i ON i.id = s.id WHERE s.siswa_id = ? AND NOT i.terminal ORDER BY s.starts_at LIMIT ?",
    ),
    (
        "override",
        "SELECT i.id, i.code, i.state AS label FROM result_override o JOIN workflow_instance i ON i.id = o.id WHERE o.siswa_id = ? AND NOT i.terminal ORDER BY i.code LIMIT ?",
    ),
    (
        "fm_claim",
        "SELECT i.id, i.code, i.state AS label FROM fm_claim o JOIN workflow_instance i ON i.id = o.id WHERE o.siswa_id = ? AND NOT i.terminal ORDER BY i.code LIMIT ?",
    ),
    (
        "money_adjustment",
        "SELECT d.id, d.code, d.state AS label FROM money_adjustment d WHERE d.siswa_id = ? AND (d.state = 'WAITING' OR (d.state = 'POSTED' \
                 AND NOT EXISTS (SELECT 1 FROM tagihan_line l WHERE l.source_id = d.id AND l.voided_at IS NULL))) ORDER BY d.code LIMIT ?",
    ),
    ("credit_note", "SELECT id, code, state AS label FROM credit_note WHERE siswa_id = ? AND state = 'REQUESTED' ORDER BY code LIMIT ?"),
    ("refund", "SELECT id, code, state AS label FROM refund WHERE siswa_id = ? AND state = 'DUE' ORDER BY code LIMIT ?"),
    ("write_off", "SELECT id, code, state AS label FROM write_off WHERE siswa_id = ? AND state = 'REQUESTED' ORDER BY code LIMIT ?"),
    (
        "unpaid",
        "SELECT s.id, s.code, CAST(x.amount_rp AS TEXT) AS label FROM siswa_settlement x JOIN sesi s ON s.id = x.sesi_id WHERE x.siswa_id = ? AND x.status = 'UNPAID' \
                 AND NOT EXISTS (SELECT 1 FROM tagihan_line l JOIN tagihan g ON g.id = l.tagihan_id WHERE l.source_id = x.id AND l.voided_at IS NULL \
                 AND g.status = 'WRITTEN_OFF') ORDER BY s.starts_at LIMIT ?",
    ),
];

const OF_TUTOR: &[Unfinished] = &[
    (
        "honorarium",
        "SELECT h.id, h.number AS code, h.status AS label FROM honorarium h WHERE h.tutor_id = ? AND h.status IN ('DRAFT','ISSUED') ORDER BY h.number LIMIT ?",
    ),
    (
        "sesi",
        "SELECT s.id, s.code, i.state AS label FROM sesi s JOIN workflow_instance i ON i.id = s.id WHERE s.tutor_id = ? AND NOT i.terminal ORDER BY s.starts_at LIMIT ?",
    ),
    (
        "override",
        "SELECT i.id, i.code, i.state AS label FROM result_override o JOIN workflow_instance i ON i.id = o.id WHERE o.tutor_id = ? AND NOT i.terminal ORDER BY i.code LIMIT ?",
    ),
    (
        "fm_claim",
        "SELECT i.id, i.code, i.state AS label FROM fm_claim o JOIN workflow_instance i ON i.id = o.id WHERE o.tutor_id = ? AND NOT i.terminal ORDER BY i.code LIMIT ?",
    ),
    ("money_adjustment", "SELECT id, code, state AS label FROM money_adjustment WHERE tutor_id = ? AND state = 'WAITING' ORDER BY code LIMIT ?"),
    (
        "unpaid",
        "SELECT s.id, s.code, CAST(x.honorarium_rp + x.transport_rp AS TEXT) AS label FROM tutor_settlement x JOIN sesi s ON s.id = x.sesi_id WHERE x.tutor_id = ? AND x.status = 'UNPAID' ORDER BY s.starts_at LIMIT ?",
    ),
    (
        "termination",
        "SELECT i.id, i.code, i.state AS label FROM termination o JOIN workflow_instance i ON i.id = o.id WHERE o.tutor_id = ? AND NOT i.terminal ORDER BY i.code LIMIT ?",
    ),
    (
        "suspension",
        "SELECT i.id, i.code, i.state AS label FROM suspension o JOIN workflow_instance i ON i.id = o.id WHERE o.tutor_id = ? AND NOT i.terminal ORDER BY i.code LIMIT ?",
    ),
    (
        "reactivation",
        "SELECT i.id, i.code, i.state AS label FROM reactivation o JOIN workflow_instance i ON i.id = o.id WHERE o.tutor_id = ? AND NOT i.terminal ORDER BY i.code LIMIT ?",
    ),
    (
        "denda",
        "SELECT i.id, i.code, i.state AS label FROM denda o JOIN workflow_instance i ON i.id = o.id WHERE o.tutor_id = ? AND NOT i.terminal ORDER BY i.code LIMIT ?",
    ),
    (
        "strike",
        "SELECT i.id, i.code, i.state AS label FROM strike o JOIN workflow_instance i ON i.id = o.id WHERE o.tutor_id = ? AND NOT i.terminal ORDER BY i.code LIMIT ?",
    ),
];

/// One who may still sign in is deactivated first: that ends the sessions, and keeps the last owner.
const OF_USER: &[Unfinished] = &[
    (
        "user_active",
        "SELECT u.id, u.email AS code, u.name AS label FROM user_account u WHERE u.id = ? AND u.account_state NOT IN ('SUSPENDED','ARCHIVED') LIMIT ?",
    ),
    (
        "task_claimed",
        "SELECT i.id, i.code, t.workflow AS label FROM task t JOIN workflow_instance i ON i.id = t.instance_id WHERE t.claimed_by = ? AND t.state = 'OPEN' ORDER BY t.opened_at LIMIT ?",
    ),
];

/// Messages on their way, and another request to erase the same person.
pub(super) const FOR_EVERYBODY: [Unfinished; 2] = [
    (
        "notification",
        "SELECT i.id, i.code, i.state AS label FROM notification_log n JOIN workflow_instance i ON i.id = n.id WHERE n.recipient_id = ? AND NOT i.terminal ORDER BY i.code LIMIT ?",
    ),
    (
        "erasure",
        "SELECT i.id, i.code, i.state AS label FROM erasure e JOIN workflow_instance i ON i.id = e.id WHERE e.person_id = ? AND NOT i.terminal ORDER BY i.code LIMIT ?",
    ),
];
