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
pub use middleware::cors::AllowedOrigin;
use middleware::cors::Cors;
use middleware::me_cache::MeCache;
use middleware::request::RequestMiddleware;
use operations::{DemoOperations, Operations, service};
pub use pages::account::PATH as ACCOUNT_PAGE;
pub use public::erasures::receipt_path;

/// Settings of the application, beyond what the document says.
#[derive(Clone)]
pub struct Settings {
    /// The URL at which callers reach the service.
    pub public_url: PublicUrl,
    /// The origins whose pages may call the service.
    pub cors_origins: Vec<AllowedOrigin>,
    /// The time that the body of a request may take to arrive.
    pub body_timeout: Duration,
    /// The maximum number of bytes of the cache of users. 0 turns it off.
    pub cache_bytes: u64,
    /// In a demo, the sender whose messages everybody can read.
    pub demo: Option<Sender>,
}

/// The whole application: operations, document, pages.
///
/// # Errors
/// When the document can't be derived from the operations. This is a bug in the program, which a
/// test finds first.
pub fn app(context: Context, settings: Settings) -> Result<impl Endpoint + 'static, DocumentError> {
    let (document, operations) = match settings.demo {
        None => (Document::new()?, service(Operations::default()).into_endpoint().boxed()),
        Some(sender) => {
            let operations = service(DemoOperations::default()).into_endpoint();
            (Document::of_demo()?, operations.data(sender).map_to_response().boxed())
        }
    };
    let document = Arc::new(document);
    let context = Arc::new(ApiContext { context, public_url: settings.public_url });
    let routes = pages::routes(public::avatars::route(Route::new()))
        .at("/*operation", operations)
        .data(Arc::clone(&context))
        .data(Arc::clone(&document))
        .data(BodyLimits::new(settings.body_timeout));
    let routes = MeCache::new(routes, Arc::clone(&context), settings.cache_bytes);
    Ok(RequestMiddleware::new(routes, context, document, Cors(settings.cors_origins)))
}
