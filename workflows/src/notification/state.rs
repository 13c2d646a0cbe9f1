//! The states of a mail.

engine::tags! {
    pub enum State {
        /// Waits for its turn, or for the next attempt.
        Queued => "QUEUED",
        /// The mail server has been given the word to take it; its answer is not known yet.
        Sending => "SENDING",
        /// A text for people to copy and send by hand.
        ToCopy => "TO_COPY",
        /// The mail server took it, or a person says so.
        Sent => "SENT",
        /// Known not to have been sent, and nothing will change that but a person.
        Failed => "FAILED",
        /// The answer was lost: it may have been sent or not. A person decides.
        Uncertain => "UNCERTAIN",
        Cancelled => "CANCELLED",
    }
}

impl State {
    pub const TERMINAL: [Self; 2] = [Self::Sent, Self::Cancelled];
}
