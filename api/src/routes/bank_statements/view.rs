//! The shapes bank statements speak.

use crate::view::Named;
use chrono::{DateTime, NaiveDate, Utc};
use engine::refusal::Failure;
use sea_orm::QueryResult;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;
use workflows::bank::propose::{self, Proposal};
use workflows::bank::sheet::{Line, LineFault};
use workflows::bank::statement::Report;

/// A statement that was taken in.
#[derive(Serialize, ToSchema)]
pub struct BankStatement {
    id: Uuid,
    name: String,
    lines: i64,
    added: i64,
    /// Of its lines, how many nobody has matched or ignored.
    open: i64,
    #[schema(required)]
    from_day: Option<NaiveDate>,
    #[schema(required)]
    to_day: Option<NaiveDate>,
    imported_by: Named,
    imported_at: DateTime<Utc>,
}

/// What happened, or in a dry run would happen.
#[derive(Serialize, ToSchema)]
pub struct BankImport {
    #[schema(required)]
    statement_id: Option<Uuid>,
    lines: i64,
    /// Lines no statement has brought before, what came in and what went out by them.
    added: i64,
    in_rp: i64,
    out_rp: i64,
    /// Lines that are there already.
    known: i64,
    /// Rows that are no transactions.
    skipped: i64,
    /// The first thousand; `fault_count` counts all.
    faults: Vec<BankLineFault>,
    fault_count: i64,
    /// The first new lines.
    first: Vec<ReadLine>,
    written: bool,
}

#[derive(Serialize, ToSchema)]
pub struct BankLineFault {
    line: i64,
    /// `day`, `amount` or `balance`.
    column: String,
    /// `not_date`, `not_amount`, `has_sen` or `both_sides`.
    code: String,
    cell: String,
}

#[derive(Serialize, ToSchema)]
pub struct ReadLine {
    line: i64,
    booked_on: NaiveDate,
    description: String,
    amount_rp: i64,
}

/// A line of a statement.
#[derive(Serialize, ToSchema)]
pub struct BankLine {
    id: Uuid,
    booked_on: NaiveDate,
    description: String,
    /// What came above zero, what went below.
    amount_rp: i64,
    #[schema(required)]
    balance_rp: Option<i64>,
    /// `OPEN`, `MATCHED` or `IGNORED`.
    state: String,
    #[schema(required)]
    payment: Option<MatchedPayment>,
    #[schema(required)]
    ignored_reason: Option<String>,
    statement: Named,
}

#[derive(Serialize, ToSchema)]
pub struct MatchedPayment {
    id: Uuid,
    code: String,
}

/// What is left to look at.
#[derive(Serialize, ToSchema)]
pub struct BankFigures {
    pub open: i64,
    pub open_in_rp: i64,
    pub open_out_rp: i64,
    pub matched: i64,
    pub ignored: i64,
}

/// What a line may be, and why.
#[derive(Serialize, ToSchema)]
pub struct BankProposal {
    /// `SISWA`, `HONORARIUM`, or `RECORDED` for a payment that is there already.
    kind: String,
    #[schema(required)]
    who_id: Option<Uuid>,
    who_code: String,
    who_name: String,
    documents: Vec<ProposedDocument>,
    score: i64,
    /// `number`, `code`, `amount`, `amount_all`, `name`, `parent`, `day`, `recorded` and `reference`.
    reasons: Vec<String>,
}

/// A Tagihan or an Honorarium to be paid, or the payment.
#[derive(Serialize, ToSchema)]
pub struct ProposedDocument {
    id: Uuid,
    number: String,
    open_rp: i64,
    amount_rp: i64,
}

pub fn read_statement(row: &QueryResult) -> Result<BankStatement, Failure> {
    Ok(BankStatement {
        id: row.try_get("", "id")?,
        name: row.try_get("", "name")?,
        lines: row.try_get("", "line_count")?,
        added: row.try_get("", "added_count")?,
        open: row.try_get("", "open_count")?,
        from_day: row.try_get("", "from_day")?,
        to_day: row.try_get("", "to_day")?,
        imported_by: Named { id: row.try_get("", "imported_by")?, name: row.try_get::<Option<String>>("", "imported_by_name")?.unwrap_or_default() },
        imported_at: row.try_get("", "imported_at")?,
    })
}

pub fn read_line(row: &QueryResult) -> Result<BankLine, Failure> {
    let payment: Option<Uuid> = row.try_get("", "payment_id")?;
    let code: Option<String> = row.try_get("", "payment_code")?;
    Ok(BankLine {
        id: row.try_get("", "id")?,
        booked_on: row.try_get("", "booked_on")?,
        description: row.try_get("", "description")?,
        amount_rp: row.try_get("", "amount_rp")?,
        balance_rp: row.try_get("", "balance_rp")?,
        state: row.try_get("", "state")?,
        payment: payment.zip(code).map(|(id, code)| MatchedPayment { id, code }),
        ignored_reason: row.try_get("", "ignored_reason")?,
        statement: Named { id: row.try_get("", "statement_id")?, name: row.try_get("", "statement_name")? },
    })
}

impl From<Report> for BankImport {
    fn from(report: Report) -> Self {
        let fault = |fault: LineFault| BankLineFault { line: count(fault.line), column: fault.column.into(), code: fault.code.into(), cell: fault.cell };
        let line = |line: Line| ReadLine { line: count(line.line), booked_on: line.booked_on, description: line.description, amount_rp: line.amount_rp };
        Self {
            statement_id: report.statement_id,
            lines: count(report.lines),
            added: count(report.added),
            in_rp: report.in_rp,
            out_rp: report.out_rp,
            known: count(report.known),
            skipped: count(report.skipped),
            faults: report.faults.into_iter().map(fault).collect(),
            fault_count: count(report.fault_count),
            first: report.first.into_iter().map(line).collect(),
            written: report.written,
        }
    }
}

impl From<Proposal> for BankProposal {
    fn from(proposal: Proposal) -> Self {
        let document = |one: propose::Document| ProposedDocument { id: one.id, number: one.number, open_rp: one.open_rp, amount_rp: one.amount_rp };
        Self {
            kind: proposal.kind.to_string(),
            who_id: proposal.who_id,
            who_code: proposal.who_code,
            who_name: proposal.who_name,
            documents: proposal.documents.into_iter().map(document).collect(),
            score: proposal.score,
            reasons: proposal.reasons.into_iter().map(str::to_owned).collect(),
        }
    }
}

/// Counts are far below the limit.
fn count(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
