//! The states of a re-opening.

engine::tags! {
    pub enum State {
        Requested => "REQUESTED",
        Reopened => "REOPENED",
        /// Locked again with something in it that no closing says.
        Overdue => "OVERDUE",
        Rejected => "REJECTED",
        Withdrawn => "WITHDRAWN",
        /// Locked again as it was.
        Expired => "EXPIRED",
        ClosedAgain => "CLOSED_AGAIN",
        Superseded => "SUPERSEDED",
    }
}

impl State {
    pub const TERMINAL: [Self; 5] = [Self::Rejected, Self::Withdrawn, Self::Expired, Self::ClosedAgain, Self::Superseded];
}
