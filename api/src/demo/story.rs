//! Telling the story: every step at its instant, in order, through the engine.

use super::Cast;
use super::claim::{self, Claims};
use super::lesson::{Fate, Lesson};
use super::money;
use super::names::TOPICS;
use super::scene::{self, Playing, Scenes};
use anyhow::{Context, Result};
use chrono::{DateTime, TimeDelta, Utc};
use engine::actor::Actor;
use engine::clock::ManualClock;
use engine::execute::{Engine, Request, Target};
use engine::id::new_id;
use engine::plan::AnyCommand;
use engine::refusal::Halt;
use serde_json::{Value, json};
use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use uuid::Uuid;
use worker::Deps;

/// What the story is played with.
pub struct Stage<'a> {
    pub deps: &'a Deps,
    pub photo: Uuid,
    pub cast: &'a Cast,
    /// The story begins here.
    pub begin: DateTime<Utc>,
    /// The story stops here; steps after it stay undone.
    pub now: DateTime<Utc>,
}

#[derive(Default)]
pub struct Told {
    pub commands: u64,
    pub refused: u64,
}

/// How long the people of the story leave something lying.
const PATIENCE: TimeDelta = TimeDelta::hours(50);

/// One command of one lesson at its instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    Request,
    Decide,
    /// Rejects what could not be approved.
    GiveUp,
    Start,
    Report,
    Confirm,
    SendBack,
    ReportAgain,
    ConfirmAgain,
    Validate,
    End,
    /// What follows when a tutor has claimed force majeure.
    Claim(claim::Step),
    /// Of no lesson of the plan.
    Scene(scene::Step),
    /// What is billed, paid and closed.
    Money(money::Step),
}

pub async fn tell(engine: &Engine, clock: &ManualClock, stage: Stage<'_>, lessons: &[Lesson], progress: &impl Fn(&str)) -> Result<Told> {
    let mut agenda: BinaryHeap<Reverse<(DateTime<Utc>, usize, Step)>> = BinaryHeap::new();
    for (number, lesson) in lessons.iter().enumerate() {
        let claimed = claim::steps(lesson).into_iter().map(|(at, step)| (at, Step::Claim(step)));
        agenda.extend(steps(lesson).into_iter().chain(claimed).filter(|(at, _)| *at < stage.now).map(|(at, step)| Reverse((at, number, step))));
    }
    agenda.extend(scene::openings(stage.begin, stage.now).into_iter().map(|(at, step)| Reverse((at, lessons.len(), Step::Scene(step)))));
    agenda.extend(money::agenda(stage.begin, stage.now).into_iter().map(|(at, step)| Reverse((at, lessons.len(), Step::Money(step)))));
    let (total, mut told, mut ids, mut claims, mut scenes) = (agenda.len(), Told::default(), HashMap::new(), Claims::default(), Scenes::default());
    while let Some(Reverse((at, number, step))) = agenda.pop() {
        pass_time(engine, clock, &stage, at).await?;
        if let Step::Claim(step) = step {
            claims.play(engine, &stage, (number, &lessons[number], step), ids.get(&number), &mut told).await?;
            continue;
        }
        if let Step::Scene(step) = step {
            let follows = scenes.play(&mut Playing { engine, stage: &stage, told: &mut told }, step).await?;
            agenda.extend(follows.into_iter().filter(|(at, _)| *at < stage.now).map(|(at, step)| Reverse((at, number, Step::Scene(step)))));
            continue;
        }
        if let Step::Money(step) = step {
            money::play(&mut Playing { engine, stage: &stage, told: &mut told }, step).await?;
            continue;
        }
        // Nobody asks for a tutor who has left.
        if step == Step::Request && scenes.gone.contains(&lessons[number].tutor_id) {
            continue;
        }
        let refused = play(engine, &stage, (number, &lessons[number], step), &mut ids, &mut told).await?;
        if refused && step == Step::Decide && at + PATIENCE < stage.now {
            agenda.push(Reverse((at + PATIENCE, number, Step::GiveUp)));
        }
        if step == Step::Confirm || step == Step::ConfirmAgain {
            worker::drain(engine, worker::handlers(stage.deps)).await?;
        }
        if told.commands.is_multiple_of(1_000) {
            progress(&format!("{} of {total} steps, {}", told.commands, at.format("%Y-%m-%d")));
        }
    }
    pass_time(engine, clock, &stage, stage.now).await?;
    Ok(told)
}

/// Lets every timer fire at its own instant on the way to `until`.
async fn pass_time(engine: &Engine, clock: &ManualClock, stage: &Stage<'_>, until: DateTime<Utc>) -> Result<()> {
    while let Some(due) = engine.next_due().await?.filter(|due| *due <= until) {
        clock.set(due.max(engine.clock.now()));
        worker::drain(engine, worker::handlers(stage.deps)).await?;
    }
    clock.set(until.max(engine.clock.now()));
    Ok(())
}

fn steps(lesson: &Lesson) -> Vec<(DateTime<Utc>, Step)> {
    let (start, end) = (lesson.starts_at, lesson.starts_at + TimeDelta::minutes(90));
    let mut steps = vec![(lesson.requested_at, Step::Request), (lesson.approved_at, Step::Decide)];
    let after = |minutes| end + TimeDelta::minutes(minutes);
    match lesson.fate {
        Fate::Completed => steps.extend([(start, Step::Start), (after(5), Step::Report), (after(9), Step::Confirm), (after(60 * 15), Step::Validate)]),
        Fate::SentBack => steps.extend([
            (start, Step::Start),
            (after(5), Step::Report),
            (after(9), Step::Confirm),
            (after(600), Step::SendBack),
            (after(700), Step::ReportAgain),
            (after(701), Step::ConfirmAgain),
            (after(1_400), Step::Validate),
        ]),
        Fate::CancelledBySiswa(minutes) | Fate::CancelledByTutor(minutes) => steps.push((start - TimeDelta::minutes(minutes), Step::End)),
        Fate::CancelledByAdmin | Fate::Rescheduled => steps.push((start - TimeDelta::hours(20), Step::End)),
        Fate::NoShowStudent | Fate::NoShowTutor => steps.push((start + TimeDelta::minutes(40), Step::End)),
        Fate::Forgotten => steps.push((end + PATIENCE, Step::End)),
        Fate::Rejected => {}
    }
    steps
}

/// Runs the command of a step; tells whether the business refused it.
async fn play(
    engine: &Engine,
    stage: &Stage<'_>,
    (number, lesson, step): (usize, &Lesson, Step),
    ids: &mut HashMap<usize, Uuid>,
    told: &mut Told,
) -> Result<bool> {
    let (actor, command) = match line(lesson, step, number, stage) {
        Some(line) => line,
        None => return Ok(false),
    };
    let target = match (step, ids.get(&number)) {
        (Step::Request, _) => Target::New(new_id(engine.clock.now())),
        (_, Some(id)) => Target::Existing(*id),
        (_, None) => return Ok(false),
    };
    told.commands += 1;
    match engine.execute(&Request::new("sesi", target, command, actor.clone())).await {
        Ok(outcome) if step == Step::Request => {
            ids.insert(number, outcome.id);
            Ok(false)
        }
        Ok(_) => Ok(false),
        // A missing price or a clash is part of life: the sesi waits in the inbox for a person.
        Err(Halt::Refused(refusal)) => {
            tracing::debug!(?refusal, ?step, "refused in the demo");
            told.refused += 1;
            Ok(true)
        }
        Err(Halt::Failed(failure)) => Err(failure).context(format!("{step:?} of lesson {number}")),
    }
}

fn line<'a>(lesson: &Lesson, step: Step, number: usize, stage: &'a Stage<'_>) -> Option<(&'a Actor, AnyCommand)> {
    let (requester, approver) = (&stage.cast.requester, &stage.cast.approver);
    let topic = TOPICS[number % TOPICS.len()];
    Some(match step {
        Step::Request => (requester, AnyCommand::with("request", &request(lesson))),
        Step::Decide if lesson.fate == Fate::Rejected => (approver, AnyCommand::new("reject").because("Jadwal tutor sudah penuh pada minggu itu")),
        Step::Decide => (approver, AnyCommand::with("approve", &json!({ "outside_slots_reason": lesson.outside_slots }))),
        Step::GiveUp => (approver, AnyCommand::new("reject").because("Belum ada harga untuk kombinasi ini; orang tua sudah dihubungi")),
        Step::Start => (requester, AnyCommand::new("start")),
        Step::Report | Step::ReportAgain => (requester, AnyCommand::with("report", &report(topic, step, number, stage.photo))),
        Step::Confirm | Step::ConfirmAgain => (requester, AnyCommand::new("confirm")),
        Step::SendBack => (approver, AnyCommand::new("send_back").because("Materi belum lengkap: tulis halaman dan PR")),
        Step::Validate => (approver, AnyCommand::new("validate")),
        Step::End => (requester, ending(lesson)?),
        Step::Claim(_) | Step::Scene(_) | Step::Money(_) => return None,
    })
}

fn request(lesson: &Lesson) -> Value {
    json!({
        "siswa_id": lesson.siswa_id, "tutor_id": lesson.tutor_id, "subject_id": lesson.subject_id, "subject_level_id": lesson.level_id,
        "starts_at": lesson.starts_at, "mode": lesson.mode,
    })
}

fn report(topic: &str, step: Step, number: usize, photo: Uuid) -> Value {
    let attendance = if number.is_multiple_of(11) { "LATE" } else { "PRESENT" };
    let pages = (step == Step::ReportAgain || !number.is_multiple_of(3)).then(|| format!("hlm. {}-{}", 10 + number % 80, 14 + number % 80));
    json!({ "attendance": attendance, "topic": topic, "pages": pages, "homework": "Kerjakan soal di akhir bab", "photo_document_id": photo })
}

fn ending(lesson: &Lesson) -> Option<AnyCommand> {
    let cancel = |party: &str, reason: &str| AnyCommand::with("cancel", &json!({ "party": party })).because(reason);
    Some(match lesson.fate {
        Fate::CancelledBySiswa(_) => cancel("SISWA", "Siswa sakit"),
        Fate::CancelledByTutor(_) => cancel("TUTOR", "Tutor berhalangan hadir"),
        Fate::CancelledByAdmin => cancel("ADMIN", "Kantor tutup karena perbaikan listrik"),
        Fate::NoShowStudent => AnyCommand::new("no_show_student").because("Siswa tidak ada di rumah, orang tua tidak menjawab"),
        Fate::NoShowTutor => AnyCommand::new("no_show_tutor").because("Tutor tidak datang tanpa kabar"),
        Fate::Rescheduled => {
            let later = lesson.starts_at + TimeDelta::days(1) + TimeDelta::minutes(45);
            AnyCommand::with("reschedule", &json!({ "initiator": "SISWA", "starts_at": later })).because("Ada acara sekolah")
        }
        Fate::Forgotten => cancel("ADMIN", "Sesi tidak terlaksana dan tidak dilaporkan"),
        Fate::Completed | Fate::SentBack | Fate::Rejected => return None,
    })
}
