//! The unit of work: a transaction at one point in time, with the steps that use cases
//! share.

use std::ops::Deref;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use entity::user::{self, Status};
use sea_orm::{DatabaseTransaction, DbErr};
use uuid::Uuid;

use super::AccountError;
use super::outbox::Cause;
use super::policy::Policy;
use super::security_log::Recorded;
use super::session::CurrentSession;
use super::status::{earned, may_act};
use crate::random::Random;
use crate::store::{self, Active, Profile, Read, SessionUser, Transaction};

mod events;
mod messages;

pub(super) use events::new_event;

/// A unit of work. It derefs to its transaction, so it can be passed to queries.
pub(crate) struct Work {
    txn: Transaction,
    /// The time of everything that the unit of work does.
    pub(super) now: DateTime<Utc>,
    pub(super) policy: Policy,
    random: Arc<dyn Random>,
    /// The events that were recorded, for the security log.
    recorded: Recorded,
    /// The session of the request, once [`Work::lock`] has read it.
    session: Option<CurrentSession>,
    /// When that session proved the password.
    authenticated_at: Option<DateTime<Utc>>,
    /// The client that causes the messages of the unit of work, if it is known.
    cause: Option<Cause>,
}

impl Work {
    pub(super) fn new(
        txn: Transaction,
        now: DateTime<Utc>,
        random: Arc<dyn Random>,
        policy: Policy,
        recorded: Recorded,
    ) -> Self {
        Self {
            txn,
            now,
            policy,
            random,
            recorded,
            session: None,
            authenticated_at: None,
            cause: None,
        }
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
    /// Refuses the request if the user was deleted, or the session ended or got another token,
    /// while the request was under way. So after the reply to a logout, a revocation, a
    /// re-authentication or a deletion, no earlier request takes effect.
    pub(super) async fn lock(&mut self, session: CurrentSession) -> Result<Profile, AccountError> {
        Ok(self.lock_session(session).await?.profile)
    }

    /// Does the same as [`Work::lock`], and also refuses a session that has not proved the password
    /// within the re-authentication window.
    pub(super) async fn lock_reauthenticated(
        &mut self,
        session: CurrentSession,
    ) -> Result<Profile, AccountError> {
        let seen = self.lock_session(session).await?;
        if seen.authenticated_at + self.policy.reauthentication_window <= self.now {
            return Err(AccountError::ReauthenticationRequired);
        }
        Ok(seen.profile)
    }

    /// Does the same as [`Work::lock`], and also returns the data of the session.
    pub(super) async fn lock_session(
        &mut self,
        session: CurrentSession,
    ) -> Result<SessionUser, AccountError> {
        let CurrentSession { user_id, session_id, token_hash, .. } = session;
        store::users::lock(self, user_id).await?;
        let active = self.active();
        let seen =
            store::users::find_by_session(self, user_id, session_id, &token_hash, &active).await?;
        let seen = seen.filter(|seen| may_act(seen.profile.user.status));
        let seen = seen.ok_or(AccountError::SessionEnded)?;
        self.session = Some(session);
        self.authenticated_at = Some(seen.authenticated_at);
        Ok(seen)
    }

    /// Notes that the session of the request has proved the password with this request.
    pub(super) fn note_authenticated(&mut self) {
        self.authenticated_at = Some(self.now);
    }

    /// Whether the session of the request has proved the password after a point in time.
    pub(super) fn authenticated_after(&self, time: DateTime<Utc>) -> bool {
        self.authenticated_at.is_some_and(|authenticated_at| time < authenticated_at)
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
