//! The place of a message in its queue. Messages wait for those of the same cause and of the
//! same domain, and hardly for any others. So nobody delays the messages of others by
//! requesting many.

use std::time::Duration;

use chrono::{DateTime, Utc};
use entity::outbox::{MessageKind, Queue};
use sea_orm::DbErr;
use uuid::Uuid;

use crate::account::session::Device;
use crate::account::{Context, Work};
use crate::store;
use crate::value::{PhoneNumber, TextValue as _};

/// How much later the turn of a message comes for each message that waits and has the same
/// cause, and for each other cause that has a message for the same domain. If nothing else waits,
/// a message is sent before its turn.
const SPACING: Duration = Duration::from_secs(1);

/// The maximum number of other causes that a message waits for. It is less than [`UNPROVED`], so
/// that those who request messages for a whole domain never come before the owners in it.
const MAX_CROWD: u32 = 120;

/// How much later the turn comes if nobody has proved the address. Such messages can be
/// requested for any address.
const UNPROVED: Duration = Duration::from_secs(5 * 60);

/// How much later the turn of a message comes that nobody waits for.
const UNREQUESTED: Duration = Duration::from_secs(60 * 60);

/// The cause of a message: a client, as a keyed hash of its network, or a user.
#[derive(Clone, Debug)]
pub(in crate::account) struct Cause(Vec<u8>);

impl Cause {
    /// A user whose client is not known.
    pub(in crate::account) fn user(user_id: Uuid) -> Self {
        Self(user_id.as_bytes().to_vec())
    }
}

impl Context {
    /// The client as the cause of a message.
    pub(in crate::account) fn cause(&self, device: &Device) -> Cause {
        Cause(self.secret.mac("message-cause", &[&device.network()]).into())
    }
}

/// The place of a message in its queue.
pub(in crate::account) struct Place {
    pub(in crate::account) queue: Queue,
    pub(in crate::account) turn: DateTime<Utc>,
    pub(in crate::account) cause: Option<Vec<u8>>,
    pub(in crate::account) domain: Option<String>,
    pub(in crate::account) round: i32,
}

impl Place {
    /// Finds the place of a new message. It does the same work whether or not the recipient
    /// has an account.
    pub(in crate::account) async fn find(
        work: &Work,
        kind: MessageKind,
        user_id: Option<Uuid>,
        recipient: &str,
        cause: Option<Cause>,
    ) -> Result<Self, DbErr> {
        let cause = cause.map(|Cause(cause)| cause);
        let domain = domain(kind, recipient);
        let waiting = store::outbox::crowd(work, cause.as_deref(), &domain, recipient).await?;
        let delay = match kind {
            MessageKind::UnverifiedAccount => UNREQUESTED,
            // Only a user with a verified address can request a code.
            MessageKind::PhoneCode => Duration::ZERO,
            _ if waiting.is_proved => Duration::ZERO,
            _ => UNPROVED,
        };
        let before = waiting.of_cause.saturating_add(waiting.of_domain.min(MAX_CROWD));
        let turn = work.now + delay + SPACING * before;
        Ok(Self {
            queue: queue(kind, user_id),
            turn,
            cause,
            domain: Some(domain),
            round: i32::try_from(waiting.of_cause).unwrap_or(i32::MAX),
        })
    }
}

/// The queue of a message.
fn queue(kind: MessageKind, user_id: Option<Uuid>) -> Queue {
    match (kind, user_id) {
        (MessageKind::PhoneCode, _) => Queue::Texts,
        (_, Some(_)) => Queue::Mail,
        (_, None) => Queue::Requests,
    }
}

/// The domain of an address, or the country of a phone number.
fn domain(kind: MessageKind, recipient: &str) -> String {
    if kind == MessageKind::PhoneCode {
        let number = PhoneNumber::parse(recipient).ok();
        let country = number.and_then(|number| number.country());
        return country.map_or_else(String::new, |country| country.to_string());
    }
    recipient.rsplit_once('@').map_or(recipient, |(_, domain)| domain).to_owned()
}
