//! A real OpenID Connect provider (`peers/oidc.js`), and somebody who signs in there.

use crate::peers;
use api::config::Oidc;
use reqwest::header::{CONTENT_TYPE, LOCATION};
use reqwest::redirect::Policy;
use reqwest::{Client, Response, Url};
use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::os::fd::AsFd;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tokio::net::TcpSocket;

/// How long an answer may take; the first page is compiled when it is asked for.
const PATIENCE: Duration = Duration::from_secs(60);
const CALLBACK: &str = "/api/v1/session/oidc/callback";
/// More steps than any way through the provider has.
const MOST_STEPS: usize = 20;

/// Where a provider will be. Nobody else can get the port meanwhile, and whoever knocks is refused.
pub struct Address {
    socket: TcpSocket,
    port: u16,
}

impl Address {
    pub fn reserved() -> Self {
        let socket = TcpSocket::new_v4().expect("make a socket");
        socket.bind(SocketAddr::from(([127, 0, 0, 1], 0))).expect("bind a port");
        let port = socket.local_addr().expect("read the port").port();
        Self { socket, port }
    }

    /// The settings of a program that lets people in from there.
    pub fn settings(&self, hosted_domain: Option<&str>) -> Oidc {
        Oidc {
            issuer: Some(format!("http://127.0.0.1:{}", self.port)),
            client_id: Some("alur".into()),
            client_secret: Some("a-secret-that-is-long-enough-for-everybody".into()),
            hosted_domain: hosted_domain.map(str::to_owned),
            name: Some("Penguji".into()),
        }
    }

    /// Starts the provider for the program at this address. It is given the port as its standard input.
    pub fn start(self, program: &str) -> IdentityProvider {
        let socket = self.socket.as_fd().try_clone_to_owned().expect("hand the port over");
        let mut command = Command::new("node");
        command.arg(peers::folder().join("oidc.js")).arg(self.port.to_string()).arg(format!("{program}{CALLBACK}"));
        // It warns at length about everything that only tests do.
        let mut child = command.stdin(socket).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("start the provider: node is needed");
        let mut lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        let ready = lines.by_ref().map_while(Result::ok).any(|line| line.contains("\"ready\""));
        assert!(ready, "the provider ended before it was ready");
        std::thread::spawn(move || lines.map_while(Result::ok).for_each(|line| eprintln!("provider: {line}")));
        IdentityProvider { child }
    }
}

/// A running provider.
pub struct IdentityProvider {
    child: Child,
}

impl Drop for IdentityProvider {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Somebody's browser, with all its cookies, that follows no redirect by itself.
#[derive(Clone)]
pub struct Visitor {
    client: Client,
    program: String,
}

impl Visitor {
    pub fn of(program: &str) -> Self {
        let client = Client::builder().cookie_store(true).redirect(Policy::none()).timeout(PATIENCE).build().expect("an HTTP client");
        Self { client, program: program.into() }
    }

    pub async fn get(&self, address: &str) -> Response {
        let address = if address.starts_with('/') { format!("{}{address}", self.program) } else { address.to_owned() };
        self.client.get(address).send().await.unwrap_or_else(|error| panic!("{error:?}"))
    }

    /// Where the program leads from this address.
    pub async fn led(&self, address: &str) -> String {
        location(&self.get(address).await)
    }

    /// Goes from the program to the provider, signs in there, and gives back the address it is sent back to.
    pub async fn vouched_for(&self, leave: &str, claims: &Value) -> String {
        let mut next = self.led(leave).await;
        for _ in 0..MOST_STEPS {
            if next.starts_with(&self.program) {
                return next;
            }
            next = self.step(&next, claims).await;
        }
        panic!("the provider leads nowhere: {next}");
    }

    /// Signs in by the provider; gives back where the program leads afterwards.
    pub async fn signed_in_as(&self, leave: &str, claims: &Value) -> String {
        let back = self.vouched_for(leave, claims).await;
        self.led(&back).await
    }

    /// Follows a redirect of the provider, or fills in its form: first who one is, then that one agrees.
    async fn step(&self, address: &str, claims: &Value) -> String {
        let response = self.get(address).await;
        let here = response.url().clone();
        if response.status().is_redirection() {
            return joined(&here, &location(&response));
        }
        let page = response.text().await.expect("a page");
        let action = page.split("action=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_else(|| panic!("no form: {page}"));
        let filled = match page.contains("value=\"login\"") {
            true => {
                let told = self.client.post(joined(&here, "/people")).json(claims).send().await.expect("tell the provider");
                assert!(told.status().is_success(), "{}", told.status());
                format!("prompt=login&password=x&login={}", claims["sub"].as_str().expect("a subject"))
            }
            false => "prompt=consent".into(),
        };
        let request = self.client.post(joined(&here, action)).header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(filled);
        let response = request.send().await.unwrap_or_else(|error| panic!("{error:?}"));
        joined(&here, &location(&response))
    }
}

fn location(response: &Response) -> String {
    let header = response.headers().get(LOCATION).unwrap_or_else(|| panic!("{} leads nowhere: {}", response.url(), response.status()));
    header.to_str().expect("a readable address").to_owned()
}

fn joined(here: &Url, to: &str) -> String {
    here.join(to).expect("an address").to_string()
}
