//! A real mail server (`peers/smtp.js`) that keeps what it takes and misbehaves when told to.

use crate::peers;
use serde_json::Value;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// How long the server may take for anything.
const PATIENCE: Duration = Duration::from_secs(60);

/// What a server that asks for a sign-in wants to hear.
pub const LOGIN: (&str, &str) = ("alur", "rahasia sekali");

/// A mail the server took.
#[derive(Clone, Debug)]
pub struct Received {
    pub from: String,
    pub to: Vec<String>,
    /// Headers and content as they came.
    pub raw: String,
    /// Whether it came encrypted.
    pub secure: bool,
    pub user: Option<String>,
}

impl Received {
    /// The value of a header, its continued lines joined; empty when there is none.
    pub fn header(&self, name: &str) -> String {
        let head = self.raw.split("\r\n\r\n").next().unwrap_or_default().replace("\r\n ", " ").replace("\r\n\t", " ");
        let prefix = format!("{}:", name.to_lowercase());
        head.split("\r\n").find(|line| line.to_lowercase().starts_with(&prefix)).map(|line| line[prefix.len()..].trim().to_owned()).unwrap_or_default()
    }

    /// The names of all headers before the content.
    pub fn header_names(&self) -> Vec<String> {
        let head = self.raw.split("\r\n\r\n").next().unwrap_or_default();
        let lines = head.split("\r\n").filter(|line| !line.starts_with([' ', '\t']));
        lines.filter_map(|line| line.split(':').next()).map(str::to_lowercase).collect()
    }

    /// The content with the soft line breaks of quoted-printable taken out.
    pub fn content(&self) -> String {
        self.raw.replace("=\r\n", "").replace("=3D", "=")
    }
}

/// A running server.
pub struct MailServer {
    child: Child,
    orders: Mutex<ChildStdin>,
    events: Receiver<Value>,
    taken: Arc<Mutex<Vec<Received>>>,
    pub port: u16,
}

impl MailServer {
    /// A server that takes mail from anybody.
    pub fn start() -> Self {
        Self::launch(&["0"])
    }

    /// A server that wants [`LOGIN`], and only hears it encrypted.
    pub fn with_login() -> Self {
        Self::launch(&["0", LOGIN.0, LOGIN.1])
    }

    /// A server on a port where there was none, or none any more.
    pub fn at(port: u16) -> Self {
        Self::launch(&[&port.to_string()])
    }

    fn launch(arguments: &[&str]) -> Self {
        let mut command = Command::new("node");
        command.arg(peers::folder().join("smtp.js")).args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().expect("start the mail server: node is needed");
        let orders = Mutex::new(child.stdin.take().expect("its input"));
        let out = BufReader::new(child.stdout.take().expect("its output"));
        let taken = Arc::new(Mutex::new(vec![]));
        let (say, events) = channel();
        let keep = taken.clone();
        std::thread::spawn(move || {
            for line in out.lines().map_while(Result::ok) {
                let Ok(event) = serde_json::from_str::<Value>(&line) else { continue };
                if event["event"] == "mail" {
                    keep.lock().unwrap_or_else(PoisonError::into_inner).push(received(&event));
                }
                if say.send(event).is_err() {
                    return;
                }
            }
        });
        let mut server = Self { child, orders, events, taken, port: 0 };
        let ready = server.wait_for("ready");
        server.port = u16::try_from(ready["port"].as_u64().expect("a port")).expect("a port");
        server
    }

    /// Ends it; its port is free then.
    pub fn stop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// How it behaves from now on; `peers/smtp.js` names the modes.
    pub fn behave(&mut self, mode: &str) {
        self.order(mode).expect("tell the mail server");
        self.wait_for("mode");
    }

    /// Waits until this has happened.
    pub fn wait_for(&self, event: &str) -> Value {
        loop {
            match self.events.recv_timeout(PATIENCE) {
                Ok(found) if found["event"] == event => return found,
                // A client that breaks off is an error to the server and may be what the test is about.
                Ok(other) => assert!(event != "ready" || other["event"] != "error", "{other}"),
                Err(RecvTimeoutError::Timeout) => panic!("the mail server saw no {event} within {PATIENCE:?}"),
                Err(RecvTimeoutError::Disconnected) => panic!("the mail server ended before it saw a {event}"),
            }
        }
    }

    fn order(&self, line: &str) -> std::io::Result<()> {
        writeln!(self.orders.lock().unwrap_or_else(PoisonError::into_inner), "{line}")
    }

    /// Every mail it took, in order.
    pub fn taken(&self) -> Vec<Received> {
        // What it has said before its answer has been read by then. One that was stopped says no more.
        if self.order("now").is_ok() {
            self.wait_for("now");
        }
        self.taken.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The one mail it took.
    #[track_caller]
    pub fn only(&self) -> Received {
        let taken = self.taken();
        assert_eq!(taken.len(), 1, "{taken:?}");
        taken[0].clone()
    }
}

fn received(event: &Value) -> Received {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    Received {
        from: text(&event["from"]),
        to: event["to"].as_array().into_iter().flatten().map(text).collect(),
        raw: text(&event["raw"]),
        secure: event["secure"].as_bool().unwrap_or_default(),
        user: event["user"].as_str().map(str::to_owned),
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        self.stop();
    }
}
