//! Budgets: the limits that apply to one request.

use super::Limit;
use crate::account::Context;
use crate::account::session::Device;
use crate::service::ServerSecret;
use crate::value::Email;

/// A limit, and what it applies to, such as one client.
#[derive(Clone, Debug)]
pub(in crate::account) struct Budget {
    pub(super) limit: Limit,
    /// The keyed hash under which requests are counted. It names nobody.
    pub(super) key: Vec<u8>,
}

impl Budget {
    /// The budget of a limit for this subject.
    pub(in crate::account) fn new(secret: &ServerSecret, limit: Limit, subject: &[&[u8]]) -> Self {
        let name = [limit.name().as_bytes()];
        let parts: Vec<&[u8]> = name.iter().chain(subject).copied().collect();
        Self { limit, key: secret.mac("rate-limit", &parts).into() }
    }
}

impl Context {
    /// The budget of a limit for this subject.
    pub(in crate::account) fn budget(&self, limit: Limit, subject: &[&[u8]]) -> Budget {
        Budget::new(&self.secret, limit, subject)
    }

    /// The budget of one client.
    pub(in crate::account) fn client_budget(&self, limit: Limit, device: &Device) -> Budget {
        self.budget(limit, &[&device.network()])
    }

    /// The budget of one mailbox. An address with a tag (`ada+tag@example.com`) shares it,
    /// because its mail arrives in the same mailbox.
    pub(in crate::account) fn mailbox_budget(&self, limit: Limit, email: &Email) -> Budget {
        self.budget(limit, &[email.mailbox().as_bytes()])
    }

    /// The budget of one client for one mailbox. Other clients can't use it up.
    pub(in crate::account) fn client_mailbox_budget(
        &self,
        limit: Limit,
        device: &Device,
        email: &Email,
    ) -> Budget {
        self.budget(limit, &[&device.network(), email.mailbox().as_bytes()])
    }
}
