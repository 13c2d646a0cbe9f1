//! Every permission with what it guards, for the page where roles are put together.

use crate::auth::permissions;
use crate::route::Guard;
use crate::router;
use axum::Json;
use engine::actor::ActorKind;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;

/// A permission and what it opens.
#[derive(Serialize, ToSchema)]
pub struct PermissionInfo {
    code: &'static str,
    /// What stands before the dot.
    group: &'static str,
    /// Routes (`POST /api/v1/users`), commands (`sesi: approve`) and tasks (`sesi: task approve`), sorted.
    guards: BTreeSet<String>,
}

#[derive(Serialize, ToSchema)]
pub struct PermissionList {
    items: Vec<PermissionInfo>,
}

pub async fn list() -> Json<PermissionList> {
    Json(PermissionList { items: all() })
}

fn all() -> Vec<PermissionInfo> {
    let mut guards = guards();
    let mut items: Vec<PermissionInfo> = permissions::all()
        .into_iter()
        .map(|code| PermissionInfo { code, group: code.split_once('.').map_or(code, |(group, _)| group), guards: guards.remove(code).unwrap_or_default() })
        .collect();
    items.sort_by_key(|item| (item.group, item.code));
    items
}

fn guards() -> BTreeMap<&'static str, BTreeSet<String>> {
    let routes = router::routes().into_iter().filter_map(|route| match route.guard {
        Guard::Permission(permission) => Some((permission.0, route.line())),
        Guard::SignedIn | Guard::Public => None,
    });
    let mut guards: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for (code, line) in routes.chain(of_workflows()) {
        guards.entry(code).or_default().insert(line);
    }
    guards
}

fn of_workflows() -> Vec<(&'static str, String)> {
    let mut lines = vec![];
    for definition in workflows::registry().definitions() {
        let commands = definition.commands.iter().filter(|command| command.by == ActorKind::Person);
        lines.extend(commands.map(|command| (command.permission.0, format!("{}: {}", definition.name, command.name))));
        lines.extend(definition.tasks.iter().map(|task| (task.permission.0, format!("{}: task {}", definition.name, task.name))));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_permission_guards_something_and_belongs_to_a_group() {
        let all = all();
        for item in &all {
            assert!(!item.guards.is_empty() && item.code.starts_with(&format!("{}.", item.group)), "{}", item.code);
        }
        assert!(all.is_sorted_by_key(|item| (item.group, item.code)));
        let of = |code: &str| all.iter().find(|item| item.code == code).unwrap();
        assert!(of("user.manage").guards.contains("POST /api/v1/users"));
        assert!(of("sesi.approve").guards.contains("sesi: approve"));
    }
}
