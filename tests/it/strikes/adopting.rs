//! Rows from before denda and strikes were cases of their own go on where they stand.

use super::story::{denda_of, planned, sent, strike_of};
use chrono::{DateTime, TimeDelta, Utc};
use engine::plan::AnyCommand;
use engine::replay;
use serde_json::json;
use tests::both_databases;
use tests::company::Company;
use uuid::Uuid;
use workflows::records::{denda, strike};
use workflows::{adopt, records};

/// A sesi that ended without a penalty, and the rows and the entry that an older program would have left.
async fn left_long_ago(company: &Company, day: i64, at: DateTime<Utc>) -> Uuid {
    let starts_at = company.lesson().starts_at + TimeDelta::days(day);
    let sesi = company.approved(&company.lesson().at(starts_at)).await;
    company.done(sesi, AnyCommand::with("cancel", &json!({ "party": "ADMIN" })).because("dulu")).await;
    let (tutor_id, code) = (company.tutor_id, company.sesi(sesi).await.code);
    let row = denda::Model {
        id: company.new_id(),
        code: format!("DND-{code}"),
        sesi_id: sesi,
        tutor_id,
        number: 1,
        amount_rp: 45_000,
        status: denda::Status::Applied,
        at,
        contest_until: None,
        fm_claim_id: None,
        reversed_at: None,
    };
    company.insert::<denda::Entity>(row).await;
    let row = strike::Model {
        id: company.new_id(),
        code: format!("STR-{code}"),
        sesi_id: sesi,
        tutor_id,
        number: 1,
        points: 1,
        cause: strike::Cause::Cancellation,
        at,
        decays_at: at + TimeDelta::days(90),
        status: strike::Status::Live,
        proposed: strike::Sanction::None,
        proposed_days: 0,
        policy_version: 0,
        decision: None,
        sanction: None,
        sanction_days: None,
        decided_by: None,
        decided_at: None,
        decision_reason: None,
        fm_claim_id: None,
        revoked_at: None,
        revoked_by: None,
        revoked_reason: None,
    };
    company.insert::<strike::Entity>(row).await;
    book(company, sesi).await;
    sesi
}

/// The entry that the end of the sesi used to post for the denda.
async fn book(company: &Company, sesi: Uuid) {
    let (entry, tx) = (company.new_id(), company.db.db.begin().await.unwrap());
    let posting = "INSERT INTO posting (entry_id, line, account, party_id, amount_rp) VALUES (?,1,'2100',?,45000), (?,2,'4200',NULL,-45000)";
    engine::db::run(&tx, posting, vec![entry.into(), company.tutor_id.into(), entry.into()]).await.unwrap();
    let head = "INSERT INTO journal_entry (id, natural_key, kind, instance_id, seq, occurred_on, posted_on, at) VALUES (?,?,'tutor_denda',?,3,?,?,?)";
    let on = company.sesi(sesi).await.starts_at.date_naive();
    let values = vec![entry.into(), format!("sesi:{sesi}:denda").into(), sesi.into(), on.into(), on.into(), company.now().into()];
    engine::db::run(&tx, head, values).await.unwrap();
    tx.commit().await.unwrap();
}

both_databases! {
    async fn old_rows_get_an_instance_once_and_end_like_new_ones(company: Company) {
        let now = company.now();
        let (recent, old) = (left_long_ago(company, 0, now - TimeDelta::days(1)).await, left_long_ago(company, 1, now - TimeDelta::days(89)).await);
        assert_eq!(adopt::penalties(&company.engine).await.unwrap(), 4);
        assert_eq!(adopt::penalties(&company.engine).await.unwrap(), 0, "and never twice");
        assert_eq!(company.db.count("SELECT count(*) FROM task WHERE workflow = 'strike'", vec![]).await, 0, "no rule is asked about them");
        company.drain().await;
        assert_eq!((denda_of(company, recent).await.status, denda_of(company, old).await.status), (records::denda::Status::Applied, records::denda::Status::Final));
        company.clock.advance(TimeDelta::days(1));
        company.drain().await;
        assert_eq!((strike_of(company, recent).await.status, strike_of(company, old).await.status), (strike::Status::Live, strike::Status::Decayed));

        // The entry of an old one is the sesi's, and is reversed all the same.
        let denda = denda_of(company, recent).await.id;
        sent(company, "denda", denda, "reverse", json!({})).await;
        let back = "SELECT o.instance_id AS id FROM journal_entry r JOIN journal_entry o ON o.id = r.reverses_id WHERE r.instance_id = ?";
        let undone: Uuid = company.db.rows(back, vec![denda.into()]).await[0].try_get("", "id").unwrap();
        assert_eq!(undone, recent);
        assert_eq!(company.faults().await, Vec::<String>::new());
        assert!(replay::verify(&company.engine.db, &company.engine.registry).await.unwrap().faults.is_empty());
    }

    async fn a_new_strike_counts_the_old_ones(company: Company) {
        left_long_ago(company, 0, company.now() - TimeDelta::days(1)).await;
        adopt::penalties(&company.engine).await.unwrap();
        let plan = planned(company, &[2]).await;
        let new = plan.left(company, 0).await;
        assert_eq!(new.proposed, strike::Sanction::FinalWarning);
    }
}
