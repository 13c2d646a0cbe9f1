//! What was tried at the door: one row for each sign-in, let in or refused (SPEC AUTH-7, AUTH-8).

use super::sign_in::Client;
use chrono::{DateTime, Utc};
use engine::batch::Batch;
use engine::id::new_id;
use engine::tag::Tag;
use engine::tags;
use uuid::Uuid;

tags! {
    /// The way somebody tried.
    pub enum How {
        Link => "LINK",
        Oidc => "OIDC",
        Password => "PASSWORD",
    }
}

/// The outcome of whoever was let in; every other outcome is the code of a refusal.
pub const SIGNED_IN: &str = "signed_in";

/// A sign-in as it ended. What somebody typed who has no account is not kept: it may be a password.
pub struct Event<'a> {
    pub user: Option<Uuid>,
    pub how: How,
    pub outcome: &'a str,
}

/// Adds the event to what is written; gives back its id.
pub fn push(event: &Event<'_>, client: &Client, (now, batch): (DateTime<Utc>, &mut Batch)) -> Uuid {
    let id = new_id(now);
    batch.push(
        "INSERT INTO login_event (id, user_id, how, outcome, ip, user_agent, at) VALUES (?,?,?,?,?,?,?)",
        vec![id.into(), event.user.into(), event.how.as_str().into(), event.outcome.into(), client.ip_text().into(), client.browser().into(), now.into()],
    );
    id
}
