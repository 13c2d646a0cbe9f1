//! What may happen next, and how it is played.

use super::world::World;
use chrono::TimeDelta;
use engine::execute::Target;
use engine::plan::AnyCommand;
use proptest::prelude::*;
use sea_orm::EntityTrait;
use serde_json::{Value, json};
use tests::company::Lesson;
use uuid::Uuid;
use workflows::records::strike;

/// Figures that a step makes of what it likes: who, which, how much.
#[derive(Clone, Copy, Debug)]
pub struct Dice {
    pub who: usize,
    pub which: usize,
    pub pick: usize,
    pub amount: i64,
}

#[derive(Clone, Debug)]
pub enum Step {
    /// A sesi requested and approved, hours ahead.
    Lesson(Dice),
    /// A sesi is held, or it comes otherwise; time passes until just before, or just after it has begun.
    Sesi(Dice),
    /// A claim about one of the penalties.
    Claim(Dice),
    /// Something is said to a case that is under way.
    Say(&'static str, Dice),
    Suspend(Dice),
    Reactivate(Dice),
    Terminate(Dice),
    Override(Dice),
    /// A month that is over is locked.
    Lock,
    Wait {
        minutes: i64,
    },
    /// The workers are down meanwhile: what was due fires late.
    WaitAsleep {
        minutes: i64,
    },
}

pub fn step() -> impl Strategy<Value = Step> {
    let dice = || (0_usize..3, 0_usize..1_000, 0_usize..1_000, 0_i64..400_000).prop_map(|(who, which, pick, amount)| Dice { who, which, pick, amount });
    let minutes = prop_oneof![3 => 0_i64..600, 3 => 600_i64..8_000, 2 => 8_000_i64..25_000];
    prop_oneof![
        8 => dice().prop_map(Step::Lesson),
        10 => dice().prop_map(Step::Sesi),
        6 => dice().prop_map(Step::Claim),
        9 => dice().prop_map(|dice| Step::Say("fm_claim", dice)),
        5 => dice().prop_map(|dice| Step::Say("strike", dice)),
        2 => dice().prop_map(|dice| Step::Say("suspension", dice)),
        2 => dice().prop_map(|dice| Step::Say("reactivation", dice)),
        7 => dice().prop_map(|dice| Step::Say("termination", dice)),
        1 => dice().prop_map(|dice| Step::Say("override", dice)),
        1 => dice().prop_map(Step::Suspend),
        2 => dice().prop_map(Step::Reactivate),
        1 => dice().prop_map(Step::Terminate),
        2 => dice().prop_map(Step::Override),
        1 => Just(Step::Lock),
        4 => minutes.clone().prop_map(|minutes| Step::Wait { minutes }),
        1 => minutes.prop_map(|minutes| Step::WaitAsleep { minutes }),
    ]
}

/// Plays a step; what the business refuses stays as it was.
pub async fn play(world: &World, step: &Step) {
    world.company.clock.advance(TimeDelta::seconds(1));
    match *step {
        Step::Lesson(dice) => lesson(world, dice).await,
        Step::Sesi(dice) => sesi(world, dice).await,
        Step::Claim(dice) => claim(world, dice).await,
        Step::Say(workflow, dice) => say(world, workflow, dice).await,
        Step::Suspend(dice) => {
            let days = (!dice.pick.is_multiple_of(5)).then_some(1 + dice.amount % 20);
            let body = json!({ "tutor_id": world.tutors[dice.which % 3], "days": days });
            world.try_give(dice.who, "suspension", world.fresh(), AnyCommand::with("impose", &body).because("alasan")).await;
        }
        Step::Reactivate(dice) => begin(world, dice, ("reactivation", "request"), json!({ "tutor_id": world.tutors[dice.which % 3] })).await,
        Step::Terminate(dice) => begin(world, dice, ("termination", "decide"), json!({ "tutor_id": world.tutors[dice.which % 3] })).await,
        Step::Override(dice) => overriding(world, dice).await,
        Step::Lock => lock(world).await,
        Step::Wait { minutes } => world.pass_until(world.company.now() + TimeDelta::minutes(minutes)).await,
        Step::WaitAsleep { minutes } => world.company.clock.advance(TimeDelta::minutes(minutes)),
    }
}

async fn begin(world: &World, dice: Dice, (workflow, name): (&str, &str), body: Value) {
    world.try_give(dice.who, workflow, world.fresh(), AnyCommand::with(name, &body).because("alasan")).await;
}

async fn lesson(world: &World, dice: Dice) {
    let starts_at = world.company.now() + TimeDelta::minutes(60 + dice.amount % 3_000);
    let lesson = Lesson { tutor_id: world.tutors[dice.which % 3], siswa_id: world.siswa[dice.pick % 3], ..world.company.lesson() }.at(starts_at);
    let lesson = if dice.pick.is_multiple_of(4) { lesson.offline(0.02) } else { lesson };
    if let Some(asked) = world.try_give(dice.who, "sesi", world.fresh(), AnyCommand::with("request", &lesson.body())).await {
        world.try_give(dice.who, "sesi", Target::Existing(asked.id), AnyCommand::with("approve", &json!({ "outside_slots_reason": "diminta" }))).await;
    }
}

/// One of the things there are of a kind, in the order of their making.
async fn one_of(world: &World, sql: &str, which: usize) -> Option<(Uuid, String)> {
    let rows = world.company.db.rows(sql, vec![]).await;
    let row = rows.get(which % rows.len().max(1))?;
    Some((row.try_get("", "id").expect("an id"), row.try_get("", "text").expect("a text")))
}

async fn sesi(world: &World, dice: Dice) {
    let Some((id, _)) = one_of(world, "SELECT id, code AS text FROM sesi WHERE state = 'APPROVED' ORDER BY code", dice.which).await else { return };
    let starts_at = world.company.sesi(id).await.starts_at;
    let (name, before) = [
        ("cancel", 5 + dice.amount % 300),
        ("cancel", 5 + dice.amount % 300),
        ("cancel", 5 + dice.amount % 300),
        ("substitute", 5 + dice.amount % 300),
        ("substitute", 5 + dice.amount % 300),
        ("seek_substitute", 5 + dice.amount % 500),
        ("reschedule", 5 + dice.amount % 300),
        ("no_show_tutor", -30),
        ("no_show_student", -30),
        ("start", 0),
    ][dice.pick % 10];
    world.pass_until(starts_at - TimeDelta::minutes(before)).await;
    let party = ["TUTOR", "TUTOR", "TUTOR", "SISWA", "ADMIN"][dice.pick / 10 % 5];
    let body = match name {
        "cancel" => json!({ "party": party }),
        "reschedule" => json!({ "initiator": party, "starts_at": starts_at + TimeDelta::days(1) }),
        "substitute" => {
            let way = ["SELF", "DISPATCH", "DISPATCH", "REASSIGN"][dice.pick / 30 % 4];
            json!({ "tutor_id": world.tutors[dice.pick / 10 % 3], "way": way, "outside_slots_reason": "diminta" })
        }
        _ => json!({}),
    };
    let done = world.try_give(dice.who, "sesi", Target::Existing(id), AnyCommand::with(name, &body).because("alasan")).await;
    if name == "start" && done.is_some() {
        for command in [world.company.report(), AnyCommand::new("confirm"), AnyCommand::new("validate")] {
            world.try_give(dice.who, "sesi", Target::Existing(id), command).await;
        }
    }
}

async fn claim(world: &World, dice: Dice) {
    // Mostly of the last ones, which can still be claimed.
    let which = if dice.pick.is_multiple_of(3) { dice.which } else { dice.which % 2 };
    let Some((strike, _)) = one_of(world, "SELECT id, code AS text FROM strike ORDER BY code DESC", which).await else { return };
    let strike = strike::Entity::find_by_id(strike).one(world.company.db.db.reader()).await.expect("read").expect("a strike");
    let body = json!({ "sesi_id": strike.sesi_id, "tutor_id": strike.tutor_id, "category": "SAKIT", "story": "Demam" });
    world.try_give(dice.who, "fm_claim", world.fresh(), AnyCommand::with("file", &body)).await;
}

async fn overriding(world: &World, dice: Dice) {
    let sql = "SELECT s.id, s.code AS text FROM sesi s JOIN workflow_instance i ON i.id = s.id WHERE i.terminal ORDER BY s.code";
    let Some((sesi, _)) = one_of(world, sql, dice.which).await else { return };
    let result = ["DENDA", "DENDA", "HONORARIUM", "TAGIHAN"][dice.pick % 4];
    begin(world, dice, ("override", "request"), json!({ "sesi_id": sesi, "result": result, "final_rp": dice.amount / 1_000 * 1_000 })).await;
}

async fn lock(world: &World) {
    let month = (world.company.now() - TimeDelta::days(35)).format("%Y-%m").to_string();
    world.company.db.run("INSERT INTO period (month, state) VALUES (?,'LOCKED') ON CONFLICT DO NOTHING", vec![month.into()]).await;
}

async fn say(world: &World, workflow: &str, dice: Dice) {
    let sql = format!("SELECT id, state AS text FROM workflow_instance WHERE workflow = '{workflow}' AND NOT terminal ORDER BY code");
    let Some((id, state)) = one_of(world, &sql, dice.which).await else { return };
    let names = said(workflow, &state);
    let name = names[dice.pick % names.len()];
    let command = AnyCommand::with(name, &body(world, name, dice)).because("alasan");
    world.try_give(dice.who, workflow, Target::Existing(id), command).await;
    if workflow == "termination" {
        world.drain().await;
    }
}

/// What there is to say in a state, the likelier the more often; also what is refused there.
fn said(workflow: &str, state: &str) -> &'static [&'static str] {
    match (workflow, state) {
        ("fm_claim", "PENDING_L1") => &["reject", "reject", "reject", "reject", "approve", "withdraw", "note", "appeal", "overturn"],
        ("fm_claim", "REJECTED") => &["appeal", "appeal", "appeal", "approve", "uphold"],
        ("fm_claim", _) => &["overturn", "overturn", "overturn", "uphold", "uphold", "note", "withdraw"],
        ("strike", _) => &["confirm_sanction", "confirm_sanction", "confirm_sanction", "change_sanction", "dismiss_sanction", "revoke"],
        ("suspension", _) => &["confirm_cleared", "keep", "extend"],
        ("reactivation", _) | ("override", _) => &["approve", "approve", "approve", "reject", "withdraw"],
        _ => &[
            "confirm_cleared",
            "confirm_cleared",
            "confirm_documents",
            "confirm_documents",
            "record_payout",
            "record_payout",
            "record_receipt",
            "recalculate",
            "recalculate",
            "adjust",
            "write_off",
            "note_ground",
            "archive",
            "archive",
            "archive",
        ],
    }
}

fn body(world: &World, name: &str, dice: Dice) -> Value {
    let today = world.company.now().with_timezone(&chrono_tz::Asia::Jakarta).date_naive();
    match name {
        "note" => json!({ "comp_notes": "Surat dokter menyusul" }),
        "change_sanction" => {
            let sanction = ["WARNING", "FINAL_WARNING", "TERMINATION"][dice.pick / 10 % 3];
            json!({ "sanction": sanction, "suspension_days": if sanction == "TERMINATION" { 0 } else { dice.amount % 12 } })
        }
        "extend" => json!({ "days": (!dice.pick.is_multiple_of(4)).then_some(1 + dice.amount % 9) }),
        "adjust" => json!({ "amount_rp": dice.amount - 150_000 }),
        "record_payout" | "record_receipt" => json!({ "moved_on": today.to_string(), "method": "TRANSFER", "reference": "TRX-1" }),
        "confirm_documents" => json!({ "note": "Kartu tutor diterima" }),
        _ => json!({}),
    }
}
