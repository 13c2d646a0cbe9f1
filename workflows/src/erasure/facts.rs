//! What a decision about an erasure looks at: who it is, what still needs them, what there is to destroy and to keep.

use super::command::Command;
use super::record::{Model, PersonKind};
use super::unfinished::{FOR_EVERYBODY, unfinished};
use chrono::Datelike;
use chrono_tz::Asia::Jakarta;
use engine::db::{self, Tx};
use engine::refusal::{Blocking, Failure, FieldError, Halt, Refusal};
use engine::workflow::Ctx;
use sea_orm::{ConnectionTrait, DbBackend, Value};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Facts of a request and of an approval; the other commands need none.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Facts {
    pub code: Option<String>,
    pub person: Option<Person>,
    pub in_the_way: Vec<Blocking>,
    pub holdings: Holdings,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    pub code: String,
    pub name: String,
    pub erased: bool,
}

/// How much is kept about the person.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holdings {
    /// Audit records about the person or by them: what is personal in them becomes unreadable.
    pub records: i64,
    /// Sesi whose places, reports and reasons go.
    pub sesi: i64,
    /// Documents that leave the store.
    pub documents: Vec<Uuid>,
    pub mails: i64,
    /// What stays, without a name.
    pub settlements: i64,
    pub settled_rp: i64,
}

/// How many things in the way are named of each kind.
const MOST_NAMED: i64 = 10;

pub(super) async fn gather(tx: &Tx, record: Option<&Model>, command: &Command, ctx: Ctx<'_>) -> Result<Facts, Halt> {
    let (kind, id) = match (command, record) {
        (Command::Request { person_kind, person_id, .. }, _) => (*person_kind, *person_id),
        (Command::Approve { .. }, Some(record)) => (record.person_kind, record.person_id),
        _ => return Ok(Facts::default()),
    };
    if matches!(command, Command::Approve { .. }) {
        // Whoever is writing about the person finishes first, and who comes later finds them erased.
        db::locked_row(tx, "SELECT owner_id FROM personal_key WHERE owner_id = ?", vec![id.into()]).await?;
    }
    let person = person(tx, kind, id).await?.ok_or_else(|| Refusal::Invalid(vec![FieldError::new("person_id", "unknown")]))?;
    let code = match command {
        Command::Request { .. } => Some(next_code(tx, ctx.now.with_timezone(&Jakarta).year()).await?),
        _ => None,
    };
    Ok(Facts { code, person: Some(person), in_the_way: in_the_way(tx, kind, (id, ctx.id)).await?, holdings: holdings(tx, kind, id).await? })
}

/// The next human code of the year. Gaps are fine: a code names, it does not count.
async fn next_code(tx: &Tx, year: i32) -> Result<String, Failure> {
    let sql = match ConnectionTrait::get_database_backend(tx) {
        DbBackend::Postgres => "SELECT nextval('code_erasure') AS value",
        _ => "UPDATE code_sequence SET value = value + 1 WHERE name = 'erasure' RETURNING value",
    };
    let row = db::row(tx, sql, vec![]).await?.ok_or(Failure::Unknown { what: "code sequence", text: "erasure".into() })?;
    Ok(format!("ERS-{year}-{:06}", row.try_get::<i64>("", "value")?))
}

async fn person(tx: &Tx, kind: PersonKind, id: Uuid) -> Result<Option<Person>, Failure> {
    let (table, code) = match kind {
        PersonKind::User => ("user_account", "email"),
        PersonKind::Tutor => ("tutor", "code"),
        PersonKind::Siswa => ("siswa", "code"),
    };
    let sql = format!("SELECT p.{code} AS code, p.name, k.key IS NULL AS erased FROM {table} p JOIN personal_key k ON k.owner_id = p.id WHERE p.id = ?");
    let Some(row) = db::row(tx, &sql, vec![id.into()]).await? else { return Ok(None) };
    Ok(Some(Person { code: row.try_get("", "code")?, name: row.try_get("", "name")?, erased: row.try_get("", "erased")? }))
}

async fn in_the_way(tx: &Tx, kind: PersonKind, (person, itself): (Uuid, Uuid)) -> Result<Vec<Blocking>, Failure> {
    let mut found = vec![];
    for (what, sql) in unfinished(kind).iter().chain(&FOR_EVERYBODY) {
        for row in db::rows(tx, sql, vec![person.into(), MOST_NAMED.into()]).await? {
            found.push(Blocking { kind: (*what).into(), id: row.try_get("", "id")?, code: row.try_get("", "code")?, label: row.try_get("", "label")? });
        }
    }
    found.retain(|one| one.id != itself);
    Ok(found)
}

async fn holdings(tx: &Tx, kind: PersonKind, id: Uuid) -> Result<Holdings, Failure> {
    let count = async |sql: &str, values: Vec<Value>| -> Result<i64, Failure> {
        let row = db::row(tx, &format!("SELECT CAST(({sql}) AS BIGINT) AS n"), values).await?;
        Ok(row.map(|row| row.try_get::<Option<i64>>("", "n")).transpose()?.flatten().unwrap_or(0))
    };
    let (whose, settled) = match kind {
        PersonKind::Siswa => ("siswa_id", Some(("siswa_settlement", "amount_rp"))),
        PersonKind::Tutor => ("tutor_id", Some(("tutor_settlement", "honorarium_rp + transport_rp"))),
        PersonKind::User => ("approved_by", None),
    };
    let mut held = Holdings {
        records: count("SELECT count(*) FROM audit_record WHERE entity_id = ? OR actor_id = ?", vec![id.into(), id.into()]).await?,
        sesi: count(&format!("SELECT count(*) FROM sesi WHERE {whose} = ?"), vec![id.into()]).await?,
        mails: count("SELECT count(*) FROM notification_log WHERE recipient_id = ?", vec![id.into()]).await?,
        ..Holdings::default()
    };
    if let Some((table, amount)) = settled {
        held.settlements = count(&format!("SELECT count(*) FROM {table} WHERE {whose} = ?"), vec![id.into()]).await?;
        held.settled_rp = count(&format!("SELECT sum({amount}) FROM {table} WHERE {whose} = ?"), vec![id.into()]).await?;
    }
    held.documents = documents(tx, kind, id).await?;
    Ok(held)
}

/// Photo, KTP, akta and contract, replaced ones too; of a siswa the photos of their lessons, of a tutor the evidence of their claims.
async fn documents(tx: &Tx, kind: PersonKind, id: Uuid) -> Result<Vec<Uuid>, Failure> {
    let own = "SELECT document_id AS id FROM person_document WHERE person_id = ?";
    // A photo that shows a lesson of somebody else too is theirs as well.
    let lessons = "SELECT DISTINCT s.photo_document_id AS id FROM sesi s WHERE s.siswa_id = ? AND s.photo_document_id IS NOT NULL \
                   AND NOT EXISTS (SELECT 1 FROM sesi o WHERE o.photo_document_id = s.photo_document_id AND o.siswa_id <> s.siswa_id)";
    // Evidence tells of the tutor who handed it in.
    let evidence = "SELECT e.document_id AS id FROM fm_evidence e JOIN fm_claim c ON c.id = e.fm_claim_id WHERE c.tutor_id = ?";
    // What shows how they were paid at the end shows their bank account.
    let proofs = "SELECT f.proof_document_id AS id FROM final_settlement f WHERE f.tutor_id = ? AND f.proof_document_id IS NOT NULL";
    // So does the proof of a payment, unless it proves somebody else's too.
    let paid = |whose: &str| {
        format!(
            "SELECT p.proof_document_id AS id FROM payment p WHERE p.{whose} = ? AND p.proof_document_id IS NOT NULL AND NOT EXISTS \
             (SELECT 1 FROM payment o WHERE o.proof_document_id = p.proof_document_id AND COALESCE(o.siswa_id, o.tutor_id) <> p.{whose})"
        )
    };
    let kept = "SELECT f.document_id AS id FROM tagihan_proof f JOIN tagihan t ON t.id = f.tagihan_id WHERE t.siswa_id = ?";
    let (sql, parts) = match kind {
        PersonKind::User => return Ok(vec![]),
        PersonKind::Tutor => (format!("{own} UNION {evidence} UNION {proofs} UNION {} ORDER BY 1", paid("tutor_id")), 4),
        PersonKind::Siswa => (format!("{own} UNION {lessons} UNION {kept} UNION {} ORDER BY 1", paid("siswa_id")), 4),
    };
    let rows = db::rows(tx, &sql, vec![id.into(); parts]).await?;
    rows.iter().map(|row| Ok(row.try_get("", "id")?)).collect()
}
