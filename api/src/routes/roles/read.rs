//! Reading roles with their permissions and how many hold them.

use super::Role;
use crate::auth::session::joined;
use crate::problem::Problem;
use engine::db;
use engine::refusal::Failure;
use sea_orm::{ConnectionTrait, QueryResult};

const SELECT: &str = "SELECT r.id, r.code, r.name, \
    (SELECT string_agg(p.permission, ',') FROM role_permission p WHERE p.role_id = r.id) AS permissions, \
    (SELECT count(*) FROM user_role ur WHERE ur.role_id = r.id) AS members FROM role r";

/// All roles, by code.
pub async fn all(conn: &impl ConnectionTrait) -> Result<Vec<Role>, Failure> {
    let rows = db::rows(conn, SELECT, vec![]).await?;
    let mut roles = rows.iter().map(read).collect::<Result<Vec<Role>, Failure>>()?;
    roles.sort_by(|one, other| one.code.cmp(&other.code));
    Ok(roles)
}

/// The role with this code, or 404.
pub async fn one(conn: &impl ConnectionTrait, code: &str) -> Result<Role, Problem> {
    let row = db::row(conn, &format!("{SELECT} WHERE r.code = ?"), vec![code.into()]).await?;
    Ok(read(&row.ok_or_else(|| Problem::not_found("role"))?)?)
}

fn read(row: &QueryResult) -> Result<Role, Failure> {
    Ok(Role {
        id: row.try_get("", "id")?,
        code: row.try_get("", "code")?,
        name: row.try_get("", "name")?,
        permissions: joined(row, "permissions")?,
        members: row.try_get("", "members")?,
    })
}
