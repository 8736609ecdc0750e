//! What the contract says: HTTP and schemas. Knows no SQL and no rules.

use std::sync::Arc;
use std::time::Duration;

use poem::{Endpoint, EndpointExt as _, IntoEndpoint as _, Route};
use poem_openapi::{ApiResponse, OpenApi, OpenApiService, Tags};

use crate::account::Context;
use crate::message::Sender;

mod account_page;
mod asset;
mod auth;
mod avatar;
mod body;
mod cache;
mod code;
mod conditional;
mod cors;
mod dev;
mod device;
mod docs;
pub mod document;
mod edge;
pub(crate) mod emails;
mod erasures;
mod events;
mod export;
mod headers;
mod health;
mod json;
mod log_in;
mod me;
mod metrics;
mod password;
mod password_resets;
mod paths;
mod phone_number;
mod problem;
mod reauthentication;
mod schema;
pub(crate) mod sessions;
mod sign_up;
pub(crate) mod user;
mod validator;

pub use account_page::PATH as ACCOUNT_PAGE;
pub use cors::AllowedOrigin;
use document::{Document, DocumentError};
pub use erasures::receipt_path;
pub use metrics::metrics_app;

/// Every operation. A new group of operations is added to one of the two.
type Operations = (UserOperations, PublicOperations);

/// Those of the user who is logged in, most of them.
type UserOperations = (
    me::MeApi,
    avatar::AvatarApi,
    sessions::SessionsApi,
    password::PasswordApi,
    reauthentication::ReauthenticationApi,
    emails::EmailsApi,
    phone_number::PhoneNumberApi,
    events::EventsApi,
    export::ExportApi,
);

/// Those of anybody, most of them.
type PublicOperations = (
    sign_up::SignUpApi,
    log_in::LogInApi,
    password_resets::PasswordResetsApi,
    erasures::ErasuresApi,
    health::HealthApi,
    docs::RootApi,
);

fn service<T: OpenApi>(operations: T) -> OpenApiService<T, ()> {
    OpenApiService::new(operations, "Current user", env!("CARGO_PKG_VERSION"))
}

/// Every operation, and those that only a demo has.
type DemoOperations = (Operations, dev::DevApi);

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
    /// Prove, change and reset the password.
    #[oai(rename = "Password")]
    Password,
    /// The email addresses of the current user.
    #[oai(rename = "Emails")]
    Emails,
    /// The phone number of the current user.
    #[oai(rename = "Phone number")]
    PhoneNumber,
    /// What is held, and what becomes of it.
    #[oai(rename = "Leaving")]
    Leaving,
    /// What only a demo has.
    #[oai(rename = "Demo")]
    Demo,
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

/// Accepted, and nothing to say about it.
#[derive(ApiResponse)]
enum Accepted {
    /// Accepted: a message is on its way.
    #[oai(status = 202)]
    Sent,
}

/// How the application answers, beyond what the document says.
#[derive(Clone)]
pub struct Settings {
    /// Pages of these origins may call.
    pub cors_origins: Vec<AllowedOrigin>,
    /// How long the body of a request may take to arrive.
    pub body_timeout: Duration,
    /// Most bytes that the cache of users may take; 0 turns it off.
    pub cache_bytes: u64,
    /// Whose messages everybody may read: a demo.
    pub demo: Option<Sender>,
}

/// The whole application: operations, document, Swagger UI.
///
/// # Errors
/// When the document can't be made of the operations: a fault of the program,
/// which a test finds first.
pub fn app(context: Context, settings: Settings) -> Result<impl Endpoint + 'static, DocumentError> {
    let (document, operations) = match settings.demo {
        None => (Document::new()?, service(Operations::default()).into_endpoint().boxed()),
        Some(sender) => {
            let operations = service(DemoOperations::default()).into_endpoint();
            (Document::of_demo()?, operations.data(sender).map_to_response().boxed())
        }
    };
    let document = Arc::new(document);
    let context = Arc::new(context);
    let routes = account_page::routes(avatar::routes(docs::routes(Route::new())))
        .at("/*operation", operations)
        .data(Arc::clone(&context))
        .data(Arc::clone(&document))
        .data(body::BodyLimits::new(settings.body_timeout));
    let routes = cache::Cache::new(routes, Arc::clone(&context), settings.cache_bytes);
    Ok(edge::Edge::new(routes, context, document, cors::Cors(settings.cors_origins)))
}
