//! The shape of the sesi workflow: edges, permissions, forms, tasks, timers.

use super::state::State::{self, *};
use engine::actor::Permission;
use engine::definition::{CommandSpec, Definition, Field, FieldKind, ReasonRule, TaskSpec, TimerSpec};

pub const REQUEST: Permission = Permission("sesi.request");
pub const APPROVE: Permission = Permission("sesi.approve");
pub const RUN: Permission = Permission("sesi.run");
pub const VALIDATE: Permission = Permission("sesi.validate");
pub const CANCEL: Permission = Permission("sesi.cancel");
pub const RESCHEDULE: Permission = Permission("sesi.reschedule");
pub const SUBSTITUTE: Permission = Permission("sesi.substitute");

/// Lessons last from a quarter of an hour to a working day.
pub const DURATION_MINUTES: (i64, i64) = (15, 480);
const MODES: &[&str] = &["ONLINE", "OFFLINE_RUMAH_SISWA", "OFFLINE_CUSTOM"];
const WAYS: &[&str] = &["SELF", "DISPATCH", "REASSIGN"];
const PARTIES: &[&str] = &["SISWA", "TUTOR", "ADMIN"];
const MOST_SURCHARGE_RP: i64 = 10_000_000;

pub fn definition() -> Definition {
    Definition {
        name: "sesi",
        version: 1,
        states: Definition::states_of(&State::TERMINAL),
        commands: commands(),
        tasks: vec![
            TaskSpec { name: "approve", permission: APPROVE, commands: &["approve", "reject"] },
            TaskSpec { name: "not_started", permission: RUN, commands: &["start", "no_show_student", "no_show_tutor", "cancel", "reschedule"] },
            TaskSpec { name: "find_substitute", permission: SUBSTITUTE, commands: &["substitute"] },
            TaskSpec { name: "report", permission: RUN, commands: &["report", "confirm", "no_show_student"] },
            TaskSpec { name: "validate", permission: VALIDATE, commands: &["validate", "send_back"] },
        ],
        timers: vec![
            TimerSpec { name: "sla", command: "raise_sla" },
            TimerSpec { name: "not_started", command: "flag_not_started" },
            TimerSpec { name: "substitute_deadline", command: "flag_seeking_over" },
        ],
        jobs: vec!["sesi_anomaly"],
    }
}

fn commands() -> Vec<CommandSpec> {
    let mut all = before_the_lesson();
    all.extend(around_the_lesson());
    all.extend(for_a_substitute());
    all.extend(by_the_system());
    all
}

fn before_the_lesson() -> Vec<CommandSpec> {
    vec![
        CommandSpec::by_person("request", REQUEST).starts(Requested).form(booking_form(true)),
        CommandSpec::by_person("edit", REQUEST).edge(Requested, Requested).reason(ReasonRule::Optional).form(booking_form(false)),
        CommandSpec::by_person("approve", APPROVE)
            .edge(Requested, Approved)
            .reason(ReasonRule::Optional)
            .form(vec![Field::new("outside_slots_reason", FieldKind::Text)]),
        CommandSpec::by_person("reject", APPROVE).edge(Requested, Rejected).reason(ReasonRule::Required),
    ]
}

fn around_the_lesson() -> Vec<CommandSpec> {
    vec![
        CommandSpec::by_person("start", RUN).edge(Approved, InProgress).form(vec![Field::new("started_at", FieldKind::Instant)]),
        CommandSpec::by_person("report", RUN).edge(InProgress, InProgress).form(vec![
            Field::choice("attendance", &["PRESENT", "LATE"]),
            Field::new("topic", FieldKind::Text),
            Field::new("sub_topic", FieldKind::Text),
            Field::new("pages", FieldKind::Text),
            Field::new("homework", FieldKind::LongText),
            Field::new("next_target", FieldKind::LongText),
            Field::new("photo_document_id", FieldKind::Document),
        ]),
        CommandSpec::by_person("confirm", RUN).edge(InProgress, AwaitingValidation),
        CommandSpec::by_person("validate", VALIDATE).edge(AwaitingValidation, Completed).reason(ReasonRule::Optional),
        CommandSpec::by_person("send_back", VALIDATE).edge(AwaitingValidation, InProgress).reason(ReasonRule::Required),
        CommandSpec::by_person("no_show_student", RUN).edge(Approved, NoShowStudent).edge(InProgress, NoShowStudent).reason(ReasonRule::Required),
        CommandSpec::by_person("no_show_tutor", RUN).edge(Approved, NoShowTutor).reason(ReasonRule::Required),
        CommandSpec::by_person("cancel", CANCEL).edge(Approved, Cancelled).reason(ReasonRule::Required).form(vec![Field::choice("party", PARTIES).required()]),
        CommandSpec::by_person("reschedule", RESCHEDULE).edge(Approved, Rescheduled).reason(ReasonRule::Required).form(vec![
            Field::choice("initiator", PARTIES).required(),
            Field::new("starts_at", FieldKind::Instant).required(),
            duration(),
            Field::reference("tutor_id", "tutor"),
        ]),
    ]
}

fn for_a_substitute() -> Vec<CommandSpec> {
    vec![
        CommandSpec::by_person("seek_substitute", SUBSTITUTE).edge(Approved, Approved).reason(ReasonRule::Required),
        CommandSpec::by_person("substitute", SUBSTITUTE).edge(Approved, Approved).reason(ReasonRule::Required).form(vec![
            Field::reference("tutor_id", "tutor").required(),
            Field::choice("way", WAYS).required(),
            Field::new("outside_slots_reason", FieldKind::Text),
        ]),
    ]
}

fn by_the_system() -> Vec<CommandSpec> {
    let mut continued = booking_form(true);
    continued.push(Field::reference("rescheduled_from_id", "sesi").required());
    vec![
        CommandSpec::by_system("request_rescheduled").starts(Requested).form(continued).reason(ReasonRule::Optional),
        CommandSpec::by_system("raise_sla").edge(Requested, Requested),
        CommandSpec::by_system("flag_not_started").edge(Approved, Approved),
        CommandSpec::by_system("flag_seeking_over").edge(Approved, Approved),
        CommandSpec::by_system("flag_anomaly")
            .edge(AwaitingValidation, AwaitingValidation)
            .form(vec![Field::choice("anomaly_type", &["TIMING_OUTLIER", "DURATION_OUTLIER", "NO_SHOW_IMPLICIT", "CONCURRENCY", "PATTERN_ABUSE"]).required()]),
    ]
}

fn duration() -> Field {
    Field::new("duration_minutes", FieldKind::Integer).between(DURATION_MINUTES.0, DURATION_MINUTES.1)
}

fn booking_form(new: bool) -> Vec<Field> {
    let needed = |field: Field| if new { field.required() } else { field };
    vec![
        needed(Field::reference("siswa_id", "siswa")),
        needed(Field::reference("tutor_id", "tutor")),
        needed(Field::reference("subject_id", "subject")),
        Field::reference("subject_level_id", "subject_level"),
        needed(Field::new("starts_at", FieldKind::Instant)),
        duration(),
        needed(Field::choice("mode", MODES)),
        Field::new("place", FieldKind::Place),
        Field::new("mode_surcharge_rp", FieldKind::Money).between(0, MOST_SURCHARGE_RP),
    ]
}
