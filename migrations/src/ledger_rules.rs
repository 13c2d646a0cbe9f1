//! The triggers of the ledger: entries balance, are complete once written, and stay out of locked periods.
//!
//! SQLite has no deferred trigger, so there the postings come first and their entry, checked, closes them.
//! On Postgres both come in one statement in any order and are checked when the transaction commits.

/// Entry after its postings: the entry is refused unless they balance, a posting is refused once the entry exists.
pub fn sqlite() -> String {
    String::from(
        "CREATE TRIGGER journal_entry_balances BEFORE INSERT ON journal_entry
         WHEN (SELECT count(*) < 2 OR sum(amount_rp) <> 0 FROM posting WHERE entry_id = NEW.id)
         BEGIN SELECT RAISE(ABORT, 'unbalanced_entry:' || NEW.natural_key); END;

         CREATE TRIGGER posting_before_entry BEFORE INSERT ON posting
         WHEN EXISTS (SELECT 1 FROM journal_entry WHERE id = NEW.entry_id)
         BEGIN SELECT RAISE(ABORT, 'entry_complete'); END;

         CREATE TRIGGER journal_entry_period BEFORE INSERT ON journal_entry
         WHEN EXISTS (SELECT 1 FROM period WHERE month = substr(NEW.posted_on, 1, 7) AND state = 'LOCKED')
         BEGIN SELECT RAISE(ABORT, 'period_locked:' || substr(NEW.posted_on, 1, 7)); END;

         CREATE TRIGGER period_no_delete BEFORE DELETE ON period
         BEGIN SELECT RAISE(ABORT, 'period_kept'); END;",
    )
}

/// All on Postgres. Posting and locking meet on an advisory lock per month: many may post at once, and a
/// period is locked only after every transaction that posts into it has ended.
pub fn postgres() -> String {
    [ENTRY_BALANCES, POSTING_IN_TIME, PERIOD_OPEN, PERIOD_KEPT].concat()
}

const ENTRY_BALANCES: &str = "
CREATE FUNCTION refuse_unbalanced(entry uuid) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF (SELECT count(*) < 2 OR sum(amount_rp) <> 0 FROM posting WHERE entry_id = entry) THEN
    RAISE EXCEPTION 'unbalanced_entry:%', (SELECT natural_key FROM journal_entry WHERE id = entry)
      USING ERRCODE = 'check_violation';
  END IF;
END $$;
CREATE FUNCTION check_entry() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM refuse_unbalanced(NEW.id);
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER journal_entry_balances AFTER INSERT ON journal_entry
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_entry();";

/// `written_in` names the transaction that wrote the entry, savepoints included; the age test keeps it true
/// after a restore into a cluster that counts transactions anew.
const POSTING_IN_TIME: &str = "
CREATE FUNCTION check_posting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM journal_entry AS entry WHERE entry.id = NEW.entry_id
                 AND entry.written_in = pg_current_xact_id() AND age(entry.xmin) <= 0) THEN
    RAISE EXCEPTION 'entry_complete' USING ERRCODE = 'restrict_violation';
  END IF;
  PERFORM refuse_unbalanced(NEW.entry_id);
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER posting_in_time AFTER INSERT ON posting
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_posting();";

const PERIOD_OPEN: &str = "
CREATE FUNCTION refuse_locked(asked text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock_shared(hashtextextended('period:' || asked, 0));
  IF EXISTS (SELECT 1 FROM period WHERE month = asked AND state = 'LOCKED') THEN
    RAISE EXCEPTION 'period_locked:%', asked USING ERRCODE = 'check_violation';
  END IF;
END $$;
CREATE FUNCTION stamp_entry() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM refuse_locked(to_char(NEW.posted_on, 'YYYY-MM'));
  NEW.written_in := pg_current_xact_id();
  RETURN NEW;
END $$;
CREATE TRIGGER journal_entry_stamp BEFORE INSERT ON journal_entry
  FOR EACH ROW EXECUTE FUNCTION stamp_entry();
CREATE FUNCTION lock_period() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.state = 'LOCKED' THEN
    PERFORM pg_advisory_xact_lock(hashtextextended('period:' || NEW.month, 0));
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER period_lock BEFORE INSERT OR UPDATE ON period
  FOR EACH ROW EXECUTE FUNCTION lock_period();";

/// Deleting a locked period would open it without a trace.
const PERIOD_KEPT: &str = "
CREATE FUNCTION keep_period() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'period_kept' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER period_no_delete BEFORE DELETE ON period
  FOR EACH ROW EXECUTE FUNCTION keep_period();
CREATE TRIGGER period_no_truncate BEFORE TRUNCATE ON period
  FOR EACH STATEMENT EXECUTE FUNCTION keep_period();";

/// The functions of [`postgres`]; their triggers go with the tables.
pub const DROP_POSTGRES: &str = "
DROP FUNCTION check_entry(); DROP FUNCTION check_posting(); DROP FUNCTION refuse_unbalanced(uuid);
DROP FUNCTION stamp_entry(); DROP FUNCTION refuse_locked(text); DROP FUNCTION lock_period();
DROP FUNCTION keep_period();";
