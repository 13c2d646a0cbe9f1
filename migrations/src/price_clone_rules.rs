//! What the database keeps about clones and academic years: a price never changes the clone it came by, and no two
//! years hold one day.
//!
//! A year whose code is there already is left to its unique key, so that the seed may offer its years at every start:
//! on Postgres the constraint is deferred for the same reason.

pub const SQLITE_UP: &str = "
CREATE TRIGGER price_keep_clone BEFORE UPDATE ON price WHEN NEW.clone_id IS NOT OLD.clone_id
  BEGIN SELECT RAISE(ABORT, 'price_immutable'); END;
CREATE TRIGGER tahun_ajaran_no_overlap_insert BEFORE INSERT ON tahun_ajaran WHEN EXISTS (
  SELECT 1 FROM tahun_ajaran AS other WHERE other.id <> NEW.id AND other.code <> NEW.code
  AND other.starts_on <= NEW.ends_on AND NEW.starts_on <= other.ends_on)
  BEGIN SELECT RAISE(ABORT, 'tahun_ajaran_overlap'); END;
CREATE TRIGGER tahun_ajaran_no_overlap_update BEFORE UPDATE ON tahun_ajaran WHEN EXISTS (
  SELECT 1 FROM tahun_ajaran AS other WHERE other.id <> NEW.id
  AND other.starts_on <= NEW.ends_on AND NEW.starts_on <= other.ends_on)
  BEGIN SELECT RAISE(ABORT, 'tahun_ajaran_overlap'); END;";

pub const SQLITE_DOWN: &str = "
DROP TRIGGER tahun_ajaran_no_overlap_update;
DROP TRIGGER tahun_ajaran_no_overlap_insert;
DROP TRIGGER price_keep_clone;";

pub const POSTGRES_UP: &str = "
CREATE FUNCTION keep_price_clone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'price_immutable' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER price_keep_clone BEFORE UPDATE ON price FOR EACH ROW
  WHEN (NEW.clone_id IS DISTINCT FROM OLD.clone_id) EXECUTE FUNCTION keep_price_clone();
ALTER TABLE tahun_ajaran ADD CONSTRAINT tahun_ajaran_overlap
  EXCLUDE USING gist (daterange(starts_on, ends_on, '[]') WITH &&) DEFERRABLE INITIALLY DEFERRED;";

pub const POSTGRES_DOWN: &str = "
ALTER TABLE tahun_ajaran DROP CONSTRAINT tahun_ajaran_overlap;
DROP TRIGGER price_keep_clone ON price;
DROP FUNCTION keep_price_clone();";
