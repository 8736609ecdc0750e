//! Prepares everything that the server needs, from the flags.

use std::net::SocketAddr;

use tokio::net::TcpListener;

use super::ServeError;
use super::context::{context, open_store};
use super::secret;
use crate::account::Context;
use crate::api::{self, Brand};
use crate::cli::ServeArgs;
use crate::cli::demo::Demo;
use crate::message::{Letterhead, Links, Sender};
use crate::metrics::Metrics;
use crate::service::{ObjectStorage, ObjectStorageUrl};
use crate::value::PublicUrl;

/// Everything that the server needs.
pub(super) struct Prepared {
    pub(super) listener: TcpListener,
    pub(super) metrics_listener: Option<TcpListener>,
    pub(super) context: Context,
    pub(super) sender: Sender,
    /// The branding of the pages.
    pub(super) brand: Brand,
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
    args.message.check_log(args.may_log_messages()).map_err(ServeError::Config)?;
    let brand = args.brand.brand().map_err(ServeError::Config)?;
    let password_rules = args.password_rules().map_err(ServeError::Config)?;
    if !args.message.sends_mail() {
        tracing::warn!("--smtp-url is not set: mail goes into this log, with its tokens");
    }
    if let Some(why) = args.message.why_no_sms(args.may_log_messages()) {
        tracing::warn!("{why}");
    }
    args.limits.check(args.is_local()).map_err(ServeError::Config)?;
    if args.limits.limits().is_none() {
        tracing::warn!("--limits off: anybody may try passwords and request messages without end");
    }
    // Listen first, so that a port that is in use leaves no new database behind.
    let (listener, bound) = listen(args.listen).await?;
    let document = match args.docs {
        true => format!("Swagger UI: http://{bound}/docs"),
        false => format!("Document:   http://{bound}/openapi.yaml"),
    };
    let account = format!("Account:    http://{bound}{}", api::ACCOUNT_PAGE);
    let mut lines = format!("{document}\n{account}\nDatabase:   {url}");
    let mut metrics_listener = None;
    if let Some(address) = args.metrics_listen {
        let (listener, bound) = listen(address).await?;
        metrics_listener = Some(listener);
        lines.push_str(&format!("\nMetrics:    http://{bound}/metrics"));
    }
    let metrics = Metrics::default();
    let place = demo.map_or_else(|| args.avatar_store.clone(), Demo::avatar_store);
    let files = open_storage(place).await?;
    let public_url = args.public.url(bound);
    let account_page = public_url.join(api::ACCOUNT_PAGE).parse().map_err(ServeError::other)?;
    if args.message.sends_mail() && !args.public.is_set() {
        tracing::warn!("--public-url is not set: links in messages lead to {public_url}");
    }
    // The service has no TLS of its own.
    if public_url.is_https() && args.proxies.trusts_nobody() {
        tracing::warn!(
            "--trusted-proxies is not set: all clients of the proxy that serves {public_url} seem \
             to have its address"
        );
    }
    let links = Links { account_page, receipts: public_url.join(&api::receipt_path("")) };
    let letterhead = letterhead(&brand, &public_url);
    let sender = args.message.sender(args.demo, letterhead, links).map_err(ServeError::Config)?;
    let store = open_store(&url, args, metrics.clone()).await?;
    let secret = secret::read(&args.secret, args.demo)?;
    secret::check(&store, &secret, &args.secret).await?;
    let context = context(store, args, secret, metrics, files, password_rules)?;
    if let Some(demo) = demo {
        lines.push_str(&demo.fill(&context).await?);
    }
    Ok(Prepared { listener, metrics_listener, context, sender, brand, public_url, lines })
}

/// The branding of mail.
fn letterhead(brand: &Brand, public_url: &PublicUrl) -> Letterhead {
    let plain = Letterhead::from(&*brand.name);
    Letterhead {
        home: brand.home.clone(),
        logo: brand.mail_logo_path().map(|path| public_url.join(path)),
        accent: brand.accent.unwrap_or(plain.accent),
        service: plain.service,
    }
}

/// Listens on `address`. Port 0 stands for any free port. The returned address has the
/// real port.
async fn listen(address: SocketAddr) -> Result<(TcpListener, SocketAddr), ServeError> {
    let failed = |error| ServeError::Listen(address, error);
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let bound = listener.local_addr().map_err(failed)?;
    Ok((listener, bound))
}

/// Checks that avatars can be stored, and opens their storage.
async fn open_storage(place: ObjectStorageUrl) -> Result<ObjectStorage, ServeError> {
    let checked = match place.check().await {
        Ok(()) => ObjectStorage::open(&place).map_err(Into::into),
        Err(unusable) => Err(unusable.into()),
    };
    checked.map_err(|error| ServeError::ObjectStorage(place, error))
}
