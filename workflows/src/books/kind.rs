//! The table of entries: every kind that may stand in the journal, by which event, from which document, and what it moves.

use super::account::{Account, Holder};
use chrono::NaiveDate;
use engine::ledger::JournalEntry;
use engine::money::Rupiah;
use uuid::Uuid;

/// A kind of entry.
#[derive(Clone, Copy, Debug)]
pub struct Kind {
    /// As it stands in `journal_entry.kind`; never renamed.
    pub name: &'static str,
    pub event: &'static str,
    /// The table whose rows say the same amounts.
    pub document: &'static str,
    /// Numbers of the specification.
    pub source: &'static str,
    pub moves: &'static [Move],
}

/// An amount that goes from `credit` to `debit`; nothing is posted for zero.
#[derive(Clone, Copy, Debug)]
pub struct Move {
    pub debit: Account,
    pub credit: Account,
    pub way: Way,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Never below zero.
    Forward,
    /// A negative amount goes the other way.
    Either,
}

/// Whose accounts an entry moves, where an account has a holder.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Holders {
    pub siswa: Option<Uuid>,
    pub tutor: Option<Uuid>,
}

const fn forward(debit: Account, credit: Account) -> Move {
    Move { debit, credit, way: Way::Forward }
}

const fn either(debit: Account, credit: Account) -> Move {
    Move { debit, credit, way: Way::Either }
}

const fn lesson(name: &'static str, event: &'static str, source: &'static str, moves: &'static [Move]) -> Kind {
    Kind { name, event, document: "siswa_settlement, tutor_settlement", source, moves }
}

const fn settled(name: &'static str, event: &'static str, moves: &'static [Move]) -> Kind {
    Kind { name, event, document: "final_settlement", source: "HR-5", moves }
}

const fn refunded(name: &'static str, event: &'static str, moves: &'static [Move]) -> Kind {
    Kind { name, event, document: "refund", source: "FIN-6", moves }
}

const fn paid(name: &'static str, event: &'static str, source: &'static str, moves: &'static [Move]) -> Kind {
    Kind { name, event, document: "payment", source, moves }
}

use Account::{
    BebanHonorarium, BebanTransport, HutangHonorarium, HutangPph, HutangRefund, KasDanBank, NotaKredit, PendapatanDenda, PendapatanPembatalan, PendapatanSesi,
    PenyesuaianHonorarium, PenyesuaianTagihan, PiutangSiswa, PiutangTakTertagih, PiutangTutor, TitipanSiswa,
};

const TAUGHT: &[Move] = &[forward(PiutangSiswa, PendapatanSesi), forward(BebanHonorarium, HutangHonorarium), forward(BebanTransport, HutangHonorarium)];
const CHARGED: &[Move] = &[forward(PiutangSiswa, PendapatanPembatalan), forward(BebanHonorarium, HutangHonorarium), forward(BebanTransport, HutangHonorarium)];

pub const SESI_COMPLETED: Kind = lesson("sesi_completed", "a sesi is validated", "SES-6", TAUGHT);
pub const SESI_NO_SHOW_STUDENT: Kind = lesson("sesi_no_show_student", "the siswa does not come", "SES-7", TAUGHT);
pub const SESI_CANCELLED: Kind = lesson("sesi_cancelled", "the siswa cancels late", "CAN-1", CHARGED);
pub const SESI_RESCHEDULED: Kind = lesson("sesi_rescheduled", "a sesi is moved at a charge", "SES-8", CHARGED);
pub const DENDA: Kind =
    Kind { name: "tutor_denda", event: "a tutor is fined", document: "denda", source: "CAN-1, CAN-6", moves: &[forward(HutangHonorarium, PendapatanDenda)] };
pub const DENDA_REVERSAL: Kind = Kind {
    name: "tutor_denda_reversal",
    event: "force majeure is accepted",
    document: "denda",
    source: "FM-2, FM-3",
    moves: &[forward(PendapatanDenda, HutangHonorarium)],
};
pub const OVERRIDE_REVERSAL: Kind = Kind {
    name: "override_reversal",
    event: "a result is overridden: what stood goes back, then it is posted anew under its own kind",
    document: "result_override",
    source: "POL-8",
    moves: &[
        forward(PendapatanSesi, PiutangSiswa),
        forward(PendapatanPembatalan, PiutangSiswa),
        forward(HutangHonorarium, BebanHonorarium),
        forward(HutangHonorarium, BebanTransport),
        forward(PendapatanDenda, HutangHonorarium),
    ],
};
pub const FINAL_SETTLEMENT: Kind = settled(
    "final_settlement",
    "what a tutor who leaves owes, and is let off",
    &[forward(PiutangTutor, HutangHonorarium), either(PenyesuaianHonorarium, HutangHonorarium)],
);
pub const FINAL_SETTLEMENT_ADJUSTMENT: Kind =
    settled("final_settlement_adjustment", "somebody adjusts the settlement", &[either(PenyesuaianHonorarium, HutangHonorarium)]);
pub const FINAL_SETTLEMENT_REVERSAL: Kind = settled(
    "final_settlement_reversal",
    "a revision takes the place of the settlement",
    &[forward(HutangHonorarium, PiutangTutor), either(HutangHonorarium, PenyesuaianHonorarium), forward(PiutangTutor, PenyesuaianHonorarium)],
);
pub const FINAL_SETTLEMENT_PAYOUT: Kind = settled("final_settlement_payout", "the tutor is paid", &[forward(HutangHonorarium, KasDanBank)]);
pub const FINAL_SETTLEMENT_RECEIPT: Kind = settled("final_settlement_receipt", "the tutor pays back", &[forward(KasDanBank, PiutangTutor)]);
pub const FINAL_SETTLEMENT_WRITE_OFF: Kind =
    settled("final_settlement_write_off", "the company lets the debt go", &[forward(PenyesuaianHonorarium, PiutangTutor)]);

pub const CARRY_OVER: Kind = Kind {
    name: "carry_over",
    event: "denda beyond the Honorarium waits for the next one, or is taken up by it",
    document: "honorarium",
    source: "CAN-6, FIN-3",
    moves: &[either(PiutangTutor, HutangHonorarium)],
};
pub const SISWA_PAYMENT: Kind = paid(
    "siswa_payment",
    "a siswa pays: what is allocated to a Tagihan, and the rest",
    "FIN-4",
    &[forward(KasDanBank, PiutangSiswa), forward(KasDanBank, TitipanSiswa)],
);
pub const SISWA_PAYMENT_REVERSAL: Kind =
    paid("siswa_payment_reversal", "a payment was entered wrongly", "FIN-4", &[forward(PiutangSiswa, KasDanBank), forward(TitipanSiswa, KasDanBank)]);
pub const DEPOSIT_APPLIED: Kind = paid("deposit_applied", "a Titipan pays a Tagihan", "FIN-4", &[forward(TitipanSiswa, PiutangSiswa)]);
pub const DEPOSIT_APPLIED_REVERSAL: Kind = paid("deposit_applied_reversal", "it paid the wrong one", "FIN-4", &[forward(PiutangSiswa, TitipanSiswa)]);
pub const HONORARIUM_PAYMENT: Kind = paid(
    "honorarium_payment",
    "a tutor is paid, and PPh withheld",
    "FIN-3, FIN-4",
    &[forward(HutangHonorarium, KasDanBank), forward(HutangHonorarium, HutangPph)],
);
pub const HONORARIUM_PAYMENT_REVERSAL: Kind = paid(
    "honorarium_payment_reversal",
    "a payment was entered wrongly",
    "FIN-4",
    &[forward(KasDanBank, HutangHonorarium), forward(HutangPph, HutangHonorarium)],
);
pub const PPH_REMITTED: Kind = paid("pph_remitted", "withheld PPh is paid to the state", "FIN-3", &[forward(HutangPph, KasDanBank)]);
pub const PPH_REMITTED_REVERSAL: Kind = paid("pph_remitted_reversal", "it was entered wrongly", "FIN-3", &[forward(KasDanBank, HutangPph)]);
pub const SISWA_ADJUSTMENT: Kind = Kind {
    name: "siswa_adjustment",
    event: "somebody adjusts what a siswa owes",
    document: "money_adjustment",
    source: "FIN-5",
    moves: &[either(PiutangSiswa, PenyesuaianTagihan)],
};
pub const TUTOR_ADJUSTMENT: Kind = Kind {
    name: "tutor_adjustment",
    event: "somebody adjusts what a tutor is owed",
    document: "money_adjustment",
    source: "FIN-5",
    moves: &[either(PenyesuaianHonorarium, HutangHonorarium)],
};
pub const CREDIT_NOTE: Kind = Kind {
    name: "credit_note",
    event: "a Tagihan is credited: what is open, what goes back to the siswa, what is kept as Titipan",
    document: "credit_note",
    source: "FIN-6",
    moves: &[forward(NotaKredit, PiutangSiswa), forward(NotaKredit, HutangRefund), forward(NotaKredit, TitipanSiswa)],
};
pub const REFUND_REQUESTED: Kind = refunded("refund_requested", "a siswa wants a Titipan back", &[forward(TitipanSiswa, HutangRefund)]);
pub const REFUND_PAID: Kind = refunded("refund_paid", "a refund is paid out", &[forward(HutangRefund, KasDanBank)]);
pub const REFUND_KEPT: Kind = refunded("refund_kept", "the siswa leaves it for the next Tagihan", &[forward(HutangRefund, TitipanSiswa)]);
pub const WRITE_OFF: Kind = Kind {
    name: "write_off",
    event: "the company gives up what a siswa owes",
    document: "write_off",
    source: "FIN-10",
    moves: &[forward(PiutangTakTertagih, PiutangSiswa)],
};
pub const SETTLEMENT_REVERSAL: Kind = Kind {
    name: "settlement_reversal",
    event: "what a sesi was worth to one side is taken back",
    document: "settlement_reversal",
    source: "FIN-6",
    moves: &[
        forward(PendapatanSesi, PiutangSiswa),
        forward(PendapatanPembatalan, PiutangSiswa),
        forward(HutangHonorarium, BebanHonorarium),
        forward(HutangHonorarium, BebanTransport),
    ],
};

/// Every kind of entry, in the order of a sesi's life.
pub const KINDS: [Kind; 30] = [
    SESI_COMPLETED,
    SESI_NO_SHOW_STUDENT,
    SESI_CANCELLED,
    SESI_RESCHEDULED,
    DENDA,
    DENDA_REVERSAL,
    OVERRIDE_REVERSAL,
    SETTLEMENT_REVERSAL,
    SISWA_ADJUSTMENT,
    TUTOR_ADJUSTMENT,
    CARRY_OVER,
    SISWA_PAYMENT,
    SISWA_PAYMENT_REVERSAL,
    DEPOSIT_APPLIED,
    DEPOSIT_APPLIED_REVERSAL,
    HONORARIUM_PAYMENT,
    HONORARIUM_PAYMENT_REVERSAL,
    PPH_REMITTED,
    PPH_REMITTED_REVERSAL,
    CREDIT_NOTE,
    REFUND_REQUESTED,
    REFUND_PAID,
    REFUND_KEPT,
    WRITE_OFF,
    FINAL_SETTLEMENT,
    FINAL_SETTLEMENT_ADJUSTMENT,
    FINAL_SETTLEMENT_REVERSAL,
    FINAL_SETTLEMENT_PAYOUT,
    FINAL_SETTLEMENT_RECEIPT,
    FINAL_SETTLEMENT_WRITE_OFF,
];

impl Kind {
    pub fn named(name: &str) -> Option<&'static Self> {
        KINDS.iter().find(|kind| kind.name == name)
    }

    /// An entry of this kind: an amount for each of its moves, in their order.
    pub(crate) fn entry<const N: usize>(&self, natural_key: String, on: NaiveDate, of: Holders, amounts: [i64; N]) -> JournalEntry {
        debug_assert_eq!(self.moves.len(), N, "{} has another number of moves", self.name);
        let entry = JournalEntry::new(self.name, natural_key, on);
        self.moves.iter().zip(amounts).fold(entry, |entry, (moved, rp)| entry.transfer(of.side(moved.debit), of.side(moved.credit), Rupiah(rp)))
    }

    /// Whether a debit (or a credit) of this account may stand in such an entry.
    pub fn allows(&self, account: &str, side: Side) -> bool {
        self.moves.iter().any(|moved| {
            let (debit, credit) = (moved.debit.code() == account, moved.credit.code() == account);
            match (side, moved.way) {
                (Side::Debit, Way::Forward) => debit,
                (Side::Credit, Way::Forward) => credit,
                (Side::Debit | Side::Credit, Way::Either) => debit || credit,
            }
        })
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Debit,
    Credit,
}

impl Holders {
    fn side(self, account: Account) -> (&'static str, Option<Uuid>) {
        let holder = match account.described().holder {
            Holder::Company => None,
            Holder::Siswa => self.siswa,
            Holder::Tutor => self.tutor,
        };
        (account.code(), holder)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_kind_has_its_own_name_and_every_account_is_moved_by_some() {
        let names: BTreeSet<&str> = KINDS.iter().map(|kind| kind.name).collect();
        assert_eq!(names.len(), KINDS.len());
        let moved: BTreeSet<&str> = KINDS.iter().flat_map(|kind| kind.moves).flat_map(|one| [one.debit.code(), one.credit.code()]).collect();
        assert_eq!(moved, Account::all().map(Account::code).collect());
    }

    #[test]
    fn an_account_is_used_on_its_own_side_only() {
        assert!(DENDA.allows("2100", Side::Debit) && DENDA.allows("4200", Side::Credit));
        assert!(!DENDA.allows("2100", Side::Credit) && !DENDA.allows("1100", Side::Debit));
        assert!(FINAL_SETTLEMENT_ADJUSTMENT.allows("5300", Side::Credit), "an adjustment goes both ways");
    }
}
