//! The states of a publication.

engine::tags! {
    pub enum State {
        Draft => "DRAFT",
        InReview => "IN_REVIEW",
        /// Approved; in force from its day on.
        Scheduled => "SCHEDULED",
        Published => "PUBLISHED",
        Rejected => "REJECTED",
        Withdrawn => "WITHDRAWN",
    }
}

impl State {
    pub const TERMINAL: [Self; 3] = [Self::Published, Self::Rejected, Self::Withdrawn];
}
