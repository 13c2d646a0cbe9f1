//! The reference data: complete, true to its sources, and never in the way of what people changed.

use super::database::{Company, on_each_database};
use engine::policy::content_sha256;
use engine::policy_store;
use serde_json::Value;

const TABLES: [&str; 13] = [
    "tingkat",
    "segmentasi",
    "kategori",
    "golongan",
    "subject",
    "subject_level",
    "office",
    "tahun_ajaran",
    "app_config",
    "ledger_account",
    "policy_version",
    "role",
    "role_permission",
];

async fn counts(company: &Company) -> Vec<(&'static str, i64)> {
    let mut counts = Vec::new();
    for table in TABLES {
        counts.push((table, company.count(table).await));
    }
    counts
}

#[tokio::test]
async fn seeding_twice_adds_nothing() {
    on_each_database("seed_twice", async |company: &Company| {
        let first = counts(company).await;
        assert!(first.iter().all(|(_, count)| *count > 0), "{first:?}");
        assert_eq!(first[..4].iter().map(|(_, count)| *count).collect::<Vec<_>>(), [15, 3, 6, 5]);
        company.seed().await;
        assert_eq!(counts(company).await, first);
        assert_eq!(company.texts("SELECT code AS text FROM tahun_ajaran ORDER BY code").await, ["2026/2027", "2027/2028"]);
    })
    .await;
}

#[tokio::test]
async fn what_people_changed_stays_changed_and_the_owner_gets_what_he_lacks() {
    on_each_database("seed_edited", async |company: &Company| {
        company.run("UPDATE tingkat SET name = 'Kelas 1', status = 'ARCHIVED' WHERE code = 'SD_1'").await;
        company.run("UPDATE app_config SET value = '48' WHERE key = 'sla.request_hours'").await;
        company.run("DELETE FROM role_permission").await;
        company.seed().await;
        assert_eq!(company.texts("SELECT name AS text FROM tingkat WHERE code = 'SD_1'").await, ["Kelas 1"]);
        let config = workflows::records::config::AppConfig::load(company.db.writer()).await.unwrap();
        assert_eq!(config.sla_request_hours, 48);
        let held = "SELECT r.code || ' ' || p.permission AS text FROM role_permission p JOIN role r ON r.id = p.role_id ORDER BY 1";
        assert_eq!(company.texts(held).await, ["OWNER audit.read", "OWNER sesi.approve"]);
    })
    .await;
}

#[tokio::test]
async fn the_rules_in_force_are_those_of_the_sources() {
    on_each_database("seed_rules", async |company: &Company| {
        for version in policies::seed() {
            let number = policy_store::in_force(company.db.writer(), version.kind, company.now).await.unwrap();
            assert_eq!(number, version.number, "{}", version.kind);
            let params: Value = serde_json::from_str(version.params).unwrap();
            let stored = format!("SELECT sha256 AS text FROM policy_version WHERE kind = '{}'", version.kind);
            assert_eq!(company.texts(&stored).await, [content_sha256(version.script, &params)], "{}", version.kind);
        }
        let first = "SELECT count(*) || '' AS text FROM policy_version WHERE effective_from = ?";
        let opening: chrono::DateTime<chrono::Utc> = "2024-06-30T17:00:00Z".parse().unwrap();
        let rows = engine::db::rows(company.db.writer(), first, vec![opening.into()]).await.unwrap();
        let count: String = rows[0].try_get("", "text").unwrap();
        assert_eq!(count, policies::seed().len().to_string());
    })
    .await;
}
