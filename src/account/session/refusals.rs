//! Refused logins, which are remembered for a moment. So most of a flood of guesses is refused
//! without a look at the database.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::current::Device;
use crate::account::limits::{Limit, Refusal};
use crate::account::{AccountError, Context, security_log};
use crate::value::Email;

/// How long a refusal is remembered. A client that may log in after all, such as one that has
/// become known on another node, waits that much longer.
const REMEMBERED_FOR: Duration = Duration::from_secs(1);

/// How long the reply to a refused login is delayed. So a client that keeps trying, on many
/// connections, takes little processor time from others.
const PAUSE: Duration = Duration::from_millis(500);

/// The maximum number of refusals that are remembered, about 3 MB.
const MAX: usize = 10_000;

/// The logins that were refused a moment ago. Clones share them.
#[derive(Clone, Debug, Default)]
pub struct Refusals(Arc<Mutex<Remembered>>);

type Remembered = HashMap<Key, Remembrance>;

/// A keyed hash of the client, or of the client and the address. It names nobody.
type Key = [u8; 32];

/// A refusal that is remembered.
#[derive(Debug)]
struct Remembrance {
    refusal: Refusal,
    at: DateTime<Utc>,
    /// The keyed hash of the network of the client.
    network: Key,
    /// The account that the login was about.
    account: Option<Uuid>,
}

impl Refusals {
    fn find(&self, keys: &[Key], now: DateTime<Utc>) -> Option<(Refusal, Option<Uuid>)> {
        let refusals = self.lock();
        let mut found = keys.iter().filter_map(|key| refusals.get(key));
        let one = found.find(|one| one.is_valid(now))?;
        Some((one.refusal.clone(), one.account))
    }

    fn add(&self, key: Key, one: Remembrance) {
        let mut refusals = self.lock();
        if refusals.len() >= MAX {
            refusals.retain(|_, other| other.is_valid(one.at));
        }
        if refusals.len() < MAX {
            refusals.insert(key, one);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Remembered> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Remembrance {
    fn is_valid(&self, now: DateTime<Utc>) -> bool {
        self.at <= now && now < self.at + REMEMBERED_FOR && now < self.refusal.until
    }
}

/// Refuses a login that was refused a moment ago.
///
/// # Errors
/// [`AccountError::TooMany`].
pub(super) async fn check(
    context: &Context,
    email: &Email,
    device: &Device,
) -> Result<(), AccountError> {
    let keys = [of_client(context, device), of_address(context, &email.normalized(), device)];
    let found = context.refusals.find(&keys, context.clock.now());
    let Some((refusal, account)) = found else { return Ok(()) };
    account.into_iter().for_each(security_log::concerns);
    Err(refuse(context, &refusal, device).await)
}

/// Reports that a login is refused, after a pause.
pub(super) async fn refuse(context: &Context, refusal: &Refusal, device: &Device) -> AccountError {
    tokio::time::sleep(PAUSE).await;
    context.refuse(refusal, &device.quotas)
}

/// Remembers a refused login.
pub(super) fn remember(
    context: &Context,
    address: &str,
    account: Option<Uuid>,
    device: &Device,
    refusal: &Refusal,
) {
    let (mut refusal, at) = (refusal.clone(), context.clock.now());
    // A client without a device cookie has no other way in when it has used this limit up, not
    // even to an account that was opened from its network.
    let is_of_client = device.id.is_none() && refusal.limit == Limit::LoginClient;
    let key = match is_of_client {
        true => of_client(context, device),
        false => of_address(context, address, device),
    };
    if is_of_client {
        refusal.quotas.retain(|quota| quota.limit == Limit::LoginClient);
    }
    let (account, network) = (account.filter(|_| !is_of_client), of_network(context, device));
    context.refusals.add(key, Remembrance { refusal, at, network, account });
}

/// Forgets the refused logins from a network, because an account was opened from it.
pub(in crate::account) fn forget(context: &Context, device: &Device) {
    let network = of_network(context, device);
    context.refusals.lock().retain(|_, one| one.network != network);
}

fn of_network(context: &Context, device: &Device) -> Key {
    context.secret.mac("refused-login", &[&device.network()])
}

/// The key of all logins of a client.
fn of_client(context: &Context, device: &Device) -> Key {
    context.secret.mac("refused-login", &[&device.network(), id(device)])
}

/// The key of the logins of a client with one address.
fn of_address(context: &Context, address: &str, device: &Device) -> Key {
    context.secret.mac("refused-login", &[&device.network(), id(device), address.as_bytes()])
}

fn id(device: &Device) -> &[u8] {
    device.id.as_ref().map_or(&[], |id| id.as_bytes())
}
