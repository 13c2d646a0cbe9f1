//! Why the business says no to a mail.

use engine::refusal::{Blocking, FieldError, Rejected};

#[derive(Clone, Debug, PartialEq)]
pub enum Rejection {
    TemplateUnknown,
    /// It belongs to something that the program does, e.g. a password reset.
    NotByHand,
    /// The template is written for another kind of recipient.
    RecipientUnfit,
    RecipientUnknown,
    /// Suspended, terminated or archived.
    RecipientInactive,
    NoAddress,
    /// They do not want this one.
    OptedOut,
    /// One mail for each template, recipient and reference.
    AlreadyRequested {
        earlier: Blocking,
    },
}

impl From<Rejection> for Rejected {
    fn from(rejection: Rejection) -> Self {
        use Rejection::*;
        let at = |code: &str, field: &str| Rejected::new(code).at(FieldError::new(field, code));
        match rejection {
            TemplateUnknown => at("template_unknown", "template"),
            NotByHand => at("not_by_hand", "template"),
            RecipientUnfit => at("recipient_unfit", "recipient_kind"),
            RecipientUnknown => at("recipient_unknown", "recipient_id"),
            RecipientInactive => at("recipient_inactive", "recipient_id"),
            NoAddress => at("no_address", "recipient_id"),
            OptedOut => at("opted_out", "recipient_id"),
            AlreadyRequested { earlier } => Rejected::new("already_requested").blocked_by(vec![earlier]),
        }
    }
}
