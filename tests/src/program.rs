//! The program `alur` as its own process, to be killed.

use crate::browser::Browser;
use crate::postgres::free_port;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

/// How long the program may take until it is ready; it promises one second on an idle machine.
const PATIENCE: Duration = Duration::from_secs(60);
/// Between two questions whether it is ready.
const BETWEEN: Duration = Duration::from_millis(20);

/// Where the program lives: its database and its folder.
#[derive(Clone, Debug)]
pub struct Home {
    pub database_url: String,
    pub folder: PathBuf,
    pub port: u16,
    /// Settings besides, as variables of the environment.
    pub settings: Vec<(String, String)>,
}

impl Home {
    pub fn new(database_url: &str, folder: &Path) -> Self {
        Self { database_url: database_url.into(), folder: folder.into(), port: free_port(), settings: vec![] }
    }

    /// The same with a setting, e.g. `ALUR_SMTP_SERVER`.
    #[must_use]
    pub fn with(mut self, variable: &str, value: impl Into<String>) -> Self {
        self.settings.push((variable.into(), value.into()));
        self
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let program = program();
        assert!(program.exists(), "{} is missing: run `cargo build -p api`", program.display());
        let mut command = Command::new(program);
        command.args(arguments).current_dir(&self.folder).env_clear();
        command.env("ALUR_DATABASE_URL", &self.database_url).env("ALUR_DATABASE_FOLDER", &self.folder);
        command.env("ALUR_SERVER_LISTEN", format!("127.0.0.1:{}", self.port)).env("ALUR_LOG_FILTER", "warn");
        // One browser of a test sends what a whole office does.
        command.env("ALUR_SERVER_REQUESTS_PER_MINUTE", "0");
        command.envs(self.settings.iter().cloned());
        command
    }

    /// Runs a command of the program to its end.
    pub fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().expect("run alur")
    }

    /// The same database and folder, on a port of its own.
    pub fn beside(&self) -> Self {
        Self { port: free_port(), ..self.clone() }
    }

    /// Starts `alur serve`: everything in one process.
    pub fn serve(&self) -> Program {
        self.start("serve")
    }

    /// Starts `alur <part>`; what it says goes to the test's own output.
    pub fn start(&self, part: &str) -> Program {
        let mut child = self.command(&[part]).stdout(Stdio::piped()).spawn().expect("start alur");
        let out = BufReader::new(child.stdout.take().expect("its output"));
        let (say, said) = std::sync::mpsc::channel();
        std::thread::spawn(move || out.lines().map_while(Result::ok).try_for_each(|line| say.send(line)));
        Program { child, said }
    }
}

/// A running process of the program.
pub struct Program {
    child: Child,
    said: std::sync::mpsc::Receiver<String>,
}

impl Program {
    /// Waits until the program can work.
    pub async fn ready(&mut self, browser: &Browser) {
        let began = Instant::now();
        while !browser.is_ready().await {
            if let Some(status) = self.child.try_wait().expect("ask for its state") {
                panic!("alur ended before it was ready: {status}");
            }
            assert!(began.elapsed() < PATIENCE, "alur is not ready after {PATIENCE:?}");
            tokio::time::sleep(BETWEEN).await;
        }
    }

    /// The sign-in link that a first start prints.
    pub fn first_link(&self) -> String {
        loop {
            let line = self.said.recv_timeout(PATIENCE).expect("a sign-in link on the output");
            if let Some(at) = line.find("http") {
                return line[at..].to_owned();
            }
        }
    }

    /// SIGKILL: no destructor, no flush, no good-bye.
    pub fn kill(mut self) {
        self.child.kill().expect("kill alur");
        self.child.wait().expect("wait for its end");
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// `ALUR_PROGRAM`, or the one built beside this test.
fn program() -> PathBuf {
    if let Some(named) = std::env::var_os("ALUR_PROGRAM") {
        return named.into();
    }
    let test = std::env::current_exe().expect("the path of this test");
    test.parent().and_then(Path::parent).map(|folder| folder.join("alur")).unwrap_or_default()
}
