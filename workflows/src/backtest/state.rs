//! The states of a backtest.

engine::tags! {
    pub enum State {
        Running => "RUNNING",
        Done => "DONE",
        Failed => "FAILED",
        Cancelled => "CANCELLED",
    }
}

impl State {
    pub const TERMINAL: [Self; 3] = [Self::Done, Self::Failed, Self::Cancelled];
}
