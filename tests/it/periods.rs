//! A month from open to closed to re-opened to closed, what is refused while it is locked, and whether it still is what it was
//! closed as (SPEC FIN-7 to FIN-9).

mod locked;
mod reopening;
mod verifying;

use chrono::{DateTime, TimeDelta, Utc};
use engine::plan::AnyCommand;
use engine::tag::Tag;
use tests::both_databases;
use tests::company::{Company, closer, rejected, signer};
use workflows::books::balance::Month;
use workflows::period::evidence::Check;
use workflows::period::{receipt, verify};

const NOVEMBER: &str = "2026-11";

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn november() -> Month {
    Month::parse(NOVEMBER).unwrap()
}

/// Two lessons of November, taught and billed; it is the first of December.
async fn billed(company: &Company) {
    for starts_at in ["2026-11-23T03:00:00Z", "2026-11-24T03:00:00Z"] {
        company.completed(&company.lesson().at(at(starts_at))).await;
    }
    company.works().await;
    company.bill(NOVEMBER).await;
}

async fn closed(company: &Company) {
    billed(company).await;
    company.closes(NOVEMBER).await;
}

async fn state(company: &Company) -> String {
    company.db.texts("SELECT state AS text FROM period WHERE month = ?", vec![NOVEMBER.into()]).await.pop().unwrap_or_else(|| "OPEN".into())
}

async fn differences(company: &Company) -> Vec<verify::Difference> {
    verify::month(company.db.db.reader(), november()).await.unwrap().unwrap().differences
}

/// The checks that stand in the way, as the refusal names them.
fn checks(rejected: &engine::refusal::Rejected) -> Vec<String> {
    rejected.params["checks"].as_array().unwrap().iter().map(|check| check.as_str().unwrap().to_owned()).collect()
}

both_databases! {
    async fn a_month_is_closed_by_two_people_and_its_receipt_says_what_it_was(company: Company) {
        billed(company).await;
        let id = company.begins_to_close(NOVEMBER).await.unwrap().id;
        assert_eq!(rejected(company.begins_to_close(NOVEMBER).await).blocking[0].id, id, "one at a time");
        let close = || AnyCommand::new("close");
        assert_eq!(checks(&rejected(company.asks_of(closer(), id, close()).await)), ["books"], "nobody has checked the books yet");
        company.works().await;
        let missing = rejected(company.asks_of(closer(), id, close()).await);
        assert_eq!((missing.code.as_str(), checks(&missing).len()), ("signatures_missing", 5));
        company.signs_all(id).await;
        assert_eq!(rejected(company.asks_of(signer(), id, close()).await).code, "second_person_needed");
        assert_eq!(state(company).await, "OPEN");
        company.asks_of(closer(), id, close()).await.unwrap();
        company.works().await;
        assert_eq!((company.closing(id).await.state.as_str(), state(company).await.as_str()), ("CLOSED", "LOCKED"));

        let stored = receipt::of_month(company.db.db.reader(), NOVEMBER).await.unwrap();
        let receipt = &stored[0].receipt;
        assert_eq!((receipt.number, receipt.closed_by, receipt.contents.tagihan.amount_rp, receipt.contents.honorarium.amount_rp), (1, closer().id, 300_000, 180_000));
        assert_eq!((receipt.contents.documents(), stored[0].sha256.len()), (2, 64));
        let report = verify::month(company.db.db.reader(), november()).await.unwrap().unwrap();
        assert_eq!((report.documents, report.differences), (2, vec![]));
        let signed: Vec<&str> = Check::SIGNED.iter().filter(|check| receipt.signatures.of(**check).unwrap().by == signer().id).map(|check| check.as_str()).collect();
        assert_eq!(signed, ["tagihan", "honorarium", "payments", "force_majeure", "corrections"]);
        assert_eq!(rejected(company.begins_to_close(NOVEMBER).await).code, "period_locked");
        let locked = "SELECT action || ' ' || entity_code AS text FROM audit_record WHERE entity_type = 'period'";
        assert_eq!(company.db.texts(locked, vec![]).await, ["period.lock 2026-11"]);
    }

    async fn a_month_is_not_closed_while_a_sesi_is_not_over_and_it_is_named(company: Company) {
        billed(company).await;
        let code = async |id| company.sesi(id).await.code;
        let approved = company.approved(&company.lesson().at(at("2026-11-27T03:00:00Z"))).await;
        company.requested(&company.lesson().at(at("2026-11-28T03:00:00Z"))).await;
        let id = company.begins_to_close(NOVEMBER).await.unwrap().id;
        company.works().await;
        company.signs_all(id).await;
        let refused = rejected(company.asks_of(closer(), id, AnyCommand::new("close")).await);
        assert_eq!((refused.code.as_str(), checks(&refused)), ("checks_blocked", vec!["sesi".to_owned()]));
        let named: Vec<(&str, &str)> = refused.blocking.iter().map(|one| (one.code.as_str(), one.label.as_str())).collect();
        assert_eq!(named, [(code(approved).await.as_str(), "APPROVED")], "a request in the past only waits");
        company.done(approved, AnyCommand::new("start")).await;
        let refused = rejected(company.asks_of(closer(), id, AnyCommand::new("close")).await);
        assert_eq!((refused.blocking[0].id, refused.blocking[0].label.as_str()), (approved, "IN_PROGRESS"));
        company.done(approved, company.report()).await;
        company.done(approved, AnyCommand::new("confirm")).await;
        assert_eq!(rejected(company.asks_of(closer(), id, AnyCommand::new("close")).await).blocking[0].label, "AWAITING_VALIDATION");
        company.done(approved, AnyCommand::new("validate")).await;
        // Now it is owed, and on no document.
        let refused = rejected(company.asks_of(closer(), id, AnyCommand::new("close")).await);
        assert_eq!(checks(&refused), ["tagihan", "honorarium"]);
        assert_eq!(refused.blocking.iter().map(|one| one.id).collect::<Vec<_>>(), [company.siswa_id, company.tutor_id]);
        company.bill(NOVEMBER).await;
        // What was signed is another now.
        let stale = rejected(company.asks_of(closer(), id, AnyCommand::new("close")).await);
        assert_eq!((stale.code.as_str(), checks(&stale)), ("signatures_stale", vec!["tagihan".to_owned(), "honorarium".to_owned()]));
        for check in [Check::Tagihan, Check::Honorarium] {
            company.signs(signer(), id, check).await.unwrap();
        }
        company.asks_of(closer(), id, AnyCommand::new("close")).await.unwrap();
        company.works().await;
        assert_eq!((state(company).await.as_str(), differences(company).await), ("LOCKED", vec![]));
        assert_eq!(company.db.count("SELECT count(*) FROM period_document_hash", vec![]).await, 4);
    }

    async fn a_month_that_is_not_over_or_has_an_open_one_before_it_is_not_closed(company: Company) {
        let id = company.begins_to_close(NOVEMBER).await.unwrap().id;
        company.works().await;
        company.signs_all(id).await;
        let refused = rejected(company.asks_of(closer(), id, AnyCommand::new("close")).await);
        assert_eq!((checks(&refused), refused.blocking[0].label.as_str()), (vec!["month".to_owned()], "NOT_OVER"));
        company.clock.set(at("2026-11-30T16:59:59Z"));
        rejected(company.asks_of(closer(), id, AnyCommand::new("close")).await);
        company.clock.set(at("2026-11-30T17:00:00Z"));
        company.asks_of(closer(), id, AnyCommand::new("close")).await.unwrap();
        company.works().await;
        assert_eq!(state(company).await, "LOCKED", "an empty month is closed too");
        assert_eq!(rejected(company.begins_to_close("2027-01").await).code, "month_not_begun");
        assert_eq!(rejected(company.begins_to_close("2026-13").await).code, "not_month");

        company.completed(&company.lesson().at(at("2026-12-07T03:00:00Z"))).await;
        company.works().await;
        company.bill("2026-12").await;
        company.completed(&company.lesson().at(at("2027-01-05T03:00:00Z"))).await;
        company.works().await;
        company.bill("2027-01").await;
        let later = company.begins_to_close("2027-01").await.unwrap().id;
        company.works().await;
        company.signs_all(later).await;
        let refused = rejected(company.asks_of(closer(), later, AnyCommand::new("close")).await);
        assert_eq!((refused.blocking[0].code.as_str(), refused.blocking[0].label.as_str()), ("2026-12", "OPEN"));
        company.closes("2026-12").await;
        company.asks_of(closer(), later, AnyCommand::new("close")).await.unwrap();
        company.works().await;
        let chained = receipt::of_month(company.db.db.reader(), "2027-01").await.unwrap().remove(0).receipt.previous_sha256;
        assert_eq!(chained, Some(receipt::of_month(company.db.db.reader(), "2026-12").await.unwrap().remove(0).sha256));
    }

    async fn what_comes_in_while_documents_are_hashed_stops_the_closing(company: Company) {
        billed(company).await;
        let id = company.begins_to_close(NOVEMBER).await.unwrap().id;
        company.works().await;
        company.signs_all(id).await;
        company.asks_of(closer(), id, AnyCommand::new("close")).await.unwrap();
        company.works_on("period_seal").await;
        let late = company.approved(&company.lesson().at(at("2026-11-27T03:00:00Z"))).await;
        company.works().await;
        let closing = company.closing(id).await;
        assert_eq!((closing.state.as_str(), state(company).await.as_str(), closing.stopped().unwrap().unwrap().blocked), ("OPEN", "OPEN", vec![Check::Sesi]));
        company.done(late, AnyCommand::with("cancel", &serde_json::json!({ "party": "ADMIN" })).because("salah catat")).await;
        company.asks_of(closer(), id, AnyCommand::new("close")).await.unwrap();
        company.works().await;
        assert_eq!((state(company).await.as_str(), differences(company).await), ("LOCKED", vec![]));
        assert_eq!(company.faults().await, Vec::<String>::new());
    }

    async fn a_signature_is_made_on_what_was_on_the_screen(company: Company) {
        billed(company).await;
        let id = company.begins_to_close(NOVEMBER).await.unwrap().id;
        let seen = |evidence: &str| AnyCommand::with("sign", &serde_json::json!({ "check": "tagihan", "evidence": evidence }));
        assert_eq!(rejected(company.asks_of(signer(), id, seen("another")).await).code, "evidence_changed");
        company.signs(signer(), id, Check::Tagihan).await.unwrap();
        let unsign = AnyCommand::with("unsign", &serde_json::json!({ "check": "tagihan" }));
        company.asks_of(signer(), id, unsign.clone()).await.unwrap();
        assert_eq!(rejected(company.asks_of(signer(), id, unsign).await).code, "not_signed");
        company.completed_late(company.now() - TimeDelta::days(3)).await;
        let blocked = rejected(company.signs(signer(), id, Check::Tagihan).await);
        assert_eq!((blocked.code.as_str(), blocked.blocking[0].id), ("check_blocked", company.siswa_id));
        company.asks_of(signer(), id, AnyCommand::new("abandon")).await.unwrap();
        company.works().await;
    }
}
