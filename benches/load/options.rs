//! The command line.

use std::num::NonZero;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use clap::Parser;

/// Measures what the service costs under load, and prints a Markdown table.
///
/// Everything that is compared is measured in turns (A B A B …); the table shows
/// the median of all rounds and their spread.
#[derive(Debug, Parser)]
#[command(
    override_usage = "cargo bench --bench load -- [--rounds N] [--seconds N] [--skip-million]"
)]
pub(crate) struct Options {
    /// How often each thing is measured.
    #[arg(long, default_value = "7", value_name = "N")]
    pub(crate) rounds: NonZero<u32>,

    /// How long each round takes.
    #[arg(long, default_value = "2", value_name = "N")]
    seconds: NonZero<u32>,

    /// Leave out the database with a million users, which takes half a minute to fill and
    /// a gigabyte of disk; memory is then measured with a hundred thousand.
    #[arg(long)]
    pub(crate) skip_million: bool,

    /// What `cargo bench` passes.
    #[arg(long, hide = true)]
    bench: bool,

    /// Be the ceiling: answer everything with the reply in this file.
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

    /// Tells on standard error what is being done, and since when.
    pub(crate) fn progress(&self, step: &str) {
        eprintln!("{:>4}s  {step}", self.started.elapsed().as_secs());
    }
}
