//! Replaying the histories, and finding what was changed behind the engine's back.

use super::rig::{Rig, command, reviewer, worker};
use engine::execute::{Request, Target};
use engine::id::new_id;
use serde_json::json;
use tests::both_databases;
use uuid::Uuid;

/// One instance with everything in it, and a second that must stay without fault.
async fn lived(rig: &Rig) -> Uuid {
    rig.open().await;
    let id = rig.open().await;
    rig.done(id, "pay", &json!({ "amount_rp": 10 })).await;
    rig.hand_over(id).await;
    rig.send_as(reviewer(), id, command("refuse", &json!({})).because("not yet")).await.unwrap();
    rig.advance_hours(2);
    rig.fire_due().await;
    assert_eq!(rig.faults().await, Vec::<String>::new());
    id
}

both_databases! {
    async fn every_column_of_a_history_row_that_is_changed_behind_the_back_is_noticed(rig: Rig) {
        let id = lived(rig).await;
        let columns = [
            ("command", "'drop'"), ("payload", "'{\"amount_rp\":11}'"), ("facts", "'{}'"), ("reason", "'because'"), ("on_behalf_of", "'me'"),
            ("actor_name", "'Nobody'"), ("actor_kind", "'SYSTEM'"), ("amounts", "'[]'"), ("at", "'2020-01-01T00:00:00+00:00'"), ("from_state", "'REVIEW'"),
        ];
        let mut missed = vec![];
        for (column, value) in columns {
            let keep = format!("CREATE TABLE kept_{column} AS SELECT * FROM workflow_history");
            rig.db.run(&keep, vec![]).await;
            rig.db.tamper("workflow_history", &format!("UPDATE workflow_history SET {column} = {value} WHERE instance_id = ? AND seq = 2"), vec![id.into()]).await;
            if !rig.faults().await.iter().any(|fault| fault.contains("step 2")) {
                missed.push(column);
            }
            rig.db.run("DELETE FROM workflow_history", vec![]).await;
            rig.db.run(&format!("INSERT INTO workflow_history SELECT * FROM kept_{column}"), vec![]).await;
        }
        assert_eq!(missed, Vec::<&str>::new());
    }

    async fn a_removed_or_swapped_history_row_is_named(rig: Rig) {
        let id = lived(rig).await;
        rig.db.tamper("workflow_history", "DELETE FROM workflow_history WHERE instance_id = ? AND seq = 2", vec![id.into()]).await;
        let faults = rig.faults().await;
        assert!(faults.iter().any(|fault| fault.contains("step 2 is missing")), "{faults:?}");
    }

    async fn a_cut_off_end_of_a_history_is_named(rig: Rig) {
        let id = lived(rig).await;
        rig.db.tamper("workflow_history", "DELETE FROM workflow_history WHERE instance_id = ? AND seq >= 3", vec![id.into()]).await;
        let faults = rig.faults().await;
        assert!(faults.iter().any(|fault| fault.starts_with("history ends in")), "{faults:?}");
    }

    async fn a_record_or_state_changed_behind_the_back_is_named(rig: Rig) {
        let id = lived(rig).await;
        rig.db.run("UPDATE toy SET paid_rp = paid_rp + 1 WHERE id = ?", vec![id.into()]).await;
        rig.db.run("UPDATE workflow_instance SET state = 'REVIEW' WHERE id = ?", vec![id.into()]).await;
        let faults = rig.faults().await;
        assert!(faults.iter().any(|fault| fault.starts_with("replay differs from the record: paid_rp")), "{faults:?}");
        assert!(faults.iter().any(|fault| fault.starts_with("history ends in")), "{faults:?}");
        assert_eq!(faults.len(), 2, "{faults:?}");
    }

    async fn a_missing_audit_record_and_a_stranded_instance_are_named(rig: Rig) {
        let id = lived(rig).await;
        rig.db.tamper("audit_record", "DELETE FROM audit_record WHERE entity_id = ? AND instance_seq = 3", vec![id.into()]).await;
        rig.db.run("UPDATE task SET state = 'DONE' WHERE instance_id = ?", vec![id.into()]).await;
        rig.db.run("UPDATE timer SET state = 'DISARMED' WHERE instance_id = ?", vec![id.into()]).await;
        rig.db.run("UPDATE job SET state = 'DONE' WHERE instance_id = ?", vec![id.into()]).await;
        let faults = rig.faults().await;
        assert_eq!(faults, ["step 3 has not exactly one audit record", "nothing will ever move it: no open task, armed timer, job or live child"]);
    }

    /// Such numbers come from every click on a map; a careless JSON reader moves their last digit.
    async fn numbers_with_many_digits_replay_exactly(rig: Rig) {
        for lat in [-6.174753899999999, 106.827_169_400_000_02, -6.208763463785921, 0.1 + 0.2, 1e-7, -0.0, 89.999_999_999_999_99, 5e-324] {
            let body = json!({ "title": "a place", "place": { "lat": lat } });
            rig.engine.execute(&Request::new("toy", Target::New(new_id(rig.now())), command("open", &body), worker())).await.unwrap();
            assert_eq!(rig.faults().await, Vec::<String>::new(), "{lat:?}");
        }
    }

    async fn texts_in_every_script_replay_exactly(rig: Rig) {
        for title in ["é ü ß", "数学 🙂", "\\u0041 \"quoted\" \\", "tab\tnew\nline", "\u{7f}\u{1}", "'; DROP TABLE toy; --", "?$1"] {
            rig.engine.execute(&rig.opening(title)).await.unwrap();
        }
        assert_eq!(rig.faults().await, Vec::<String>::new());
    }
}
