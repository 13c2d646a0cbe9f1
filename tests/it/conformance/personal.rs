//! What a sesi declares as personal is there, and is stored sealed; and no name, number or address of the people in it
//! is readable in what is kept for good.

use engine::personal::Part;
use engine::plan::AnyCommand;
use engine::workflow::Workflow;
use serde_json::{Value, json};
use tests::both_databases;
use tests::company::{Company, Lesson, admin};
use uuid::Uuid;
use workflows::sesi::Sesi;

/// Everybody in the story has a key, the admin too.
async fn with_an_account(company: &Company) {
    let sql = "INSERT INTO user_account (id, email, name, user_type, account_state, created_at) VALUES (?,'sari@xprivate.education','Sari','ADMIN','ACTIVE',?)";
    company.db.run(sql, vec![admin().id.into(), company.now().into()]).await;
}

/// Sesi that end in every way, with every field filled in.
async fn lived(company: &Company) {
    with_an_account(company).await;
    let at = |lesson: Lesson, day: i64| {
        let starts_at = lesson.starts_at + chrono::TimeDelta::days(day);
        lesson.at(starts_at)
    };
    let done = async |id: Uuid, name: &str, body: Value| company.done(id, AnyCommand::with(name, &body).because("Bu Rina minta")).await;
    let outside = json!({ "outside_slots_reason": "Zahra Amelia minta malam" });
    let first = company.requested(&company.lesson().offline(0.1)).await;
    company.done(first, AnyCommand::with("edit", &json!({ "place": { "address": "Jalan Mawar 2", "lat": -6.3, "long": 106.81234 } }))).await;
    done(first, "approve", outside.clone()).await;
    company.clock.set(company.lesson().starts_at);
    company.done(first, AnyCommand::new("start")).await;
    let report = json!({ "attendance": "PRESENT", "topic": "Pecahan Zahra", "sub_topic": "a Zahra", "pages": "b Zahra", "homework": "c Zahra", "next_target": "d Zahra" });
    company.done(first, AnyCommand::with("report", &report)).await;
    company.done(first, company.report()).await;
    company.clock.set(company.lesson().ends_at());
    company.done(first, AnyCommand::new("confirm")).await;
    done(first, "validate", json!({})).await;
    for (day, party) in [(2, "SISWA"), (3, "TUTOR"), (4, "ADMIN")] {
        let id = company.requested(&at(company.lesson(), day)).await;
        done(id, "approve", outside.clone()).await;
        done(id, "cancel", json!({ "party": party })).await;
    }
    let left = company.requested(&at(company.lesson(), 5)).await;
    done(left, "approve", outside).await;
    let tutor_id = company.new_tutor("JKT").await;
    done(left, "seek_substitute", json!({})).await;
    done(left, "substitute", json!({ "tutor_id": tutor_id, "way": "SELF", "outside_slots_reason": "Dewi minta" })).await;
    company.drain().await;
}

/// Every value that stands at a path.
fn at<'v>(value: &'v Value, path: &str) -> Vec<&'v Value> {
    let (first, rest) = path.split_once('.').map_or((path, None), |(first, rest)| (first, Some(rest)));
    let below: Vec<&Value> = value.get(first).into_iter().collect();
    rest.map_or(below.clone(), |rest| below.into_iter().flat_map(|one| at(one, rest)).collect())
}

async fn stored(company: &Company, part: Part) -> Vec<Value> {
    let sql = match part {
        Part::Record => "SELECT after AS value FROM audit_record WHERE entity_type = 'sesi' AND after IS NOT NULL",
        Part::Command => "SELECT payload AS value FROM workflow_history",
        Part::Facts => "SELECT facts AS value FROM workflow_history",
        Part::Change => "SELECT change AS value FROM workflow_history",
        Part::Reason => "SELECT reason AS value FROM workflow_history WHERE reason IS NOT NULL",
    };
    let rows = company.db.rows(sql, vec![]).await;
    let text = |row: &sea_orm::QueryResult| engine::personal::stored_text(row.try_get("", "value").unwrap());
    rows.iter().map(|row| if part == Part::Reason { text(row) } else { row.try_get("", "value").unwrap() }).collect()
}

fn is_sealed(value: &Value) -> bool {
    value["$personal"]["of"].is_array() && value["$personal"].get("plain").is_none()
}

both_databases! {
    async fn what_a_sesi_declares_as_personal_is_there_and_sealed_and_no_name_is_readable(company: Company) {
        lived(company).await;
        let mut wrong = vec![];
        // An overlap is a refusal, and a refusal is not stored.
        for one in Sesi::personal().iter().filter(|one| !one.path.contains('*')) {
            let all = stored(company, one.part).await;
            let found: Vec<&Value> = if one.part == Part::Reason { all.iter().collect() } else { all.iter().flat_map(|value| at(value, one.path)).collect() };
            let found: Vec<&Value> = found.into_iter().filter(|value| !value.is_null()).collect();
            if found.is_empty() || !found.iter().all(|value| is_sealed(value)) {
                wrong.push(format!("{:?} {}: {found:?}", one.part, one.path));
            }
        }
        assert_eq!(wrong, Vec::<String>::new());

        let known = ["Zahra", "Dewi", "Lestari", "Sari", "Rina", "Jalan", "-6.3", "106.81234", "+62", "sari@", "Pecahan"];
        let dump = |table: &str, columns: &[&str]| {
            let columns = columns.iter().map(|column| format!("COALESCE(CAST({column} AS TEXT), '')")).collect::<Vec<_>>().join(" || ' ' || ");
            format!("SELECT {columns} AS text FROM {table}")
        };
        let audit = dump("audit_record", &["actor_name", "on_behalf_of", "entity_code", "before", "after", "reason", "ip"]);
        let history = dump("workflow_history", &["payload", "actor_name", "on_behalf_of", "facts", "change", "reason", "amounts"]);
        for sql in [audit, history] {
            for row in company.db.texts(&sql, vec![]).await {
                // What is sealed is base64, in which anything may stand.
                let open = without_boxes(&row);
                assert_eq!(known.iter().filter(|text| open.contains(**text)).collect::<Vec<_>>(), Vec::<&&str>::new(), "{open}");
            }
        }
        assert_eq!(company.faults().await, Vec::<String>::new());
    }
}

/// The text with the content of every sealed value left out.
fn without_boxes(text: &str) -> String {
    let mut open = String::new();
    for (position, piece) in text.split("$personal").enumerate() {
        open += if position == 0 { piece } else { piece.split_once("}}").map_or("", |(_, rest)| rest) };
    }
    open
}
