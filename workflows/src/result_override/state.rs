//! The states of an override.

engine::tags! {
    pub enum State {
        Requested => "REQUESTED",
        Applied => "APPLIED",
        Rejected => "REJECTED",
        Withdrawn => "WITHDRAWN",
    }
}

impl State {
    pub const TERMINAL: [Self; 3] = [Self::Applied, Self::Rejected, Self::Withdrawn];
}
