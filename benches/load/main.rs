//! Measures the service under load, and prints one table.
//!
//! `cargo bench --bench load` measures everything in interleaved rounds and prints
//! a Markdown table. `docs/performance.md` says how to read it.

mod ceiling;
mod closed;
mod footprint;
mod http;
mod logins;
mod open;
mod options;
mod people;
mod population;
mod process;
mod reads;
mod requests;
mod rounds;
mod rows;
mod series;
mod sizes;
mod table;
mod writes;

use std::num::NonZero;
use std::process::ExitCode;
use std::thread::available_parallelism;

use clap::Parser as _;
use options::Options;
use table::Table;
use tokio::runtime::Builder;
use tokio::signal::ctrl_c;

/// An error in one sentence. It ends the measurement.
type Failure = Box<dyn std::error::Error + Send + Sync>;
type Outcome<T> = Result<T, Failure>;

fn main() -> ExitCode {
    let options = Options::parse();
    let done = match &options.ceiling {
        Some(reply) => ceiling::serve(reply),
        None => run(&options),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Runs the load generator on half of the cores: it needs about as much processor time as
/// the bare server, which runs on the same machine.
fn run(options: &Options) -> Outcome<()> {
    let threads = available_parallelism().map_or(1, NonZero::get).div_ceil(2);
    let runtime = Builder::new_multi_thread().worker_threads(threads).enable_all().build()?;
    runtime.block_on(async {
        tokio::select! {
            done = measure(options) => done,
            // Returning removes the directory with a gigabyte of databases.
            _ = ctrl_c() => Err("stopped".into()),
        }
    })
}

async fn measure(options: &Options) -> Outcome<()> {
    // Not in /tmp, which may be in memory: durable writes have to reach a disk.
    let directory = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let sizes = population::fill_all(options, directory.path()).await?;

    let mut table = Table::default();
    footprint::measure_starts(options, &sizes.thousand, &mut table).await?;
    reads::measure(options, directory.path(), &sizes.thousand, &mut table).await?;
    writes::measure(options, &sizes, &mut table).await?;
    logins::measure(options, &sizes.ten_thousand, &mut table).await?;
    logins::measure_storm(options, &sizes.ten_thousand, &mut table).await?;
    sizes::measure(options, &sizes, &mut table).await?;
    footprint::measure_cache(options, &sizes.largest, &mut table).await?;
    print(&table.to_string());
    Ok(())
}

#[expect(clippy::print_stdout, reason = "the table is the result")]
fn print(text: &str) {
    println!("{text}");
}
