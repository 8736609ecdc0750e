//! The unit of work: a transaction at one point in time, with the steps that use cases
//! share.

use std::ops::Deref;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use entity::event::{self, EventType};
use entity::outbox::{self, MessageKind};
use entity::user::{self, Status};
use sea_orm::{DatabaseTransaction, DbErr};
use uuid::Uuid;

use super::AccountError;
use super::policy::Policy;
use super::session::current::{CurrentSession, Device};
use super::status::{earned, may_act};
use crate::random::Random;
use crate::store::{self, Active, Profile, Read, SessionUser, Transaction};
use crate::value::{Email, TextValue as _};

/// A unit of work. It derefs to its transaction, so it can be passed to queries.
pub(crate) struct Work {
    txn: Transaction,
    /// The time of everything that the unit of work does.
    pub(super) now: DateTime<Utc>,
    pub(super) policy: Policy,
    random: Arc<dyn Random>,
    /// The session of the request, once [`Work::lock`] has read it.
    session: Option<CurrentSession>,
}

impl Work {
    pub(super) fn new(
        txn: Transaction,
        now: DateTime<Utc>,
        random: Arc<dyn Random>,
        policy: Policy,
    ) -> Self {
        Self { txn, now, policy, random, session: None }
    }

    pub(super) fn random(&self) -> &dyn Random {
        &*self.random
    }

    /// A new id. Ids sort by the time of their creation.
    pub(super) fn id(&self) -> Uuid {
        self.random.uuid(self.now)
    }

    /// The condition for a session to be active.
    pub(super) fn active(&self) -> Active {
        self.policy.active(self.now)
    }

    /// Locks the user of a session until the transaction ends. From then on, events of this
    /// user are recorded as caused by the session.
    ///
    /// Refuses the request if the user was deleted or the session ended while the request
    /// was under way. So after the reply to a logout, a revocation or a deletion, no
    /// earlier request takes effect.
    pub(super) async fn lock(&mut self, session: CurrentSession) -> Result<Profile, AccountError> {
        Ok(self.lock_user(session).await?.profile)
    }

    /// Does the same as [`Work::lock`], and also refuses a session that has not proved the password
    /// within the re-authentication window.
    pub(super) async fn lock_reauthenticated(
        &mut self,
        session: CurrentSession,
    ) -> Result<Profile, AccountError> {
        let seen = self.lock_user(session).await?;
        if seen.authenticated_at + self.policy.reauthentication_window <= self.now {
            return Err(AccountError::ReauthenticationRequired);
        }
        Ok(seen.profile)
    }

    async fn lock_user(&mut self, session: CurrentSession) -> Result<SessionUser, AccountError> {
        let CurrentSession { user_id, session_id, .. } = session;
        store::users::lock(self, user_id).await?;
        let seen = store::users::find_by_session(self, user_id, session_id, &self.active()).await?;
        let seen = seen.filter(|seen| may_act(seen.profile.user.status));
        self.session = Some(session);
        seen.ok_or(AccountError::SessionEnded)
    }

    /// Changes a locked user. Every change to a user goes through this. A change that
    /// changes nothing leaves `updatedAt` as it is. An avatar's file that is no longer
    /// shown is deleted later.
    pub(super) async fn save(
        &self,
        user: &mut user::Model,
        change: impl FnOnce(&mut user::Model),
    ) -> Result<(), DbErr> {
        let before = user.clone();
        change(user);
        if *user == before {
            return Ok(());
        }
        // `updatedAt` must not go back: a unit of work that waited longer for the lock has
        // an earlier `now`.
        user.updated_at = self.now.max(before.updated_at);
        store::users::update(self, user.clone()).await?;
        match before.avatar_file {
            Some(file) if user.avatar_file.as_ref() != Some(&file) => {
                store::avatars::discard(self, user.id, &file, self.now).await
            }
            _ => Ok(()),
        }
    }

    /// The status that a locked user gets if they are neither banned nor deleted.
    pub(super) async fn earned_status(&self, user_id: Uuid) -> Result<Status, DbErr> {
        let emails = store::emails::list(self, user_id).await?;
        let password = store::passwords::find(self, user_id).await?;
        Ok(earned(emails.iter().any(|email| email.verified_at.is_some()), password.is_some()))
    }

    /// Records an event of a user. If the session of the request belongs to the user, it is
    /// recorded as the cause of the event. Otherwise the service or an administrator has caused the
    /// event. `subject` is the address or number that the event is about.
    ///
    /// The device of a session is read from its row. So record the end of a session before
    /// it is deleted.
    pub(super) async fn record(
        &self,
        user_id: Uuid,
        event: EventType,
        subject: Option<&str>,
    ) -> Result<(), DbErr> {
        let event = self.event(user_id, event, subject, Device::default());
        match self.session.filter(|session| session.user_id == user_id) {
            Some(session) => store::events::insert_by(self, event, session.session_id).await,
            None => store::events::insert(self, event).await,
        }
    }

    /// Records an event of a user. A device has caused the event without a session.
    pub(super) async fn record_from(
        &self,
        device: Device,
        user_id: Uuid,
        event: EventType,
        subject: Option<&str>,
    ) -> Result<(), DbErr> {
        store::events::insert(self, self.event(user_id, event, subject, device)).await
    }

    fn event(
        &self,
        user_id: Uuid,
        event: EventType,
        subject: Option<&str>,
        device: Device,
    ) -> event::Model {
        new_event(&*self.random, self.now, user_id, event, subject, device)
    }

    /// Puts a message to an address or a number into the outbox. Its secret is created when
    /// it is sent.
    pub(super) async fn send(
        &self,
        kind: MessageKind,
        user_id: Option<Uuid>,
        recipient: &str,
        subject: Option<&str>,
    ) -> Result<(), DbErr> {
        self.enqueue(kind, user_id, recipient, subject, self.now).await
    }

    /// Notifies a user of a change to their account. The notice has a token that recovers
    /// the account.
    pub(super) async fn notify(
        &self,
        user_id: Uuid,
        kind: MessageKind,
        subject: Option<&str>,
    ) -> Result<(), DbErr> {
        self.notify_since(user_id, kind, subject, self.now).await
    }

    /// Does the same as [`Work::notify`]. Recovery with the token of this notice removes the
    /// addresses that were added at or after `since`.
    ///
    /// The notice goes to the current default address. An unverified address gets no
    /// notice, because it may belong to another person.
    pub(super) async fn notify_since(
        &self,
        user_id: Uuid,
        kind: MessageKind,
        subject: Option<&str>,
        since: DateTime<Utc>,
    ) -> Result<(), DbErr> {
        let emails = store::emails::list(self, user_id).await?;
        let default = emails.iter().find(|email| email.is_default && email.verified_at.is_some());
        match default {
            Some(email) => {
                self.enqueue(kind, Some(user_id), email.email.as_str(), subject, since).await
            }
            None => Ok(()),
        }
    }

    async fn enqueue(
        &self,
        kind: MessageKind,
        user_id: Option<Uuid>,
        recipient: &str,
        subject: Option<&str>,
        since: DateTime<Utc>,
    ) -> Result<(), DbErr> {
        let email = Email::parse(recipient);
        let normalized = email.map_or_else(|_| recipient.to_owned(), |email| email.normalized());
        let message = outbox::Model {
            id: self.id(),
            user_id,
            kind,
            recipient: recipient.to_owned(),
            normalized,
            subject: subject.map(ToOwned::to_owned),
            since,
            created_at: self.now,
            due_at: self.now,
            attempts: 0,
        };
        store::outbox::insert(self, message).await
    }
}

/// An event at `now`, to be inserted.
pub(super) fn new_event(
    random: &dyn Random,
    now: DateTime<Utc>,
    user_id: Uuid,
    kind: EventType,
    subject: Option<&str>,
    device: Device,
) -> event::Model {
    let Device { user_agent, ip_address } = device;
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

impl Deref for Work {
    type Target = Transaction;

    fn deref(&self) -> &Transaction {
        &self.txn
    }
}

impl Read for Work {
    type Connection = DatabaseTransaction;

    async fn connection(&self) -> Result<&DatabaseTransaction, DbErr> {
        self.txn.connection().await
    }
}
