//! The one state of a settlement that was taken back.

engine::tags! {
    pub enum State {
        Done => "DONE",
    }
}

impl State {
    pub const TERMINAL: [Self; 1] = [Self::Done];
}
