//! The states of an erasure.

engine::tags! {
    pub enum State {
        Requested => "REQUESTED",
        Erasing => "ERASING",
        Erased => "ERASED",
        Rejected => "REJECTED",
        Cancelled => "CANCELLED",
    }
}

impl State {
    pub const TERMINAL: [Self; 3] = [Self::Erased, Self::Rejected, Self::Cancelled];
}
