//! Counting logins by outcome.

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;

use super::{Labels, Metrics};

/// The outcome of a login.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoginOutcome {
    /// A session started.
    Succeeded,
    /// No account has the address.
    UnknownAddress,
    /// An account has the address, and the password is wrong.
    WrongPassword,
    /// The password is right, and the account is banned.
    Banned,
    /// The password is right, and the account is deleted, or is not, and was to be restored.
    WrongStatus,
    /// A limit refused the login.
    Limited,
    /// The service was too busy, or failed.
    Failed,
    /// The client hung up before the outcome was known.
    HungUp,
}

impl LoginOutcome {
    /// The name of the outcome, which never changes.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Succeeded => "succeeded",
            Self::UnknownAddress => "unknown_address",
            Self::WrongPassword => "wrong_password",
            Self::Banned => "banned",
            Self::WrongStatus => "wrong_status",
            Self::Limited => "limited",
            Self::Failed => "failed",
            Self::HungUp => "hung_up",
        }
    }
}

/// A login that is under way. It is counted when it is dropped.
pub struct LoginAttempt {
    logins: Family<Labels<1>, Counter>,
    outcome: LoginOutcome,
}

impl Metrics {
    /// Starts to count a login. If nothing else is said, the client has hung up.
    #[must_use]
    pub fn login(&self) -> LoginAttempt {
        LoginAttempt { logins: self.logins.clone(), outcome: LoginOutcome::HungUp }
    }
}

impl LoginAttempt {
    /// Notes the outcome. The last note counts.
    pub fn note(&mut self, outcome: LoginOutcome) {
        self.outcome = outcome;
    }
}

impl Drop for LoginAttempt {
    fn drop(&mut self) {
        let labels = [("outcome", self.outcome.name().into())];
        self.logins.get_or_create(&labels).inc();
    }
}
