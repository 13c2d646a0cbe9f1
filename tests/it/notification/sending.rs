//! What goes out, to whom, and what does not.

use super::{Mailing, new_user, sender, smtp};
use api::config::Smtp;
use chrono::TimeDelta;
use engine::plan::AnyCommand;
use serde_json::json;
use tests::app::TestApp;
use tests::both_databases;
use tests::company::rejected;
use tests::database::TestDb;
use tests::peers;
use tests::smtp::{LOGIN, MailServer};
use workflows::notification::log::{Channel, Locale, RecipientKind};
use workflows::notification::{self, Mail};

both_databases! {
    async fn a_mail_is_sent_once_however_often_it_is_asked_for(mailing: Mailing) {
        let mail = mailing.welcome();
        let id = mailing.request(&mail).await;
        mailing.is(id, "QUEUED", &[]).await;
        mailing.drain().await;
        mailing.is(id, "SENT", &[]).await;
        let sent = mailing.server().only();
        assert_eq!((sent.from.as_str(), sent.to.as_slice()), ("alur@xprivate.education", ["rina@xprivate.education".to_owned()].as_slice()));
        assert_eq!(sent.header("to"), "\"Rina Wijaya\" <rina@xprivate.education>");
        assert_eq!(sent.header("subject"), "Selamat datang di Alur, Rina Wijaya");
        assert_eq!(sent.header("message-id"), format!("<{id}@xprivate.education>"));
        assert!(sent.content().contains("/sign-in") && sent.content().contains("<strong>Rina Wijaya</strong>"), "{}", sent.content());

        let again = rejected(mailing.try_request(&mail).await);
        assert_eq!((again.code.as_str(), again.blocking[0].id), ("already_requested", id));
        mailing.after(TimeDelta::days(1)).await;
        mailing.server().only();
    }

    async fn two_who_ask_for_the_same_mail_at_once_get_one(mailing: Mailing) {
        let mail = mailing.welcome();
        let answers = futures::future::join_all((0..6).map(|_| mailing.try_request(&mail))).await;
        assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
        for answer in answers.into_iter().filter(Result::is_err) {
            assert_eq!(rejected(answer).code, "already_requested");
        }
        mailing.drain().await;
        mailing.server().only();
    }

    async fn a_mail_is_written_in_the_language_and_version_of_its_moment(mailing: Mailing) {
        let id = mailing.request(&Mail { locale: Some(Locale::En), ..mailing.welcome() }).await;
        let sql = "INSERT INTO notification_template (id, code, locale, version, subject, body, author_id, author_name, created_at) \
                   SELECT ?, code, locale, 2, 'Good morning {{name}}', 'Come [in]({{sign_in_link}}).', author_id, 'Sari', created_at \
                   FROM notification_template WHERE code = 'welcome_user' AND locale = 'en'";
        mailing.app.company.db.run(sql, vec![mailing.app.company.new_id().into()]).await;
        mailing.drain().await;
        assert_eq!(mailing.server().only().header("subject"), "Good morning Rina Wijaya");
        let versions = mailing.app.company.db.count("SELECT template_version FROM notification_log WHERE id = ?", vec![id.into()]).await;
        assert_eq!(versions, 2);
    }

    async fn names_and_addresses_add_neither_headers_nor_recipients(mailing: Mailing) {
        let app = &mailing.app;
        let evil = new_user(app, "Rina\r\nBcc: evil@evil.id\r\n\r\n<script>alert(1)</script>", "evil@xprivate.education").await;
        mailing.request(&Mail { recipient_id: evil, ..mailing.welcome() }).await;
        mailing.drain().await;
        let sent = mailing.server().only();
        assert_eq!(sent.to, ["evil@xprivate.education"]);
        assert!(!sent.header_names().iter().any(|name| name == "bcc"), "{}", sent.raw);
        assert!(sent.content().contains("&lt;script&gt;") && !sent.content().contains("<strong>Rina\r\nBcc: evil@evil.id\r\n\r\n<script>"), "{}", sent.content());

        for address in ["a@b.id\r\nbcc: c@d.id", "a@b.id, c@d.id", "<a@b.id>", "a@b.id>\r\nrcpt to:<c@d.id", "a b@c.id"] {
            let user = new_user(app, "Evil", address).await;
            let id = mailing.request(&Mail { recipient_id: user, ..mailing.welcome() }).await;
            mailing.drain().await;
            mailing.is(id, "FAILED address_invalid", &["failed"]).await;
        }
        mailing.server().only();
    }

    async fn a_mail_that_came_too_late_is_not_sent(mailing: Mailing) {
        let mail = Mail::to_user("password_reset", mailing.rina, mailing.app.company.new_id()).until(mailing.app.company.now() + TimeDelta::hours(1));
        mailing.server().behave("recipient_later");
        let id = mailing.request(&mail).await;
        mailing.drain().await;
        mailing.server().behave("well");
        mailing.after(TimeDelta::hours(1)).await;
        mailing.is(id, "CANCELLED deferred", &[]).await;
        assert_eq!(mailing.server().taken().len(), 0);
    }

    async fn what_people_do_not_want_is_not_sent_but_what_they_need_is(mailing: Mailing) {
        let company = &mailing.app.company;
        company.db.run("UPDATE tutor SET email = 'dewi@mail.id' WHERE id = ?", vec![company.tutor_id.into()]).await;
        let sql = "INSERT INTO notification_preference (recipient_kind, recipient_id, template, channel, wanted, changed_at) VALUES (?,?,?,'EMAIL',?,?)";
        for (kind, id, template) in [("TUTOR", company.tutor_id, "welcome_tutor"), ("USER", mailing.rina, "password_reset")] {
            company.db.run(sql, vec![kind.into(), id.into(), template.into(), false.into(), company.now().into()]).await;
        }
        let to_tutor = Mail { recipient_kind: RecipientKind::Tutor, recipient_id: company.tutor_id, template: "welcome_tutor".into(), ..mailing.welcome() };
        assert_eq!(rejected(mailing.try_request(&to_tutor).await).code, "opted_out");
        mailing.request(&Mail { template: "password_reset".into(), ..mailing.welcome() }).await;
        mailing.drain().await;
        assert_eq!(mailing.server().only().to, ["rina@xprivate.education"]);
        // Another way to reach them is another wish.
        let text = Mail { channel: Some(Channel::WhatsappText), ..to_tutor };
        let id = mailing.request(&text).await;
        mailing.drain().await;
        mailing.is(id, "TO_COPY", &["copy"]).await;
        mailing.command(id, AnyCommand::new("mark_delivered")).await;
        mailing.is(id, "SENT", &[]).await;
        mailing.server().only();
    }

    async fn nobody_is_written_to_who_cannot_be(mailing: Mailing) {
        let company = &mailing.app.company;
        let welcome = mailing.welcome();
        let tutor = Mail { recipient_kind: RecipientKind::Tutor, recipient_id: company.tutor_id, template: "welcome_tutor".into(), ..welcome.clone() };
        let cases = [
            (Mail { template: "newsletter".into(), ..welcome.clone() }, "template_unknown"),
            (Mail { recipient_id: company.new_id(), ..welcome.clone() }, "recipient_unknown"),
            (Mail { template: "welcome_tutor".into(), ..welcome.clone() }, "recipient_unfit"),
            (tutor, "no_address"),
        ];
        for (mail, code) in cases {
            assert_eq!(rejected(mailing.try_request(&mail).await).code, code);
        }
        let reset = Mail { template: "password_reset".into(), ..mailing.welcome() };
        let by_hand = mailing.app.app.engine.execute(&notification::by_person(&reset, sender(), company.now())).await;
        assert_eq!(rejected(by_hand).code, "not_by_hand");
        let id = mailing.request(&welcome).await;
        company.db.run("UPDATE user_account SET account_state = 'SUSPENDED' WHERE id = ?", vec![mailing.rina.into()]).await;
        assert_eq!(rejected(mailing.try_request(&mailing.welcome()).await).code, "recipient_inactive");
        mailing.drain().await;
        mailing.is(id, "FAILED recipient_inactive", &["failed"]).await;
        assert_eq!(mailing.server().taken().len(), 0);
    }

    async fn a_mail_cancelled_in_time_is_not_sent(mailing: Mailing) {
        let id = mailing.request(&mailing.welcome()).await;
        mailing.command(id, AnyCommand::new("cancel").because("salah orang")).await;
        mailing.drain().await;
        mailing.is(id, "CANCELLED", &[]).await;
        assert_eq!(mailing.server().taken().len(), 0);
    }

    async fn without_a_mail_server_a_mail_waits_for_one_and_for_a_person(database: TestDb) {
        let app = <TestApp as tests::database::Fixture>::on(database.clone()).await;
        let rina = new_user(&app, "Rina", "rina@xprivate.education").await;
        let mail = Mail::to_user("welcome_user", rina, app.company.new_id());
        let id = app.app.engine.execute(&notification::by_person(&mail, sender(), app.company.now())).await.unwrap().id;
        app.drain().await;
        let problem = app.company.db.texts("SELECT problem AS text FROM notification_log", vec![]).await;
        assert_eq!(problem, ["no_mail_server"]);
        // The administrator configures one and somebody says "try again".
        let server = MailServer::start();
        let later = TestApp::configured(database.clone(), |config| config.smtp = smtp(server.port)).await;
        let retry = engine::execute::Request::new("notification", engine::execute::Target::Existing(id), AnyCommand::new("retry"), sender());
        later.app.engine.execute(&retry).await.unwrap();
        later.drain().await;
        assert_eq!(server.only().to, ["rina@xprivate.education"]);
    }

    async fn the_way_to_the_mail_server_is_encrypted_and_signed_in(database: TestDb) {
        let server = MailServer::with_login();
        let ours = Smtp {
            server: Some(format!("localhost:{}", server.port)),
            security: None,
            username: Some(LOGIN.0.into()),
            password: Some(LOGIN.1.into()),
            ca_file: Some(peers::folder().join("ca.pem")),
            ..smtp(server.port)
        };
        let wrong_password = Smtp { password: Some("tebakan".into()), ..ours.clone() };
        let untrusted = Smtp { ca_file: None, ..ours.clone() };
        let mut states = vec![];
        for smtp in [untrusted, wrong_password, ours] {
            let app = TestApp::configured(database.clone(), |config| config.smtp = smtp).await;
            let user = new_user(&app, "Rina", &format!("{}@xprivate.education", states.len())).await;
            let mail = Mail::to_user("welcome_user", user, app.company.new_id());
            let id = app.app.engine.execute(&notification::by_system(&mail, app.company.now())).await.unwrap().id;
            app.drain().await;
            let sql = "SELECT i.state || ' ' || coalesce(n.problem, '') AS text FROM workflow_instance i JOIN notification_log n ON n.id = i.id WHERE i.id = ?";
            states.extend(app.company.db.texts(sql, vec![id.into()]).await);
        }
        assert_eq!(states, ["QUEUED unreachable", "FAILED login_refused", "SENT "]);
        let sent = server.only();
        assert_eq!((sent.secure, sent.user.as_deref()), (true, Some(LOGIN.0)));
        let secrets = database.count("SELECT count(*) FROM workflow_history WHERE CAST(payload AS TEXT) LIKE ?", vec![format!("%{}%", LOGIN.1).into()]).await;
        assert_eq!((secrets, json!(LOGIN.1).is_string()), (0, true));
    }
}
