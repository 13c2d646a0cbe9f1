//! Who may be the same person as one about to be made (SPEC MD-6): phone or e-mail equal, or the name close.
//!
//! Whoever is erased has neither and is never found.

use super::Kind;
use engine::db;
use engine::refusal::{Blocking, Failure, Refusal, Rejected};
use sea_orm::ConnectionTrait;
use serde_json::{Map, Value, json};
use strsim::damerau_levenshtein;
use uuid::Uuid;

/// More are not shown: whoever has so many namesakes has a common name.
const MOST: usize = 5;
/// Names shorter than this are close only when they are equal.
const SHORT: usize = 5;
/// From here on two slips of the pen are allowed, below it one.
const LONG: usize = 10;

/// What is known of the new one.
#[derive(Clone, Copy, Debug, Default)]
pub struct Probe<'a> {
    pub name: &'a str,
    /// E.164; of a siswa the parent's.
    pub phone: &'a str,
    pub email: Option<&'a str>,
}

/// Somebody there already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Match {
    pub id: Uuid,
    pub code: String,
    pub name: String,
    pub status: String,
    /// `phone`, `email`, `name`.
    pub alike: Vec<&'static str>,
}

/// Those who may be the same, the likeliest first.
///
/// # Errors
/// When the database fails.
pub async fn find(conn: &impl ConnectionTrait, kind: Kind, probe: Probe<'_>) -> Result<Vec<Match>, Failure> {
    let (table, phone) = match kind {
        Kind::Tutor => ("tutor", "phone"),
        Kind::Siswa => ("siswa", "parent_phone"),
    };
    // Names are compared here, one by one: a company has thousands of people, not millions.
    let sql = format!(
        "SELECT p.id, p.code, p.name, p.status, p.email, p.{phone} AS phone FROM {table} p \
         JOIN personal_key k ON k.owner_id = p.id WHERE k.key IS NOT NULL ORDER BY p.code"
    );
    let mut found = vec![];
    for row in db::rows(conn, &sql, vec![]).await? {
        let (name, email): (String, Option<String>) = (row.try_get("", "name")?, row.try_get("", "email")?);
        let same_phone = !probe.phone.is_empty() && row.try_get::<String>("", "phone")? == probe.phone;
        let same_email = probe.email.is_some() && email.as_deref() == probe.email;
        let alike: Vec<&'static str> = [("phone", same_phone), ("email", same_email), ("name", is_close(&name, probe.name))]
            .into_iter()
            .filter_map(|(what, is)| is.then_some(what))
            .collect();
        if !alike.is_empty() {
            found.push(Match { id: row.try_get("", "id")?, code: row.try_get("", "code")?, name, status: row.try_get("", "status")?, alike });
        }
    }
    found.sort_by_key(|one| std::cmp::Reverse(one.alike.len()));
    found.truncate(MOST);
    Ok(found)
}

/// Whoever may be there already is made again only with a reason; the refusal names them.
pub(super) fn refuse(kind: Kind, found: Vec<Match>, reason: Option<&str>) -> Result<(), Refusal> {
    if found.is_empty() || reason.is_some() {
        return Ok(());
    }
    let alike: Map<String, Value> = found.iter().map(|one| (one.id.to_string(), json!(one.alike))).collect();
    let blocking = found.into_iter().map(|one| Blocking { kind: kind.entity_type().into(), id: one.id, code: one.code, label: one.name }).collect();
    Err(Refusal::Rejected(Rejected::new("possible_duplicate").with("alike", Value::Object(alike)).blocked_by(blocking)))
}

/// The same name but for order, case, titles' dots and a slip of the pen.
fn is_close(one: &str, other: &str) -> bool {
    let (one, other) = (folded(one), folded(other));
    let letters = one.chars().count().min(other.chars().count());
    let most = match letters {
        0 => return false,
        letters if letters < SHORT => 0,
        letters if letters < LONG => 1,
        _ => 2,
    };
    one.len().abs_diff(other.len()) <= most * 4 && damerau_levenshtein(&one, &other) <= most
}

fn folded(name: &str) -> String {
    let lower = name.to_lowercase();
    let mut words: Vec<&str> = lower.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    words.sort_unstable();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::is_close;

    #[test]
    fn names_are_close_in_another_order_or_with_a_slip_of_the_pen() {
        for other in ["dewi lestari", "Lestari, Dewi", "Dewi Lestary", "Dwei Lestari"] {
            assert!(is_close("Dewi Lestari", other), "{other}");
        }
        for other in ["Dewi Anggraini", "Budi", "", "Dewi"] {
            assert!(!is_close("Dewi Lestari", other), "{other}");
        }
        assert!(is_close("Budi", "budi") && !is_close("Budi", "Budo"));
    }
}
