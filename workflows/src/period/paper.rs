//! A Tagihan or an Honorarium as it is closed: what it says, without whose name it is and without what happens to it afterwards
//! (status, payments, credits). Each is read twice: as it stands in its own rows, and made again from what its lines came of.

use super::source::{self, Source};
use chrono::NaiveDate;
use engine::db;
use engine::refusal::Failure;
use engine::tag::Tag;
use sea_orm::{ConnectionTrait, QueryResult};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, HashMap, HashSet};
use uuid::Uuid;

/// How many documents are read at a time.
pub const PAGE: u64 = 500;
/// How far a debt may have been carried on, in Honorarium.
const LONGEST_CARRY: usize = 600;

engine::tags! {
    /// In the order in which documents are hashed.
    pub enum Kind { Honorarium => "HONORARIUM", Tagihan => "TAGIHAN" }
}

impl Kind {
    pub(super) const fn table(self) -> &'static str {
        match self {
            Self::Honorarium => "honorarium",
            Self::Tagihan => "tagihan",
        }
    }

    const fn head(self) -> &'static str {
        match self {
            Self::Honorarium => {
                "id, number, tutor_id AS party_id, period_month, revision, issued_on, base_rp, transport_rp, adjustment_rp, returned_rp, \
                 reversed_rp, denda_rp, carried_in_rp, carried_out_rp, net_rp"
            }
            Self::Tagihan => "id, number, siswa_id AS party_id, period_month, revision, issued_on, due_on, sesi_rp, adjustment_rp, total_rp",
        }
    }

    /// The sums in the head of a document.
    pub(super) const fn sums(self) -> &'static [&'static str] {
        match self {
            Self::Honorarium => {
                &["base_rp", "transport_rp", "adjustment_rp", "returned_rp", "reversed_rp", "denda_rp", "carried_in_rp", "carried_out_rp", "net_rp"]
            }
            Self::Tagihan => &["sesi_rp", "adjustment_rp", "total_rp"],
        }
    }
}

/// Everything a document says. Its serialised form is what is hashed: fields in this order, nothing left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Paper {
    pub kind: Kind,
    pub id: Uuid,
    pub number: String,
    /// The siswa or the tutor.
    pub party_id: Uuid,
    pub period_month: String,
    pub revision: i64,
    pub issued_on: Option<NaiveDate>,
    pub due_on: Option<NaiveDate>,
    pub sums: BTreeMap<&'static str, i64>,
    pub lines: Vec<Line>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Line {
    pub number: i64,
    pub kind: String,
    pub source_id: Uuid,
    pub sesi_id: Option<Uuid>,
    pub held_on: Option<NaiveDate>,
    pub amount_rp: i64,
}

impl Paper {
    /// Of its canonical bytes.
    pub fn sha256(&self) -> String {
        hex::encode(Sha256::digest(serde_json::to_vec(self).unwrap_or_default()))
    }
}

/// A document as its own rows have it, and as it comes out when it is made again.
#[derive(Clone, Debug)]
pub struct Pair {
    pub stored: Paper,
    pub remade: Paper,
}

/// Where the next page begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    pub kind: Kind,
    pub after: Uuid,
}

impl Place {
    pub const START: Self = Self { kind: Kind::Honorarium, after: Uuid::nil() };
}

/// The next documents of the month that count, by kind and id; none when there are no more.
pub async fn page(conn: &impl ConnectionTrait, month: &str, place: Place) -> Result<Vec<Pair>, Failure> {
    for kind in Kind::ALL.iter().copied().skip_while(|kind| *kind != place.kind) {
        let after = if kind == place.kind { place.after } else { Uuid::nil() };
        let condition = "period_month = ? AND status NOT IN ('DRAFT', 'VOID') AND id > ? ORDER BY id LIMIT ?";
        let sql = format!("SELECT {} FROM {} WHERE {condition}", kind.head(), kind.table());
        let rows = db::rows(conn, &sql, vec![month.into(), after.into(), PAGE.into()]).await?;
        if !rows.is_empty() {
            return pairs(conn, kind, &rows).await;
        }
    }
    Ok(vec![])
}

async fn pairs(conn: &impl ConnectionTrait, kind: Kind, rows: &[QueryResult]) -> Result<Vec<Pair>, Failure> {
    let mut heads = rows.iter().map(|row| head(kind, row)).collect::<Result<Vec<Paper>, Failure>>()?;
    let ids: Vec<Uuid> = heads.iter().map(|paper| paper.id).collect();
    let mut lines = source::lines(conn, kind, &ids).await?;
    let carried = carried(conn, lines.values().flatten()).await?;
    Ok(heads
        .drain(..)
        .map(|head| {
            let lines = lines.remove(&head.id).unwrap_or_default();
            let remade = remade(&head, &lines, &carried);
            Pair { stored: Paper { lines: lines.into_iter().map(|(line, _)| line).collect(), ..head }, remade }
        })
        .collect())
}

/// A document without its lines.
fn head(kind: Kind, row: &QueryResult) -> Result<Paper, Failure> {
    let sums = kind.sums().iter().map(|sum| Ok((*sum, row.try_get("", sum)?))).collect::<Result<_, Failure>>()?;
    Ok(Paper {
        kind,
        id: row.try_get("", "id")?,
        number: row.try_get("", "number")?,
        party_id: row.try_get("", "party_id")?,
        period_month: row.try_get("", "period_month")?,
        revision: row.try_get("", "revision")?,
        issued_on: row.try_get("", "issued_on")?,
        due_on: match kind {
            Kind::Honorarium => None,
            Kind::Tagihan => row.try_get("", "due_on")?,
        },
        sums,
        lines: vec![],
    })
}

/// The document as its sources have it: of its own rows only number, dates and which sources it has.
fn remade(head: &Paper, lines: &[(Line, Option<Source>)], carried: &HashMap<Uuid, i64>) -> Paper {
    let sources = || lines.iter().filter_map(|(_, source)| source.as_ref());
    let of_another = sources().map(|source| source.party_id).find(|party| *party != head.party_id);
    let lines: Vec<Line> = lines
        .iter()
        .filter_map(|(line, source)| {
            let source = source.as_ref()?;
            Some(Line {
                number: line.number,
                kind: source.kind.clone(),
                source_id: line.source_id,
                sesi_id: source.sesi_id,
                held_on: source.held_on,
                amount_rp: source.amount_rp.or_else(|| carried.get(&line.source_id).map(|rp| source::signed("CARRIED", *rp))).unwrap_or(0),
            })
        })
        .collect();
    let sums = source::sums(head.kind, &lines);
    Paper { party_id: of_another.unwrap_or(head.party_id), sums, lines, ..head.clone() }
}

/// What each earlier Honorarium that these lines take up carried on, made again from its own sources, and so on back to where it began.
async fn carried<'a>(conn: &impl ConnectionTrait, lines: impl Iterator<Item = &'a (Line, Option<Source>)>) -> Result<HashMap<Uuid, i64>, Failure> {
    let taken_up = |lines: &mut dyn Iterator<Item = &(Line, Option<Source>)>| -> Vec<Uuid> {
        lines.filter(|(line, _)| line.kind == "CARRIED").map(|(line, _)| line.source_id).collect()
    };
    let (mut wanted, mut seen, mut levels) = (taken_up(&mut lines.into_iter()), HashSet::new(), vec![]);
    while !wanted.is_empty() && levels.len() < LONGEST_CARRY {
        wanted.retain(|id| seen.insert(*id));
        let mut level = HashMap::new();
        for ids in wanted.chunks(usize::try_from(PAGE).unwrap_or(1)) {
            level.extend(source::lines(conn, Kind::Honorarium, ids).await?);
        }
        wanted = taken_up(&mut level.values().flatten());
        levels.push(level);
    }
    let mut found = HashMap::new();
    for level in levels.into_iter().rev() {
        for (id, lines) in level {
            let rp = out(&lines, &found);
            found.insert(id, rp);
        }
    }
    Ok(found)
}

fn out(lines: &[(Line, Option<Source>)], carried: &HashMap<Uuid, i64>) -> i64 {
    let head = Paper {
        kind: Kind::Honorarium,
        id: Uuid::nil(),
        number: String::new(),
        party_id: Uuid::nil(),
        period_month: String::new(),
        revision: 1,
        issued_on: None,
        due_on: None,
        sums: BTreeMap::new(),
        lines: vec![],
    };
    remade(&head, lines, carried).sums.get("carried_out_rp").copied().unwrap_or(0)
}
