//! `PATCH /me`: the change is durable when the reply arrives.

use super::options::Options;
use super::population::Populations;
use super::reads::CONNECTIONS;
use super::rounds::{Target, interleave};
use super::table::Target::{AtLeast, Free};
use super::table::{Table, Unit};
use super::{Outcome, people, process, requests};

pub(crate) async fn measure(
    options: &Options,
    sizes: &Populations,
    table: &mut Table,
) -> Outcome<()> {
    options.progress("PATCH /me, with and without sharing commits");
    let sharing = process::service(&sizes.thousand.url(), &[])?;
    let alone = process::service(&sizes.thousand_again.url(), &["--commit-batch", "1"])?;
    // Each connection changes a user of its own.
    let users = || people::tokens(0..u64::from(CONNECTIONS));
    let mut sharing = Target::new(&sharing, requests::patch_me(users()), CONNECTIONS);
    let mut alone = Target::new(&alone, requests::patch_me(users()), CONNECTIONS);
    interleave(options, &mut [&mut sharing, &mut alone]).await?;

    table.row("`PATCH /me`: requests", &sharing.rates(), Unit::PerSecond, Free);
    table.row("`PATCH /me`: CPU per request", &sharing.cpu_micros(), Unit::Micros, Free);
    let ratio = sharing.rates().against(&alone.rates());
    let what = "`PATCH /me`: requests/s against one commit each";
    table.row(what, &ratio, Unit::Ratio, AtLeast(4.0));
    Ok(())
}
