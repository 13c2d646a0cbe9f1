//! What the database keeps about clones and academic years: a price never changes the clone it came by, and no two
//! years hold one day.
//!
//! On Postgres the index behind `price_overlap` is over the subject and a hash of the rest of the cell from now on: over
//! the cell itself, audience first, it was searched almost whole for each row, and 45,000 took a minute; subject first,
//! 3.6 s; so, 2.4 s. Two cells of one subject with one hash of 64 bits would refuse each other a price: among a million
//! cells of one subject, one chance in 30 million.
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
ALTER TABLE price DROP CONSTRAINT price_overlap;
CREATE FUNCTION price_rest(audience text, level uuid, tingkat uuid, segmentasi uuid, golongan uuid) RETURNS bigint
  LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT uuid_hash_extended(tingkat, uuid_hash_extended(segmentasi,
    uuid_hash_extended(coalesce(golongan, '00000000-0000-0000-0000-000000000000'::uuid),
    uuid_hash_extended(coalesce(level, '00000000-0000-0000-0000-000000000000'::uuid), hashtextextended(audience, 0)))))
$$;
ALTER TABLE price ADD CONSTRAINT price_overlap EXCLUDE USING gist (
  subject_id WITH =, price_rest(audience, subject_level_id, tingkat_id, segmentasi_id, golongan_id) WITH =,
  daterange(effective_from, effective_until, '[)') WITH &&
) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE tahun_ajaran ADD CONSTRAINT tahun_ajaran_overlap
  EXCLUDE USING gist (daterange(starts_on, ends_on, '[]') WITH &&) DEFERRABLE INITIALLY DEFERRED;";

pub const POSTGRES_DOWN: &str = "
ALTER TABLE tahun_ajaran DROP CONSTRAINT tahun_ajaran_overlap;
ALTER TABLE price DROP CONSTRAINT price_overlap;
ALTER TABLE price ADD CONSTRAINT price_overlap EXCLUDE USING gist (
  audience WITH =, subject_id WITH =, tingkat_id WITH =, segmentasi_id WITH =,
  (coalesce(subject_level_id, '00000000-0000-0000-0000-000000000000'::uuid)) WITH =,
  (coalesce(golongan_id, '00000000-0000-0000-0000-000000000000'::uuid)) WITH =,
  daterange(effective_from, effective_until, '[)') WITH &&
) DEFERRABLE INITIALLY DEFERRED;
DROP FUNCTION price_rest(text, uuid, uuid, uuid, uuid);
DROP TRIGGER price_keep_clone ON price;
DROP FUNCTION keep_price_clone();";
