//! Reading one siswa with everything on their page.

use super::{PreferredTutor, SiswaDetail};
use crate::app::App;
use crate::problem::Problem;
use crate::routes::person::documents::{lacks_proof, photo_url};
use crate::view::Coded;
use engine::db::{self, Db};
use engine::refusal::Failure;
use sea_orm::{ActiveEnum, EntityTrait};
use uuid::Uuid;
use workflows::held::etag;
use workflows::people::{self, Kind, documents, preferred};
use workflows::records::siswa::{Entity, Model};

/// The row of a siswa, or 404: whoever was erased is not there any more.
pub async fn row(app: &App, id: Uuid) -> Result<Model, Problem> {
    let db = app.engine.db.reader();
    people::find(db, Kind::Siswa, id).await?.ok_or_else(|| Problem::not_found("siswa"))?;
    Entity::find_by_id(id).one(db).await?.ok_or_else(|| Problem::not_found("siswa"))
}

pub async fn one(app: &App, id: Uuid) -> Result<SiswaDetail, Problem> {
    let (row, db) = (row(app, id).await?, &app.engine.db);
    let attached = documents::of_person(db.reader(), id).await?;
    let dear = preferred::of_siswa(db.reader(), id).await?;
    let tag = etag(&row);
    Ok(SiswaDetail {
        tingkat: coded(db, "tingkat", row.tingkat_id).await?,
        segmentasi: coded(db, "segmentasi", row.segmentasi_id).await?,
        office: coded(db, "office", row.office_id).await?,
        live_sesi: live_sesi(db, id).await?,
        preferred_etag: etag(&dear),
        preferred_tutors: tutors(db, id).await?,
        photo_url: photo_url(app, &attached),
        lacks_proof: lacks_proof(Kind::Siswa, &attached),
        documents: attached.into_iter().map(Into::into).collect(),
        etag: tag,
        status: row.status.to_value(),
        id,
        code: row.code,
        name: row.name,
        parent_name: row.parent_name,
        parent_phone: row.parent_phone,
        parent_relation: row.parent_relation,
        email: row.email,
        address: row.address,
        lat: row.lat,
        long: row.long,
        created_at: row.created_at,
    })
}

async fn coded(db: &Db, table: &str, id: Uuid) -> Result<Coded, Problem> {
    let row = db::row(db.reader(), &format!("SELECT code, name FROM {table} WHERE id = ?"), vec![id.into()]).await?.ok_or_else(Problem::internal)?;
    Ok(Coded { id, code: row.try_get("", "code")?, name: row.try_get("", "name")? })
}

async fn live_sesi(db: &Db, id: Uuid) -> Result<i64, Failure> {
    let sql = "SELECT count(*) AS n FROM sesi s JOIN workflow_instance i ON i.id = s.id WHERE s.siswa_id = ? AND NOT i.terminal";
    Ok(db::row(db.reader(), sql, vec![id.into()]).await?.map(|row| row.try_get("", "n")).transpose()?.unwrap_or(0))
}

async fn tutors(db: &Db, id: Uuid) -> Result<Vec<PreferredTutor>, Failure> {
    let sql = "SELECT t.id, t.code, t.name, t.status FROM preferred_tutor p JOIN tutor t ON t.id = p.tutor_id WHERE p.siswa_id = ? ORDER BY p.position, t.id";
    db::rows(db.reader(), sql, vec![id.into()])
        .await?
        .iter()
        .map(|row| {
            Ok(PreferredTutor {
                id: row.try_get("", "id")?,
                code: row.try_get("", "code")?,
                name: row.try_get("", "name")?,
                status: row.try_get("", "status")?,
            })
        })
        .collect()
}
