//! Why a payment is not recorded, each with a stable code at its field.

use chrono::NaiveDate;
use engine::refusal::{Blocking, FieldError, Rejected};
use serde_json::Value;

#[derive(Clone, Debug, PartialEq)]
pub enum Rejection {
    UnknownSiswa,
    NotADay,
    InTheFuture {
        today: NaiveDate,
    },
    /// Paid before the Tagihan or the Honorarium was there.
    BeforeDocument {
        from: NaiveDate,
        number: String,
    },
    PeriodLocked {
        field: &'static str,
        month: String,
    },
    UnknownDocument,
    TooManyAllocations {
        most: usize,
    },
    UnknownTagihan {
        at: usize,
    },
    AllocatedTwice {
        at: usize,
    },
    /// Paid, void or written off.
    TagihanClosed {
        at: usize,
        number: String,
        status: String,
    },
    AboveOpen {
        at: usize,
        open_rp: i64,
    },
    AboveAmount {
        allocated_rp: i64,
        amount_rp: i64,
    },
    NothingOpen,
    NoDeposit,
    UnknownHonorarium,
    HonorariumClosed {
        number: String,
        status: String,
    },
    /// The final settlement pays.
    TutorLeft {
        code: String,
    },
    AboveNet {
        net_rp: i64,
    },
    NotAMonth,
    /// Of what was withheld in the month, so much has not gone to the state.
    AboveWithheld {
        left_rp: i64,
    },
    UnknownLine,
    LineTaken,
    LineAmount {
        line_rp: i64,
    },
    UnknownPayment,
    IsReversal,
    AlreadyReversed(Blocking),
    /// The Titipan it left has been used since.
    DepositUsed {
        left_rp: i64,
    },
    TagihanWrittenOff {
        number: String,
    },
    PphRemitted {
        month: String,
    },
    /// Something that follows from the payment stands in the way.
    DocumentMoved {
        number: String,
    },
}

impl From<Rejection> for Rejected {
    fn from(rejection: Rejection) -> Self {
        match rejection {
            Rejection::UnknownSiswa => at("siswa_id", "unknown"),
            Rejection::NotADay => at("paid_on", "not_date"),
            Rejection::InTheFuture { today } => with("paid_on", "in_future", vec![("today", today.to_string().into())]),
            Rejection::BeforeDocument { from, number } => {
                with("paid_on", "before_document", vec![("from", from.to_string().into()), ("number", number.into())])
            }
            Rejection::PeriodLocked { field, month } => with(field, "period_locked", vec![("month", month.into())]),
            Rejection::UnknownDocument => at("proof_document_id", "unknown"),
            Rejection::UnknownHonorarium => at("honorarium_id", "unknown"),
            Rejection::HonorariumClosed { number, status } => {
                let code = if status == "PAID" { "honorarium_paid" } else { "honorarium_void" };
                with("honorarium_id", code, vec![("number", number.into())])
            }
            Rejection::TutorLeft { code } => with("honorarium_id", "tutor_left", vec![("code", code.into())]),
            Rejection::AboveNet { net_rp } => with("pph_withheld_rp", "above_net", vec![("net_rp", net_rp.into())]),
            Rejection::NotAMonth => at("month", "not_month"),
            Rejection::AboveWithheld { left_rp } => with("amount_rp", "above_withheld", vec![("left_rp", left_rp.into())]),
            Rejection::UnknownLine => at("bank_line_id", "unknown"),
            Rejection::LineTaken => at("bank_line_id", "bank_line_taken"),
            Rejection::LineAmount { line_rp } => with("amount_rp", "bank_line_amount", vec![("line_rp", line_rp.into())]),
            allocation @ (Rejection::TooManyAllocations { .. }
            | Rejection::UnknownTagihan { .. }
            | Rejection::AllocatedTwice { .. }
            | Rejection::TagihanClosed { .. }
            | Rejection::AboveOpen { .. }
            | Rejection::AboveAmount { .. }
            | Rejection::NothingOpen
            | Rejection::NoDeposit) => of_allocation(allocation),
            reversal => of_reversal(reversal),
        }
    }
}

fn of_allocation(rejection: Rejection) -> Rejected {
    let id = |at: usize| format!("allocations.{at}.tagihan_id");
    match rejection {
        Rejection::TooManyAllocations { most } => with("allocations", "too_many", vec![("most", most.into())]),
        Rejection::UnknownTagihan { at: place } => at(&id(place), "unknown"),
        Rejection::AllocatedTwice { at: place } => at(&id(place), "allocated_twice"),
        Rejection::TagihanClosed { at: place, number, status } => {
            let code = match status.as_str() {
                "PAID" => "tagihan_paid",
                "WRITTEN_OFF" => "tagihan_written_off",
                _ => "tagihan_void",
            };
            with(&id(place), code, vec![("number", number.into())])
        }
        Rejection::AboveOpen { at: place, open_rp } => with(&format!("allocations.{place}.amount_rp"), "above_open", vec![("open_rp", open_rp.into())]),
        Rejection::AboveAmount { allocated_rp, amount_rp } => {
            with("allocations", "above_amount", vec![("allocated_rp", allocated_rp.into()), ("amount_rp", amount_rp.into())])
        }
        Rejection::NoDeposit => at("siswa_id", "no_deposit"),
        _ => at("siswa_id", "nothing_open"),
    }
}

fn of_reversal(rejection: Rejection) -> Rejected {
    let field = "payment_id";
    match rejection {
        Rejection::IsReversal => at(field, "is_reversal"),
        Rejection::AlreadyReversed(by) => at(field, "already_reversed").blocked_by(vec![by]),
        Rejection::DepositUsed { left_rp } => with(field, "deposit_used", vec![("left_rp", left_rp.into())]),
        Rejection::TagihanWrittenOff { number } => with(field, "tagihan_written_off", vec![("number", number.into())]),
        Rejection::PphRemitted { month } => with(field, "pph_remitted", vec![("month", month.into())]),
        Rejection::DocumentMoved { number } => with(field, "document_moved", vec![("number", number.into())]),
        _ => at(field, "unknown"),
    }
}

fn at(field: &str, code: &str) -> Rejected {
    Rejected::new(code).at(FieldError::new(field, code))
}

fn with(field: &str, code: &str, params: Vec<(&str, Value)>) -> Rejected {
    let told = params.iter().fold(Rejected::new(code), |rejected, (key, value)| rejected.with(key, value.clone()));
    told.at(params.into_iter().fold(FieldError::new(field, code), |fault, (key, value)| fault.with(key, value)))
}
