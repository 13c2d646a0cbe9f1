//! The shape of the strike workflow: edges, permissions, forms, its task and timers.

use super::state::State::{self, *};
use engine::actor::Permission;
use engine::definition::{CommandSpec, Definition, Field, FieldKind, ReasonRule, TaskSpec, TimerSpec};

pub const SANCTION: Permission = Permission("hr.sanction");
pub const REVOKE: Permission = Permission("hr.strike.revoke");

pub(super) const TASK: &str = "sanction";
pub(super) const DECAY: &str = "decay";
pub(super) const SLA: &str = "sla";

const CAUSES: &[&str] = &["CANCELLATION", "NO_SHOW", "RESCHEDULE", "SUBSTITUTION"];
/// Instead of what is proposed; nothing at all is a dismissal.
const SANCTIONS: &[&str] = &["WARNING", "FINAL_WARNING", "TERMINATION"];
const MOST_DAYS: i64 = 365;

pub fn definition() -> Definition {
    let mut commands = by_people();
    commands.extend(by_the_system());
    Definition {
        name: "strike",
        version: 1,
        states: Definition::states_of(&State::TERMINAL),
        commands,
        tasks: vec![TaskSpec { name: TASK, permission: SANCTION, commands: &["confirm_sanction", "change_sanction", "dismiss_sanction"] }],
        timers: vec![TimerSpec { name: DECAY, command: "decay" }, TimerSpec { name: SLA, command: "raise_sla" }],
        jobs: vec![],
    }
}

fn by_people() -> Vec<CommandSpec> {
    vec![
        CommandSpec::by_person("confirm_sanction", SANCTION).edge(Live, Live).reason(ReasonRule::Optional),
        CommandSpec::by_person("change_sanction", SANCTION)
            .edge(Live, Live)
            .reason(ReasonRule::Required)
            .form(vec![Field::choice("sanction", SANCTIONS).required(), Field::new("suspension_days", FieldKind::Integer).between(0, MOST_DAYS)]),
        CommandSpec::by_person("dismiss_sanction", SANCTION).edge(Live, Live).reason(ReasonRule::Required),
        CommandSpec::by_person("revoke", REVOKE).edge(Live, Revoked).edge(Held, Revoked).reason(ReasonRule::Required),
    ]
}

fn by_the_system() -> Vec<CommandSpec> {
    let claim = || vec![Field::reference("fm_claim_id", "fm_claim").required()];
    vec![
        CommandSpec::by_system("issue").starts(Live).form(vec![
            Field::reference("sesi_id", "sesi").required(),
            Field::reference("tutor_id", "tutor").required(),
            Field::new("number", FieldKind::Integer).required(),
            Field::new("points", FieldKind::Integer).required(),
            Field::choice("cause", CAUSES).required(),
            Field::new("decays_at", FieldKind::Instant).required(),
        ]),
        CommandSpec::by_system("adopt").starts(Live).starts(Revoked),
        CommandSpec::by_system("revoke_by_fm").edge(Live, Revoked).edge(Held, Revoked).form(claim()),
        CommandSpec::by_system("hold").edge(Live, Held).form(claim()),
        CommandSpec::by_system("release").edge(Held, Live),
        CommandSpec::by_system("reconsider").edge(Live, Live),
        CommandSpec::by_system("raise_sla").edge(Live, Live),
        CommandSpec::by_system("decay").edge(Live, Decayed).edge(Held, Decayed),
    ]
}
