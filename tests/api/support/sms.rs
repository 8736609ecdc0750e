//! An SMS gateway: an HTTP server on loopback that takes what is signed rightly.

use std::sync::{Arc, Mutex};

use poem::http::StatusCode;
use poem::listener::{Acceptor as _, Listener as _, TcpListener};
use poem::{EndpointExt as _, Request, Response, Server};
use serde_json::Value;
use standardwebhooks::Webhook;
use tokio::task::AbortHandle;

use super::arrivals::Arrivals;

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo=";

/// An SMS that arrived.
#[derive(Clone, Debug)]
pub(crate) struct Sms {
    /// The header `webhook-id`.
    pub(crate) id: String,
    /// The header `webhook-timestamp`.
    pub(crate) timestamp: i64,
    /// The body.
    pub(crate) body: Value,
}

/// A running gateway. Stopped when dropped.
pub(crate) struct SmsGateway {
    url: String,
    shared: Arc<Shared>,
    server: AbortHandle,
}

struct Shared {
    answer: Mutex<Option<StatusCode>>,
    arrivals: Arrivals<Sms>,
}

impl SmsGateway {
    pub(crate) async fn start() -> Self {
        let answer = Mutex::new(Some(StatusCode::ACCEPTED));
        let shared = Arc::new(Shared { answer, arrivals: Arrivals::default() });
        let acceptor = TcpListener::bind("127.0.0.1:0").into_acceptor().await.unwrap();
        let address = acceptor.local_addr().remove(0).as_socket_addr().copied().unwrap();
        let endpoint = poem::endpoint::make(take).data(Arc::clone(&shared));
        let server = tokio::spawn(async move {
            Server::new_with_acceptor(acceptor).run(endpoint).await.unwrap();
        });
        Self { url: format!("http://{address}/sms"), shared, server: server.abort_handle() }
    }

    /// For `--sms-url`.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// For `--sms-secret`.
    pub(crate) fn secret(&self) -> &'static str {
        SECRET
    }

    /// What it answers from now on; nothing at all with `None`.
    pub(crate) fn answer(&self, status: Option<StatusCode>) {
        *self.shared.answer.lock().unwrap() = status;
    }

    /// The oldest SMS to `number` that no call has returned yet; waits for it.
    pub(crate) async fn next_to(&self, number: &str) -> Sms {
        self.shared.arrivals.next(number, |sms| sms.body["to"] == number).await
    }

    /// Every SMS that ever arrived, oldest first.
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
    // The library of the specification's authors. It signs what it would accept now;
    // tests say what time it is, so the times are not compared.
    let expected = Webhook::new(SECRET).unwrap().sign(&id, timestamp, &body).unwrap();
    if header("webhook-signature") != expected {
        return Ok(StatusCode::UNAUTHORIZED.into());
    }
    let body = serde_json::from_slice(&body).unwrap();
    let answer = *shared.answer.lock().unwrap();
    let Some(answer) = answer else { std::future::pending().await };
    shared.arrivals.push(Sms { id, timestamp, body });
    Ok(answer.into())
}
