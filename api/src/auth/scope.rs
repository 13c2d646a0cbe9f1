//! Whose rows somebody may see (SPEC REP-3): everybody's, or one siswa's, or one tutor's.
//!
//! It comes from the account and from nothing a request says. An account tied to a siswa or a tutor keeps, whatever its
//! roles give, only the permissions of [`OWN`]; and every route behind those takes its rows through its [`Scope`].

use super::guard::SignedIn;
use super::permissions::{HONORARIUM_READ, REPORT_READ, TAGIHAN_READ};
use crate::listing::Where;
use crate::problem::Problem;
use crate::route::describe::Takes;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use engine::actor::Permission;
use engine::refusal::Failure;
use sea_orm::QueryResult;
use std::collections::BTreeSet;
use uuid::Uuid;

/// What an account tied to somebody may at most be given: routes that take a [`Scope`].
pub const OWN: [Permission; 3] = [TAGIHAN_READ, HONORARIUM_READ, REPORT_READ];

/// Whose rows the caller may see.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scope {
    #[default]
    All,
    Siswa(Uuid),
    Tutor(Uuid),
}

impl Scope {
    /// Of a row with `tutor_id` and `siswa_id` of an account.
    pub fn read(row: &QueryResult) -> Result<Self, Failure> {
        let (tutor, siswa): (Option<Uuid>, Option<Uuid>) = (row.try_get("", "tutor_id")?, row.try_get("", "siswa_id")?);
        Ok(tutor.map(Self::Tutor).or(siswa.map(Self::Siswa)).unwrap_or_default())
    }

    /// What is left of the permissions that roles give.
    pub fn keep(self, given: BTreeSet<String>) -> BTreeSet<String> {
        match self {
            Self::All => given,
            Self::Siswa(_) | Self::Tutor(_) => given.into_iter().filter(|permission| OWN.iter().any(|own| own.0 == permission)).collect(),
        }
    }

    pub fn sees_siswa(self, siswa: Uuid) -> bool {
        match self {
            Self::All => true,
            Self::Siswa(own) => own == siswa,
            Self::Tutor(_) => false,
        }
    }

    pub fn sees_tutor(self, tutor: Uuid) -> bool {
        match self {
            Self::All => true,
            Self::Tutor(own) => own == tutor,
            Self::Siswa(_) => false,
        }
    }

    /// Only rows about a siswa the caller may see; `column` holds the siswa's id.
    pub fn only_siswa(self, column: &str, filter: &mut Where) {
        match self {
            Self::All => {}
            Self::Siswa(own) => filter.and(format!("{column} = ?"), [own.into()]),
            Self::Tutor(_) => filter.and("1 = 0", []),
        }
    }

    /// Only rows about a tutor the caller may see; `column` holds the tutor's id.
    pub fn only_tutor(self, column: &str, filter: &mut Where) {
        match self {
            Self::All => {}
            Self::Tutor(own) => filter.and(format!("{column} = ?"), [own.into()]),
            Self::Siswa(_) => filter.and("1 = 0", []),
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Scope {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        Ok(SignedIn::from_request_parts(parts, state).await?.session.scope)
    }
}

impl Takes for Scope {}

#[cfg(test)]
mod tests {
    use super::*;

    const OURS: Uuid = Uuid::from_u128(1);
    const THEIRS: Uuid = Uuid::from_u128(2);

    #[test]
    fn everybody_sees_their_own_and_nothing_of_the_other_side() {
        for (scope, siswa, tutor) in
            [(Scope::All, [true, true], [true, true]), (Scope::Siswa(OURS), [true, false], [false, false]), (Scope::Tutor(OURS), [false, false], [true, false])]
        {
            assert_eq!([OURS, THEIRS].map(|id| scope.sees_siswa(id)), siswa, "{scope:?}");
            assert_eq!([OURS, THEIRS].map(|id| scope.sees_tutor(id)), tutor, "{scope:?}");
        }
    }

    #[test]
    fn whoever_is_tied_to_somebody_keeps_no_permission_beyond_their_own_papers() {
        let given: BTreeSet<String> = ["tagihan.read", "ledger.read", "explain.read", "report.read"].map(str::to_owned).into();
        assert_eq!(Scope::All.keep(given.clone()), given);
        for scope in [Scope::Siswa(OURS), Scope::Tutor(OURS)] {
            assert_eq!(scope.keep(given.clone()).into_iter().collect::<Vec<_>>(), ["report.read", "tagihan.read"]);
        }
    }
}
