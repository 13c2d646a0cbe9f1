//! What must hold at any moment, whatever has happened.

use super::world::World;
use sea_orm::Value;

/// Each counts what must not be there.
const NEVER: [(&str, &str); 20] = [
    (
        "a tutor is SUSPENDED without an ACTIVE suspension, or has one without being SUSPENDED",
        "SELECT count(*) FROM tutor t WHERE t.status NOT IN ('TERMINATED','ARCHIVED') \
         AND (t.status = 'SUSPENDED') <> EXISTS (SELECT 1 FROM suspension s WHERE s.tutor_id = t.id AND s.state = 'ACTIVE')",
    ),
    (
        "the tutor's row and the suspension name another end",
        "SELECT count(*) FROM tutor t JOIN suspension s ON s.tutor_id = t.id AND s.state = 'ACTIVE' WHERE coalesce(t.suspended_until <> s.ends_at, \
         NOT (t.suspended_until IS NULL AND s.ends_at IS NULL))",
    ),
    (
        "a tutor is under two suspensions",
        "SELECT count(*) FROM (SELECT tutor_id FROM suspension WHERE state = 'ACTIVE' GROUP BY tutor_id HAVING count(*) > 1) x",
    ),
    (
        "a reactivation is open about a suspension that is over",
        "SELECT count(*) FROM reactivation r JOIN suspension s ON s.id = r.suspension_id WHERE r.state = 'REQUESTED' AND s.state <> 'ACTIVE'",
    ),
    (
        "somebody whose work has ended is suspended",
        "SELECT count(*) FROM tutor t JOIN suspension s ON s.tutor_id = t.id WHERE t.status IN ('TERMINATED','ARCHIVED') AND s.state = 'ACTIVE'",
    ),
    (
        "a tutor is TERMINATED without a termination under way, or the other way round",
        "SELECT count(*) FROM tutor t WHERE (t.status = 'TERMINATED') <> EXISTS (SELECT 1 FROM termination x WHERE x.tutor_id = t.id AND x.state = 'DECIDED')",
    ),
    (
        "a tutor was terminated while a first review was open",
        "SELECT count(*) FROM termination t JOIN fm_claim c ON c.tutor_id = t.tutor_id WHERE c.filed_at < t.decided_at \
         AND coalesce(c.l1_at, c.closed_at, t.decided_at) >= t.decided_at",
    ),
    (
        "a tutor was terminated while an appeal was open",
        "SELECT count(*) FROM termination t JOIN fm_claim c ON c.tutor_id = t.tutor_id WHERE c.appealed_at < t.decided_at \
         AND coalesce(c.l2_at, t.decided_at) >= t.decided_at",
    ),
    (
        "a tutor is archived with something open",
        "SELECT count(*) FROM tutor t WHERE t.status = 'ARCHIVED' AND (EXISTS (SELECT 1 FROM fm_claim c JOIN workflow_instance i ON i.id = c.id WHERE c.tutor_id = t.id AND NOT i.terminal) \
         OR EXISTS (SELECT 1 FROM denda d JOIN workflow_instance i ON i.id = d.id WHERE d.tutor_id = t.id AND NOT i.terminal) \
         OR EXISTS (SELECT 1 FROM sesi s JOIN workflow_instance i ON i.id = s.id WHERE s.tutor_id = t.id AND NOT i.terminal))",
    ),
    (
        "a denda is held for no claim under its first review",
        "SELECT count(*) FROM denda d WHERE d.status = 'HELD' AND NOT EXISTS (SELECT 1 FROM fm_claim c WHERE c.denda_id = d.id AND c.state = 'PENDING_L1')",
    ),
    (
        "a strike is held for no claim under its first review",
        "SELECT count(*) FROM strike s WHERE s.status = 'HELD' AND NOT EXISTS (SELECT 1 FROM fm_claim c WHERE c.strike_id = s.id AND c.state = 'PENDING_L1')",
    ),
    (
        "a penalty counts while its claim is under the first review",
        "SELECT count(*) FROM fm_claim c LEFT JOIN denda d ON d.id = c.denda_id LEFT JOIN strike s ON s.id = c.strike_id \
         WHERE c.state = 'PENDING_L1' AND (d.status = 'APPLIED' OR s.status = 'LIVE')",
    ),
    (
        "a denda that was forgiven still counts",
        "SELECT count(*) FROM fm_claim c JOIN denda d ON d.id = c.denda_id WHERE c.state IN ('APPROVED','OVERTURNED') AND d.status <> 'REVERSED'",
    ),
    (
        "a strike that was forgiven still counts",
        "SELECT count(*) FROM fm_claim c JOIN strike s ON s.id = c.strike_id WHERE c.state IN ('APPROVED','OVERTURNED') AND s.status NOT IN ('REVOKED','DECAYED')",
    ),
    (
        "a denda can still be contested after the last word",
        "SELECT count(*) FROM fm_claim c JOIN denda d ON d.id = c.denda_id WHERE c.state IN ('UPHELD','FINAL') AND d.status <> 'FINAL'",
    ),
    (
        "a denda is reversed without its one entry, or has one without being reversed",
        "SELECT count(*) FROM denda d WHERE (SELECT count(*) FROM journal_entry e WHERE e.instance_id = d.id AND e.kind = 'tutor_denda_reversal' \
         AND e.reverses_id IS NOT NULL) <> CASE WHEN d.status = 'REVERSED' AND d.amount_rp <> 0 THEN 1 ELSE 0 END",
    ),
    (
        "an entry is reversed twice",
        "SELECT count(*) FROM (SELECT reverses_id FROM journal_entry WHERE reverses_id IS NOT NULL GROUP BY reverses_id HAVING count(*) > 1) x",
    ),
    (
        "what was paid and received on final settlements, and what is still to be, is not what is owed",
        "SELECT count(*) FROM termination t JOIN final_settlement f ON f.id = t.settlement_id WHERE t.paid_rp - t.received_rp + t.due_rp \
         - CASE WHEN t.settlement_status = 'WRITTEN_OFF' THEN f.claim_rp ELSE t.claim_rp END <> f.payable_rp - f.owed_rp \
         OR f.payable_rp - f.owed_rp <> f.honorarium_rp + f.transport_rp - f.denda_rp + f.adjustment_rp + f.waived_rp",
    ),
    (
        "the revisions of a settlement have moved another sum than the termination says",
        "SELECT count(*) FROM termination t WHERE t.paid_rp <> coalesce((SELECT sum(f.moved_rp) FROM final_settlement f WHERE f.termination_id = t.id AND f.status = 'PAID'), 0) \
         OR t.received_rp <> coalesce((SELECT sum(f.moved_rp) FROM final_settlement f WHERE f.termination_id = t.id AND f.status = 'RECEIVED'), 0)",
    ),
    (
        "an archived tutor was settled about something else than all they earned and owed",
        "SELECT count(*) FROM termination t JOIN final_settlement f ON f.id = t.settlement_id WHERE t.state = 'ARCHIVED' AND f.honorarium_rp + f.transport_rp - f.denda_rp <> \
         coalesce((SELECT sum(x.honorarium_rp + x.transport_rp) FROM tutor_settlement x WHERE x.tutor_id = t.tutor_id AND x.status <> 'REVERSED'), 0) \
         - coalesce((SELECT sum(d.amount_rp) FROM denda d WHERE d.tutor_id = t.tutor_id AND d.status <> 'REVERSED'), 0)",
    ),
];

/// What each number of strikes calls for at most, and at least.
const RANK: &str = "CASE s.proposed WHEN 'TERMINATION' THEN 3 WHEN 'FINAL_WARNING' THEN 2 WHEN 'WARNING' THEN 1 ELSE 0 END";
const POINTS: &str = "(SELECT coalesce(sum(x.points), 0) FROM strike x WHERE x.tutor_id = t.id AND x.status = 'LIVE' AND x.decays_at > ?)";
const AT_WORK: &str = "t.status IN ('ACTIVE','SUSPENDED')";

/// Everything that is wrong now. What hangs on timers holds once they have fired.
pub async fn broken(world: &World, fired: bool) -> Vec<String> {
    let (db, now) = (&world.company.db, || -> Vec<Value> { vec![world.company.now().into()] });
    let mut broken = vec![];
    for (sentence, sql) in NEVER {
        if db.count(sql, vec![]).await != 0 {
            broken.push(sentence.to_owned());
        }
    }
    let open = "EXISTS (SELECT 1 FROM task k WHERE k.instance_id = s.id AND k.name = 'sanction' AND k.state = 'OPEN')";
    let more = format!("SELECT count(*) FROM strike s JOIN tutor t ON t.id = s.tutor_id WHERE {AT_WORK} AND {open} AND {RANK} > {POINTS}");
    if fired && db.count(&more, now()).await != 0 {
        broken.push("more is proposed than the strikes that count call for".into());
    }
    let highest = format!("coalesce((SELECT max({RANK}) FROM strike s WHERE s.tutor_id = t.id AND s.status = 'LIVE'), 0)");
    let less = format!("SELECT count(*) FROM tutor t WHERE {AT_WORK} AND {highest} < CASE WHEN {POINTS} > 3 THEN 3 ELSE {POINTS} END");
    if db.count(&less, [now(), now()].concat()).await != 0 {
        broken.push("less is proposed than the strikes that count call for".into());
    }
    broken
}
