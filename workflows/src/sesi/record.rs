//! Storing a sesi and what it leaves behind.

use super::change::{Change, Settlement};
use crate::records::sesi::{self, Model};
use engine::batch::Batch;
use engine::id::new_id;
use engine::tag::Tag;
use engine::workflow::Ctx;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, Iterable, QueryFilter};

pub(super) fn store(ctx: Ctx<'_>, before: Option<&Model>, after: &Model, change: &Change, batch: &mut Batch) {
    match before {
        None => batch.push_query(&sesi::Entity::insert(after.clone().into_active_model().reset_all())),
        Some(before) if before == after => {}
        Some(before) => push_update(before, after, batch),
    }
    if let Some(settlement) = change.settlement() {
        push_settlement(ctx, after, settlement, batch);
    }
}

/// Updates only the columns that differ.
fn push_update(before: &Model, after: &Model, batch: &mut Batch) {
    let (old, mut new) = (before.clone().into_active_model(), after.clone().into_active_model().reset_all());
    for column in sesi::Column::iter() {
        if old.get(column).into_value() == new.get(column).into_value() {
            new.not_set(column);
        }
    }
    batch.push_query(&sesi::Entity::update_many().set(new).filter(sesi::Column::Id.eq(after.id)));
}

fn push_settlement(ctx: Ctx<'_>, sesi: &Model, settlement: &Settlement, batch: &mut Batch) {
    let kind = settlement.kind.as_str();
    let id = || new_id(ctx.now).into();
    if settlement.siswa_rp > 0 {
        batch.push(
            "INSERT INTO siswa_settlement (id, sesi_id, siswa_id, kind, amount_rp, status, period_month, created_at) VALUES (?,?,?,?,?,'UNPAID',?,?)",
            vec![id(), sesi.id.into(), sesi.siswa_id.into(), kind.into(), settlement.siswa_rp.into(), sesi.period_month.clone().into(), ctx.now.into()],
        );
    }
    if settlement.honorarium_rp > 0 || settlement.transport_rp > 0 {
        batch.push(
            "INSERT INTO tutor_settlement (id, sesi_id, tutor_id, kind, honorarium_rp, transport_rp, status, period_month, created_at) VALUES (?,?,?,?,?,?,'UNPAID',?,?)",
            vec![
                id(),
                sesi.id.into(),
                sesi.tutor_id.into(),
                kind.into(),
                settlement.honorarium_rp.into(),
                settlement.transport_rp.into(),
                sesi.period_month.clone().into(),
                ctx.now.into(),
            ],
        );
    }
    if settlement.denda_rp > 0 {
        batch.push(
            "INSERT INTO denda (id, sesi_id, tutor_id, amount_rp, status, at) VALUES (?,?,?,?,'APPLIED',?)",
            vec![id(), sesi.id.into(), sesi.tutor_id.into(), settlement.denda_rp.into(), ctx.now.into()],
        );
    }
    if settlement.strikes > 0 {
        let decays_at = settlement.decays_at.unwrap_or(ctx.now);
        batch.push(
            "INSERT INTO strike (id, sesi_id, tutor_id, points, at, decays_at) VALUES (?,?,?,?,?,?)",
            vec![id(), sesi.id.into(), sesi.tutor_id.into(), settlement.strikes.into(), ctx.now.into(), decays_at.into()],
        );
    }
}
