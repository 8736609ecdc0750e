//! A mail server on loopback, in this process. It speaks SMTP and accepts every mail,
//! unless a test makes it misbehave.

mod session;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use tokio::net::TcpListener;
use tokio::task::{AbortHandle, JoinSet};
use tokio_rustls::TlsAcceptor;

use self::session::converse;
use super::arrivals::Arrivals;
use super::mail::Mail;

/// A fault of the server, from the next connection or command on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Misbehaviour {
    /// The server has no fault.
    None,
    /// The server says that there is no such mailbox (550).
    RefuseRecipient,
    /// The server says that the mailbox is busy (451).
    RefuseRecipientForNow,
    /// The server says that the password is wrong (535).
    RefuseLogin,
    /// The server accepts connections and never sends a byte.
    Stall,
    /// The server accepts the mail and ends the connection without a reply.
    HangUpAfterData,
}

/// The moment at which a connection becomes encrypted.
#[derive(Clone)]
enum Tls {
    Never,
    OnRequest(TlsAcceptor),
    AtOnce(TlsAcceptor),
}

/// A running mail server, and the mails that arrived there. It stops when it is dropped.
pub(crate) struct Mailbox {
    address: SocketAddr,
    tls: Tls,
    shared: Arc<Shared>,
    server: AbortHandle,
}

struct Shared {
    misbehaviour: Mutex<Misbehaviour>,
    connections: AtomicUsize,
    arrivals: Arrivals<Mail>,
}

impl Mailbox {
    /// Starts a server without TLS.
    pub(crate) async fn start() -> Self {
        Self::listen(Tls::Never).await
    }

    /// Starts a server with STARTTLS.
    pub(crate) async fn start_with_starttls(acceptor: TlsAcceptor) -> Self {
        Self::listen(Tls::OnRequest(acceptor)).await
    }

    /// Starts a server with TLS from the first byte.
    pub(crate) async fn start_with_tls(acceptor: TlsAcceptor) -> Self {
        Self::listen(Tls::AtOnce(acceptor)).await
    }

    async fn listen(tls: Tls) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            misbehaviour: Mutex::new(Misbehaviour::None),
            connections: AtomicUsize::new(0),
            arrivals: Arrivals::default(),
        });
        let server = tokio::spawn(serve(listener, tls.clone(), Arc::clone(&shared)));
        Self { address, tls, shared, server: server.abort_handle() }
    }

    /// The value of `--smtp-url`.
    pub(crate) fn url(&self) -> String {
        let port = self.address.port();
        match self.tls {
            Tls::Never => format!("smtp://ada:secret@localhost:{port}"),
            Tls::OnRequest(_) => format!("smtp://ada:secret@localhost:{port}?tls=required"),
            Tls::AtOnce(_) => format!("smtps://ada:secret@localhost:{port}"),
        }
    }

    pub(crate) fn misbehave(&self, misbehaviour: Misbehaviour) {
        *self.shared.misbehaviour.lock().unwrap() = misbehaviour;
    }

    /// The number of connections that were accepted so far.
    pub(crate) fn connections(&self) -> usize {
        self.shared.connections.load(Ordering::SeqCst)
    }

    /// Waits for a mail to `address`. Returns the oldest one that no call has returned yet.
    pub(crate) async fn next_to(&self, address: &str) -> Mail {
        self.shared.arrivals.next(address, |mail| mail.to == [address]).await
    }

    /// All mails that arrived, oldest first.
    pub(crate) fn all(&self) -> Vec<Mail> {
        self.shared.arrivals.all()
    }
}

impl Drop for Mailbox {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Shared {
    fn misbehaviour(&self) -> Misbehaviour {
        *self.misbehaviour.lock().unwrap()
    }
}

async fn serve(listener: TcpListener, tls: Tls, shared: Arc<Shared>) {
    // The set ends the connections when the server stops.
    let mut connections = JoinSet::new();
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        shared.connections.fetch_add(1, Ordering::SeqCst);
        let (tls, shared) = (tls.clone(), Arc::clone(&shared));
        connections.spawn(async move {
            if shared.misbehaviour() == Misbehaviour::Stall {
                std::future::pending::<()>().await;
            }
            // A connection that the client ends early is no error of the server.
            let _ = match tls {
                Tls::AtOnce(acceptor) => match acceptor.accept(stream).await {
                    Ok(stream) => converse(Box::new(stream), None, shared).await,
                    Err(error) => Err(error),
                },
                Tls::OnRequest(acceptor) => {
                    converse(Box::new(stream), Some(acceptor), shared).await
                }
                Tls::Never => converse(Box::new(stream), None, shared).await,
            };
        });
    }
}
