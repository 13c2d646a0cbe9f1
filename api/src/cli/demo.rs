//! `alur demo`: fills an empty database with a believable company, played through the real commands.

use super::output::{Finished, Output};
use crate::app::App;
use crate::auth::{account, roles};
use crate::config::Config;
use crate::demo::{self, Cast, Scale};
use crate::routes::documents::{self, File};
use crate::routes::person;
use anyhow::Context;
use clap::Args;
use engine::actor::Actor;
use engine::clock::Clock;
use engine::db;
use std::sync::Arc;
use workflows::people::Kind;
use workflows::people::documents::Role;

#[derive(Debug, Args)]
pub struct Arguments {
    #[arg(long, default_value_t = Scale::default().siswa)]
    siswa: usize,
    #[arg(long, default_value_t = Scale::default().tutors)]
    tutors: usize,
    /// How many months of sesi lie behind today.
    #[arg(long, default_value_t = Scale::default().months)]
    months: u32,
    /// The same seed makes the same company.
    #[arg(long, default_value_t = Scale::default().seed)]
    seed: u64,
    /// Do nothing, and say so, when there is a company already.
    #[arg(long)]
    if_empty: bool,
}

const OPERATOR: (&str, &str) = ("maya@demo.alur.app", "Maya Putri");
const SENIOR: (&str, &str) = ("rina@demo.alur.app", "Rina Wulandari");
const FINANCE: (&str, &str) = ("dian@demo.alur.app", "Dian Pratiwi");
/// What every report of the story shows.
const PHOTO: &[u8] = include_bytes!("demo/photo.png");
/// What proves who people are; of some it is still missing, as in life.
const KTP: &[u8] = include_bytes!("demo/ktp.png");
const NOT_YET: usize = 15;

pub async fn run(config: Config, clock: Arc<dyn Clock>, arguments: &Arguments, output: Output) -> anyhow::Result<Finished> {
    let app = App::build(config, clock).await?;
    if !demo::is_empty(&app.engine).await? {
        anyhow::ensure!(arguments.if_empty, "there are siswa already; the demo company wants an empty database");
        output.text("there is a company already; nothing to do");
        return Ok(Finished::Well);
    }
    anyhow::ensure!(
        !demo::is_sealed(&app.engine).await?,
        "this database has been in use: the months of the demo would look like records slipped into its sealed audit. Give the demo a folder of its own (ALUR_DATABASE_FOLDER=./demo-data, or `database.url`)"
    );
    let cast = Cast {
        requester: actor(&app, OPERATOR, "OPERATOR").await?,
        approver: actor(&app, SENIOR, "SENIOR_ADMIN").await?,
        finance: actor(&app, FINANCE, "FINANCE").await?,
    };
    let photo = documents::store(&app, &cast.requester, File::new("papan-tulis.png", PHOTO.to_vec())).await;
    let photo = photo.map_err(|problem| anyhow::anyhow!("the photo cannot be stored: {}", problem.code))?;
    let scale = Scale { siswa: arguments.siswa, tutors: arguments.tutors, months: arguments.months, seed: arguments.seed };
    let made = demo::make(&app.engine, &app.deps(), photo, &cast, scale, |line| tracing::info!("{line}")).await?;
    for kind in [Kind::Tutor, Kind::Siswa] {
        attach_ktp(&app, &cast.requester, kind).await?;
    }
    output.value(&made)?;
    output.text(format!(
        "{} siswa, {} tutor, {} prices, {} sesi; {} commands, {} of them refused",
        made.siswa, made.tutors, made.prices, made.sesi, made.commands, made.refused
    ));
    Ok(Finished::Well)
}

async fn attach_ktp(app: &App, by: &Actor, kind: Kind) -> anyhow::Result<()> {
    let people = db::rows(app.engine.db.reader(), &format!("SELECT id FROM {} WHERE status <> 'ARCHIVED' ORDER BY code", kind.entity_type()), vec![]).await?;
    for row in people.iter().enumerate().filter(|(position, _)| (position + 1) % NOT_YET != 0).map(|(_, row)| row) {
        let id = row.try_get("", "id")?;
        let attached = person::documents::attach(app, by, (kind, id, Role::Ktp), File::new("ktp.png", KTP.to_vec())).await;
        attached.map_err(|problem| anyhow::anyhow!("a KTP cannot be stored: {}", problem.code))?;
    }
    Ok(())
}

async fn actor(app: &App, (email, name): (&str, &str), role: &str) -> anyhow::Result<Actor> {
    let db = &app.engine.db;
    account::ensure(db, (email, name), role, app.engine.clock.now()).await?;
    let account = account::by_email(db.reader(), email).await?.with_context(|| format!("{email} is not an active admin"))?;
    let permissions = roles::seed().into_iter().filter(|(code, _)| *code == role).flat_map(|(_, permissions)| permissions);
    Ok(Actor::person(account.id, account.name, permissions.map(str::to_owned)))
}
