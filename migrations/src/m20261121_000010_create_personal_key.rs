//! A key for everybody personal data is kept about: what audit and history say of them is sealed under it.
//!
//! The database makes a key together with its owner, so none is lost by a transaction that is taken back, and none is
//! forgotten. It changes once, to nothing: then nobody can read what was sealed, and nothing brings the person back.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;
use sea_orm_migration::sea_orm::DatabaseBackend;

use crate::append_only::exists_already;
use crate::drop_tables;

#[derive(DeriveMigrationName)]
pub struct Migration;

/// Who and what owns a key, with the column that says since when. A document has one of its own: it is known
/// whose it is only once it is attached to something.
const OWNERS: [(&str, &str); 4] = [("user_account", "created_at"), ("tutor", "created_at"), ("siswa", "created_at"), ("document", "uploaded_at")];
/// The people among them; what their row is called once they are erased is [`NOBODY`].
const PEOPLE: [&str; 3] = ["user_account", "tutor", "siswa"];
const NOBODY: &str = "—";
/// Rows that are about people, with the columns that say who: none is written about somebody who is erased.
const ABOUT: [(&str, &[&str]); 2] = [("sesi", &["siswa_id", "tutor_id"]), ("user_session", &["user_id"])];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let consistent = Expr::col("key").is_null().eq(Expr::col("destroyed_at").is_not_null());
        let mut table = Table::create();
        table
            .table("personal_key")
            .col(pk_uuid("owner_id"))
            .col(blob_null("key"))
            .col(timestamp_with_time_zone("created_at"))
            .col(timestamp_with_time_zone_null("destroyed_at"))
            .check(consistent);
        manager.create_table(table).await?;
        let rules = match manager.get_database_backend() {
            DatabaseBackend::Postgres => on_postgres(),
            _ => on_sqlite(),
        };
        manager.get_connection().execute_unprepared(&rules).await.map(|_| ())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        for sql in undo(manager.get_database_backend()) {
            connection.execute_unprepared(&sql).await?;
        }
        drop_tables(manager, &["personal_key"]).await?;
        if manager.get_database_backend() == DatabaseBackend::Postgres {
            connection.execute_unprepared("DROP FUNCTION keep_personal_key();").await?;
        }
        Ok(())
    }
}

/// What the program may do with a key: nothing but destroy it.
const DESTROYED: &str =
    "OLD.key IS NOT NULL AND NEW.key IS NULL AND NEW.destroyed_at IS NOT NULL AND NEW.owner_id = OLD.owner_id AND NEW.created_at = OLD.created_at";

fn on_sqlite() -> String {
    let refuse = "BEGIN SELECT RAISE(ABORT, 'personal_key_kept'); END;";
    let mut sql = format!(
        "CREATE TRIGGER personal_key_update BEFORE UPDATE ON personal_key WHEN NOT ({DESTROYED}) {refuse}
         CREATE TRIGGER personal_key_delete BEFORE DELETE ON personal_key {refuse}
         CREATE TRIGGER personal_key_replace BEFORE INSERT ON personal_key WHEN {} {refuse}",
        exists_already("personal_key", &[&["owner_id"]])
    );
    for (owner, since) in OWNERS {
        sql += &format!(
            "INSERT INTO personal_key (owner_id, key, created_at) SELECT id, randomblob(32), {since} FROM {owner};
             CREATE TRIGGER {owner}_personal_key AFTER INSERT ON {owner} WHEN NOT EXISTS (SELECT 1 FROM personal_key WHERE owner_id = NEW.id)
             BEGIN INSERT INTO personal_key (owner_id, key, created_at) VALUES (NEW.id, randomblob(32), NEW.{since}); END;"
        );
    }
    let erased = "BEGIN SELECT RAISE(ABORT, 'person_erased'); END;";
    let destroyed = |ids: String| format!("EXISTS (SELECT 1 FROM personal_key WHERE owner_id IN ({ids}) AND key IS NULL)");
    for person in PEOPLE {
        let gone = destroyed("NEW.id".into());
        sql += &format!("CREATE TRIGGER {person}_stays_erased BEFORE UPDATE ON {person} WHEN NEW.name <> '{NOBODY}' AND {gone} {erased}");
    }
    for (table, columns) in ABOUT {
        let gone = destroyed(columns.iter().map(|column| format!("NEW.{column}")).collect::<Vec<_>>().join(", "));
        sql += &format!("CREATE TRIGGER {table}_of_erased BEFORE INSERT ON {table} WHEN {gone} {erased}");
    }
    sql
}

/// 366 random bits, hashed: no extension is needed for them.
const RANDOM_KEY: &str = "sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()))";

fn on_postgres() -> String {
    let mut sql = format!(
        "CREATE FUNCTION keep_personal_key() RETURNS trigger LANGUAGE plpgsql AS $$
         BEGIN
           IF TG_OP = 'UPDATE' THEN
             IF {DESTROYED} THEN RETURN NEW; END IF;
           END IF;
           RAISE EXCEPTION 'personal_key_kept' USING ERRCODE = 'restrict_violation';
         END $$;
         CREATE TRIGGER personal_key_kept BEFORE UPDATE OR DELETE ON personal_key FOR EACH ROW EXECUTE FUNCTION keep_personal_key();
         CREATE TRIGGER personal_key_no_truncate BEFORE TRUNCATE ON personal_key FOR EACH STATEMENT EXECUTE FUNCTION keep_personal_key();"
    );
    for (owner, since) in OWNERS {
        sql += &format!(
            "INSERT INTO personal_key (owner_id, key, created_at) SELECT id, {RANDOM_KEY}, {since} FROM {owner};
             CREATE FUNCTION make_key_of_{owner}() RETURNS trigger LANGUAGE plpgsql AS $$
             BEGIN
               INSERT INTO personal_key (owner_id, key, created_at) VALUES (NEW.id, {RANDOM_KEY}, NEW.{since}) ON CONFLICT (owner_id) DO NOTHING;
               RETURN NEW;
             END $$;
             CREATE TRIGGER {owner}_personal_key AFTER INSERT ON {owner} FOR EACH ROW EXECUTE FUNCTION make_key_of_{owner}();"
        );
    }
    for person in PEOPLE {
        sql += &format!(
            "CREATE FUNCTION keep_erased_{person}() RETURNS trigger LANGUAGE plpgsql AS $$
             BEGIN
               IF EXISTS (SELECT 1 FROM personal_key WHERE owner_id = NEW.id AND key IS NULL) THEN
                 RAISE EXCEPTION 'person_erased' USING ERRCODE = 'restrict_violation';
               END IF;
               RETURN NEW;
             END $$;
             CREATE TRIGGER {person}_stays_erased BEFORE UPDATE ON {person} FOR EACH ROW WHEN (NEW.name <> '{NOBODY}') EXECUTE FUNCTION keep_erased_{person}();"
        );
    }
    for (table, columns) in ABOUT {
        let ids = columns.iter().map(|column| format!("NEW.{column}")).collect::<Vec<_>>().join(", ");
        // The lock makes whoever erases the person wait for this row, or this row for the erasure; the program then
        // tries again, and finds the person erased.
        sql += &format!(
            "CREATE FUNCTION refuse_erased_{table}() RETURNS trigger LANGUAGE plpgsql AS $$
             DECLARE gone boolean;
             BEGIN
               FOR gone IN SELECT key IS NULL FROM personal_key WHERE owner_id IN ({ids}) ORDER BY owner_id FOR SHARE LOOP
                 IF gone THEN RAISE EXCEPTION 'person_erased' USING ERRCODE = 'serialization_failure'; END IF;
               END LOOP;
               RETURN NEW;
             END $$;
             CREATE TRIGGER {table}_of_erased BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_erased_{table}();"
        );
    }
    sql
}

/// Takes back what the other tables were given.
fn undo(backend: DatabaseBackend) -> Vec<String> {
    let owned = OWNERS.map(|(owner, _)| (owner, "personal_key", "make_key_of"));
    let kept = PEOPLE.map(|person| (person, "stays_erased", "keep_erased"));
    let about = ABOUT.map(|(table, _)| (table, "of_erased", "refuse_erased"));
    let all = owned.into_iter().chain(kept).chain(about);
    all.flat_map(|(table, trigger, function)| match backend {
        DatabaseBackend::Postgres => {
            vec![format!("DROP TRIGGER {table}_{trigger} ON {table};"), format!("DROP FUNCTION {function}_{table}();")]
        }
        _ => vec![format!("DROP TRIGGER {table}_{trigger};")],
    })
    .collect()
}
