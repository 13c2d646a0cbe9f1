//! The record of a publication: the draft as it was last saved, who had a hand in it, and the version it became.

use super::state::State;
use chrono::{DateTime, Utc};
use engine::batch::Batch;
use engine::policy::content_sha256;
use engine::refusal::Failure;
use engine::tag::Tag;
use sea_orm::entity::prelude::*;
use sea_orm::{ActiveModelTrait, FromJsonQueryResult, IntoActiveModel};
use serde::{Deserialize, Serialize};

/// Everybody who has started, saved or submitted the draft.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
pub struct Editors(pub Vec<Uuid>);

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "policy_publication")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub code: String,
    pub kind: String,
    pub state: String,
    /// The version it is meant to replace.
    pub base_number: i64,
    pub script: String,
    pub params: Json,
    pub tests: Json,
    pub reason: Option<String>,
    /// When it is asked to take effect; once approved, when it does.
    pub effective_from: Option<DateTimeUtc>,
    /// The number of the version it was submitted as.
    pub number: Option<i64>,
    pub author_id: Uuid,
    #[sea_orm(column_type = "JsonBinary")]
    pub editors: Editors,
    pub created_at: DateTimeUtc,
    pub saved_by: Uuid,
    pub saved_at: DateTimeUtc,
    pub submitted_by: Option<Uuid>,
    pub submitted_at: Option<DateTimeUtc>,
    pub decided_by: Option<Uuid>,
    pub decided_at: Option<DateTimeUtc>,
    /// Why it was sent back, rejected, withdrawn or called off.
    pub decision_reason: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    /// Whether this person has had a hand in the draft.
    pub fn is_work_of(&self, person: Uuid) -> bool {
        self.author_id == person || self.submitted_by == Some(person) || self.editors.0.contains(&person)
    }

    /// SHA-256 of script and parameters, as the version's.
    pub fn sha256(&self) -> String {
        content_sha256(&self.script, &self.params)
    }

    fn edited_by(&mut self, person: Uuid) {
        if !self.editors.0.contains(&person) {
            self.editors.0.push(person);
        }
    }

    fn enter(&mut self, state: State) {
        self.state = state.as_str().into();
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum Change {
    Started {
        id: Uuid,
        code: String,
        kind: String,
        base_number: i64,
        script: String,
        params: Json,
        tests: Json,
        by: Uuid,
        at: DateTime<Utc>,
    },
    Saved {
        script: String,
        params: Json,
        tests: Json,
        reason: Option<String>,
        effective_from: Option<DateTime<Utc>>,
        base_number: i64,
        by: Uuid,
        at: DateTime<Utc>,
    },
    Submitted {
        number: i64,
        version_id: Uuid,
        by: Uuid,
        at: DateTime<Utc>,
    },
    SentBack {
        reason: String,
    },
    Approved {
        effective_from: DateTime<Utc>,
        at_once: bool,
        by: Uuid,
        at: DateTime<Utc>,
    },
    Ended {
        state: State,
        reason: String,
        by: Uuid,
        at: DateTime<Utc>,
    },
    Activated,
}

/// Folds a change into the row. Pure.
pub(super) fn apply(record: Option<Model>, change: &Change) -> Result<Model, Failure> {
    if let Change::Started { id, code, kind, base_number, script, params, tests, by, at } = change {
        return Ok(Model {
            id: *id,
            code: code.clone(),
            kind: kind.clone(),
            state: State::Draft.as_str().into(),
            base_number: *base_number,
            script: script.clone(),
            params: params.clone(),
            tests: tests.clone(),
            reason: None,
            effective_from: None,
            number: None,
            author_id: *by,
            editors: Editors(vec![*by]),
            created_at: *at,
            saved_by: *by,
            saved_at: *at,
            submitted_by: None,
            submitted_at: None,
            decided_by: None,
            decided_at: None,
            decision_reason: None,
        });
    }
    let mut model = record.ok_or_else(before_the_start)?;
    match change {
        Change::Started { .. } => {}
        Change::Saved { script, params, tests, reason, effective_from, base_number, by, at } => {
            (model.script, model.params, model.tests) = (script.clone(), params.clone(), tests.clone());
            (model.reason, model.effective_from, model.base_number) = (reason.clone(), *effective_from, *base_number);
            (model.saved_by, model.saved_at) = (*by, *at);
            model.edited_by(*by);
        }
        Change::Submitted { number, by, at, .. } => {
            model.enter(State::InReview);
            (model.number, model.submitted_by, model.submitted_at) = (Some(*number), Some(*by), Some(*at));
            model.decision_reason = None;
            model.edited_by(*by);
        }
        Change::SentBack { reason } => {
            model.enter(State::Draft);
            (model.number, model.submitted_by, model.submitted_at) = (None, None, None);
            model.decision_reason = Some(reason.clone());
        }
        Change::Approved { effective_from, at_once, by, at } => {
            model.enter(if *at_once { State::Published } else { State::Scheduled });
            model.effective_from = Some(*effective_from);
            (model.decided_by, model.decided_at) = (Some(*by), Some(*at));
        }
        Change::Ended { state, reason, by, at } => {
            model.enter(*state);
            model.decision_reason = Some(reason.clone()).filter(|reason| !reason.is_empty());
            (model.decided_by, model.decided_at) = (Some(*by), Some(*at));
        }
        Change::Activated => model.enter(State::Published),
    }
    Ok(model)
}

fn before_the_start() -> Failure {
    Failure::Broken { workflow: "policy_publication".into(), rule: "a change came before the start".into() }
}

pub(super) fn store(before: Option<&Model>, after: &Model, change: &Change, batch: &mut Batch) {
    let row = after.clone().into_active_model().reset_all();
    match before {
        None => batch.push_query(&Entity::insert(row)),
        Some(_) => batch.push_query(&Entity::update_many().set(row).filter(Column::Id.eq(after.id))),
    }
    let submitted_as = before.and_then(|before| before.number);
    match (change, submitted_as) {
        (Change::Submitted { number, version_id, by, at }, _) => make_version(after, (*version_id, *number), (*by, *at), batch),
        (Change::Approved { effective_from, at_once, .. }, Some(number)) => {
            let sql = "UPDATE policy_version SET state = 'ACTIVE', effective_from = ? WHERE kind = ? AND number = ?";
            batch.push(sql, vec![(*effective_from).into(), after.kind.clone().into(), number.into()]);
            if *at_once {
                supersede(&after.kind, number, *effective_from, batch);
            }
        }
        (Change::SentBack { .. } | Change::Ended { .. }, Some(number)) => {
            let sql = "UPDATE policy_version SET state = 'REJECTED' WHERE kind = ? AND number = ?";
            batch.push(sql, vec![after.kind.clone().into(), number.into()]);
        }
        (Change::Activated, Some(number)) => {
            if let Some(effective_from) = after.effective_from {
                supersede(&after.kind, number, effective_from, batch);
            }
        }
        (Change::Started { .. } | Change::Saved { .. } | Change::SentBack { .. } | Change::Approved { .. } | Change::Ended { .. } | Change::Activated, _) => {}
    }
}

/// What was reviewed, as it will stay. The author's name is read from the account: people may be erased.
fn make_version(draft: &Model, (id, number): (Uuid, i64), (by, at): (Uuid, DateTime<Utc>), batch: &mut Batch) {
    let sql = "INSERT INTO policy_version (id, kind, number, state, script, params, tests, sha256, author_id, author_name, reason, effective_from, created_at) \
               VALUES (?, ?, ?, 'IN_REVIEW', ?, ?, ?, ?, ?, '', ?, ?, ?)";
    let values = vec![
        id.into(),
        draft.kind.clone().into(),
        number.into(),
        draft.script.clone().into(),
        draft.params.clone().into(),
        draft.tests.clone().into(),
        draft.sha256().into(),
        by.into(),
        draft.reason.clone().unwrap_or_default().into(),
        draft.effective_from.into(),
        at.into(),
    ];
    batch.push(sql, values);
}

/// Everything active that this version takes over from.
fn supersede(kind: &str, number: i64, effective_from: DateTime<Utc>, batch: &mut Batch) {
    let sql = "UPDATE policy_version SET state = 'SUPERSEDED' WHERE kind = ? AND state = 'ACTIVE' AND number <> ? \
               AND (effective_from < ? OR (effective_from = ? AND number < ?))";
    batch.push(sql, vec![kind.into(), number.into(), effective_from.into(), effective_from.into(), number.into()]);
}
