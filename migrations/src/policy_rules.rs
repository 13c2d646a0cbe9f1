//! The rule of the policy table: what was reviewed never changes, and no version is deleted.

use crate::append_only::exists_already;

/// State, reason and date may change as a version passes review; what was reviewed may not.
const CONTENT: [&str; 10] = ["id", "kind", "number", "script", "params", "tests", "sha256", "author_id", "author_name", "created_at"];

pub fn sqlite() -> String {
    let changed = CONTENT.map(|column| format!("NEW.{column} IS NOT OLD.{column}")).join(" OR ");
    let taken = exists_already("policy_version", &[&["id"], &["kind", "number"]]);
    let refuse = "BEGIN SELECT RAISE(ABORT, 'policy_version_immutable'); END;";
    format!(
        "CREATE TRIGGER policy_version_keep_content BEFORE UPDATE ON policy_version WHEN {changed} {refuse}
         CREATE TRIGGER policy_version_no_delete BEFORE DELETE ON policy_version {refuse}
         CREATE TRIGGER policy_version_no_replace BEFORE INSERT ON policy_version WHEN {taken} {refuse}"
    )
}

pub const POSTGRES: &str = "
CREATE FUNCTION keep_policy_content() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF (NEW.id, NEW.kind, NEW.number, NEW.script, NEW.params, NEW.tests, NEW.sha256,
        NEW.author_id, NEW.author_name, NEW.created_at)
       IS NOT DISTINCT FROM
       (OLD.id, OLD.kind, OLD.number, OLD.script, OLD.params, OLD.tests, OLD.sha256,
        OLD.author_id, OLD.author_name, OLD.created_at) THEN
      RETURN NEW;
    END IF;
  END IF;
  RAISE EXCEPTION 'policy_version_immutable' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER policy_version_keep_content BEFORE UPDATE OR DELETE ON policy_version
  FOR EACH ROW EXECUTE FUNCTION keep_policy_content();
CREATE TRIGGER policy_version_no_truncate BEFORE TRUNCATE ON policy_version
  FOR EACH STATEMENT EXECUTE FUNCTION keep_policy_content();";
