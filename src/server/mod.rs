//! The server: its start, its background tasks and its shutdown. Operations are in
//! [`crate::api`], rules in [`crate::account`].

mod context;
mod error;
pub mod http;
mod prepare;
mod secret;
mod shutdown;
mod tasks;

use std::future::pending;
use std::num::NonZero;
use std::time::Duration;

pub use error::ServeError;
use http::ClientFilter;
use prepare::{Prepared, prepare};
use shutdown::Stop;
use tasks::Tasks;

use crate::account::outbox::Delivery;
use crate::api::{self, Settings};
use crate::cli::ServeArgs;
use crate::cli::demo::Demo;

/// The maximum number of connections to the listener of metrics.
const METRICS_CONNECTIONS: NonZero<usize> = NonZero::new(32).unwrap();

/// Serves until SIGTERM or Ctrl-C, then lets the requests under way finish. Passes the
/// start-up lines to `announce` when the server is ready.
///
/// # Errors
/// When the server can't start, and when a background task ends.
pub async fn serve(args: ServeArgs, announce: impl FnOnce(&str)) -> Result<(), ServeError> {
    // From here on, a signal shuts the server down gracefully, even while it starts.
    let mut stop = Stop::new().map_err(ServeError::other)?;
    let demo = args.demo.then(Demo::new).transpose()?;
    let prepared = tokio::select! {
        prepared = prepare(&args, demo.as_ref()) => prepared?,
        () = stop.asked() => return Ok(()),
    };
    let Prepared { listener, metrics_listener, context, sender, brand, public_url, lines } =
        prepared;
    let (store, activity) = (context.store.clone(), context.activity.clone());
    let metrics = metrics_listener.map(|listener| {
        let app = api::metrics_app(context.metrics.clone());
        let settings = http::Settings { connections: METRICS_CONNECTIONS, ..Default::default() };
        tokio::spawn(http::serve(listener, app, settings, pending(), Duration::ZERO))
    });
    let proxies = args.proxies.trusted();
    let proxies = ClientFilter::new(move |address| proxies.include(address));
    let connections = args.connections.settings(proxies, context.metrics.clone());
    let settings = Settings {
        public_url,
        cors_origins: args.cors_origins.clone(),
        brand,
        docs: args.docs,
        trusted_proxies: args.proxies.trusted(),
        body_timeout: args.body_timeout,
        cache_bytes: u64::from(args.cache_mib) * 1024 * 1024,
        demo: args.demo.then(|| api::Demo { user: Demo::USER, sender: sender.clone() }),
    };
    let delivery = Delivery::new(context.clone(), sender, args.message.send_timeout);
    let app = api::app(context.clone(), settings).map_err(ServeError::other)?;
    let mut tasks = Tasks::start(&context, &delivery);
    announce(&lines);

    let mut ended = None;
    let until_stopped = async {
        tokio::select! {
            () = stop.asked() => {}
            task = tasks.ended() => ended = Some(task),
        }
        tracing::info!("stopping: requests under way finish first");
    };
    http::serve(listener, app, connections, until_stopped, args.shutdown_timeout).await;
    if let Some(metrics) = metrics {
        metrics.abort();
    }
    tasks.stop().await;
    activity.settle().await;
    store.close().await.map_err(ServeError::other)?;
    ended.map_or(Ok(()), |task| Err(ServeError::Task(task)))
}
