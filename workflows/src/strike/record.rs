//! What happens to the row of a strike, as recorded in its history; folding the changes gives the row.

use crate::records::strike::{Column, Decision, Entity, Model, Sanction, Status};
use chrono::{DateTime, Utc};
use engine::batch::Batch;
use engine::refusal::Failure;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What the tutor's points call for, by which version of the rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal {
    pub sanction: Sanction,
    pub days: i64,
    pub policy_version: i64,
}

impl Proposal {
    /// Whether HR decides; a mere warning is recorded at once.
    pub fn needs_a_person(&self) -> bool {
        match self.sanction {
            Sanction::None => false,
            Sanction::Warning => self.days > 0,
            Sanction::FinalWarning | Sanction::Termination => true,
        }
    }
}

/// What HR made of a proposal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decided {
    pub decision: Decision,
    pub sanction: Sanction,
    pub days: i64,
    pub reason: Option<String>,
    pub by: Uuid,
    pub at: DateTime<Utc>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum Change {
    Issued {
        row: Model,
        proposal: Proposal,
    },
    Adopted {
        row: Model,
    },
    Decided {
        decided: Decided,
    },
    Revoked {
        reason: Option<String>,
        by: Uuid,
        at: DateTime<Utc>,
        fm_claim_id: Option<Uuid>,
    },
    /// A proposal nobody has decided about is withdrawn.
    Held {
        fm_claim_id: Uuid,
        withdrawn: bool,
    },
    Released {
        proposal: Option<Proposal>,
    },
    Reconsidered {
        proposal: Option<Proposal>,
    },
    SlaRaised,
    Decayed,
}

/// Folds a change into the row. Pure.
pub(super) fn apply(record: Option<Model>, change: &Change) -> Result<Model, Failure> {
    if let Change::Issued { row, proposal } = change {
        return Ok(proposed(row.clone(), *proposal));
    }
    if let Change::Adopted { row } = change {
        return Ok(row.clone());
    }
    let row = record.ok_or_else(|| Failure::Broken { workflow: "strike".into(), rule: "a change came before the strike".into() })?;
    Ok(match change {
        Change::Issued { .. } | Change::Adopted { .. } | Change::SlaRaised => row,
        Change::Decided { decided } => Model {
            decision: Some(decided.decision),
            sanction: Some(decided.sanction),
            sanction_days: Some(decided.days),
            decided_by: Some(decided.by),
            decided_at: Some(decided.at),
            decision_reason: decided.reason.clone(),
            ..row
        },
        Change::Revoked { reason, by, at, fm_claim_id } => Model {
            status: Status::Revoked,
            revoked_at: Some(*at),
            revoked_by: Some(*by),
            revoked_reason: reason.clone(),
            fm_claim_id: fm_claim_id.or(row.fm_claim_id),
            ..row
        },
        Change::Held { fm_claim_id, withdrawn } => {
            let held = Model { status: Status::Held, fm_claim_id: Some(*fm_claim_id), ..row };
            if *withdrawn { Model { proposed: Sanction::None, proposed_days: 0, ..held } } else { held }
        }
        Change::Released { proposal } => {
            let live = Model { status: Status::Live, ..row };
            proposal.map_or(live.clone(), |proposal| proposed(live, proposal))
        }
        Change::Reconsidered { proposal } => proposal.map_or(row.clone(), |proposal| proposed(row, proposal)),
        Change::Decayed => Model { status: Status::Decayed, ..row },
    })
}

/// A warning is the sanction at once; the others wait for a person, whatever was decided about less before.
fn proposed(row: Model, proposal: Proposal) -> Model {
    let warned = proposal.sanction == Sanction::Warning && !proposal.needs_a_person();
    Model {
        proposed: proposal.sanction,
        proposed_days: proposal.days,
        policy_version: proposal.policy_version,
        sanction: warned.then_some(Sanction::Warning),
        sanction_days: warned.then_some(0),
        decision: None,
        decided_by: None,
        decided_at: None,
        decision_reason: None,
        ..row
    }
}

pub(super) fn store(before: Option<&Model>, after: &Model, change: &Change, batch: &mut Batch) {
    let row = after.clone().into_active_model().reset_all();
    // An adopted row is there already.
    if before.is_none() && !matches!(change, Change::Adopted { .. }) {
        batch.push_query(&Entity::insert(row));
    } else if before != Some(after) {
        batch.push_query(&Entity::update_many().set(row).filter(Column::Id.eq(after.id)));
    }
}
