//! A message to somebody: asked for once, sent once, or a person decides (SPEC NOT-1, NOT-2).
//!
//! ```text
//! QUEUED ⇄ SENDING → SENT            TO_COPY → SENT
//!    ↓ ↖      ↓  ↘                      (a text for WhatsApp, copied by hand)
//! CANCELLED  FAILED  UNCERTAIN → SENT or QUEUED, as a person says
//! ```
//! **To send a mail** from elsewhere: `Engine::execute` with [`by_system`], or with `execute_within` in the transaction
//! that writes whatever the mail is about; then call `Engine::ring` once that is committed:
//!
//! ```ignore
//! let tx = engine.db.begin().await?;
//! // … INSERT INTO password_reset …
//! let mail = Mail::to_user("password_reset", user_id, reset_id).until(expires_at);
//! let within = engine.execute_within(&tx, &notification::by_system(&mail, now)).await?;
//! tx.commit().await?;
//! engine.ring(&within);
//! ```
//! There is one mail for each (template, recipient, reference): a second request is refused as `already_requested`.
//! Nothing secret and no address goes into a request: the job `send_mail` makes links from the reference when it
//! sends ([`letter::Links`]) and reads the address from the account.
//!
//! **What SMTP can promise.** Until the server has answered the content, nothing is known; so the step to SENDING is
//! committed before the content goes out. An answer says SENT, or *not sent* (tried again, longer each time, or FAILED).
//! When process or connection die in between, nobody can know: UNCERTAIN, and a person decides. A mail sent again
//! carries the same Message-ID, by which many servers and programs drop a double, though none has to.
//!
//! Personal: `to_name` and `to_address` of `notification_log`, the instance's label. History holds ids only.

pub mod change;
pub mod command;
mod decide;
pub mod definition;
pub mod facts;
pub mod letter;
pub mod log;
pub mod markup;
pub mod preference;
mod record;
pub mod rejection;
pub mod state;
pub mod template;

pub use command::Mail;
pub use decide::MOST_ATTEMPTS;

use chrono::{DateTime, Utc};
use engine::actor::Actor;
use engine::batch::Batch;
use engine::db::Tx;
use engine::definition::Definition;
use engine::execute::{Request, Target};
use engine::id::new_id;
use engine::personal::{Part, Personal};
use engine::plan::AnyCommand;
use engine::refusal::{Failure, Halt};
use engine::workflow::{Case, Ctx, PlanOf, Subject, Table, Verdict, Workflow};
use log::{Model, RecipientKind};
use uuid::Uuid;

/// Who the messages are from, in their words.
pub const COMPANY: &str = "XPrivate Education";

/// Why an attempt did not succeed: the codes of [`command::Trouble`].
pub const PROBLEMS: [&str; 10] = [
    "no_mail_server",
    "unreachable",
    "login_refused",
    "deferred",
    "refused",
    "no_address",
    "address_invalid",
    "recipient_inactive",
    "text_unreadable",
    "answer_lost",
];

/// The workflow's marker type.
#[derive(Debug)]
pub struct Notification;

impl Mail {
    /// A mail to a user's account about something.
    pub fn to_user(template: &str, user_id: Uuid, reference_id: Uuid) -> Self {
        Self {
            template: template.into(),
            recipient_kind: RecipientKind::User,
            recipient_id: user_id,
            reference_id,
            locale: None,
            channel: None,
            expires_at: None,
            sample: false,
        }
    }

    /// Not sent any more after this instant.
    #[must_use]
    pub fn until(self, expires_at: DateTime<Utc>) -> Self {
        Self { expires_at: Some(expires_at), ..self }
    }
}

/// The request of a mail that nobody asked for by hand.
pub fn by_system(mail: &Mail, now: DateTime<Utc>) -> Request {
    Request::new(Notification::NAME, Target::New(new_id(now)), AnyCommand::with("request_by_system", mail), Actor::system())
}

/// The request of a mail by a person, who needs `notification.send`.
pub fn by_person(mail: &Mail, actor: Actor, now: DateTime<Utc>) -> Request {
    Request::new(Notification::NAME, Target::New(new_id(now)), AnyCommand::with("request", mail), actor)
}

impl Workflow for Notification {
    const NAME: &'static str = "notification";
    const VERSION: i64 = 1;
    type State = state::State;
    type Command = command::Command;
    type Rejection = rejection::Rejection;
    type Record = Model;
    type Facts = facts::Facts;
    type Change = change::Change;

    fn definition() -> Definition {
        definition::definition()
    }

    fn table() -> Table {
        Table::of::<log::Entity>()
    }

    async fn facts<'a>(tx: &'a Tx, record: Option<&'a Model>, command: &'a Self::Command, ctx: Ctx<'a>) -> Result<Self::Facts, Halt> {
        Ok(facts::gather(tx, record, command, ctx.now).await?)
    }

    fn decide(case: &Case<'_, Self>) -> Result<PlanOf<Self>, Verdict<Self::Rejection>> {
        decide::decide(case)
    }

    fn apply(record: Option<Model>, change: &Self::Change) -> Result<Model, Failure> {
        change::apply(record, change)
    }

    fn describe(record: &Model, facts: &Self::Facts, before: Option<&Subject>) -> Subject {
        let label = before.map_or_else(|| facts.name.clone(), |subject| subject.label.clone());
        Subject { code: record.code.clone(), label, amount_rp: None }
    }

    /// A reason that somebody gives may name the recipient, and so may what a mail server says.
    fn personal() -> Vec<Personal> {
        const RECIPIENT: &[&str] = &["recipient_id"];
        let server = [
            (Part::Record, "problem_detail"),
            (Part::Record, "server_reply"),
            (Part::Command, "detail"),
            (Part::Command, "reply"),
            (Part::Change, "trouble.detail"),
            (Part::Change, "reply"),
        ];
        server.into_iter().chain([(Part::Reason, "")]).map(|(part, path)| Personal::new(part, path, RECIPIENT)).collect()
    }

    fn store(ctx: Ctx<'_>, _: Self::State, before: Option<&Model>, after: &Model, change: &Self::Change, batch: &mut Batch) {
        record::store(ctx, before, after, change, batch);
    }
}
