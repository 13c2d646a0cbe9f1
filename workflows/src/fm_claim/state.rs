//! The states of a claim.

engine::tags! {
    pub enum State {
        /// Waits for the first review; the penalty is held.
        PendingL1 => "PENDING_L1",
        Approved => "APPROVED",
        /// The penalty counts; the appeal window is open.
        Rejected => "REJECTED",
        /// Appealed; waits for somebody else than the first reviewer.
        PendingL2 => "PENDING_L2",
        Upheld => "UPHELD",
        Overturned => "OVERTURNED",
        /// Rejected, and no appeal was possible or came in time.
        Final => "FINAL",
        Withdrawn => "WITHDRAWN",
    }
}

impl State {
    pub const TERMINAL: [Self; 5] = [Self::Approved, Self::Upheld, Self::Overturned, Self::Final, Self::Withdrawn];
}
