//! The trial balance of a month: opening, debit, credit and closing of every account, by the day entries are posted on.

use super::super::OurApp;
use super::{export, filter};
use crate::app::App;
use crate::auth::guard::SignedIn;
use crate::export::{Cell, Csv, Line, Table, Xlsx};
use crate::problem::Problem;
use crate::request::List;
use axum::Json;
use axum::extract::State;
use chrono::NaiveDate;
use chrono_tz::Asia::Jakarta;
use engine::db::{self, Db};
use engine::refusal::Failure;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use workflows::books::balance::{self, Balance, Month};

#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct TrialBalanceFilter {
    /// `2026-11`; the present month in Jakarta unless named.
    pub month: Option<String>,
    /// Language of an export's headings: `id`, unless it is `en`.
    pub lang: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub struct TrialBalance {
    /// `2026-11`
    month: String,
    first: NaiveDate,
    last: NaiveDate,
    /// Nothing more is posted in it.
    locked: bool,
    /// Months of the first and the last entry there is; null without entries.
    #[schema(required)]
    oldest: Option<String>,
    #[schema(required)]
    newest: Option<String>,
    /// By code.
    accounts: Vec<TrialAccount>,
    /// All accounts together: opening and closing are zero, debit equals credit.
    total: TrialFigures,
    /// Revenue less expenses of the month.
    earnings_rp: i64,
}

#[derive(Serialize, ToSchema)]
struct TrialAccount {
    account: String,
    name: String,
    /// `ASSET`, `LIABILITY`, `REVENUE`, `EXPENSE` or `EQUITY`.
    class: String,
    #[serde(flatten)]
    figures: TrialFigures,
}

/// Balances are debit less credit.
#[derive(Clone, Copy, Default, Serialize, ToSchema)]
struct TrialFigures {
    opening_rp: i64,
    debit_rp: i64,
    credit_rp: i64,
    closing_rp: i64,
}

pub async fn trial_balance(State(app): OurApp, list: List<TrialBalanceFilter>) -> Result<Json<TrialBalance>, Problem> {
    Ok(Json(read(&app, &list).await?))
}

pub async fn trial_balance_csv(State(app): OurApp, who: SignedIn, list: List<TrialBalanceFilter>) -> Result<Csv, Problem> {
    Ok(Csv::of(table(&app, &who, &list, "csv").await?))
}

pub async fn trial_balance_xlsx(State(app): OurApp, who: SignedIn, list: List<TrialBalanceFilter>) -> Result<Xlsx, Problem> {
    Xlsx::of(table(&app, &who, &list, "xlsx").await?).await
}

async fn read(app: &App, list: &List<TrialBalanceFilter>) -> Result<TrialBalance, Problem> {
    let month = match &list.filter.month {
        Some(text) => filter::month("month", text)?,
        None => Month::of(app.engine.clock.now().with_timezone(&Jakarta).date_naive()).ok_or_else(Problem::internal)?,
    };
    let db = &app.engine.db;
    let balances = balance::of_month(db, month).await?;
    let (oldest, newest) = reach(db).await?;
    let mut total = TrialFigures::default();
    balances.iter().for_each(|balance| total.add(figures(balance)));
    Ok(TrialBalance {
        month: month.to_string(),
        first: month.first,
        last: month.last,
        locked: locked(db, month).await?,
        oldest,
        newest,
        total,
        earnings_rp: balances.iter().map(Balance::earned_rp).sum(),
        accounts: balances
            .into_iter()
            .map(|balance| TrialAccount { figures: figures(&balance), account: balance.code, name: balance.name, class: balance.class })
            .collect(),
    })
}

fn figures(balance: &Balance) -> TrialFigures {
    TrialFigures { opening_rp: balance.opening_rp, debit_rp: balance.debit_rp, credit_rp: balance.credit_rp, closing_rp: balance.closing_rp() }
}

impl TrialFigures {
    const fn add(&mut self, other: Self) {
        self.opening_rp += other.opening_rp;
        self.debit_rp += other.debit_rp;
        self.credit_rp += other.credit_rp;
        self.closing_rp += other.closing_rp;
    }

    const fn all(self) -> [i64; 4] {
        [self.opening_rp, self.debit_rp, self.credit_rp, self.closing_rp]
    }
}

async fn locked(db: &Db, month: Month) -> Result<bool, Failure> {
    let sql = "SELECT 1 AS one FROM period WHERE month = ? AND state = 'LOCKED'";
    Ok(db::row(db.reader(), sql, vec![month.to_string().into()]).await?.is_some())
}

async fn reach(db: &Db) -> Result<(Option<String>, Option<String>), Failure> {
    let sql = "SELECT (SELECT min(posted_on) FROM journal_entry) AS oldest, (SELECT max(posted_on) FROM journal_entry) AS newest";
    let Some(row) = db::row(db.reader(), sql, vec![]).await? else { return Ok((None, None)) };
    let month = |day: Option<NaiveDate>| day.and_then(Month::of).map(|month| month.to_string());
    Ok((month(row.try_get("", "oldest")?), month(row.try_get("", "newest")?)))
}

static COLUMNS: [(&str, &str, u16); 7] = [
    ("Akun", "Account", 10),
    ("Nama", "Name", 28),
    ("Golongan akun", "Class", 16),
    ("Saldo awal", "Opening", 18),
    ("Debit", "Debit", 18),
    ("Kredit", "Credit", 18),
    ("Saldo akhir", "Closing", 18),
];

async fn table(app: &App, who: &SignedIn, list: &List<TrialBalanceFilter>, format: &str) -> Result<Table, Problem> {
    let balance = read(app, list).await?;
    let mut lines: Vec<Line> = balance.accounts.iter().map(line).collect();
    let total = balance.total.all().map(Cell::Sum);
    lines.push([Cell::Nothing, Cell::text("Total"), Cell::Nothing].into_iter().chain(total).collect());
    let about = [("Bulan", "Month", balance.month.clone())];
    let made = export::Made { name: "trial-balance", columns: &COLUMNS, about: &about, lang: list.filter.lang.as_deref(), format };
    export::table(app, who, made, export::at_once(lines)).await
}

fn line(account: &TrialAccount) -> Line {
    let texts = [&account.account, &account.name, &account.class].map(Cell::text);
    texts.into_iter().chain(account.figures.all().map(Cell::Rupiah)).collect()
}
