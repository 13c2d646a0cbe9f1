//! Approving: what stands in the way, and what is frozen for good (SES-4, PRC-2 to PRC-4, POL-4).

use chrono::TimeDelta;
use engine::plan::AnyCommand;
use engine::refusal::Refusal;
use sea_orm::Value as SqlValue;
use serde_json::json;
use tests::both_databases;
use tests::company::{Company, admin, person, refused, rejected};
use uuid::Uuid;
use workflows::records::price::Audience;

fn approve() -> AnyCommand {
    AnyCommand::new("approve")
}

async fn set(company: &Company, sql: &str, id: Uuid) {
    company.db.run(sql, vec![SqlValue::from(id)]).await;
}

both_databases! {
    async fn approval_freezes_prices_amounts_and_policy_versions(company: Company) {
        let mut lesson = company.lesson().offline(0.1);
        lesson.mode_surcharge_rp = Some(15_000);
        let id = company.approved(&lesson).await;
        let sesi = company.sesi(id).await;
        assert_eq!((sesi.matrix_student_rp, sesi.matrix_tutor_rp), (Some(150_000), Some(90_000)));
        assert_eq!((sesi.tagihan_rp, sesi.honorarium_rp, sesi.transport_rp), (Some(165_000), Some(90_000), Some(10_000)));
        assert_eq!((sesi.pricing_version, sesi.cancellation_tutor_version, sesi.no_show_version), (Some(1), Some(1), Some(1)));
        assert_eq!((sesi.approved_by_name.as_deref(), sesi.approved_at), (Some("Sari"), Some(company.now())));
    }

    /// MD-8: up to 20 km Rp10.000, beyond Rp12.000. Distances are great-circle metres from the office.
    async fn transport_goes_by_distance_and_online_has_none(company: Company) {
        for (north, transport_rp) in [(0.0, 10_000), (0.179, 10_000), (0.181, 12_000), (1.0, 12_000)] {
            let lesson = company.lesson().offline(north).at(company.now() + TimeDelta::hours(2));
            let id = company.approved(&lesson).await;
            assert_eq!(company.sesi(id).await.transport_rp, Some(transport_rp), "{north}");
            company.clock.advance(TimeDelta::days(1));
        }
        let id = company.approved(&company.lesson().at(company.now() + TimeDelta::days(1))).await;
        assert_eq!(company.sesi(id).await.transport_rp, Some(0));
    }

    async fn later_prices_and_policies_do_not_touch_an_approved_sesi(company: Company) {
        let lesson = company.lesson();
        let id = company.approved(&lesson).await;
        company.db.run("UPDATE price SET effective_until = ? WHERE subject_id = ?", vec![lesson.starts_at.date_naive().into(), company.subject_id.into()]).await;
        company.db.run("UPDATE policy_version SET state = 'SUPERSEDED' WHERE kind = 'cancellation.tutor'", vec![]).await;
        let script = "fn decide(input, params) { #{ denda_pct: 0, denda_rp: 1, strikes: 9, honor_rp: 0 } }";
        let sql = "INSERT INTO policy_version (id, kind, number, state, script, params, tests, sha256, author_id, author_name, reason, effective_from, created_at) \
                   VALUES (?, 'cancellation.tutor', 2, 'ACTIVE', ?, ?, ?, 'x', ?, 'Sari', 'stricter', ?, ?)";
        let now: SqlValue = company.now().into();
        company.db.run(sql, vec![company.new_id().into(), script.into(), json!({}).into(), json!([]).into(), admin().id.into(), now.clone(), now]).await;
        company.clock.set(lesson.starts_at - TimeDelta::hours(1));
        company.done(id, AnyCommand::with("cancel", &json!({ "party": "TUTOR" })).because("sakit")).await;
        assert_eq!(company.db.count("SELECT amount_rp FROM denda WHERE sesi_id = ?", vec![id.into()]).await, 90_000);
        assert_eq!(company.db.count("SELECT version FROM policy_decision WHERE kind = 'cancellation.tutor'", vec![]).await, 1);
    }

    /// PRC-2.
    async fn a_missing_price_names_the_combination(company: Company) {
        let mut lesson = company.lesson();
        lesson.subject_id = company.new_unpriced_subject().await;
        let id = company.requested(&lesson).await;
        let no = rejected(company.send(id, approve()).await);
        assert_eq!(no.code, "price_missing");
        assert_eq!((no.params["audience"].as_str(), no.params["subject"].as_str(), no.params["tingkat"].as_str()), (Some("STUDENT"), Some("Matematika"), Some("SD 5")));
        company.priced(lesson.subject_id, Audience::Student, 150_000).await;
        let no = rejected(company.send(id, approve()).await);
        assert_eq!((no.params["audience"].as_str(), no.params["golongan"].as_str(), no.params["segmentasi"].as_str()), (Some("TUTOR"), Some("GOL_2"), Some("REGULER")));
        company.priced(lesson.subject_id, Audience::Tutor, 90_000).await;
        company.done(id, approve()).await;
    }

    async fn people_who_cannot_be_booked_stand_in_the_way(company: Company) {
        let id = company.requested(&company.lesson()).await;
        let code = async || rejected(company.send(id, approve()).await).code;
        set(company, "UPDATE siswa SET status = 'ARCHIVED' WHERE id = ?", company.siswa_id).await;
        assert_eq!(code().await, "siswa_inactive");
        set(company, "UPDATE siswa SET status = 'ACTIVE' WHERE id = ?", company.siswa_id).await;
        set(company, "UPDATE tutor SET status = 'TERMINATED' WHERE id = ?", company.tutor_id).await;
        assert_eq!(code().await, "tutor_inactive");
        set(company, "UPDATE tutor SET status = 'SUSPENDED' WHERE id = ?", company.tutor_id).await;
        assert_eq!(code().await, "tutor_suspended");
        let until = |seconds| company.lesson().starts_at + TimeDelta::seconds(seconds);
        for (seconds, suspended) in [(1, true), (0, false)] {
            company.db.run("UPDATE tutor SET suspended_until = ? WHERE id = ?", vec![until(seconds).into(), company.tutor_id.into()]).await;
            let answer = company.preview(id, approve()).await;
            assert_eq!(answer.is_err(), suspended, "{seconds}");
        }
    }

    async fn outside_the_slots_needs_a_reason(company: Company) {
        set(company, "DELETE FROM slot WHERE tutor_id = ?", company.tutor_id).await;
        // 09:30 to 12:00 on Mondays covers 10:00 to 11:30; a minute less on either side does not.
        for (from, until, inside) in [(570, 720, true), (600, 690, true), (601, 690, false), (600, 689, false)] {
            set(company, "DELETE FROM slot WHERE tutor_id = ?", company.tutor_id).await;
            let row = workflows::records::slot::Model { id: company.new_id(), tutor_id: company.tutor_id, weekday: 1, from_minute: from, until_minute: until };
            company.insert::<workflows::records::slot::Entity>(row).await;
            let id = company.requested(&company.lesson()).await;
            let preview = company.preview(id, approve()).await;
            assert_eq!(preview.is_ok(), inside, "{from}-{until}: {preview:?}");
        }
        let id = company.requested(&company.lesson()).await;
        let no = rejected(company.send(id, approve()).await);
        assert_eq!((no.code.as_str(), no.fields[0].field.as_str()), ("outside_slots", "outside_slots_reason"));
        company.done(id, AnyCommand::with("approve", &json!({ "outside_slots_reason": "diminta siswa" }))).await;
        assert_eq!(company.sesi(id).await.outside_slots_reason.as_deref(), Some("diminta siswa"));
    }

    /// Adjacent is fine, a minute of overlap is not; the sesi in the way is named.
    async fn an_overlapping_sesi_of_the_tutor_or_the_siswa_stands_in_the_way_and_is_named(company: Company) {
        let lesson = company.lesson();
        let first = company.approved(&lesson).await;
        let (other_siswa, other_tutor) = (company.new_siswa("JKT").await, company.new_tutor("JKT").await);
        for minutes in [-91, -90, -89, 0, 45, 89, 90, 91] {
            for (who, siswa_id, tutor_id) in [("TUTOR", other_siswa, company.tutor_id), ("SISWA", company.siswa_id, other_tutor)] {
                let mut second = lesson.clone().at(lesson.starts_at + TimeDelta::minutes(minutes));
                (second.siswa_id, second.tutor_id) = (siswa_id, tutor_id);
                let id = company.requested(&second).await;
                let answer = company.preview(id, approve()).await;
                if minutes.abs() >= 90 {
                    assert!(answer.is_ok(), "{who} {minutes}: {answer:?}");
                    continue;
                }
                let no = rejected(answer);
                assert_eq!((no.code.as_str(), no.params["who"].as_str(), no.blocking[0].id), ("slot_taken", Some(who), first), "{minutes}");
            }
        }
    }

    async fn a_sesi_that_has_ended_no_longer_takes_its_slot(company: Company) {
        let id = company.approved(&company.lesson()).await;
        let again = company.requested(&company.lesson()).await;
        assert_eq!(rejected(company.send(again, approve()).await).code, "slot_taken");
        company.done(id, AnyCommand::with("cancel", &json!({ "party": "ADMIN" })).because("salah")).await;
        company.done(again, approve()).await;
    }

    /// FIN-8.
    async fn nothing_is_requested_or_approved_in_a_locked_month(company: Company) {
        let id = company.requested(&company.lesson()).await;
        company.db.run("INSERT INTO period (month, state) VALUES ('2026-11', 'LOCKED')", vec![]).await;
        assert_eq!(rejected(company.send(id, approve()).await).code, "period_locked");
        assert_eq!(rejected(company.engine.execute(&company.lesson().request(company)).await).code, "period_locked");
    }

    async fn only_who_may_approve_approves(company: Company) {
        let id = company.requested(&company.lesson()).await;
        let runner = person(5, "Tono", &["sesi.request", "sesi.run"]);
        let answer = company.engine.execute(&company.asks_as(runner, id, approve())).await;
        assert_eq!(refused(answer), Refusal::Forbidden { permission: "sesi.approve" });
    }

    async fn an_edit_is_possible_before_approval_only(company: Company) {
        let id = company.requested(&company.lesson()).await;
        let edit = |minutes: i64| AnyCommand::with("edit", &json!({ "duration_minutes": minutes }));
        company.done(id, edit(120)).await;
        assert_eq!(company.sesi(id).await.ends_at, company.lesson().starts_at + TimeDelta::minutes(120));
        assert_eq!(refused(company.send(id, edit(14)).await).code(), "invalid");
        company.done(id, approve()).await;
        assert_eq!(refused(company.send(id, edit(60)).await).code(), "not_allowed");
        assert_eq!(company.faults().await, Vec::<String>::new());
    }
}
