//! The contract: HTTP and schemas. It knows no SQL and no rules.

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
mod problem_catalogue;
mod reauthentication;
mod reference;
pub mod schema;
pub(crate) mod sessions;
mod sign_up;
pub(crate) mod user;
mod validator;

pub use account_page::PATH as ACCOUNT_PAGE;
pub use cors::AllowedOrigin;
use document::{Document, DocumentError};
pub use erasures::receipt_path;
pub use metrics::metrics_app;

/// All operations. A new group of operations is added to one of the two.
type Operations = (UserOperations, PublicOperations);

/// Most operations of the user who is logged in.
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

/// Most operations that need no token.
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

/// All operations, and those that only a demo has.
type DemoOperations = (Operations, dev::DevApi);

/// The groups in which Swagger UI shows the operations.
#[derive(Tags)]
enum Tag {
    /// Read, change and delete the user to whom the token was issued.
    #[oai(rename = "Current user")]
    CurrentUser,
    /// Sign up, log in, log out.
    #[oai(rename = "Access")]
    Access,
    /// List and end the sessions of the current user.
    #[oai(rename = "Sessions")]
    Sessions,
    /// Change and reset the password, and re-authenticate with it.
    #[oai(rename = "Password")]
    Password,
    /// List, add, verify and remove the email addresses of the current user.
    #[oai(rename = "Emails")]
    Emails,
    /// Set, verify and remove the phone number of the current user.
    #[oai(rename = "Phone number")]
    PhoneNumber,
    /// Export personal data, and follow the erasure of a deleted account.
    #[oai(rename = "Leaving")]
    Leaving,
    /// Operations that only a demo has.
    #[oai(rename = "Demo")]
    Demo,
    /// Liveness and readiness, for the operator of the service.
    #[oai(rename = "Health")]
    Health,
}

/// A reply without a body.
#[derive(ApiResponse)]
enum NoContent {
    /// The operation succeeded. There is no body.
    #[oai(status = 204)]
    Done,
}

/// A reply without a body, sent before the message is.
#[derive(ApiResponse)]
enum Accepted {
    /// The request was accepted. A message is on its way if there is a recipient.
    #[oai(status = 202)]
    Sent,
}

/// Settings of the application, beyond what the document says.
#[derive(Clone)]
pub struct Settings {
    /// The origins whose pages may call the service.
    pub cors_origins: Vec<AllowedOrigin>,
    /// The time that the body of a request may take to arrive.
    pub body_timeout: Duration,
    /// The maximum number of bytes of the cache of users. 0 turns it off.
    pub cache_bytes: u64,
    /// The sender whose messages everybody may read, in a demo.
    pub demo: Option<Sender>,
}

/// The whole application: operations, document, Swagger UI.
///
/// # Errors
/// When the document can't be made of the operations, which is a fault of the program that a test
/// finds first.
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
