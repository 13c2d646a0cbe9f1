//! Editing a text: a new version, its audit record, and nobody's edit lost.

use super::{TemplateEdit, fault};
use crate::app::App;
use crate::problem::Problem;
use engine::actor::Actor;
use engine::audit::{self, Action};
use engine::batch::Batch;
use engine::db;
use engine::id::new_id;
use engine::refusal::{FieldError, Refusal};
use serde_json::{Value, json};
use workflows::notification::log::Locale;
use workflows::notification::template::{self, Template, Version};

const MOST_IN_SUBJECT: usize = 200;
const MOST_IN_BODY: usize = 20_000;

/// Whether a text can be saved.
pub fn check(template: &Template, subject: &str, body: &str) -> Result<(), Problem> {
    let long = [("subject", subject, MOST_IN_SUBJECT), ("body", body, MOST_IN_BODY)];
    let long =
        long.iter().filter(|(_, text, most)| text.chars().count() > *most).map(|(field, _, most)| FieldError::new(*field, "too_long").with("max", *most));
    let zero = [("subject", subject), ("body", body)].into_iter().filter(|(_, text)| text.contains('\0')).map(|(field, _)| FieldError::new(field, "malformed"));
    let faults: Vec<FieldError> = long.chain(zero).chain(template.faults(subject, body).into_iter().map(fault)).collect();
    if faults.is_empty() { Ok(()) } else { Err(Refusal::Invalid(faults).into()) }
}

/// Adds a version; nothing is written when nothing differs.
pub async fn edit(app: &App, actor: &Actor, (template, locale): (&Template, Locale), edit: &TemplateEdit) -> Result<(), Problem> {
    check(template, &edit.subject, &edit.body)?;
    let now = app.engine.clock.now();
    let tx = app.engine.db.begin().await?;
    // Whoever edits this text holds its first version, so that the newest one is the newest.
    let first = "SELECT id FROM notification_template WHERE code = ? AND locale = ? AND version = 1";
    db::locked_row(&tx, first, vec![template.code.into(), locale.as_str().into()]).await?;
    let before = template::current(&tx, template.code, locale).await?.ok_or_else(|| Problem::not_found("template"))?;
    if before.version != edit.based_on {
        return Err(Refusal::Stale { revision: before.version }.into());
    }
    if (&before.subject, &before.body) == (&edit.subject, &edit.body) {
        return Ok(());
    }
    let (id, version) = (new_id(now), before.version + 1);
    let mut batch = Batch::default();
    batch.push(
        "INSERT INTO notification_template (id, code, locale, version, subject, body, author_id, author_name, created_at) VALUES (?,?,?,?,?,?,?,?,?)",
        vec![
            id.into(),
            template.code.into(),
            locale.as_str().into(),
            version.into(),
            edit.subject.clone().into(),
            edit.body.clone().into(),
            actor.id.into(),
            // The name is read from the account: this row is never changed, and people may be erased.
            "".into(),
            now.into(),
        ],
    );
    let code = format!("{}/{}", template.code, locale.as_str());
    let action = Action {
        action: "template.edit".into(),
        entity_type: "template",
        entity_id: id,
        entity_code: Some(&code),
        instance_seq: None,
        on_behalf_of: None,
        before: Some(content(&before)),
        after: Some(json!({ "version": version, "subject": edit.subject, "body": edit.body })),
        reason: None,
    };
    audit::record(action, actor, now, &mut batch);
    batch.run(&tx).await?;
    tx.commit().await.map_err(engine::refusal::Failure::from)?;
    Ok(())
}

fn content(version: &Version) -> Value {
    json!({ "version": version.version, "subject": version.subject, "body": version.body })
}
