//! The catalog and the offices (MD-3, MD-9): added, renamed, ordered, archived; what is archived fits no new work.

use super::settings::patch_seen;
use super::users::{patch, recorded, somebody_with};
use serde_json::{Value, json};
use tests::app::TestApp;
use tests::both_databases;
use tests::browser::Browser;

async fn rows(browser: &Browser, path: &str) -> Vec<Value> {
    browser.get(path).await.well().as_array().unwrap().clone()
}

async fn row(browser: &Browser, path: &str, code: &str) -> Value {
    rows(browser, path).await.into_iter().find(|row| row["code"] == code).unwrap_or_else(|| panic!("no {code} in {path}"))
}

fn faults(answer: &tests::browser::Answer) -> Vec<String> {
    let list = answer.body["fields"].as_array().unwrap();
    list.iter().map(|fault| format!("{} {}", fault["field"].as_str().unwrap(), fault["code"].as_str().unwrap())).collect()
}

both_databases! {
    async fn a_row_is_added_renamed_ordered_archived_and_restored(app: TestApp) {
        let owner = app.signed_in_as("OWNER").await;
        let path = "/api/v1/catalog/tingkat";
        let made = owner.post(path, &json!({ "code": "paud a", "name": " PAUD A " })).await;
        assert_eq!((made.status, &made.body["code"], &made.body["name"], &made.body["status"]), (201, &json!("PAUD_A"), &json!("PAUD A"), &json!("ACTIVE")));
        let address = format!("{path}/{}", made.body["id"].as_str().unwrap());
        let renamed = patch_seen(&owner, &address, &made.body["etag"], &json!({ "name": "PAUD" })).await.well();
        let late = patch_seen(&owner, &address, &made.body["etag"], &json!({ "name": "TK" })).await;
        assert_eq!((late.problem().as_str(), &late.body["params"]["now"]["name"]), ("412 stale_revision", &json!("PAUD")));
        patch_seen(&owner, &address, &renamed["etag"], &json!({ "status": "ARCHIVED", "reason": "Tidak dipakai" })).await.well();
        let record = recorded(&owner, "catalog.archive").await;
        assert_eq!((&record["before"]["status"], &record["after"]["status"], &record["reason"]), (&json!("ACTIVE"), &json!("ARCHIVED"), &json!("Tidak dipakai")));
        let pickable = owner.get("/api/v1/catalog").await.well();
        assert!(pickable["tingkat"].as_array().unwrap().iter().all(|row| row["code"] != "PAUD_A"));
        patch(&owner, &address, &json!({ "status": "ACTIVE" })).await.well();

        let mut ids: Vec<Value> = rows(&owner, path).await.iter().map(|row| row["id"].clone()).collect();
        ids.rotate_right(1);
        assert_eq!(owner.post(&format!("{path}/order"), &json!({ "ids": ids })).await.status, 204);
        assert_eq!(rows(&owner, path).await[0]["code"], "PAUD_A");
        let incomplete = owner.post(&format!("{path}/order"), &json!({ "ids": ids[1..] })).await;
        assert_eq!(faults(&incomplete), ["ids incomplete"]);
        let taken = owner.post(path, &json!({ "code": "SD_5", "name": "" })).await;
        assert_eq!(faults(&taken), ["name required"]);
        let taken = owner.post(path, &json!({ "code": "sd 5", "name": "x" })).await;
        assert_eq!(faults(&taken), ["code taken"]);
        let reader = somebody_with(app, &owner, &["catalog.read"]).await;
        assert_eq!(patch(&reader, &address, &json!({ "name": "x" })).await.problem(), "403 forbidden");
        assert_eq!(patch(&owner, "/api/v1/catalog/price/0198ffff-0000-7000-8000-000000000001", &json!({})).await.problem(), "404 not_found");
    }

    async fn an_archived_subject_or_level_fits_no_new_sesi_and_no_file(app: TestApp) {
        let owner = app.signed_in_as("OWNER").await;
        let company = &app.company;
        let subject = format!("/api/v1/subjects/{}", company.subject_id);
        let shown = owner.get(&subject).await.well();
        assert_eq!((&shown["usage"]["tutor"], shown["usage"]["prices"].as_i64() > Some(0)), (&json!(1), true));
        let id = company.requested(&company.lesson()).await;
        let switched = patch(&owner, &subject, &json!({ "has_levels": true })).await;
        assert_eq!((switched.problem().as_str(), &switched.body["params"]["sesi"]), ("422 has_levels_in_use", &json!(1)));
        patch(&owner, &subject, &json!({ "status": "ARCHIVED" })).await.well();
        let lesson = json!({
            "siswa_id": company.siswa_id, "tutor_id": company.tutor_id, "subject_id": company.subject_id,
            "starts_at": "2026-12-02T03:00:00Z", "duration_minutes": 90, "mode": "ONLINE"
        });
        let refused = owner.post("/api/v1/sesi", &lesson).await;
        assert_eq!((refused.problem().as_str(), faults(&refused)), ("422 archived", vec!["subject_id archived".to_owned()]));
        let tutor = company.db.texts("SELECT code AS text FROM tutor", vec![]).await.remove(0);
        let csv = format!("tutor,subject\n{tutor},{}\n", shown["code"].as_str().unwrap());
        let tried = owner.post_raw("/api/v1/imports/tutor_subject?dry_run=true", "text/csv", csv).await.well();
        assert_eq!(tried["errors"][0]["code"], "archived");
        assert!(owner.get("/api/v1/catalog").await.well()["subjects"].as_array().unwrap().iter().all(|row| row["id"] != shown["id"]));
        owner.command(id, "approve", &json!({})).await.well();
    }

    async fn an_archived_level_fits_no_new_sesi(app: TestApp) {
        let owner = app.signed_in_as("OWNER").await;
        let kategori = row(&owner, "/api/v1/catalog/kategori", "BAHASA_ASING").await;
        let made = owner.post("/api/v1/subjects", &json!({ "code": "KOREA_X", "name": "Bahasa Korea", "kategori_id": kategori["id"], "has_levels": true })).await;
        assert_eq!(made.status, 201, "{made:?}");
        let subject = format!("/api/v1/subjects/{}", made.body["id"].as_str().unwrap());
        let mut ids = vec![];
        for name in ["TOPIK 1", "TOPIK 2"] {
            let level = owner.post(&format!("{subject}/levels"), &json!({ "code": name, "name": name })).await;
            assert_eq!(level.status, 201, "{level:?}");
            ids.insert(0, level.body["id"].clone());
        }
        assert_eq!(owner.post(&format!("{subject}/levels/order"), &json!({ "ids": ids })).await.status, 204);
        assert_eq!(owner.get(&subject).await.well()["levels"][0]["code"], "TOPIK_2");
        let tutor = app.company.db.texts("SELECT code AS text FROM tutor", vec![]).await.remove(0);
        owner.post_raw("/api/v1/imports/tutor_subject", "text/csv", format!("tutor,subject\n{tutor},KOREA_X\n")).await.well();
        patch(&owner, &format!("{subject}/levels/{}", ids[0].as_str().unwrap()), &json!({ "status": "ARCHIVED" })).await.well();
        for (level, expected) in [(&ids[0], 422), (&ids[1], 201)] {
            let lesson = json!({
                "siswa_id": app.company.siswa_id, "tutor_id": app.company.tutor_id, "subject_id": made.body["id"], "subject_level_id": level,
                "starts_at": "2026-12-02T03:00:00Z", "duration_minutes": 90, "mode": "ONLINE"
            });
            let answer = owner.post("/api/v1/sesi", &lesson).await;
            assert_eq!(answer.status, expected, "{answer:?}");
            if expected == 422 {
                assert_eq!(faults(&answer), ["subject_level_id archived"]);
            }
        }
    }

    async fn an_office_is_added_moved_and_archived_only_when_nobody_belongs_to_it(app: TestApp) {
        let owner = app.signed_in_as("OWNER").await;
        let wrong = owner.post("/api/v1/offices", &json!({ "code": "JKT", "name": "x", "zone": "Asia/Bandung", "lat": 91, "long": 0 })).await;
        assert_eq!(faults(&wrong), ["zone zone_unknown", "lat lat_off_globe", "code taken"]);
        let made = owner.post("/api/v1/offices", &json!({ "code": "MKS", "name": "Makassar", "zone": "Asia/Makassar", "lat": -5.1477, "long": 119.4327 })).await;
        assert_eq!((made.status, &made.body["tutor"], &made.body["in_indonesia"]), (201, &json!(0), &json!(true)));
        let address = format!("/api/v1/offices/{}", made.body["id"].as_str().unwrap());
        assert_eq!(faults(&patch(&owner, &address, &json!({ "zone": "Asia/Jayapura" })).await), ["reason required"]);
        let moved = patch(&owner, &address, &json!({ "zone": "Asia/Jayapura", "reason": "Pindah" })).await.well();
        patch_seen(&owner, &address, &moved["etag"], &json!({ "status": "ARCHIVED" })).await.well();
        let jakarta = row(&owner, "/api/v1/offices", "JKT").await;
        let in_use = patch(&owner, &format!("/api/v1/offices/{}", jakarta["id"].as_str().unwrap()), &json!({ "status": "ARCHIVED" })).await;
        assert_eq!(in_use.problem(), "422 office_in_use");
        assert_eq!((&in_use.body["params"]["tutor"], &in_use.body["params"]["siswa"]), (&json!(1), &json!(1)));
        let reader = somebody_with(app, &owner, &["catalog.read", "catalog.manage"]).await;
        assert_eq!(patch(&reader, &address, &json!({ "name": "x" })).await.problem(), "403 forbidden");
    }
}
