//! The record of a termination: who left and why, how far the checklist is, and what the settlement comes to.

use super::access::Account;
use super::billed::Unpaid;
use super::settlement::Settlement;
use super::state::State;
use chrono::{DateTime, NaiveDate, Utc};
use engine::refusal::Failure;
use engine::tag::Tag;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// Where the money of a revision stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SettlementStatus {
    /// The tutor is to be paid.
    Due,
    /// The tutor owes the company.
    Owed,
    /// Nothing is left to move.
    Balanced,
    Paid,
    Received,
    WrittenOff,
}

/// What a line of a settlement is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum LineKind {
    Honorarium,
    Transport,
    Denda,
    Adjustment,
    /// A denda that was deducted on a Honorarium, and does not count any more.
    DendaReturned,
    /// A sesi that was paid on a Honorarium, and was reversed since.
    Reversed,
    /// What a Honorarium could not deduct.
    Carried,
}

/// How money has moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Method {
    Transfer,
    Cash,
    Other,
}

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "termination")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub code: String,
    pub tutor_id: Uuid,
    pub strike_id: Option<Uuid>,
    pub state: String,
    pub reason: Option<String>,
    pub decided_by: Uuid,
    pub decided_at: DateTimeUtc,
    pub accounts_closed: i64,
    pub sessions_ended: i64,
    pub links_voided: i64,
    pub resets_voided: i64,
    pub identities_removed: i64,
    /// Live sesi at the decision.
    pub sesi_to_clear: i64,
    pub sesi_cleared_at: Option<DateTimeUtc>,
    /// Nobody, when there was nothing to clear.
    pub sesi_cleared_by: Option<Uuid>,
    /// The revision that stands; 0 before the first.
    pub settlement_revision: i64,
    pub settlement_id: Option<Uuid>,
    pub settlement_status: Option<SettlementStatus>,
    pub adjustment_rp: i64,
    /// Still to be paid to the tutor.
    pub due_rp: i64,
    /// Still to be had from the tutor.
    pub claim_rp: i64,
    /// What has been paid to them, and by them, over all revisions.
    pub paid_rp: i64,
    pub received_rp: i64,
    pub documents_returned_at: Option<DateTimeUtc>,
    pub documents_returned_by: Option<Uuid>,
    pub documents_note: Option<String>,
    pub ground_fell_at: Option<DateTimeUtc>,
    pub ground_noted_at: Option<DateTimeUtc>,
    pub ground_noted_by: Option<Uuid>,
    pub ground_note: Option<String>,
    pub archived_at: Option<DateTimeUtc>,
    pub archived_by: Option<Uuid>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// What was decided, and what it ended at once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Begun {
    pub id: Uuid,
    pub code: String,
    pub tutor_id: Uuid,
    pub strike_id: Option<Uuid>,
    pub reason: Option<String>,
    pub by: Uuid,
    pub at: DateTime<Utc>,
    /// The tutor as they stood until now.
    pub status: String,
    pub suspended_until: Option<DateTime<Utc>>,
    pub tutor_code: String,
    pub accounts: Vec<Account>,
    pub sesi_to_clear: i64,
}

/// Money that has moved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payment {
    pub settlement_id: Uuid,
    pub amount_rp: i64,
    pub moved_on: NaiveDate,
    pub method: Method,
    pub reference: Option<String>,
    pub proof_document_id: Option<Uuid>,
    pub by: Uuid,
    pub at: DateTime<Utc>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum Change {
    Decided {
        begun: Begun,
    },
    Cleared {
        by: Uuid,
        at: DateTime<Utc>,
    },
    /// The first settlement or the next, with what adjustments add to it.
    Settled {
        settlement: Settlement,
        /// Settlements of sesi that are offset: nothing is paid for them.
        offset: Vec<Uuid>,
        /// Honorarium that are void now: their lines are settled here.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        voided: Vec<Unpaid>,
    },
    Paid {
        payment: Payment,
        /// Settlements of sesi that are paid by it.
        sesi: Vec<Uuid>,
    },
    Received {
        payment: Payment,
    },
    WrittenOff {
        settlement_id: Uuid,
        by: Uuid,
        at: DateTime<Utc>,
    },
    DocumentsReturned {
        note: Option<String>,
        by: Uuid,
        at: DateTime<Utc>,
    },
    GroundFell {
        at: DateTime<Utc>,
    },
    GroundNoted {
        note: Option<String>,
        by: Uuid,
        at: DateTime<Utc>,
    },
    Archived {
        tutor_code: String,
        by: Uuid,
        at: DateTime<Utc>,
    },
}

/// Folds a change into the row. Pure.
pub(super) fn apply(record: Option<Model>, change: &Change) -> Result<Model, Failure> {
    if let Change::Decided { begun } = change {
        return Ok(decided(begun.clone()));
    }
    let mut model = record.ok_or_else(|| Failure::Broken { workflow: "termination".into(), rule: "a change came before the decision".into() })?;
    match change {
        Change::Decided { .. } => {}
        Change::Cleared { by, at } => (model.sesi_cleared_by, model.sesi_cleared_at) = (Some(*by), Some(*at)),
        Change::Settled { settlement, .. } => settled(&mut model, settlement),
        Change::Paid { payment, .. } => {
            model.paid_rp += payment.amount_rp;
            (model.settlement_status, model.due_rp) = (Some(SettlementStatus::Paid), 0);
        }
        Change::Received { payment } => {
            model.received_rp += payment.amount_rp;
            (model.settlement_status, model.claim_rp) = (Some(SettlementStatus::Received), 0);
        }
        Change::WrittenOff { .. } => (model.settlement_status, model.claim_rp) = (Some(SettlementStatus::WrittenOff), 0),
        Change::DocumentsReturned { note, by, at } => {
            (model.documents_note, model.documents_returned_by, model.documents_returned_at) = (note.clone(), Some(*by), Some(*at));
        }
        Change::GroundFell { at } => (model.ground_fell_at, model.ground_noted_at) = (Some(*at), None),
        Change::GroundNoted { note, by, at } => (model.ground_note, model.ground_noted_by, model.ground_noted_at) = (note.clone(), Some(*by), Some(*at)),
        Change::Archived { by, at, .. } => {
            model.state = State::Archived.as_str().into();
            (model.archived_by, model.archived_at) = (Some(*by), Some(*at));
        }
    }
    Ok(model)
}

fn settled(model: &mut Model, settlement: &Settlement) {
    model.settlement_revision = settlement.revision;
    model.settlement_id = Some(settlement.id);
    model.settlement_status = Some(settlement.status());
    model.adjustment_rp = settlement.adjustment_rp;
    model.due_rp = settlement.due_rp;
    model.claim_rp = settlement.claim_rp;
}

fn decided(begun: Begun) -> Model {
    let total = |of: fn(&Account) -> i64| begun.accounts.iter().map(of).sum();
    let none_left = begun.sesi_to_clear == 0;
    Model {
        id: begun.id,
        code: begun.code,
        tutor_id: begun.tutor_id,
        strike_id: begun.strike_id,
        state: State::Decided.as_str().into(),
        reason: begun.reason,
        decided_by: begun.by,
        decided_at: begun.at,
        accounts_closed: i64::try_from(begun.accounts.len()).unwrap_or(i64::MAX),
        sessions_ended: total(|account| account.sessions),
        links_voided: total(|account| account.links),
        resets_voided: total(|account| account.resets),
        identities_removed: total(|account| account.identities),
        sesi_to_clear: begun.sesi_to_clear,
        sesi_cleared_at: none_left.then_some(begun.at),
        sesi_cleared_by: None,
        settlement_revision: 0,
        settlement_id: None,
        settlement_status: None,
        adjustment_rp: 0,
        due_rp: 0,
        claim_rp: 0,
        paid_rp: 0,
        received_rp: 0,
        documents_returned_at: None,
        documents_returned_by: None,
        documents_note: None,
        ground_fell_at: None,
        ground_noted_at: None,
        ground_noted_by: None,
        ground_note: None,
        archived_at: None,
        archived_by: None,
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A termination at its beginning.
    pub(in super::super) fn begun() -> Model {
        decided(Begun {
            id: Uuid::from_u128(7),
            code: "TRM-2026-000001".into(),
            tutor_id: Uuid::from_u128(8),
            strike_id: None,
            reason: None,
            by: Uuid::from_u128(9),
            at: "2026-11-21T03:00:00Z".parse().unwrap(),
            status: "ACTIVE".into(),
            suspended_until: None,
            tutor_code: "TUT-000001".into(),
            accounts: vec![],
            sesi_to_clear: 0,
        })
    }
}
