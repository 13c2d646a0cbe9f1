//! The states of a strike, in the words of its row.

engine::tags! {
    pub enum State {
        Live => "LIVE",
        Held => "HELD",
        Decayed => "DECAYED",
        Revoked => "REVOKED",
    }
}

impl State {
    pub const TERMINAL: [Self; 2] = [Self::Decayed, Self::Revoked];
}
