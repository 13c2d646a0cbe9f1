//! `send_mail`: one attempt at a mail of the workflow `notification` (SPEC NOT-1), payload `{"notification_id"}`.
//!
//! The one handler that gives a command of its own before it is done: `begin`, committed when the server waits for
//! the content. So a mail that is SENDING when an attempt starts is one whose answer nobody heard: UNCERTAIN.

use crate::jobs::{Deps, Done, Handler, Work};
use crate::mail::{Answer, Envelope, Letter, Message, Smtp, Unsent};
use async_trait::async_trait;
use engine::actor::Actor;
use engine::batch::Batch;
use engine::execute::{Request, Target};
use engine::plan::AnyCommand;
use engine::refusal::{Halt, Refusal};
use engine::tag::Tag;
use engine::workflow::Workflow;
use engine::{db, execute::Engine};
use sea_orm::EntityTrait;
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;
use workflows::notification::log::{self, Model};
use workflows::notification::state::State;
use workflows::notification::{Notification, facts, letter, template};

pub const KIND: &str = "send_mail";

#[derive(Deserialize)]
struct Payload {
    notification_id: Uuid,
}

pub(super) struct SendMail {
    deps: Deps,
}

/// A mail as an attempt finds it.
struct Found {
    state: State,
    mail: Model,
}

/// A mail ready to go.
struct Ready<'a> {
    smtp: &'a Smtp,
    envelope: Envelope,
    message: Message,
    template_version: i64,
}

impl SendMail {
    pub fn new(deps: Deps) -> Self {
        Self { deps }
    }
}

#[async_trait]
impl Handler for SendMail {
    fn kind(&self) -> &'static str {
        KIND
    }

    async fn run(&self, work: &Work<'_>) -> anyhow::Result<Done> {
        let Payload { notification_id: id } = work.payload()?;
        let Some(found) = find(work.engine, id).await? else { return Ok(nothing("gone")) };
        match found.state {
            State::Queued => self.attempt(work.engine, &found.mail).await,
            State::Sending => Ok(report(id, "lose_track", json!({ "problem": "answer_lost", "detail": "the process died while sending" }))),
            State::Sent | State::Failed | State::Uncertain | State::Cancelled | State::ToCopy => Ok(nothing(found.state.as_str())),
        }
    }
}

impl SendMail {
    async fn attempt(&self, engine: &Engine, mail: &Model) -> anyhow::Result<Done> {
        let now = engine.clock.now();
        if mail.expires_at.is_some_and(|until| until <= now) {
            return Ok(report(mail.id, "expire", json!({})));
        }
        let ready = match self.prepare(engine, mail).await? {
            Ok(ready) => ready,
            Err(unsent) => return Ok(not_sent(mail.id, &unsent)),
        };
        let conversation = match ready.smtp.open(&ready.envelope).await {
            Ok(conversation) => conversation,
            Err(unsent) => return Ok(not_sent(mail.id, &unsent)),
        };
        if !begin(engine, mail, &ready).await? {
            return Ok(nothing("overtaken"));
        }
        Ok(match conversation.send(&ready.message).await {
            Answer::Taken { reply } => report(mail.id, "deliver", json!({ "reply": reply })),
            Answer::Unsent(unsent) => not_sent(mail.id, &unsent),
            Answer::Lost { detail } => report(mail.id, "lose_track", json!({ "problem": "answer_lost", "detail": detail })),
        })
    }

    /// Everything that can be done without the mail server.
    async fn prepare(&self, engine: &Engine, mail: &Model) -> anyhow::Result<Result<Ready<'_>, Unsent>> {
        let Some(smtp) = self.deps.smtp.as_deref() else { return Ok(Err(for_good("no_mail_server"))) };
        let reader = engine.db.reader();
        let person = match facts::person(reader, mail.recipient_kind, mail.recipient_id).await? {
            Some(person) if person.active => person,
            Some(_) | None => return Ok(Err(for_good("recipient_inactive"))),
        };
        let Some(address) = &person.address else { return Ok(Err(for_good("no_address"))) };
        let Ok(to) = Envelope::mailbox(&person.name, address) else { return Ok(Err(for_good("address_invalid"))) };
        let spec = template::of(&mail.template);
        let text = template::current(reader, &mail.template, mail.locale).await?;
        let (Some(spec), Some(text)) = (spec, text) else { return Ok(Err(for_good("text_unreadable"))) };
        let about = letter::about(reader, spec, mail.reference_id).await?;
        let values = letter::values(spec, mail, &person, (self.deps.links.as_ref(), &about));
        let letter: Letter = match letter::write(spec, (&text.subject, &text.body), &values, mail.locale) {
            Ok(letter) => letter,
            Err(unreadable) => return Ok(Err(Unsent { detail: unreadable.to_string(), ..for_good("text_unreadable") })),
        };
        let envelope = Envelope {
            from: smtp.from().clone(),
            reply_to: smtp.reply_to().cloned(),
            to,
            message_id: mail.message_id.clone().unwrap_or_else(|| format!("<{}@{}>", mail.id, smtp.from().email.domain())),
            at: engine.clock.now(),
        };
        let message = Message::of(&letter, &envelope)?;
        Ok(Ok(Ready { smtp, envelope, message, template_version: text.version }))
    }
}

async fn find(engine: &Engine, id: Uuid) -> anyhow::Result<Option<Found>> {
    let reader = engine.db.reader();
    let row = db::row(reader, "SELECT state FROM workflow_instance WHERE id = ?", vec![id.into()]).await?;
    let mail = log::Entity::find_by_id(id).one(reader).await?;
    let (Some(row), Some(mail)) = (row, mail) else { return Ok(None) };
    let state: String = row.try_get("", "state")?;
    let state = State::parse(&state).ok_or_else(|| anyhow::anyhow!("unknown state `{state}`"))?;
    Ok(Some(Found { state, mail }))
}

/// Commits that the content goes out now; false when somebody was there first (another worker, a person). The state
/// decides: of all who come to a queued mail one makes it SENDING.
async fn begin(engine: &Engine, mail: &Model, ready: &Ready<'_>) -> anyhow::Result<bool> {
    let body = json!({ "template_version": ready.template_version, "message_id": ready.envelope.message_id });
    let request = Request::new(Notification::NAME, Target::Existing(mail.id), AnyCommand::with("begin", &body), Actor::system());
    match engine.execute(&request).await {
        Ok(_) => Ok(true),
        Err(Halt::Refused(Refusal::NotAllowed { .. })) => Ok(false),
        Err(Halt::Refused(refusal)) => Err(anyhow::anyhow!("`begin` was refused: {}", refusal.code())),
        Err(Halt::Failed(failure)) => Err(failure.into()),
    }
}

fn not_sent(id: Uuid, unsent: &Unsent) -> Done {
    let command = if unsent.for_good { "refuse" } else { "defer" };
    report(id, command, json!({ "problem": unsent.problem, "detail": unsent.detail }))
}

fn for_good(problem: &'static str) -> Unsent {
    Unsent { problem, detail: String::new(), for_good: true }
}

fn report(id: Uuid, command: &str, body: serde_json::Value) -> Done {
    Done::Command { workflow: Notification::NAME, id, command: AnyCommand::with(command, &body) }
}

fn nothing(because: &str) -> Done {
    Done::Effect { result: json!({ "nothing_to_do": because }), batch: Batch::default() }
}
