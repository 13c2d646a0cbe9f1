//! The composition root: everything the program needs, put together once.

use crate::auth::cookie::Secure;
use crate::auth::limit::Limit;
use crate::auth::oidc::Provider;
use crate::auth::password::Passwords;
use crate::auth::secret::Secret;
use crate::auth::{reset, roles};
use crate::config::{Config, ConfigError, Storage};
use crate::links::SiteLinks;
use crate::routes::documents::LinkKey;
use engine::boot::{self, Stranded};
use engine::clock::Clock;
use engine::db::{self, Db, Tx};
use engine::execute::Engine;
use engine::policy::PolicyHost;
use engine::refusal::Failure;
use migrations::{Migrator, MigratorTrait};
use sea_orm::DbBackend;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use worker::documents::{DocumentStore, LocalFolder, S3, S3Config};
use worker::jobs::Scanner;
use worker::mail::{Smtp, SmtpError};
use worker::{ApalisAnnouncer, Deps, Wake};
use workflows::seed;

/// What handlers and commands work with.
pub struct App {
    pub engine: Engine,
    pub config: Config,
    pub documents: Arc<dyn DocumentStore>,
    /// Rings when a command has left work behind; a worker in this process listens.
    pub wake: Wake,
    pub link_key: LinkKey,
    /// Where mails are handed over, if anywhere.
    pub smtp: Option<Arc<Smtp>>,
    /// Makes the tokens of mails for forgotten passwords.
    pub reset_key: Secret,
    pub passwords: Passwords,
    /// Whom people sign in with, if set up.
    pub oidc: Option<Provider>,
    pub limit: Limit,
}

/// Why the program does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("cannot make the data folder {folder} (`database.folder`)")]
    Folder {
        folder: PathBuf,
        #[source]
        source: std::io::Error,
    },
    #[error("the database (`database.url`) cannot be used")]
    Database(#[from] Failure),
    #[error("the schema cannot be brought up to date")]
    Migrate(#[from] sea_orm::DbErr),
    #[error("the schema is behind by {0} migrations; run `alur migrate`")]
    Behind(usize),
    #[error("{0} live instances are of an older definition; run `alur migrate`")]
    Older(i64),
    #[error("the job tables cannot be made")]
    Jobs(#[from] worker::SetupError),
    #[error("reference data cannot be written")]
    Seed(#[from] seed::SeedError),
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error("mails cannot be sent")]
    Smtp(#[from] SmtpError),
    #[error("the key that signs document links cannot be made: {0}")]
    LinkKey(anyhow::Error),
    #[error("the key of password resets cannot be made: {0}")]
    ResetKey(anyhow::Error),
    #[error("the identity provider (`oidc`) cannot be used: {0}")]
    Oidc(anyhow::Error),
    /// Invariant I9: carrying on would strand these.
    #[error("this program does not know what lives in the database; start the version that wrote it:{}", list(.0))]
    Stranded(Vec<Stranded>),
}

fn list(stranded: &[Stranded]) -> String {
    stranded.iter().map(|one| format!("\n  {one}")).collect()
}

impl App {
    /// Connects, migrates when the configuration says so, refuses a database this program does not
    /// understand, and puts everything together.
    ///
    /// # Errors
    /// Names the setting at fault, or lists what would be stranded.
    pub async fn build(config: Config, clock: Arc<dyn Clock>) -> Result<Arc<Self>, StartError> {
        let db = connect(&config).await?;
        match config.database.migrate {
            true => migrate(&db, clock.as_ref()).await?,
            false => check_schema(&db).await?,
        }
        let registry = Arc::new(workflows::registry());
        let stranded = boot::stranded(&db, &registry, worker::KINDS, &policy_kinds()).await?;
        if !stranded.is_empty() {
            return Err(StartError::Stranded(stranded));
        }
        let smtp = config.smtp.config()?.map(Smtp::new).transpose()?.map(Arc::new);
        let link_key = LinkKey::ensure(&db, clock.now()).await.map_err(StartError::LinkKey)?;
        let reset_key = Secret::ensure(&db, reset::SETTING, clock.now()).await.map_err(StartError::ResetKey)?;
        let oidc = Provider::configured(&config).map_err(StartError::Oidc)?;
        let limit = Limit::new(config.server.requests_per_minute);
        let wake = Wake::new();
        let announcer = Arc::new(ApalisAnnouncer::new(db.backend(), clock.clone(), wake.clone()));
        let documents = store(&config);
        let engine = Engine::new(db, clock, registry, Arc::new(PolicyHost::default()), announcer);
        if config.database.migrate {
            engine.migrate_instances().await?;
            workflows::adopt::penalties(&engine).await?;
            workflows::billing_run::schedule::first(&engine).await?;
        } else {
            check_instances(&engine).await?;
        }
        Ok(Arc::new(Self { engine, config, documents, wake, link_key, smtp, reset_key, passwords: Passwords::default(), oidc, limit }))
    }

    /// Whether the session cookie may travel by https only.
    pub fn secure(&self) -> Secure {
        if self.config.is_https() { Secure::HttpsOnly } else { Secure::Plain }
    }

    /// What the handlers of jobs reach.
    pub fn deps(&self) -> Deps {
        let key = self.reset_key.clone();
        let links = SiteLinks { base_url: self.config.base_url(), reset_token: Box::new(move |id| reset::token(&key, id)) };
        Deps { documents: self.documents.clone(), scanner: scanner(&self.config.storage), smtp: self.smtp.clone(), links: Arc::new(links) }
    }
}

async fn check_instances(engine: &Engine) -> Result<(), StartError> {
    match engine.older_instances().await? {
        0 => Ok(()),
        older => Err(StartError::Older(older)),
    }
}

/// Opens the database, making the data folder when SQLite lies in it.
pub async fn connect(config: &Config) -> Result<Db, StartError> {
    let url = config.database_url();
    if let Some(file) = url.strip_prefix("sqlite:") {
        let file = file.trim_start_matches("//").split('?').next().unwrap_or_default();
        if let Some(folder) = Path::new(file).parent().filter(|folder| !folder.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder).map_err(|source| StartError::Folder { folder: folder.into(), source })?;
        }
    }
    Ok(Db::connect(&url).await?)
}

/// Brings the schema up to date and adds reference data that is missing. Safe to run in several
/// processes at once: on Postgres they wait for one another, SQLite has one writer.
pub async fn migrate(db: &Db, clock: &dyn Clock) -> Result<(), StartError> {
    let turn = match db.backend() {
        DbBackend::Postgres => {
            let tx = db.begin().await?;
            db::run(&tx, "SELECT pg_advisory_xact_lock(7201001)", vec![]).await?;
            Some(tx)
        }
        _ => None,
    };
    Migrator::up(db.writer(), None).await?;
    worker::setup(db).await?;
    let tx = db.begin().await?;
    let roles = roles_to_seed(&tx).await?;
    let roles: Vec<(&str, &[&str])> = roles.iter().map(|(code, permissions)| (*code, permissions.as_slice())).collect();
    seed::reference_data(&tx, clock.now(), &roles).await?;
    tx.commit().await?;
    if let Some(turn) = turn {
        turn.rollback().await?;
    }
    Ok(())
}

/// All of them on a fresh database. Later only OWNER, which gets new permissions: people may have deleted the others.
async fn roles_to_seed(tx: &Tx) -> Result<Vec<(&'static str, Vec<&'static str>)>, Failure> {
    let fresh = db::row(tx, "SELECT id FROM role LIMIT 1", vec![]).await?.is_none();
    Ok(roles::seed().into_iter().filter(|(code, _)| fresh || *code == roles::OWNER).collect())
}

async fn check_schema(db: &Db) -> Result<(), StartError> {
    let pending = Migrator::get_pending_migrations(db.writer()).await?.len();
    if pending > 0 { Err(StartError::Behind(pending)) } else { Ok(()) }
}

/// The policy kinds this program knows.
pub fn policy_kinds() -> Vec<&'static str> {
    let mut kinds: Vec<&str> = policies::seed().iter().map(|version| version.kind).collect();
    kinds.dedup();
    kinds
}

fn store(config: &Config) -> Arc<dyn DocumentStore> {
    let storage = &config.storage;
    match &storage.bucket {
        None => Arc::new(LocalFolder::new(config.document_folder())),
        Some(bucket) => Arc::new(S3::new(S3Config {
            endpoint: storage.endpoint.clone(),
            region: storage.region.clone().unwrap_or_else(|| "us-east-1".into()),
            bucket: bucket.clone(),
            access_key_id: storage.access_key.clone().unwrap_or_default(),
            secret_access_key: storage.secret_key.clone().unwrap_or_default(),
            // Other services than Amazon's seldom have a host name per bucket.
            path_style: storage.endpoint.is_some(),
        })),
    }
}

fn scanner(storage: &Storage) -> Scanner {
    let mut words = storage.scanner.as_deref().unwrap_or_default().split_whitespace().map(str::to_owned);
    match words.next() {
        Some(program) => Scanner::Command { program, args: words.collect() },
        None => Scanner::None,
    }
}
