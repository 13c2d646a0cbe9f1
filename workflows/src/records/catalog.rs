//! The catalog (SPEC MD-3): Tingkat, Segmentasi, Kategori, Golongan, Subject and SubjectLevel.
//!
//! A row is never deleted but archived: old sesi keep their references, new work cannot pick it.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// Whether a row of the catalog may be picked for new work; offices and siswa use it too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Status {
    Active,
    Archived,
}

/// The four dimensions differ in name only.
macro_rules! dimension {
    ($(#[$doc:meta])* $name:ident, $table:literal) => {
        $(#[$doc])*
        pub mod $name {
            use super::Status;
            use sea_orm::entity::prelude::*;
            use serde::{Deserialize, Serialize};

            #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
            #[sea_orm(table_name = $table)]
            pub struct Model {
                #[sea_orm(primary_key, auto_increment = false)]
                pub id: Uuid,
                pub code: String,
                pub name: String,
                pub position: i64,
                pub status: Status,
            }

            #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
            pub enum Relation {}

            impl ActiveModelBehavior for ActiveModel {}
        }
    };
}

dimension!(
    /// Level of schooling: SD 1 … SMA 12, Mahasiswa, Umum, Profesional.
    tingkat, "tingkat"
);
dimension!(
    /// Service tier.
    segmentasi, "segmentasi"
);
dimension!(
    /// Grouping of subjects; never a pricing axis.
    kategori, "kategori"
);
dimension!(
    /// Tutor tier; a dimension of tutor prices only.
    golongan, "golongan"
);

/// What is taught, e.g. Bahasa Mandarin.
pub mod subject {
    use super::Status;
    use sea_orm::entity::prelude::*;
    use serde::{Deserialize, Serialize};

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
    #[sea_orm(table_name = "subject")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub code: String,
        pub name: String,
        pub kategori_id: Uuid,
        /// A sesi of this subject must name one of its levels.
        pub has_levels: bool,
        pub status: Status,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// A step within a subject, e.g. HSK 3. Its code is unique within the subject.
pub mod subject_level {
    use super::Status;
    use sea_orm::entity::prelude::*;
    use serde::{Deserialize, Serialize};

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
    #[sea_orm(table_name = "subject_level")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub subject_id: Uuid,
        pub code: String,
        pub name: String,
        pub position: i64,
        pub status: Status,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
