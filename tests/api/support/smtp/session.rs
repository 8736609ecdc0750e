//! One SMTP session: mailin implements the protocol, and this file moves the bytes.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Arc, Mutex};

use mailin::{Action, Handler, Response, Session, SessionBuilder};
use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufStream};
use tokio_rustls::TlsAcceptor;

use super::{Misbehaviour, Shared};
use crate::support::mail::Mail;

pub(super) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// Serves one connection until it ends.
pub(super) async fn converse(
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
    let handler = MailHandler { shared: Arc::clone(&shared), mail: Arc::clone(&mail) };
    let mut session: Session<MailHandler> = builder.build(IpAddr::V4(Ipv4Addr::LOCALHOST), handler);
    let mut stream = BufStream::new(stream);
    stream.write_all(&session.greeting().buffer()?).await?;
    stream.flush().await?;
    let mut line = Vec::new();
    while stream.read_until(b'\n', &mut line).await? > 0 {
        let response = session.process(&std::mem::take(&mut line));
        if response.code == ACCEPTED && shared.misbehaviour() == Misbehaviour::HangUpAfterData {
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

/// The code of the reply to an accepted mail. No other reply has it.
const ACCEPTED: u16 = 259;

/// Accepts or refuses a mail, and stores its lines as they arrive.
struct MailHandler {
    shared: Arc<Shared>,
    mail: Arc<Mutex<Mail>>,
}

impl Handler for MailHandler {
    fn mail(&mut self, _ip: IpAddr, _domain: &str, from: &str) -> Response {
        let mut mail = self.mail.lock().unwrap();
        *mail = Mail { from: from.to_owned(), encrypted: mail.encrypted, ..Mail::default() };
        reply(250, "go on")
    }

    fn rcpt(&mut self, to: &str) -> Response {
        // Real servers repeat the address. The application must not copy it into an error.
        match self.shared.misbehaviour() {
            Misbehaviour::RefuseRecipient => reply(550, &format!("5.1.1 <{to}>: no such mailbox")),
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
        reply(ACCEPTED, "thank you")
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
