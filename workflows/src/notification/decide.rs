//! What happens next with a mail, or why not. Pure.

use super::change::{Change, Requested};
use super::command::{Command, Mail, Trouble};
use super::definition::JOB;
use super::log::{Channel, Locale, Model};
use super::rejection::Rejection;
use super::state::State;
use super::{Notification, template};
use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use engine::plan::{Effect, JobSpec, Plan};
use engine::refusal::Failure;
use engine::workflow::{Case, PlanOf, Verdict};
use serde_json::json;

pub(super) type Decision = Result<PlanOf<Notification>, Verdict<Rejection>>;

/// Attempts until a person is asked: with the pauses between them, half a day.
pub const MOST_ATTEMPTS: i64 = 18;
const FIRST_PAUSE: TimeDelta = TimeDelta::seconds(30);
const LONGEST_PAUSE: TimeDelta = TimeDelta::hours(1);
/// How long a person has to look at a mail that did not go out by itself.
const TASK_WITHIN: TimeDelta = TimeDelta::hours(24);
/// The attempts of one job; those at sending are counted in the record, so these are for a broken database.
const JOB_ATTEMPTS: i64 = 10;

pub(super) fn decide(case: &Case<'_, Notification>) -> Decision {
    let now = case.ctx.now;
    match case.command {
        Command::Request(mail) | Command::RequestBySystem(mail) => request(case, mail),
        Command::Begin { template_version, message_id } => {
            Ok(Plan::new(State::Sending, Change::Began { template_version: *template_version, message_id: message_id.clone(), at: now }))
        }
        Command::Deliver { reply } => Ok(Plan::new(State::Sent, Change::Delivered { at: now, reply: reply.clone() })),
        Command::Defer(trouble) => defer(record(case)?, trouble, now),
        Command::Refuse(trouble) => Ok(give_up(trouble, now)),
        Command::LoseTrack(trouble) => Ok(Plan::new(State::Uncertain, Change::TrackLost { trouble: trouble.clone() })
            .effect(Effect::OpenTask { name: "uncertain", due_at: Some(now + TASK_WITHIN) })),
        Command::TryAgain => Ok(Plan::new(State::Queued, Change::AttemptDue).effect(attempt(case))),
        // At once, whatever pause there was. While an attempt is on its way already this asks for the same one.
        Command::Retry => {
            Ok(Plan::new(State::Queued, Change::Resumed).effect(Effect::CloseTask("failed")).effect(Effect::DisarmTimer("next_attempt")).effect(attempt(case)))
        }
        Command::SendAgain => Ok(Plan::new(State::Queued, Change::Resumed).effect(Effect::CloseTask("uncertain")).effect(attempt(case))),
        Command::MarkDelivered => Ok(Plan::new(State::Sent, Change::MarkedDelivered { at: now })),
        Command::Expire | Command::Cancel => Ok(Plan::new(State::Cancelled, Change::Cancelled)),
    }
}

fn request(case: &Case<'_, Notification>, mail: &Mail) -> Decision {
    let channel = mail.channel.unwrap_or(Channel::Email);
    check(case, mail, channel).map_err(Verdict::Rejected)?;
    let code = case.facts.code.clone().ok_or_else(|| missing("code"))?;
    let requested = Requested {
        id: case.ctx.id,
        code,
        template: mail.template.clone(),
        locale: mail.locale.unwrap_or(Locale::Id),
        channel,
        recipient_kind: mail.recipient_kind,
        recipient_id: mail.recipient_id,
        reference_id: mail.reference_id,
        sample: mail.sample,
        requested_by: case.ctx.actor.id,
        requested_at: case.ctx.now,
        expires_at: mail.expires_at.map(|at| at.trunc_subsecs(6)),
    };
    let change = Change::Requested(requested);
    Ok(match channel {
        Channel::Email => Plan::new(State::Queued, change).effect(attempt(case)),
        Channel::WhatsappText => Plan::new(State::ToCopy, change).effect(Effect::OpenTask { name: "copy", due_at: Some(case.ctx.now + TASK_WITHIN) }),
    })
}

fn check(case: &Case<'_, Notification>, mail: &Mail, channel: Channel) -> Result<(), Rejection> {
    let spec = template::of(&mail.template).ok_or(Rejection::TemplateUnknown)?;
    if let Some(earlier) = &case.facts.earlier {
        return Err(Rejection::AlreadyRequested { earlier: earlier.blocking() });
    }
    let recipient = case.facts.recipient.as_ref().ok_or(Rejection::RecipientUnknown)?;
    if !recipient.active {
        return Err(Rejection::RecipientInactive);
    }
    if channel == Channel::Email && !recipient.has_address {
        return Err(Rejection::NoAddress);
    }
    if mail.sample {
        return Ok(());
    }
    if !spec.by_hand && matches!(case.command, Command::Request(_)) {
        return Err(Rejection::NotByHand);
    }
    if spec.recipient != mail.recipient_kind {
        return Err(Rejection::RecipientUnfit);
    }
    if spec.may_be_declined && !case.facts.wanted { Err(Rejection::OptedOut) } else { Ok(()) }
}

/// Later again, longer each time; after the last attempt a person is asked.
fn defer(record: &Model, trouble: &Trouble, now: DateTime<Utc>) -> Decision {
    let attempts = if record.sending_at.is_some() { record.attempts } else { record.attempts + 1 };
    let since_asked = attempts - record.attempts_before;
    if since_asked >= MOST_ATTEMPTS {
        return Ok(give_up(trouble, now));
    }
    let next_attempt_at = now + pause(since_asked);
    Ok(Plan::new(State::Queued, Change::NotSent { trouble: trouble.clone(), next_attempt_at: Some(next_attempt_at) })
        .effect(Effect::ArmTimer { name: "next_attempt", due_at: next_attempt_at }))
}

fn give_up(trouble: &Trouble, now: DateTime<Utc>) -> PlanOf<Notification> {
    Plan::new(State::Failed, Change::NotSent { trouble: trouble.clone(), next_attempt_at: None })
        .effect(Effect::OpenTask { name: "failed", due_at: Some(now + TASK_WITHIN) })
}

/// 30 s, 1 min, 2 min … 1 h.
fn pause(attempts: i64) -> TimeDelta {
    let doublings = u32::try_from(attempts - 1).unwrap_or(0).min(20);
    FIRST_PAUSE.checked_mul(2_i32.pow(doublings)).unwrap_or(LONGEST_PAUSE).min(LONGEST_PAUSE)
}

/// The job of the next attempt. Each attempt is counted before another is asked for, so the key is its own.
fn attempt(case: &Case<'_, Notification>) -> Effect {
    let (id, made) = (case.ctx.id, case.record.map_or(0, |record| record.attempts));
    Effect::Enqueue(JobSpec { kind: JOB, key: format!("{id}:{made}"), payload: json!({ "notification_id": id }), max_attempts: JOB_ATTEMPTS })
}

fn record<'a>(case: &Case<'a, Notification>) -> Result<&'a Model, Verdict<Rejection>> {
    case.record.ok_or_else(|| missing("record"))
}

fn missing(what: &str) -> Verdict<Rejection> {
    Verdict::Failed(Failure::Broken { workflow: "notification".into(), rule: format!("decided without its {what}") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attempts_come_slower_each_time_and_end_within_a_day() {
        let pauses: Vec<i64> = (1..MOST_ATTEMPTS).map(|attempt| pause(attempt).num_seconds()).collect();
        assert_eq!(pauses[..4], [30, 60, 120, 240]);
        assert_eq!(pauses.last(), Some(&3_600));
        assert!((10..=24).contains(&(pauses.iter().sum::<i64>() / 3_600)), "{pauses:?}");
    }
}
