//! Settlements: what a closed sesi is worth to each side; one per sesi and side, billed monthly.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// What closed the sesi.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Kind {
    Completed,
    NoShowStudent,
    Cancellation,
    Reschedule,
}

/// Where the money stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Status {
    Unpaid,
    Paid,
    Reversed,
}

/// What the siswa pays; an item of a Tagihan.
pub mod siswa {
    use super::{Kind, Status};
    use sea_orm::entity::prelude::*;
    use serde::{Deserialize, Serialize};

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
    #[sea_orm(table_name = "siswa_settlement")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub sesi_id: Uuid,
        pub siswa_id: Uuid,
        pub kind: Kind,
        pub amount_rp: i64,
        pub status: Status,
        pub period_month: String,
        pub created_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// What the tutor gets; an item of an Honorarium.
pub mod tutor {
    use super::{Kind, Status};
    use sea_orm::entity::prelude::*;
    use serde::{Deserialize, Serialize};

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
    #[sea_orm(table_name = "tutor_settlement")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub sesi_id: Uuid,
        pub tutor_id: Uuid,
        pub kind: Kind,
        pub honorarium_rp: i64,
        pub transport_rp: i64,
        pub status: Status,
        pub period_month: String,
        pub created_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
