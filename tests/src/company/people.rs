//! Who works here, whom they teach, and what that costs.

use super::Company;
use chrono::NaiveDate;
use engine::actor::Actor;
use sea_orm::EntityTrait;
use uuid::Uuid;
use workflows::records::{catalog, office, price, siswa, slot, tahun_ajaran, tutor, tutor_subject};

/// All that an admin may do with a sesi.
pub const PERMISSIONS: [&str; 8] =
    ["sesi.request", "sesi.approve", "sesi.run", "sesi.validate", "sesi.cancel", "sesi.reschedule", "sesi.substitute", "job.handle"];

/// Somebody who may do exactly this.
pub fn person(number: u128, name: &str, permissions: &[&str]) -> Actor {
    Actor::person(Uuid::from_u128(number), name, permissions.iter().map(|permission| (*permission).to_owned()))
}

pub fn admin() -> Actor {
    person(1, "Sari", &PERMISSIONS)
}

pub fn another_admin() -> Actor {
    person(2, "Budi", &PERMISSIONS)
}

impl Company {
    /// An office in another zone.
    pub async fn new_office(&self, code: &str, zone: &str) {
        let (id, created_at) = (self.new_id(), self.now());
        let row = office::Model {
            id,
            code: code.into(),
            name: code.into(),
            zone: zone.into(),
            lat: -6.2088,
            long: 106.8456,
            status: catalog::Status::Active,
            created_at,
        };
        self.insert::<office::Entity>(row).await;
    }

    /// An active tutor of Golongan 2, free at any time, who teaches every subject made by [`Company::new_subject`].
    pub async fn new_tutor(&self, office: &str) -> Uuid {
        let id = self.new_id();
        let tutor = tutor::Model {
            id,
            code: format!("TUT-{}", id.simple()),
            name: "Dewi Lestari".into(),
            phone: format!("+62{}", id.as_u128() % 1_000_000_000_000),
            email: None,
            golongan_id: self.catalog("golongan", "GOL_2").await,
            office_id: self.office(office).await.id,
            status: tutor::Status::Active,
            suspended_until: None,
            address: None,
            lat: None,
            long: None,
            bio: None,
            contract_signed: true,
            last_active_at: None,
            created_at: self.now(),
        };
        self.insert::<tutor::Entity>(tutor).await;
        for weekday in 1..=7 {
            self.insert::<slot::Entity>(slot::Model { id: self.new_id(), tutor_id: id, weekday, from_minute: 0, until_minute: 1_440 }).await;
        }
        if !self.subject_id.is_nil() {
            self.teaches(id, self.subject_id).await;
        }
        id
    }

    pub async fn teaches(&self, tutor_id: Uuid, subject_id: Uuid) {
        self.insert::<tutor_subject::Entity>(tutor_subject::Model { id: self.new_id(), tutor_id, subject_id, subject_level_id: None }).await;
    }

    /// An active siswa in SD 5, REGULER.
    pub async fn new_siswa(&self, office: &str) -> Uuid {
        let id = self.new_id();
        let siswa = siswa::Model {
            id,
            code: format!("SIS-{}", id.simple()),
            name: "Zahra Amelia".into(),
            tingkat_id: self.catalog("tingkat", "SD_5").await,
            segmentasi_id: self.catalog("segmentasi", "REGULER").await,
            office_id: self.office(office).await.id,
            parent_name: "Rina".into(),
            parent_phone: "+628120000000".into(),
            parent_relation: "ibu".into(),
            email: None,
            address: Some("Jalan Mawar 2".into()),
            lat: Some(-6.3),
            long: Some(106.8),
            status: catalog::Status::Active,
            created_at: self.now(),
        };
        self.insert::<siswa::Entity>(siswa).await;
        id
    }

    /// A subject that the company's tutor teaches, with a price for both sides.
    pub async fn new_subject(&self, student_rp: i64, tutor_rp: i64) -> Uuid {
        let subject_id = self.new_unpriced_subject().await;
        self.priced(subject_id, price::Audience::Student, student_rp).await;
        self.priced(subject_id, price::Audience::Tutor, tutor_rp).await;
        subject_id
    }

    pub async fn new_unpriced_subject(&self) -> Uuid {
        let id = self.new_id();
        let kategori_id = self.catalog("kategori", "REGULER_KELAS").await;
        let row = catalog::subject::Model {
            id,
            code: format!("S-{}", id.simple()).to_uppercase(),
            name: "Matematika".into(),
            kategori_id,
            has_levels: false,
            status: catalog::Status::Active,
        };
        self.insert::<catalog::subject::Entity>(row).await;
        self.teaches(self.tutor_id, id).await;
        id
    }

    /// A price for SD 5, REGULER (and Golongan 2), in force from July 2024 on.
    pub async fn priced(&self, subject_id: Uuid, audience: price::Audience, amount_rp: i64) {
        let years = tahun_ajaran::Entity::find().all(self.db.db.reader()).await.expect("read the years");
        let golongan = self.catalog("golongan", "GOL_2").await;
        let row = price::Model {
            id: self.new_id(),
            audience,
            tahun_ajaran_id: years[0].id,
            subject_id,
            subject_level_id: None,
            tingkat_id: self.catalog("tingkat", "SD_5").await,
            segmentasi_id: self.catalog("segmentasi", "REGULER").await,
            golongan_id: (audience == price::Audience::Tutor).then_some(golongan),
            amount_rp,
            effective_from: NaiveDate::from_ymd_opt(2024, 7, 1).expect("a day"),
            effective_until: None,
            created_at: self.now(),
            created_by: "Sari".into(),
        };
        self.insert::<price::Entity>(row).await;
    }

    /// A photo, uploaded and clean.
    pub async fn new_document(&self) -> Uuid {
        let id = self.new_id();
        let columns = "id, kind, name, content_type, size, sha256, storage_key, uploaded_by, uploaded_by_name, uploaded_at, scan_state";
        let values = vec![
            id.into(),
            "report".into(),
            "foto.png".into(),
            "image/png".into(),
            3_i64.into(),
            "00".into(),
            id.to_string().into(),
            Uuid::from_u128(1).into(),
            "Sari".into(),
            self.now().into(),
            "CLEAN".into(),
        ];
        self.db.run(&format!("INSERT INTO document ({columns}) VALUES (?,?,?,?,?,?,?,?,?,?,?)"), values).await;
        id
    }

    /// The id of a row of the catalog.
    pub async fn catalog(&self, table: &str, code: &str) -> Uuid {
        let rows = self.db.rows(&format!("SELECT id FROM {table} WHERE code = ?"), vec![code.into()]).await;
        rows[0].try_get("", "id").expect("an id")
    }
}
