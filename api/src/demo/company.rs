//! The master data of the demo company, as CSV through the same import that people use.

use super::Scale;
use super::names;
use anyhow::{Result, ensure};
use engine::actor::Actor;
use engine::db;
use engine::execute::Engine;
use rand::Rng;
use rand::rngs::StdRng;
use std::fmt::Write;
use uuid::Uuid;
use workflows::import::{self, ImportOptions, Kind};

/// A subject, or one level of it, as prices and lessons name it.
#[derive(Clone, Debug)]
pub struct Course {
    pub subject_id: Uuid,
    pub subject: String,
    pub level_id: Option<Uuid>,
    pub level: Option<String>,
}

#[derive(Clone, Debug)]
pub struct Tutor {
    pub id: Uuid,
    pub courses: Vec<usize>,
}

pub struct Company {
    pub courses: Vec<Course>,
    pub tutors: Vec<Tutor>,
    pub siswa: Vec<Uuid>,
    pub prices: u64,
}

/// Weekday afternoons and evenings, and Saturdays: when lessons happen, as (weekday, first minute).
pub const CELLS: [(u32, u32); 24] = [
    (1, 780),
    (1, 900),
    (1, 1020),
    (1, 1140),
    (2, 780),
    (2, 900),
    (2, 1020),
    (2, 1140),
    (3, 780),
    (3, 900),
    (3, 1020),
    (3, 1140),
    (4, 780),
    (4, 900),
    (4, 1020),
    (4, 1140),
    (5, 780),
    (5, 900),
    (5, 1020),
    (5, 1140),
    (6, 540),
    (6, 660),
    (6, 840),
    (6, 960),
];
/// What a tutor of each Golongan gets of the siswa's price, in percent.
const SHARE: [(&str, i64); 5] = [("GOL_1", 70), ("GOL_2", 65), ("GOL_3", 60), ("GOL_4", 57), ("NON_GOLONGAN", 50)];
const SEGMENTASI: [(&str, i64); 3] = [("REGULER", 100), ("REGULER_PLUS", 130), ("INTERNASIONAL", 180)];
/// Courses beyond this many are not on offer in the demo.
const COURSES: usize = 24;

pub async fn make(engine: &Engine, actor: &Actor, scale: Scale, dice: &mut StdRng) -> Result<Company> {
    let courses = courses(engine).await?;
    let office: String = one(engine, "SELECT code FROM office ORDER BY code LIMIT 1").await?;
    let years: Vec<String> = texts(engine, "SELECT code FROM tahun_ajaran ORDER BY starts_on").await?;
    let tingkat = texts(engine, "SELECT code FROM tingkat ORDER BY position").await?;
    let assigned: Vec<Vec<usize>> = (0..scale.tutors).map(|position| teaches(position, courses.len(), dice)).collect();
    load(engine, actor, Kind::Tutor, &tutors(scale.tutors, &office, dice)).await?;
    load(engine, actor, Kind::TutorSubject, &tutor_subjects(&assigned, &courses)).await?;
    load(engine, actor, Kind::Slot, &slots(scale.tutors)).await?;
    load(engine, actor, Kind::Siswa, &siswa(scale.siswa, &office, &tingkat, dice)).await?;
    let mut prices = 0;
    for year in &years {
        prices += load(engine, actor, Kind::Price, &price_rows(&courses, &tingkat, year)).await?;
    }
    let ids = ids(engine, "SELECT id FROM tutor ORDER BY code").await?;
    let tutors = ids.into_iter().zip(assigned).map(|(id, courses)| Tutor { id, courses }).collect();
    Ok(Company { courses, tutors, siswa: ids_of_siswa(engine).await?, prices })
}

async fn ids_of_siswa(engine: &Engine) -> Result<Vec<Uuid>> {
    ids(engine, "SELECT id FROM siswa ORDER BY code").await
}

async fn load(engine: &Engine, actor: &Actor, kind: Kind, csv: &str) -> Result<u64> {
    let options = ImportOptions { dry_run: false, only_valid: false, now: engine.clock.now(), actor: actor.clone(), file: None };
    let report = import::import(engine.db.writer(), kind, csv.as_bytes(), &options).await?;
    ensure!(report.written, "{kind}: {:?}", report.errors.first());
    Ok(report.created)
}

async fn courses(engine: &Engine) -> Result<Vec<Course>> {
    let sql = "SELECT s.id, s.code, l.id AS level_id, l.code AS level FROM subject s LEFT JOIN subject_level l ON l.subject_id = s.id \
               WHERE s.has_levels = (l.id IS NOT NULL) ORDER BY s.has_levels, s.code, l.position LIMIT ?";
    let rows = db::rows(engine.db.reader(), sql, vec![i64::try_from(COURSES)?.into()]).await?;
    rows.iter()
        .map(|row| {
            Ok(Course {
                subject_id: row.try_get("", "id")?,
                subject: row.try_get("", "code")?,
                level_id: row.try_get("", "level_id")?,
                level: row.try_get("", "level")?,
            })
        })
        .collect()
}

/// Each tutor teaches three courses; together they cover all.
fn teaches(position: usize, courses: usize, dice: &mut StdRng) -> Vec<usize> {
    let mut taught = vec![position % courses, (position * 5 + 3) % courses, dice.random_range(0..courses)];
    taught.sort_unstable();
    taught.dedup();
    taught
}

fn around_jakarta(dice: &mut StdRng) -> (f64, f64) {
    (-6.21 - f64::from(dice.random_range(0..160)) / 1_000.0, 106.74 + f64::from(dice.random_range(0..160)) / 1_000.0)
}

fn tutors(count: usize, office: &str, dice: &mut StdRng) -> String {
    let mut csv = "code,name,phone,email,golongan,office,status,address,lat,long,bio,contract_signed\n".to_owned();
    for position in 0..count {
        let (lat, long) = around_jakarta(dice);
        let (golongan, _) = SHARE[[1, 2, 2, 0, 2, 3, 1, 4][position % 8]];
        let (name, phone, street) = (names::person(position * 3 + 1), names::phone("0812", position), names::street(dice));
        let _ =
            writeln!(csv, "TUT-{:06},{name},{phone},tutor{position}@contoh.id,{golongan},{office},ACTIVE,\"{street}\",{lat:.4},{long:.4},,ya", position + 1);
    }
    csv
}

fn tutor_subjects(assigned: &[Vec<usize>], courses: &[Course]) -> String {
    let mut csv = "tutor,subject,level\n".to_owned();
    for (position, taught) in assigned.iter().enumerate() {
        for course in taught.iter().map(|course| &courses[*course]) {
            let _ = writeln!(csv, "TUT-{:06},{},{}", position + 1, course.subject, course.level.as_deref().unwrap_or_default());
        }
    }
    csv
}

fn slots(tutors: usize) -> String {
    let mut csv = "tutor,weekday,from,until\n".to_owned();
    for position in 1..=tutors {
        for weekday in 1..=5 {
            let _ = writeln!(csv, "TUT-{position:06},{weekday},13:00,21:00");
        }
        let _ = writeln!(csv, "TUT-{position:06},6,09:00,18:00");
    }
    csv
}

fn siswa(count: usize, office: &str, tingkat: &[String], dice: &mut StdRng) -> String {
    let mut csv = "code,name,tingkat,segmentasi,office,parent_name,parent_phone,parent_relation,email,address,lat,long,status\n".to_owned();
    for position in 0..count {
        let (lat, long) = around_jakarta(dice);
        let level = &tingkat[(position * 7) % tingkat.len()];
        let segment = SEGMENTASI[[0, 0, 1, 0, 0, 2, 0, 1][position % 8]].0;
        let relation = ["ibu", "ayah", "wali"][position % 3];
        let (name, parent, phone, street) = (names::person(position), names::person(position * 11 + 5), names::phone("0857", position), names::street(dice));
        let _ = writeln!(
            csv,
            "SIS-{:06},{name},{level},{segment},{office},{parent},{phone},{relation},orangtua{position}@contoh.id,\"{street}\",{lat:.4},{long:.4},ACTIVE",
            position + 1
        );
    }
    csv
}

/// Prices in steps of Rp5.000; a few INTERNASIONAL cells are left empty, as real matrices have gaps.
fn price_rows(courses: &[Course], tingkat: &[String], year: &str) -> String {
    let mut csv = "tahun_ajaran,audience,subject,level,tingkat,segmentasi,golongan,amount_rp\n".to_owned();
    for (number, course) in (0_i64..).zip(courses) {
        for (step, level) in (0_i64..).zip(tingkat) {
            for (segment, percent) in SEGMENTASI {
                if segment == "INTERNASIONAL" && (number + step) % 9 == 4 {
                    continue;
                }
                let student = round_to((120_000 + step * 5_000 + (number % 4) * 10_000) * percent / 100, 5_000);
                let key = format!("{},{},{level},{segment}", course.subject, course.level.as_deref().unwrap_or_default());
                let _ = writeln!(csv, "{year},STUDENT,{key},,{student}");
                for (golongan, share) in SHARE {
                    let _ = writeln!(csv, "{year},TUTOR,{key},{golongan},{}", round_to(student * share / 100, 2_500));
                }
            }
        }
    }
    csv
}

fn round_to(amount: i64, step: i64) -> i64 {
    (amount + step / 2) / step * step
}

async fn texts(engine: &Engine, sql: &str) -> Result<Vec<String>> {
    db::rows(engine.db.reader(), sql, vec![]).await?.iter().map(|row| Ok(row.try_get_by_index(0)?)).collect()
}

async fn ids(engine: &Engine, sql: &str) -> Result<Vec<Uuid>> {
    db::rows(engine.db.reader(), sql, vec![]).await?.iter().map(|row| Ok(row.try_get_by_index(0)?)).collect()
}

async fn one(engine: &Engine, sql: &str) -> Result<String> {
    texts(engine, sql).await?.into_iter().next().ok_or_else(|| anyhow::anyhow!("nothing found by {sql}"))
}
