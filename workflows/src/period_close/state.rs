//! The states of a period close.

engine::tags! {
    pub enum State {
        /// Checks are looked at and signed.
        Open => "OPEN",
        /// Documents are hashed; the month is locked with the last of them.
        Sealing => "SEALING",
        Closed => "CLOSED",
        Abandoned => "ABANDONED",
    }
}

impl State {
    pub const TERMINAL: [Self; 2] = [Self::Closed, Self::Abandoned];
}
