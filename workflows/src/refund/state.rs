//! The states of a refund.

engine::tags! {
    pub enum State {
        Due => "DUE",
        Sent => "SENT",
        Kept => "KEPT",
    }
}

impl State {
    pub const TERMINAL: [Self; 2] = [Self::Sent, Self::Kept];
}
