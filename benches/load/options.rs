//! The command line.

use std::num::NonZero;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use clap::Parser;

/// Measures what the service costs under load, and prints a Markdown table.
///
/// Things that are compared are measured in turns (A B A B …). The table shows the
/// median of all rounds and their spread.
#[derive(Debug, Parser)]
#[command(
    override_usage = "cargo bench --bench load -- [--rounds N] [--seconds N] [--skip-million]"
)]
pub(crate) struct Options {
    /// How many rounds are measured.
    #[arg(long, default_value = "7", value_name = "N")]
    pub(crate) rounds: NonZero<u32>,

    /// How long each round takes.
    #[arg(long, default_value = "2", value_name = "N")]
    seconds: NonZero<u32>,

    /// Leave out the database with a million users, which takes half a minute to fill and
    /// a gigabyte of disk. Memory is then measured with a hundred thousand users.
    #[arg(long)]
    pub(crate) skip_million: bool,

    /// The flag that `cargo bench` passes.
    #[arg(long, hide = true)]
    bench: bool,

    /// Serve as the ceiling: answer every request with the reply in this file.
    #[arg(long, hide = true, value_name = "FILE")]
    pub(crate) ceiling: Option<PathBuf>,

    #[arg(skip = Instant::now())]
    started: Instant,
}

impl Options {
    /// How long one round takes.
    pub(crate) fn round(&self) -> Duration {
        Duration::from_secs(self.seconds.get().into())
    }

    /// Writes the current step and the elapsed time to standard error.
    pub(crate) fn progress(&self, step: &str) {
        eprintln!("{:>4}s  {step}", self.started.elapsed().as_secs());
    }
}
