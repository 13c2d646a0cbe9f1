//! What there is to see before a month is closed: eight checks, each with its figures, what stands in the way, and what somebody
//! should have looked at. The page and the workflow read them here, so that they cannot differ.

mod books;
mod corrections;
mod documents;
mod lessons;
mod money;
mod month;

pub use books::{Books, Fault};
pub use month::{ends_at, first as first_month};

use crate::books::balance::Month;
use chrono::{DateTime, Utc};
use engine::plan::Amount;
use engine::refusal::{Blocking, Failure};
use sea_orm::{ConnectionTrait, QueryResult};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

engine::tags! {
    /// In the order in which a month is closed.
    pub enum Check {
        /// The month is over in every office, and those before it are closed.
        Month => "month",
        /// Every sesi of the month has ended.
        Sesi => "sesi",
        /// Everything siswa owe stands on a Tagihan.
        Tagihan => "tagihan",
        /// Everything tutors are owed stands on an Honorarium.
        Honorarium => "honorarium",
        /// The bank's lines of the month are matched.
        Payments => "payments",
        /// Claims about sesi of the month are decided.
        ForceMajeure => "force_majeure",
        /// Nothing that changes amounts waits for a decision.
        Corrections => "corrections",
        /// Every entry balances, every document is booked, and each says what it came of.
        Books => "books",
    }
}

impl Check {
    /// Those that somebody signs; the others are the machine's alone.
    pub const SIGNED: [Self; 5] = [Self::Tagihan, Self::Honorarium, Self::Payments, Self::ForceMajeure, Self::Corrections];

    pub fn is_signed(self) -> bool {
        Self::SIGNED.contains(&self)
    }
}

/// How many things are named of each kind.
const MOST_NAMED: usize = 200;

/// What a check found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    pub check: Check,
    pub figures: Vec<Amount>,
    /// What must be mended before the month is closed.
    pub blocking: Vec<Item>,
    pub blocking_count: i64,
    /// What a person should have looked at before they sign.
    pub noted: Vec<Item>,
    pub noted_count: i64,
}

/// Something to look at, by its code and id; never by a name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// What it is: `sesi`, `siswa`, `tutor`, `billing_run`, `bank_line`, `fm_claim`, `period`, …
    pub kind: String,
    pub id: Uuid,
    pub code: String,
    /// Its state, or what is the matter.
    pub state: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rp: Option<i64>,
}

impl Item {
    fn new(kind: &str, id: Uuid, code: impl Into<String>, state: impl Into<String>) -> Self {
        Self { kind: kind.into(), id, code: code.into(), state: state.into(), count: None, rp: None }
    }

    /// Of a row with `id`, `code` and `state`.
    fn read(kind: &str, row: &QueryResult) -> Result<Self, Failure> {
        Ok(Self::new(kind, row.try_get("", "id")?, row.try_get::<String>("", "code")?, row.try_get::<String>("", "state")?))
    }
}

impl From<&Item> for Blocking {
    fn from(item: &Item) -> Self {
        Self { kind: item.kind.clone(), id: item.id, code: item.code.clone(), label: item.state.clone() }
    }
}

impl Evidence {
    fn new(check: Check) -> Self {
        Self { check, figures: vec![], blocking: vec![], blocking_count: 0, noted: vec![], noted_count: 0 }
    }

    #[must_use]
    fn figure(mut self, amount: Amount) -> Self {
        self.figures.push(amount);
        self
    }

    #[must_use]
    fn blocked(mut self, items: Vec<Item>) -> Self {
        self.blocking_count += count(&items);
        self.blocking.extend(items);
        self.blocking.truncate(MOST_NAMED);
        self
    }

    #[must_use]
    fn noted(mut self, items: Vec<Item>) -> Self {
        self.noted_count += count(&items);
        self.noted.extend(items);
        self.noted.truncate(MOST_NAMED);
        self
    }

    /// Nothing stands in the way.
    pub const fn is_clear(&self) -> bool {
        self.blocking_count == 0
    }

    /// What a signature is made on: another digest, and it is to be looked at again.
    pub fn digest(&self) -> String {
        hex::encode(Sha256::digest(serde_json::to_vec(self).unwrap_or_default()))
    }
}

fn count(items: &[Item]) -> i64 {
    i64::try_from(items.len()).unwrap_or(i64::MAX)
}

/// What is asked of every check.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    pub month: Month,
    pub now: DateTime<Utc>,
    /// What the books' check last found; nothing when it was not made yet.
    pub books: Option<&'a Books>,
}

/// All checks in their order.
pub async fn gather(conn: &impl ConnectionTrait, asked: Asked<'_>) -> Result<Vec<Evidence>, Failure> {
    Ok(vec![
        month::look(conn, asked).await?,
        lessons::look(conn, asked).await?,
        documents::tagihan(conn, asked.month).await?,
        documents::honorarium(conn, asked.month).await?,
        money::look(conn, asked.month).await?,
        lessons::claims(conn, asked.month).await?,
        corrections::look(conn, asked.month).await?,
        books::look(asked.books),
    ])
}
