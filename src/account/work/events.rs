//! Recording events in a unit of work.

use chrono::{DateTime, Utc};
use entity::event::{self, EventType};
use sea_orm::DbErr;
use uuid::Uuid;

use super::Work;
use crate::account::events::make_room;
use crate::account::session::Device;
use crate::random::Random;
use crate::store;

impl Work {
    /// Records an event of a user. If the session of the request belongs to the user, it is
    /// recorded as the cause of the event. Otherwise the service or an administrator has caused the
    /// event. `subject` is the address or number that the event is about.
    ///
    /// The device of a session is read from its row. So record the end of a session before
    /// it is deleted.
    pub(in crate::account) async fn record(
        &self,
        user_id: Uuid,
        event: EventType,
        subject: Option<&str>,
    ) -> Result<(), DbErr> {
        make_room(self, user_id, event, self.now).await?;
        let event = self.event(user_id, event, subject, Device::default());
        match self.session.filter(|session| session.user_id == user_id) {
            Some(session) => store::events::insert_by(self, event, session.session_id).await,
            None => store::events::insert(self, event).await,
        }
    }

    /// Records an event of a user. A device has caused the event without a session.
    pub(in crate::account) async fn record_from(
        &self,
        device: Device,
        user_id: Uuid,
        event: EventType,
        subject: Option<&str>,
    ) -> Result<(), DbErr> {
        make_room(self, user_id, event, self.now).await?;
        store::events::insert(self, self.event(user_id, event, subject, device)).await
    }

    fn event(
        &self,
        user_id: Uuid,
        event: EventType,
        subject: Option<&str>,
        device: Device,
    ) -> event::Model {
        self.recorded.add(event, user_id);
        new_event(&*self.random, self.now, user_id, event, subject, device)
    }
}

/// An event at `now`, to be inserted.
pub(in crate::account) fn new_event(
    random: &dyn Random,
    now: DateTime<Utc>,
    user_id: Uuid,
    kind: EventType,
    subject: Option<&str>,
    device: Device,
) -> event::Model {
    let Device { user_agent, ip_address, .. } = device;
    event::Model {
        id: random.uuid(now),
        user_id,
        kind,
        subject: subject.map(ToOwned::to_owned),
        ip_address: ip_address.map(|address| address.to_string()),
        user_agent,
        created_at: now,
    }
}
