//! Rescheduling: the old sesi closes, a linked one opens (SES-8).

use chrono::{DateTime, TimeDelta, Utc};
use engine::plan::AnyCommand;
use serde_json::json;
use tests::both_databases;
use tests::company::{Company, refused, rejected};

fn to(starts_at: DateTime<Utc>) -> AnyCommand {
    AnyCommand::with("reschedule", &json!({ "initiator": "SISWA", "starts_at": starts_at })).because("ujian")
}

both_databases! {
    async fn a_rescheduled_sesi_frees_its_slot_and_opens_a_linked_request(company: Company) {
        let lesson = company.lesson();
        let id = company.approved(&lesson).await;
        let later = lesson.starts_at + TimeDelta::days(1);
        let outcome = company.done(id, to(later)).await;
        let next = outcome.started[0].id;
        let (old, new) = (company.sesi(id).await, company.sesi(next).await);
        assert_eq!((old.state.as_str(), new.state.as_str(), new.starts_at), ("RESCHEDULED", "REQUESTED", later));
        assert_eq!((old.rescheduled_to_id, new.rescheduled_from_id), (Some(next), Some(id)));
        assert_eq!((new.siswa_id, new.tutor_id, new.duration_minutes, new.tagihan_rp), (old.siswa_id, old.tutor_id, old.duration_minutes, None));
        company.approved(&lesson).await;
        company.done(next, AnyCommand::new("approve")).await;
        assert_eq!(company.faults().await, Vec::<String>::new());
    }

    async fn a_chain_of_reschedules_stays_linked_and_costs_nothing_by_default(company: Company) {
        let lesson = company.lesson();
        let mut ids = vec![company.approved(&lesson).await];
        for days in 1..=4 {
            let last = *ids.last().unwrap();
            let next = company.done(last, to(lesson.starts_at + TimeDelta::days(days))).await.started[0].id;
            company.done(next, AnyCommand::new("approve")).await;
            ids.push(next);
        }
        for pair in ids.windows(2) {
            assert_eq!(company.sesi(pair[1]).await.rescheduled_from_id, Some(pair[0]));
            assert_eq!(company.sesi(pair[0]).await.rescheduled_to_id, Some(pair[1]));
        }
        assert_eq!(company.db.count("SELECT count(*) FROM posting", vec![]).await, 0);
        assert_eq!(company.faults().await, Vec::<String>::new());
    }

    async fn what_the_new_sesi_refuses_leaves_the_old_one_as_it_was_in_preview_and_command(company: Company) {
        let lesson = company.lesson();
        let id = company.approved(&lesson).await;
        let stranger = company.new_tutor("JKT").await;
        company.db.run("DELETE FROM tutor_subject WHERE tutor_id = ?", vec![stranger.into()]).await;
        let mut command = to(lesson.starts_at + TimeDelta::days(1));
        command.body.insert("tutor_id".into(), json!(stranger));
        assert_eq!(rejected(company.preview(id, command.clone()).await).code, "tutor_does_not_teach");
        assert_eq!(rejected(company.send(id, command).await).code, "tutor_does_not_teach");
        assert_eq!(company.state(id).await, "APPROVED");
        assert_eq!(company.db.count("SELECT count(*) FROM sesi", vec![]).await, 1);
    }

    async fn a_reschedule_needs_a_reason_and_an_approved_sesi(company: Company) {
        let id = company.requested(&company.lesson()).await;
        let later = company.lesson().starts_at + TimeDelta::days(1);
        assert_eq!(refused(company.send(id, to(later)).await).code(), "not_allowed");
        company.done(id, AnyCommand::new("approve")).await;
        let silent = AnyCommand { reason: None, ..to(later) };
        assert_eq!(refused(company.send(id, silent).await).code(), "invalid");
    }

    async fn the_place_of_an_offline_sesi_moves_with_it(company: Company) {
        let lesson = company.lesson().offline(0.2);
        let id = company.approved(&lesson).await;
        let next = company.done(id, to(lesson.starts_at + TimeDelta::days(1))).await.started[0].id;
        let (old, new) = (company.sesi(id).await, company.sesi(next).await);
        assert_eq!((old.place_lat, old.place_address, old.distance_m), (new.place_lat, new.place_address, new.distance_m));
    }
}
