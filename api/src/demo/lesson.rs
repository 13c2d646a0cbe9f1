//! Which lessons take place when, and how each will end.

use super::claim::Course;
use super::company::{CELLS, Company};
use chrono::{DateTime, Datelike, DurationRound, TimeDelta, Utc};
use chrono_tz::Asia::Jakarta;
use rand::Rng;
use rand::rngs::StdRng;
use uuid::Uuid;

/// How a lesson goes on after its request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    Completed,
    /// Reported late and sent back once before it is validated.
    SentBack,
    Rejected,
    /// Cancelled this many minutes before its start.
    CancelledBySiswa(i64),
    CancelledByTutor(i64),
    CancelledByAdmin,
    NoShowStudent,
    NoShowTutor,
    Rescheduled,
    /// Nobody starts it: the follow-up task waits, until an admin cancels it days later.
    Forgotten,
}

#[derive(Clone, Debug)]
pub struct Lesson {
    pub siswa_id: Uuid,
    pub tutor_id: Uuid,
    pub subject_id: Uuid,
    pub level_id: Option<Uuid>,
    pub starts_at: DateTime<Utc>,
    pub mode: &'static str,
    pub requested_at: DateTime<Utc>,
    pub approved_at: DateTime<Utc>,
    pub fate: Fate,
    /// What becomes of a penalty of the tutor's.
    pub claimed: Course,
    /// Why it is approved although it lies outside the tutor's Slots.
    pub outside_slots: Option<&'static str>,
}

/// How far ahead lessons are on the books.
const AHEAD: TimeDelta = TimeDelta::days(10);

/// Of each twenty siswa, those who were there from the very beginning.
const FIRST_ONES: [usize; 3] = [0, 5, 18];

/// Weekly lessons of every siswa, each at a time no other lesson of the tutor or the siswa has: of a few from the beginning on, of
/// all from a later instant on.
pub fn plan(company: &Company, (begin, full): (DateTime<Utc>, DateTime<Utc>), now: DateTime<Utc>, dice: &mut StdRng) -> Vec<Lesson> {
    let mut lessons = vec![];
    let mut next_cell = vec![0_usize; company.tutors.len()];
    for (position, siswa_id) in company.siswa.iter().enumerate() {
        let tutor = position % company.tutors.len();
        let cell = CELLS[(next_cell[tutor] * 7 + tutor) % CELLS.len()];
        next_cell[tutor] += 1;
        let taught = &company.tutors[tutor].courses;
        let course = &company.courses[taught[dice.random_range(0..taught.len())]];
        let mode = ["ONLINE", "OFFLINE_RUMAH_SISWA", "OFFLINE_RUMAH_SISWA"][position % 3];
        let from = if FIRST_ONES.contains(&(position % 20)) { begin } else { full };
        for starts_at in weekly(from, now + AHEAD, cell) {
            let requested_at = starts_at - TimeDelta::hours(dice.random_range(70..200));
            let wait = if dice.random_range(0..20) == 0 { dice.random_range(26..40) } else { dice.random_range(1..18) };
            lessons.push(Lesson {
                siswa_id: *siswa_id,
                tutor_id: company.tutors[tutor].id,
                subject_id: course.subject_id,
                level_id: course.level_id,
                starts_at,
                mode,
                requested_at: requested_at.max(from),
                approved_at: (requested_at + TimeDelta::hours(wait)).max(from + TimeDelta::minutes(5)),
                fate: fate(dice),
                claimed: Course::by_turns(lessons.len()),
                outside_slots: None,
            });
        }
    }
    let shown = shown(company, &lessons, now);
    lessons.extend(shown);
    lessons
}

/// Two lessons to try things on at once: one that starts within four hours, whose late cancellation by the
/// tutor costs a quarter of Rp90.000; and one of this morning that nobody has started. And three that their tutor has cancelled
/// late: one that may be claimed as force majeure, one whose claim waits, and one whose appeal does.
fn shown(company: &Company, planned: &[Lesson], now: DateTime<Utc>) -> Vec<Lesson> {
    let Ok(now) = now.duration_trunc(TimeDelta::minutes(15)) else { return vec![] };
    let soon = at_ninety_thousand(company, planned, now + TimeDelta::minutes(225), Fate::Completed);
    let unstarted = at_ninety_thousand(company, planned, now - TimeDelta::hours(5), Fate::Forgotten);
    let cancelled = [(24, Course::Unclaimed), (28, Course::Waiting), (125, Course::Appealed)].into_iter().filter_map(|(hours, claimed)| {
        let lesson = at_ninety_thousand(company, planned, now - TimeDelta::hours(hours), Fate::CancelledByTutor(50))?;
        Some(Lesson { claimed, ..lesson })
    });
    soon.into_iter().chain(unstarted).chain(cancelled).collect()
}

/// A lesson at a time when its tutor and its siswa have no other, of a tutor in GOL_3 whom a siswa of SD 5 in
/// REGULER pays Rp150.000 for.
fn at_ninety_thousand(company: &Company, planned: &[Lesson], starts_at: DateTime<Utc>, fate: Fate) -> Option<Lesson> {
    let near = |lesson: &&Lesson| (lesson.starts_at - starts_at).abs() < TimeDelta::hours(3);
    let busy: Vec<&Lesson> = planned.iter().filter(near).collect();
    let tutor = (1..company.tutors.len()).step_by(8).find(|tutor| busy.iter().all(|lesson| lesson.tutor_id != company.tutors[*tutor].id))?;
    let siswa = (7..company.siswa.len()).step_by(15).filter(|siswa| [0, 1, 3, 4, 6].contains(&(siswa % 8)));
    let siswa = siswa.map(|siswa| company.siswa[siswa]).find(|siswa| busy.iter().all(|lesson| lesson.siswa_id != *siswa))?;
    let course = company.courses.get(tutor % company.courses.len())?;
    Some(Lesson {
        siswa_id: siswa,
        tutor_id: company.tutors[tutor].id,
        subject_id: course.subject_id,
        level_id: course.level_id,
        starts_at,
        mode: "ONLINE",
        requested_at: starts_at - TimeDelta::hours(24),
        approved_at: starts_at - TimeDelta::hours(23),
        fate,
        claimed: Course::Unclaimed,
        outside_slots: Some("Orang tua minta jam khusus sebelum ulangan"),
    })
}

/// Every week's instant of a cell between two instants.
fn weekly(begin: DateTime<Utc>, end: DateTime<Utc>, (weekday, minute): (u32, u32)) -> Vec<DateTime<Utc>> {
    let first = begin.with_timezone(&Jakarta).date_naive();
    let lead = i64::from((weekday + 7 - first.weekday().number_from_monday()) % 7);
    let midnight = (first + TimeDelta::days(lead)).and_time(chrono::NaiveTime::MIN).and_utc() - TimeDelta::hours(7);
    let start = midnight + TimeDelta::minutes(i64::from(minute));
    (0..1_000).map(|week| start + TimeDelta::weeks(week)).skip_while(|at| *at < begin + TimeDelta::hours(4)).take_while(|at| *at < end).collect()
}

/// Shares as seen in practice: six in a hundred cancelled by siswa, two by tutors, one no-show.
fn fate(dice: &mut StdRng) -> Fate {
    match dice.random_range(0..200) {
        0..=11 => Fate::CancelledBySiswa([20, 75, 170, 300, 900, 2_000][dice.random_range(0..6)]),
        12..=15 => Fate::CancelledByTutor([30, 100, 200, 240, 700, 1_500][dice.random_range(0..6)]),
        16 => Fate::CancelledByAdmin,
        17..=18 => Fate::NoShowStudent,
        19 => Fate::NoShowTutor,
        20..=23 => Fate::Rescheduled,
        24..=26 => Fate::Rejected,
        27..=31 => Fate::SentBack,
        32 => Fate::Forgotten,
        _ => Fate::Completed,
    }
}
