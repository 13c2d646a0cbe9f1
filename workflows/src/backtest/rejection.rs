//! Why a backtest is not begun, each with a stable code at its field.

use engine::policy::PolicyError;
use engine::refusal::{Blocking, FieldError, Rejected};

#[derive(Clone, Debug, PartialEq)]
pub enum Rejection {
    /// A field that this subject needs.
    Required(&'static str),
    NotADate(&'static str),
    PeriodBackwards,
    /// Nothing can have been decided yet.
    PeriodInFuture,
    /// No version of this policy was ever there.
    KindUnknown,
    /// The draft does not compile, or its parameters are no such.
    DraftBroken(PolicyError),
    OutOfRange {
        field: &'static str,
        min: i64,
        max: i64,
    },
    /// A cell of the draft that cannot be a price, by its place in the list.
    CellWrong {
        index: usize,
        code: &'static str,
    },
    /// The same is being worked on.
    AlreadyRunning(Blocking),
    /// The part is not the next one.
    PartOutOfOrder,
}

impl From<Rejection> for Rejected {
    fn from(rejection: Rejection) -> Self {
        let at = |code: &str, field: &str| Self::new(code).at(FieldError::new(field, code));
        match rejection {
            Rejection::Required(field) => at("required", field),
            Rejection::NotADate(field) => at("not_date", field),
            Rejection::PeriodBackwards => at("period_backwards", "to_on"),
            Rejection::PeriodInFuture => at("period_in_future", "from_on"),
            Rejection::KindUnknown => at("kind_unknown", "kind"),
            Rejection::DraftBroken(error) => broken(&error),
            Rejection::OutOfRange { field, min, max } => Self::new("out_of_range").at(FieldError::new(field, "out_of_range").with("min", min).with("max", max)),
            Rejection::CellWrong { index, code } => Self::new("cell_wrong").at(FieldError::new(format!("cells[{index}]"), code)),
            Rejection::AlreadyRunning(blocking) => Self::new("already_running").blocked_by(vec![blocking]),
            Rejection::PartOutOfOrder => Self::new("part_out_of_order"),
        }
    }
}

fn broken(error: &PolicyError) -> Rejected {
    const CODE: &str = "draft_broken";
    let fault = match error {
        PolicyError::Compile { line, column, .. } | PolicyError::Run { line, column, .. } | PolicyError::Limit { line, column, .. } => {
            FieldError::new("script", CODE).with("line", *line).with("column", *column)
        }
        PolicyError::Input { .. } => FieldError::new("params", CODE),
        PolicyError::Output { .. } | PolicyError::TooLarge { .. } | PolicyError::NotFound { .. } => FieldError::new("script", CODE),
    };
    let message = error.to_string();
    Rejected::new(CODE).with("message", message.clone()).at(fault.with("message", message))
}
