//! An open loop: requests are sent when they are due, even if the server has not answered
//! the previous ones.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use super::Outcome;
use super::http::Blocking;
use super::process::Process;
use super::requests::Requests;
use super::series::quantile;

const CONNECTIONS: u32 = 16;
/// The time between two requests on one connection: 1,000 requests/s on all of them.
const INTERVAL: Duration = Duration::from_millis(16);

/// The latencies of requests, in milliseconds.
#[derive(Debug, Default)]
pub(crate) struct Latencies {
    /// The time since a request was due. A late reply delays the requests that wait behind
    /// it. But the threads of the generator may be late as well.
    since_due: Vec<f64>,
    /// The same without delays of the generator: if the connection was free when the
    /// request was due, the time since it was sent.
    since_sent: Vec<f64>,
}

impl Latencies {
    /// The latency that a share of all requests did not exceed.
    pub(crate) fn since_due(&self, share: f64) -> f64 {
        quantile(&self.since_due, share)
    }

    /// The same without delays of the generator.
    pub(crate) fn since_sent(&self, share: f64) -> f64 {
        quantile(&self.since_sent, share)
    }
}

/// Sends requests at a fixed rate for `time`.
pub(crate) async fn ask(
    server: &Process,
    requests: &Requests,
    time: Duration,
) -> Outcome<Latencies> {
    let started = Instant::now() + Duration::from_millis(20);
    let mut running = JoinSet::new();
    for connection in 0..CONNECTIONS {
        let (address, requests) = (server.address, requests.clone());
        let first = started + INTERVAL * connection / CONNECTIONS;
        // Each connection has a thread, because the timer of the runtime is only accurate
        // to a millisecond.
        running.spawn_blocking(move || repeat(address, &requests, connection, first, time));
    }
    let mut all = Latencies::default();
    while let Some(connection) = running.join_next().await {
        let Latencies { since_due, since_sent } = connection??;
        all.since_due.extend(since_due);
        all.since_sent.extend(since_sent);
    }
    all.since_due.sort_by(f64::total_cmp);
    all.since_sent.sort_by(f64::total_cmp);
    Ok(all)
}

fn repeat(
    address: SocketAddr,
    requests: &Requests,
    connection: u32,
    first: Instant,
    time: Duration,
) -> Outcome<Latencies> {
    let mut stream = Blocking::open(address)?;
    let mut latencies = Latencies::default();
    let mut due = first;
    let mut nth = u64::from(connection);
    while due < first + time {
        let request = requests.nth(nth);
        let wait = due.saturating_duration_since(Instant::now());
        std::thread::sleep(wait);
        let sent = if wait.is_zero() { due } else { Instant::now() };
        let reply = stream.ask(&request)?;
        latencies.since_due.push(due.elapsed().as_secs_f64() * 1e3);
        latencies.since_sent.push(sent.elapsed().as_secs_f64() * 1e3);
        stream.inbox().expect(requests.status, reply)?;
        due += INTERVAL;
        nth += u64::from(CONNECTIONS);
    }
    Ok(latencies)
}
