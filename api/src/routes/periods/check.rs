//! A check of the step-through as the page shows it.

use super::People;
use crate::view::Named;
use crate::view::outcome::Amount;
use chrono::{DateTime, Utc};
use engine::tag::Tag;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;
use workflows::period::Signatures;
use workflows::period::evidence::{Evidence, Item};

/// What a check found, and who has signed it.
#[derive(Serialize, ToSchema)]
pub struct PeriodCheck {
    /// `month`, `sesi`, `tagihan`, `honorarium`, `payments`, `force_majeure`, `corrections` or `books`.
    check: String,
    /// Somebody signs it; the others are the machine's alone.
    signed: bool,
    figures: Vec<Amount>,
    /// What must be mended before the month is closed, the first 200.
    blocking: Vec<PeriodItem>,
    blocking_count: i64,
    /// What somebody should have looked at before they sign, the first 200.
    noted: Vec<PeriodItem>,
    noted_count: i64,
    /// Of the evidence; sent along with a signature, so that nobody signs what was not on the screen.
    digest: String,
    #[schema(required)]
    signature: Option<PeriodSignature>,
}

/// Something to look at.
#[derive(Serialize, ToSchema)]
pub struct PeriodItem {
    /// `period`, `sesi`, `siswa`, `tutor`, `billing_run`, `bank_line`, `fm_claim`, `money_adjustment`, `credit_note`, `write_off`,
    /// `result_override`, `books` or `fault`.
    kind: String,
    id: Uuid,
    code: String,
    /// Its state, or what is the matter.
    state: String,
    #[schema(required)]
    count: Option<i64>,
    #[schema(required)]
    rp: Option<i64>,
}

#[derive(Serialize, ToSchema)]
pub struct PeriodSignature {
    by: Named,
    at: DateTime<Utc>,
    #[schema(required)]
    note: Option<String>,
    /// What it was made on has changed since.
    stale: bool,
}

impl PeriodCheck {
    pub(super) fn of(evidence: Evidence, signatures: &Signatures, people: &People) -> Self {
        let digest = evidence.digest();
        let signature = signatures.of(evidence.check).map(|signature| PeriodSignature {
            by: people.named(signature.by),
            at: signature.at,
            note: signature.note.clone(),
            stale: signature.digest != digest,
        });
        Self {
            check: evidence.check.as_str().into(),
            signed: evidence.check.is_signed(),
            figures: evidence.figures.into_iter().map(|figure| Amount { key: figure.key, rp: figure.rp, count: figure.count }).collect(),
            blocking: evidence.blocking.into_iter().map(Into::into).collect(),
            blocking_count: evidence.blocking_count,
            noted: evidence.noted.into_iter().map(Into::into).collect(),
            noted_count: evidence.noted_count,
            digest,
            signature,
        }
    }
}

impl From<Item> for PeriodItem {
    fn from(item: Item) -> Self {
        let Item { kind, id, code, state, count, rp } = item;
        Self { kind, id, code, state, count, rp }
    }
}
