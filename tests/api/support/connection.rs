//! A connection on which a test sends the bytes that it wants.

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;

/// The longest time that a test waits for something that should happen at once or after a
/// deadline of a fraction of a second.
const PATIENCE: Duration = Duration::from_secs(20);

/// The first bytes of a connection of HTTP/2, with empty settings.
pub(crate) const HTTP2: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";

/// A connection to an application under test.
pub(crate) struct Connection(TcpStream);

impl Connection {
    /// Connects to the server at `base`, which begins with `http://`.
    pub(crate) async fn open(base: &str) -> Self {
        let address = base.trim_start_matches("http://");
        Self(TcpStream::connect(address).await.unwrap())
    }

    /// The same, for a client whose system takes few bytes that the client does not read.
    pub(crate) async fn open_small(base: &str) -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(4096).unwrap();
        let address = base.trim_start_matches("http://").parse().unwrap();
        Self(socket.connect(address).await.unwrap())
    }

    pub(crate) async fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.0.write_all(bytes.as_ref()).await.unwrap();
    }

    /// Sends bytes, and returns whether the connection takes them.
    pub(crate) async fn try_send(&mut self, bytes: impl AsRef<[u8]>) -> bool {
        self.0.write_all(bytes.as_ref()).await.is_ok()
    }

    /// Everything that arrives until the server ends the connection.
    pub(crate) async fn rest(&mut self) -> Vec<u8> {
        let mut bytes = Vec::new();
        // A connection that is cut off ends, too.
        let end = timeout(PATIENCE, self.0.read_to_end(&mut bytes)).await;
        let _ = end.expect("the server does not end the connection");
        bytes
    }

    /// Waits until the server cuts the connection off, without reading from it.
    pub(crate) async fn is_cut_off(&self) {
        let error = timeout(PATIENCE, self.0.ready(tokio::io::Interest::ERROR)).await;
        error.expect("the server does not cut the connection off").unwrap();
    }

    /// The head of a reply, and as much of its body as comes with it.
    pub(crate) async fn reply(&mut self) -> String {
        let mut bytes = Vec::new();
        while !bytes.windows(4).any(|end| end == b"\r\n\r\n") {
            let count = timeout(PATIENCE, self.0.read_buf(&mut bytes)).await;
            assert!(count.expect("there is no reply").unwrap() > 0, "the connection has ended");
        }
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// The type and the payload of the next frame of HTTP/2, or `None` when the server has ended
    /// the connection.
    pub(crate) async fn frame(&mut self) -> Option<(u8, Vec<u8>)> {
        let mut head = [0; 9];
        let read = timeout(PATIENCE, self.0.read_exact(&mut head)).await;
        read.expect("there is no frame").ok()?;
        let [_, high, low, kind, ..] = head;
        let mut payload = vec![0; usize::from(high) << 8 | usize::from(low)];
        let read = timeout(PATIENCE, self.0.read_exact(&mut payload)).await;
        read.expect("the frame does not end").ok()?;
        Some((kind, payload))
    }
}

/// The bytes of a frame of HTTP/2.
pub(crate) fn frame(kind: u8, flags: u8, stream: u8, payload: &[u8]) -> Vec<u8> {
    let length = u8::try_from(payload.len()).unwrap();
    [&[0, 0, length, kind, flags, 0, 0, 0, stream], payload].concat()
}
