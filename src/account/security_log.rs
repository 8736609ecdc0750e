//! The security log: security events in the log, under the target `security`. Operators filter
//! and alert by it (`docs/monitoring.md`).
//!
//! A line names the event, and as far as they are known the client's address and the account. The
//! account is a keyed hash: the lines about one account can be found together, and only the
//! server secret tells whose it is. No line contains an email address, a phone number, a token or
//! a password.

use std::net::IpAddr;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use data_encoding::HEXLOWER;
use entity::event::EventType;
use sea_orm::ActiveEnum as _;
use tracing::field::display;
use uuid::Uuid;

use super::{AccountError, Context};
use crate::service::ServerSecret;

/// The target of the lines.
const TARGET: &str = "security";

/// The number of bytes of a keyed hash that a line shows.
const SHOWN: usize = 8;

tokio::task_local! {
    /// The request that this task works on.
    static REQUEST: Arc<LoggedRequest>;
}

/// The data of a request that the security log contains.
#[derive(Debug)]
pub struct LoggedRequest {
    client: Option<IpAddr>,
    method: String,
    /// The path of the operation, as the document has it.
    path: String,
    /// The account that the request is about, once it is known.
    account: OnceLock<Uuid>,
    /// The reason why the request is refused, if the log may say more than the reply.
    reason: OnceLock<&'static str>,
}

impl LoggedRequest {
    /// A request from the client with this address.
    #[must_use]
    pub fn new(client: Option<IpAddr>, method: &str, path: &str) -> Arc<Self> {
        let (method, path) = (method.to_owned(), path.to_owned());
        let (account, reason) = (OnceLock::new(), OnceLock::new());
        Arc::new(Self { client, method, path, account, reason })
    }

    /// Runs the request. `concerns` and `because` are about this request.
    pub async fn scope<F: Future>(self: Arc<Self>, request: F) -> F::Output {
        REQUEST.scope(self, request).await
    }
}

/// Notes which account the request under way is about. The first account counts.
pub(super) fn concerns(user_id: Uuid) {
    // Outside of a request, there is nothing to note.
    let _ = REQUEST.try_with(|request| request.account.set(user_id));
}

/// Notes why the request under way is refused. The first reason counts.
pub(super) fn because(reason: &'static str) {
    let _ = REQUEST.try_with(|request| request.reason.set(reason));
}

/// The name of an account in the log.
#[must_use]
pub fn pseudonym(secret: &ServerSecret, user_id: Uuid) -> String {
    let mac = secret.mac("security-log", &[user_id.as_bytes()]);
    HEXLOWER.encode(mac.get(..SHOWN).unwrap_or(&mac))
}

/// The events of accounts that a unit of work records.
#[derive(Clone, Debug, Default)]
pub(super) struct Recorded(Arc<Mutex<Vec<(EventType, Uuid)>>>);

impl Recorded {
    pub(super) fn add(&self, event: EventType, user_id: Uuid) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push((event, user_id));
    }

    fn take(&self) -> Vec<(EventType, Uuid)> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Context {
    /// Logs and counts the events of a unit of work that was committed.
    pub(super) fn log_recorded(&self, recorded: &Recorded) {
        let client = REQUEST.try_with(|request| request.client).ok().flatten().map(display);
        for (event, user_id) in recorded.take() {
            let event = event.to_value();
            let account = pseudonym(&self.secret, user_id);
            tracing::info!(target: TARGET, event, account, client, "recorded");
            self.metrics.event(event);
        }
    }

    /// Logs why a request was refused, if that concerns security. The reply says only the `code`.
    pub fn log_refusal(&self, request: &LoggedRequest, code: &'static str, error: &AccountError) {
        let Some(reason) = reason(error) else { return };
        let reason = *request.reason.get().unwrap_or(&reason);
        let LoggedRequest { method, path, .. } = request;
        let (account, client) = (self.account_of(request), request.client.map(display));
        tracing::warn!(
            target: TARGET,
            event = "refused", code, reason, method, path, account, client, "refused"
        );
    }

    /// Logs that a client hung up before it got the reply.
    pub fn log_hang_up(&self, request: &LoggedRequest) {
        let LoggedRequest { method, path, .. } = request;
        let (account, client) = (self.account_of(request), request.client.map(display));
        tracing::warn!(target: TARGET, event = "hung_up", method, path, account, client, "hung up");
    }

    fn account_of(&self, request: &LoggedRequest) -> Option<String> {
        request.account.get().map(|user_id| pseudonym(&self.secret, *user_id))
    }
}

/// Logs the events that an administrator has caused.
pub(super) fn log_administration(secret: Option<&ServerSecret>, recorded: &Recorded) {
    for (event, user_id) in recorded.take() {
        let event = event.to_value();
        let account = secret.map(|secret| pseudonym(secret, user_id));
        tracing::info!(target: TARGET, event, account, by = "administrator", "recorded");
    }
}

/// The reason of a refusal that concerns security, unless a use case has noted another one.
fn reason(error: &AccountError) -> Option<&'static str> {
    Some(match error {
        AccountError::InvalidCredentials | AccountError::WrongPassword => "wrong_password",
        AccountError::ReauthenticationRequired => "not_reauthenticated",
        AccountError::EmailNotFound
        | AccountError::SessionNotFound
        | AccountError::RecoveryTokenNotFound => "not_of_this_user",
        AccountError::RecoveryTokenProtected => "protected_recovery_token",
        AccountError::OneTimeTokenInvalid => "invalid_token",
        AccountError::WrongCode => "wrong_code",
        AccountError::CodeExpired => "expired_code",
        AccountError::TooMany { .. } => "too_many",
        AccountError::Banned => "banned",
        AccountError::Deleted { .. } => "deleted",
        AccountError::SessionEnded => "session_ended",
        AccountError::EmailTaken
        | AccountError::PasswordRefused(_)
        | AccountError::CountryNotServed
        | AccountError::TooManyEmails
        | AccountError::EmailVerified
        | AccountError::EmailNotVerified
        | AccountError::DefaultEmail
        | AccountError::LastEmail
        | AccountError::NotDeleted
        | AccountError::ErasureNotFound
        | AccountError::Outdated
        | AccountError::InvalidImage
        | AccountError::Busy
        | AccountError::Internal(_) => return None,
    })
}
