//! An SMS gateway: an HTTP server on loopback that accepts requests with a valid signature.

use std::sync::{Arc, Mutex};

use poem::http::StatusCode;
use poem::listener::{Acceptor as _, Listener as _, TcpListener};
use poem::{EndpointExt as _, Request, Response, Server};
use serde_json::Value;
use standardwebhooks::Webhook;
use tokio::task::AbortHandle;

use super::arrivals::Arrivals;

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo=";

/// A received text message.
#[derive(Clone, Debug)]
pub(crate) struct Sms {
    /// The header `webhook-id`.
    pub(crate) id: String,
    /// The header `webhook-timestamp`.
    pub(crate) timestamp: i64,
    /// The body.
    pub(crate) body: Value,
}

/// A running gateway. It stops when it is dropped.
pub(crate) struct SmsGateway {
    url: String,
    shared: Arc<Shared>,
    server: AbortHandle,
}

struct Shared {
    status: Mutex<Option<StatusCode>>,
    arrivals: Arrivals<Sms>,
}

impl SmsGateway {
    pub(crate) async fn start() -> Self {
        let status = Mutex::new(Some(StatusCode::ACCEPTED));
        let shared = Arc::new(Shared { status, arrivals: Arrivals::default() });
        let acceptor = TcpListener::bind("127.0.0.1:0").into_acceptor().await.unwrap();
        let address = acceptor.local_addr().remove(0).as_socket_addr().copied().unwrap();
        let endpoint = poem::endpoint::make(take).data(Arc::clone(&shared));
        let server = tokio::spawn(async move {
            Server::new_with_acceptor(acceptor).run(endpoint).await.unwrap();
        });
        Self { url: format!("http://{address}/sms"), shared, server: server.abort_handle() }
    }

    /// The value of `--sms-url`.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// The value of `--sms-secret`.
    pub(crate) fn secret(&self) -> &'static str {
        SECRET
    }

    /// Sets the status of every later reply. With `None` the gateway never replies.
    pub(crate) fn reply_with(&self, status: Option<StatusCode>) {
        *self.shared.status.lock().unwrap() = status;
    }

    /// Waits for a text message to `number`. Returns the oldest one that no call has
    /// returned yet.
    pub(crate) async fn next_to(&self, number: &str) -> Sms {
        self.shared.arrivals.next(number, |sms| sms.body["to"] == number).await
    }

    /// All text messages that arrived, oldest first.
    pub(crate) fn all(&self) -> Vec<Sms> {
        self.shared.arrivals.all()
    }
}

impl Drop for SmsGateway {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn take(mut request: Request) -> poem::Result<Response> {
    let shared = Arc::clone(request.data::<Arc<Shared>>().unwrap());
    let body = request.take_body().into_bytes().await.unwrap();
    let header = |name: &str| request.header(name).unwrap_or_default().to_owned();
    let (id, timestamp) = (header("webhook-id"), header("webhook-timestamp").parse().unwrap());
    // The library of the specification's authors computes the signature. It would compare
    // the timestamp with the real time, but the clock of a test stands still.
    let expected = Webhook::new(SECRET).unwrap().sign(&id, timestamp, &body).unwrap();
    if header("webhook-signature") != expected {
        return Ok(StatusCode::UNAUTHORIZED.into());
    }
    let body = serde_json::from_slice(&body).unwrap();
    let status = *shared.status.lock().unwrap();
    let Some(status) = status else { std::future::pending().await };
    shared.arrivals.push(Sms { id, timestamp, body });
    Ok(status.into())
}
