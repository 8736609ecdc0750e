//! The requests that are sent to a server.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::http;
use super::people::PASSWORD;

type Write = dyn Fn(u64, &mut Vec<u8>) + Send + Sync;

/// Requests that are all answered with the same status.
#[derive(Clone)]
pub(crate) struct Requests {
    pub(crate) status: u16,
    write: Arc<Write>,
}

impl Requests {
    /// Appends the request with this number.
    pub(crate) fn write(&self, nth: u64, out: &mut Vec<u8>) {
        (self.write)(nth, out);
    }

    /// The request with this number.
    pub(crate) fn nth(&self, nth: u64) -> Vec<u8> {
        let mut request = Vec::new();
        self.write(nth, &mut request);
        request
    }

    fn new(status: u16, write: impl Fn(u64, &mut Vec<u8>) + Send + Sync + 'static) -> Self {
        Self { status, write: Arc::new(write) }
    }
}

/// `GET /me` with each token in turn.
pub(crate) fn get_me(tokens: Vec<String>) -> Requests {
    Requests::new(200, move |nth, out| {
        http::write(out, ("GET", "/me"), turn(&tokens, nth), None);
    })
}

/// `GET /me` with each of these tokens in turn. No token opens a session.
pub(crate) fn get_me_refused(tokens: Vec<String>) -> Requests {
    Requests { status: 401, ..get_me(tokens) }
}

/// `PATCH /me` with each token in turn. Every request changes something.
pub(crate) fn patch_me(tokens: Vec<String>) -> Requests {
    let changes = AtomicU64::new(0);
    Requests::new(200, move |nth, out| {
        let change = changes.fetch_add(1, Ordering::Relaxed);
        let body = format!(r#"{{"bio":"{change}"}}"#);
        http::write(out, ("PATCH", "/me"), turn(&tokens, nth), Some(&body));
    })
}

/// `POST /login` with the right password of each address in turn.
pub(crate) fn log_in(emails: Vec<String>) -> Requests {
    Requests::new(200, move |nth, out| {
        let email = turn(&emails, nth).unwrap_or_default();
        let body = format!(r#"{{"email":"{email}","password":"{PASSWORD}"}}"#);
        http::write(out, ("POST", "/login"), None, Some(&body));
    })
}

/// `GET /health/ready`.
pub(crate) fn ready() -> Requests {
    Requests::new(200, |_, out| http::write(out, ("GET", "/health/ready"), None, None))
}

/// The text whose turn it is. None if there are no texts.
fn turn(texts: &[String], nth: u64) -> Option<&str> {
    let index = usize::try_from(nth).ok()?.checked_rem(texts.len())?;
    texts.get(index).map(String::as_str)
}
