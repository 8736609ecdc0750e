//! A closed loop: every connection sends its next request when it has the reply.

use std::net::SocketAddr;
use std::ops::AddAssign;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::Outcome;
use super::http::{Inbox, PATIENCE};
use super::process::Process;
use super::requests::Requests;

/// The number of requests and the time that they took.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Tally {
    /// The number of requests that were answered.
    pub(crate) requests: u64,
    seconds: f64,
    /// The processor time of the server.
    cpu_seconds: f64,
}

impl Tally {
    /// Requests per second.
    pub(crate) fn rate(&self) -> f64 {
        self.requests as f64 / self.seconds
    }

    /// Processor time of the server per request, in microseconds.
    pub(crate) fn cpu_micros(&self) -> f64 {
        self.cpu_seconds * 1e6 / self.requests as f64
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.requests += other.requests;
        self.seconds += other.seconds;
        self.cpu_seconds += other.cpu_seconds;
    }
}

/// Connections to one server that send the same requests.
pub(crate) struct Client<'a> {
    server: &'a Process,
    requests: Requests,
    connections: Vec<Connection>,
}

impl<'a> Client<'a> {
    pub(crate) async fn open(
        server: &'a Process,
        requests: &Requests,
        connections: u32,
    ) -> Outcome<Self> {
        let mut client = Self { server, requests: requests.clone(), connections: Vec::new() };
        for first in 0..connections {
            let connection = Connection::open(server.address, first, connections).await?;
            client.connections.push(connection);
        }
        Ok(client)
    }

    /// Sends requests for `time`, but at most the first `most` ones.
    pub(crate) async fn ask(&mut self, most: u64, time: Duration) -> Outcome<Tally> {
        let cpu = self.server.cpu_seconds()?;
        let started = Instant::now();
        let mut running = JoinSet::new();
        for connection in self.connections.drain(..) {
            running.spawn(connection.repeat(self.requests.clone(), most, started + time));
        }
        let all = async {
            let mut requests = 0;
            while let Some(done) = running.join_next().await {
                let (connection, answered) = done??;
                self.connections.push(connection);
                requests += answered;
            }
            Outcome::Ok(requests)
        };
        let requests = timeout(time + PATIENCE, all).await;
        let requests = requests.map_err(|_| "a server does not answer")??;
        let seconds = started.elapsed().as_secs_f64();
        Ok(Tally { requests, seconds, cpu_seconds: self.server.cpu_seconds()? - cpu })
    }
}

struct Connection {
    stream: TcpStream,
    inbox: Inbox,
    /// The number of the next request.
    next: u64,
    /// The difference between the numbers of two requests.
    step: u64,
}

impl Connection {
    async fn open(address: SocketAddr, first: u32, connections: u32) -> Outcome<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let (next, step) = (first.into(), connections.into());
        Ok(Self { stream, inbox: Inbox::new(), next, step })
    }

    async fn repeat(
        mut self,
        requests: Requests,
        most: u64,
        until: Instant,
    ) -> Outcome<(Self, u64)> {
        let mut request = Vec::new();
        let mut answered = 0;
        while self.next < most && Instant::now() < until {
            request.clear();
            requests.write(self.next, &mut request);
            self.stream.write_all(&request).await?;
            let reply = loop {
                let count = self.stream.read(self.inbox.space()).await?;
                if let Some(reply) = self.inbox.arrived(count)? {
                    break reply;
                }
            };
            self.inbox.expect(requests.status, reply)?;
            answered += 1;
            self.next += self.step;
        }
        Ok((self, answered))
    }
}
