//! The states of a denda, in the words of its row.

engine::tags! {
    pub enum State {
        Applied => "APPLIED",
        Held => "HELD",
        Final => "FINAL",
        Reversed => "REVERSED",
    }
}

impl State {
    pub const TERMINAL: [Self; 2] = [Self::Final, Self::Reversed];
}
