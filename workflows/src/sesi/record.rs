//! Storing a sesi and what it leaves behind.

use super::change::{Change, Settlement, Substitution};
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
    if let (Some(before), Change::Substituted { substitution }) = (before, change) {
        push_substitution(ctx, before, after, substitution, batch);
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
}

/// Who stood in for whom: one row each, so that the chain of a sesi's tutors stays readable.
fn push_substitution(ctx: Ctx<'_>, before: &Model, after: &Model, made: &Substitution, batch: &mut Batch) {
    let columns = "id, sesi_id, number, from_tutor_id, to_tutor_id, way, at, done_by, announced_at, lead_time_s, denda_rp, strikes, price_before_id, \
                   honorarium_before_rp, transport_before_rp, honorarium_rp, transport_rp";
    batch.push(
        format!("INSERT INTO sesi_substitution ({columns}) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"),
        vec![
            new_id(ctx.now).into(),
            after.id.into(),
            after.substitutions.into(),
            made.from_tutor_id.into(),
            made.to_tutor_id.into(),
            made.way.as_str().into(),
            made.at.into(),
            ctx.actor.id.into(),
            before.announced_at.into(),
            made.lead_time_s.into(),
            made.denda_rp.into(),
            made.strikes.into(),
            before.price_tutor_id.into(),
            before.honorarium_rp.unwrap_or(0).into(),
            before.transport_rp.unwrap_or(0).into(),
            made.honorarium_rp.into(),
            made.transport_rp.into(),
        ],
    );
}
