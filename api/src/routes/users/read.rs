//! Reading accounts: the list, and one with its permissions, sessions and onboarding.

use super::{OnboardingStep, User, UserFilter, UserSummary, WELCOME, WelcomeMail};
use crate::app::App;
use crate::auth::session::{IS_LIVE, joined};
use crate::listing::{Listing, Order, Sort, SortKey, Where};
use crate::problem::Problem;
use crate::request::{List, Page};
use chrono::{DateTime, Utc};
use engine::db;
use engine::refusal::Failure;
use sea_orm::QueryResult;
use uuid::Uuid;

const SELECT: &str = "u.id, u.email, u.name, u.account_state, u.last_sign_in_at, u.created_at, \
    (SELECT string_agg(r.code, ',') FROM user_role ur JOIN role r ON r.id = ur.role_id WHERE ur.user_id = u.id) AS roles";
static KEYS: [SortKey; 4] = [
    SortKey { name: "name", sql: "lower(u.name)", sort: Sort::Text },
    SortKey { name: "email", sql: "u.email", sort: Sort::Text },
    // Who never signed in comes before everybody who did.
    SortKey { name: "last_sign_in_at", sql: "COALESCE(u.last_sign_in_at, '1970-01-01T00:00:00+00:00')", sort: Sort::Instant },
    SortKey { name: "created_at", sql: "u.created_at", sort: Sort::Instant },
];

pub async fn page(app: &App, list: &List<UserFilter>) -> Result<Page<UserSummary>, Problem> {
    let mut filter = Where::default();
    filter.and("u.user_type = 'ADMIN'", []);
    filter.search(&["u.name", "u.email"], list.q.as_deref());
    filter.one_of("u.account_state", list.filter.state.as_deref());
    let mut role = Where::default();
    role.one_of("r.code", list.filter.role.as_deref());
    filter.exists("user_role ur JOIN role r ON r.id = ur.role_id", "ur.user_id = u.id", role);
    let listing = Listing { select: SELECT, from: "user_account u", id: "u.id", filter, order: Order::of(list.sort.as_deref(), "name", &KEYS)? };
    listing.page(&app.engine.db, list, summary).await
}

/// The account of an administrator, or 404.
pub async fn one(app: &App, id: Uuid) -> Result<User, Problem> {
    let now = app.engine.clock.now();
    let sql = format!(
        "SELECT {SELECT}, m.done_at AS two_factor_at, b.name AS two_factor_by, \
         (SELECT string_agg(p.permission, ',') FROM user_role ur JOIN role_permission p ON p.role_id = ur.role_id WHERE ur.user_id = u.id) AS permissions, \
         (SELECT count(*) FROM user_session WHERE user_id = u.id AND {IS_LIVE}) AS sessions \
         FROM user_account u LEFT JOIN onboarding_mark m ON m.user_id = u.id AND m.step = 'two_factor_google' \
         LEFT JOIN user_account b ON b.id = m.done_by WHERE u.id = ? AND u.user_type = 'ADMIN'"
    );
    let row = db::row(app.engine.db.reader(), &sql, vec![now.into(), now.into(), id.into()]).await?;
    let row = row.ok_or_else(|| Problem::not_found("user"))?;
    Ok(user(&row, welcome(app, id).await?)?)
}

fn summary(row: &QueryResult) -> Result<UserSummary, Failure> {
    Ok(UserSummary {
        id: row.try_get("", "id")?,
        email: row.try_get("", "email")?,
        name: row.try_get("", "name")?,
        state: row.try_get("", "account_state")?,
        roles: joined(row, "roles")?,
        last_sign_in_at: row.try_get("", "last_sign_in_at")?,
        created_at: row.try_get("", "created_at")?,
    })
}

/// The welcome mail that was asked for last, whether by the one who made the account or by somebody later.
async fn welcome(app: &App, id: Uuid) -> Result<Option<WelcomeMail>, Failure> {
    let sql = "SELECT n.id, n.code, i.state, n.requested_at, n.sent_at FROM notification_log n JOIN workflow_instance i ON i.id = n.id \
               WHERE n.recipient_id = ? AND n.template = ? AND NOT n.sample ORDER BY n.requested_at DESC, n.id DESC LIMIT 1";
    let row = db::row(app.engine.db.reader(), sql, vec![id.into(), WELCOME.into()]).await?;
    row.map(|row| {
        Ok(WelcomeMail {
            id: row.try_get("", "id")?,
            code: row.try_get("", "code")?,
            state: row.try_get("", "state")?,
            requested_at: row.try_get("", "requested_at")?,
            sent_at: row.try_get("", "sent_at")?,
        })
    })
    .transpose()
}

fn user(row: &QueryResult, welcome: Option<WelcomeMail>) -> Result<User, Failure> {
    let summary = summary(row)?;
    let onboarding = onboarding(row, &summary, welcome.as_ref())?;
    Ok(User { permissions: joined(row, "permissions")?, sessions: row.try_get("", "sessions")?, onboarding, welcome, summary })
}

fn onboarding(row: &QueryResult, summary: &UserSummary, welcome: Option<&WelcomeMail>) -> Result<Vec<OnboardingStep>, Failure> {
    let marked: Option<DateTime<Utc>> = row.try_get("", "two_factor_at")?;
    let step = |key: &str, done, done_at, done_by_name| OnboardingStep { key: key.into(), done, done_at, done_by_name };
    let welcomed = welcome.and_then(|mail| mail.sent_at);
    Ok(vec![
        step("welcome_sent", welcomed.is_some(), welcomed, None),
        step("two_factor_google", marked.is_some(), marked, row.try_get("", "two_factor_by")?),
        step("signed_in_once", summary.last_sign_in_at.is_some(), summary.last_sign_in_at, None),
        step("roles_assigned", !summary.roles.is_empty(), None, None),
    ])
}
