//! Jobs: at least one attempt, exactly one effect, and a person for what never succeeds.

use super::rig::{Rig, command, person, refusal, worker};
use super::toy::WORK;
use chrono::TimeDelta;
use engine::actor::Actor;
use engine::batch::Batch;
use engine::execute::{Origin, Request, Target};
use engine::job::{Claimed, Failed, LEASE};
use engine::refusal::Refusal;
use serde_json::json;
use tests::both_databases;
use uuid::Uuid;

/// An instance with one pending job.
async fn enlisted(rig: &Rig) -> (Uuid, Uuid) {
    let id = rig.open().await;
    rig.done(id, "enlist", &json!({ "key": "the key" })).await;
    (id, rig.announcer.announced.lock().unwrap().last().unwrap().id)
}

async fn claim(rig: &Rig, job: Uuid) -> Claimed {
    rig.engine.claim_job(job).await.unwrap().expect("a job to claim")
}

/// What the job found, reported as a command.
fn report(job: &Claimed, id: Uuid) -> Request {
    let mut request = Request::new("toy", Target::Existing(id), command("find", &json!({ "finding": "found" })), Actor::system());
    request.origin = Origin::Job { id: job.id, attempt: job.attempt };
    request
}

async fn state(rig: &Rig, job: Uuid) -> String {
    rig.db.texts("SELECT state || ':' || attempt AS text FROM job WHERE id = ?", vec![job.into()]).await.join(",")
}

/// Lets every attempt of a job fail.
async fn bury(rig: &Rig, job: Uuid) {
    loop {
        let claimed = claim(rig, job).await;
        match rig.engine.job_failed(&claimed, "no luck").await.unwrap() {
            Failed::Again(at) => rig.clock.set(at),
            Failed::Dead => return,
            Failed::Gone => panic!("nobody else has the job"),
        }
    }
}

both_databases! {
    async fn a_job_is_claimed_once_and_its_command_and_its_end_commit_together(rig: Rig) {
        let (id, job) = enlisted(rig).await;
        assert_eq!(rig.announcer.committed.lock().unwrap().last(), Some(&(true, false)));
        let claimed = claim(rig, job).await;
        assert_eq!((claimed.kind.as_str(), claimed.attempt, claimed.max_attempts, claimed.instance_id), ("look", 1, 3, Some(id)));
        assert!(rig.engine.claim_job(job).await.unwrap().is_none());
        rig.engine.execute(&report(&claimed, id)).await.unwrap();
        assert_eq!(state(rig, job).await, "DONE:1");
        assert_eq!(refusal(rig.engine.execute(&report(&claimed, id)).await), Refusal::Settled);
        assert_eq!(rig.stands(id).await, "OPEN@3");
    }

    async fn of_many_workers_one_claims_a_job(rig: Rig) {
        let (_, job) = enlisted(rig).await;
        let claims = (0..12).map(|_| {
            let engine = rig.engine.clone();
            tokio::spawn(async move { engine.claim_job(job).await.unwrap().is_some() })
        });
        let won = futures::future::join_all(claims).await.into_iter().filter(|claim| *claim.as_ref().unwrap()).count();
        assert_eq!((won, state(rig, job).await.as_str()), (1, "RUNNING:1"));
    }

    async fn a_second_job_of_the_same_kind_and_key_is_the_same_job(rig: Rig) {
        let (id, _) = enlisted(rig).await;
        rig.done(id, "enlist", &json!({ "key": "the key" })).await;
        rig.done(id, "enlist", &json!({ "key": "another" })).await;
        assert_eq!(rig.count("SELECT count(*) FROM job", vec![]).await, 2);
    }

    async fn a_job_whose_worker_died_is_taken_over_after_its_lease_and_the_first_can_no_longer_report(rig: Rig) {
        let (id, job) = enlisted(rig).await;
        let lost = claim(rig, job).await;
        rig.clock.advance(LEASE);
        assert!(rig.engine.claim_job(job).await.unwrap().is_none());
        assert!(rig.engine.overdue_jobs(TimeDelta::zero(), 10).await.unwrap().is_empty());
        rig.clock.advance(TimeDelta::microseconds(1));
        assert_eq!(rig.engine.overdue_jobs(TimeDelta::zero(), 10).await.unwrap()[0].id, job);
        let second = claim(rig, job).await;
        assert_eq!(second.attempt, 2);
        assert_eq!(refusal(rig.engine.execute(&report(&lost, id)).await), Refusal::Settled);
        assert!(!rig.engine.job_done(&lost, json!({}), Batch::default()).await.unwrap());
        assert_eq!(rig.engine.job_failed(&lost, "late").await.unwrap(), Failed::Gone);
        assert!(rig.engine.job_done(&second, json!({ "ok": true }), Batch::default()).await.unwrap());
        assert_eq!(state(rig, job).await, "DONE:2");
    }

    async fn a_failed_attempt_waits_longer_each_time_and_is_announced_again(rig: Rig) {
        let (_, job) = enlisted(rig).await;
        let mut waits = vec![];
        for _ in 0..2 {
            let claimed = claim(rig, job).await;
            let Failed::Again(at) = rig.engine.job_failed(&claimed, "no luck").await.unwrap() else { panic!("should be tried again") };
            waits.push((at - rig.now()).num_seconds());
            assert_eq!(rig.announcer.announced.lock().unwrap().last().unwrap().run_at, at);
            rig.clock.set(at - TimeDelta::microseconds(1));
            assert!(rig.engine.claim_job(job).await.unwrap().is_none());
            rig.clock.set(at);
        }
        assert!((5..=6).contains(&waits[0]) && (10..=12).contains(&waits[1]), "{waits:?}");
    }

    async fn the_last_failed_attempt_leaves_a_dead_letter_that_a_person_retries(rig: Rig) {
        let (id, job) = enlisted(rig).await;
        bury(rig, job).await;
        assert_eq!(state(rig, job).await, "DEAD:3");
        let letters = "SELECT count(*) FROM task WHERE job_id = ? AND state = 'OPEN' AND permission = 'job.handle'";
        assert_eq!(rig.count(letters, vec![job.into()]).await, 1);
        assert_eq!(refusal(rig.engine.retry_job(job, &person(5, &[WORK])).await), Refusal::Forbidden { permission: "job.handle" });
        rig.engine.retry_job(job, &worker()).await.unwrap();
        assert_eq!(rig.count(letters, vec![job.into()]).await, 0);
        assert_eq!(refusal(rig.engine.retry_job(job, &worker()).await).code(), "not_allowed");
        let claimed = claim(rig, job).await;
        rig.engine.execute(&report(&claimed, id)).await.unwrap();
        assert_eq!(state(rig, job).await, "DONE:1");
    }

    async fn a_dead_letter_is_dismissed_only_with_a_reason(rig: Rig) {
        let (_, job) = enlisted(rig).await;
        bury(rig, job).await;
        assert_eq!(refusal(rig.engine.dismiss_job(job, " ", &worker()).await).code(), "invalid");
        rig.engine.dismiss_job(job, "not needed any more", &worker()).await.unwrap();
        assert_eq!(state(rig, job).await, "DISMISSED:3");
        let audited = "SELECT action || '|' || reason AS text FROM audit_record WHERE entity_id = ?";
        assert_eq!(rig.db.texts(audited, vec![job.into()]).await, ["job.dismiss|not needed any more"]);
        assert!(rig.engine.claim_job(job).await.unwrap().is_none());
    }

    async fn a_job_whose_last_attempt_never_came_back_is_buried(rig: Rig) {
        let (_, job) = enlisted(rig).await;
        for _ in 0..3 {
            claim(rig, job).await;
            rig.clock.advance(LEASE + TimeDelta::seconds(1));
        }
        assert!(rig.engine.claim_job(job).await.unwrap().is_none());
        assert_eq!(rig.engine.bury_lost_jobs().await.unwrap(), 1);
        assert_eq!(rig.engine.bury_lost_jobs().await.unwrap(), 0);
        assert_eq!(state(rig, job).await, "DEAD:3");
    }

    async fn the_effect_of_a_job_and_its_end_commit_together_or_not_at_all(rig: Rig) {
        let (_, job) = enlisted(rig).await;
        let claimed = claim(rig, job).await;
        let mut effect = Batch::default();
        effect.push("UPDATE toy_rate SET rate = 7", vec![]);
        let mut broken = Batch::default();
        broken.push("UPDATE toy_rate SET rate = 9", vec![]);
        broken.push("INSERT INTO toy_rate (rate) VALUES (NULL)", vec![]);
        assert!(rig.engine.job_done(&claimed, json!({}), broken).await.is_err());
        assert_eq!((state(rig, job).await.as_str(), rig.count("SELECT rate FROM toy_rate", vec![]).await), ("RUNNING:1", 2));
        assert!(rig.engine.job_done(&claimed, json!({}), effect).await.unwrap());
        assert_eq!((state(rig, job).await.as_str(), rig.count("SELECT rate FROM toy_rate", vec![]).await), ("DONE:1", 7));
    }
}
