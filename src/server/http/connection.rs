//! Serving one connection.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use hyper::Version;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use poem::http::uri::Scheme;
use poem::web::{LocalAddr, RemoteAddr};
use poem::{Addr, Endpoint, Request};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

use super::activity::{Deadlines, Overdue, UnderWay};
use super::body::ReplyBody;
use super::connections::Place;
use super::stream::Stream;

/// How long an HTTP/2 client that was told of the end of the connection may take to end it.
const GOODBYE: Duration = Duration::from_secs(1);
/// How long a connection without a request stays open when the server stops, so that a request
/// that is on its way still gets its reply.
const DRAIN: Duration = Duration::from_millis(100);

/// A connection that was accepted.
pub(super) struct Connection {
    pub(super) stream: TcpStream,
    pub(super) peer: SocketAddr,
    pub(super) place: Place,
    pub(super) deadlines: Deadlines,
    /// Changes when the server stops.
    pub(super) stopped: watch::Receiver<()>,
}

impl Connection {
    /// Serves until the client ends the connection, a deadline passes, or the server stops.
    pub(super) async fn serve(
        self,
        builder: Arc<Builder<TokioExecutor>>,
        app: Arc<impl Endpoint + 'static>,
    ) {
        let Self { stream, peer, place, mut deadlines, mut stopped } = self;
        let activity = place.activity();
        let Ok((stream, local)) = Stream::new(stream, Arc::clone(activity)) else { return };
        let addresses = (LocalAddr(Addr::SocketAddr(local)), RemoteAddr(Addr::SocketAddr(peer)));
        let service = service_fn(|request: hyper::Request<Incoming>| {
            let under_way = activity.begin(request.version() == Version::HTTP_2);
            let (local, remote) = addresses.clone();
            let request = Request::from((request, local, remote, Scheme::HTTP));
            // Boxed, so that a reply that is not read does not keep the memory of its request.
            Box::pin(answer(Arc::clone(&app), request, under_way))
        });
        let connection = builder.serve_connection(TokioIo::new(stream), service);
        tokio::pin!(connection);
        let timer = sleep_until(Instant::now());
        tokio::pin!(timer);
        let stop = stopped.changed();
        tokio::pin!(stop);
        let (mut is_stopping, mut said_goodbye) = (false, false);
        loop {
            tokio::select! {
                biased;
                ended = &mut connection => {
                    // An error concerns only this client.
                    if let Err(error) = ended {
                        tracing::debug!(error, "a connection failed");
                    }
                    return;
                }
                () = &mut timer => match activity.check(&deadlines, Instant::now()) {
                    Ok(next) => timer.as_mut().reset(next),
                    Err(Overdue::Request) if activity.needs_goodbye() && !said_goodbye => {
                        said_goodbye = true;
                        place.count_timeout();
                        connection.as_mut().graceful_shutdown();
                        timer.as_mut().reset(Instant::now() + GOODBYE);
                    }
                    Err(overdue) => {
                        if !said_goodbye {
                            place.count_timeout();
                        }
                        if overdue == Overdue::Reader {
                            activity.abandon();
                        }
                        tracing::debug!(?overdue, "a connection is closed");
                        return;
                    }
                },
                _ = &mut stop, if !is_stopping => {
                    is_stopping = true;
                    connection.as_mut().graceful_shutdown();
                    // A client that never completes its request, or of HTTP/2 that does nothing
                    // after the GOAWAY, does not hold the server up. The end of a reply may still
                    // be on its way.
                    said_goodbye = true;
                    deadlines = Deadlines { head: DRAIN, keep_alive: GOODBYE, ..deadlines };
                    timer.as_mut().reset(Instant::now() + DRAIN);
                }
            }
        }
    }
}

async fn answer(
    app: Arc<impl Endpoint>,
    request: Request,
    under_way: UnderWay,
) -> Result<hyper::Response<ReplyBody>, Infallible> {
    let response = hyper::Response::from(app.get_response(request).await);
    Ok(response.map(|body| ReplyBody::new(body, under_way.send())))
}
