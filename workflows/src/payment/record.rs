//! The record of a payment, and what recording it changes elsewhere.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// What moved, and between whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Kind {
    /// From a siswa.
    Siswa,
    /// A Titipan pays Tagihan.
    Deposit,
    /// To a tutor.
    Honorarium,
    /// Withheld PPh, to the state.
    Pph,
    /// Another payment never was.
    Reversal,
}

/// How money moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Method {
    Transfer,
    Cash,
    Other,
}

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "payment")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub code: String,
    pub kind: Kind,
    pub siswa_id: Option<Uuid>,
    pub tutor_id: Option<Uuid>,
    pub honorarium_id: Option<Uuid>,
    /// The month whose PPh goes to the state, `YYYY-MM`.
    pub pph_month: Option<String>,
    /// What moved; of a Titipan, what it pays.
    pub amount_rp: i64,
    /// Of it, what pays Tagihan, and what stands as Titipan.
    pub allocated_rp: i64,
    pub deposit_rp: i64,
    pub pph_withheld_rp: i64,
    /// The rate it was worked out by, when it was.
    pub pph_bps: Option<i64>,
    pub paid_on: Date,
    /// The day it is booked on; another one only of a reversal.
    pub posted_on: Date,
    pub method: Option<Method>,
    pub reference: Option<String>,
    pub proof_document_id: Option<Uuid>,
    pub reverses_id: Option<Uuid>,
    /// Why it was reversed.
    pub reason: Option<String>,
    pub recorded_by: Uuid,
    pub recorded_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// A payment, and what it leads to in the documents.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    pub payment: Model,
    /// The Tagihan it changes; of a reversal, by amounts below zero.
    pub bills: Vec<BillMoved>,
    pub slip: Option<SlipMoved>,
    /// The line of a bank statement it is found on.
    pub line_id: Option<Uuid>,
}

/// A Tagihan before and after.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BillMoved {
    pub id: Uuid,
    pub number: String,
    pub amount_rp: i64,
    pub paid_before_rp: i64,
    pub paid_rp: i64,
    pub status_before: String,
    pub status: String,
}

/// An Honorarium before and after.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlipMoved {
    pub id: Uuid,
    pub number: String,
    pub status_before: String,
    pub status: String,
    pub paid_rp: i64,
    pub pph_withheld_rp: i64,
}
