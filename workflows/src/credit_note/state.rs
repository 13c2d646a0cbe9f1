//! The states of a credit note.

engine::tags! {
    pub enum State {
        Requested => "REQUESTED",
        Issued => "ISSUED",
        Rejected => "REJECTED",
    }
}

impl State {
    pub const TERMINAL: [Self; 2] = [Self::Issued, Self::Rejected];
}
