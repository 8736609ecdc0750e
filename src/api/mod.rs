//! What the contract says: HTTP and schemas. Knows no SQL and no rules.

use std::sync::Arc;
use std::time::Duration;

use poem::{Endpoint, EndpointExt as _, IntoEndpoint as _, Route};
use poem_openapi::{ApiResponse, OpenApiService, Tags};

use crate::account::Context;

mod asset;
mod auth;
mod body;
mod cache;
mod code;
mod conditional;
mod cors;
mod docs;
pub mod document;
mod edge;
mod headers;
mod health;
mod json;
mod log_in;
mod me;
mod metrics;
mod password;
mod paths;
mod problem;
mod sessions;
mod sign_up;
mod user;
mod validator;

pub use cors::AllowedOrigin;
use document::{Document, DocumentError};
pub use metrics::metrics_app;

/// Every operation. A new group of operations is added here.
type Operations = (
    me::MeApi,
    sign_up::SignUpApi,
    log_in::LogInApi,
    sessions::SessionsApi,
    password::PasswordApi,
    health::HealthApi,
    docs::RootApi,
);

fn service() -> OpenApiService<Operations, ()> {
    OpenApiService::new(Operations::default(), "Current user", env!("CARGO_PKG_VERSION"))
}

/// What Swagger UI sorts operations by.
#[derive(Tags)]
enum Tag {
    /// Read, change and delete the user to whom the token was issued.
    #[oai(rename = "Current user")]
    CurrentUser,
    /// Sign up, log in, log out.
    #[oai(rename = "Access")]
    Access,
    /// See and end the sessions of the current user.
    #[oai(rename = "Sessions")]
    Sessions,
    /// Change the password of the current user.
    #[oai(rename = "Password")]
    Password,
    /// For whoever keeps the service running.
    #[oai(rename = "Health")]
    Health,
}

/// Done, and nothing to say about it.
#[derive(ApiResponse)]
enum NoContent {
    /// Done.
    #[oai(status = 204)]
    Done,
}

/// How the application answers, beyond what the document says.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Pages of these origins may call.
    pub cors_origins: Vec<AllowedOrigin>,
    /// How long the body of a request may take to arrive.
    pub body_timeout: Duration,
    /// Most bytes that the cache of users may take; 0 turns it off.
    pub cache_bytes: u64,
}

/// The whole application: operations, document, Swagger UI.
///
/// # Errors
/// When the document can't be made of the operations: a fault of the program,
/// which a test finds first.
pub fn app(context: Context, settings: Settings) -> Result<impl Endpoint + 'static, DocumentError> {
    let document = Arc::new(Document::new()?);
    let context = Arc::new(context);
    let routes = docs::routes(Route::new())
        .at("/*operation", service().into_endpoint())
        .data(Arc::clone(&context))
        .data(Arc::clone(&document))
        .data(body::BodyTimeout(settings.body_timeout));
    let routes = cache::Cache::new(routes, Arc::clone(&context), settings.cache_bytes);
    Ok(edge::Edge::new(routes, context, document, cors::Cors(settings.cors_origins)))
}
