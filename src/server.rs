//! Serving: from a configuration to replies, and to a clean end.

use std::net::SocketAddr;
use std::num::NonZero;
use std::sync::Arc;
use std::thread::available_parallelism;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::account::delivery::Delivery;
use crate::account::{self, Afterwards, Context, PublicUrl};
use crate::api::{self, Settings};
use crate::clock::SystemClock;
use crate::config::ServeArgs;
use crate::demo::Demo;
use crate::http;
use crate::message::{Links, Sender};
use crate::metrics::Metrics;
use crate::random::SystemRandom;
use crate::service::{ImageResizer, ObjectStorage, ObjectStorageUrl, PasswordHasher};
use crate::store::{ConnectError, DatabaseUrl, Options, Store};

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
    #[error("can't listen on {0}: {1}; choose another address")]
    Listen(SocketAddr, std::io::Error),
    /// The object storage for avatars can't be opened.
    #[error("can't store avatars in {0}: {1}")]
    ObjectStorage(ObjectStorageUrl, Box<dyn std::error::Error + Send + Sync>),
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
    // From here on a signal ends the server in order, also while it starts.
    let mut stop = Stop::new().map_err(ServeError::other)?;
    let demo = args.demo.then(Demo::new).transpose()?;
    let prepared = tokio::select! {
        prepared = prepare(&args, demo.as_ref()) => prepared?,
        () = stop.asked() => return Ok(()),
    };
    let Prepared { listener, metrics_listener, context, sender, lines } = prepared;
    let (store, afterwards) = (context.store.clone(), context.afterwards.clone());
    let metrics = metrics_listener.map(|listener| {
        let app = api::metrics_app(context.metrics.clone());
        tokio::spawn(http::serve(listener, app, std::future::pending(), Duration::ZERO))
    });
    let settings = Settings {
        cors_origins: args.cors_origins.clone(),
        body_timeout: args.body_timeout,
        cache_bytes: u64::from(args.cache_mib) * 1024 * 1024,
        demo: args.demo.then(|| sender.clone()),
    };
    let delivery = Delivery::new(context.clone(), sender, args.message.send_timeout);
    let collecting = tokio::spawn(account::keep_collecting_avatars(context.clone()));
    let erasing = tokio::spawn(account::keep_erasing(context.clone()));
    let app = api::app(context, settings).map_err(ServeError::other)?;
    let deliveries = delivery.start();
    announce(&lines);
    let stop = async move {
        stop.asked().await;
        tracing::info!("stopping: requests under way finish first");
    };
    http::serve(listener, app, stop, args.shutdown_timeout).await;
    if let Some(metrics) = metrics {
        metrics.abort();
    }
    deliveries.stop().await;
    collecting.abort();
    erasing.abort();
    afterwards.settle().await;
    store.close().await.map_err(ServeError::other)
}

/// All that serving takes.
struct Prepared {
    listener: TcpListener,
    metrics_listener: Option<TcpListener>,
    context: Context,
    sender: Sender,
    /// What to announce.
    lines: String,
}

async fn prepare(args: &ServeArgs, demo: Option<&Demo>) -> Result<Prepared, ServeError> {
    let url = match demo {
        Some(demo) => demo.database_url(),
        None => args.database.url().map_err(ServeError::Config)?,
    };
    if !args.message.sends_mail() {
        tracing::warn!("no --smtp-url: mail goes into this log, with the tokens in it");
    }
    // Listen first: a taken port must not leave a database behind.
    let (listener, bound) = listen(args.listen).await?;
    let mut lines = format!(
        "Swagger UI: http://{bound}/docs\nAccount:    http://{bound}{}\nDatabase:   {url}",
        api::ACCOUNT_PAGE,
    );
    let mut metrics_listener = None;
    if let Some(address) = args.metrics_listen {
        let (listener, bound) = listen(address).await?;
        metrics_listener = Some(listener);
        lines.push_str(&format!("\nMetrics:    http://{bound}/metrics"));
    }
    let metrics = Metrics::default();
    let place = demo.map_or_else(|| args.avatar_store.clone(), Demo::avatar_store);
    let files = ObjectStorage::open(&place)
        .map_err(|error| ServeError::ObjectStorage(place, error.into()))?;
    let public_url = args.public.url(bound);
    let account_page = public_url.join(api::ACCOUNT_PAGE).parse().map_err(ServeError::other)?;
    if args.message.sends_mail() && !args.public.is_said() {
        tracing::warn!("no --public-url: links in messages lead to {public_url}");
    }
    let links = Links { account_page, receipts: public_url.join(&api::receipt_path("")) };
    let sender = args.message.sender(args.demo, links).map_err(ServeError::Config)?;
    let store = open(&url, args, metrics.clone()).await?;
    let context = context(store, args, metrics, public_url, files)?;
    if let Some(demo) = demo {
        lines.push_str(&demo.fill(&context).await?);
    }
    Ok(Prepared { listener, metrics_listener, context, sender, lines })
}

/// Listens on `address`. Returns what it is really called: port 0 is any free one.
async fn listen(address: SocketAddr) -> Result<(TcpListener, SocketAddr), ServeError> {
    let failed = |error| ServeError::Listen(address, error);
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let bound = listener.local_addr().map_err(failed)?;
    Ok((listener, bound))
}

/// SIGTERM or Ctrl-C.
struct Stop {
    terminate: Signal,
    interrupt: Signal,
}

impl Stop {
    fn new() -> std::io::Result<Self> {
        let terminate = signal(SignalKind::terminate())?;
        let interrupt = signal(SignalKind::interrupt())?;
        Ok(Self { terminate, interrupt })
    }

    /// Resolves when the server is asked to stop.
    async fn asked(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

/// Opens the database and applies what migrations are pending.
async fn open(url: &DatabaseUrl, args: &ServeArgs, metrics: Metrics) -> Result<Store, ServeError> {
    let (patience, batch) = (args.queue_timeout, args.commit_batch);
    let options = Options { patience, batch, metrics, observer: None };
    let store = Store::connect(url, options).await?;
    let applied = store.migrate_up().await;
    let applied = applied.map_err(|error| ServeError::Migrate(url.to_string(), error))?;
    if !applied.is_empty() {
        tracing::info!(?applied, "migrated");
    }
    Ok(store)
}

fn context(
    store: Store,
    args: &ServeArgs,
    metrics: Metrics,
    public_url: PublicUrl,
    files: ObjectStorage,
) -> Result<Context, ServeError> {
    // Where there is more than one core, one stays free of hashing.
    let cores = available_parallelism().map_or(1, NonZero::get);
    let sessions = args.lifetimes();
    Ok(Context {
        afterwards: Afterwards::start(store.clone(), sessions),
        metrics,
        store,
        clock: Arc::new(SystemClock),
        random: Arc::new(SystemRandom),
        hasher: PasswordHasher::new(cores - 1, args.queue_timeout).map_err(ServeError::other)?,
        sessions,
        reauthentication_window: args.reauthentication_window,
        deletion_grace: args.grace.deletion_grace,
        event_retention: args.event_retention,
        public_url,
        files,
        image_resizer: ImageResizer::new(args.queue_timeout),
        discarded: Arc::default(),
    })
}
