//! Who could stand in (SPEC CAN-7): the nearest first, with what they would cost, and why everybody else cannot.

use super::{at, dearer_tutor, substitute};
use chrono::TimeDelta;
use serde_json::{Value, json};
use std::time::Instant;
use tests::app::TestApp;
use tests::both_databases;
use tests::company::{Company, Lesson};
use uuid::Uuid;

/// So many degrees north of the Jakarta office; one is about 111 km.
async fn lives(company: &Company, tutor: Uuid, name: &str, north: f64) {
    let values = vec![name.into(), (-6.2088 + north).into(), 106.8456.into(), tutor.into()];
    company.db.run("UPDATE tutor SET name = ?, lat = ?, long = ? WHERE id = ?", values).await;
}

fn names(found: &Value, list: &str) -> Vec<String> {
    found[list].as_array().unwrap().iter().map(|one| one["tutor"]["name"].as_str().unwrap().to_owned()).collect()
}

fn reasons(found: &Value, name: &str) -> Vec<String> {
    let one = found["excluded"].as_array().unwrap().iter().find(|one| one["tutor"]["name"] == name).unwrap_or_else(|| panic!("{name} is not among {found}"));
    one["reasons"].as_array().unwrap().iter().map(|reason| reason["code"].as_str().unwrap().to_owned()).collect()
}

both_databases! {
    async fn candidates_come_nearest_first_with_golongan_and_what_they_would_cost_more(app: TestApp) {
        let company = &app.company;
        let id = company.approved(&company.lesson().offline(0.05)).await;
        let (near, far, dear) = (company.new_tutor("JKT").await, company.new_tutor("JKT").await, dearer_tutor(company).await);
        lives(company, near, "Adi", 0.04).await;
        lives(company, far, "Citra", 0.5).await;
        let admin = app.signed_in_as("OPERATOR").await;
        let found = admin.get(&format!("/api/v1/sesi/{id}/substitutes")).await.well();
        assert_eq!(names(&found, "items"), ["Adi", "Bagus Pratama", "Citra"]);
        let (first, second) = (&found["items"][0], &found["items"][1]);
        assert_eq!((&first["tutor"]["distance_m"], &first["tutor"]["at_home"], &first["difference_rp"]), (&json!(1_112), &json!(true), &json!(0)));
        assert_eq!((&second["tutor"]["golongan"], &second["honorarium_rp"], &second["transport_rp"], &second["difference_rp"]), (&json!("GOL_1"), &json!(120_000), &json!(10_000), &json!(30_000)));
        assert_eq!((&second["tutor"]["at_home"], &second["tutor"]["distance_m"], &second["inside_slots"]), (&json!(false), &json!(5_560), &json!(true)));
        assert_eq!((&found["first"]["honorarium_rp"], &found["first"]["transport_rp"], &found["excluded"]), (&json!(90_000), &json!(10_000), &json!([])));
        let searched = admin.get(&format!("/api/v1/sesi/{id}/substitutes?q=citra")).await.well();
        assert_eq!((names(&searched, "items"), &searched["total"]), (vec!["Citra".to_owned()], &json!(1)));
        admin.command(id, "substitute", &substitute(dear, "REASSIGN")).await.well();
        let sesi = company.sesi(id).await;
        assert_eq!((sesi.honorarium_rp, sesi.transport_rp), (Some(120_000), Some(10_000)), "as the finder said");
    }

    async fn of_everybody_else_it_is_told_why_they_cannot(app: TestApp) {
        let (company, lesson) = (&app.company, app.company.lesson());
        let id = company.approved(&lesson).await;
        let mut tutors = vec![];
        for name in ["Draf", "Diskors", "Lain", "Sibuk", "Mahal", "Bisa"] {
            let tutor = company.new_tutor("JKT").await;
            lives(company, tutor, name, 0.01).await;
            tutors.push(tutor);
        }
        let set = async |sql: &str, tutor: Uuid| company.db.run(sql, vec![tutor.into()]).await;
        set("UPDATE tutor SET status = 'DRAFT' WHERE id = ?", tutors[0]).await;
        set("UPDATE tutor SET status = 'SUSPENDED' WHERE id = ?", tutors[1]).await;
        set("DELETE FROM tutor_subject WHERE tutor_id = ?", tutors[2]).await;
        set("DELETE FROM slot WHERE tutor_id = ?", tutors[5]).await;
        let golongan = company.catalog("golongan", "GOL_4").await;
        company.db.run("UPDATE tutor SET golongan_id = ? WHERE id = ?", vec![golongan.into(), tutors[4].into()]).await;
        let elsewhere = Lesson { siswa_id: company.new_siswa("JKT").await, tutor_id: tutors[3], ..lesson.clone() };
        company.approved(&elsewhere.at(lesson.starts_at + TimeDelta::minutes(89))).await;
        let admin = app.signed_in_as("HR").await;
        let found = admin.get(&format!("/api/v1/sesi/{id}/substitutes?filter[show]=excluded")).await.well();
        assert_eq!(names(&found, "items"), ["Bisa"]);
        assert_eq!(found["items"][0]["inside_slots"], json!(false));
        for (name, reason) in [("Draf", "tutor_inactive"), ("Diskors", "tutor_suspended"), ("Lain", "tutor_does_not_teach"), ("Sibuk", "slot_taken"), ("Mahal", "price_missing")] {
            assert_eq!(reasons(&found, name), [reason]);
        }
        assert_eq!(found["excluded_total"], json!(5), "whoever has it now is not among them");
        // Adjacent is fine, and so is a suspension that ends when the lesson begins.
        company.db.run("UPDATE tutor SET suspended_until = ? WHERE id = ?", vec![lesson.starts_at.into(), tutors[1].into()]).await;
        let found = admin.get(&format!("/api/v1/sesi/{id}/substitutes?filter[show]=excluded")).await.well();
        assert_eq!(names(&found, "items"), ["Bisa", "Diskors"]);
    }

    async fn nobody_is_looked_for_where_nobody_can_stand_in(app: TestApp) {
        let company = &app.company;
        let requested = company.requested(&company.lesson()).await;
        let cancelled = company.approved(&company.lesson()).await;
        let admin = at(app, company.now()).await;
        admin.command(cancelled, "cancel", &json!({ "party": "ADMIN", "reason": "libur" })).await.well();
        for (id, expected) in [(requested, "422 sesi_not_approved"), (cancelled, "422 sesi_not_approved"), (Uuid::from_u128(7), "404 not_found")] {
            assert_eq!(admin.get(&format!("/api/v1/sesi/{id}/substitutes")).await.problem(), expected);
        }
        assert_eq!(app.signed_in_as("AUDITOR").await.get(&format!("/api/v1/sesi/{requested}/substitutes")).await.problem(), "403 forbidden");
    }

    /// Thousands of tutors are looked at in a moment; the limit is generous, for the machine is shared.
    async fn thousands_of_tutors_are_looked_at_in_a_moment(app: TestApp) {
        let company = &app.company;
        let id = company.approved(&company.lesson().offline(0.05)).await;
        many_tutors(company, 3_750).await;
        let admin = app.signed_in_as("OPERATOR").await;
        let path = format!("/api/v1/sesi/{id}/substitutes?filter[show]=excluded");
        admin.get(&path).await.well();
        let began = Instant::now();
        let found = admin.get(&path).await.well();
        eprintln!("3,750 tutors: {:?}", began.elapsed());
        assert_eq!((found["total"].as_u64(), found["items"].as_array().unwrap().len()), (Some(3_750), 200));
    }
}

/// Copies of the company's tutor, all over the place, each teaching the subject on every day.
async fn many_tutors(company: &Company, count: i64) {
    let postgres = company.db.url.starts_with("postgres");
    let (ids, series) = if postgres {
        ("gen_random_uuid()", format!("generate_series(1, {count}) AS n(n)"))
    } else {
        ("randomblob(16)", format!("(WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < {count}) SELECT n FROM n) n"))
    };
    let sql = format!(
        "INSERT INTO tutor (id, code, name, phone, golongan_id, office_id, status, lat, long, contract_signed, created_at) \
         SELECT {ids}, 'TUT-X' || n.n, 'Tutor ' || n.n, '+62999' || n.n, t.golongan_id, t.office_id, 'ACTIVE', -6.2 + n.n * 0.0001, 106.8, t.contract_signed, t.created_at \
         FROM tutor t, {series} WHERE t.id = ?"
    );
    company.db.run(&sql, vec![company.tutor_id.into()]).await;
    let sql = format!("INSERT INTO tutor_subject (id, tutor_id, subject_id) SELECT {ids}, t.id, ? FROM tutor t WHERE t.code LIKE 'TUT-X%'");
    company.db.run(&sql, vec![company.subject_id.into()]).await;
    let sql = format!(
        "INSERT INTO slot (id, tutor_id, weekday, from_minute, until_minute) SELECT {ids}, t.id, s.weekday, 0, 1440 FROM tutor t, slot s WHERE s.tutor_id = ? AND t.code LIKE 'TUT-X%'"
    );
    company.db.run(&sql, vec![company.tutor_id.into()]).await;
}
