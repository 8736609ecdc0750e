//! The command line of the current-user service.

use std::io::{ErrorKind, IsTerminal as _, Write as _};
use std::num::NonZero;
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser as _;
use current_user::api::Document;
use current_user::cli::{Cli, Command, LogFormat, MigrateAction, ServeArgs, UsersAction, users};
use current_user::metrics::Metrics;
use current_user::server;
use current_user::store::{Options, Store};
use tracing_subscriber::EnvFilter;

type Failure = Box<dyn std::error::Error>;

/// The database options of every command except `serve`. Such a command may wait longer for the
/// database than a request. It has no other work that could share a commit.
fn command_options() -> Options {
    let (patience, batch) = (Duration::from_secs(30), NonZero::<usize>::MIN);
    Options { patience, batch, metrics: Metrics::default(), observer: None }
}

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    let done = match cli.command.unwrap_or(Command::Serve(cli.serve)) {
        Command::Serve(args) => serve(*args).await,
        Command::Openapi => openapi(),
        Command::Migrate(action) => migrate(action).await,
        Command::Users(action) => users(*action).await,
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn serve(args: ServeArgs) -> Result<(), Failure> {
    write_log(args.log.clone(), args.log_format);
    // A panic is logged with its request and its location, but without its message, because
    // the message may contain personal data or secrets.
    std::panic::set_hook(Box::new(|panic| {
        tracing::error!(location = panic.location().map(ToString::to_string), "panicked");
    }));
    Ok(server::serve(args, print).await?)
}

/// Writes the log to standard error from now on.
fn write_log(filter: EnvFilter, format: LogFormat) {
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    match format {
        LogFormat::Text => log.init(),
        LogFormat::Json => log.json().init(),
    }
}

fn openapi() -> Result<(), Failure> {
    write(&Document::new()?.yaml)
}

async fn migrate(action: MigrateAction) -> Result<(), Failure> {
    let (MigrateAction::Up(database)
    | MigrateAction::Down { database, .. }
    | MigrateAction::Status(database)) = &action;
    if let MigrateAction::Down { yes: false, .. } = action {
        return Err(
            "reverting a migration removes tables and columns with their data, and nothing was \
            reverted; stop the service, make a backup, and pass --yes"
                .into(),
        );
    }
    let store = Store::connect(&database.url()?, command_options()).await?;
    match action {
        MigrateAction::Up(_) => {
            for name in store.migrate_up().await? {
                print(&format!("{name}: applied"));
            }
        }
        MigrateAction::Down { steps, .. } => {
            for name in store.migrate_down(steps).await? {
                print(&format!("{name}: reverted"));
            }
        }
        MigrateAction::Status(_) => {
            for (name, applied) in store.migration_status().await? {
                print(&format!("{name}: {}", if applied { "applied" } else { "pending" }));
            }
        }
    }
    Ok(store.close().await?)
}

async fn users(action: UsersAction) -> Result<(), Failure> {
    write_log(action.common().log.clone(), action.common().log_format);
    let users::Report { output, note } = users::run(action, command_options()).await?;
    write(&output)?;
    if let Some(note) = note {
        eprintln!("{note}");
    }
    Ok(())
}

fn write(text: &str) -> Result<(), Failure> {
    match std::io::stdout().write_all(text.as_bytes()) {
        // The reader of the output, such as `head`, has stopped reading.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        result => Ok(result?),
    }
}

#[expect(clippy::print_stdout, reason = "the output of a command goes to standard output")]
fn print(text: &str) {
    println!("{text}");
}
