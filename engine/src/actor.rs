//! Who acts: a person with permissions, or the system itself.

use crate::tags;
use serde::Serialize;
use std::collections::BTreeSet;
use uuid::Uuid;

/// A right that is declared in code next to what it guards, e.g. `lesson.approve`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Permission(pub &'static str);

tags! {
    /// Whether a person or the system itself acts.
    pub enum ActorKind { Person => "PERSON", System => "SYSTEM" }
}

/// Whoever executes a command, with where the request came from (kept in the audit).
#[derive(Clone, Debug)]
pub struct Actor {
    pub id: Uuid,
    pub name: String,
    pub kind: ActorKind,
    pub permissions: BTreeSet<String>,
    pub ip: Option<String>,
    pub request_id: Option<String>,
    pub trace_id: Option<String>,
}

impl Actor {
    /// The system: fires timers and reports what jobs learned. It may run system commands only.
    pub fn system() -> Self {
        Self { id: Uuid::nil(), name: "Alur".into(), kind: ActorKind::System, permissions: BTreeSet::new(), ip: None, request_id: None, trace_id: None }
    }

    /// A person holding exactly these permissions.
    pub fn person(id: Uuid, name: impl Into<String>, permissions: impl IntoIterator<Item = String>) -> Self {
        Self { id, name: name.into(), kind: ActorKind::Person, permissions: permissions.into_iter().collect(), ..Self::system() }
    }

    pub fn may(&self, permission: Permission) -> bool {
        self.permissions.contains(permission.0)
    }
}
