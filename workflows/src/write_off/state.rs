//! The states of a write-off.

engine::tags! {
    pub enum State {
        Requested => "REQUESTED",
        WrittenOff => "WRITTEN_OFF",
        Rejected => "REJECTED",
    }
}

impl State {
    pub const TERMINAL: [Self; 2] = [Self::WrittenOff, Self::Rejected];
}
