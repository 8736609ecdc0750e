//! How the number of users in the database changes the results.

use super::options::Options;
use super::population::{HOT, Population, Populations};
use super::process::{self, Process};
use super::reads::CONNECTIONS;
use super::rounds::{Target, interleave};
use super::table::Target::{AtLeast, Free};
use super::table::{Table, Unit};
use super::{Outcome, requests};

pub(crate) async fn measure(
    options: &Options,
    sizes: &Populations,
    table: &mut Table,
) -> Outcome<()> {
    options.progress("the same in larger databases");
    let small = Size::start(&sizes.thousand, "1,000")?;
    let medium = Size::start(&sizes.ten_thousand, "10,000")?;
    let large = sizes.million.as_ref().map(|million| Size::start(million, "1,000,000"));
    let large = large.transpose()?;

    let mut sizes: Vec<_> = [Some(&small), Some(&medium), large.as_ref()]
        .into_iter()
        .flatten()
        .map(Targets::of)
        .collect();
    // The operations are measured one after the other, because a read after a write is a miss.
    let mut hits: Vec<_> = sizes.iter_mut().map(|size| &mut size.hit).collect();
    interleave(options, &mut hits).await?;
    let mut misses: Vec<_> = sizes.iter_mut().map(|size| &mut size.miss).collect();
    interleave(options, &mut misses).await?;
    let mut patches: Vec<_> = sizes.iter_mut().map(|size| &mut size.patch).collect();
    interleave(options, &mut patches).await?;

    let Some((small, larger)) = sizes.split_first() else { return Ok(()) };
    for Targets { users, hit, patch, .. } in larger {
        let rates = hit.rates().against(&small.hit.rates());
        let what = format!("`GET /me`, hit: {users} users against 1,000, requests/s");
        table.row(&what, &rates, Unit::Ratio, AtLeast(0.9));
        let rates = patch.rates().against(&small.patch.rates());
        let what = format!("`PATCH /me`: {users} users against 1,000, requests/s");
        table.row(&what, &rates, Unit::Ratio, Free);
    }
    for Targets { users, miss, .. } in &sizes {
        let what = format!("`GET /me`, miss: {users} users, CPU per request");
        table.row(&what, &miss.cpu_micros(), Unit::Micros, Free);
    }
    Ok(())
}

/// The service over one database, with and without a cache.
struct Size {
    users: &'static str,
    tokens: Vec<String>,
    cached: Process,
    cacheless: Process,
}

impl Size {
    fn start(population: &Population, users: &'static str) -> Outcome<Self> {
        Ok(Self {
            users,
            tokens: population.hot_tokens(),
            cached: process::service(&population.url(), &[])?,
            cacheless: process::service(&population.url(), &["--cache-mib", "0"])?,
        })
    }
}

struct Targets<'a> {
    users: &'static str,
    hit: Target<'a>,
    miss: Target<'a>,
    patch: Target<'a>,
}

impl<'a> Targets<'a> {
    fn of(size: &'a Size) -> Self {
        let get_me = requests::get_me(size.tokens.clone());
        let patch_me = requests::patch_me(size.tokens.clone());
        Self {
            users: size.users,
            hit: Target::new(&size.cached, get_me.clone(), CONNECTIONS).warmed(HOT),
            miss: Target::new(&size.cacheless, get_me, CONNECTIONS).warmed(HOT),
            patch: Target::new(&size.cached, patch_me, CONNECTIONS).warmed(HOT),
        }
    }
}
