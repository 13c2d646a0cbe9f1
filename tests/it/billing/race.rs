//! What is billed changes while it is billed: either the document knows of it, or it is refused.

use engine::execute::{Request, Target};
use engine::plan::AnyCommand;
use engine::refusal::{Halt, Refusal};
use futures::future::join_all;
use serde_json::json;
use tests::both_databases;
use tests::company::{Company, Lesson, person};
use uuid::Uuid;

const SISWA: usize = 12;

/// A lesson each, an hour and a half one after the other, all with the one tutor.
async fn lessons(company: &Company) -> Vec<Uuid> {
    let mut sesi = vec![];
    for number in 0..SISWA {
        let starts_at = company.lesson().starts_at + chrono::TimeDelta::hours(2 * i64::try_from(number).unwrap());
        let lesson = Lesson { siswa_id: company.new_siswa("JKT").await, ..company.lesson().at(starts_at) };
        sesi.push(if number % 3 == 2 { company.confirmed(&lesson).await } else { company.completed(&lesson).await });
    }
    sesi
}

fn overridden(company: &Company, sesi: Uuid, result: &str) -> Request {
    let body = json!({ "sesi_id": sesi, "result": result, "final_rp": 60_000 });
    let actor = person(42, "Tari", &["override.request"]);
    Request::new("override", Target::New(company.new_id()), AnyCommand::with("request", &body).because("salah"), actor)
}

/// Every document comes to its lines, and every line to what it bills.
async fn agree(company: &Company) {
    for (what, sql) in [
        ("a Tagihan", "SELECT count(*) FROM tagihan t WHERE t.total_rp <> (SELECT sum(l.amount_rp) FROM tagihan_line l WHERE l.tagihan_id = t.id)"),
        ("a line of a Tagihan", "SELECT count(*) FROM tagihan_line l JOIN siswa_settlement x ON x.id = l.source_id WHERE x.amount_rp <> l.amount_rp"),
        (
            "a Honorarium",
            "SELECT count(*) FROM honorarium t WHERE t.net_rp - t.carried_out_rp <> (SELECT sum(l.amount_rp) FROM honorarium_line l WHERE l.honorarium_id = t.id)",
        ),
        (
            "a line of a Honorarium",
            "SELECT count(*) FROM honorarium_line l JOIN tutor_settlement x ON x.id = l.source_id WHERE l.kind = 'SESI' AND x.honorarium_rp <> l.amount_rp",
        ),
    ] {
        assert_eq!(company.db.count(sql, vec![]).await, 0, "{what} differs");
    }
    assert_eq!(company.faults().await, Vec::<String>::new());
}

both_databases! {
    async fn an_override_or_a_validation_in_the_middle_of_a_part_is_on_the_document_or_refused(company: Company) {
        let sesi = lessons(company).await;
        company.after("2026-11");
        company.begins("2026-11").await.unwrap();
        company.works_on("billing_preflight").await;
        for (side, result) in [("billing_part", "TAGIHAN"), ("billing_part", "HONORARIUM")] {
            let billed = company.works_on(side);
            let changed = join_all(sesi.iter().enumerate().filter(|(number, _)| number % 3 != 2).map(async |(_, id)| company.engine.execute(&overridden(company, *id, result)).await));
            let validated = join_all(sesi.iter().enumerate().filter(|(number, _)| number % 3 == 2).map(async |(_, id)| company.send(*id, AnyCommand::new("validate")).await));
            let ((), changed, _) = tokio::join!(billed, changed, validated);
            for answer in changed {
                match answer {
                    Ok(_) => {}
                    Err(Halt::Refused(Refusal::Rejected(no))) => assert!(["settlement_billed", "honorarium_made"].contains(&no.code.as_str()), "{no:?}"),
                    Err(other) => panic!("{other:?}"),
                }
            }
            agree(company).await;
        }
        company.works().await;
        company.bill("2026-11").await;
        agree(company).await;
        let unbilled = "SELECT count(*) FROM siswa_settlement x WHERE NOT EXISTS (SELECT 1 FROM tagihan_line l WHERE l.source_id = x.id)";
        assert_eq!(company.db.count(unbilled, vec![]).await, 0);
    }

    async fn what_stands_on_a_document_is_not_overridden(company: Company) {
        let sesi = company.completed(&company.lesson()).await;
        company.bill("2026-11").await;
        for (result, code) in [("TAGIHAN", "settlement_billed"), ("HONORARIUM", "honorarium_made")] {
            let no = tests::company::rejected(company.engine.execute(&overridden(company, sesi, result)).await);
            assert_eq!((no.code.as_str(), no.blocking.len()), (code, 1));
        }
    }
}
