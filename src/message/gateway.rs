//! Sending messages as SMS, through a gateway that takes them over HTTP.

use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use http_body_util::Full;
use hyper::header::CONTENT_TYPE;
use hyper::{Request, StatusCode, Uri};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde::Serialize;
use tokio::time::timeout;
use url::Url;
use uuid::Uuid;

use super::{Secret, SendError};
use crate::value::is_loopback;

/// A gateway that turns a request into an SMS.
pub struct Gateway {
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    uri: Uri,
    secret: Secret,
    timeout: Duration,
}

/// The body of a request.
#[derive(Serialize)]
pub(super) struct Sms<'a> {
    /// The ID of the message: the same in every attempt at it.
    pub(super) id: Uuid,
    /// The phone number, in E.164.
    pub(super) to: &'a str,
    pub(super) text: &'a str,
    /// The language of the text.
    pub(super) language: &'a str,
    /// The name of the message's kind.
    pub(super) kind: &'a str,
}

impl Gateway {
    /// The gateway at `url`. A request takes at most `timeout`.
    ///
    /// The client is hyper, which the server uses anyway. It follows no redirect: that
    /// would carry the message to a host that nobody configured.
    ///
    /// # Errors
    /// When the URL can't be used. The error does not repeat it, because it may contain a
    /// key.
    pub fn new(url: &str, secret: Secret, timeout: Duration) -> Result<Self, String> {
        let url = Url::parse(url).map_err(|_| "must be like `https://HOST/PATH`".to_owned())?;
        match url.scheme() {
            "https" => {}
            "http" if is_loopback(&url) => {}
            "http" => return Err("must be `https://`, except on this machine".to_owned()),
            _ => return Err("must be like `https://HOST/PATH`".to_owned()),
        }
        if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
            return Err("must have no user, password or fragment".to_owned());
        }
        let uri = url.as_str().parse().map_err(|_| "can't be used".to_owned())?;
        let connector = HttpsConnectorBuilder::new()
            .with_provider_and_native_roots(rustls::crypto::ring::default_provider())
            .map_err(|error| format!("needs certificates to trust: {error}"))?
            .https_or_http()
            .enable_http1()
            .build();
        let client = Client::builder(TokioExecutor::new()).build(connector);
        Ok(Self { client, uri, secret, timeout })
    }

    /// Sends one request. Its signature says that it was made `at` this moment.
    pub(super) async fn send(&self, at: DateTime<Utc>, sms: &Sms<'_>) -> Result<(), SendError> {
        let unable = |error: &dyn std::fmt::Display| {
            SendError::transient(format!("the request to the SMS gateway can't be built: {error}"))
        };
        let body = serde_json::to_vec(sms).map_err(|error| unable(&error))?;
        let timestamp = at.timestamp();
        let request = Request::post(self.uri.clone())
            .header(CONTENT_TYPE, "application/json")
            .header("webhook-id", sms.id.to_string())
            .header("webhook-timestamp", timestamp)
            .header("webhook-signature", self.secret.sign(sms.id, timestamp, &body)?)
            .body(Full::from(body))
            .map_err(|error| unable(&error))?;
        match timeout(self.timeout, self.client.request(request)).await {
            Ok(Ok(reply)) => judge(reply.status()),
            Ok(Err(error)) => Err(SendError::transient(format!(
                "the SMS gateway can't be reached: {}",
                innermost(&error)
            ))),
            Err(_) => {
                let waited = humantime::format_duration(self.timeout);
                Err(SendError::transient(format!("the SMS gateway took longer than {waited}")))
            }
        }
    }
}

/// Whether the gateway accepted the message, by the status of its reply.
fn judge(status: StatusCode) -> Result<(), SendError> {
    let reason = format!("the SMS gateway answered {}", status.as_u16());
    match status {
        status if status.is_success() => Ok(()),
        StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_EARLY | StatusCode::TOO_MANY_REQUESTS => {
            Err(SendError::transient(reason))
        }
        status if status.is_client_error() => Err(SendError::permanent(reason)),
        _ => Err(SendError::transient(reason)),
    }
}

/// The last error of the chain. hyper's own error says only "client error".
fn innermost(error: &dyn std::error::Error) -> String {
    error.source().map_or_else(|| error.to_string(), innermost)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gateway_elsewhere_is_called_over_tls() {
        let cases = [
            ("https://sms.example.com/send?key=x", true, "the usual"),
            ("http://localhost:8000/", true, "this machine"),
            ("http://127.0.0.1:8000/", true, "this machine by address"),
            ("http://[::1]:8000/", true, "this machine by address"),
            ("http://sms.example.com/", false, "elsewhere in the clear"),
            ("http://localhost.example.com/", false, "a name that starts like it"),
            ("https://ada:secret@sms.example.com/", false, "a password that nobody would send"),
            ("ftp://sms.example.com/", false, "another protocol"),
            ("sms.example.com", false, "no URL"),
        ];
        for (url, taken, why) in cases {
            let secret = Secret::parse(&"a".repeat(24)).unwrap();
            assert_eq!(Gateway::new(url, secret, Duration::ZERO).is_ok(), taken, "{why}");
        }
    }

    #[test]
    fn statuses_are_judged() {
        let cases = [
            (200, None, "done"),
            (202, None, "accepted"),
            (307, Some(false), "a redirect is not followed"),
            (400, Some(true), "no such number"),
            (408, Some(false), "slow"),
            (425, Some(false), "too early"),
            (429, Some(false), "too many"),
            (500, Some(false), "broken"),
            (503, Some(false), "overloaded"),
        ];
        for (status, permanent, why) in cases {
            let judged = judge(StatusCode::from_u16(status).unwrap());
            assert_eq!(judged.err().map(|error| error.permanent), permanent, "{why}");
        }
    }
}
