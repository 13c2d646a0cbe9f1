//! What the dice do not bring about for sure: claims at every point of their way, a third strike, substitutes, and two
//! tutors who leave. Each scene takes whoever is there when its time comes.

use super::story::{Stage, Told};
use anyhow::{Context, Result};
use chrono::{DateTime, TimeDelta, Utc};
use engine::actor::Actor;
use engine::db;
use engine::execute::{Engine, Request, Target};
use engine::id::new_id;
use engine::plan::AnyCommand;
use engine::refusal::Halt;
use engine::view::Outcome;
use sea_orm::Value as SqlValue;
use serde_json::{Value, json};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// What a scene is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    ClaimPending,
    ClaimRejected,
    ClaimAppealed,
    ClaimWithdrawn,
    ThreeStrikes,
    FoundHimself,
    SentByTheCompany,
    StillSeeking,
    GoneForGood,
    GoingNow,
}

/// The parts of a scene, in the order in which they come about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// Finds a sesi.
    Opening,
    /// The tutor leaves it, or looks for somebody.
    Leave,
    Substitute,
    File,
    Withdraw,
    Reject,
    Appeal,
    Decide,
    Clear,
    ReturnDocuments,
    Pay,
    Archive,
}

pub type Step = (Kind, Part);

/// Days before the end of the story at which scenes open.
const OPENINGS: [(Kind, i64); 12] = [
    (Kind::ThreeStrikes, 24),
    (Kind::ThreeStrikes, 16),
    (Kind::ThreeStrikes, 8),
    (Kind::ClaimWithdrawn, 12),
    (Kind::ClaimAppealed, 11),
    (Kind::ClaimRejected, 9),
    (Kind::SentByTheCompany, 7),
    (Kind::FoundHimself, 6),
    (Kind::ClaimPending, 4),
    (Kind::GoneForGood, 25),
    (Kind::GoingNow, 6),
    (Kind::StillSeeking, 0),
];

/// When scenes open; a story that is too short has none.
pub fn openings(begin: DateTime<Utc>, now: DateTime<Utc>) -> Vec<(DateTime<Utc>, Step)> {
    let opening = |(kind, days): &(Kind, i64)| match kind {
        Kind::StillSeeking => (now - TimeDelta::hours(1), (*kind, Part::Opening)),
        Kind::GoneForGood | Kind::GoingNow => (now - TimeDelta::days(*days), (*kind, Part::Decide)),
        _ => (now - TimeDelta::days(*days), (*kind, Part::Opening)),
    };
    OPENINGS.iter().map(opening).filter(|(at, _)| *at > begin).collect()
}

/// Who and what the scenes are about, and who has left.
#[derive(Default)]
pub struct Scenes {
    sesi: HashMap<Kind, (Uuid, Uuid)>,
    cases: HashMap<Kind, Uuid>,
    pub gone: HashSet<Uuid>,
}

/// The next sesi somebody will teach who has nothing against them yet, or the next of one tutor.
const NEXT: &str = "SELECT s.id, s.tutor_id, s.starts_at FROM sesi s JOIN tutor t ON t.id = s.tutor_id WHERE s.state = 'APPROVED' AND s.starts_at > ? \
    AND s.announced_at IS NULL AND t.status = 'ACTIVE' AND s.outside_slots_reason IS NULL AND (t.id = ? OR (? = 0 AND NOT EXISTS (SELECT 1 FROM strike k WHERE k.tutor_id = t.id))) \
    ORDER BY s.starts_at, s.code LIMIT 1";
/// Somebody at work who has earned something and whom nothing is open about.
const LEAVES: &str = "SELECT t.id FROM tutor t WHERE t.status = 'ACTIVE' AND EXISTS (SELECT 1 FROM tutor_settlement x WHERE x.tutor_id = t.id) \
    AND NOT EXISTS (SELECT 1 FROM strike k WHERE k.tutor_id = t.id) AND NOT EXISTS (SELECT 1 FROM denda d WHERE d.tutor_id = t.id) \
    AND NOT EXISTS (SELECT 1 FROM sesi s WHERE s.tutor_id = t.id AND s.state IN ('IN_PROGRESS','AWAITING_VALIDATION')) ORDER BY t.code DESC LIMIT 1";
/// Others who teach the same, the first ones first; whether they are free is asked of the command.
const OTHERS: &str = "SELECT DISTINCT t.id, t.code FROM sesi s JOIN tutor_subject x ON x.subject_id = s.subject_id JOIN tutor t ON t.id = x.tutor_id \
    WHERE s.id = ? AND t.id <> s.tutor_id AND t.status = 'ACTIVE' ORDER BY t.code LIMIT 20";
const LIVE: &str = "SELECT s.id, s.state FROM sesi s WHERE s.tutor_id = ? AND s.state IN ('REQUESTED','APPROVED') ORDER BY s.code";

type Follows = Vec<(DateTime<Utc>, Step)>;

/// What comes next, if this has come about.
fn follow(happened: bool, next: Follows) -> Follows {
    if happened { next } else { vec![] }
}

/// What plays a part: the engine at its moved clock, the people, and the count of what was said.
pub struct Playing<'a> {
    pub engine: &'a Engine,
    pub stage: &'a Stage<'a>,
    pub told: &'a mut Told,
}

impl Playing<'_> {
    /// A command with a reason; nothing when the business refused it.
    pub(super) async fn say(&mut self, by: &Actor, (workflow, target): (&str, Target), (name, body): (&str, Value), reason: &str) -> Result<Option<Outcome>> {
        self.told.commands += 1;
        let command = AnyCommand::with(name, &body);
        let command = if reason.is_empty() { command } else { command.because(reason) };
        match self.engine.execute(&Request::new(workflow, target, command, by.clone())).await {
            Ok(outcome) => Ok(Some(outcome)),
            Err(Halt::Refused(refusal)) => {
                tracing::debug!(?refusal, workflow, name, "refused in the demo");
                self.told.refused += 1;
                Ok(None)
            }
            Err(Halt::Failed(failure)) => Err(failure).with_context(|| format!("{name} of {workflow}")),
        }
    }

    pub(super) async fn rows(&self, sql: &str, values: Vec<SqlValue>) -> Result<Vec<sea_orm::QueryResult>> {
        Ok(db::rows(self.engine.db.reader(), sql, values).await?)
    }
}

impl Scenes {
    /// Plays a part; what follows from it, and when.
    pub async fn play(&mut self, playing: &mut Playing<'_>, (kind, part): Step) -> Result<Follows> {
        let now = playing.engine.clock.now();
        let after = |hours: i64, part: Part| vec![(now + TimeDelta::hours(hours), (kind, part))];
        Ok(match part {
            Part::Opening => self.open(playing, kind).await?.map(|at| (at, (kind, Part::Leave))).into_iter().collect(),
            Part::Leave => match kind {
                Kind::FoundHimself | Kind::StillSeeking => follow(self.seek(playing, kind).await?, after(1, Part::Substitute)),
                Kind::SentByTheCompany => self.substitute(playing, kind).await.map(|()| vec![])?,
                Kind::ThreeStrikes => self.leave(playing, kind).await.map(|_| vec![])?,
                _ => follow(self.leave(playing, kind).await?, after(3, Part::File)),
            },
            Part::Substitute if kind == Kind::StillSeeking => vec![],
            Part::Substitute => self.substitute(playing, kind).await.map(|()| vec![])?,
            Part::File => match (self.file(playing, kind).await?, kind) {
                (false, _) | (true, Kind::ClaimPending) => vec![],
                (true, Kind::ClaimWithdrawn) => after(20, Part::Withdraw),
                (true, _) => after(26, Part::Reject),
            },
            Part::Withdraw => self.tell(playing, kind, ("fm_claim", "withdraw"), "Tutor tidak melanjutkan klaimnya").await.map(|()| vec![])?,
            Part::Reject => {
                self.tell(playing, kind, ("fm_claim", "reject"), "Belum ada bukti yang mendukung").await?;
                if kind == Kind::ClaimAppealed { after(60, Part::Appeal) } else { vec![] }
            }
            Part::Appeal => self.tell(playing, kind, ("fm_claim", "appeal"), "Surat dari rumah sakit baru terbit").await.map(|()| vec![])?,
            Part::Decide => follow(self.end(playing, kind).await?, after(2, Part::Clear)),
            Part::Clear => {
                self.clear(playing, kind).await?;
                after(40, Part::ReturnDocuments)
            }
            Part::ReturnDocuments => {
                self.tell(playing, kind, ("termination", "confirm_documents"), "").await?;
                if kind == Kind::GoneForGood { after(48, Part::Pay) } else { vec![] }
            }
            Part::Pay => {
                self.pay(playing, kind).await?;
                after(24, Part::Archive)
            }
            Part::Archive => self.tell(playing, kind, ("termination", "archive"), "Semua sudah selesai").await.map(|()| vec![])?,
        })
    }

    /// The sesi it is about, and when its tutor leaves it.
    async fn open(&mut self, playing: &mut Playing<'_>, kind: Kind) -> Result<Option<DateTime<Utc>>> {
        let same = self.sesi.get(&kind).map(|(_, tutor)| *tutor);
        // One who is announced now is looked for until this evening at least.
        let ahead = if kind == Kind::StillSeeking { 6 } else { 4 };
        let from = playing.engine.clock.now() + TimeDelta::hours(ahead);
        let values = vec![from.into(), same.unwrap_or_default().into(), i64::from(same.is_some()).into()];
        let Some(row) = playing.rows(NEXT, values).await?.pop() else { return Ok(None) };
        self.sesi.insert(kind, (row.try_get("", "id")?, row.try_get("", "tutor_id")?));
        let starts_at: DateTime<Utc> = row.try_get("", "starts_at")?;
        Ok(Some(match kind {
            Kind::StillSeeking => playing.engine.clock.now(),
            Kind::FoundHimself => starts_at - TimeDelta::hours(3),
            Kind::SentByTheCompany => starts_at - TimeDelta::minutes(100),
            _ => starts_at - TimeDelta::minutes(40),
        }))
    }

    async fn leave(&mut self, playing: &mut Playing<'_>, kind: Kind) -> Result<bool> {
        let Some((sesi, _)) = self.sesi.get(&kind).copied() else { return Ok(false) };
        let by = playing.stage.cast.requester.clone();
        let done = playing.say(&by, ("sesi", Target::Existing(sesi)), ("cancel", json!({ "party": "TUTOR" })), "Tutor berhalangan hadir").await?;
        Ok(done.is_some())
    }

    async fn seek(&mut self, playing: &mut Playing<'_>, kind: Kind) -> Result<bool> {
        let Some((sesi, _)) = self.sesi.get(&kind).copied() else { return Ok(false) };
        let by = playing.stage.cast.requester.clone();
        let done = playing.say(&by, ("sesi", Target::Existing(sesi)), ("seek_substitute", json!({})), "Tutor sakit dan mencari pengganti sendiri").await?;
        Ok(done.is_some())
    }

    /// The first of those who teach the same and whom nothing keeps.
    async fn substitute(&mut self, playing: &mut Playing<'_>, kind: Kind) -> Result<()> {
        let Some((sesi, _)) = self.sesi.get(&kind).copied() else { return Ok(()) };
        let by = playing.stage.cast.requester.clone();
        let way = if kind == Kind::SentByTheCompany { "DISPATCH" } else { "SELF" };
        for row in playing.rows(OTHERS, vec![sesi.into()]).await? {
            let tutor: Uuid = row.try_get("", "id")?;
            let body = json!({ "tutor_id": tutor, "way": way });
            if playing.say(&by, ("sesi", Target::Existing(sesi)), ("substitute", body), "Tutor sakit; pengganti siap mengajar").await?.is_some() {
                return Ok(());
            }
        }
        Ok(())
    }

    async fn file(&mut self, playing: &mut Playing<'_>, kind: Kind) -> Result<bool> {
        let Some((sesi, tutor)) = self.sesi.get(&kind).copied() else { return Ok(false) };
        let by = playing.stage.cast.requester.clone();
        let story = "Kecelakaan kecil di jalan menuju rumah siswa; kendaraan ditinggal di bengkel.";
        let body = json!({ "sesi_id": sesi, "tutor_id": tutor, "category": "DARURAT", "story": story });
        let target = Target::New(new_id(playing.engine.clock.now()));
        let filed = playing.say(&by, ("fm_claim", target), ("file", body), "Disampaikan lewat telepon").await?;
        self.cases.extend(filed.iter().map(|claim| (kind, claim.id)));
        Ok(filed.is_some())
    }

    async fn tell(&mut self, playing: &mut Playing<'_>, kind: Kind, (workflow, name): (&str, &str), reason: &str) -> Result<()> {
        let Some(id) = self.cases.get(&kind).copied() else { return Ok(()) };
        let cast = playing.stage.cast;
        let by = if workflow == "fm_claim" { cast.requester.clone() } else { cast.approver.clone() };
        let body = if name == "confirm_documents" { json!({ "note": "Kartu tutor dan modul sudah dikembalikan" }) } else { json!({}) };
        playing.say(&by, (workflow, Target::Existing(id)), (name, body), reason).await.map(drop)
    }

    /// Somebody leaves; their sesi go to nobody, and no new ones are asked for.
    async fn end(&mut self, playing: &mut Playing<'_>, kind: Kind) -> Result<bool> {
        let Some(row) = playing.rows(LEAVES, vec![]).await?.pop() else { return Ok(false) };
        let tutor: Uuid = row.try_get("", "id")?;
        let by = playing.stage.cast.approver.clone();
        let target = Target::New(new_id(playing.engine.clock.now()));
        let reason = "Pindah ke luar kota; kerja sama berakhir atas kesepakatan bersama";
        let Some(ended) = playing.say(&by, ("termination", target), ("decide", json!({ "tutor_id": tutor })), reason).await? else { return Ok(false) };
        self.cases.insert(kind, ended.id);
        self.gone.insert(tutor);
        for row in playing.rows(LIVE, vec![tutor.into()]).await? {
            let (id, state): (Uuid, String) = (row.try_get("", "id")?, row.try_get("", "state")?);
            let said = if state == "REQUESTED" { ("reject", json!({})) } else { ("cancel", json!({ "party": "ADMIN" })) };
            playing.say(&by, ("sesi", Target::Existing(id)), said, "Tutor tidak lagi mengajar; siswa dicarikan tutor lain").await?;
        }
        Ok(true)
    }

    /// Nothing is left with them: the job settles.
    async fn clear(&mut self, playing: &mut Playing<'_>, kind: Kind) -> Result<()> {
        self.tell(playing, kind, ("termination", "confirm_cleared"), "").await?;
        worker::drain(playing.engine, worker::handlers(playing.stage.deps)).await?;
        Ok(())
    }

    async fn pay(&mut self, playing: &mut Playing<'_>, kind: Kind) -> Result<()> {
        let Some(id) = self.cases.get(&kind).copied() else { return Ok(()) };
        let day = playing.engine.clock.now().with_timezone(&chrono_tz::Asia::Jakarta).date_naive().to_string();
        let body = json!({ "moved_on": day, "method": "TRANSFER", "reference": "TRX-0911" });
        let by = playing.stage.cast.approver.clone();
        playing.say(&by, ("termination", Target::Existing(id)), ("record_payout", body), "").await.map(drop)
    }
}
