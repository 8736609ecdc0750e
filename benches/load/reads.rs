//! `GET /me`, answered from the cache, from the database, and with 401.

use std::path::Path;

use super::options::Options;
use super::people;
use super::population::{HOT, Population};
use super::rounds::{Target, interleave};
use super::table::Target::{AtLeast, AtMost, Free};
use super::table::{Table, Unit};
use super::{Outcome, ceiling, process, requests};

/// The number of connections that send requests at once.
pub(crate) const CONNECTIONS: u32 = 32;

pub(crate) async fn measure(
    options: &Options,
    directory: &Path,
    population: &Population,
    table: &mut Table,
) -> Outcome<()> {
    options.progress("GET /me against the ceiling");
    let get_me = requests::get_me(population.hot_tokens());
    let service = process::service(&population.url(), &[])?;
    let logging = process::service_with_log(&population.url())?;
    let cacheless = process::service(&population.url(), &["--cache-mib", "0"])?;
    let ceiling = ceiling::over(&service, &get_me, directory)?;

    let mut top = Target::new(&ceiling, get_me.clone(), CONNECTIONS).warmed(HOT);
    let mut hit = Target::new(&service, get_me.clone(), CONNECTIONS).warmed(HOT);
    let mut logged = Target::new(&logging, get_me.clone(), CONNECTIONS).warmed(HOT);
    let mut miss = Target::new(&cacheless, get_me, CONNECTIONS).warmed(HOT);
    let anonymous = requests::get_me_refused(Vec::new());
    let mut anonymous = Target::new(&service, anonymous, CONNECTIONS).warmed(HOT);
    let strangers = requests::get_me_refused(people::strangers(HOT));
    let mut strangers = Target::new(&service, strangers, CONNECTIONS).warmed(HOT);
    interleave(
        options,
        &mut [&mut top, &mut hit, &mut logged, &mut miss, &mut anonymous, &mut strangers],
    )
    .await?;

    table.row("the ceiling: requests", &top.rates(), Unit::PerSecond, Free);
    table.row("the ceiling: CPU per request", &top.cpu_micros(), Unit::Micros, Free);
    let rows = [
        ("`GET /me`, hit", &hit, (AtLeast(0.8), Free, AtMost(1.5))),
        ("`GET /me`, hit, a log line each", &logged, (Free, Free, Free)),
        ("`GET /me`, miss", &miss, (Free, AtMost(150.0), Free)),
        ("`GET /me` without a token, 401", &anonymous, (Free, Free, Free)),
        ("`GET /me` with a token of no session, 401", &strangers, (Free, Free, Free)),
    ];
    for (what, target, (rate, micros, cpu)) in rows {
        let rates = target.rates().against(&top.rates());
        table.row(&format!("{what}: requests/s against the ceiling"), &rates, Unit::Ratio, rate);
        let cpus = target.cpu_micros();
        table.row(&format!("{what}: CPU per request"), &cpus, Unit::Micros, micros);
        let cpus = cpus.against(&top.cpu_micros());
        table.row(&format!("{what}: CPU against the ceiling"), &cpus, Unit::Ratio, cpu);
    }
    Ok(())
}
