//! The states of an adjustment.

engine::tags! {
    pub enum State {
        Waiting => "WAITING",
        Posted => "POSTED",
        Rejected => "REJECTED",
    }
}

impl State {
    pub const TERMINAL: [Self; 2] = [Self::Posted, Self::Rejected];
}
