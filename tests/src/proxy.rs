//! A wire to Postgres that can be cut at the moment of a commit.

use std::sync::{Arc, Mutex, PoisonError};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::OwnedReadHalf;
use tokio::net::{TcpListener, TcpStream};

/// Where the wire breaks at the next commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// The server never hears of the commit.
    Before,
    /// The server has committed; its answer is lost.
    After,
}

/// Forwards to a Postgres server until told to break off.
pub struct Proxy {
    /// The server's URL, by way of this proxy.
    pub url: String,
    next: Arc<Mutex<Option<Cut>>>,
}

impl Proxy {
    /// Stands between the caller and the server of this URL.
    pub async fn to(url: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let own = listener.local_addr().expect("an address").to_string();
        let server = url.split_once('@').and_then(|(_, rest)| rest.split('/').next()).expect("host and port").to_owned();
        let next = Arc::new(Mutex::new(None));
        tokio::spawn(accept(listener, server.clone(), next.clone()));
        Self { url: url.replace(&server, &own), next }
    }

    /// Breaks the connection that commits next.
    pub fn cut_next_commit(&self, cut: Cut) {
        *self.next.lock().unwrap_or_else(PoisonError::into_inner) = Some(cut);
    }
}

async fn accept(listener: TcpListener, server: String, next: Arc<Mutex<Option<Cut>>>) {
    while let Ok((client, _)) = listener.accept().await {
        let upstream = TcpStream::connect(&server).await.expect("the server");
        tokio::spawn(forward(client, upstream, next.clone()));
    }
}

async fn forward(client: TcpStream, server: TcpStream, next: Arc<Mutex<Option<Cut>>>) {
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let (mut asked, mut answered) = (vec![0; 64 * 1024], vec![0; 64 * 1024]);
    loop {
        tokio::select! {
            read = from_client.read(&mut asked) => {
                let Some(bytes) = some_bytes(read, &asked) else { return };
                match cut_here(bytes, &next) {
                    Some(Cut::Before) => return,
                    Some(Cut::After) => {
                        let _ = to_server.write_all(bytes).await;
                        wait_for(&mut from_server).await;
                        return;
                    }
                    None => if to_server.write_all(bytes).await.is_err() { return },
                }
            }
            read = from_server.read(&mut answered) => {
                let Some(bytes) = some_bytes(read, &answered) else { return };
                if to_client.write_all(bytes).await.is_err() { return }
            }
        }
    }
}

fn some_bytes(read: std::io::Result<usize>, buffer: &[u8]) -> Option<&[u8]> {
    read.ok().filter(|length| *length > 0).map(|length| &buffer[..length])
}

fn cut_here(bytes: &[u8], next: &Mutex<Option<Cut>>) -> Option<Cut> {
    let commits = bytes.windows(6).any(|window| window == b"COMMIT");
    if commits { next.lock().unwrap_or_else(PoisonError::into_inner).take() } else { None }
}

/// The server's answer, which nobody will hear.
async fn wait_for(server: &mut OwnedReadHalf) {
    let _ = server.read(&mut [0; 1024]).await;
}
