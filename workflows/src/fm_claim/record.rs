//! The record of a claim: which penalty, what happened, who decided what and why.

use super::evidence::{self, Evidence};
use super::state::State;
use chrono::{DateTime, Utc};
use engine::batch::Batch;
use engine::refusal::Failure;
use engine::tag::Tag;
use engine::workflow::Ctx;
use sea_orm::entity::prelude::*;
use sea_orm::{ActiveModelTrait, IntoActiveModel};
use serde::{Deserialize, Serialize};

/// What happened (SPEC FM-1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Category {
    Sakit,
    Duka,
    Darurat,
    Bencana,
    Lainnya,
}

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "fm_claim")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub code: String,
    pub sesi_id: Uuid,
    pub siswa_id: Uuid,
    pub tutor_id: Uuid,
    /// The number of the penalty among those of the sesi.
    pub number: i64,
    pub denda_id: Option<Uuid>,
    pub strike_id: Option<Uuid>,
    /// What the denda was when the claim was filed.
    pub denda_rp: Option<i64>,
    pub penalty_at: DateTimeUtc,
    pub category: Category,
    pub story: Option<String>,
    pub comp_notes: Option<String>,
    pub state: String,
    /// How many levels of review there are; those of the day it was filed.
    pub levels: i64,
    pub filed_by: Uuid,
    pub filed_at: DateTimeUtc,
    /// Until when it could be filed: the penalty can be contested until then again when it is withdrawn.
    pub claim_until: DateTimeUtc,
    /// The promised end of the open review.
    pub review_due_at: Option<DateTimeUtc>,
    pub sla_flagged: bool,
    pub l1_by: Option<Uuid>,
    pub l1_at: Option<DateTimeUtc>,
    pub l1_reason: Option<String>,
    pub appeal_until: Option<DateTimeUtc>,
    pub appealed_by: Option<Uuid>,
    pub appealed_at: Option<DateTimeUtc>,
    pub appeal_reason: Option<String>,
    pub l2_by: Option<Uuid>,
    pub l2_at: Option<DateTimeUtc>,
    pub l2_reason: Option<String>,
    pub withdraw_reason: Option<String>,
    pub closed_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// A claim as it was filed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filed {
    pub id: Uuid,
    pub code: String,
    pub sesi_id: Uuid,
    pub siswa_id: Uuid,
    pub tutor_id: Uuid,
    pub number: i64,
    pub denda_id: Option<Uuid>,
    pub strike_id: Option<Uuid>,
    pub denda_rp: Option<i64>,
    pub penalty_at: DateTime<Utc>,
    pub category: Category,
    pub story: String,
    pub levels: i64,
    pub by: Uuid,
    /// When the program took it in: what the deadline was held against.
    pub at: DateTime<Utc>,
    pub claim_until: DateTime<Utc>,
    pub review_due_at: DateTime<Utc>,
    pub evidence: Vec<Evidence>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum Change {
    Filed {
        filed: Box<Filed>,
    },
    EvidenceAdded {
        evidence: Vec<Evidence>,
    },
    Noted {
        comp_notes: String,
    },
    Withdrawn {
        reason: Option<String>,
        at: DateTime<Utc>,
    },
    Approved {
        by: Uuid,
        at: DateTime<Utc>,
        reason: Option<String>,
    },
    /// The appeal window is open until the instant; without one the rejection is final.
    Rejected {
        by: Uuid,
        at: DateTime<Utc>,
        reason: Option<String>,
        appeal_until: Option<DateTime<Utc>>,
    },
    Appealed {
        by: Uuid,
        at: DateTime<Utc>,
        reason: Option<String>,
        review_due_at: DateTime<Utc>,
    },
    Upheld {
        by: Uuid,
        at: DateTime<Utc>,
        reason: Option<String>,
    },
    Overturned {
        by: Uuid,
        at: DateTime<Utc>,
        reason: Option<String>,
    },
    WindowClosed {
        at: DateTime<Utc>,
    },
    ReviewLate,
}

/// Folds a change into the row. Pure.
pub(super) fn apply(record: Option<Model>, change: &Change) -> Result<Model, Failure> {
    if let Change::Filed { filed } = change {
        return Ok(begun((**filed).clone()));
    }
    let mut model = record.ok_or_else(|| Failure::Broken { workflow: "fm_claim".into(), rule: "a change came before the claim".into() })?;
    match change {
        Change::Filed { .. } | Change::EvidenceAdded { .. } => {}
        Change::Noted { comp_notes } => model.comp_notes = Some(comp_notes.clone()),
        Change::Withdrawn { reason, at } => {
            model.withdraw_reason.clone_from(reason);
            model.end(State::Withdrawn, *at);
        }
        Change::Approved { by, at, reason } => {
            model.first_review((*by, *at), reason);
            model.end(State::Approved, *at);
        }
        Change::Rejected { by, at, reason, appeal_until } => {
            model.first_review((*by, *at), reason);
            model.rejected(*at, *appeal_until);
        }
        Change::Appealed { by, at, reason, review_due_at } => model.appealed((*by, *at), reason, *review_due_at),
        Change::Upheld { by, at, reason } => model.second_review(State::Upheld, (*by, *at), reason),
        Change::Overturned { by, at, reason } => model.second_review(State::Overturned, (*by, *at), reason),
        Change::WindowClosed { at } => model.end(State::Final, *at),
        Change::ReviewLate => model.sla_flagged = true,
    }
    Ok(model)
}

impl Model {
    /// Nobody's turn any more.
    fn end(&mut self, state: State, at: DateTime<Utc>) {
        self.state = state.as_str().into();
        self.closed_at = Some(at);
        self.review_due_at = None;
    }

    fn first_review(&mut self, (by, at): (Uuid, DateTime<Utc>), reason: &Option<String>) {
        self.l1_by = Some(by);
        self.l1_at = Some(at);
        self.l1_reason.clone_from(reason);
        self.review_due_at = None;
        self.sla_flagged = false;
    }

    fn rejected(&mut self, at: DateTime<Utc>, appeal_until: Option<DateTime<Utc>>) {
        self.appeal_until = appeal_until;
        match appeal_until {
            Some(_) => self.state = State::Rejected.as_str().into(),
            None => self.end(State::Final, at),
        }
    }

    fn appealed(&mut self, (by, at): (Uuid, DateTime<Utc>), reason: &Option<String>, review_due_at: DateTime<Utc>) {
        self.state = State::PendingL2.as_str().into();
        self.appealed_by = Some(by);
        self.appealed_at = Some(at);
        self.appeal_reason.clone_from(reason);
        self.review_due_at = Some(review_due_at);
    }

    fn second_review(&mut self, state: State, (by, at): (Uuid, DateTime<Utc>), reason: &Option<String>) {
        self.l2_by = Some(by);
        self.l2_at = Some(at);
        self.l2_reason.clone_from(reason);
        self.sla_flagged = false;
        self.end(state, at);
    }
}

fn begun(filed: Filed) -> Model {
    Model {
        id: filed.id,
        code: filed.code,
        sesi_id: filed.sesi_id,
        siswa_id: filed.siswa_id,
        tutor_id: filed.tutor_id,
        number: filed.number,
        denda_id: filed.denda_id,
        strike_id: filed.strike_id,
        denda_rp: filed.denda_rp,
        penalty_at: filed.penalty_at,
        category: filed.category,
        story: Some(filed.story),
        comp_notes: None,
        state: State::PendingL1.as_str().into(),
        levels: filed.levels,
        filed_by: filed.by,
        filed_at: filed.at,
        claim_until: filed.claim_until,
        review_due_at: Some(filed.review_due_at),
        sla_flagged: false,
        l1_by: None,
        l1_at: None,
        l1_reason: None,
        appeal_until: None,
        appealed_by: None,
        appealed_at: None,
        appeal_reason: None,
        l2_by: None,
        l2_at: None,
        l2_reason: None,
        withdraw_reason: None,
        closed_at: None,
    }
}

pub(super) fn store(ctx: Ctx<'_>, before: Option<&Model>, after: &Model, change: &Change, batch: &mut Batch) {
    let row = after.clone().into_active_model().reset_all();
    match before {
        None => batch.push_query(&Entity::insert(row)),
        Some(_) => batch.push_query(&Entity::update_many().set(row).filter(Column::Id.eq(after.id))),
    }
    match change {
        Change::Filed { filed } => evidence::store(ctx, after.id, &filed.evidence, batch),
        Change::EvidenceAdded { evidence } => evidence::store(ctx, after.id, evidence, batch),
        _ => {}
    }
}
