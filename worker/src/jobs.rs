//! Every kind of job, one file each, on one list.

mod backtest;
mod billing;
mod document_scan;
mod erase_documents;
mod final_settlement;
mod period_books;
mod period_seal;
mod send_mail;
mod sesi_anomaly;

pub use document_scan::{ScanState, Scanner};

use crate::documents::DocumentStore;
use crate::mail::{Links, Smtp};
use async_trait::async_trait;
use engine::batch::Batch;
use engine::execute::Engine;
use engine::job::Claimed;
use engine::plan::AnyCommand;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::sync::Arc;
use uuid::Uuid;

/// The kinds of job this program carries out, in alphabetical order; the boot gate compares them
/// with what waits in the database.
pub const KINDS: &[&str] = &[
    backtest::KIND,
    billing::FINISH,
    billing::PART,
    billing::PREFLIGHT,
    document_scan::KIND,
    erase_documents::KIND,
    final_settlement::KIND,
    period_books::KIND,
    period_seal::KIND,
    send_mail::KIND,
    sesi_anomaly::KIND,
];

/// What the handlers reach besides the database.
#[derive(Clone)]
pub struct Deps {
    pub documents: Arc<dyn DocumentStore>,
    pub scanner: Scanner,
    /// Where mails are handed over, if anywhere.
    pub smtp: Option<Arc<Smtp>>,
    pub links: Arc<dyn Links>,
}

/// Nowhere to lead to: without a mail server no link is made.
struct NoLinks;

impl Links for NoLinks {
    fn password_reset(&self, _: Uuid) -> String {
        String::new()
    }

    fn sign_in(&self) -> String {
        String::new()
    }
}

impl Deps {
    /// For a program that has no mail server.
    pub fn without_mail(documents: Arc<dyn DocumentStore>, scanner: Scanner) -> Self {
        Self { documents, scanner, smtp: None, links: Arc::new(NoLinks) }
    }
}

/// One handler per kind in [`KINDS`].
pub fn handlers(deps: &Deps) -> Vec<Box<dyn Handler>> {
    vec![
        Box::new(backtest::Backtests),
        Box::new(billing::Billing::Finish),
        Box::new(billing::Billing::Part),
        Box::new(billing::Billing::Preflight),
        Box::new(document_scan::DocumentScan::new(deps.clone())),
        Box::new(erase_documents::EraseDocuments::new(deps.clone())),
        Box::new(final_settlement::FinalSettlement),
        Box::new(period_books::PeriodBooks),
        Box::new(period_seal::PeriodSeal),
        Box::new(send_mail::SendMail::new(deps.clone())),
        Box::new(sesi_anomaly::SesiAnomaly),
    ]
}

/// Carries out one kind of job.
///
/// A job may run more than once (its worker died, its lease ran out); only one run is settled. So a
/// handler changes nothing in the database itself: it returns what is to be changed, and that
/// commits together with the job's `DONE`. What it does outside the database must bear repetition.
#[async_trait]
pub trait Handler: Send + Sync {
    fn kind(&self) -> &'static str;
    /// An error means *try again later*; after the last attempt it becomes a dead letter.
    async fn run(&self, work: &Work<'_>) -> anyhow::Result<Done>;
}

/// One attempt at a job.
pub struct Work<'a> {
    pub engine: &'a Engine,
    pub job: &'a Claimed,
}

impl Work<'_> {
    /// The payload as the handler's own type.
    pub fn payload<T: DeserializeOwned>(&self) -> anyhow::Result<T> {
        Ok(T::deserialize(&self.job.payload)?)
    }
}

/// What a job learned.
#[derive(Debug)]
pub enum Done {
    /// A command to an instance, by the system.
    Command { workflow: &'static str, id: Uuid, command: AnyCommand },
    /// Statements of its own, and a result to keep with the job.
    Effect { result: Value, batch: Batch },
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::documents::LocalFolder;

    #[test]
    fn every_kind_has_its_handler_in_alphabetical_order() {
        let deps = Deps::without_mail(Arc::new(LocalFolder::new("unused")), Scanner::None);
        let kinds: Vec<&str> = handlers(&deps).iter().map(|handler| handler.kind()).collect();
        assert_eq!(kinds, KINDS);
        assert!(KINDS.is_sorted());
    }
}
