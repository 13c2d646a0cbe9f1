//! The triggers of payments: none is dated into a locked month, and what it says stays as it was recorded. Only the texts
//! may be emptied, when whoever they tell about is erased.

const FIXED: &str = "id, code, kind, siswa_id, tutor_id, honorarium_id, pph_month, amount_rp, allocated_rp, deposit_rp, pph_withheld_rp, pph_bps, \
    paid_on, posted_on, method, proof_document_id, reverses_id, recorded_by, recorded_at";

pub fn sqlite() -> String {
    let refuse = "BEGIN SELECT RAISE(ABORT, 'document_fixed:payment'); END;";
    format!(
        "CREATE TRIGGER payment_period BEFORE INSERT ON payment
         WHEN EXISTS (SELECT 1 FROM period WHERE month = substr(NEW.posted_on, 1, 7) AND state = 'LOCKED')
         BEGIN SELECT RAISE(ABORT, 'period_locked:' || substr(NEW.posted_on, 1, 7)); END;
         CREATE TRIGGER payment_fixed BEFORE UPDATE OF {FIXED} ON payment {refuse}
         CREATE TRIGGER payment_kept BEFORE DELETE ON payment {refuse}"
    )
}

pub fn postgres() -> String {
    format!(
        "CREATE FUNCTION check_payment_period() RETURNS trigger LANGUAGE plpgsql AS $$
         BEGIN
           PERFORM refuse_locked(to_char(NEW.posted_on, 'YYYY-MM'));
           RETURN NEW;
         END $$;
         CREATE TRIGGER payment_period BEFORE INSERT ON payment FOR EACH ROW EXECUTE FUNCTION check_payment_period();
         CREATE TRIGGER payment_fixed BEFORE DELETE OR UPDATE OF {FIXED} ON payment FOR EACH ROW EXECUTE FUNCTION refuse_document_change();
         CREATE TRIGGER payment_no_truncate BEFORE TRUNCATE ON payment FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();"
    )
}

/// The function of [`postgres`]; its trigger goes with the table.
pub const DROP_POSTGRES: &str = "DROP FUNCTION check_payment_period();";
