//! The chart of accounts. A code never changes its meaning; a new account comes with a migration for databases that exist.

use sea_orm::Iterable;

/// What an account is in a balance sheet or an income statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    Asset,
    Liability,
    Revenue,
    Expense,
}

/// Whose account it is inside: one per siswa, one per tutor, or the company's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holder {
    Company,
    Siswa,
    Tutor,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, sea_orm::EnumIter)]
pub enum Account {
    KasDanBank,
    PiutangSiswa,
    PiutangTutor,
    HutangHonorarium,
    HutangPph,
    TitipanSiswa,
    HutangRefund,
    PendapatanSesi,
    PendapatanDenda,
    PendapatanPembatalan,
    PenyesuaianTagihan,
    NotaKredit,
    BebanHonorarium,
    BebanTransport,
    PenyesuaianHonorarium,
    PiutangTakTertagih,
}

/// What is known of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Described {
    pub code: &'static str,
    pub name: &'static str,
    pub class: Class,
    pub holder: Holder,
}

impl Account {
    /// All of them, by code.
    pub fn all() -> impl Iterator<Item = Self> {
        Self::iter()
    }

    #[rustfmt::skip]
    pub const fn described(self) -> Described {
        use {Class::*, Holder::*};
        let (code, name, class, holder) = match self {
            Self::KasDanBank            => ("1000", "Kas dan Bank",           Asset,     Company),
            Self::PiutangSiswa          => ("1100", "Piutang Siswa",          Asset,     Siswa),
            Self::PiutangTutor          => ("1200", "Piutang Tutor",          Asset,     Tutor),
            Self::HutangHonorarium      => ("2100", "Hutang Honorarium",      Liability, Tutor),
            Self::HutangPph             => ("2200", "Hutang PPh",             Liability, Company),
            Self::TitipanSiswa          => ("2300", "Titipan Siswa",          Liability, Siswa),
            Self::HutangRefund          => ("2400", "Hutang Refund",          Liability, Siswa),
            Self::PendapatanSesi        => ("4100", "Pendapatan Sesi",        Revenue,   Company),
            Self::PendapatanDenda       => ("4200", "Pendapatan Denda",       Revenue,   Company),
            Self::PendapatanPembatalan  => ("4300", "Pendapatan Pembatalan",  Revenue,   Company),
            Self::PenyesuaianTagihan    => ("4500", "Penyesuaian Tagihan",    Revenue,   Company),
            Self::NotaKredit            => ("4900", "Nota Kredit",            Revenue,   Company),
            Self::BebanHonorarium       => ("5100", "Beban Honorarium",       Expense,   Company),
            Self::BebanTransport        => ("5200", "Beban Transport",        Expense,   Company),
            Self::PenyesuaianHonorarium => ("5300", "Penyesuaian Honorarium", Expense,   Company),
            Self::PiutangTakTertagih    => ("5400", "Piutang Tak Tertagih",   Expense,   Company),
        };
        Described { code, name, class, holder }
    }

    pub const fn code(self) -> &'static str {
        self.described().code
    }
}

impl Class {
    /// As the database and the API write it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Asset => "ASSET",
            Self::Liability => "LIABILITY",
            Self::Revenue => "REVENUE",
            Self::Expense => "EXPENSE",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_digit_of_a_code_is_its_class_and_codes_ascend() {
        let codes: Vec<&str> = Account::all().map(Account::code).collect();
        assert!(codes.is_sorted_by(|one, next| one < next), "{codes:?}");
        for Described { code, class, .. } in Account::all().map(Account::described) {
            let first = match class {
                Class::Asset => '1',
                Class::Liability => '2',
                Class::Revenue => '4',
                Class::Expense => '5',
            };
            assert!(code.len() == 4 && code.starts_with(first), "{code} {class:?}");
        }
    }
}
