//! A case file: what one hands to a lawyer about a denda, a claim, a strike, a termination or a sesi (SPEC MON-3, AUD-3).
//!
//! Everything is read from instances, histories and the audit, whatever the workflow: cases belong together by who started
//! whom, who waits for whom, and whom their steps speak of. A siswa appears by code only. Taking a file out is in the audit.

mod about;
mod proof;
mod read;
mod related;
mod sheet;

use super::OurApp;
use super::audit::record::AuditActor;
use crate::app::App;
use crate::auth::guard::SignedIn;
use crate::export::{Turn, attachment, describe_file};
use crate::problem::Problem;
use crate::request::At;
use crate::route::describe::{Gives, Sketch};
use crate::view::entry::Entry;
use crate::view::outcome::{Amount, Decision};
use crate::view::told::Told;
use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use engine::audit::{self, Action};
use engine::batch::Batch;
use engine::refusal::Failure;
use engine::seal::{self, Look};
use serde::Serialize;
use serde_json::json;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;
use uuid::Uuid;
use worker::pdf::{self, Attached, Template};

/// Under this name the proof lies inside the PDF.
pub(super) const PROOF_FILE: &str = "bukti-audit.jsonl";

#[derive(Serialize, ToSchema)]
pub struct Casefile {
    workflow: String,
    id: Uuid,
    code: String,
    state: String,
    /// The zone of the office it belongs to.
    zone: String,
    #[schema(required)]
    tutor: Option<about::Person>,
    /// The lessons it is about.
    sesi: Vec<about::Lesson>,
    /// This case first, then those that belong to it, oldest first.
    cases: Vec<related::Case>,
    /// More belong to it than a file takes up.
    left_out: bool,
    /// Oldest first.
    timeline: Vec<Event>,
    decisions: Vec<Ruling>,
    evidence: Vec<Evidence>,
    entries: Vec<Booking>,
    proof: proof::ProofView,
}

/// Something that was done, as its audit record tells it.
#[derive(Clone, Serialize, ToSchema)]
#[schema(as = CasefileEvent)]
struct Event {
    at: DateTime<Utc>,
    /// What it was done to: a workflow, or `tutor`.
    entity_type: String,
    entity_id: Uuid,
    #[schema(required)]
    entity_code: Option<Told>,
    /// What was done: a command of the workflow, or another verb.
    verb: String,
    /// The states it led from and to, of a command that was carried out.
    #[schema(required)]
    from: Option<String>,
    #[schema(required)]
    to: Option<String>,
    actor: AuditActor,
    #[schema(required)]
    on_behalf_of: Option<Told>,
    #[schema(required)]
    reason: Option<Told>,
    /// What it says about the case; a sesi's own fields are left out, for they are the siswa's.
    said: Vec<Said>,
    amounts: Vec<Amount>,
    record_id: Uuid,
    /// Number of the seal over the record; null while there is none.
    #[schema(required)]
    seal: Option<i64>,
}

/// A field that got a value.
#[derive(Clone, Serialize, ToSchema)]
#[schema(as = CasefileSaid)]
struct Said {
    field: String,
    #[schema(value_type = serde_json::Value)]
    value: serde_json::Value,
}

/// What a policy version decided in a case.
#[derive(Serialize, ToSchema)]
#[schema(as = CasefileRuling)]
struct Ruling {
    at: DateTime<Utc>,
    case_code: String,
    decision: Decision,
    /// Since when the version was in force.
    #[schema(required)]
    effective_from: Option<DateTime<Utc>>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = CasefileEvidence)]
struct Evidence {
    id: Uuid,
    case_code: String,
    name: String,
    content_type: String,
    size: i64,
    sha256: String,
    by: String,
    at: DateTime<Utc>,
}

/// A journal entry of a case.
#[derive(Serialize, ToSchema)]
#[schema(as = CasefileBooking)]
struct Booking {
    case_code: String,
    #[schema(required)]
    reverses_id: Option<Uuid>,
    entry: Entry,
}

pub async fn show(State(app): OurApp, At((workflow, id)): At<(String, Uuid)>) -> Result<Json<Casefile>, Problem> {
    Ok(Json(gather(&app, workflow, id).await?.0))
}

/// A PDF.
pub struct PdfFile(Response);

pub async fn pdf(State(app): OurApp, who: SignedIn, At((workflow, id)): At<(String, Uuid)>) -> Result<PdfFile, Problem> {
    let _turn = Turn::take()?;
    let (file, proofs) = sealed(&app, workflow, id).await?;
    let data = sheet::data(&file, &who.actor.name, app.engine.clock.now());
    let attached = Attached { name: "/bukti-audit.jsonl", bytes: proofs };
    let set = tokio::task::spawn_blocking(move || pdf::render(Template::Casefile, &data, &[attached])).await;
    let bytes = set.map_err(anyhow::Error::from).and_then(|set| set.map_err(anyhow::Error::from)).map_err(broken)?;
    note(&app, &who, &file, "pdf", &bytes).await?;
    Ok(PdfFile(attachment(&format!("berkas-{}.pdf", file.code), "application/pdf", Body::from(bytes))))
}

/// The records with what proves them, as JSON lines.
pub struct ProofFile(Response);

pub async fn proof(State(app): OurApp, who: SignedIn, At((workflow, id)): At<(String, Uuid)>) -> Result<ProofFile, Problem> {
    let (file, proofs) = sealed(&app, workflow, id).await?;
    note(&app, &who, &file, "jsonl", &proofs).await?;
    Ok(ProofFile(attachment(&format!("bukti-audit-{}.jsonl", file.code), "application/jsonl", Body::from(proofs))))
}

fn broken(error: anyhow::Error) -> Problem {
    tracing::error!(error = %error, "a case file could not be set");
    Problem::new(axum::http::StatusCode::INTERNAL_SERVER_ERROR, "internal")
}

/// The file once all its records are under seal, and the proofs of them.
async fn sealed(app: &App, workflow: String, id: Uuid) -> Result<(Casefile, Vec<u8>), Problem> {
    seal::seal(&app.engine.db, &*app.engine.clock, Look::Recent).await?;
    let (file, proofs) = gather(app, workflow, id).await?;
    let mut bytes = vec![];
    seal::write_proofs(&file.code, &proofs, &mut bytes).map_err(|error| broken(error.into()))?;
    Ok((file, bytes))
}

async fn gather(app: &App, workflow: String, id: Uuid) -> Result<(Casefile, Vec<seal::Proof>), Problem> {
    let db = &app.engine.db;
    let related::Related { cases, left_out, spoken_of } = related::of(db, &workflow, id).await?.ok_or_else(|| Problem::not_found("instance"))?;
    let subject = cases.first().cloned().ok_or_else(|| Problem::not_found("instance"))?;
    let sesi = about::lessons(db, &cases).await?;
    let tutor = about::tutor(db, &subject, &sesi).await?;
    let evidence = read::evidence(db, &cases, &spoken_of).await?;
    let mut timeline = read::timeline(app, &cases, tutor.as_ref().map(about::Person::id)).await?;
    about::unname(&mut timeline, &sesi);
    let records: Vec<Uuid> = timeline.iter().map(|event| event.record_id).chain(read::uploads(db, &evidence).await?).collect();
    let proofs = seal::proofs(db, &records).await?;
    let zone = sesi.first().map_or_else(|| chrono_tz::Asia::Jakarta.name().to_owned(), about::Lesson::zone);
    let file = Casefile {
        workflow,
        id,
        code: subject.code,
        state: subject.state,
        zone,
        tutor,
        sesi,
        decisions: read::decisions(db, &cases).await?,
        entries: read::entries(db, &cases).await?,
        proof: proof::view(&proofs, records.len()),
        cases,
        left_out,
        timeline,
        evidence,
    };
    Ok((file, proofs))
}

/// Who took a case out, and what exactly: whoever holds the file can be told whether it is ours.
async fn note(app: &App, who: &SignedIn, file: &Casefile, format: &str, bytes: &[u8]) -> Result<(), Failure> {
    let record = Action {
        action: "casefile.export".into(),
        entity_type: &file.workflow,
        entity_id: file.id,
        entity_code: Some(&file.code),
        instance_seq: None,
        on_behalf_of: None,
        before: None,
        after: Some(json!({ "format": format, "sha256": hex::encode(Sha256::digest(bytes)), "size": bytes.len() })),
        reason: None,
    };
    let mut batch = Batch::default();
    audit::record(record, &who.actor, app.engine.clock.now(), &mut batch);
    let tx = app.engine.db.begin().await?;
    batch.run(&tx).await?;
    Ok(tx.commit().await?)
}

impl IntoResponse for PdfFile {
    fn into_response(self) -> Response {
        self.0
    }
}

impl Gives for PdfFile {
    fn describe(sketch: &mut Sketch) {
        describe_file(sketch, "application/pdf");
    }
}

impl IntoResponse for ProofFile {
    fn into_response(self) -> Response {
        self.0
    }
}

impl Gives for ProofFile {
    fn describe(sketch: &mut Sketch) {
        describe_file(sketch, "application/jsonl");
    }
}
