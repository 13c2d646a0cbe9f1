//! Which month and day a sesi belongs to, in the zone of its office (TIM-1).

use chrono::{DateTime, TimeDelta, Utc};
use engine::plan::AnyCommand;
use serde_json::json;
use tests::both_databases;
use tests::company::{Company, Lesson};

/// A lesson at an office in `zone`.
async fn lesson_in(company: &Company, code: &str, zone: &str, starts_at: &str) -> Lesson {
    if zone != "Asia/Jakarta" {
        company.new_office(code, zone).await;
    }
    let mut lesson = company.lesson().at(starts_at.parse::<DateTime<Utc>>().unwrap());
    lesson.tutor_id = company.new_tutor(code).await;
    lesson
}

both_databases! {
    /// 23:30 on 30 November is 16:30 UTC in Jakarta (WIB), 15:30 in Makassar (WITA), 14:30 in Jayapura (WIT).
    async fn a_sesi_late_on_the_last_day_belongs_to_that_month_in_every_zone(company: Company) {
        for (code, zone, late, next) in [
            ("JKT", "Asia/Jakarta", "2026-11-30T16:30:00Z", "2026-11-30T17:00:00Z"),
            ("MKS", "Asia/Makassar", "2026-11-30T15:30:00Z", "2026-11-30T16:00:00Z"),
            ("JYP", "Asia/Jayapura", "2026-11-30T14:30:00Z", "2026-11-30T15:00:00Z"),
        ] {
            let lesson = lesson_in(company, code, zone, late).await;
            let id = company.requested(&lesson).await;
            assert_eq!(company.sesi(id).await.period_month, "2026-11", "{zone}");
            let id = company.requested(&lesson.at(next.parse().unwrap())).await;
            assert_eq!(company.sesi(id).await.period_month, "2026-12", "{zone}");
        }
    }

    async fn its_entry_is_dated_on_the_local_day_and_its_settlement_in_the_local_month(company: Company) {
        for (code, zone, starts_at) in [("JKT", "Asia/Jakarta", "2026-11-30T16:30:00Z"), ("JYP", "Asia/Jayapura", "2026-12-31T14:30:00Z")] {
            let mut lesson = lesson_in(company, code, zone, starts_at).await;
            lesson.siswa_id = company.new_siswa("JKT").await;
            let id = company.approved_outside_slots(&lesson).await;
            company.clock.set(lesson.starts_at);
            company.done(id, AnyCommand::new("no_show_student").because("tidak datang")).await;
            let month = &starts_at[..7];
            let sql = "SELECT e.posted_on || '' AS text FROM journal_entry e WHERE e.instance_id = ?";
            let day = if month == "2026-11" { "2026-11-30" } else { "2026-12-31" };
            assert_eq!(company.db.texts(sql, vec![id.into()]).await, [day]);
            assert_eq!(company.db.texts("SELECT period_month AS text FROM siswa_settlement WHERE sesi_id = ?", vec![id.into()]).await, [month]);
        }
    }

    /// 00:00 local on the first of July opens the new price; the day before is the old one's last.
    async fn the_price_of_the_local_day_counts(company: Company) {
        let row = "UPDATE price SET effective_until = '2026-12-01' WHERE subject_id = ?";
        company.db.run(row, vec![company.subject_id.into()]).await;
        for (starts_at, priced) in [("2026-11-30T16:59:00Z", true), ("2026-11-30T17:00:00Z", false)] {
            let mut lesson = company.lesson().at(starts_at.parse().unwrap());
            lesson.duration_minutes = 15;
            let id = company.requested(&lesson).await;
            let approve = AnyCommand::with("approve", &json!({ "outside_slots_reason": "malam" }));
            assert_eq!(company.preview(id, approve).await.is_ok(), priced, "{starts_at}");
        }
    }

    async fn slots_are_read_in_the_zone_of_the_office(company: Company) {
        let lesson = lesson_in(company, "JYP", "Asia/Jayapura", "2026-11-23T00:00:00Z").await;
        company.db.run("DELETE FROM slot WHERE tutor_id = ?", vec![lesson.tutor_id.into()]).await;
        // 09:00 to 10:30 on Monday in Jayapura.
        let slot = workflows::records::slot::Model { id: company.new_id(), tutor_id: lesson.tutor_id, weekday: 1, from_minute: 540, until_minute: 630 };
        company.insert::<workflows::records::slot::Entity>(slot).await;
        let (inside, outside) = (company.requested(&lesson).await, company.requested(&lesson.clone().at(lesson.starts_at + TimeDelta::minutes(1))).await);
        assert!(company.preview(inside, AnyCommand::new("approve")).await.is_ok());
        assert!(company.preview(outside, AnyCommand::new("approve")).await.is_err());
    }
}
