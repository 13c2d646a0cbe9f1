//! A Postgres server that lives as long as its process and leaves nothing behind.
//!
//! `ALUR_TEST_POSTGRES_URL` names a running server instead. The server is stopped by a watchdog that
//! waits for the end of a pipe, so it is also removed after a panic, an abort or a SIGKILL.

use std::fs;
use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::OnceLock;
use uuid::Uuid;

const ENV: &str = "ALUR_TEST_POSTGRES_URL";
const INSTALL: &str = "apt-get update && apt-get install -y postgresql postgresql-contrib";
/// Nothing here outlives the tests, so nothing has to reach the disk.
const SETTINGS: &[(&str, &str)] = &[
    ("fsync", "off"),
    ("synchronous_commit", "off"),
    ("full_page_writes", "off"),
    ("max_connections", "300"),
    ("shared_buffers", "128MB"),
    ("autovacuum", "off"),
    ("listen_addresses", "127.0.0.1"),
];

const DURABLE: &[(&str, &str)] = &[("fsync", "on"), ("max_connections", "100"), ("shared_buffers", "512MB"), ("listen_addresses", "127.0.0.1")];

/// A server, and the watchdog that removes it when this value or the process goes away.
pub struct Server {
    pub url: String,
    /// Holds the pipe whose end the watchdog waits for. `None` for a server somebody else runs.
    watchdog: Option<Child>,
}

/// The URL of the server of this process, started on first use.
pub fn url() -> &'static str {
    static SERVER: OnceLock<Server> = OnceLock::new();
    &SERVER.get_or_init(Server::start).url
}

impl Server {
    /// Starts a server, or takes the one that `ALUR_TEST_POSTGRES_URL` names.
    pub fn start() -> Self {
        match std::env::var(ENV) {
            Ok(url) => Self { url, watchdog: None },
            Err(_) => Self::start_with(SETTINGS),
        }
    }

    /// As [`Server::start`], but the server forces every commit to the disk: for measurements.
    pub fn start_durable() -> Self {
        match std::env::var(ENV) {
            Ok(url) => Self { url, watchdog: None },
            Err(_) => Self::start_with(DURABLE),
        }
    }

    fn start_with(settings: &[(&str, &str)]) -> Self {
        let bin = binaries();
        let folder = std::env::temp_dir().join(format!("alur-postgres-{}", Uuid::now_v7()));
        let password = Uuid::new_v4().simple().to_string();
        let (data, secret) = (folder.join("data"), folder.join("password"));
        fs::create_dir(&folder).expect("make a folder for Postgres");
        fs::write(&secret, &password).expect("write the password of Postgres");
        if is_root() {
            must(Command::new("chown").args(["-R", "postgres"]).arg(&folder));
        }
        let init = ["--username=postgres", "--auth=password", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"];
        must(as_postgres(&bin.join("initdb")).args(init).arg("--pwfile").arg(&secret).arg("-D").arg(&data));
        let port = free_port();
        let mut options: Vec<String> = settings.iter().map(|(name, value)| format!("-c {name}={value}")).collect();
        options.push(format!("-c port={port} -c unix_socket_directories={}", folder.display()));
        let log = folder.join("log");
        must(as_postgres(&bin.join("pg_ctl")).arg("start").arg("-w").arg("-D").arg(&data).arg("-l").arg(log).arg("-o").arg(options.join(" ")));
        let watchdog = watch(&bin.join("pg_ctl"), &data, &folder);
        Self { url: format!("postgres://postgres:{password}@127.0.0.1:{port}/postgres"), watchdog: Some(watchdog) }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(mut watchdog) = self.watchdog.take() {
            drop(watchdog.stdin.take());
            let _ = watchdog.wait();
        }
    }
}

/// Stops the server and removes its folder once the pipe to this process ends, however it ends.
fn watch(pg_ctl: &Path, data: &Path, folder: &Path) -> Child {
    let stop = r#"cat > /dev/null; if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$1" stop -m immediate -D "$2"; else "$1" stop -m immediate -D "$2"; fi; rm -rf "$3""#;
    Command::new("sh")
        .args(["-c", stop, "watchdog"])
        .args([pg_ctl, data, folder])
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        // Its own group: Ctrl-C ends the tests, not their clean-up.
        .process_group(0)
        .spawn()
        .expect("start the watchdog of Postgres")
}

/// Where `initdb` and `pg_ctl` are; installs them when that is allowed.
fn binaries() -> PathBuf {
    if let Some(found) = find_binaries() {
        return found;
    }
    if is_root() {
        eprintln!("installing Postgres: {INSTALL}");
        must(Command::new("sh").args(["-c", INSTALL]).env("DEBIAN_FRONTEND", "noninteractive"));
    }
    find_binaries().unwrap_or_else(|| {
        panic!("the tests need PostgreSQL. Install it (`sudo sh -c '{INSTALL}'`) or name a server in {ENV}=postgres://user:password@host/postgres")
    })
}

/// The newest of `/usr/lib/postgresql/<version>/bin`, or wherever the path leads.
fn find_binaries() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let debian = versions.filter_map(|entry| Some((entry.file_name().to_str()?.parse::<u32>().ok()?, entry.path().join("bin"))));
    let newest = debian.filter(|(_, bin)| bin.join("initdb").exists()).max().map(|(_, bin)| bin);
    let on_path = || std::env::split_paths(&std::env::var_os("PATH")?).find(|bin| bin.join("initdb").exists() && bin.join("pg_ctl").exists());
    newest.or_else(on_path)
}

/// Postgres refuses to run as root.
fn as_postgres(program: &Path) -> Command {
    let mut command = if is_root() { Command::new("runuser") } else { Command::new(program) };
    if is_root() {
        command.args(["-u", "postgres", "--"]).arg(program);
    }
    command.current_dir("/");
    command
}

pub(crate) fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|this| std::os::unix::fs::MetadataExt::uid(&this) == 0)
}

/// A free port for another process. The system hands out none of these by itself (to a listener on port 0, to somebody
/// who connects), so nobody takes it before that process does, or between its death and its return.
pub fn free_port() -> u16 {
    let is_free = |port: &u16| TcpListener::bind(("127.0.0.1", *port)).is_ok();
    let random = || 20_000 + u16::try_from(Uuid::new_v4().as_u128() % 12_000).unwrap_or_default();
    std::iter::repeat_with(random).take(100).find(is_free).expect("a free port")
}

fn must(command: &mut Command) {
    // Postgres inherits what it is given: a pipe would stay open for as long as the server lives.
    let Output { status, stderr, .. } = command.stdin(Stdio::null()).stdout(Stdio::null()).output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(status.success(), "{command:?}: {status}\n{}", String::from_utf8_lossy(&stderr));
}
