//! Prepares everything that the server needs, from the flags.

use std::net::SocketAddr;

use tokio::net::TcpListener;

use super::ServeError;
use super::context::{context, open_store};
use crate::account::Context;
use crate::api;
use crate::cli::ServeArgs;
use crate::cli::demo::Demo;
use crate::message::{Links, Sender};
use crate::metrics::Metrics;
use crate::service::ObjectStorage;
use crate::value::PublicUrl;

/// Everything that the server needs.
pub(super) struct Prepared {
    pub(super) listener: TcpListener,
    pub(super) metrics_listener: Option<TcpListener>,
    pub(super) context: Context,
    pub(super) sender: Sender,
    /// The URL at which callers reach the service.
    pub(super) public_url: PublicUrl,
    /// The lines to announce.
    pub(super) lines: String,
}

/// Starts to listen, opens the database and makes the context.
pub(super) async fn prepare(args: &ServeArgs, demo: Option<&Demo>) -> Result<Prepared, ServeError> {
    let url = match demo {
        Some(demo) => demo.database_url(),
        None => args.database.url().map_err(ServeError::Config)?,
    };
    if !args.message.sends_mail() {
        tracing::warn!("--smtp-url is not set: mail goes into this log, with its tokens");
    }
    // Listen first, so that a port that is in use leaves no new database behind.
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
    if args.message.sends_mail() && !args.public.is_set() {
        tracing::warn!("--public-url is not set: links in messages lead to {public_url}");
    }
    let links = Links { account_page, receipts: public_url.join(&api::receipt_path("")) };
    let sender = args.message.sender(args.demo, links).map_err(ServeError::Config)?;
    let store = open_store(&url, args, metrics.clone()).await?;
    let context = context(store, args, metrics, files)?;
    if let Some(demo) = demo {
        lines.push_str(&demo.fill(&context).await?);
    }
    Ok(Prepared { listener, metrics_listener, context, sender, public_url, lines })
}

/// Listens on `address`. Port 0 stands for any free port. The returned address has the
/// real port.
async fn listen(address: SocketAddr) -> Result<(TcpListener, SocketAddr), ServeError> {
    let failed = |error| ServeError::Listen(address, error);
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let bound = listener.local_addr().map_err(failed)?;
    Ok((listener, bound))
}
