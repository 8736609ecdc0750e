//! `POST /login`, alone and beside `GET /me`.

use std::num::NonZero;
use std::thread::available_parallelism;
use std::time::{Duration, Instant};

use argon2::{Algorithm, Argon2, Block, Params, Version};
use tokio::task::JoinSet;

use super::closed::Client;
use super::open::{self, Latencies};
use super::options::Options;
use super::population::{HOT, Population};
use super::rounds::Target;
use super::series::Series;
use super::table::Target::{AtLeast, AtMost, Free};
use super::table::{Table, Unit};
use super::{Outcome, people, process, requests};

/// The number of connections that log in at once: more than the cores that hash.
const CONNECTIONS: u32 = 8;

/// Measures logins against the hashes that they need.
pub(crate) async fn measure(
    options: &Options,
    population: &Population,
    table: &mut Table,
) -> Outcome<()> {
    options.progress("POST /login against argon2id");
    let service = process::service(&population.url(), &[])?;
    let log_in = requests::log_in(population.cold_emails());
    let mut logins = Target::new(&service, log_in, CONNECTIONS).warmed(CONNECTIONS.into());
    let mut hashes = Series::default();
    for _ in 0..options.rounds.get() {
        logins.round(options.round()).await?;
        hashes.push(hash_rate(options.round()).await?);
    }
    table.row("`POST /login`: requests", &logins.rates(), Unit::PerSecond, Free);
    let ratio = logins.rates().against(&hashes);
    let what = "`POST /login`: requests/s against argon2id alone";
    table.row(what, &ratio, Unit::Ratio, AtLeast(0.9));
    Ok(())
}

/// Hashes per second, on as many cores as the service uses for hashing.
async fn hash_rate(time: Duration) -> Outcome<f64> {
    let cores = available_parallelism().map_or(1, NonZero::get);
    let started = Instant::now();
    let mut running = JoinSet::new();
    for _ in 0..(cores - 1).max(1) {
        running.spawn_blocking(move || hash_until(started + time));
    }
    let mut hashes = 0_u32;
    while let Some(thread) = running.join_next().await {
        hashes += thread??;
    }
    Ok(f64::from(hashes) / started.elapsed().as_secs_f64())
}

fn hash_until(end: Instant) -> Outcome<u32> {
    let params = Params::new(19_456, 2, 1, Some(32))?;
    let mut memory = vec![Block::default(); params.block_count()];
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let mut hashes = 0;
    while Instant::now() < end {
        let (password, salt, mut output) = (people::PASSWORD.as_bytes(), [0; 16], [0; 32]);
        argon2.hash_password_into_with_memory(password, &salt, &mut output, &mut memory)?;
        std::hint::black_box(output);
        hashes += 1;
    }
    Ok(hashes)
}

/// Measures how long `GET /me` takes while other users log in.
pub(crate) async fn measure_storm(
    options: &Options,
    population: &Population,
    table: &mut Table,
) -> Outcome<()> {
    options.progress("GET /me at 1,000 requests/s, with and without a storm of logins");
    let service = process::service(&population.url(), &[])?;
    let get_me = requests::get_me(population.hot_tokens());
    // A login changes its user, so the users who log in are not those of `GET /me`.
    let log_in = requests::log_in(population.cold_emails());
    let mut others = Client::open(&service, &log_in, CONNECTIONS).await?;
    Client::open(&service, &get_me, 1).await?.ask(HOT, Duration::from_secs(60)).await?;

    let (mut calm, mut storm) = (Latency::default(), Latency::default());
    for _ in 0..options.rounds.get() {
        calm.push(&open::ask(&service, &get_me, options.round()).await?);

        // The storm begins before the first request that counts, and ends after the last.
        let margin = Duration::from_millis(500);
        let measured = async {
            tokio::time::sleep(margin).await;
            open::ask(&service, &get_me, options.round()).await
        };
        let storming = others.ask(u64::MAX, options.round() + 2 * margin);
        let (latencies, _) = tokio::try_join!(measured, storming)?;
        storm.push(&latencies);
    }
    table.row("`GET /me` at 1,000/s: p50", &calm.p50, Unit::Millis, Free);
    table.row("`GET /me` at 1,000/s: p99", &calm.p99, Unit::Millis, Free);
    table.row("… in a storm of logins: p50", &storm.p50, Unit::Millis, Free);
    table.row("… in a storm of logins: p99", &storm.p99, Unit::Millis, Free);
    table.row("… p50 against no storm", &storm.p50.against(&calm.p50), Unit::Ratio, Free);
    table.row("… p99 against no storm", &storm.p99.against(&calm.p99), Unit::Ratio, AtMost(2.0));
    let p99 = storm.server_p99.against(&calm.server_p99);
    table.row("… p99 against no storm, without the generator's own delay", &p99, Unit::Ratio, Free);
    Ok(())
}

/// The latencies of each round, in milliseconds.
#[derive(Default)]
struct Latency {
    p50: Series,
    p99: Series,
    /// The p99 without the delays of the generator.
    server_p99: Series,
}

impl Latency {
    fn push(&mut self, latencies: &Latencies) {
        self.p50.push(latencies.since_due(0.5));
        self.p99.push(latencies.since_due(0.99));
        self.server_p99.push(latencies.since_sent(0.99));
    }
}
