//! Evidence of a claim: documents that were handed in, by whom and when. They are about the tutor: opened on the page of
//! the claim only, each opening recorded, and gone with the tutor.

use chrono::{DateTime, Utc};
use engine::audit::{self, Action};
use engine::batch::Batch;
use engine::db::{self, Tx};
use engine::refusal::{Failure, FieldError, Halt, Refusal};
use engine::workflow::Ctx;
use sea_orm::{ConnectionTrait, QueryResult};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

/// The most files one command may hand in.
const MOST: usize = 20;

/// A file as it was handed in; the hash says that it is still the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    pub document_id: Uuid,
    pub sha256: String,
}

/// A document that is wanted as evidence, and what stands against it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offered {
    #[serde(flatten)]
    pub evidence: Evidence,
    pub fault: Option<Fault>,
}

engine::tags! {
    /// Why a document is no evidence.
    pub enum Fault {
        /// It shows who somebody is: a KTP is shown to few, and evidence is looked at by many.
        OfPerson => "evidence_of_person",
        /// The photo of a lesson is the siswa's.
        OfLesson => "evidence_of_lesson",
        Infected => "evidence_infected",
        /// It lies with this claim already.
        Known => "evidence_known",
    }
}

/// The documents named in a form.
///
/// # Errors
/// When it is no list of known documents, or too long a one.
pub(super) async fn offered(tx: &Tx, ctx: Ctx<'_>, list: Option<&Value>) -> Result<Vec<Offered>, Halt> {
    let Some(list) = list else { return Ok(vec![]) };
    let wrong = |fault: FieldError| Halt::Refused(Refusal::Invalid(vec![fault]));
    let ids: Vec<Uuid> = serde_json::from_value(list.clone()).map_err(|_| wrong(FieldError::new("evidence", "not_id")))?;
    if ids.len() > MOST {
        return Err(wrong(FieldError::new("evidence", "too_many").with("max", MOST)));
    }
    let mut all: Vec<Offered> = vec![];
    for id in ids {
        let sql = "SELECT d.sha256, d.scan_state, EXISTS (SELECT 1 FROM person_document p WHERE p.document_id = d.id) AS of_person, \
                   EXISTS (SELECT 1 FROM sesi s WHERE s.photo_document_id = d.id) AS of_lesson, \
                   EXISTS (SELECT 1 FROM fm_evidence e WHERE e.document_id = d.id AND e.fm_claim_id = ?) AS known \
                   FROM document d JOIN personal_key k ON k.owner_id = d.id WHERE d.id = ? AND k.key IS NOT NULL";
        let row = db::row(tx, sql, vec![ctx.id.into(), id.into()]).await?.ok_or_else(|| wrong(FieldError::new("evidence", "unknown")))?;
        if all.iter().all(|one| one.evidence.document_id != id) {
            all.push(Offered { evidence: Evidence { document_id: id, sha256: row.try_get("", "sha256").map_err(Failure::from)? }, fault: fault(&row)? });
        }
    }
    Ok(all)
}

fn fault(row: &QueryResult) -> Result<Option<Fault>, Failure> {
    let is = |column: &str| row.try_get::<bool>("", column);
    let infected = row.try_get::<String>("", "scan_state")? == "INFECTED";
    let faults = [(is("of_person")?, Fault::OfPerson), (is("of_lesson")?, Fault::OfLesson), (infected, Fault::Infected), (is("known")?, Fault::Known)];
    Ok(faults.into_iter().find(|(found, _)| *found).map(|(_, fault)| fault))
}

pub(super) fn store(ctx: Ctx<'_>, claim: Uuid, added: &[Evidence], batch: &mut Batch) {
    for one in added {
        let sql = "INSERT INTO fm_evidence (fm_claim_id, document_id, sha256, added_by, added_at) VALUES (?,?,?,?,?)";
        batch.push(sql, vec![claim.into(), one.document_id.into(), one.sha256.clone().into(), ctx.actor.id.into(), ctx.now.into()]);
    }
}

/// Evidence as its claim shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    pub document_id: Uuid,
    pub name: String,
    pub content_type: String,
    pub size: i64,
    pub sha256: String,
    pub scan_state: String,
    pub added_at: DateTime<Utc>,
    pub added_by: Uuid,
    pub added_by_name: Option<String>,
    /// The tutor was erased, and the file with them.
    pub erased: bool,
}

/// What was handed in with a claim, the first first.
///
/// # Errors
/// When the database fails.
pub async fn of_claim(conn: &impl ConnectionTrait, claim: Uuid) -> Result<Vec<Kept>, Failure> {
    let sql = "SELECT e.document_id, d.name, d.content_type, d.size, e.sha256, d.scan_state, e.added_at, e.added_by, u.name AS added_by_name, k.key IS NULL AS erased \
               FROM fm_evidence e JOIN document d ON d.id = e.document_id JOIN personal_key k ON k.owner_id = d.id \
               LEFT JOIN user_account u ON u.id = e.added_by WHERE e.fm_claim_id = ? ORDER BY e.added_at, e.document_id";
    db::rows(conn, sql, vec![claim.into()]).await?.iter().map(read).collect()
}

fn read(row: &QueryResult) -> Result<Kept, Failure> {
    Ok(Kept {
        document_id: row.try_get("", "document_id")?,
        name: row.try_get("", "name")?,
        content_type: row.try_get("", "content_type")?,
        size: row.try_get("", "size")?,
        sha256: row.try_get("", "sha256")?,
        scan_state: row.try_get("", "scan_state")?,
        added_at: row.try_get("", "added_at")?,
        added_by: row.try_get("", "added_by")?,
        added_by_name: row.try_get("", "added_by_name")?,
        erased: row.try_get("", "erased")?,
    })
}

/// Records that somebody is about to see a file.
pub fn record_opening((claim, code): (Uuid, &str), document: Uuid, (actor, now): (&engine::actor::Actor, DateTime<Utc>), batch: &mut Batch) {
    let action = Action {
        action: "fm_claim.evidence_open".into(),
        entity_type: "fm_claim",
        entity_id: claim,
        entity_code: Some(code),
        instance_seq: None,
        on_behalf_of: None,
        before: None,
        after: Some(json!({ "document_id": document })),
        reason: None,
    };
    audit::record(action, actor, now, batch);
}
