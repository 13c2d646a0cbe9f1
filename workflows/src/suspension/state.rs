//! The states of a suspension.

engine::tags! {
    pub enum State {
        Active => "ACTIVE",
        Ended => "ENDED",
        Lifted => "LIFTED",
        Closed => "CLOSED",
    }
}

impl State {
    pub const TERMINAL: [Self; 3] = [Self::Ended, Self::Lifted, Self::Closed];
}
