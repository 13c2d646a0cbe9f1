//! A draft as it is kept with its backtest, and how it decides recorded decisions anew.

use super::command::Start;
use super::parties;
use super::prices::{Bump, CellPrice, Prices};
use super::record::{Model, Subject};
use chrono::{DateTime, Utc};
use engine::backtest::{self, Anew, Asked, Measure, Place, Recorded, Report};
use engine::db::{self, Db};
use engine::history::canonical;
use engine::policy::{self, CompiledPolicy, PolicyDecision, PolicyHost, PolicySource, content_sha256};
use engine::policy_store;
use engine::refusal::Failure;
use sea_orm::ConnectionTrait;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use uuid::Uuid;

/// What was drafted, word for word.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Snapshot {
    Policy { script: String, params: Value },
    Prices { cells: Vec<CellPrice>, bump: Option<Bump> },
}

impl Snapshot {
    pub fn of(start: &Start) -> Self {
        match start.subject {
            Subject::Policy => Self::Policy { script: start.script.clone().unwrap_or_default(), params: start.params.clone().unwrap_or(Value::Null) },
            Subject::Price => Self::Prices { cells: start.cells.clone(), bump: start.bump },
        }
    }

    /// Of a policy, that of the version it would become; so a report is found by the content it is about.
    pub fn sha256(&self) -> String {
        match self {
            Self::Policy { script, params } => content_sha256(script, params),
            Self::Prices { cells, bump } => hex::encode(Sha256::digest(canonical(&json!({ "cells": cells, "bump": bump })))),
        }
    }
}

/// A draft ready to decide.
#[derive(Clone, Debug)]
pub enum Draft {
    Policy(CompiledPolicy),
    Prices(Prices),
}

/// A part of a backtest.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    pub report: Report,
    /// Behind the last decision; nothing when there was none.
    pub place: Option<Place>,
    pub ended: bool,
}

/// A part ends early when so many decisions failed: a draft that fails late, at the limit of its operations, is slow.
const MOST_FAILED: i64 = 2_000;

impl Draft {
    /// # Errors
    /// `Failure::Policy` when it does not compile, which was tried before it was kept.
    pub fn new(backtest: &Model) -> Result<Self, Failure> {
        Ok(match backtest.snapshot()? {
            Snapshot::Policy { script, params } => Self::Policy(policy::compile(&PolicySource { kind: backtest.kind.clone(), number: 0, script, params })?),
            Snapshot::Prices { cells, bump } => Self::Prices(Prices::new(&cells, bump)),
        })
    }

    /// Decides the next `most` decisions anew, a page at a time.
    ///
    /// # Errors
    /// When the database cannot be read, or a version that decided is not there any more.
    pub async fn part(&self, db: &Db, host: &PolicyHost, asked: &Asked, (after, most): (Place, i64)) -> Result<Part, Failure> {
        let measures = parties::of(&asked.kind);
        let mut part = Part { report: Report::default(), place: None, ended: false };
        while part.report.decisions < most && part.report.failed < MOST_FAILED {
            let page = backtest::page(db.reader(), asked, part.place.unwrap_or(after)).await?;
            let Some(last) = page.last() else {
                part.ended = true;
                break;
            };
            part.place = Some(last.place());
            self.add(db, host, page, measures, &mut part.report).await?;
        }
        part.report.tidy();
        Ok(part)
    }

    async fn add(&self, db: &Db, host: &PolicyHost, page: Vec<Recorded>, measures: &[Measure], report: &mut Report) -> Result<(), Failure> {
        for (recorded, said) in self.decide(db, host, page).await? {
            report.add(measures, recorded, said);
        }
        Ok(())
    }

    /// What it says to each that still counts.
    ///
    /// # Errors
    /// As [`Self::part`].
    pub async fn decide(&self, db: &Db, host: &PolicyHost, mut page: Vec<Recorded>) -> Result<Vec<Anew>, Failure> {
        if self.kind_of() == super::PRICING {
            let last = last_substitutions(db.reader(), &page).await?;
            page.retain(|one| last.get(&one.instance_id).is_none_or(|at| one.at >= *at));
        }
        match self {
            Self::Policy(draft) => backtest::decide_page(draft, page).await,
            Self::Prices(prices) => {
                let inputs = prices.inputs(db.reader(), &page).await?;
                let mut anew = Vec::with_capacity(page.len());
                for (one, input) in page.into_iter().zip(inputs) {
                    let said = match input {
                        None => Ok(one.output.clone()),
                        Some(input) => backtest::decide(&policy_store::ensure(db.reader(), host, &self.kind_of(), one.version).await?, &input),
                    };
                    anew.push((one, said));
                }
                Ok(anew)
            }
        }
    }

    /// What it says to one, with every step to it.
    ///
    /// # Errors
    /// As [`Self::part`].
    pub async fn explain(&self, db: &Db, host: &PolicyHost, one: &Recorded) -> Result<Result<PolicyDecision, String>, Failure> {
        let (version, input) = match self {
            Self::Policy(draft) => (draft.clone(), one.input.clone()),
            Self::Prices(prices) => {
                let inputs = prices.inputs(db.reader(), std::slice::from_ref(one)).await?;
                let input = inputs.into_iter().next().flatten().unwrap_or_else(|| one.input.clone());
                (policy_store::ensure(db.reader(), host, &self.kind_of(), one.version).await?, input)
            }
        };
        Ok(policy::evaluate(&version, &input).map_err(|error| error.to_string()))
    }

    /// The policy it decides by.
    fn kind_of(&self) -> String {
        match self {
            Self::Policy(draft) => draft.kind().to_owned(),
            Self::Prices(_) => super::PRICING.to_owned(),
        }
    }
}

/// When somebody last stood in at the sesi of these decisions. It is priced anew then, and the price before counts no more.
async fn last_substitutions(conn: &impl ConnectionTrait, page: &[Recorded]) -> Result<HashMap<Uuid, DateTime<Utc>>, Failure> {
    let marks = vec!["?"; page.len().max(1)].join(",");
    let mut ids: Vec<sea_orm::Value> = page.iter().map(|one| one.instance_id.into()).collect();
    if ids.is_empty() {
        ids.push(Uuid::nil().into());
    }
    let rows = db::rows(conn, &format!("SELECT sesi_id, at FROM sesi_substitution WHERE sesi_id IN ({marks}) ORDER BY sesi_id, number"), ids).await?;
    rows.iter().map(|row| Ok((row.try_get("", "sesi_id")?, row.try_get("", "at")?))).collect()
}
