//! Interleaved rounds: all targets that are compared meet the same noise.

use std::time::Duration;

use super::Outcome;
use super::closed::{Client, Tally};
use super::options::Options;
use super::process::Process;
use super::requests::Requests;
use super::series::Series;

/// The duration of one turn of a target. It is short, because the noise of a machine
/// changes within seconds. A round has many turns.
const TURN: Duration = Duration::from_millis(250);

/// The maximum time for warming up.
const WARM_UP: Duration = Duration::from_secs(60);

/// Something that is measured.
pub(crate) struct Target<'a> {
    server: &'a Process,
    requests: Requests,
    connections: u32,
    /// The number of requests before each round that do not count.
    warm: u64,
    rounds: Vec<Tally>,
}

impl<'a> Target<'a> {
    pub(crate) fn new(server: &'a Process, requests: Requests, connections: u32) -> Self {
        Self { server, requests, connections, warm: 0, rounds: Vec::new() }
    }

    /// Sends `warm` requests before each round that do not count.
    pub(crate) fn warmed(self, warm: u64) -> Self {
        Self { warm, ..self }
    }

    /// Measures one round of `time` without interruption.
    pub(crate) async fn round(&mut self, time: Duration) -> Outcome<()> {
        let tally = self.client().await?.ask(u64::MAX, time).await?;
        self.rounds.push(tally);
        Ok(())
    }

    /// Opens connections and warms them up.
    async fn client(&self) -> Outcome<Client<'a>> {
        let mut client = Client::open(self.server, &self.requests, self.connections).await?;
        client.ask(self.warm, WARM_UP).await?;
        Ok(client)
    }

    /// Requests per second.
    pub(crate) fn rates(&self) -> Series {
        self.rounds.iter().map(Tally::rate).collect()
    }

    /// Processor time of the server per request, in microseconds.
    pub(crate) fn cpu_micros(&self) -> Series {
        self.rounds.iter().map(Tally::cpu_micros).collect()
    }
}

/// Measures all targets in turns.
pub(crate) async fn interleave(options: &Options, targets: &mut [&mut Target<'_>]) -> Outcome<()> {
    let turns = options.round().div_duration_f64(TURN).ceil() as u32;
    for _ in 0..options.rounds.get() {
        let mut clients = Vec::new();
        for target in &*targets {
            clients.push((target.client().await?, Tally::default()));
        }
        for _ in 0..turns {
            for (client, tally) in &mut clients {
                *tally += client.ask(u64::MAX, TURN).await?;
            }
        }
        for (target, (_, tally)) in targets.iter_mut().zip(clients) {
            target.rounds.push(tally);
        }
    }
    Ok(())
}
