//! Carrying live instances of an older definition over to this program's (SPEC ENG-6).
//!
//! A step of its own in each instance's history, by the system: [`Workflow::migrate`] says where the
//! instance is now and what it needs there. Until then no command is carried out on it.
//!
//! [`Workflow::migrate`]: crate::workflow::Workflow::migrate

use crate::actor::Actor;
use crate::db;
use crate::execute::Engine;
use crate::plan::AnyCommand;
use crate::refusal::Failure;
use crate::standing::{Origin, Standing, is_cared_for};
use crate::workflow::{AnyWorkflow, At, Ctx};
use crate::write::{Effects, Frame};
use serde_json::json;
use uuid::Uuid;

/// The name of the step in the history; its payload is `{"from": version, "to": version}`.
pub const MIGRATE: &str = "migrate";

/// How many instances are read at a time.
const PAGE: u64 = 500;

impl Engine {
    /// How many live instances are of an older version than this program's.
    pub async fn older_instances(&self) -> Result<i64, Failure> {
        let mut older = 0;
        for definition in self.registry.definitions() {
            let sql = "SELECT count(*) AS n FROM workflow_instance WHERE workflow = ? AND version < ? AND NOT terminal";
            let row = db::row(self.db.reader(), sql, vec![definition.name.into(), definition.version.into()]).await?;
            older += row.map(|row| row.try_get::<i64>("", "n")).transpose()?.unwrap_or(0);
        }
        Ok(older)
    }

    /// Carries every live instance of an older version over, each in a transaction of its own; returns
    /// how many. Stops at the first that has no way, naming it; running it again goes on from there.
    pub async fn migrate_instances(&self) -> Result<u64, Failure> {
        let mut carried = 0;
        for definition in self.registry.definitions() {
            let Some(workflow) = self.registry.get(definition.name) else { continue };
            loop {
                let sql = "SELECT id FROM workflow_instance WHERE workflow = ? AND version < ? AND NOT terminal ORDER BY id LIMIT ?";
                let page = db::rows(self.db.reader(), sql, vec![definition.name.into(), definition.version.into(), PAGE.into()]).await?;
                if page.is_empty() {
                    break;
                }
                for row in page {
                    carried += u64::from(self.migrate_one(workflow, row.try_get("", "id")?).await?);
                }
            }
        }
        Ok(carried)
    }

    /// False when another process was quicker.
    async fn migrate_one(&self, workflow: &dyn AnyWorkflow, id: Uuid) -> Result<bool, Failure> {
        let definition = workflow.definition();
        let tx = self.db.begin().await?;
        db::locked_row(&tx, "SELECT id FROM workflow_instance WHERE id = ?", vec![id.into()]).await?;
        let standing = Standing::load(&tx, id, workflow.table(), None, &Origin::Caller).await?;
        if standing.version >= definition.version {
            tx.rollback().await?;
            return Ok(false);
        }
        let broken = |rule: String| Failure::Broken { workflow: definition.name.into(), rule };
        let now = standing.updated_at.map_or_else(|| self.clock.now(), |last| self.clock.now().max(last));
        let actor = Actor::system();
        let ctx = Ctx { id, now, received_at: now, actor: &actor, reason: None, policies: &self.policies };
        let at = At { state: Some(&standing.state), subject: Some(&standing.subject), row: standing.row.as_ref() };
        let way = workflow.migrate(standing.version, at, ctx)?;
        let mut considered = way.ok_or_else(|| {
            broken(format!("instance {id} in {} of version {} has no way to version {}", standing.state, standing.version, definition.version))
        })?;
        let terminal = definition.state(considered.next).is_some_and(|state| state.terminal);
        let effects = Effects::sort(std::mem::take(&mut considered.effects), &standing, terminal);
        if let Some(rule) = effects.broken_rule(definition) {
            return Err(broken(rule));
        }
        considered.fetch_keys(&self.keys, &self.db, &tx, (&actor, now)).await?;
        let command = AnyCommand::with(MIGRATE, &json!({ "from": standing.version, "to": definition.version }));
        let frame =
            Frame { id, parent: standing.parent_id, definition, standing: &standing, command: &command, actor: &actor, origin: &Origin::Caller, now, terminal };
        frame.write(&mut considered, &effects, self.announcer.as_ref())?.run(&tx).await?;
        if !is_cared_for(&tx, id).await? {
            return Err(broken(format!("instance {id} would be live with no open task, armed timer, job, live child or other live instance to wait for")));
        }
        tx.commit().await?;
        self.announcer.committed(!effects.jobs.is_empty(), !effects.timers_arm.is_empty());
        Ok(true)
    }
}
