//! The states of a billing run, and the two sides it bills.

engine::tags! {
    pub enum State {
        Scheduled => "SCHEDULED",
        Preflight => "PREFLIGHT",
        Halted => "HALTED",
        Running => "RUNNING",
        Done => "DONE",
        Cancelled => "CANCELLED",
        Failed => "FAILED",
    }
}

engine::tags! {
    /// Who is billed: siswa by Tagihan, tutors by Honorarium.
    pub enum Side {
        Siswa => "SISWA",
        Tutor => "TUTOR",
    }
}

impl State {
    pub const TERMINAL: [Self; 3] = [Self::Done, Self::Cancelled, Self::Failed];
}
