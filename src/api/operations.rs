//! The list of all operations. The routes and the document are made from it.

use poem_openapi::{OpenApi, OpenApiService};

use super::contract::document::{Document, DocumentError};
use super::{demo, me, public};

/// All operations. A new group of operations is added to one of the two.
pub(super) type Operations = (UserOperations, PublicOperations);

/// The operations of the user who is logged in, except logging out.
type UserOperations = (
    me::profile::MeApi,
    me::avatar::AvatarApi,
    me::sessions::SessionsApi,
    me::password::PasswordApi,
    me::reauthentication::ReauthenticationApi,
    me::recovery_tokens::RecoveryTokensApi,
    me::emails::EmailsApi,
    me::phone_number::PhoneNumberApi,
    me::events::EventsApi,
    me::export::ExportApi,
);

/// The operations that need no token, and logging out.
type PublicOperations = (
    public::sign_up::SignUpApi,
    public::log_in::LogInApi,
    public::cookie_sessions::CookieSessionsApi,
    public::restore::RestoreApi,
    public::password_resets::PasswordResetsApi,
    public::email_verifications::EmailVerificationsApi,
    public::one_time_tokens::OneTimeTokensApi,
    public::erasures::ErasuresApi,
    public::health::HealthApi,
);

/// All operations, and those that only a demo has.
pub(super) type DemoOperations = (Operations, demo::DevApi);

/// The poem-openapi service of these operations.
pub(super) fn service<T: OpenApi>(operations: T) -> OpenApiService<T, ()> {
    OpenApiService::new(operations, "Current user", env!("CARGO_PKG_VERSION"))
}

impl Document {
    /// Derives the document.
    ///
    /// # Errors
    /// Only because of a bug in the program, which a test finds first.
    pub fn new() -> Result<Self, DocumentError> {
        Self::derive(&service(Operations::default()).spec())
    }

    /// Derives the document of a demo.
    ///
    /// # Errors
    /// Only because of a bug in the program, which a test finds first.
    pub(super) fn of_demo() -> Result<Self, DocumentError> {
        Self::derive(&service(DemoOperations::default()).spec())
    }
}
