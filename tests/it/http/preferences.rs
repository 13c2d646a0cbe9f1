//! Which messages people want: their own choice, what always comes, and whom staff may speak for (NOT-2).

use super::users::{patch, recorded, sign_in, somebody_with};
use crate::notification::Mailing;
use serde_json::{Value, json};
use tests::both_databases;
use tests::browser::{Answer, Browser};
use uuid::Uuid;

const OWN: &str = "/api/v1/me/message-preferences";

fn change(template: &str, wanted: bool) -> Value {
    json!({ "template": template, "channel": "EMAIL", "wanted": wanted })
}

fn fault(answer: &Answer) -> String {
    let fault = &answer.body["fields"][0];
    format!("{} {} {}", answer.problem(), fault["field"].as_str().unwrap_or("-"), fault["code"].as_str().unwrap_or("-"))
}

/// `template channel wanted` of each line, with `always` for what cannot be declined.
fn lines(shown: &Value) -> Vec<String> {
    let line = |item: &Value| {
        let how = if item["may_be_declined"] == json!(true) { item["wanted"].to_string() } else { "always".into() };
        format!("{} {} {how}", item["template"].as_str().unwrap(), item["channel"].as_str().unwrap())
    };
    shown["items"].as_array().unwrap().iter().map(line).collect()
}

async fn welcomed(sender: &Browser, kind: &str, id: Uuid, channel: &str) -> Answer {
    let template = format!("welcome_{}", kind.to_lowercase());
    sender.post("/api/v1/notifications", &json!({ "template": template, "recipient_kind": kind, "recipient_id": id, "channel": channel })).await
}

both_databases! {
    async fn people_decline_what_they_can_do_without_and_that_is_kept(mailing: Mailing) {
        let (app, owner) = (&mailing.app, mailing.app.signed_in_as("OWNER").await);
        let rina = sign_in(app, "rina@xprivate.education").await;
        let all = ["password_reset EMAIL always", "password_reset WHATSAPP_TEXT always", "welcome_user EMAIL true", "welcome_user WHATSAPP_TEXT true"];
        assert_eq!(lines(&rina.get(OWN).await.well()), all);
        let shown = patch(&rina, OWN, &change("welcome_user", false)).await.well();
        assert_eq!(lines(&shown)[2], "welcome_user EMAIL false");
        assert_eq!(lines(&owner.get(OWN).await.well()), all, "everybody has their own");
        let record = recorded(&owner, "user.message_preference").await;
        assert_eq!((&record["before"]["wanted"], &record["after"]["wanted"], &record["entity_id"]), (&json!(true), &json!(false), &json!(mailing.rina)));
        assert_eq!(record["after"]["template"], "welcome_user");
        // Said again: nothing changes, and nothing is recorded.
        patch(&rina, OWN, &change("welcome_user", false)).await.well();
        assert_eq!(app.company.db.count("SELECT count(*) FROM audit_record WHERE action = 'user.message_preference'", vec![]).await, 1);
        assert_eq!(welcomed(&owner, "USER", mailing.rina, "EMAIL").await.problem(), "422 opted_out");
        // In the other way, and once they want it again, it comes.
        welcomed(&owner, "USER", mailing.rina, "WHATSAPP_TEXT").await.well();
        patch(&rina, OWN, &change("welcome_user", true)).await.well();
        welcomed(&owner, "USER", mailing.rina, "EMAIL").await.well();
        mailing.drain().await;
        assert_eq!(mailing.server().only().to, ["rina@xprivate.education"]);
    }

    async fn what_is_needed_to_get_in_is_always_sent(mailing: Mailing) {
        let rina = sign_in(&mailing.app, "rina@xprivate.education").await;
        assert_eq!(fault(&patch(&rina, OWN, &change("password_reset", false)).await), "422 invalid template always_sent");
        for (wrong, told) in [
            (change("newsletter", false), "422 invalid template unknown"),
            (change("welcome_tutor", false), "422 invalid template unknown"),
            (json!({ "template": "welcome_user", "channel": "PIGEON", "wanted": false }), "422 invalid channel not_a_choice"),
        ] {
            assert_eq!(fault(&patch(&rina, OWN, &wrong).await), told);
        }
        assert_eq!(mailing.app.company.db.count("SELECT count(*) FROM notification_preference", vec![]).await, 0);
        mailing.app.nobody().post("/api/v1/password/forgot", &json!({ "email": "rina@xprivate.education" })).await;
        mailing.drain().await;
        assert_eq!(mailing.server().only().to, ["rina@xprivate.education"]);
    }

    async fn what_a_tutor_or_siswa_wants_is_noted_by_whoever_may_send_them_messages(mailing: Mailing) {
        let (app, company) = (&mailing.app, &mailing.app.company);
        let owner = app.signed_in_as("OWNER").await;
        let limited = somebody_with(app, &owner, &["notification.read"]).await;
        for (kind, id) in [("TUTOR", company.tutor_id), ("SISWA", company.siswa_id)] {
            let name = kind.to_lowercase();
            company.db.run(&format!("UPDATE {name} SET email = 'a@mail.id' WHERE id = ?"), vec![id.into()]).await;
            let path = format!("/api/v1/{name}/{id}/message-preferences");
            let declined = change(&format!("welcome_{name}"), false);
            assert_eq!(patch(&limited, &path, &declined).await.problem(), "403 forbidden");
            let welcome = async || lines(&limited.get(&path).await.well()).into_iter().filter(|line| line.starts_with("welcome_") && line.contains("EMAIL")).collect::<Vec<_>>();
            assert_eq!(welcome().await, [format!("welcome_{name} EMAIL true")]);
            patch(&owner, &path, &declined).await.well();
            assert_eq!(welcome().await, [format!("welcome_{name} EMAIL false")]);
            assert_eq!(recorded(&owner, &format!("{name}.message_preference")).await["entity_id"], json!(id));
            assert_eq!(welcomed(&owner, kind, id, "EMAIL").await.problem(), "422 opted_out");
            for nobody in [format!("/api/v1/{name}/{}/message-preferences", mailing.rina), format!("/api/v1/{name}/none/message-preferences")] {
                assert_eq!(owner.get(&nobody).await.problem(), "404 not_found");
                assert_eq!(patch(&owner, &nobody, &declined).await.problem(), "404 not_found");
            }
        }
        assert_eq!(mailing.server().taken().len(), 0);
    }
}
