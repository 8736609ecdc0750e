//! Serving: from a configuration to replies, and to a clean end.

use std::net::SocketAddr;
use std::num::NonZero;
use std::sync::Arc;
use std::thread::available_parallelism;

use poem::listener::{Acceptor as _, Listener as _, TcpListener};
use poem::{Endpoint, Server};
use tokio::signal::unix::{SignalKind, signal};

use crate::account::{Context, PasswordHasher};
use crate::api::Settings;
use crate::clock::SystemClock;
use crate::config::ServeArgs;
use crate::demo::Demo;
use crate::random::SystemRandom;
use crate::store::{ConnectError, DatabaseUrl, Store};

/// Why the server did not start, or did not end well. One line, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The configuration makes no sense.
    #[error("{0}")]
    Config(String),
    /// The database can't be opened.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// A migration failed.
    #[error("can't bring the schema of {0} up to date: {1}")]
    Migrate(String, sea_orm::DbErr),
    /// The address can't be listened on.
    #[error("can't listen on {0}: {1}; choose another address with --listen")]
    Listen(SocketAddr, std::io::Error),
    /// The demo could not be set up.
    #[error("can't set up the demo: {0}")]
    Demo(Box<dyn std::error::Error + Send + Sync>),
    /// Anything else.
    #[error("can't serve: {0}")]
    Other(Box<dyn std::error::Error + Send + Sync>),
}

impl ServeError {
    fn other(error: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self::Other(Box::new(error))
    }
}

/// Serves until SIGTERM or Ctrl-C, then lets the requests under way finish.
/// Hands the start-up lines to `announce` once requests are answered.
///
/// # Errors
/// What keeps it from starting.
pub async fn serve(args: ServeArgs, announce: impl FnOnce(&str)) -> Result<(), ServeError> {
    // Listen first: a taken port must not leave a database behind.
    let acceptor = TcpListener::bind(args.listen).into_acceptor().await;
    let acceptor = acceptor.map_err(|error| ServeError::Listen(args.listen, error))?;
    let bound =
        acceptor.local_addr().into_iter().find_map(|address| address.as_socket_addr().copied());
    let bound = bound.unwrap_or(args.listen);

    let demo = args.demo.then(Demo::new).transpose()?;
    let url = match &demo {
        Some(demo) => demo.database_url(),
        None => args.database.url().map_err(ServeError::Config)?,
    };
    let store = open(&url).await?;
    let context = context(store.clone(), &args)?;
    let mut lines = format!("Swagger UI: http://{bound}/docs\nDatabase:   {url}");
    if let Some(demo) = &demo {
        lines.push_str(&demo.fill(&context).await?);
    }
    let settings = Settings { cors_origins: args.cors_origins.clone() };
    let app = crate::api::app(context, settings).map_err(ServeError::other)?;
    announce(&lines);
    run(acceptor, app, &args).await?;
    store.close().await.map_err(ServeError::other)
}

/// Opens the database and applies what migrations are pending.
async fn open(url: &DatabaseUrl) -> Result<Store, ServeError> {
    let store = Store::connect(url).await?;
    let applied = store.migrate_up().await;
    let applied = applied.map_err(|error| ServeError::Migrate(url.to_string(), error))?;
    if !applied.is_empty() {
        tracing::info!(?applied, "migrated");
    }
    Ok(store)
}

fn context(store: Store, args: &ServeArgs) -> Result<Context, ServeError> {
    // A core stays free of hashing, so that other requests are answered.
    let cores = available_parallelism().map_or(1, NonZero::get);
    Ok(Context {
        store,
        clock: Arc::new(SystemClock),
        random: Arc::new(SystemRandom),
        hasher: PasswordHasher::new(cores - 1).map_err(ServeError::other)?,
        sessions: args.lifetimes(),
    })
}

async fn run(
    acceptor: impl poem::listener::Acceptor + 'static,
    app: impl Endpoint + 'static,
    args: &ServeArgs,
) -> Result<(), ServeError> {
    let mut terminate = signal(SignalKind::terminate()).map_err(ServeError::other)?;
    let stop = async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = tokio::signal::ctrl_c() => {}
        }
        tracing::info!("stopping: requests under way finish first");
    };
    Server::new_with_acceptor(acceptor)
        .run_with_graceful_shutdown(app, stop, Some(args.shutdown_timeout))
        .await
        .map_err(ServeError::other)
}
