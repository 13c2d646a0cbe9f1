//! What goes wrong on the way, and who is told.

use super::Mailing;
use chrono::TimeDelta;
use engine::plan::AnyCommand;
use tests::both_databases;
use tests::smtp::MailServer;

both_databases! {
    async fn a_mail_server_that_is_down_is_asked_again_later_and_later(mailing: Mailing) {
        let port = mailing.server().port;
        mailing.server().stop();
        let id = mailing.request(&mailing.welcome()).await;
        mailing.drain().await;
        mailing.is(id, "QUEUED unreachable", &[]).await;
        mailing.after(TimeDelta::seconds(29)).await;
        mailing.after(TimeDelta::seconds(1)).await;
        let attempts = mailing.app.company.db.count("SELECT attempts FROM notification_log WHERE id = ?", vec![id.into()]).await;
        assert_eq!(attempts, 2);
        *mailing.server() = MailServer::at(port);
        mailing.after(TimeDelta::seconds(59)).await;
        assert_eq!(mailing.server().taken().len(), 0);
        mailing.after(TimeDelta::seconds(1)).await;
        mailing.is(id, "SENT", &[]).await;
        mailing.server().only();
    }

    async fn a_server_that_says_later_gets_the_mail_later(mailing: Mailing) {
        let id = mailing.request(&mailing.welcome()).await;
        for mode in ["recipient_later", "content_later"] {
            mailing.server().behave(mode);
            mailing.after(TimeDelta::hours(1)).await;
            mailing.is(id, "QUEUED deferred", &[]).await;
        }
        assert!(mailing.detail(id).await.contains("4.3.0"));
        mailing.server().behave("well");
        mailing.after(TimeDelta::hours(1)).await;
        mailing.is(id, "SENT", &[]).await;
        assert_eq!(mailing.app.company.db.count("SELECT attempts FROM notification_log", vec![]).await, 3);
        mailing.server().only();
    }

    async fn whoever_knows_that_the_server_is_back_need_not_wait(mailing: Mailing) {
        mailing.server().behave("recipient_later");
        let id = mailing.request(&mailing.welcome()).await;
        mailing.command(id, AnyCommand::new("retry")).await;
        mailing.drain().await;
        assert_eq!(mailing.app.company.db.count("SELECT attempts FROM notification_log", vec![]).await, 1);
        mailing.server().behave("well");
        mailing.command(id, AnyCommand::new("retry")).await;
        mailing.drain().await;
        mailing.is(id, "SENT", &[]).await;
        mailing.after(TimeDelta::days(1)).await;
        mailing.server().only();
    }

    async fn a_server_that_says_never_is_put_before_a_person(mailing: Mailing) {
        for mode in ["recipient_never", "content_never"] {
            mailing.server().behave(mode);
            let id = mailing.request(&mailing.welcome()).await;
            mailing.drain().await;
            mailing.is(id, "FAILED refused", &["failed"]).await;
            mailing.after(TimeDelta::days(2)).await;
            let detail = mailing.detail(id).await;
            assert!(detail.contains("5.") && !detail.contains('@'), "{detail}");
            mailing.server().behave("well");
            mailing.command(id, AnyCommand::new("retry")).await;
            mailing.drain().await;
            mailing.is(id, "SENT", &[]).await;
        }
        assert_eq!(mailing.server().taken().len(), 2);
    }

    async fn after_many_attempts_a_person_is_asked(mailing: Mailing) {
        mailing.server().behave("recipient_later");
        let id = mailing.request(&mailing.welcome()).await;
        for _ in 0..workflows::notification::MOST_ATTEMPTS {
            mailing.after(TimeDelta::hours(1)).await;
        }
        mailing.is(id, "FAILED deferred", &["failed"]).await;
        mailing.command(id, AnyCommand::new("cancel").because("tidak perlu lagi")).await;
        mailing.is(id, "CANCELLED deferred", &[]).await;
        assert_eq!(mailing.server().taken().len(), 0);
    }

    async fn an_answer_that_was_lost_is_not_guessed(mailing: Mailing) {
        mailing.server().behave("gone_after_content");
        let (one, two) = (mailing.request(&mailing.welcome()).await, mailing.request(&mailing.welcome()).await);
        mailing.drain().await;
        mailing.server().behave("well");
        mailing.after(TimeDelta::days(2)).await;
        for id in [one, two] {
            mailing.is(id, "UNCERTAIN answer_lost", &["uncertain"]).await;
        }
        assert_eq!(mailing.server().taken().len(), 2);
        mailing.command(one, AnyCommand::new("mark_delivered")).await;
        mailing.command(two, AnyCommand::new("send_again").because("tidak ada di kotak masuk")).await;
        mailing.drain().await;
        for id in [one, two] {
            mailing.is(id, "SENT", &[]).await;
        }
        // The double that a person asked for can be told by its mark.
        let mut marks: Vec<String> = mailing.server().taken().iter().map(|mail| mail.header("message-id")).collect();
        assert_eq!(marks.len(), 3);
        marks.sort();
        marks.dedup();
        assert_eq!(marks.len(), 2);
    }
}
