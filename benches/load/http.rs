//! The part of HTTP/1.1 that a load generator needs.

use std::cmp::Ordering;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use super::{Failure, Outcome};

/// The maximum number of bytes of a reply.
const MAX_REPLY_BYTES: usize = 16 * 1024;

/// The maximum time until a reply.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// Appends a request in the form that a common client writes.
pub(crate) fn write(
    out: &mut Vec<u8>,
    (method, path): (&str, &str),
    token: Option<&str>,
    body: Option<&str>,
) {
    let mut push = |text: &str| out.extend_from_slice(text.as_bytes());
    push(method);
    push(" ");
    push(path);
    push(" HTTP/1.1\r\nHost: localhost\r\nUser-Agent: load/1\r\nAccept: */*\r\n");
    if let Some(token) = token {
        push("Authorization: Bearer ");
        push(token);
        push("\r\n");
    }
    if let Some(body) = body {
        push("Content-Type: application/json\r\nContent-Length: ");
        push(&body.len().to_string());
        push("\r\n");
    }
    push("\r\n");
    push(body.unwrap_or_default());
}

/// A complete reply.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    length: usize,
}

/// The bytes that have arrived on a connection.
pub(crate) struct Inbox {
    buffer: Vec<u8>,
    filled: usize,
}

impl Inbox {
    pub(crate) fn new() -> Self {
        Self { buffer: vec![0; MAX_REPLY_BYTES], filled: 0 }
    }

    /// The space for the next bytes.
    pub(crate) fn space(&mut self) -> &mut [u8] {
        self.buffer.get_mut(self.filled..).unwrap_or_default()
    }

    /// Adds `count` bytes that arrived. Returns the reply once it is complete.
    pub(crate) fn arrived(&mut self, count: usize) -> Outcome<Option<Reply>> {
        if count == 0 {
            return Err("a server closed the connection, or its reply is too large".into());
        }
        self.filled += count;
        let arrived = self.buffer.get(..self.filled).unwrap_or_default();
        let mut headers = [httparse::EMPTY_HEADER; 32];
        let mut reply = httparse::Response::new(&mut headers);
        let httparse::Status::Complete(head) = reply.parse(arrived)? else { return Ok(None) };
        let mut headers = reply.headers.iter();
        let length = headers.find(|header| header.name.eq_ignore_ascii_case("content-length"));
        let length = length.ok_or("a reply has no Content-Length")?.value;
        let length = head + std::str::from_utf8(length)?.parse::<usize>()?;
        let reply = Reply { status: reply.code.unwrap_or_default(), length };
        match self.filled.cmp(&length) {
            Ordering::Less => Ok(None),
            Ordering::Equal => {
                self.filled = 0;
                Ok(Some(reply))
            }
            Ordering::Greater => Err("a server sent more than one reply".into()),
        }
    }

    /// The head and the body of the last reply, unchanged.
    pub(crate) fn bytes(&self, reply: Reply) -> &[u8] {
        self.buffer.get(..reply.length).unwrap_or_default()
    }

    /// Fails if the reply has another status.
    pub(crate) fn expect(&self, status: u16, reply: Reply) -> Outcome<()> {
        if reply.status == status {
            return Ok(());
        }
        let text = String::from_utf8_lossy(self.bytes(reply));
        Err(Failure::from(format!("expected {status}, but the reply is:\n{text}")))
    }
}

/// A connection that blocks its thread.
pub(crate) struct Blocking {
    stream: TcpStream,
    inbox: Inbox,
}

impl Blocking {
    pub(crate) fn open(address: SocketAddr) -> Outcome<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        Ok(Self { stream, inbox: Inbox::new() })
    }

    /// Sends one request and waits for the reply.
    pub(crate) fn ask(&mut self, request: &[u8]) -> Outcome<Reply> {
        self.stream.write_all(request)?;
        loop {
            let count = self.stream.read(self.inbox.space())?;
            if let Some(reply) = self.inbox.arrived(count)? {
                return Ok(reply);
            }
        }
    }

    /// The bytes that have arrived.
    pub(crate) fn inbox(&self) -> &Inbox {
        &self.inbox
    }
}
