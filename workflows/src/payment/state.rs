//! The one state of a payment.

engine::tags! {
    pub enum State {
        Recorded => "RECORDED",
    }
}

impl State {
    pub const TERMINAL: [Self; 1] = [Self::Recorded];
}
