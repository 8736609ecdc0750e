//! Messages leave as SMS, by way of a gateway that takes them over HTTP.

use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use data_encoding::BASE64;
use hmac::{Hmac, KeyInit as _, Mac as _};
use http_body_util::Full;
use hyper::header::CONTENT_TYPE;
use hyper::{Request, StatusCode, Uri};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde::Serialize;
use sha2::Sha256;
use tokio::time::timeout;
use url::Url;
use uuid::Uuid;

use super::{SendError, is_loopback};

/// Fewer bytes of a secret can be guessed (Standard Webhooks asks for as many).
const SHORTEST_SECRET: usize = 24;

/// What the gateway shares with us: the key of the signatures.
#[derive(Clone)]
pub struct Secret(Vec<u8>);

impl Secret {
    /// `whsec_` and base64, as Standard Webhooks writes it, or any other text.
    ///
    /// # Errors
    /// When it is too short, or no base64 after `whsec_`.
    pub fn parse(text: &str) -> Result<Self, String> {
        let bytes = match text.strip_prefix("whsec_") {
            None => text.as_bytes().to_owned(),
            Some(base64) => BASE64
                .decode(base64.as_bytes())
                .map_err(|_| "must be base64 after `whsec_`".to_owned())?,
        };
        if bytes.len() < SHORTEST_SECRET {
            return Err(format!(
                "must have at least {SHORTEST_SECRET} bytes; \
                 `echo whsec_$(openssl rand -base64 32)` makes one"
            ));
        }
        Ok(Self(bytes))
    }

    /// The signature of a request, after Standard Webhooks.
    fn sign(&self, id: Uuid, timestamp: i64, body: &[u8]) -> Result<String, SendError> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0)
            .map_err(|_| SendError::transient("the secret of the SMS gateway is no key"))?;
        mac.update(format!("{id}.{timestamp}.").as_bytes());
        mac.update(body);
        Ok(format!("v1,{}", BASE64.encode(&mac.finalize().into_bytes())))
    }
}

/// Somebody who turns a request into an SMS.
pub struct Gateway {
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    uri: Uri,
    secret: Secret,
    timeout: Duration,
}

/// The body of a request.
#[derive(Serialize)]
struct Sms<'a> {
    /// The same for every attempt at one message.
    id: Uuid,
    /// E.164.
    to: &'a str,
    text: &'a str,
    /// Of the text.
    language: &'a str,
    /// What it is about.
    kind: &'a str,
}

impl Gateway {
    /// The gateway at `url`; a request takes at most `timeout`.
    ///
    /// It is called with hyper, which the server stands on anyway: it follows no
    /// redirect, which would carry the message to where nobody sent it.
    ///
    /// # Errors
    /// When it is no URL for that; without repeating it.
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

    /// Hands the message over. `id` tells a repetition from another message.
    pub(super) async fn send(
        &self,
        id: Uuid,
        at: DateTime<Utc>,
        to: &str,
        kind: &str,
        text: &str,
        language: &str,
    ) -> Result<(), SendError> {
        let unable = |error: &dyn std::fmt::Display| {
            SendError::transient(format!("the request to the SMS gateway can't be built: {error}"))
        };
        let body = serde_json::to_vec(&Sms { id, to, text, language, kind });
        let body = body.map_err(|error| unable(&error))?;
        let timestamp = at.timestamp();
        let request = Request::post(self.uri.clone())
            .header(CONTENT_TYPE, "application/json")
            .header("webhook-id", id.to_string())
            .header("webhook-timestamp", timestamp)
            .header("webhook-signature", self.secret.sign(id, timestamp, &body)?)
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

/// What a reply says about the message.
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

/// hyper's own words are "client error"; what happened stands at the end of the chain.
fn innermost(error: &dyn std::error::Error) -> String {
    error.source().map_or_else(|| error.to_string(), innermost)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_that_of_standard_webhooks() {
        // Its key and its body; the expected value comes from openssl.
        let secret = Secret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let signature = secret.sign(Uuid::nil(), 1_614_265_330, br#"{"test": 2432232314}"#);
        assert_eq!(signature.unwrap(), "v1,Y5/uRWupLQOPxe4D5mBYrd9dRGhY+xtWrnxDwy59WDE=");
    }

    #[test]
    fn a_secret_is_long_enough() {
        assert!(Secret::parse(&"a".repeat(24)).is_ok());
        let cases = [
            ("short".to_owned(), "at least 24 bytes", "raw"),
            ("whsec_c2hvcnQ=".to_owned(), "at least 24 bytes", "encoded"),
            (format!("whsec_{}", "!".repeat(40)), "base64", "no base64"),
        ];
        for (secret, expected, why) in cases {
            let error = Secret::parse(&secret).err().unwrap();
            assert!(error.contains(expected) && !error.contains(&secret), "{why}: {error}");
        }
    }

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
