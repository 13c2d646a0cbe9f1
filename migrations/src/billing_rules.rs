//! The triggers of billing: no document is made or voided in a locked month, what it says is fixed once it is issued, and its
//! lines are only ever voided or credited.

const TAGIHAN_FIXED: [&str; 9] = ["number", "siswa_id", "period_month", "revision", "issued_on", "due_on", "sesi_rp", "adjustment_rp", "run_id"];
const HONORARIUM_FIXED: [&str; 15] = [
    "number",
    "tutor_id",
    "period_month",
    "revision",
    "issued_on",
    "base_rp",
    "transport_rp",
    "adjustment_rp",
    "returned_rp",
    "reversed_rp",
    "denda_rp",
    "carried_in_rp",
    "carried_out_rp",
    "net_rp",
    "run_id",
];
const TAGIHAN_LINE_FIXED: [&str; 7] = ["tagihan_id", "number", "kind", "source_id", "sesi_id", "held_on", "amount_rp"];
const HONORARIUM_LINE_FIXED: [&str; 7] = ["honorarium_id", "number", "kind", "source_id", "sesi_id", "held_on", "amount_rp"];

const DOCUMENTS: [(&str, &[&str]); 2] = [("tagihan", &TAGIHAN_FIXED), ("honorarium", &HONORARIUM_FIXED)];
const LINES: [(&str, &[&str]); 2] = [("tagihan_line", &TAGIHAN_LINE_FIXED), ("honorarium_line", &HONORARIUM_LINE_FIXED)];

/// That one of `columns` is changed; a comparison that both databases know, empty values included.
fn changed(columns: &[&str], differs: &str) -> String {
    columns.iter().map(|column| format!("NEW.{column} {differs} OLD.{column}")).collect::<Vec<_>>().join(" OR ")
}

pub fn sqlite() -> String {
    let locked = "EXISTS (SELECT 1 FROM period WHERE month = NEW.period_month AND state = 'LOCKED')";
    let refuse_locked = "BEGIN SELECT RAISE(ABORT, 'period_locked:' || NEW.period_month); END;";
    let documents = DOCUMENTS.map(|(table, fixed)| {
        format!(
            "CREATE TRIGGER {table}_period BEFORE INSERT ON {table} WHEN {locked} {refuse_locked}
             CREATE TRIGGER {table}_period_kept BEFORE UPDATE OF status ON {table}
             WHEN NEW.status = 'VOID' AND OLD.status <> 'VOID' AND {locked} {refuse_locked}
             CREATE TRIGGER {table}_fixed BEFORE UPDATE ON {table} WHEN OLD.status <> 'DRAFT' AND ({})
             BEGIN SELECT RAISE(ABORT, 'document_fixed:{table}'); END;
             CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table}
             BEGIN SELECT RAISE(ABORT, 'append_only:{table}'); END;",
            changed(fixed, "IS NOT")
        )
    });
    let lines = LINES.map(|(table, fixed)| {
        format!(
            "CREATE TRIGGER {table}_fixed BEFORE UPDATE ON {table} WHEN {}
             BEGIN SELECT RAISE(ABORT, 'document_fixed:{table}'); END;
             CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table}
             BEGIN SELECT RAISE(ABORT, 'append_only:{table}'); END;",
            changed(fixed, "IS NOT")
        )
    });
    [documents.concat(), lines.concat()].concat()
}

pub fn postgres() -> String {
    let documents = DOCUMENTS.map(|(table, fixed)| {
        format!(
            "CREATE TRIGGER {table}_period BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION check_document_period();
             CREATE TRIGGER {table}_period_kept BEFORE UPDATE OF status ON {table} FOR EACH ROW
               WHEN (NEW.status = 'VOID' AND OLD.status <> 'VOID') EXECUTE FUNCTION check_document_period();
             CREATE TRIGGER {table}_fixed BEFORE UPDATE ON {table} FOR EACH ROW
               WHEN (OLD.status <> 'DRAFT' AND ({})) EXECUTE FUNCTION refuse_document_change();
             CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change();
             CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();",
            changed(fixed, "IS DISTINCT FROM")
        )
    });
    let lines = LINES.map(|(table, fixed)| {
        format!(
            "CREATE TRIGGER {table}_fixed BEFORE UPDATE ON {table} FOR EACH ROW WHEN ({}) EXECUTE FUNCTION refuse_document_change();
             CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change();
             CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();",
            changed(fixed, "IS DISTINCT FROM")
        )
    });
    [FUNCTIONS.to_owned(), documents.concat(), lines.concat()].concat()
}

const FUNCTIONS: &str = "
CREATE FUNCTION check_document_period() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM refuse_locked(NEW.period_month);
  RETURN NEW;
END $$;
CREATE FUNCTION refuse_document_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'document_fixed:%', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;";

/// The functions of [`postgres`]; their triggers go with the tables.
pub const DROP_POSTGRES: &str = "DROP FUNCTION check_document_period(); DROP FUNCTION refuse_document_change();";
