//! The states of a termination.

engine::tags! {
    pub enum State {
        /// The work has ended; the checklist is under way.
        Decided => "DECIDED",
        /// Everything is settled and the tutor is read only.
        Archived => "ARCHIVED",
    }
}

impl State {
    pub const TERMINAL: [Self; 1] = [Self::Archived];
}
