//! The states of a sesi. `AWAITING_VALIDATION` lies between the two steps of SES-6.

engine::tags! {
    pub enum State {
        Requested => "REQUESTED",
        Approved => "APPROVED",
        InProgress => "IN_PROGRESS",
        AwaitingValidation => "AWAITING_VALIDATION",
        Completed => "COMPLETED",
        NoShowStudent => "NO_SHOW_STUDENT",
        NoShowTutor => "NO_SHOW_TUTOR",
        Rejected => "REJECTED",
        Cancelled => "CANCELLED",
        Rescheduled => "RESCHEDULED",
    }
}

impl State {
    /// Nothing happens to a sesi after these (SES-1).
    pub const TERMINAL: [Self; 6] = [Self::Completed, Self::NoShowStudent, Self::NoShowTutor, Self::Rejected, Self::Cancelled, Self::Rescheduled];
}
