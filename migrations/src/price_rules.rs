//! The rules of the price table: at most one row per key in force on a day, and a row's price never changes.
//!
//! A new price closes the old row (`effective_until`, exclusive) and opens its own. On Postgres an exclusion
//! constraint checks this at commit, so both may come in one statement and two writers cannot pass each other; it
//! needs `btree_gist`, which a database owner may create. A row closed on its first day is in force on no day.

/// What names a price. The same list, spelled out, stands in [`POSTGRES`].
const KEY: [&str; 7] = ["audience", "tahun_ajaran_id", "subject_id", "subject_level_id", "tingkat_id", "segmentasi_id", "golongan_id"];

/// What a row keeps for life beside its key.
const CONTENT: [&str; 5] = ["id", "amount_rp", "effective_from", "created_at", "created_by"];

pub fn sqlite() -> String {
    // The academic year is left out: two years' rows may not be in force on one day either.
    let same_key = KEY.iter().filter(|column| **column != "tahun_ajaran_id");
    let same_key = same_key.map(|column| format!("other.{column} IS NEW.{column}")).collect::<Vec<_>>().join(" AND ");
    let changed = KEY.iter().chain(&CONTENT).map(|column| format!("NEW.{column} IS NOT OLD.{column}"));
    let changed = changed.collect::<Vec<_>>().join(" OR ");
    let overlap = format!(
        "(NEW.effective_until IS NULL OR NEW.effective_until > NEW.effective_from) AND EXISTS (
           SELECT 1 FROM price AS other WHERE other.id <> NEW.id AND {same_key}
           AND (other.effective_until IS NULL OR
                (other.effective_until > other.effective_from AND NEW.effective_from < other.effective_until))
           AND (NEW.effective_until IS NULL OR other.effective_from < NEW.effective_until))"
    );
    let taken = "EXISTS (SELECT 1 FROM price WHERE id = NEW.id) OR EXISTS (SELECT 1 FROM price WHERE rowid = NEW.rowid)";
    format!(
        "CREATE TRIGGER price_no_overlap_insert BEFORE INSERT ON price WHEN {overlap}
           BEGIN SELECT RAISE(ABORT, 'price_overlap'); END;
         CREATE TRIGGER price_no_overlap_update BEFORE UPDATE ON price WHEN {overlap}
           BEGIN SELECT RAISE(ABORT, 'price_overlap'); END;
         CREATE TRIGGER price_keep_content BEFORE UPDATE ON price WHEN {changed}
           BEGIN SELECT RAISE(ABORT, 'price_immutable'); END;
         CREATE TRIGGER price_no_replace BEFORE INSERT ON price WHEN {taken}
           BEGIN SELECT RAISE(ABORT, 'price_immutable'); END;"
    )
}

pub const POSTGRES: &str = "
CREATE EXTENSION IF NOT EXISTS btree_gist;
ALTER TABLE price ADD CONSTRAINT price_overlap EXCLUDE USING gist (
  audience WITH =, subject_id WITH =, tingkat_id WITH =, segmentasi_id WITH =,
  (coalesce(subject_level_id, '00000000-0000-0000-0000-000000000000'::uuid)) WITH =,
  (coalesce(golongan_id, '00000000-0000-0000-0000-000000000000'::uuid)) WITH =,
  daterange(effective_from, effective_until, '[)') WITH &&
) DEFERRABLE INITIALLY DEFERRED;
CREATE FUNCTION keep_price() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.audience, NEW.tahun_ajaran_id, NEW.subject_id, NEW.subject_level_id, NEW.tingkat_id, NEW.segmentasi_id,
      NEW.golongan_id, NEW.id, NEW.amount_rp, NEW.effective_from, NEW.created_at, NEW.created_by)
     IS DISTINCT FROM
     (OLD.audience, OLD.tahun_ajaran_id, OLD.subject_id, OLD.subject_level_id, OLD.tingkat_id, OLD.segmentasi_id,
      OLD.golongan_id, OLD.id, OLD.amount_rp, OLD.effective_from, OLD.created_at, OLD.created_by) THEN
    RAISE EXCEPTION 'price_immutable' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER price_keep_content BEFORE UPDATE ON price FOR EACH ROW EXECUTE FUNCTION keep_price();";

/// The function of [`POSTGRES`]; constraint and triggers go with the table, the extension stays.
pub const DROP_POSTGRES: &str = "DROP FUNCTION keep_price();";
