//! What a browser does: keeps the cookie, sends the CSRF token, reads JSON.

use reqwest::{Method, Response, StatusCode, header::CONTENT_TYPE};
use serde_json::{Value, json};
use std::time::Duration;
use uuid::Uuid;

/// How long an answer may take; a test that waits longer has hung.
const PATIENCE: Duration = Duration::from_secs(30);

#[derive(Clone)]
pub struct Browser {
    client: reqwest::Client,
    url: String,
    pub csrf: String,
    pub permissions: Vec<String>,
}

/// An answer, read to its end.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    pub content_type: String,
    pub body: Value,
}

impl Answer {
    async fn read(response: Response) -> Result<Self, reqwest::Error> {
        let status = response.status().as_u16();
        let content_type = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
        let bytes = response.bytes().await?;
        let body = serde_json::from_slice(&bytes).unwrap_or_else(|_| Value::String(String::from_utf8_lossy(&bytes).into_owned()));
        Ok(Self { status, content_type, body })
    }

    /// The stable code of a problem; empty for anything else.
    pub fn code(&self) -> &str {
        self.body["code"].as_str().unwrap_or_default()
    }

    /// The body of an answer that must be well.
    #[track_caller]
    pub fn well(self) -> Value {
        assert!((200..300).contains(&self.status), "{self:?}");
        self.body
    }

    /// `status code` of an answer that must be a problem as RFC 9457 says.
    #[track_caller]
    pub fn problem(&self) -> String {
        assert!(self.status >= 400 && self.content_type.starts_with("application/problem+json"), "{self:?}");
        assert_eq!(self.body["status"], self.status, "{self:?}");
        assert!(self.body["type"].as_str().is_some_and(|kind| kind.ends_with(self.code())) && self.body["title"].is_string(), "{self:?}");
        format!("{} {}", self.status, self.code())
    }
}

impl Browser {
    pub fn new(url: &str) -> Self {
        let client = reqwest::Client::builder().cookie_store(true).timeout(PATIENCE).build().expect("an HTTP client");
        Self { client, url: url.into(), csrf: String::new(), permissions: vec![] }
    }

    /// The same browser, session and all, at another process of the program.
    pub fn at(&self, url: &str) -> Self {
        Self { url: url.into(), ..self.clone() }
    }

    /// Follows a sign-in link as the UI does.
    pub async fn sign_in(mut self, link: &str) -> Self {
        let token = link.split('#').nth(1).expect("a link with a token").trim();
        let session = self.post("/api/v1/session/link", &json!({ "token": token })).await.well();
        self.csrf = session["csrf_token"].as_str().expect("a CSRF token").to_owned();
        self.permissions = session["permissions"].as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect();
        self
    }

    pub fn may(&self, permission: &str) -> bool {
        self.permissions.iter().any(|held| held == permission)
    }

    /// A request to be finished by hand.
    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.client.request(method, format!("{}{path}", self.url))
    }

    pub async fn get(&self, path: &str) -> Answer {
        send(self.request(Method::GET, path)).await
    }

    /// A POST with the CSRF token and a fresh idempotency key.
    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.post_keyed(path, body, &Uuid::new_v4().to_string()).await
    }

    pub async fn post_keyed(&self, path: &str, body: &Value, key: &str) -> Answer {
        send(self.posting(path, key).json(body)).await
    }

    /// As [`Browser::post_keyed`], or the error of a connection that broke.
    pub async fn try_post(&self, path: &str, body: &Value, key: &str) -> Result<Answer, reqwest::Error> {
        Answer::read(self.posting(path, key).json(body).send().await?).await
    }

    fn posting(&self, path: &str, key: &str) -> reqwest::RequestBuilder {
        self.request(Method::POST, path).header("X-CSRF-Token", &self.csrf).header("Idempotency-Key", key)
    }

    /// A POST of bytes as they are.
    pub async fn post_raw(&self, path: &str, content_type: &str, body: impl Into<reqwest::Body>) -> Answer {
        let key = Uuid::new_v4().to_string();
        send(self.posting(path, &key).header(CONTENT_TYPE, content_type).body(body)).await
    }

    pub async fn command(&self, id: Uuid, name: &str, body: &Value) -> Answer {
        self.post(&command_path(id, name), body).await
    }

    /// Whether the server answers that it can work.
    pub async fn is_ready(&self) -> bool {
        self.request(Method::GET, "/readyz").send().await.is_ok_and(|answer| answer.status() == StatusCode::OK)
    }
}

/// Where a command of a sesi is posted to.
pub fn command_path(id: Uuid, name: &str) -> String {
    format!("/api/v1/workflows/sesi/{id}/commands/{name}")
}

/// Sends and reads; a connection that breaks is the end of the test.
pub async fn send(request: reqwest::RequestBuilder) -> Answer {
    let response = request.send().await.unwrap_or_else(|error| panic!("{error:?}"));
    Answer::read(response).await.unwrap_or_else(|error| panic!("{error:?}"))
}
