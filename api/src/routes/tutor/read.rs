//! Reading one tutor with everything on their page.

use super::{SlotWindow, TaughtSubject, TutorDetail, TutorOffice};
use crate::app::App;
use crate::problem::Problem;
use crate::routes::person::documents::{lacks_proof, photo_url};
use crate::view::{Coded, Named};
use engine::db::{self, Db};
use engine::refusal::Failure;
use sea_orm::{ActiveEnum, EntityTrait};
use uuid::Uuid;
use workflows::held::etag;
use workflows::people::{self, Kind, documents, slots, subjects};
use workflows::records::tutor::{Entity, Model};

/// The row of a tutor, or 404: whoever was erased is not there any more.
pub async fn row(app: &App, id: Uuid) -> Result<Model, Problem> {
    let db = app.engine.db.reader();
    people::find(db, Kind::Tutor, id).await?.ok_or_else(|| Problem::not_found("tutor"))?;
    Entity::find_by_id(id).one(db).await?.ok_or_else(|| Problem::not_found("tutor"))
}

pub async fn one(app: &App, id: Uuid) -> Result<TutorDetail, Problem> {
    let (row, db) = (row(app, id).await?, &app.engine.db);
    let attached = documents::of_person(db.reader(), id).await?;
    let taught = subjects::of_tutor(db.reader(), id).await?;
    let windows = slots::of_tutor(db.reader(), id).await?;
    let tag = etag(&row);
    Ok(TutorDetail {
        golongan: golongan(db, row.golongan_id).await?,
        office: office(db, row.office_id).await?,
        live_sesi: live_sesi(db, id).await?,
        subjects: names(db, id).await?,
        subjects_etag: etag(&taught),
        slots_etag: etag(&windows),
        slots: windows.into_iter().map(SlotWindow::from).collect(),
        photo_url: photo_url(app, &attached),
        lacks_proof: lacks_proof(Kind::Tutor, &attached),
        documents: attached.into_iter().map(Into::into).collect(),
        etag: tag,
        status: row.status.to_value(),
        id,
        code: row.code,
        name: row.name,
        phone: row.phone,
        email: row.email,
        suspended_until: row.suspended_until,
        address: row.address,
        lat: row.lat,
        long: row.long,
        bio: row.bio,
        contract_signed: row.contract_signed,
        last_active_at: row.last_active_at,
        created_at: row.created_at,
    })
}

async fn golongan(db: &Db, id: Uuid) -> Result<Coded, Problem> {
    let row = db::row(db.reader(), "SELECT code, name FROM golongan WHERE id = ?", vec![id.into()]).await?.ok_or_else(Problem::internal)?;
    Ok(Coded { id, code: row.try_get("", "code")?, name: row.try_get("", "name")? })
}

async fn office(db: &Db, id: Uuid) -> Result<TutorOffice, Problem> {
    let row = db::row(db.reader(), "SELECT code, name, zone FROM office WHERE id = ?", vec![id.into()]).await?.ok_or_else(Problem::internal)?;
    Ok(TutorOffice { id, code: row.try_get("", "code")?, name: row.try_get("", "name")?, zone: row.try_get("", "zone")? })
}

async fn live_sesi(db: &Db, id: Uuid) -> Result<i64, Failure> {
    let sql = "SELECT count(*) AS n FROM sesi s JOIN workflow_instance i ON i.id = s.id WHERE s.tutor_id = ? AND NOT i.terminal";
    Ok(db::row(db.reader(), sql, vec![id.into()]).await?.map(|row| row.try_get("", "n")).transpose()?.unwrap_or(0))
}

async fn names(db: &Db, id: Uuid) -> Result<Vec<TaughtSubject>, Failure> {
    let sql = "SELECT s.id, s.name, l.id AS level_id, l.name AS level FROM tutor_subject ts JOIN subject s ON s.id = ts.subject_id \
               LEFT JOIN subject_level l ON l.id = ts.subject_level_id WHERE ts.tutor_id = ? ORDER BY s.name, s.id, l.position, l.id";
    db::rows(db.reader(), sql, vec![id.into()])
        .await?
        .iter()
        .map(|row| {
            let (level_id, level): (Option<Uuid>, Option<String>) = (row.try_get("", "level_id")?, row.try_get("", "level")?);
            Ok(TaughtSubject {
                subject: Named { id: row.try_get("", "id")?, name: row.try_get("", "name")? },
                level: level_id.zip(level).map(|(id, name)| Named { id, name }),
            })
        })
        .collect()
}
