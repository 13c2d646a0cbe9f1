//! The shape of the workflow: edges, permissions, forms, tasks, timers.

use super::state::State::{self, *};
use engine::actor::Permission;
use engine::definition::{CommandSpec, Definition, Field, FieldKind, ReasonRule, TaskSpec, TimerSpec};

pub const SEND: Permission = Permission("notification.send");

pub(super) const JOB: &str = "send_mail";

pub fn definition() -> Definition {
    let mut commands = by_people();
    commands.extend(by_the_system());
    Definition {
        name: "notification",
        version: 1,
        states: Definition::states_of(&State::TERMINAL),
        commands,
        tasks: vec![
            TaskSpec { name: "failed", permission: SEND, commands: &["retry", "cancel"] },
            TaskSpec { name: "uncertain", permission: SEND, commands: &["mark_delivered", "send_again", "cancel"] },
            TaskSpec { name: "copy", permission: SEND, commands: &["mark_delivered", "cancel"] },
        ],
        timers: vec![TimerSpec { name: "next_attempt", command: "try_again" }],
        jobs: vec![JOB],
    }
}

fn by_people() -> Vec<CommandSpec> {
    vec![
        CommandSpec::by_person("request", SEND).starts(Queued).starts(ToCopy).form(request_form()),
        CommandSpec::by_person("retry", SEND).edge(Failed, Queued).edge(Queued, Queued),
        CommandSpec::by_person("mark_delivered", SEND).edge(Uncertain, Sent).edge(ToCopy, Sent).reason(ReasonRule::Optional),
        CommandSpec::by_person("send_again", SEND).edge(Uncertain, Queued).reason(ReasonRule::Required),
        CommandSpec::by_person("cancel", SEND)
            .edge(Queued, Cancelled)
            .edge(Failed, Cancelled)
            .edge(Uncertain, Cancelled)
            .edge(ToCopy, Cancelled)
            .reason(ReasonRule::Required),
    ]
}

fn by_the_system() -> Vec<CommandSpec> {
    vec![
        CommandSpec::by_system("request_by_system").starts(Queued).starts(ToCopy).form(request_form()),
        CommandSpec::by_system("begin")
            .edge(Queued, Sending)
            .form(vec![Field::new("template_version", FieldKind::Integer).required(), Field::new("message_id", FieldKind::Text).required()]),
        CommandSpec::by_system("deliver").edge(Sending, Sent).form(vec![Field::new("reply", FieldKind::LongText)]),
        CommandSpec::by_system("defer").edge(Queued, Queued).edge(Sending, Queued).edge(Queued, Failed).edge(Sending, Failed).form(trouble_form()),
        CommandSpec::by_system("refuse").edge(Queued, Failed).edge(Sending, Failed).form(trouble_form()),
        CommandSpec::by_system("lose_track").edge(Sending, Uncertain).form(trouble_form()),
        CommandSpec::by_system("try_again").edge(Queued, Queued),
        CommandSpec::by_system("expire").edge(Queued, Cancelled),
    ]
}

fn request_form() -> Vec<Field> {
    vec![
        Field::new("template", FieldKind::Text).required(),
        Field::choice("recipient_kind", &["USER", "TUTOR", "SISWA"]).required(),
        Field::reference("recipient_id", "person").required(),
        Field::reference("reference_id", "anything").required(),
        Field::choice("locale", &["id", "en"]),
        Field::choice("channel", &["EMAIL", "WHATSAPP_TEXT"]),
        Field::new("expires_at", FieldKind::Instant),
        Field::new("sample", FieldKind::Boolean),
    ]
}

fn trouble_form() -> Vec<Field> {
    vec![Field::new("problem", FieldKind::Text).required(), Field::new("detail", FieldKind::LongText)]
}
