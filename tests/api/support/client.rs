//! An HTTP client.

use std::net::IpAddr;
use std::time::{Duration, Instant};

use reqwest::header::{AUTHORIZATION, COOKIE, USER_AGENT};
use reqwest::{Method, RequestBuilder};
use serde_json::Value;

use super::reply::Reply;

/// A client of one server, with or without a session's token.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    http: reqwest::Client,
    base: String,
    token: Option<String>,
    cookie: Option<String>,
    /// Whether the requests are those of a page of the service.
    is_page: bool,
}

impl Client {
    pub(crate) fn new(base: String) -> Self {
        Self::connecting_from(base, None)
    }

    /// The same client, but it connects from another address of this machine.
    pub(crate) fn at_address(&self, address: [u8; 4]) -> Self {
        let other = Self::connecting_from(self.base.clone(), Some(address.into()));
        Self { http: other.http, ..self.clone() }
    }

    fn connecting_from(base: String, address: Option<IpAddr>) -> Self {
        // Tests look at redirects themselves.
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
        let http = http.local_address(address);
        // This client uses no TLS, but reqwest requires a provider and a list of certificates.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = http.tls_certs_only([]);
        Self { http: http.build().unwrap(), base, token: None, cookie: None, is_page: false }
    }

    pub(crate) fn with_token(&self, token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..self.clone() }
    }

    /// The same client on the device that got this reply: it sends the cookie back.
    pub(crate) fn on_device_of(&self, reply: &Reply) -> Self {
        let cookie = reply.header("set-cookie").split(';').next().unwrap();
        Self { cookie: Some(cookie.to_owned()), ..self.clone() }
    }

    /// The same client as a page of the service in a browser: the token is also in the cookie.
    pub(crate) fn as_page(&self) -> Self {
        let cookie = self.token.as_ref().map(|token| format!("cu_session={token}"));
        Self { cookie, is_page: true, ..self.clone() }
    }

    /// The URL of the server, without a slash at its end.
    pub(crate) fn base(&self) -> &str {
        &self.base
    }

    pub(crate) fn token(&self) -> &str {
        self.token.as_deref().expect("the client is not logged in")
    }

    /// A request that the test completes, and sends with [`Reply::to`].
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.base));
        let request = request.header(USER_AGENT, "tests");
        let request = match &self.cookie {
            Some(cookie) => request.header(COOKIE, cookie),
            None => request,
        };
        let request = match self.is_page {
            true => request.header("Sec-Fetch-Site", "same-origin"),
            false => request,
        };
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

    pub(crate) async fn patch(&self, path: &str, body: Value) -> Reply {
        Reply::to(self.request(Method::PATCH, path).json(&body)).await
    }

    /// Reads the profile until the reply is the expected one. Panics if a request that
    /// was sent `bound` after the first one, or later, gets another reply. Also returns
    /// the time between the first request and the one with the expected reply.
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
            assert!(asked < bound, "the reply after {asked:?} is still {}", reply.text);
        }
    }
}
