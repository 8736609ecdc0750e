//! The HTTP server: HTTP/1.1 and HTTP/2 over TCP, with a graceful shutdown. No client can keep
//! a connection that it does not use (`activity` has the deadlines), or so many of them that
//! there are none for others (`connections` has the limits).
//!
//! It replaces the server of poem. That server can't time out a request head that never
//! ends. When the system is out of file descriptors, it loops without a pause. It also
//! wakes a task several times per request for its idle timeout. With that server, a
//! `GET /me` that is answered from memory took a third more processor time.

mod activity;
mod body;
mod connection;
mod connections;
mod descriptors;
mod settings;
mod stream;

use std::sync::Arc;
use std::time::Duration;

use hyper_util::rt::TokioExecutor;
use hyper_util::server::conn::auto::Builder;
use poem::Endpoint;
use tokio::net::TcpListener;
use tokio::sync::watch;

use connection::Connection;
use connections::Connections;
pub use descriptors::{RESERVED, make_room};
pub use settings::{ClientFilter, Settings};

/// The maximum number of bytes of the head of a request. hyper answers 431 to a larger one,
/// without a body. This is also the size of the pieces in which bodies are read and written.
const HEAD: usize = 16 * 1024;
/// The maximum number of concurrent requests per HTTP/2 connection of a client, each of which
/// takes about 4 KiB until its reply is read. RFC 9113, 6.5.2 recommends 100 or more, but
/// browsers load the pages with fewer.
const HTTP2_STREAMS: u32 = 16;
/// The same for a connection of a proxy, which carries the requests of many clients.
const HTTP2_STREAMS_OF_PROXIES: u32 = 100;
/// The maximum number of bytes that an HTTP/2 client may send before they are read, per
/// request and per connection.
const HTTP2_WINDOWS: [u32; 2] = [64 * 1024, 128 * 1024];
/// The maximum number of bytes of one HTTP/2 reply that wait to be sent.
const HTTP2_SEND_BUFFER: usize = 32 * 1024;
/// How long to wait after a connection can't be accepted. When the system is out of file
/// descriptors, only waiting helps.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Serves `app` on `listener` until `stop` resolves. After that, requests under way may
/// take `patience`.
pub async fn serve(
    listener: TcpListener,
    app: impl Endpoint + 'static,
    settings: Settings,
    stop: impl Future<Output = ()>,
    patience: Duration,
) {
    let app = Arc::new(app);
    let builders =
        [HTTP2_STREAMS, HTTP2_STREAMS_OF_PROXIES].map(|streams| Arc::new(builder(streams)));
    let connections = Arc::new(Connections::new(settings));
    let (stopping, stopped) = watch::channel(());
    tokio::pin!(stop);
    loop {
        let (stream, peer) = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    tracing::warn!(%error, "can't accept a connection");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                    continue;
                }
            },
            () = &mut stop => break,
        };
        // Dropping the stream of a connection that is refused closes it.
        let Some(place) = connections.admit(peer.ip()).await else { continue };
        let (number, deadlines) = (place.number(), connections.deadlines());
        let connection = Connection { stream, peer, place, deadlines, stopped: stopped.clone() };
        let [of_client, of_proxy] = &builders;
        let builder = if connection.place.is_of_proxy() { of_proxy } else { of_client };
        let task = connection.serve(Arc::clone(builder), Arc::clone(&app));
        connections.attach(number, tokio::spawn(task).abort_handle());
    }
    drop((listener, stopped));
    stopping.send_replace(());
    // Every connection holds a receiver until it ends.
    if tokio::time::timeout(patience, stopping.closed()).await.is_err() {
        tracing::warn!("the shutdown timeout has passed: requests under way were cut off");
    }
}

/// hyper gets no timer, because `activity` has all deadlines. A timer of hyper's would be set for
/// each request.
fn builder(http2_streams: u32) -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().max_buf_size(HEAD);
    let [stream, connection] = HTTP2_WINDOWS;
    builder
        .http2()
        .max_concurrent_streams(http2_streams)
        .max_header_list_size(HEAD as u32)
        .initial_stream_window_size(stream)
        .initial_connection_window_size(connection)
        .max_send_buf_size(HTTP2_SEND_BUFFER);
    builder
}
