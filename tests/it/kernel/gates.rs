//! What refuses: a program that does not know what lives, and tables that are written once.

use super::rig::{Rig, command, reviewer};
use engine::boot;
use engine::registry::Registry;
use serde_json::json;
use tests::both_databases;

async fn stranded(rig: &Rig, registry: &Registry) -> Vec<String> {
    let found = boot::stranded(&rig.engine.db, registry, &["look"], &["toy"]).await.unwrap();
    found.iter().map(ToString::to_string).collect()
}

both_databases! {
    async fn a_program_that_knows_all_that_lives_may_start(rig: Rig) {
        let id = rig.open().await;
        rig.hand_over(id).await;
        assert_eq!(stranded(rig, &rig.engine.registry).await, Vec::<String>::new());
    }

    async fn an_unknown_workflow_state_version_timer_or_job_among_the_living_is_listed(rig: Rig) {
        let id = rig.open().await;
        rig.done(id, "enlist", &json!({ "key": "k" })).await;
        assert_eq!(stranded(rig, &Registry::new()).await, ["workflow toy (1 live)"]);
        rig.db.run("UPDATE workflow_instance SET state = 'DREAMING'", vec![]).await;
        rig.db.run("UPDATE timer SET name = 'alarm' WHERE name = 'pulse'", vec![]).await;
        rig.db.run("UPDATE job SET kind = 'listen'", vec![]).await;
        assert_eq!(stranded(rig, &rig.engine.registry).await, ["state toy/DREAMING (1 live)", "timer toy/alarm (1 live)", "job kind listen (1 live)"]);
        rig.db.run("UPDATE workflow_instance SET state = 'OPEN', version = 2", vec![]).await;
        assert!(stranded(rig, &rig.engine.registry).await.contains(&"definition version toy v2 (1 live)".to_owned()));
    }

    async fn what_has_ended_strands_nobody(rig: Rig) {
        let id = rig.open().await;
        rig.done(id, "finish", &json!({})).await;
        assert_eq!(stranded(rig, &Registry::new()).await, Vec::<String>::new());
    }

    async fn tables_written_once_refuse_to_be_changed_or_emptied(rig: Rig) {
        let id = rig.open().await;
        rig.done(id, "pay", &json!({ "amount_rp": 10 })).await;
        for (table, column) in [
            ("workflow_history", "command"), ("audit_record", "action"), ("journal_entry", "kind"), ("posting", "account"), ("policy_decision", "kind"),
        ] {
            let refused = format!("append_only:{table}");
            for sql in [format!("UPDATE {table} SET {column} = {column}"), format!("DELETE FROM {table}")] {
                let answer = rig.db.try_run(&sql, vec![]).await.unwrap_err();
                assert!(answer.contains(&refused), "{sql}: {answer}");
            }
            if rig.db.is_postgres() {
                assert!(rig.db.try_run(&format!("TRUNCATE {table} CASCADE"), vec![]).await.is_err());
            } else {
                assert!(rig.db.try_run(&format!("INSERT OR REPLACE INTO {table} SELECT * FROM {table}"), vec![]).await.is_err());
            }
        }
        assert_eq!(rig.faults().await, Vec::<String>::new());
    }

    async fn an_entry_in_a_locked_month_is_refused_and_nothing_of_its_command_is_written(rig: Rig) {
        let id = rig.open().await;
        let month = rig.now().format("%Y-%m").to_string();
        rig.db.run("INSERT INTO period (month, state) VALUES (?, 'LOCKED')", vec![month.into()]).await;
        let before = rig.everything().await;
        assert!(rig.send(id, "pay", &json!({ "amount_rp": 10 })).await.is_err());
        assert_eq!(rig.everything().await, before);
        rig.hand_over(id).await;
        rig.send_as(reviewer(), id, command("accept", &json!({}))).await.unwrap();
    }
}
