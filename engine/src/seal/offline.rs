//! Checks an export, or a file of proofs, without the database: the same walk along the chain, reading lines instead of rows.

use super::chain::{Chain, Fault, Leaf, Report, Row};
use super::export::{FORMAT, Line};
use super::{MOST_ROWS, Seal};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::io::{self, BufRead};
use uuid::Uuid;

/// A file that is no export this program can read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    #[error("the file cannot be read")]
    File(#[from] io::Error),
    #[error("line {number} is no line of an audit export")]
    Line {
        number: usize,
        #[source]
        source: serde_json::Error,
    },
    #[error("line {number} stands where it cannot: {rule}")]
    Misplaced { number: usize, rule: &'static str },
    #[error("the export has format {0}, this program reads format {FORMAT}")]
    Format(u32),
}

/// Recomputes every seal of an export, one seal in memory at a time, and names what does not fit.
///
/// # Errors
/// The file cannot be read or is no export. One that was cut off or changed is a finding.
pub fn verify_export(file: impl BufRead) -> Result<Report, ReadError> {
    let mut check = Check { chain: None, sheet: None, hasher: Sha256::new(), ended: false };
    for (number, line) in (1..).zip(file.split(b'\n')) {
        let text = line?;
        let line = serde_json::from_slice(&text).map_err(|source| ReadError::Line { number, source })?;
        check.take(line).map_err(|wrong| wrong.at(number))?;
        check.hasher.update(&text);
        check.hasher.update(b"\n");
    }
    check.finish()
}

/// Why a line does not fit, its number still unknown.
enum Wrong {
    Place(&'static str),
    Format(u32),
}

impl Wrong {
    fn at(self, number: usize) -> ReadError {
        match self {
            Self::Place(rule) => ReadError::Misplaced { number, rule },
            Self::Format(format) => ReadError::Format(format),
        }
    }
}

struct Check {
    /// None until the first line was read.
    chain: Option<Chain>,
    /// The seal whose rows are being read.
    sheet: Option<(Seal, Vec<Leaf>)>,
    /// Over all lines so far.
    hasher: Sha256,
    ended: bool,
}

impl Check {
    fn take(&mut self, line: Line) -> Result<(), Wrong> {
        if self.ended {
            return Err(Wrong::Place("something follows the end"));
        }
        match line {
            Line::Export { format, .. } | Line::Proofs { format, .. } if format != FORMAT => Err(Wrong::Format(format)),
            Line::Export { from, until, .. } => self.begin(if from.or(until).is_none() { Chain::from_the_first() } else { Chain::from_the_middle() }),
            Line::Proofs { .. } => self.begin(Chain::from_the_middle()),
            Line::Proof(proof) => {
                self.chain()?.add_alone(&proof);
                Ok(())
            }
            Line::Seal(seal) => {
                self.close_sheet()?;
                self.sheet = Some((seal, vec![]));
                Ok(())
            }
            Line::Row { place, hash, row } => self.leaf(Leaf::new(id_of(&row), place, &hash, Row::of(&row))),
            Line::Withheld { place, hash, id } => self.leaf(Leaf::new(id, place, &hash, Row::Withheld)),
            Line::Gone { place, hash, id } => self.leaf(Leaf::new(id, place, &hash, Row::Gone)),
            Line::End { sha256, .. } => self.end(&sha256),
        }
    }

    fn begin(&mut self, chain: Chain) -> Result<(), Wrong> {
        match self.chain.replace(chain) {
            None => Ok(()),
            Some(_) => Err(Wrong::Place("an export begins once")),
        }
    }

    fn chain(&mut self) -> Result<&mut Chain, Wrong> {
        self.chain.as_mut().ok_or(Wrong::Place("the first line does not begin an export"))
    }

    fn leaf(&mut self, leaf: Leaf) -> Result<(), Wrong> {
        let (_, leaves) = self.sheet.as_mut().ok_or(Wrong::Place("a row stands before its seal"))?;
        // One too many is a finding; more tell nothing new.
        if leaves.len() <= MOST_ROWS {
            leaves.push(leaf);
        }
        Ok(())
    }

    fn close_sheet(&mut self) -> Result<(), Wrong> {
        let sheet = self.sheet.take();
        let chain = self.chain()?;
        if let Some((seal, leaves)) = sheet {
            chain.add(&seal, &leaves);
        }
        Ok(())
    }

    fn end(&mut self, sha256: &str) -> Result<(), Wrong> {
        self.close_sheet()?;
        self.ended = true;
        let same = hex::encode(self.hasher.clone().finalize()) == sha256;
        let report = &mut self.chain()?.report;
        if !same && report.findings.is_empty() {
            report.found(None, None, Fault::FileChanged, "the lines do not give the hash in the last one".into());
        }
        Ok(())
    }

    fn finish(mut self) -> Result<Report, ReadError> {
        self.close_sheet().map_err(|wrong| wrong.at(1))?;
        let Some(mut chain) = self.chain else { return Err(Wrong::Place("the file is empty").at(1)) };
        if !self.ended {
            chain.report.found(None, None, Fault::FileChanged, "the export was cut off: it has no last line".into());
        }
        Ok(chain.report)
    }
}

fn id_of(row: &Value) -> Uuid {
    row["id"].as_str().and_then(|text| text.parse().ok()).unwrap_or_default()
}
