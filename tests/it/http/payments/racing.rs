//! Two people record the payment of one Tagihan, or use one Titipan, at the same moment.

use super::{account, bills, id_of, one_month, paid, sound, to, with};
use chrono::TimeDelta;
use serde_json::json;
use tests::app::TestApp;
use tests::both_databases;

both_databases! {
    async fn two_payments_at_once_never_pay_more_than_is_open(app: TestApp) {
        one_month(app).await;
        let finance = app.signed_in_as("FINANCE").await;
        let elsewhere = finance.at(&app.another_process().await);
        let tagihan = id_of(app, "tagihan", "TAG-2026-11-00001").await;
        let body = with(paid(app, 100_000, "2026-12-01"), &json!({ "allocations": [{ "tagihan_id": tagihan, "amount_rp": 100_000 }] }));
        let path = to("record");
        let (one, other) = tokio::join!(finance.post(&path, &body), elsewhere.post(&path, &body));
        let mut statuses = [one.status, other.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 422], "{one:?} {other:?}");
        assert_eq!((bills(app).await, account(app, "1100").await), (vec!["TAG-2026-11-00001 PARTIALLY_PAID 100000".to_owned()], 50_000));
        sound(app).await;
    }

    async fn a_titipan_is_used_once(app: TestApp) {
        one_month(app).await;
        let finance = app.signed_in_as("FINANCE").await;
        finance.post(&to("record"), &paid(app, 250_000, "2026-12-01")).await.well();
        let lesson = app.company.lesson();
        app.company.completed(&lesson.clone().at(lesson.starts_at + TimeDelta::days(14))).await;
        app.company.bill("2026-12").await;
        let finance = app.signed_in_as("FINANCE").await;
        let elsewhere = finance.at(&app.another_process().await);
        let (body, path) = (json!({ "siswa_id": app.company.siswa_id }), to("apply_deposit"));
        let (one, other) = tokio::join!(finance.post(&path, &body), elsewhere.post(&path, &body));
        let mut statuses = [one.status, other.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 422], "{one:?} {other:?}");
        assert_eq!((bills(app).await[1].as_str(), account(app, "2300").await), ("TAG-2026-12-00001 PARTIALLY_PAID 100000", 0));
        sound(app).await;
    }
}
