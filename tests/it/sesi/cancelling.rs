//! Cancelling: brackets to the second, for both parties, rounding, and no-shows (SPEC 7, SES-7).

use chrono::TimeDelta;
use engine::personal;
use engine::plan::AnyCommand;
use serde_json::json;
use tests::both_databases;
use tests::company::{Company, rejected};
use uuid::Uuid;

const HOUR: i64 = 3_600;

fn cancel(party: &str) -> AnyCommand {
    AnyCommand::with("cancel", &json!({ "party": party })).because("berhalangan")
}

/// What is left of a sesi: what the siswa pays, the tutor gets, the tutor owes, strikes.
type Left = (i64, i64, i64, i64);

async fn left(company: &Company, id: Uuid) -> Left {
    let one = async |sql: &str| company.db.count(sql, vec![id.into()]).await;
    (
        one("SELECT sum(amount_rp) FROM siswa_settlement WHERE sesi_id = ?").await,
        one("SELECT sum(honorarium_rp + transport_rp) FROM tutor_settlement WHERE sesi_id = ?").await,
        one("SELECT sum(amount_rp) FROM denda WHERE sesi_id = ?").await,
        one("SELECT sum(points) FROM strike WHERE sesi_id = ?").await,
    )
}

/// Cancels at each lead time and compares what is left with what is expected.
async fn brackets(company: &Company, party: &str, cases: &[(i64, Left)]) {
    let mut starts_at = company.lesson().starts_at;
    for (lead_s, expected) in cases {
        starts_at += TimeDelta::days(1);
        let id = company.approved(&company.lesson().at(starts_at)).await;
        company.clock.set(starts_at - TimeDelta::seconds(*lead_s));
        let shown = company.preview(id, cancel(party)).await.unwrap();
        let outcome = company.done(id, cancel(party)).await;
        assert_eq!((outcome.outcome, outcome.amounts), (shown.outcome, shown.amounts), "{party} {lead_s} s");
        assert_eq!(left(company, id).await, *expected, "{party} {lead_s} s before");
        assert_eq!(company.sesi(id).await.lead_time_s, Some((*lead_s).max(0)));
    }
    assert_eq!(company.faults().await, Vec::<String>::new());
}

both_databases! {
    /// CAN-1: inclusive for the tutor. Honorarium 90.000.
    async fn a_tutor_pays_by_lead_time_and_exactly_on_the_bracket_still_pays(company: Company) {
        let denda = |rp| (0, 0, rp, 1);
        brackets(company, "TUTOR", &[
            (4 * HOUR + 1, (0, 0, 0, 0)), (4 * HOUR, denda(22_500)), (4 * HOUR - 1, denda(22_500)),
            (2 * HOUR + 1, denda(22_500)), (2 * HOUR, denda(45_000)), (2 * HOUR - 1, denda(45_000)),
            (HOUR + 1, denda(45_000)), (HOUR, denda(90_000)), (HOUR - 1, denda(90_000)),
            (0, denda(90_000)), (-1, denda(90_000)), (-HOUR, denda(90_000)),
        ]).await;
    }

    /// CAN-1: exclusive for the siswa. Tagihan 150.000, honorarium 90.000.
    async fn a_siswa_pays_by_lead_time_and_exactly_on_the_bracket_pays_the_lower_one(company: Company) {
        brackets(company, "SISWA", &[
            (4 * HOUR + 1, (0, 0, 0, 0)), (4 * HOUR, (0, 0, 0, 0)), (4 * HOUR - 1, (37_500, 22_500, 0, 0)),
            (2 * HOUR + 1, (37_500, 22_500, 0, 0)), (2 * HOUR, (37_500, 22_500, 0, 0)), (2 * HOUR - 1, (75_000, 45_000, 0, 0)),
            (HOUR + 1, (75_000, 45_000, 0, 0)), (HOUR, (75_000, 45_000, 0, 0)), (HOUR - 1, (150_000, 90_000, 0, 0)),
            (0, (150_000, 90_000, 0, 0)), (-1, (150_000, 90_000, 0, 0)),
        ]).await;
    }

    /// CAN-4.
    async fn the_company_cancels_at_nobodys_cost_but_not_without_a_reason(company: Company) {
        brackets(company, "ADMIN", &[(HOUR, (0, 0, 0, 0)), (-HOUR, (0, 0, 0, 0))]).await;
        let id = company.approved(&company.lesson().at(company.now() + TimeDelta::days(3))).await;
        let silent = AnyCommand::with("cancel", &json!({ "party": "ADMIN" }));
        assert_eq!(tests::company::refused(company.send(id, silent).await).code(), "invalid");
    }

    /// MON-1: 25 % of 90.002 is 22.500,5 and rounds up; of 90.001 it is 22.500,25 and rounds down.
    async fn halves_of_a_rupiah_round_up_and_less_rounds_down(company: Company) {
        for (matrix_rp, denda_rp, charge_rp) in [(90_001, 22_500, 22_500), (90_002, 22_501, 22_501), (90_003, 22_501, 22_501), (1, 0, 0), (2, 1, 1)] {
            let subject_id = company.new_subject(matrix_rp, matrix_rp).await;
            let lesson = |days: i64| {
                let mut lesson = company.lesson().at(company.now() + TimeDelta::days(days));
                lesson.subject_id = subject_id;
                lesson
            };
            let (first, second) = (company.approved(&lesson(1)).await, company.approved(&lesson(2)).await);
            let starts_at = lesson(1).starts_at;
            company.clock.set(starts_at - TimeDelta::hours(4));
            company.done(first, cancel("TUTOR")).await;
            assert_eq!(left(company, first).await.2, denda_rp, "{matrix_rp}");
            company.clock.set(starts_at + TimeDelta::hours(21));
            company.done(second, cancel("SISWA")).await;
            assert_eq!(left(company, second).await, (charge_rp, charge_rp, 0, 0), "{matrix_rp}");
        }
        assert_eq!(company.faults().await, Vec::<String>::new());
    }

    /// SES-7.
    async fn a_siswa_who_does_not_come_pays_all_and_the_tutor_gets_all_with_transport_when_offline(company: Company) {
        for (lesson, transport_rp) in [(company.lesson(), 0), (company.lesson().at(company.now() + TimeDelta::days(4)).offline(0.01), 10_000)] {
            let id = company.approved(&lesson).await;
            let no_show = || AnyCommand::new("no_show_student").because("tidak datang");
            company.clock.set(lesson.starts_at - TimeDelta::seconds(1));
            assert_eq!(rejected(company.send(id, no_show()).await).code, "too_early");
            company.clock.set(lesson.starts_at);
            company.done(id, no_show()).await;
            assert_eq!(left(company, id).await, (150_000, 90_000 + transport_rp, 0, 0));
            assert_eq!(company.state(id).await, "NO_SHOW_STUDENT");
        }
        assert_eq!(company.faults().await, Vec::<String>::new());
    }

    /// SES-7: like cancelling with no lead time.
    async fn a_tutor_who_does_not_come_owes_all_and_the_siswa_nothing(company: Company) {
        let lesson = company.lesson();
        let id = company.approved(&lesson).await;
        company.clock.set(lesson.starts_at);
        company.done(id, AnyCommand::new("no_show_tutor").because("tidak datang")).await;
        assert_eq!(left(company, id).await, (0, 0, 90_000, 1));
        let decays = "SELECT count(*) FROM strike WHERE decays_at = ?";
        assert_eq!(company.db.count(decays, vec![(company.now() + TimeDelta::days(90)).into()]).await, 1);
        assert_eq!(company.faults().await, Vec::<String>::new());
    }

    async fn a_siswa_who_leaves_during_the_lesson_still_pays_all(company: Company) {
        let id = company.started(&company.lesson()).await;
        company.done(id, AnyCommand::new("no_show_student").because("pergi")).await;
        assert_eq!(left(company, id).await, (150_000, 90_000, 0, 0));
    }

    async fn who_cancelled_is_kept_as_acted_for(company: Company) {
        let id = company.approved(&company.lesson()).await;
        company.done(id, cancel("TUTOR")).await;
        let told = "SELECT on_behalf_of AS text FROM workflow_history WHERE instance_id = ? AND command = 'cancel'";
        let mut told = personal::stored_text(company.db.texts(told, vec![id.into()]).await.pop());
        assert_ne!(told, "Tutor Dewi Lestari", "sealed");
        personal::open(company.db.db.reader(), [&mut told]).await.unwrap();
        assert_eq!(told, "Tutor Dewi Lestari");
    }
}
