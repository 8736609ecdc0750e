//! The HTTP server: HTTP/1.1 and HTTP/2 over TCP, with a graceful shutdown.
//!
//! It replaces the server of poem. That server can't time out a request head that never
//! ends. When the system is out of file descriptors, it loops without a pause. It also
//! wakes a task several times per request for its idle timeout. With that server, a
//! `GET /me` that is answered from memory took a third more processor time.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use poem::http::uri::Scheme;
use poem::web::{LocalAddr, RemoteAddr};
use poem::{Addr, Endpoint, Request};
use tokio::net::{TcpListener, TcpStream};

/// How long a connection may wait for a complete request head, whether the head has begun
/// or not.
const HEAD_TIMEOUT: Duration = Duration::from_secs(75);
/// How often an HTTP/2 client has to answer a PING frame.
const HTTP2_PING: Duration = Duration::from_secs(75);
/// The maximum number of concurrent requests per HTTP/2 connection. RFC 9113, 6.5.2 asks
/// for 100 or more.
const HTTP2_STREAMS: u32 = 100;
/// The maximum number of bytes of the headers of an HTTP/2 request.
const HTTP2_HEADERS: u32 = 16 * 1024;
/// How long to wait after a connection can't be accepted. When the system is out of file
/// descriptors, only waiting helps.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Serves `app` on `listener` until `stop` resolves. After that, requests under way may
/// take `patience`.
pub async fn serve(
    listener: TcpListener,
    app: impl Endpoint + 'static,
    stop: impl Future<Output = ()>,
    patience: Duration,
) {
    let app = Arc::new(app);
    let builder = Arc::new(builder());
    let graceful = GracefulShutdown::new();
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
        // An error on a connection concerns only its client, so it is only logged for
        // debugging.
        let (app, builder, watcher) = (Arc::clone(&app), Arc::clone(&builder), graceful.watcher());
        tokio::spawn(async move {
            let Ok(local) = prepare(&stream) else { return };
            let service = service_fn(move |request| answer(Arc::clone(&app), request, local, peer));
            let connection = builder.serve_connection(TokioIo::new(stream), service);
            if let Err(error) = watcher.watch(connection).await {
                tracing::debug!(error, "a connection failed");
            }
        });
    }
    drop(listener);
    if tokio::time::timeout(patience, graceful.shutdown()).await.is_err() {
        tracing::warn!("the shutdown timeout has passed: requests under way were cut off");
    }
}

fn builder() -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(HEAD_TIMEOUT);
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(HTTP2_PING)
        .max_concurrent_streams(HTTP2_STREAMS)
        .max_header_list_size(HTTP2_HEADERS);
    builder
}

fn prepare(stream: &TcpStream) -> std::io::Result<SocketAddr> {
    // Replies are written whole, so the socket need not wait for more data.
    stream.set_nodelay(true)?;
    stream.local_addr()
}

async fn answer(
    app: Arc<impl Endpoint>,
    request: hyper::Request<Incoming>,
    local: SocketAddr,
    peer: SocketAddr,
) -> Result<
    hyper::Response<impl hyper::body::Body<Data = bytes::Bytes, Error = std::io::Error>>,
    Infallible,
> {
    let (local, peer) = (LocalAddr(Addr::SocketAddr(local)), RemoteAddr(Addr::SocketAddr(peer)));
    let request = Request::from((request, local, peer, Scheme::HTTP));
    Ok(hyper::Response::from(app.get_response(request).await))
}
