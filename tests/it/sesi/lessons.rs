//! The day itself: starting, reporting, confirming, validating, and what follows up when nothing happens.

use chrono::{DateTime, TimeDelta, Utc};
use engine::plan::AnyCommand;
use serde_json::json;
use tests::both_databases;
use tests::company::{Company, refused, rejected};
use uuid::Uuid;

async fn tasks(company: &Company, id: Uuid) -> Vec<String> {
    company.db.texts("SELECT name AS text FROM task WHERE instance_id = ? AND state = 'OPEN' ORDER BY name", vec![id.into()]).await
}

async fn flagged(company: &Company, id: Uuid) -> bool {
    company.db.count("SELECT count(*) FROM task WHERE instance_id = ? AND sla_flagged_at IS NOT NULL", vec![id.into()]).await > 0
}

both_databases! {
    /// SES-6: both settlements with the frozen amounts and their entries, exactly once.
    async fn validation_settles_both_sides_once_with_the_frozen_amounts(company: Company) {
        let id = company.completed(&company.lesson().offline(0.01)).await;
        let outcome = company.db.texts("SELECT state AS text FROM workflow_instance WHERE id = ?", vec![id.into()]).await;
        assert_eq!(outcome, ["COMPLETED"]);
        let siswa = "SELECT kind || ':' || amount_rp || ':' || status AS text FROM siswa_settlement WHERE sesi_id = ?";
        assert_eq!(company.db.texts(siswa, vec![id.into()]).await, ["COMPLETED:150000:UNPAID"]);
        let tutor = "SELECT honorarium_rp || '+' || transport_rp AS text FROM tutor_settlement WHERE sesi_id = ?";
        assert_eq!(company.db.texts(tutor, vec![id.into()]).await, ["90000+10000"]);
        let postings = "SELECT account || ':' || sum(amount_rp) AS text FROM posting GROUP BY account ORDER BY account";
        assert_eq!(company.db.texts(postings, vec![]).await, ["1100:150000", "2100:-100000", "4100:-150000", "5100:90000", "5200:10000"]);
        assert_eq!(refused(company.send(id, AnyCommand::new("validate")).await).code(), "not_allowed");
        company.drain().await;
        assert_eq!(company.faults().await, Vec::<String>::new());
    }

    async fn many_who_validate_at_once_settle_once(company: Company) {
        let id = company.confirmed(&company.lesson()).await;
        let validations = (0..12).map(|_| {
            let (engine, request) = (company.engine.clone(), company.asks(id, AnyCommand::new("validate")));
            tokio::spawn(async move { engine.execute(&request).await.is_ok() })
        });
        let won = futures::future::join_all(validations).await.into_iter().filter(|answer| *answer.as_ref().unwrap()).count();
        assert_eq!(won, 1);
        assert_eq!(company.db.count("SELECT count(*) FROM siswa_settlement", vec![]).await, 1);
        assert_eq!(company.db.count("SELECT count(*) FROM journal_entry", vec![]).await, 1);
    }

    async fn a_sesi_starts_up_to_half_an_hour_early_and_never_in_the_future(company: Company) {
        let lesson = company.lesson();
        let id = company.approved(&lesson).await;
        let start = |at: DateTime<Utc>| AnyCommand::with("start", &json!({ "started_at": at }));
        company.clock.set(lesson.starts_at - TimeDelta::minutes(30) - TimeDelta::seconds(1));
        assert_eq!(rejected(company.send(id, AnyCommand::new("start")).await).code, "too_early");
        company.clock.set(lesson.starts_at);
        assert_eq!(rejected(company.send(id, start(company.now() + TimeDelta::seconds(1))).await).code, "in_the_future");
        company.done(id, start(lesson.starts_at - TimeDelta::minutes(30))).await;
        assert_eq!(tasks(company, id).await, ["report"]);
    }

    async fn a_start_told_to_the_nanosecond_replays_exactly(company: Company) {
        let lesson = company.lesson();
        let id = company.approved(&lesson).await;
        company.clock.set(lesson.starts_at + TimeDelta::seconds(1));
        company.done(id, AnyCommand::with("start", &json!({ "started_at": "2026-11-23T03:00:00.123456789Z" }))).await;
        assert_eq!(company.faults().await, Vec::<String>::new());
    }

    async fn a_place_told_to_the_last_digit_replays_exactly(company: Company) {
        let mut lesson = company.lesson().offline(0.01);
        for (lat, long) in [(-6.174_753_899_999_999, 106.827_169_400_000_02), (-6.208_763_463_785_921, 106.845_599_123_456_78), (-0.0, 109.333_333_333_333_33)] {
            lesson.place = Some(json!({ "address": "Monas", "lat": lat, "long": long }));
            company.requested(&lesson).await;
            assert_eq!(company.faults().await, Vec::<String>::new(), "{lat} {long}");
        }
    }

    /// SES-6.
    async fn confirming_needs_attendance_topic_and_photo_and_names_what_is_missing(company: Company) {
        let id = company.started(&company.lesson()).await;
        let no = rejected(company.send(id, AnyCommand::new("confirm")).await);
        let fields: Vec<_> = no.fields.iter().map(|field| field.field.as_str()).collect();
        assert_eq!((no.code.as_str(), fields), ("report_incomplete", vec!["attendance", "topic", "photo_document_id"]));
        let unknown = AnyCommand::with("report", &json!({ "photo_document_id": Uuid::from_u128(9) }));
        assert_eq!(rejected(company.send(id, unknown).await).code, "document_unknown");
        assert_eq!(rejected(company.send(id, AnyCommand::new("report")).await).code, "nothing_to_change");
        company.done(id, AnyCommand::with("report", &json!({ "attendance": "LATE", "topic": "Pecahan" }))).await;
        company.done(id, AnyCommand::with("report", &json!({ "photo_document_id": company.photo_id, "homework": "hal. 12" }))).await;
        company.done(id, AnyCommand::new("confirm")).await;
        let materi = company.sesi(id).await.materi.unwrap();
        assert_eq!((materi.topic.as_str(), materi.homework.as_deref()), ("Pecahan", Some("hal. 12")));
        assert_eq!(tasks(company, id).await, ["validate"]);
    }

    async fn a_report_sent_back_is_confirmed_again_and_settled_once(company: Company) {
        let id = company.confirmed(&company.lesson()).await;
        assert_eq!(refused(company.send(id, AnyCommand::new("send_back")).await).code(), "invalid");
        company.done(id, AnyCommand::new("send_back").because("foto buram")).await;
        assert_eq!(tasks(company, id).await, ["report"]);
        company.clock.advance(TimeDelta::minutes(1));
        company.done(id, AnyCommand::new("confirm")).await;
        company.done(id, AnyCommand::new("validate")).await;
        company.drain().await;
        assert_eq!(company.db.count("SELECT count(*) FROM siswa_settlement", vec![]).await, 1);
        assert_eq!(company.faults().await, Vec::<String>::new());
    }

    /// SES-2: to the second after `sla.request_hours`.
    async fn a_request_not_answered_in_24_hours_is_flagged(company: Company) {
        let mut lesson = company.lesson();
        lesson.starts_at += TimeDelta::days(3);
        let (slow, quick) = (company.requested(&lesson).await, company.requested(&lesson).await);
        company.done(quick, AnyCommand::new("approve")).await;
        company.clock.advance(TimeDelta::hours(24) - TimeDelta::seconds(1));
        company.drain().await;
        assert!(!flagged(company, slow).await);
        company.clock.advance(TimeDelta::seconds(1));
        company.drain().await;
        assert!(flagged(company, slow).await && company.sesi(slow).await.sla_flagged);
        assert!(!flagged(company, quick).await && !company.sesi(quick).await.sla_flagged);
        assert_eq!(company.faults().await, Vec::<String>::new());
    }

    /// SES-11.
    async fn a_sesi_still_approved_two_hours_after_its_end_asks_for_a_follow_up(company: Company) {
        let lesson = company.lesson();
        let id = company.approved(&lesson).await;
        assert_eq!(tasks(company, id).await, Vec::<String>::new());
        company.clock.set(lesson.ends_at() + TimeDelta::hours(2) - TimeDelta::seconds(1));
        company.drain().await;
        assert_eq!(tasks(company, id).await, Vec::<String>::new());
        company.clock.advance(TimeDelta::seconds(1));
        company.drain().await;
        assert_eq!(tasks(company, id).await, ["not_started"]);
        company.done(id, AnyCommand::with("start", &json!({ "started_at": lesson.starts_at }))).await;
        assert_eq!(tasks(company, id).await, ["report"]);
        assert_eq!(company.faults().await, Vec::<String>::new());
    }

    async fn a_started_sesi_is_not_followed_up_as_not_started(company: Company) {
        let lesson = company.lesson();
        let id = company.started(&lesson).await;
        company.clock.set(lesson.ends_at() + TimeDelta::hours(5));
        company.drain().await;
        assert_eq!(tasks(company, id).await, ["report"]);
    }

    /// SES-12.
    async fn a_lesson_reported_after_a_third_of_its_time_is_flagged_and_validation_settles_the_flag(company: Company) {
        let lesson = company.lesson();
        let id = company.started(&lesson).await;
        company.done(id, company.report()).await;
        company.clock.advance(TimeDelta::minutes(30));
        company.done(id, AnyCommand::new("confirm")).await;
        company.drain().await;
        let sesi = company.sesi(id).await;
        assert!(sesi.anomaly_flag, "{sesi:?}");
        company.done(id, AnyCommand::new("validate")).await;
        assert_eq!(company.sesi(id).await.anomaly_resolved_at, Some(company.now()));
        assert_eq!(company.faults().await, Vec::<String>::new());
    }

    /// SES-1.
    async fn nothing_happens_to_a_sesi_that_has_ended(company: Company) {
        let id = company.requested(&company.lesson()).await;
        company.done(id, AnyCommand::new("reject").because("penuh")).await;
        for name in ["approve", "reject", "start", "confirm", "validate"] {
            assert_eq!(refused(company.send(id, AnyCommand::new(name).because("x")).await).code(), "not_allowed", "{name}");
        }
        assert_eq!(tasks(company, id).await, Vec::<String>::new());
        assert_eq!(company.sesi(id).await.closing_reason.as_deref(), Some("penuh"));
    }
}
