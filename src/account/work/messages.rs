//! Putting messages into the outbox in a unit of work.

use chrono::{DateTime, Utc};
use entity::outbox::{self, MessageKind};
use sea_orm::DbErr;
use uuid::Uuid;

use super::Work;
use crate::account::outbox::{Cause, Place};
use crate::account::session::Device;
use crate::store;
use crate::value::{Email, TextValue as _};

impl Work {
    /// Counts the messages of this unit of work to a client. Messages of one client wait for
    /// each other.
    pub(in crate::account) fn caused_by(&mut self, cause: Cause) {
        self.cause = Some(cause);
    }

    /// Puts a message to an address or a number into the outbox. Its secret is created when
    /// it is sent.
    pub(in crate::account) async fn send(
        &self,
        kind: MessageKind,
        user_id: Option<Uuid>,
        recipient: &str,
        subject: Option<&str>,
    ) -> Result<(), DbErr> {
        self.enqueue(kind, user_id, recipient, subject, self.now, None).await
    }

    /// Puts a message with a token that verifies an address into the outbox. The message names
    /// the device, so that the owner of the address can tell whether they requested it.
    pub(in crate::account) async fn send_verification(
        &self,
        user_id: Uuid,
        email: &Email,
        device: &Device,
    ) -> Result<(), DbErr> {
        let (kind, device) = (MessageKind::VerifyEmail, device.name());
        self.enqueue(kind, Some(user_id), email.as_str(), None, self.now, device).await
    }

    /// Notifies a user of a change to their account. The notice has a token that recovers
    /// the account. The tokens of earlier notices end if the session of the request has proved
    /// the password since.
    pub(in crate::account) async fn notify(
        &self,
        user_id: Uuid,
        kind: MessageKind,
        subject: Option<&str>,
    ) -> Result<(), DbErr> {
        self.notify_since(user_id, kind, subject, self.now).await
    }

    /// Does the same as [`Work::notify`]. Recovery with the token of this notice removes the
    /// addresses that were added at or after `since`, unless they are older than the address
    /// that gets the notice.
    ///
    /// The notice goes to the current default address. If that is unverified, it may belong to
    /// another person, so it only gets the notices of [`Work::notify_unverified`].
    pub(in crate::account) async fn notify_since(
        &self,
        user_id: Uuid,
        kind: MessageKind,
        subject: Option<&str>,
        since: DateTime<Utc>,
    ) -> Result<(), DbErr> {
        let emails = store::emails::list(self, user_id).await?;
        let Some(email) = emails.iter().find(|email| email.is_default) else { return Ok(()) };
        if email.verified_at.is_none() {
            return self.notify_unverified(user_id, kind, subject, &email.email).await;
        }
        let since = since.max(email.created_at);
        let since = self.supersede(user_id, &email.normalized, since).await?;
        self.enqueue(kind, Some(user_id), email.email.as_str(), subject, since, None).await
    }

    /// Tells the owner of an unverified address that the user who signed up with it has deleted the
    /// account or changed the password. The notice has no token and says nothing that the user
    /// wrote. It is not sent for what others did to the account.
    async fn notify_unverified(
        &self,
        user_id: Uuid,
        kind: MessageKind,
        subject: Option<&str>,
        email: &Email,
    ) -> Result<(), DbErr> {
        let kind = match kind {
            MessageKind::AccountDeleted => MessageKind::UnverifiedAccountDeleted,
            MessageKind::PasswordChanged => MessageKind::UnverifiedPasswordChanged,
            _ => return Ok(()),
        };
        if self.session.is_none_or(|session| session.user_id != user_id) {
            return Ok(());
        }
        self.send(kind, Some(user_id), email.as_str(), subject).await
    }

    /// Ends the tokens of earlier notices to an address which is about to get another notice, if
    /// the session of the request has proved the password since. Returns the time since which
    /// recovery with the new token removes addresses. The new token undoes what the earlier ones
    /// would have undone, because an intruder may know the password.
    async fn supersede(
        &self,
        user_id: Uuid,
        normalized: &str,
        since: DateTime<Utc>,
    ) -> Result<DateTime<Utc>, DbErr> {
        let is_own = self.session.is_some_and(|session| session.user_id == user_id);
        let Some(before) = self.authenticated_at.filter(|_| is_own) else { return Ok(since) };
        let now = self.now;
        let earlier =
            store::one_time_tokens::revoke_recovery_before(self, user_id, normalized, before, now)
                .await?;
        Ok(earlier.map_or(since, |earlier| earlier.min(since)))
    }

    async fn enqueue(
        &self,
        kind: MessageKind,
        user_id: Option<Uuid>,
        recipient: &str,
        subject: Option<&str>,
        since: DateTime<Utc>,
        device: Option<String>,
    ) -> Result<(), DbErr> {
        let email = Email::parse(recipient);
        let normalized = email.map_or_else(|_| recipient.to_owned(), |email| email.normalized());
        let cause = self.cause.clone().or_else(|| user_id.map(Cause::user));
        let place = Place::find(self, kind, user_id, &normalized, cause).await?;
        let message = outbox::Model {
            id: self.id(),
            user_id,
            kind,
            recipient: recipient.to_owned(),
            normalized,
            subject: subject.map(ToOwned::to_owned),
            device,
            since,
            created_at: self.now,
            due_at: self.now,
            attempts: 0,
            queue: place.queue,
            turn: place.turn,
            cause: place.cause,
            domain: place.domain,
            round: place.round,
        };
        store::outbox::insert(self, message).await
    }
}
