//! A client that keeps the whole reply.

use std::time::{Duration, Instant};

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, USER_AGENT};
use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};

use super::contract;

/// Somebody who sends requests, with or without a token.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    http: reqwest::Client,
    base: String,
    token: Option<String>,
}

impl Client {
    pub(crate) fn new(base: String) -> Self {
        // A redirect is a reply like any other; a test that wants to follow it says so.
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
        // It never speaks TLS, and demands to be told how all the same.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = http.tls_certs_only([]);
        Self { http: http.build().unwrap(), base, token: None }
    }

    pub(crate) fn with_token(&self, token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..self.clone() }
    }

    /// The URL that paths follow.
    pub(crate) fn base(&self) -> &str {
        &self.base
    }

    pub(crate) fn token(&self) -> &str {
        self.token.as_deref().expect("a client that is logged in")
    }

    /// A request to be finished by hand, and sent with [`Reply::to`].
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.base));
        let request = request.header(USER_AGENT, "tests");
        match &self.token {
            Some(token) => request.header(AUTHORIZATION, format!("Bearer {token}")),
            None => request,
        }
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        Reply::to(self.request(Method::GET, path)).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Reply {
        Reply::to(self.request(Method::DELETE, path)).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Reply {
        Reply::to(self.request(Method::POST, path).json(&body)).await
    }

    pub(crate) async fn put(&self, path: &str, body: Value) -> Reply {
        Reply::to(self.request(Method::PUT, path).json(&body)).await
    }

    /// Makes an image the user's picture.
    pub(crate) async fn upload(&self, image: &[u8]) -> Reply {
        let request = self.request(Method::PUT, "/me/avatar");
        let request = request.header(CONTENT_TYPE, "application/octet-stream");
        Reply::to(request.body(image.to_vec())).await
    }

    pub(crate) async fn patch(&self, path: &str, body: Value) -> Reply {
        Reply::to(self.request(Method::PATCH, path).json(&body)).await
    }
}

/// The password of everybody who signs up in a test.
pub(crate) const PASSWORD: &str = "correct horse battery staple";

impl Client {
    /// Signs `email` up.
    pub(crate) async fn sign_up(&self, email: &str) {
        let body = json!({ "email": email, "password": PASSWORD, "name": "Ada" });
        self.post("/signup", body).await.expect(201);
    }

    /// Logs `email` in.
    pub(crate) async fn log_in(&self, email: &str) -> Self {
        let body = json!({ "email": email, "password": PASSWORD });
        let reply = self.post("/login", body).await.expect(200);
        self.with_token(reply.json()["token"].as_str().unwrap())
    }

    /// Asks for the profile until the reply is right. What is asked for `bound`
    /// after it became right, or later, has to be. Says also how long after it the
    /// right reply was asked for.
    pub(crate) async fn right_within(
        &self,
        bound: Duration,
        is_right: impl Fn(&Reply) -> bool,
    ) -> (Reply, Duration) {
        let since = Instant::now();
        loop {
            let asked = since.elapsed();
            let reply = self.get("/me").await;
            if is_right(&reply) {
                return (reply, asked);
            }
            assert!(asked < bound, "{asked:?} later, still {}", reply.text);
        }
    }
}

/// A whole reply.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Reply {
    /// The reply to a request, which is as the document says, or the test fails.
    pub(crate) async fn to(request: RequestBuilder) -> Self {
        let (client, request) = request.build_split();
        let request = request.unwrap();
        let (method, path) = (request.method().clone(), request.url().path().to_owned());
        let response = client.execute(request).await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        let reply = Self { status, headers, text: response.text().await.unwrap() };
        contract::check(&method, &path, &reply);
        reply
    }

    /// The reply, if it has this status; panics with its body if not.
    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        self
    }

    /// The body as JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    /// The value of a header, or `""`.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .and_then(|value: &HeaderValue| value.to_str().ok())
            .unwrap_or_default()
    }

    /// The problem that the reply is, if it has this status and this code.
    #[track_caller]
    pub(crate) fn expect_problem(self, status: u16, code: &str) -> Value {
        let reply = self.expect(status);
        assert_eq!(reply.header("content-type"), "application/problem+json");
        let problem = reply.json();
        assert_eq!(problem["code"], code);
        assert_eq!(problem["status"], status);
        assert_eq!(problem["type"], format!("/docs/problems#{code}"));
        assert_eq!(problem["requestId"], reply.header("x-request-id"));
        problem
    }
}
