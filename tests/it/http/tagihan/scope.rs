//! Whoever is tied to a siswa or a tutor sees their own papers and nothing else, whatever their roles give (SPEC REP-3).

use super::*;
use api::auth::scope::OWN;

/// Somebody with every permission there is, tied to a siswa or a tutor from now on.
async fn tied(app: &TestApp, column: &str, to: Uuid) -> Browser {
    let browser = app.signed_in_as("SENIOR_ADMIN").await;
    let sql = format!("UPDATE user_account SET {column} = ? WHERE email = 'senior_admin@xprivate.education'");
    app.company.db.run(&sql, vec![to.into()]).await;
    browser
}

/// Two siswa with a Tagihan each; the second one's sesi were another tutor's.
async fn two(app: &TestApp) -> [(Uuid, Uuid); 2] {
    let other = app.company.new_siswa("JKT").await;
    app.company.db.run("UPDATE siswa SET name = 'Xaverius Lain' WHERE id = ?", vec![other.into()]).await;
    let lesson = app.company.lesson();
    month(app, &lesson).await;
    app.company.completed(&Lesson { siswa_id: other, ..lesson.clone() }.at(lesson.starts_at + TimeDelta::days(3))).await;
    [(app.company.siswa_id, billed(app, app.company.siswa_id).await), (other, billed(app, other).await)]
}

/// Every operation that reads, with its permission, about this id.
async fn reading(app: &TestApp, id: Uuid) -> Vec<(String, String)> {
    let document = app.nobody().get("/api/openapi.json").await.well();
    let paths = document["paths"].as_object().unwrap().iter();
    let get = paths.filter_map(|(path, item)| Some((path.clone(), item.get("get")?["x-permission"].as_str()?.to_owned())));
    get.map(|(path, permission)| {
        let filled = path.replace("{id}", &id.to_string()).replace("{number}", "1").replace("{month}", "2026-11").replace("{workflow}", "sesi");
        // Whatever else there is to fill in is an id too, or nothing that there is.
        let parts = filled.split('/').map(|part| if part.starts_with('{') { id.to_string() } else { part.to_owned() });
        (parts.collect::<Vec<_>>().join("/"), permission)
    })
    .collect()
}

both_databases! {
    async fn an_account_of_a_siswa_sees_its_own_tagihan_and_no_other(app: TestApp) {
        let [(siswa, own), (_, others)] = two(app).await;
        let browser = tied(app, "siswa_id", siswa).await;
        let list = browser.get(TAGIHAN).await.well();
        assert_eq!((list["total"].as_i64(), list["items"][0]["id"].as_str().unwrap().parse::<Uuid>().unwrap()), (Some(1), own));
        assert_eq!(list["sums"]["total_rp"], 375_000, "sums are those of its own");
        for query in ["q=Xaverius".to_owned(), "filter[status]=ISSUED&q=00002".into()] {
            assert_eq!(browser.get(&format!("{TAGIHAN}?{query}")).await.well()["total"], 0);
        }
        let shown = browser.get(&path(own)).await.well();
        assert_eq!((&shown["run"], &shown["write_offs"]), (&Value::Null, &json!([])), "what goes on inside is not shown");
        pdf_of(&browser, own).await;
        for end in ["", "/pdf", "/whatsapp"] {
            assert_eq!(browser.get(&format!("{}{end}", path(others))).await.problem(), "404 not_found", "{end}");
        }
        app.company.db.run("UPDATE tagihan SET status = 'VOID' WHERE id = ?", vec![own.into()]).await;
        assert_eq!(browser.get(&path(own)).await.problem(), "404 not_found", "what was never issued");
    }

    async fn an_account_of_a_tutor_sees_no_tagihan_at_all(app: TestApp) {
        let [(_, own), (_, others)] = two(app).await;
        let browser = tied(app, "tutor_id", app.company.tutor_id).await;
        assert_eq!(browser.get(TAGIHAN).await.well()["items"], json!([]));
        for id in [own, others] {
            for end in ["", "/pdf", "/whatsapp"] {
                assert_eq!(browser.get(&format!("{}{end}", path(id))).await.problem(), "404 not_found", "{end}");
            }
        }
    }

    async fn no_operation_shows_a_tied_account_anything_of_others(app: TestApp) {
        let [(siswa, _), (other, others)] = two(app).await;
        let code = app.company.db.texts("SELECT code AS text FROM siswa WHERE id = ?", vec![other.into()]).await.remove(0);
        let browser = tied(app, "siswa_id", siswa).await;
        let mut own = vec![];
        for id in [others, other] {
            for (path, permission) in reading(app, id).await {
                let answer = browser.get(&path).await;
                if OWN.iter().any(|own| own.0 == permission) {
                    own.push(path.clone());
                    assert!(answer.status < 500, "{path}: {}", answer.status);
                } else if !["public", "signed-in"].contains(&permission.as_str()) {
                    assert_eq!(answer.problem(), "403 forbidden", "{path} needs {permission}");
                }
                if permission != "public" {
                    let said = answer.body.to_string();
                    assert!(!said.contains("Xaverius") && !said.contains(&code) && !said.contains("TAG-2026-11-00002"), "{path} speaks of somebody else");
                }
            }
        }
        assert!(own.len() >= 8, "{own:?}");
        let command = json!({ "siswa_id": siswa, "amount_rp": 1, "paid_on": "2026-11-26", "method": "CASH" });
        let refused = browser.post(&format!("/api/v1/workflows/sesi/{others}/commands/approve"), &command).await;
        assert_eq!(refused.problem(), "403 forbidden");
    }

    async fn an_account_is_tied_to_one_side_only(app: TestApp) {
        app.signed_in_as("FINANCE").await;
        let sql = "UPDATE user_account SET tutor_id = ?, siswa_id = ? WHERE email = 'finance@xprivate.education'";
        let tied = engine::db::run(app.company.db.db.writer(), sql, vec![app.company.tutor_id.into(), app.company.siswa_id.into()]).await;
        assert!(tied.is_err());
    }
}
