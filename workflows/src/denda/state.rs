//! The states of a denda, in the words of its row.

use crate::records::denda::Status;

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

    pub fn of(status: Status) -> Self {
        match status {
            Status::Applied => Self::Applied,
            Status::Held => Self::Held,
            Status::Final => Self::Final,
            Status::Reversed => Self::Reversed,
        }
    }
}
