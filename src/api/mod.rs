//! The API: HTTP, operations, schemas and pages. It knows no SQL and no rules of accounts.
//!
//! - `operations` lists all operations: those of the user who is logged in are in `me`, those
//!   that need no token in `public`.
//! - A request passes `middleware` first. Then `extract` reads the arguments of the operation.
//! - `contract` derives the document, and validates requests by it. `schema` has the objects and
//!   replies that several operations share.
//! - `pages` are for people: Swagger UI, the list of problems, the account page.

use std::sync::Arc;
use std::time::Duration;

use poem::{Endpoint, EndpointExt as _, IntoEndpoint as _, Route};

use crate::account::Context;
use crate::message::Sender;
use crate::value::PublicUrl;

mod contract;
mod demo;
mod extract;
mod me;
mod metrics;
mod middleware;
mod operations;
mod pages;
mod public;
pub mod schema;

pub use contract::document::{Document, DocumentError};
use extract::ApiContext;
use extract::body::BodyLimits;
pub use metrics::metrics_app;
pub use middleware::client_address::{ForwardedHeader, TrustedProxies, TrustedProxy};
pub use middleware::cors::AllowedOrigin;
use middleware::cors::Cors;
use middleware::me_cache::MeCache;
use middleware::request::RequestMiddleware;
use operations::{DemoOperations, Operations, service};
pub use pages::account::PATH as ACCOUNT_PAGE;
use pages::not_found::NotFoundPage;
pub use pages::{Brand, DemoUser, Logo, PageError};
use pages::{Front, Site};
pub use public::erasures::receipt_path;

/// Settings of the application, beyond what the document says.
#[derive(Clone)]
pub struct Settings {
    /// The URL at which callers reach the service.
    pub public_url: PublicUrl,
    /// The branding of the pages.
    pub brand: Brand,
    /// Whether the pages for developers are served.
    pub docs: bool,
    /// The origins whose pages may call the service.
    pub cors_origins: Vec<AllowedOrigin>,
    /// The reverse proxies that are trusted to name the client.
    pub trusted_proxies: TrustedProxies,
    /// The time that the body of a request may take to arrive.
    pub body_timeout: Duration,
    /// The maximum number of bytes of the cache of users. 0 turns it off.
    pub cache_bytes: u64,
    /// The parts of a demo that everybody sees.
    pub demo: Option<Demo>,
}

/// The parts of a demo that everybody sees.
#[derive(Clone)]
pub struct Demo {
    /// Its user.
    pub user: DemoUser,
    /// The sender whose messages everybody can read.
    pub sender: Sender,
}

/// The application can't be made. This is a bug in the program.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// The document can't be derived.
    #[error(transparent)]
    Document(#[from] DocumentError),
    /// A page can't be made.
    #[error("a page can't be made: {0}")]
    Page(#[from] PageError),
}

/// The whole application: operations, document, pages.
///
/// # Errors
/// When the document can't be derived from the operations, or a page can't be made. This is a
/// bug in the program, which a test finds first.
pub fn app(context: Context, settings: Settings) -> Result<impl Endpoint + 'static, AppError> {
    let Settings { brand, public_url, docs, demo, .. } = settings;
    let (document, operations, user) = match demo {
        None => (Document::new()?, service(Operations::default()).into_endpoint().boxed(), None),
        Some(Demo { user, sender }) => {
            let operations = service(DemoOperations::default()).into_endpoint();
            let operations = operations.data(sender).map_to_response().boxed();
            (Document::of_demo()?, operations, Some(user))
        }
    };
    let document = Arc::new(document);
    let deletion_grace = context.policy.deletion_grace;
    let url = public_url.join("");
    let site = Site { brand, url, deletion_grace, docs, demo: user };
    let context = Arc::new(ApiContext { context, public_url });
    let routes = public::avatars::route(Route::new());
    let routes = pages::routes(routes, &document, &site, &context)?
        .at("/*operation", Front::new(&site, operations)?)
        .data(Arc::clone(&context))
        .data(Arc::clone(&document))
        .data(BodyLimits::new(settings.body_timeout));
    let routes = MeCache::new(routes, Arc::clone(&context), settings.cache_bytes);
    let cors = Cors(settings.cors_origins);
    let not_found = NotFoundPage::new(&site)?;
    let proxies = settings.trusted_proxies;
    Ok(RequestMiddleware { routes, context, document, cors, proxies, not_found })
}
