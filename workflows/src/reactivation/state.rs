//! The states of a request to let a tutor teach again.

engine::tags! {
    pub enum State {
        Requested => "REQUESTED",
        Approved => "APPROVED",
        Rejected => "REJECTED",
        Withdrawn => "WITHDRAWN",
        Moot => "MOOT",
    }
}

impl State {
    pub const TERMINAL: [Self; 4] = [Self::Approved, Self::Rejected, Self::Withdrawn, Self::Moot];
}
