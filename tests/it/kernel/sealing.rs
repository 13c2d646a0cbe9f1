//! Seals over the audit trail: whoever tampers with a row or a seal behind the rules' back is found, and the row named.

use super::rig::{Rig, worker};
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use engine::audit::{self, Action};
use engine::batch::Batch;
use engine::db::{Db, Tx};
use engine::id::new_id;
use engine::seal::{self, Fault, Finding, Look, MOST_ROWS, Range, Report, export, verify_export};
use serde_json::{Value, json};
use tests::both_databases;
use uuid::Uuid;

/// Rows written by one statement.
const TOGETHER: usize = 50;

/// Writes audit records, each a second after the one before.
async fn write(rig: &Rig, count: usize) {
    for chunk in (0..count).collect::<Vec<_>>().chunks(TOGETHER) {
        let mut batch = Batch::default();
        for n in chunk {
            rig.clock.advance(TimeDelta::seconds(1));
            let after = json!({ "n": n, "ratio": 0.1 + 0.2, "text": "数学 \"é\"" });
            record(rig.now(), after, &mut batch);
        }
        let tx = rig.engine.db.begin().await.unwrap();
        batch.run(&tx).await.unwrap();
        tx.commit().await.unwrap();
    }
}

fn record(at: DateTime<Utc>, after: Value, batch: &mut Batch) {
    let action = Action {
        action: "toy.noted".into(),
        entity_type: "toy",
        entity_id: Uuid::from_u128(7),
        entity_code: Some("T-7"),
        instance_seq: None,
        on_behalf_of: None,
        before: None,
        after: Some(after),
        reason: None,
    };
    audit::record(action, &worker(), at, batch);
}

/// A transaction that has written one record.
async fn begun(rig: &Rig, at: DateTime<Utc>) -> Tx {
    let mut batch = Batch::default();
    record(at, json!({}), &mut batch);
    let tx = rig.engine.db.begin().await.unwrap();
    batch.run(&tx).await.unwrap();
    tx
}

async fn sealed(rig: &Rig, look: Look) -> u64 {
    seal::seal(&rig.engine.db, rig.clock.as_ref(), look).await.unwrap()
}

async fn checked(rig: &Rig) -> Report {
    seal::verify(&rig.engine.db).await.unwrap()
}

/// Three seals over four rows each; their ids in order.
async fn three_seals(rig: &Rig) -> Vec<Uuid> {
    for _ in 0..3 {
        write(rig, 4).await;
        assert_eq!(sealed(rig, Look::Recent).await, 4);
    }
    assert_eq!(checked(rig).await.findings, []);
    let rows = rig.db.rows("SELECT id FROM audit_record ORDER BY at, id", vec![]).await;
    rows.iter().map(|row| row.try_get("", "id").unwrap()).collect()
}

async fn tamper(rig: &Rig, sql: &str, values: Vec<sea_orm::Value>) {
    for table in ["audit_record", "audit_seal"] {
        rig.db.tamper(table, "UPDATE toy_rate SET rate = rate", vec![]).await;
    }
    rig.db.tamper("audit_sealed", sql, values).await;
}

/// What the only finding says.
fn only(report: &Report) -> (Option<i64>, Option<Uuid>, Fault) {
    let [Finding { seal, row, fault, .. }] = &report.findings[..] else { panic!("one finding: {report:?}") };
    (*seal, *row, *fault)
}

/// Inserts a copy of a row under another id, dated `minutes` earlier.
async fn copy(rig: &Rig, of: Uuid, minutes: i64) -> Uuid {
    let at: DateTime<Utc> = rig.db.rows("SELECT at FROM audit_record WHERE id = ?", vec![of.into()]).await[0].try_get("", "at").unwrap();
    let at = at - TimeDelta::minutes(minutes);
    let id = new_id(at);
    let rest = "actor_id, actor_name, actor_kind, action, entity_type, entity_id";
    // A bare placeholder in a SELECT has no type on Postgres.
    let instant = if rig.db.is_postgres() { "CAST(? AS timestamptz)" } else { "?" };
    let sql = format!("INSERT INTO audit_record (id, at, {rest}) SELECT ?, {instant}, {rest} FROM audit_record WHERE id = ?");
    rig.db.run(&sql, vec![id.into(), at.into(), of.into()]).await;
    id
}

async fn exported(rig: &Rig, range: Range) -> String {
    let mut file = vec![];
    export(&rig.engine.db, range, &mut file).await.unwrap();
    String::from_utf8(file).unwrap()
}

fn offline(file: &str) -> Report {
    verify_export(file.as_bytes()).unwrap()
}

both_databases! {
    async fn every_row_is_sealed_once_and_nothing_is_left_for_a_second_round(rig: Rig) {
        assert_eq!(sealed(rig, Look::Everywhere).await, 0);
        assert_eq!(checked(rig).await, Report::default());
        write(rig, MOST_ROWS + 10).await;
        assert_eq!(checked(rig).await.unsealed, MOST_ROWS as u64 + 10);
        assert_eq!(sealed(rig, Look::Recent).await, MOST_ROWS as u64 + 10);
        for look in [Look::Recent, Look::Everywhere] {
            assert_eq!(sealed(rig, look).await, 0);
        }
        let report = checked(rig).await;
        assert_eq!((report.seals, report.rows, report.unsealed, report.findings), (2, MOST_ROWS as u64 + 10, 0, vec![]));
        assert_eq!(rig.count("SELECT count(*) FROM audit_sealed", vec![]).await, MOST_ROWS as i64 + 10);
    }

    async fn what_commands_write_is_sealed_like_everything_else(rig: Rig) {
        let id = rig.open().await;
        rig.done(id, "pay", &json!({ "amount_rp": 5_000 })).await;
        assert_eq!(sealed(rig, Look::Recent).await, 2);
        assert_eq!(checked(rig).await.findings, []);
    }

    async fn seals_are_never_changed_or_removed(rig: Rig) {
        three_seals(rig).await;
        for (table, column) in [("audit_seal", "root"), ("audit_sealed", "hash")] {
            for sql in [format!("UPDATE {table} SET {column} = 'x'"), format!("DELETE FROM {table}")] {
                let refusal = rig.db.try_run(&sql, vec![]).await.unwrap_err();
                assert!(refusal.contains(&format!("append_only:{table}")), "{refusal}");
            }
        }
    }

    async fn a_changed_field_names_the_row(rig: Rig) {
        let ids = three_seals(rig).await;
        let changes = [
            ("actor_name", "'Person 1'"), ("action", "'toy.noted'"), ("entity_code", "'T-7'"), ("entity_type", "'toy'"), ("on_behalf_of", "NULL"),
            ("reason", "NULL"), ("ip", "NULL"), ("request_id", "NULL"), ("trace_id", "NULL"), ("before", "NULL"), ("instance_seq", "NULL"),
        ];
        for (column, good) in changes {
            let bad = match column { "before" => "'{}'", "instance_seq" => "4", _ => "'x'" };
            for (value, findings) in [(bad, vec![(Some(2), Some(ids[5]), Fault::Changed)]), (good, vec![])] {
                tamper(rig, &format!("UPDATE audit_record SET {column} = {value} WHERE id = ?"), vec![ids[5].into()]).await;
                let report = checked(rig).await;
                let found: Vec<_> = report.findings.iter().map(|one| (one.seal, one.row, one.fault)).collect();
                assert_eq!(found, findings, "{column} = {value}");
            }
        }
        tamper(rig, "UPDATE audit_record SET at = ? WHERE id = ?", vec![rig.now().into(), ids[5].into()]).await;
        assert_eq!(only(&checked(rig).await), (Some(2), Some(ids[5]), Fault::Changed));
    }

    async fn a_removed_row_is_named(rig: Rig) {
        let ids = three_seals(rig).await;
        tamper(rig, "DELETE FROM audit_record WHERE id = ?", vec![ids[6].into()]).await;
        assert_eq!(only(&checked(rig).await), (Some(2), Some(ids[6]), Fault::Removed));
    }

    async fn a_row_removed_with_its_place_leaves_a_gap(rig: Rig) {
        let ids = three_seals(rig).await;
        for table in ["audit_sealed WHERE record_id", "audit_record WHERE id"] {
            tamper(rig, &format!("DELETE FROM {table} = ?"), vec![ids[6].into()]).await;
        }
        let report = checked(rig).await;
        assert_eq!(only(&report), (Some(2), None, Fault::Removed));
        assert!(report.findings[0].told.contains(&ids[7].to_string()), "{report:?}");
        tamper(rig, "UPDATE audit_sealed SET place = 2 WHERE record_id = ?", vec![ids[7].into()]).await;
        assert_eq!(only(&checked(rig).await), (Some(2), None, Fault::Removed));
    }

    async fn an_inserted_row_is_named_before_and_after_it_is_sealed(rig: Rig) {
        let ids = three_seals(rig).await;
        let inserted = copy(rig, ids[5], 60).await;
        assert_eq!(only(&checked(rig).await), (None, Some(inserted), Fault::Inserted));
        assert_eq!(sealed(rig, Look::Everywhere).await, 1);
        assert_eq!(only(&checked(rig).await), (Some(4), Some(inserted), Fault::Inserted));
    }

    async fn a_row_inserted_into_a_seal_is_named(rig: Rig) {
        let ids = three_seals(rig).await;
        let inserted = copy(rig, ids[5], 0).await;
        let twin = copy(rig, ids[4], 0).await;
        sealed(rig, Look::Recent).await;
        tamper(rig, "UPDATE audit_sealed SET seal = 2, place = 4 WHERE record_id = ?", vec![inserted.into()]).await;
        let report = checked(rig).await;
        let found: Vec<_> = report.findings.iter().map(|one| (one.seal, one.row, one.fault)).collect();
        assert_eq!(found[0], (Some(2), Some(inserted), Fault::Inserted), "{twin} {report:?}");
    }

    async fn rows_that_changed_places_are_named(rig: Rig) {
        let ids = three_seals(rig).await;
        for (place, row) in [(99, 5), (1, 6), (2, 5)] {
            tamper(rig, "UPDATE audit_sealed SET place = ? WHERE record_id = ?", vec![place.into(), ids[row].into()]).await;
        }
        assert_eq!(only(&checked(rig).await), (Some(2), Some(ids[6]), Fault::Reordered));
    }

    async fn rows_that_took_each_others_place_are_named(rig: Rig) {
        let ids = three_seals(rig).await;
        for (from, to) in [(ids[5], Uuid::nil()), (ids[6], ids[5]), (Uuid::nil(), ids[6])] {
            tamper(rig, "UPDATE audit_sealed SET record_id = ? WHERE record_id = ?", vec![to.into(), from.into()]).await;
        }
        assert_eq!(only(&checked(rig).await), (Some(2), Some(ids[6]), Fault::Reordered));
    }

    async fn rows_that_swapped_their_ids_are_named(rig: Rig) {
        let ids = three_seals(rig).await;
        for (from, to) in [(ids[5], Uuid::nil()), (ids[6], ids[5]), (Uuid::nil(), ids[6])] {
            tamper(rig, "UPDATE audit_record SET id = ? WHERE id = ?", vec![to.into(), from.into()]).await;
        }
        assert_eq!(only(&checked(rig).await), (Some(2), Some(ids[5]), Fault::Changed));
    }

    async fn a_row_changed_together_with_its_noted_hash_shows_in_its_seal(rig: Rig) {
        let ids = three_seals(rig).await;
        tamper(rig, "UPDATE audit_sealed SET hash = ? WHERE record_id = ?", vec!["ab".repeat(32).into(), ids[5].into()]).await;
        assert_eq!(only(&checked(rig).await), (Some(2), Some(ids[5]), Fault::Changed));
        // Sealed anew for its proper hash, and then put back at its old place.
        tamper(rig, "UPDATE audit_record SET reason = 'x' WHERE id = ?", vec![ids[5].into()]).await;
        tamper(rig, "DELETE FROM audit_sealed WHERE record_id = ?", vec![ids[5].into()]).await;
        assert_eq!(sealed(rig, Look::Everywhere).await, 1);
        tamper(rig, "DELETE FROM audit_seal WHERE position = 4", vec![]).await;
        tamper(rig, "UPDATE audit_sealed SET seal = 2, place = 1 WHERE record_id = ?", vec![ids[5].into()]).await;
        assert_eq!(only(&checked(rig).await), (Some(2), None, Fault::Changed));
    }

    async fn a_changed_seal_is_named(rig: Rig) {
        three_seals(rig).await;
        tamper(rig, "UPDATE audit_seal SET sealed_at = ? WHERE position = 2", vec![(rig.now() + TimeDelta::days(1)).into()]).await;
        assert_eq!(only(&checked(rig).await), (Some(2), None, Fault::SealChanged));
    }

    async fn a_seal_replaced_by_one_that_is_right_in_itself_breaks_the_chain(rig: Rig) {
        three_seals(rig).await;
        let file = exported(rig, Range::default()).await;
        let mut seal: Value = serde_json::from_str(file.lines().nth(6).unwrap()).unwrap();
        let previous = seal["previous_hash"].as_str().unwrap().to_owned();
        let sealed_at = rig.now() + TimeDelta::days(1);
        for (field, value) in [("sealed_at", sealed_at), ("latest_at", seal["latest_at"].as_str().unwrap().parse().unwrap())] {
            seal[field] = value.to_rfc3339_opts(SecondsFormat::Micros, true).into();
        }
        for besides in ["line", "hash", "previous_hash"] {
            seal.as_object_mut().unwrap().remove(besides);
        }
        let hash = engine::history::chain(&previous, &seal);
        tamper(rig, "UPDATE audit_seal SET sealed_at = ?, hash = ? WHERE position = 2", vec![sealed_at.into(), hash.into()]).await;
        assert_eq!(only(&checked(rig).await), (Some(3), None, Fault::SealChanged));
    }

    async fn a_removed_seal_is_named(rig: Rig) {
        let ids = three_seals(rig).await;
        tamper(rig, "DELETE FROM audit_seal WHERE position = 3", vec![]).await;
        assert_eq!(only(&checked(rig).await), (Some(3), Some(ids[8]), Fault::SealRemoved));
        tamper(rig, "DELETE FROM audit_seal WHERE position = 1", vec![]).await;
        assert_eq!((checked(rig).await.findings[0].seal, checked(rig).await.findings[0].fault), (Some(1), Fault::SealRemoved));
    }

    async fn a_row_that_commits_late_comes_into_the_next_seal_and_only_there(rig: Rig) {
        for (late, look) in [(TimeDelta::seconds(100), Look::Recent), (TimeDelta::minutes(10), Look::Everywhere)] {
            let began = rig.now();
            // On Postgres it is written, and not committed, when the others are sealed. SQLite has one writer at a time.
            let early = if rig.db.is_postgres() { Some(begun(rig, began).await) } else { None };
            rig.clock.advance(late);
            write(rig, 3).await;
            assert_eq!(sealed(rig, Look::Recent).await, 3);
            let tx = match early { Some(tx) => tx, None => begun(rig, began).await };
            tx.commit().await.unwrap();
            assert_eq!(checked(rig).await.unsealed, 1);
            assert_eq!((sealed(rig, look).await, sealed(rig, Look::Everywhere).await), (1, 0));
            let report = checked(rig).await;
            assert_eq!((report.unsealed, report.findings), (0, vec![]));
        }
    }

    async fn several_sealers_at_once_seal_each_row_once(rig: Rig) {
        write(rig, 3 * MOST_ROWS + 500).await;
        let mut sealers = vec![];
        for _ in 0..3 {
            let (db, clock) = (Db::connect(&rig.db.url).await.unwrap(), rig.clock.clone());
            sealers.push(tokio::spawn(async move { seal::seal(&db, clock.as_ref(), Look::Everywhere).await.unwrap() }));
        }
        let mut total = 0;
        for sealer in sealers {
            total += sealer.await.unwrap();
        }
        let report = checked(rig).await;
        assert_eq!((total, report.rows, report.unsealed, report.findings), (3_500, 3_500, 0, vec![]));
        assert_eq!(rig.count("SELECT max(position) FROM audit_seal", vec![]).await, report.seals as i64);
    }

    async fn an_export_verifies_without_the_database_and_a_changed_one_does_not(rig: Rig) {
        let ids = three_seals(rig).await;
        let file = exported(rig, Range::default()).await;
        let report = offline(&file);
        assert_eq!((report.seals, report.rows, &report.findings[..]), (3, 12, &[][..]));
        assert_eq!(report.head, checked(rig).await.head);
        let lines: Vec<&str> = file.lines().collect();
        let changed = |change: &dyn Fn(&mut Vec<String>)| {
            let mut lines: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
            change(&mut lines);
            offline(&format!("{}\n", lines.join("\n")))
        };
        // Line 0 begins; each seal has its line and four rows.
        assert_eq!(only(&changed(&|lines| lines[8] = lines[8].replace("Person 1", "Person 2"))), (Some(2), Some(ids[5]), Fault::Changed));
        assert_eq!(only(&changed(&|lines| lines[11] = lines[11].replace("root\":\"", "root\":\"0"))), (Some(3), None, Fault::SealChanged));
        assert_eq!(only(&changed(&|lines| drop(lines.remove(8)))), (Some(2), None, Fault::Removed));
        assert_eq!(only(&changed(&|lines| drop(lines.drain(6..11)))), (Some(2), None, Fault::SealRemoved));
        assert_eq!(only(&changed(&|lines| lines.truncate(11))), (None, None, Fault::FileChanged));
        assert_eq!(only(&changed(&|lines| drop(lines.drain(11..16)))), (None, None, Fault::FileChanged));
        assert_eq!(only(&changed(&|lines| lines[0] = lines[0].replace(",\"from", ", \"from"))), (None, None, Fault::FileChanged));
        assert!(changed(&|lines| lines.swap(8, 9)).findings.iter().any(|one| one.seal == Some(2)));
        assert!(verify_export("a text\n".as_bytes()).is_err() && verify_export("".as_bytes()).is_err());
    }

    async fn an_export_of_some_days_proves_its_rows_and_tells_nothing_of_others(rig: Rig) {
        let ids = three_seals(rig).await;
        let at = |row: &Value| row["row"]["at"].as_str().map(|at| at.parse::<DateTime<Utc>>().unwrap());
        let all = exported(rig, Range::default()).await;
        let times: Vec<DateTime<Utc>> = all.lines().filter_map(|line| at(&serde_json::from_str(line).unwrap())).collect();
        let file = exported(rig, Range { from: Some(times[5]), until: Some(times[9]) }).await;
        let rows: Vec<Value> = file.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(rows.iter().filter_map(at).collect::<Vec<_>>(), times[5..9]);
        let report = offline(&file);
        assert_eq!((report.seals, report.findings), (2, vec![]));
        let forged = file.replacen("Person 1", "Person 2", 1);
        assert_eq!(only(&offline(&forged)), (Some(2), Some(ids[5]), Fault::Changed));
    }

    async fn an_export_of_a_damaged_trail_says_so(rig: Rig) {
        let ids = three_seals(rig).await;
        tamper(rig, "DELETE FROM audit_record WHERE id = ?", vec![ids[6].into()]).await;
        assert_eq!(only(&offline(&exported(rig, Range::default()).await)), (Some(2), Some(ids[6]), Fault::Removed));
    }
}
