//! Known clients: those from which an account was opened before. Guesses from other clients
//! don't keep them out.

use std::time::Duration;

use chrono::{DateTime, Utc};
use entity::known_client::{self, MarkKind};
use uuid::Uuid;

use super::current::Device;
use crate::account::limits::{Budget, Limit};
use crate::account::{AccountError, Context, Work};
use crate::service::ServerSecret;
use crate::store;
use crate::value::DeviceId;

/// How long a client is known after the account was last opened from it.
pub const KNOWN_FOR: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// The maximum number of devices, and of networks, from which a user is known.
const MAX_CLIENTS: u64 = 50;

/// A client that opened an account before.
#[derive(Clone, Debug)]
pub(in crate::account) struct KnownClient {
    pub(in crate::account) user_id: Uuid,
    pub(in crate::account) mark: Vec<u8>,
    pub(in crate::account) kind: MarkKind,
}

impl KnownClient {
    /// The budget of a limit for this client and the account that was opened from it.
    pub(in crate::account) fn budget(&self, context: &Context, limit: Limit) -> Budget {
        context.budget(limit, &[self.user_id.as_bytes(), &self.mark])
    }
}

/// The keyed hash by which a device is recognised as a client of the user. It differs from
/// user to user, so the rows don't reveal which users share a device or a network.
fn marks(secret: &ServerSecret, user_id: Uuid, device: &Device) -> Vec<KnownClient> {
    let id = device.id.as_ref().map(|id| (MarkKind::Device, id.as_bytes().to_vec()));
    let network = device.ip_address.map(|_| (MarkKind::Network, device.network()));
    let known = |(kind, bytes): (MarkKind, Vec<u8>)| {
        let usage = match kind {
            MarkKind::Device => "known-device",
            MarkKind::Network => "known-network",
        };
        let mark = secret.mac(usage, &[user_id.as_bytes(), &bytes]).into();
        KnownClient { user_id, mark, kind }
    };
    id.into_iter().chain(network).map(known).collect()
}

/// Finds out which of these accounts was last opened on the device, or else from its network. It
/// does the same work where there is no account.
pub(in crate::account) async fn recognise(
    context: &Context,
    user_ids: &[Uuid],
    device: &Device,
    now: DateTime<Utc>,
) -> Result<Option<KnownClient>, AccountError> {
    let nobody = [Uuid::nil()];
    let user_ids = if user_ids.is_empty() { &nobody } else { user_ids };
    let (reader, since) = (context.store.reader(), now - KNOWN_FOR);
    let marks: Vec<_> =
        user_ids.iter().flat_map(|id| marks(&context.secret, *id, device)).collect();
    let all = marks.iter().map(|client| client.mark.clone()).collect();
    let known = store::known_clients::find(reader, user_ids, all, since).await?;
    let client = |mark: &Vec<u8>| marks.iter().find(|client| client.mark == *mark);
    let known: Vec<&KnownClient> = known.iter().filter_map(client).collect();
    let device = known.iter().find(|client| client.kind == MarkKind::Device);
    Ok(device.or(known.first()).map(|client| (*client).clone()))
}

/// Notes that a locked user has opened their account on the device. Returns the id of the
/// device, which is new if it had none.
pub(in crate::account) async fn remember(
    work: &Work,
    secret: &ServerSecret,
    user_id: Uuid,
    device: &Device,
) -> Result<DeviceId, AccountError> {
    let id = device.id.clone().unwrap_or_else(|| DeviceId::new(work.random().bytes()));
    let device = Device { id: Some(id.clone()), ..device.clone() };
    for KnownClient { user_id, mark, kind } in marks(secret, user_id, &device) {
        let row =
            known_client::Model { id: work.id(), user_id, kind, mark, last_used_at: work.now };
        store::known_clients::note(work, row).await?;
        store::known_clients::keep_last_used(work, user_id, kind, MAX_CLIENTS).await?;
    }
    Ok(id)
}
