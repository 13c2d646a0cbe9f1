//! Some tutors who are penalised claim force majeure; some claims are appealed, some wait as the story ends.

use super::lesson::{Fate, Lesson};
use super::story::{Stage, Told};
use anyhow::{Context, Result};
use chrono::{DateTime, TimeDelta, Utc};
use engine::execute::{Engine, Request, Target};
use engine::id::new_id;
use engine::plan::AnyCommand;
use engine::refusal::Halt;
use serde_json::json;
use std::collections::HashMap;
use uuid::Uuid;

/// One command of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    File,
    Review,
    Appeal,
    Decide,
}

/// What is told, by category.
const STORIES: [(&str, &str); 4] = [
    ("SAKIT", "Demam tinggi sejak dini hari; surat dokter menyusul."),
    ("DUKA", "Kakek meninggal pagi ini, harus segera pulang ke kampung."),
    ("DARURAT", "Anak dilarikan ke rumah sakit; tidak sempat memberi kabar lebih awal."),
    ("BENCANA", "Jalan menuju rumah siswa terputus banjir."),
];

/// How a claim goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Course {
    /// Nobody has claimed anything yet.
    Unclaimed,
    /// Waits for its first review.
    Waiting,
    Approved,
    Rejected,
    /// Waits for its second review.
    Appealed,
    Upheld,
    Overturned,
}

impl Course {
    /// One after the other, as they come.
    pub fn by_turns(number: usize) -> Self {
        [Self::Approved, Self::Overturned, Self::Unclaimed, Self::Rejected, Self::Upheld][number % 5]
    }
}

/// When the claim about a lesson is filed, reviewed, appealed and decided, if there is one.
pub fn steps(lesson: &Lesson) -> Vec<(DateTime<Utc>, Step)> {
    let penalised = match lesson.fate {
        Fate::CancelledByTutor(minutes) if minutes <= 240 => Some(lesson.starts_at - TimeDelta::minutes(minutes)),
        Fate::NoShowTutor => Some(lesson.starts_at + TimeDelta::minutes(40)),
        _ => None,
    };
    let Some(at) = penalised else { return vec![] };
    let after = |hours: i64| at + TimeDelta::hours(hours);
    let all = [(after(3), Step::File), (after(29), Step::Review), (after(100), Step::Appeal), (after(140), Step::Decide)];
    let taken = match lesson.claimed {
        Course::Unclaimed => 0,
        Course::Waiting => 1,
        Course::Approved | Course::Rejected => 2,
        Course::Appealed => 3,
        Course::Upheld | Course::Overturned => 4,
    };
    all.into_iter().take(taken).collect()
}

/// The claims there are, by the number of their lesson.
#[derive(Default)]
pub struct Claims(HashMap<usize, Uuid>);

impl Claims {
    pub async fn play(
        &mut self,
        engine: &Engine,
        stage: &Stage<'_>,
        (number, lesson, step): (usize, &Lesson, Step),
        sesi: Option<&Uuid>,
        told: &mut Told,
    ) -> Result<()> {
        let cast = stage.cast;
        let (target, actor) = match (step, sesi, self.0.get(&number)) {
            (Step::File, Some(_), _) => (Target::New(new_id(engine.clock.now())), &cast.requester),
            (Step::Review | Step::Appeal, _, Some(claim)) => (Target::Existing(*claim), &cast.requester),
            (Step::Decide, _, Some(claim)) => (Target::Existing(*claim), &cast.approver),
            // The cancellation was refused, or the claim was.
            _ => return Ok(()),
        };
        told.commands += 1;
        match engine.execute(&Request::new("fm_claim", target, line(number, lesson, step, sesi), actor.clone())).await {
            Ok(outcome) => {
                self.0.insert(number, outcome.id);
                Ok(())
            }
            Err(Halt::Refused(refusal)) => {
                tracing::debug!(?refusal, ?step, "refused in the demo");
                told.refused += 1;
                Ok(())
            }
            Err(Halt::Failed(failure)) => Err(failure).context(format!("{step:?} of the claim about lesson {number}")),
        }
    }
}

fn line(number: usize, lesson: &Lesson, step: Step, sesi: Option<&Uuid>) -> AnyCommand {
    match step {
        Step::File => {
            let (category, story) = STORIES[number % STORIES.len()];
            AnyCommand::with("file", &json!({ "sesi_id": sesi, "tutor_id": lesson.tutor_id, "category": category, "story": story }))
        }
        Step::Review if lesson.claimed == Course::Approved => AnyCommand::new("approve").because("Bukti cukup dan sesuai ceritanya"),
        Step::Review => AnyCommand::new("reject").because("Belum ada bukti yang mendukung"),
        Step::Appeal => AnyCommand::new("appeal").because("Surat dari rumah sakit baru terbit"),
        Step::Decide if lesson.claimed == Course::Overturned => AnyCommand::new("overturn").because("Surat rumah sakit sah"),
        Step::Decide => AnyCommand::new("uphold").because("Surat tidak menyebut tanggal sesi"),
    }
}
