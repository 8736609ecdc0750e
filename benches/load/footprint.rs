//! How soon the service answers after its start, and how much memory it takes.

use std::time::{Duration, Instant};

use super::closed::Client;
use super::http::{Blocking, PATIENCE};
use super::options::Options;
use super::people;
use super::population::Population;
use super::process::{self, Process};
use super::reads::CONNECTIONS;
use super::series::Series;
use super::table::Target::{AtMost, Free};
use super::table::{Table, Unit};
use super::{Outcome, requests};

/// How many times the service is started.
const STARTS: usize = 5;
/// How many users are cached.
const CACHED: u64 = 100_000;
/// How many of them are cached before memory is first measured. By then, threads,
/// connections and buffers exist.
const BEFORE: u64 = 5_000;

/// Measures the time to the first reply, and the memory two seconds later.
pub(crate) async fn measure_starts(
    options: &Options,
    population: &Population,
    table: &mut Table,
) -> Outcome<()> {
    options.progress("starting the service, and leaving it idle");
    let (mut first_replies, mut idle) = (Series::default(), Series::default());
    for _ in 0..STARTS {
        let started = Instant::now();
        let service = process::service(&population.url(), &[])?;
        wait_until_ready(&service, started).await?;
        first_replies.push(started.elapsed().as_secs_f64() * 1e3);
        tokio::time::sleep(Duration::from_secs(2)).await;
        idle.push(service.resident_mib()?);
    }
    table.row("first reply after start", &first_replies, Unit::Millis, AtMost(100.0));
    table.row("memory, idle", &idle, Unit::Mib, AtMost(25.0));
    Ok(())
}

async fn wait_until_ready(service: &Process, started: Instant) -> Outcome<()> {
    let ready = requests::ready();
    loop {
        let mut connection = Blocking::open(service.address)?;
        let reply = connection.ask(&ready.nth(0))?;
        if reply.status == ready.status {
            return Ok(());
        }
        if started.elapsed() > PATIENCE {
            return connection.inbox().expect(ready.status, reply);
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

/// Measures the memory that cached users take.
pub(crate) async fn measure_cache(
    options: &Options,
    population: &Population,
    table: &mut Table,
) -> Outcome<()> {
    options.progress("GET /me of 100,000 different users, for the memory");
    let service = process::service(&population.url(), &["--cache-mib", "512"])?;
    let tokens = people::tokens(population.spread(CACHED));
    let (before, after) = tokens.split_at(BEFORE as usize);
    read_each(&service, before).await?;
    let resident = service.resident_mib()?;
    read_each(&service, after).await?;
    let added = (service.resident_mib()? - resident) * CACHED as f64 / (CACHED - BEFORE) as f64;
    let added = Series::from_iter([added]);
    table.row("memory, added by 100,000 cached users", &added, Unit::Mib, Free);
    Ok(())
}

async fn read_each(service: &Process, tokens: &[String]) -> Outcome<()> {
    let requests = tokens.len() as u64;
    let mut client = Client::open(service, &requests::get_me(tokens.to_vec()), CONNECTIONS).await?;
    let tally = client.ask(requests, Duration::from_secs(300)).await?;
    if tally.requests < requests {
        return Err(format!("only {} of {requests} users were read", tally.requests).into());
    }
    Ok(())
}
