//! Two admins at once: exactly one wins, and the other is told which sesi is in the way (SES-4).

use chrono::TimeDelta;
use engine::plan::AnyCommand;
use engine::refusal::{Halt, Refusal, Rejected};
use engine::view::Outcome;
use tests::both_databases;
use tests::company::{Company, Lesson, admin, another_admin};
use uuid::Uuid;

const ROUNDS: i64 = 25;

/// Approves both at the same time, each by another admin.
async fn approve_both(company: &Company, first: Uuid, second: Uuid) -> [Result<Outcome, Halt>; 2] {
    let approve = |actor, id| {
        let (engine, request) = (company.engine.clone(), company.asks_as(actor, id, AnyCommand::new("approve")));
        tokio::spawn(async move { engine.execute(&request).await })
    };
    let (one, other) = tokio::join!(approve(admin(), first), approve(another_admin(), second));
    [one.unwrap(), other.unwrap()]
}

/// The loser's refusal names the winner.
fn one_wins(answers: [Result<Outcome, Halt>; 2], round: i64) {
    let [one, other] = answers;
    let (winner, loser): (Outcome, Rejected) = match (one, other) {
        (Ok(winner), Err(Halt::Refused(Refusal::Rejected(loser)))) | (Err(Halt::Refused(Refusal::Rejected(loser))), Ok(winner)) => (winner, loser),
        other => panic!("round {round}: {other:?}"),
    };
    assert_eq!(loser.code, "slot_taken", "round {round}");
    assert_eq!((loser.blocking[0].id, &loser.blocking[0].code), (winner.id, &winner.code), "round {round}");
    assert!(!loser.blocking[0].label.is_empty());
}

async fn race(company: &Company, lessons: impl Fn(i64) -> (Lesson, Lesson)) {
    for round in 0..ROUNDS {
        let (first, second) = lessons(round);
        let (first, second) = (company.requested(&first).await, company.requested(&second).await);
        one_wins(approve_both(company, first, second).await, round);
    }
    assert_eq!(company.db.count("SELECT count(*) FROM sesi WHERE state = 'APPROVED'", vec![]).await, ROUNDS);
    assert_eq!(company.faults().await, Vec::<String>::new());
}

both_databases! {
    async fn two_admins_who_approve_the_same_start_of_one_tutor(company: Company) {
        let siswa_id = company.new_siswa("JKT").await;
        race(company, |round| {
            let lesson = company.lesson().at(company.lesson().starts_at + TimeDelta::days(round));
            (lesson.clone(), Lesson { siswa_id, ..lesson })
        }).await;
    }

    async fn two_admins_who_approve_overlapping_sesi_of_one_tutor(company: Company) {
        let siswa_id = company.new_siswa("JKT").await;
        race(company, |round| {
            let lesson = company.lesson().at(company.lesson().starts_at + TimeDelta::days(round));
            let later = lesson.starts_at + TimeDelta::minutes(45);
            (lesson.clone(), Lesson { siswa_id, starts_at: later, ..lesson })
        }).await;
    }

    async fn two_admins_who_approve_overlapping_sesi_of_one_siswa_with_two_tutors(company: Company) {
        let tutor_id = company.new_tutor("JKT").await;
        race(company, |round| {
            let lesson = company.lesson().at(company.lesson().starts_at + TimeDelta::days(round));
            let later = lesson.starts_at + TimeDelta::minutes(45);
            (lesson.clone(), Lesson { tutor_id, starts_at: later, ..lesson })
        }).await;
    }

    async fn two_admins_who_approve_the_same_sesi_approve_it_once(company: Company) {
        for day in 0..10 {
            let id = company.requested(&company.lesson().at(company.lesson().starts_at + TimeDelta::days(day))).await;
            let won = approve_both(company, id, id).await.into_iter().filter(Result::is_ok).count();
            assert_eq!(won, 1);
        }
    }

    async fn of_many_who_approve_a_crowded_hour_exactly_one_wins(company: Company) {
        let mut ids = vec![];
        for minute in 0..12 {
            let siswa_id = company.new_siswa("JKT").await;
            let lesson = Lesson { siswa_id, ..company.lesson().at(company.lesson().starts_at + TimeDelta::minutes(minute)) };
            ids.push(company.requested(&lesson).await);
        }
        let approvals = ids.iter().map(|id| {
            let (engine, request) = (company.engine.clone(), company.asks(*id, AnyCommand::new("approve")));
            tokio::spawn(async move { engine.execute(&request).await })
        });
        let answers: Vec<_> = futures::future::join_all(approvals).await.into_iter().map(Result::unwrap).collect();
        assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1, "{answers:?}");
        assert!(answers.iter().all(|answer| matches!(answer, Ok(_) | Err(Halt::Refused(_)))), "{answers:?}");
    }
}
