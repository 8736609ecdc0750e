//! A mail server: real SMTP on loopback, in this process, which takes whatever it is
//! given, or misbehaves as told.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use mailin::{Action, Handler, Response, Session, SessionBuilder};
use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufStream};
use tokio::net::TcpListener;
use tokio::task::{AbortHandle, JoinSet};
use tokio_rustls::TlsAcceptor;

use super::arrivals::Arrivals;
use super::mail::Mail;

/// What the server does wrong, from the next connection or command on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Misbehaviour {
    /// Nothing.
    None,
    /// There is no such mailbox: 550.
    RefuseRecipient,
    /// The mailbox is busy: 451.
    RefuseRecipientForNow,
    /// The password is wrong: 535.
    RefuseLogin,
    /// Connections are accepted, and nothing is ever said on them.
    Stall,
    /// The mail arrives, and the connection ends without a reply.
    HangUpAfterData,
}

/// When the server speaks TLS.
#[derive(Clone)]
enum Tls {
    Never,
    OnRequest(TlsAcceptor),
    AtOnce(TlsAcceptor),
}

/// A running mail server, and what arrived there. Stopped when dropped.
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
    /// Without TLS.
    pub(crate) async fn start() -> Self {
        Self::listen(Tls::Never).await
    }

    /// With STARTTLS, and nothing before it.
    pub(crate) async fn start_with_starttls(acceptor: TlsAcceptor) -> Self {
        Self::listen(Tls::OnRequest(acceptor)).await
    }

    /// With TLS from the first byte.
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

    /// For `--smtp-url`.
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

    /// How many connections were accepted so far.
    pub(crate) fn connections(&self) -> usize {
        self.shared.connections.load(Ordering::SeqCst)
    }

    /// The oldest mail to `address` that no call has returned yet; waits for it.
    pub(crate) async fn next_to(&self, address: &str) -> Mail {
        self.shared.arrivals.next(address, |mail| mail.to == [address]).await
    }

    /// Every mail that ever arrived, oldest first.
    pub(crate) fn all(&self) -> Vec<Mail> {
        self.shared.arrivals.all()
    }
}

impl Drop for Mailbox {
    fn drop(&mut self) {
        self.server.abort();
    }
}

trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

async fn serve(listener: TcpListener, tls: Tls, shared: Arc<Shared>) {
    // They end with it.
    let mut connections = JoinSet::new();
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        shared.connections.fetch_add(1, Ordering::SeqCst);
        let (tls, shared) = (tls.clone(), Arc::clone(&shared));
        connections.spawn(async move {
            if shared.misbehaviour() == Misbehaviour::Stall {
                std::future::pending::<()>().await;
            }
            // A client that goes away is nothing to complain about.
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

/// mailin knows the protocol; here are the bytes.
async fn converse(
    stream: Box<dyn Stream>,
    starttls: Option<TlsAcceptor>,
    shared: Arc<Shared>,
) -> std::io::Result<()> {
    let mut builder = SessionBuilder::new("mail.example.com");
    builder.enable_auth(mailin::AuthMechanism::Plain).insecure_enable_plaintext_auth();
    if starttls.is_some() {
        builder.enable_start_tls();
    }
    let mail = Arc::new(Mutex::new(Mail { encrypted: starttls.is_none(), ..Mail::default() }));
    let hand = Hand { shared: Arc::clone(&shared), mail: Arc::clone(&mail) };
    let mut session: Session<Hand> = builder.build(IpAddr::V4(Ipv4Addr::LOCALHOST), hand);
    let mut stream = BufStream::new(stream);
    stream.write_all(&session.greeting().buffer()?).await?;
    stream.flush().await?;
    let mut line = Vec::new();
    while stream.read_until(b'\n', &mut line).await? > 0 {
        let response = session.process(&std::mem::take(&mut line));
        if response.code == TAKEN && shared.misbehaviour() == Misbehaviour::HangUpAfterData {
            break;
        }
        stream.write_all(&response.buffer()?).await?;
        stream.flush().await?;
        match response.action {
            Action::Reply | Action::NoReply => {}
            Action::Close => break,
            Action::UpgradeTls => {
                let acceptor = starttls.clone().expect("STARTTLS was offered");
                let plain = stream.into_inner();
                let encrypted: Box<dyn Stream> = Box::new(acceptor.accept(plain).await?);
                stream = BufStream::new(encrypted);
                session.tls_active();
                mail.lock().unwrap().encrypted = true;
            }
        }
    }
    Ok(())
}

/// The reply to a mail, told from other replies by its second digit.
const TAKEN: u16 = 259;

impl Shared {
    fn misbehaviour(&self) -> Misbehaviour {
        *self.misbehaviour.lock().unwrap()
    }
}

/// Decides, and writes down the mail as it comes.
struct Hand {
    shared: Arc<Shared>,
    mail: Arc<Mutex<Mail>>,
}

impl Handler for Hand {
    fn mail(&mut self, _ip: IpAddr, _domain: &str, from: &str) -> Response {
        let mut mail = self.mail.lock().unwrap();
        *mail = Mail { from: from.to_owned(), encrypted: mail.encrypted, ..Mail::default() };
        reply(250, "go on")
    }

    fn rcpt(&mut self, to: &str) -> Response {
        // Real servers repeat the address; it must not get into an error.
        match self.shared.misbehaviour() {
            Misbehaviour::RefuseRecipient => reply(550, &format!("5.1.1 <{to}>: nobody here")),
            Misbehaviour::RefuseRecipientForNow => reply(451, &format!("4.2.1 <{to}>: busy")),
            _ => {
                self.mail.lock().unwrap().to.push(to.to_owned());
                reply(250, "go on")
            }
        }
    }

    fn data(&mut self, line: &[u8]) -> std::io::Result<()> {
        self.mail.lock().unwrap().source.extend(line);
        Ok(())
    }

    fn data_end(&mut self) -> Response {
        self.shared.arrivals.push(self.mail.lock().unwrap().clone());
        reply(TAKEN, "thank you")
    }

    fn auth_plain(&mut self, _: &str, _: &str, _: &str) -> Response {
        match self.shared.misbehaviour() {
            Misbehaviour::RefuseLogin => reply(535, "5.7.8 wrong password"),
            _ => reply(235, "welcome"),
        }
    }
}

fn reply(code: u16, text: &str) -> Response {
    Response::custom(code, text.to_owned())
}
