//! Writing messages to the outbox, in the transaction of what causes them.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use entity::outbox::{self, MessageKind};
use uuid::Uuid;

use super::AccountError;
use super::email::Email;
use super::value::TextValue as _;
use crate::random::Random;
use crate::store::{self, Transaction};

/// Writes messages that are caused at one moment.
#[derive(Clone)]
pub(super) struct Post {
    random: Arc<dyn Random>,
    now: DateTime<Utc>,
}

impl Post {
    pub(super) fn new(random: &Arc<dyn Random>, now: DateTime<Utc>) -> Self {
        Self { random: Arc::clone(random), now }
    }

    /// A token that proves that `email` belongs to the user.
    pub(super) async fn verify_email(
        &self,
        txn: &Transaction,
        user_id: Uuid,
        email: &str,
    ) -> Result<(), AccountError> {
        self.write(txn, self.message(MessageKind::VerifyEmail, email, Some(user_id))).await
    }

    /// A token that sets a new password, should someone with this address have an
    /// account: that is looked up when it is sent.
    pub(super) async fn reset_password(
        &self,
        txn: &Transaction,
        email: &str,
    ) -> Result<(), AccountError> {
        self.write(txn, self.message(MessageKind::ResetPassword, email, None)).await
    }

    /// A token that sets the first password.
    pub(super) async fn invite(
        &self,
        txn: &Transaction,
        user_id: Uuid,
        email: &str,
    ) -> Result<(), AccountError> {
        self.write(txn, self.message(MessageKind::Invitation, email, Some(user_id))).await
    }

    /// The code of a phone verification.
    pub(super) async fn phone_code(
        &self,
        txn: &Transaction,
        user_id: Uuid,
        phone_number: &str,
        verification_id: Uuid,
    ) -> Result<(), AccountError> {
        let mut message = self.message(MessageKind::PhoneCode, phone_number, Some(user_id));
        message.subject = Some(verification_id.to_string());
        self.write(txn, message).await
    }

    /// Tells the user, at their default address as it is now, what happened to their
    /// account, with a way back. `since` is when the addresses were added that the way
    /// back removes. Who has not verified that address is not told: it may be
    /// somebody else's.
    pub(super) async fn notify(
        &self,
        txn: &Transaction,
        user_id: Uuid,
        kind: MessageKind,
        subject: Option<&str>,
        since: DateTime<Utc>,
    ) -> Result<(), AccountError> {
        let emails = store::emails::list(txn.read().await?, user_id).await?;
        let default = emails.iter().find(|email| email.is_default && email.verified_at.is_some());
        let Some(default) = default else { return Ok(()) };
        let mut message = self.message(kind, &default.email, Some(user_id));
        message.subject = subject.map(ToOwned::to_owned);
        message.since = since;
        self.write(txn, message).await
    }

    fn message(&self, kind: MessageKind, recipient: &str, user_id: Option<Uuid>) -> outbox::Model {
        let email = Email::parse(recipient);
        outbox::Model {
            id: self.random.uuid(self.now),
            user_id,
            kind,
            recipient: recipient.to_owned(),
            normalized: email
                .map_or_else(|_| recipient.to_owned(), |email| email.normalized().to_owned()),
            subject: None,
            since: self.now,
            created_at: self.now,
            due_at: self.now,
            attempts: 0,
        }
    }

    async fn write(&self, txn: &Transaction, message: outbox::Model) -> Result<(), AccountError> {
        Ok(store::outbox::insert(txn, message).await?)
    }
}
