//! What the author of a workflow writes ([`Workflow`]), and its erased twin for the engine.
//!
//! `decide` is pure: no I/O, no clock, no globals; the same input gives the same plan. It serves the
//! commit, the preview, the list of allowed actions, the tests and the backtest alike.

use crate::actor::Actor;
use crate::audit;
use crate::batch::Batch;
use crate::db::{self, Db, Tx};
use crate::definition::Definition;
use crate::personal::{self, Keyring, Keys, Part, Personal};
use crate::plan::{Amount, AnyCommand, Effect, Notice, Plan};
use crate::policy::PolicyHost;
use crate::refusal::{Failure, FieldError, Halt, Refusal, Rejected};
use crate::tag::Tag;
use chrono::{DateTime, Utc};
use futures::future::BoxFuture;
use sea_orm::{EntityTrait, FromQueryResult, IdenStatic, Iterable, QueryResult};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use std::fmt::Debug;
use std::marker::PhantomData;
use std::sync::Arc;
use uuid::Uuid;

/// What surrounds a decision: when, by whom, for whom, and the compiled policies.
#[derive(Clone, Copy)]
pub struct Ctx<'a> {
    pub id: Uuid,
    pub now: DateTime<Utc>,
    /// When the program took the request in, before it waited for anything: deadlines are judged by it.
    pub received_at: DateTime<Utc>,
    pub actor: &'a Actor,
    pub reason: Option<&'a str>,
    pub policies: &'a PolicyHost,
}

/// A typed decision to make: the instance's state and record, the command, the facts, the context.
pub struct Case<'a, W: Workflow> {
    pub state: Option<W::State>,
    pub record: Option<&'a W::Record>,
    pub command: &'a W::Command,
    pub facts: &'a W::Facts,
    pub ctx: Ctx<'a>,
}

/// How people recognise an instance in a list.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Subject {
    /// The human code, unique per workflow, e.g. `SES-2026-000123`.
    pub code: String,
    /// One line of names.
    pub label: String,
    pub amount_rp: Option<i64>,
}

/// Where the records of a workflow are kept: a table whose `id` is the instance's.
#[derive(Clone, Debug)]
pub struct Table {
    name: String,
    columns: Vec<String>,
}

impl Table {
    pub fn new(name: &str, columns: &[&str]) -> Self {
        Self { name: name.into(), columns: columns.iter().map(|column| (*column).to_owned()).collect() }
    }

    /// The table of an entity.
    pub fn of<E: EntityTrait>() -> Self {
        Self { name: E::default().table_name().to_owned(), columns: E::Column::iter().map(|column| column.as_str().to_owned()).collect() }
    }

    /// Every column of the table `r`, named so that [`record`] finds it in a wider row.
    pub(crate) fn selected(&self) -> String {
        self.columns.iter().map(|column| format!("r.{column} AS {PREFIX}{column}")).collect::<Vec<_>>().join(", ")
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }
}

const PREFIX: &str = "r_";

/// The plan of a workflow.
pub type PlanOf<W> = Plan<<W as Workflow>::State, <W as Workflow>::Change>;

/// A workflow: a typed state machine with a pure decision function.
pub trait Workflow: Sized + Send + Sync + 'static {
    const NAME: &'static str;
    /// The version of the stored facts and changes.
    const VERSION: i64;
    type State: Tag;
    /// Deserialised from `{"command": name, …form fields}`; unknown fields are refused before.
    type Command: DeserializeOwned + Send + Sync + Debug;
    /// Everything the business may say no with.
    type Rejection: Into<Rejected>;
    /// The workflow's own record: what its table holds.
    type Record: FromQueryResult + Clone + PartialEq + Debug + Serialize + DeserializeOwned + Send + Sync;
    /// All that `decide` may look at besides the record; recorded with the decision.
    type Facts: Serialize + DeserializeOwned + Send + Sync;
    /// What happens to the record; recorded, so that replaying gives the present record.
    type Change: Serialize + DeserializeOwned + Send + Sync;

    fn definition() -> Definition;
    /// Where the record is read from, together with the instance.
    fn table() -> Table;
    /// Reads what the decision needs; may lock rows, never writes business data.
    fn facts<'a>(
        tx: &'a Tx,
        record: Option<&'a Self::Record>,
        command: &'a Self::Command,
        ctx: Ctx<'a>,
    ) -> impl Future<Output = Result<Self::Facts, Halt>> + Send + 'a;
    /// The business: what happens next, or why not. Pure. `Err(Halt)` is for a broken policy.
    fn decide(case: &Case<'_, Self>) -> Result<PlanOf<Self>, Verdict<Self::Rejection>>;
    /// Folds one change into the record. Pure.
    fn apply(record: Option<Self::Record>, change: &Self::Change) -> Result<Self::Record, Failure>;
    /// How the instance is shown in lists after the change.
    fn describe(record: &Self::Record, facts: &Self::Facts, before: Option<&Subject>) -> Subject;
    /// What of all this is about people, and about whom: it is stored under their keys. Whoever forgets one here keeps
    /// it for good; `tests/it/conformance` looks for names it knows.
    fn personal() -> Vec<Personal> {
        vec![]
    }
    /// The oldest version whose live instances [`Workflow::migrate`] carries over to this one. A program that finds
    /// an older one among the living refuses to start (invariant I9).
    const MIGRATES_FROM: i64 = Self::VERSION;
    /// Carries a live instance of version `from` over: the state it is in now, what changes in its record, and
    /// the tasks and timers it needs there. `None` when there is no way.
    fn migrate(from: i64, state: &str, record: &Self::Record, ctx: Ctx<'_>) -> Option<PlanOf<Self>> {
        let _ = (from, state, record, ctx);
        None
    }
    /// Brings a change recorded by version `from` into the shape of this one, for replay.
    fn upcast(from: i64, change: Value) -> Value {
        let _ = from;
        change
    }
    /// The statements that store the record and what belongs to it.
    fn store(ctx: Ctx<'_>, state: Self::State, before: Option<&Self::Record>, after: &Self::Record, change: &Self::Change, batch: &mut Batch);
}

/// Why `decide` gave no plan.
#[derive(Debug)]
pub enum Verdict<R> {
    Rejected(R),
    /// A policy could not be evaluated; nothing the caller can mend in the request.
    Failed(Failure),
}

impl<R> From<crate::policy::PolicyError> for Verdict<R> {
    fn from(error: crate::policy::PolicyError) -> Self {
        Self::Failed(Failure::Policy(error))
    }
}

/// Where the instance stands, as the engine loaded it.
#[derive(Clone, Debug)]
pub(crate) struct At<'a> {
    pub state: Option<&'a str>,
    pub subject: Option<&'a Subject>,
    /// The row that holds the instance's record.
    pub row: Option<&'a QueryResult>,
}

/// A decision made and ready to be written.
pub(crate) struct Considered {
    pub next: &'static str,
    pub facts: Value,
    pub change: Value,
    pub effects: Vec<Effect>,
    pub amounts: Vec<Amount>,
    pub warnings: Vec<Notice>,
    pub on_behalf_of: Option<String>,
    pub done_for: Option<Uuid>,
    pub before: Option<Value>,
    pub after: Value,
    pub subject: Subject,
    pub writes: Batch,
    pub personal: Arc<[Personal]>,
    pub keys: Keyring,
}

impl Considered {
    /// Fetches the keys of everybody its rows will tell about.
    pub async fn fetch_keys(&mut self, keys: &Keys, db: &Db, tx: &Tx, (actor, now): (&Actor, DateTime<Utc>)) -> Result<(), Failure> {
        let records = self.before.iter().chain([&self.after]);
        let mut people: BTreeSet<Uuid> = records.flat_map(|record| personal::people(&self.personal, record)).collect();
        people.extend(audit::acting(actor).chain(self.done_for));
        self.keys = keys.of(db, tx, &people, now).await?;
        Ok(())
    }

    /// A part of the step as it is stored.
    pub fn sealed(&self, part: Part, mut value: Value) -> Result<Value, Failure> {
        personal::mark_declared(&self.personal, part, &mut value, &self.after);
        personal::seal(&mut value, &self.keys)?;
        Ok(value)
    }

    /// The people a free text of the step is about.
    pub fn about(&self) -> Vec<Uuid> {
        personal::told_about(&self.personal, &self.after)
    }

    /// A side of the record, its personal values marked.
    pub fn marked(&self, record: Value) -> Value {
        let mut marked = record.clone();
        personal::mark_declared(&self.personal, Part::Record, &mut marked, &record);
        marked
    }
}

/// The engine's view of any workflow.
pub(crate) trait AnyWorkflow: Send + Sync {
    fn definition(&self) -> &Definition;
    fn table(&self) -> &Table;
    fn consider<'a>(&'a self, tx: &'a Tx, at: At<'a>, command: &'a AnyCommand, ctx: Ctx<'a>) -> BoxFuture<'a, Result<Considered, Halt>>;
    fn personal(&self) -> &Arc<[Personal]>;
    fn migrates_from(&self) -> i64;
    fn migrate(&self, from: i64, at: At<'_>, ctx: Ctx<'_>) -> Result<Option<Considered>, Failure>;
    /// The record that results from folding recorded changes, each with the version that wrote it, as JSON.
    fn fold(&self, changes: Vec<(i64, Value)>) -> Result<Value, Failure>;
    /// The record as stored, as JSON.
    fn stored<'a>(&'a self, tx: &'a Tx, id: Uuid) -> BoxFuture<'a, Result<Option<Value>, Failure>>;
}

/// Lifts a [`Workflow`] into an [`AnyWorkflow`].
pub(crate) struct Erased<W> {
    definition: Definition,
    table: Table,
    personal: Arc<[Personal]>,
    workflow: PhantomData<fn() -> W>,
}

impl<W: Workflow> Erased<W> {
    pub fn new() -> Self {
        Self { definition: W::definition(), table: W::table(), personal: W::personal().into(), workflow: PhantomData }
    }
}

impl<W: Workflow> AnyWorkflow for Erased<W> {
    fn definition(&self) -> &Definition {
        &self.definition
    }

    fn table(&self) -> &Table {
        &self.table
    }

    fn consider<'a>(&'a self, tx: &'a Tx, at: At<'a>, command: &'a AnyCommand, ctx: Ctx<'a>) -> BoxFuture<'a, Result<Considered, Halt>> {
        Box::pin(async move {
            let state = at.state.map(|text| W::State::parse(text).ok_or_else(|| Failure::Unknown { what: "state", text: text.into() })).transpose()?;
            let typed = parse::<W>(command)?;
            let record = at.row.map(record::<W>).transpose()?.flatten();
            if state.is_some() && record.is_none() {
                return Err(Failure::Broken { workflow: W::NAME.into(), rule: format!("instance {} has no record", ctx.id) }.into());
            }
            let facts = W::facts(tx, record.as_ref(), &typed, ctx).await?;
            let case = Case::<W> { state, record: record.as_ref(), command: &typed, facts: &facts, ctx };
            let plan = W::decide(&case).map_err(|verdict| match verdict {
                Verdict::Rejected(rejection) => Halt::Refused(Refusal::Rejected(rejection.into())),
                Verdict::Failed(failure) => Halt::Failed(failure),
            })?;
            let subject = |after: &W::Record| W::describe(after, &facts, at.subject);
            let considered = considered::<W>(ctx, plan, record.as_ref(), subject)?;
            Ok(Considered { facts: json("facts", &facts)?, personal: self.personal.clone(), ..considered })
        })
    }

    fn personal(&self) -> &Arc<[Personal]> {
        &self.personal
    }

    fn migrates_from(&self) -> i64 {
        W::MIGRATES_FROM
    }

    fn migrate(&self, from: i64, at: At<'_>, ctx: Ctx<'_>) -> Result<Option<Considered>, Failure> {
        let Some(record) = at.row.map(record::<W>).transpose()?.flatten() else { return Ok(None) };
        let Some(plan) = W::migrate(from, at.state.unwrap_or_default(), &record, ctx) else { return Ok(None) };
        let considered = considered::<W>(ctx, plan, Some(&record), |_| at.subject.cloned().unwrap_or_default())?;
        Ok(Some(Considered { personal: self.personal.clone(), ..considered }))
    }

    fn fold(&self, changes: Vec<(i64, Value)>) -> Result<Value, Failure> {
        let mut record = None;
        for (version, change) in changes {
            let change = if version < W::VERSION { W::upcast(version, change) } else { change };
            let change: W::Change = serde_json::from_value(change).map_err(|source| Failure::Stored { what: format!("change of {}", W::NAME), source })?;
            record = Some(W::apply(record, &change)?);
        }
        json("record", &record)
    }

    fn stored<'a>(&'a self, tx: &'a Tx, id: Uuid) -> BoxFuture<'a, Result<Option<Value>, Failure>> {
        Box::pin(async move {
            let sql = format!("SELECT {} FROM {} r WHERE id = ?", self.table.selected(), self.table.name);
            let row = db::row(tx, &sql, vec![id.into()]).await?;
            row.as_ref().map(record::<W>).transpose()?.flatten().map(|record| json("record", &record)).transpose()
        })
    }
}

/// A plan with the record it leads to, ready to be written; without facts.
fn considered<W: Workflow>(
    ctx: Ctx<'_>,
    plan: PlanOf<W>,
    before: Option<&W::Record>,
    subject: impl FnOnce(&W::Record) -> Subject,
) -> Result<Considered, Failure> {
    let after = W::apply(before.cloned(), &plan.change)?;
    let mut writes = Batch::default();
    W::store(ctx, plan.next, before, &after, &plan.change, &mut writes);
    Ok(Considered {
        next: plan.next.as_str(),
        subject: subject(&after),
        facts: Value::Null,
        change: json("change", &plan.change)?,
        before: before.map(|record| json("record", record)).transpose()?,
        after: json("record", &after)?,
        effects: plan.effects,
        amounts: plan.amounts,
        warnings: plan.warnings,
        on_behalf_of: plan.on_behalf_of,
        done_for: plan.done_for,
        writes,
        personal: Arc::default(),
        keys: Keyring::default(),
    })
}

/// The record in a row that holds the columns of [`Table::selected`]; none when the table has no such row.
fn record<W: Workflow>(row: &QueryResult) -> Result<Option<W::Record>, Failure> {
    Ok(W::Record::from_query_result_optional(row, PREFIX)?)
}

/// The typed command of a request whose fields the definition has already checked.
fn parse<W: Workflow>(command: &AnyCommand) -> Result<W::Command, Halt> {
    let mut object: Map<String, Value> = command.body.iter().filter(|(_, value)| !value.is_null()).map(|(key, value)| (key.clone(), value.clone())).collect();
    object.insert("command".into(), command.name.clone().into());
    serde_json::from_value(Value::Object(object)).map_err(|error| {
        let mut fault = FieldError::new("body", "malformed");
        fault.params.insert("message".into(), error.to_string().into());
        Halt::Refused(Refusal::Invalid(vec![fault]))
    })
}

fn json(what: &str, value: &impl Serialize) -> Result<Value, Failure> {
    serde_json::to_value(value).map_err(|source| Failure::Stored { what: what.into(), source })
}
