//! What every workflow in the registry keeps to, so that a new one is covered unasked (STYLE 19).

mod drive;
mod personal;

use engine::actor::ActorKind;
use engine::definition::{CommandSpec, Definition};
use std::collections::BTreeSet;

fn definitions() -> Vec<Definition> {
    workflows::registry().definitions().cloned().collect()
}

/// Where a workflow's commands can lead, from nothing.
fn reachable(definition: &Definition) -> BTreeSet<&'static str> {
    let mut reached = BTreeSet::new();
    loop {
        let before = reached.len();
        for edge in definition.commands.iter().flat_map(|command| &command.edges) {
            if edge.from.is_none_or(|from| reached.contains(from)) {
                reached.insert(edge.to);
            }
        }
        if reached.len() == before {
            return reached;
        }
    }
}

fn command<'a>(definition: &'a Definition, name: &str) -> &'a CommandSpec {
    definition.command(name).unwrap_or_else(|| panic!("{}: no command `{name}`", definition.name))
}

#[test]
fn every_state_can_be_reached_and_every_edge_joins_declared_states() {
    for definition in definitions() {
        let states: BTreeSet<&str> = definition.states.iter().map(|state| state.name).collect();
        assert_eq!(reachable(&definition), states, "{}", definition.name);
        for edge in definition.commands.iter().flat_map(|command| &command.edges) {
            assert!(edge.from.is_none_or(|from| states.contains(from)) && states.contains(edge.to), "{}: {edge:?}", definition.name);
        }
    }
}

#[test]
fn a_terminal_state_has_no_way_out_and_every_other_one_has() {
    for definition in definitions() {
        for state in &definition.states {
            let ways_out = definition.allowed_from(state.name);
            assert_eq!(ways_out.is_empty(), state.terminal, "{}/{}: {ways_out:?}", definition.name, state.name);
            let leaves = definition.commands.iter().flat_map(|command| &command.edges).any(|edge| edge.from == Some(state.name) && edge.to != state.name);
            assert_eq!(leaves, !state.terminal, "{}/{} is left by no command", definition.name, state.name);
        }
    }
}

#[test]
fn names_are_unique_and_every_command_leads_somewhere() {
    for definition in definitions() {
        let names: Vec<&str> = definition.commands.iter().map(|command| command.name).collect();
        assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len(), "{}: {names:?}", definition.name);
        for command in &definition.commands {
            assert!(!command.edges.is_empty(), "{}.{} leads nowhere", definition.name, command.name);
            let fields: BTreeSet<&str> = command.form.iter().map(|field| field.name).collect();
            assert_eq!(fields.len(), command.form.len(), "{}.{} has a field twice", definition.name, command.name);
            assert!(!fields.contains("reason"), "{}.{}: `reason` is a rule of the command, not a field", definition.name, command.name);
        }
    }
}

#[test]
fn a_task_is_done_by_commands_of_people_who_may_run_one_of_them() {
    for definition in definitions() {
        for task in &definition.tasks {
            assert!(!task.commands.is_empty(), "{}: task `{}` has no command", definition.name, task.name);
            let commands: Vec<&CommandSpec> = task.commands.iter().map(|name| command(&definition, name)).collect();
            assert!(commands.iter().all(|command| command.by == ActorKind::Person), "{}: task `{}`", definition.name, task.name);
            assert!(
                commands.iter().any(|command| command.permission == task.permission),
                "{}: nobody who sees task `{}` may do it",
                definition.name,
                task.name
            );
        }
    }
}

#[test]
fn a_timer_fires_a_command_of_the_system_that_asks_for_nothing() {
    for definition in definitions() {
        for timer in &definition.timers {
            let command = command(&definition, timer.command);
            assert_eq!(command.by, ActorKind::System, "{}: timer `{}`", definition.name, timer.name);
            assert!(command.check(&serde_json::Map::new(), None).is_empty(), "{}: timer `{}` cannot fill the form", definition.name, timer.name);
        }
    }
}

#[test]
fn four_eyes_look_at_a_command_there_is() {
    for definition in definitions() {
        for name in definition.commands.iter().filter_map(|command| command.not_by_actor_of) {
            command(&definition, name);
        }
    }
}

#[test]
fn every_job_kind_has_a_handler() {
    for definition in definitions() {
        for kind in &definition.jobs {
            assert!(worker::KINDS.contains(kind), "{}: nobody handles job `{kind}`", definition.name);
        }
    }
}

#[test]
fn every_permission_is_known_and_held_by_a_seeded_role_beside_the_owner() {
    let known = api::auth::permissions::all();
    let roles = api::auth::roles::seed();
    for definition in definitions() {
        let commands = definition.commands.iter().filter(|command| command.by == ActorKind::Person).map(|command| command.permission.0);
        for permission in commands.chain(definition.tasks.iter().map(|task| task.permission.0)) {
            assert!(known.contains(permission), "{}: {permission} is not known", definition.name);
            let held = roles.iter().any(|(role, permissions)| *role != api::auth::roles::OWNER && permissions.contains(&permission));
            assert!(held, "{}: only the owner may {permission}", definition.name);
        }
    }
}
