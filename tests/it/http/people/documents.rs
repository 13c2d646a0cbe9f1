//! Documents of people: who may open them, what is recorded, what stays when one is replaced, and what is left of
//! them when the person is erased (MD-4).

use super::*;
use chrono::TimeDelta;
use engine::plan::AnyCommand;
use worker::documents::Key;

const PDF: &[u8] = b"%PDF-1.7\nkontrak";

both_databases! {
    async fn a_ktp_is_opened_only_by_whoever_may_and_each_opening_is_recorded(app: TestApp) {
        let (owner, operator, auditor) = (app.signed_in_as("OWNER").await, app.signed_in_as("OPERATOR").await, app.signed_in_as("AUDITOR").await);
        let tutor = new_tutor(app, &operator).await;
        let path = at(&tutor, TUTORS);
        let ktp = upload(&operator, &format!("{path}/identity/KTP"), PNG).await.well();
        let photo = upload(&operator, &format!("{path}/photo"), PNG).await.well();
        assert_eq!(upload(&operator, &format!("{path}/photo"), PDF).await.problem(), "415 type_not_allowed");
        assert_eq!(upload(&operator, &format!("{path}/identity/CONTRACT"), PNG).await.problem(), "415 type_not_allowed");
        assert_eq!(faults(&upload(&operator, &format!("{path}/identity/PHOTO"), PNG).await), ["role not_a_choice"]);
        assert_eq!(faults(&upload(&operator, &format!("{path}/identity/AKTA"), PNG).await), ["role not_a_choice"]);
        assert_eq!(upload(&operator, &format!("{TUTORS}/{}/identity/KTP", Uuid::from_u128(8)), PNG).await.problem(), "404 not_found");
        upload(&operator, &format!("{path}/identity/CONTRACT"), PDF).await.well();
        app.drain().await;
        let opening = format!("{path}/documents/{}", ktp["id"].as_str().unwrap());

        assert_eq!(auditor.get(&opening).await.problem(), "403 forbidden");
        assert_eq!(upload(&auditor, &format!("{path}/identity/KTP"), PNG).await.problem(), "403 forbidden");
        assert_eq!(auditor.get(&path).await.well()["documents"].as_array().unwrap().len(), 3, "that there is one is no secret");
        for id in [&ktp["id"], &photo["id"]] {
            assert_eq!(owner.get(&format!("/api/v1/documents/{}", id.as_str().unwrap())).await.problem(), "404 not_found");
        }
        let elsewhere = format!("{TUTORS}/{}/documents/{}", app.company.tutor_id, ktp["id"].as_str().unwrap());
        assert_eq!(owner.get(&elsewhere).await.problem(), "404 not_found");
        let wrong_kind = format!("{SISWA}/{}/documents/{}", tutor["id"].as_str().unwrap(), ktp["id"].as_str().unwrap());
        assert_eq!(owner.get(&wrong_kind).await.problem(), "404 not_found");

        assert_eq!(recorded(&owner, "tutor.document_open").await, Value::Null);
        let link = operator.get(&opening).await.well()["url"].as_str().unwrap().to_owned();
        let record = recorded(&owner, "tutor.document_open").await;
        assert_eq!((&record["entity_id"], &record["after"]["document_id"], &record["actor"]["name"]), (&tutor["id"], &ktp["id"], &json!("OPERATOR")));
        assert_eq!(operator.get(&link).await.status, 200);
        assert_eq!(operator.get(&link.replace("signature=", "signature=0")).await.problem(), "403 signature_invalid");
        assert_eq!(operator.get(&link.replace(ktp["id"].as_str().unwrap(), photo["id"].as_str().unwrap())).await.problem(), "403 signature_invalid");
        app.company.clock.advance(TimeDelta::minutes(5));
        assert_eq!(operator.get(&link).await.problem(), "403 signature_invalid");
    }

    async fn a_replaced_ktp_stays_beside_the_new_one(app: TestApp) {
        let operator = app.signed_in_as("OPERATOR").await;
        let tutor = new_tutor(app, &operator).await;
        let path = at(&tutor, TUTORS);
        let first = upload(&operator, &format!("{path}/identity/KTP"), PNG).await.well();
        app.company.clock.advance(TimeDelta::hours(1));
        let second = upload(&operator, &format!("{path}/identity/KTP"), PDF).await.well();
        upload(&operator, &format!("{path}/photo"), PNG).await.well();
        app.drain().await;
        let shown = operator.get(&path).await.well();
        let ktps: Vec<(&Value, bool)> =
            shown["documents"].as_array().unwrap().iter().filter(|one| one["role"] == "KTP").map(|one| (&one["id"], one["replaced_at"].is_null())).collect();
        assert_eq!(ktps, [(&second["id"], true), (&first["id"], false)]);
        assert_eq!(operator.get(shown["photo_url"].as_str().unwrap()).await.status, 200);
        let record = recorded(&app.signed_in_as("OWNER").await, "tutor.document").await;
        assert_eq!(record["after"]["role"], "PHOTO");
        app.company.db.run("UPDATE document SET scan_state = 'INFECTED' WHERE id = ?", vec![Uuid::parse_str(second["id"].as_str().unwrap()).unwrap().into()]).await;
        assert_eq!(operator.get(&path).await.well()["lacks_proof"], true, "what is infected proves nothing");
    }

    async fn a_ktp_is_no_photo_of_a_lesson(app: TestApp) {
        let operator = app.signed_in_as("OPERATOR").await;
        let tutor = new_tutor(app, &operator).await;
        let ktp = upload(&operator, &format!("{}/identity/KTP", at(&tutor, TUTORS)), PNG).await.well();
        app.drain().await;
        let sesi = app.company.started(&app.company.lesson()).await;
        let report = AnyCommand::with("report", &json!({ "photo_document_id": ktp["id"] }));
        let refused = format!("{:?}", app.company.send(sesi, report).await.unwrap_err());
        assert!(refused.contains("document_unknown"), "{refused}");
        app.drain().await;
    }

    async fn whoever_is_erased_takes_documents_and_preferences_along(app: TestApp) {
        let (owner, senior) = (app.signed_in_as("OWNER").await, app.signed_in_as("SENIOR_ADMIN").await);
        let (db, tutor) = (&app.company.db, new_tutor(app, &owner).await);
        let (path, siswa) = (at(&tutor, TUTORS), owner.post(SISWA, &json!({ "siswa": siswa_form(app).await })).await.well());
        let ktp = upload(&owner, &format!("{path}/identity/KTP"), PNG).await.well();
        upload(&owner, &format!("{path}/identity/KTP"), PDF).await.well();
        let akta = upload(&owner, &format!("{}/identity/AKTA", at(&siswa, SISWA)), b"%PDF-1.7\nakta").await.well();
        patch(&owner, &format!("{}/preferred", at(&siswa, SISWA)), &json!({ "tutors": [tutor["id"]] })).await.well();
        app.drain().await;
        let link = owner.get(&format!("{path}/documents/{}", ktp["id"].as_str().unwrap())).await.well()["url"].as_str().unwrap().to_owned();
        let keys = db.texts("SELECT d.storage_key AS text FROM document d JOIN person_document p ON p.document_id = d.id", vec![]).await;
        for key in &keys {
            assert!(app.app.documents.exists(&Key::parse(key).unwrap()).await.unwrap());
        }

        for (kind, person) in [("TUTOR", &tutor), ("SISWA", &siswa)] {
            let asked = json!({ "person_kind": kind, "person_id": person["id"], "ground": "REQUEST_OF_PERSON", "reason": "surat" });
            let erasure = owner.post("/api/v1/erasures", &asked).await.well();
            let approve = format!("/api/v1/workflows/erasure/{}/commands/approve", erasure["id"].as_str().unwrap());
            senior.post(&approve, &json!({ "confirmed": true })).await.well();
            app.drain().await;
        }
        for key in &keys {
            assert!(!app.app.documents.exists(&Key::parse(key).unwrap()).await.unwrap(), "{key} is still in the store");
        }
        assert_eq!(owner.get(&link).await.problem(), "404 not_found");
        assert_eq!((owner.get(&path).await.status, owner.get(&at(&siswa, SISWA)).await.status), (404, 404));
        assert_eq!(owner.get(&format!("{SISWA}/{}/documents/{}", siswa["id"].as_str().unwrap(), akta["id"].as_str().unwrap())).await.status, 404);
        assert_eq!(upload(&owner, &format!("{path}/identity/KTP"), PNG).await.problem(), "404 not_found");
        assert_eq!(owner.get(&format!("{TUTORS}?q={}", tutor["code"].as_str().unwrap())).await.well()["total"], 0);
        assert_eq!(db.count("SELECT count(*) FROM preferred_tutor", vec![]).await, 0);
        assert_eq!(db.count("SELECT count(*) FROM document WHERE name = 'ktp-sekar.png'", vec![]).await, 0);
        let new = Uuid::parse_str(tutor["id"].as_str().unwrap()).unwrap();
        for sql in [
            "INSERT INTO person_document (document_id, person_kind, person_id, role, attached_at) SELECT id, 'TUTOR', ?, 'KTP', uploaded_at FROM document WHERE name = 'foto.png'",
            "INSERT INTO preferred_tutor (id, siswa_id, tutor_id, position) SELECT id, id, ?, 1 FROM siswa WHERE name <> '—'",
        ] {
            assert!(db.try_run(sql, vec![new.into()]).await.unwrap_err().contains("person_erased"), "{sql}");
        }
        // Nobody looks like somebody who is not there any more.
        owner.post(TUTORS, &json!({ "tutor": tutor_form(app).await })).await.well();
        owner.post(SISWA, &json!({ "siswa": siswa_form(app).await })).await.well();
        assert_eq!(app.company.faults().await, Vec::<String>::new());
    }
}
