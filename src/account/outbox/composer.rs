//! Making messages of what waits in the outbox, with fresh secrets, of which only hashes
//! are stored.

use std::time::Duration;

use chrono::{DateTime, Utc};
use entity::event::EventType;
use entity::one_time_token::{self, Purpose};
use entity::outbox::{self, MessageKind};
use entity::user::{self, Status};
use uuid::Uuid;

use super::{DAY, HOUR};
use crate::account::AccountError;
use crate::account::emails::VERIFICATIONS;
use crate::account::rate_limit::RateLimit;
use crate::account::status::may_act;
use crate::account::work::Work;
use crate::message::{Content, Message, Recipient};
use crate::store;
use crate::store::outbox::Asked;
use crate::value::email::Email;
use crate::value::phone_code::PhoneCode;
use crate::value::public_url::PublicUrl;
use crate::value::text_value::TextValue as _;
use crate::value::token::OneTimeToken;

/// How long a token or a code works once it is sent.
const fn lifetime(purpose: Purpose) -> Duration {
    match purpose {
        Purpose::VerifyEmail => DAY,
        Purpose::ResetPassword => HOUR,
        Purpose::AcceptInvitation | Purpose::Recover => Duration::from_secs(7 * 24 * 60 * 60),
    }
}

/// How long a code works once it is sent: OWASP ASVS 5.0, 6.5.5.
pub(super) const CODE_LIFETIME: Duration = Duration::from_secs(10 * 60);

/// How many tokens that reset a password are mailed to one user: nobody's mailbox is to
/// be flooded.
const RESETS: RateLimit = RateLimit { max: 5, window: HOUR };

/// Makes messages of rows.
pub(super) struct Composer<'a> {
    work: &'a Work,
    public_url: &'a PublicUrl,
}

impl<'a> Composer<'a> {
    pub(super) fn new(work: &'a Work, public_url: &'a PublicUrl) -> Self {
        Self { work, public_url }
    }

    /// `None`: there is nothing to say any more.
    pub(super) async fn compose(
        &self,
        row: &outbox::Model,
    ) -> Result<Option<Message>, AccountError> {
        let found = match row.kind {
            MessageKind::VerifyEmail => self.verify_email(row).await?,
            MessageKind::ResetPassword => self.reset_password(row).await?,
            MessageKind::Invitation => self.invitation(row).await?,
            MessageKind::PhoneCode => self.phone_code(row).await?,
            MessageKind::AccountDeleted => self.account_deleted(row).await?,
            _ => self.notice(row).await?,
        };
        let Some((user, recipient, content)) = found else { return Ok(None) };
        let to = match content {
            Content::PhoneCode { .. } => Recipient::Phone(recipient),
            _ => Recipient::Email(recipient),
        };
        Ok(Some(Message { to, name: user.name, locale: user.locale, content }))
    }

    async fn verify_email(&self, row: &outbox::Model) -> Found {
        let Some(user) = self.user(row.user_id).await? else { return Ok(None) };
        let Ok(email) = Email::parse(&row.recipient) else { return Ok(None) };
        let emails = store::emails::list(self.work, user.id).await?;
        let claim = emails.iter().find(|one| one.normalized == email.normalized());
        if claim.is_none_or(|claim| claim.verified_at.is_some()) {
            return Ok(None);
        }
        let (purpose, since) = (Purpose::VerifyEmail, VERIFICATIONS.since(self.work.now));
        let mailed = email.normalized();
        let mailed = store::one_time_tokens::mailed(self.work, mailed, purpose, since).await?;
        if !may_mail(VERIFICATIONS, mailed, row, self.work.now) {
            return Ok(None);
        }
        let token = self.token(row, user.id, &email, purpose).await?;
        Ok(Some((
            user,
            row.recipient.clone(),
            Content::VerifyEmail { email: row.recipient.clone(), token },
        )))
    }

    async fn reset_password(&self, row: &outbox::Model) -> Found {
        let Ok(email) = Email::parse(&row.recipient) else { return Ok(None) };
        let reader = self.work;
        let mut owners = store::passwords::owners(reader, email.normalized(), 1).await?;
        let Some(owner) = owners.pop() else { return Ok(None) };
        let Some(user) = self.user(Some(owner.user_id)).await? else { return Ok(None) };
        // To the address as its owner wrote it: what is the same to us may be two mailboxes.
        let Ok(email) = Email::parse(&owner.email) else { return Ok(None) };
        let (purpose, since) = (Purpose::ResetPassword, RESETS.since(self.work.now));
        let mailed = store::one_time_tokens::issued(self.work, user.id, purpose, since).await?;
        if !may_mail(RESETS, mailed, row, self.work.now) {
            return Ok(None);
        }
        let token = self.token(row, user.id, &email, purpose).await?;
        if row.attempts == 1 {
            let to = Some(&*owner.email);
            self.work.record(user.id, EventType::PasswordResetMailed, to).await?;
        }
        Ok(Some((user, owner.email, Content::ResetPassword { token })))
    }

    async fn invitation(&self, row: &outbox::Model) -> Found {
        let user = self.user(row.user_id).await?;
        let Some(user) = user.filter(|user| user.status == Status::Invited) else {
            return Ok(None);
        };
        let Ok(email) = Email::parse(&row.recipient) else { return Ok(None) };
        let token = self.token(row, user.id, &email, Purpose::AcceptInvitation).await?;
        Ok(Some((user, row.recipient.clone(), Content::Invitation { token })))
    }

    async fn phone_code(&self, row: &outbox::Model) -> Found {
        let Some(user) = self.user(row.user_id).await? else { return Ok(None) };
        let latest = store::phone_verifications::latest(self.work, user.id).await?;
        let asked_for = |one: &entity::phone_verification::Model| {
            row.subject.as_ref() == Some(&one.id.to_string()) && one.tries_left > 0
        };
        let Some(verification) = latest.filter(asked_for) else { return Ok(None) };
        let code = PhoneCode::new(self.work.random());
        let (id, hash) = (verification.id, code.hash(verification.id));
        let until = self.work.now + CODE_LIFETIME;
        if !store::phone_verifications::set_code(self.work, user.id, id, hash, until).await? {
            // They do not want the number any more.
            return Ok(None);
        }
        Ok(Some((
            user,
            row.recipient.clone(),
            Content::PhoneCode { code: code.as_str().to_owned() },
        )))
    }

    /// Also to who was banned, or has deleted the account: it tells of what happened
    /// before.
    async fn notice(&self, row: &outbox::Model) -> Found {
        let Some(user_id) = row.user_id else { return Ok(None) };
        let user = store::users::find(self.work, user_id).await?;
        let (Some(user), Ok(email)) = (user, Email::parse(&row.recipient)) else {
            return Ok(None);
        };
        let token = self.token(row, user_id, &email, Purpose::Recover).await?;
        let subject = row.subject.clone().unwrap_or_default();
        let content = match row.kind {
            MessageKind::EmailAdded => Content::EmailAdded { email: subject, token },
            MessageKind::EmailRemoved => Content::EmailRemoved { email: subject, token },
            MessageKind::DefaultEmailChanged => {
                Content::DefaultEmailChanged { email: subject, token }
            }
            MessageKind::PasswordChanged => Content::PasswordChanged { token },
            MessageKind::PhoneNumberChanged => {
                Content::PhoneNumberChanged { phone_number: subject, token }
            }
            MessageKind::PhoneNumberRemoved => Content::PhoneNumberRemoved { token },
            MessageKind::AccountRestored => Content::AccountRestored { token },
            MessageKind::VerifyEmail
            | MessageKind::ResetPassword
            | MessageKind::Invitation
            | MessageKind::PhoneCode
            | MessageKind::AccountDeleted => return Ok(None),
        };
        Ok(Some((user, row.recipient.clone(), content)))
    }

    /// Nothing, if they have come back meanwhile.
    async fn account_deleted(&self, row: &outbox::Model) -> Found {
        let Some(user_id) = row.user_id else { return Ok(None) };
        let reader = self.work;
        let user = store::users::find(reader, user_id).await?;
        let erasure = store::erasures::find_of(reader, user_id).await?;
        let is_meant = |id: &Uuid| row.subject.as_ref() == Some(&id.to_string());
        let erasure = erasure.filter(|erasure| is_meant(&erasure.id));
        let (Some(user), Some(erasure), Ok(email)) = (user, erasure, Email::parse(&row.recipient))
        else {
            return Ok(None);
        };
        let receipt = self.public_url.join(&format!("/erasures/{}", erasure.id));
        if erasure.erase_at <= self.work.now {
            return Ok(Some((user, row.recipient.clone(), Content::AccountErased { receipt })));
        }
        let token = self.token(row, user_id, &email, Purpose::Recover).await?;
        let restorable_until = erasure.erase_at.format("%Y-%m-%d %H:%M UTC").to_string();
        Ok(Some((
            user,
            row.recipient.clone(),
            Content::AccountDeleted { restorable_until, receipt, token },
        )))
    }

    /// The user, if they may use their account.
    async fn user(&self, user_id: Option<Uuid>) -> Result<Option<user::Model>, AccountError> {
        let Some(user_id) = user_id else { return Ok(None) };
        let user = store::users::find(self.work, user_id).await?;
        Ok(user.filter(|user| may_act(user.status)))
    }

    /// A new token, of which the hash is stored.
    async fn token(
        &self,
        row: &outbox::Model,
        user_id: Uuid,
        email: &Email,
        purpose: Purpose,
    ) -> Result<String, AccountError> {
        let token = OneTimeToken::new(self.work.random());
        let model = one_time_token::Model {
            id: self.work.id(),
            user_id,
            purpose,
            email: email.as_str().to_owned(),
            normalized: email.normalized().to_owned(),
            token_hash: token.hash().into(),
            message_id: row.id,
            issued_at: row.created_at,
            since: row.since,
            expires_at: self.work.now + lifetime(purpose),
        };
        store::one_time_tokens::insert(self.work, model, self.work.now - HOUR).await?;
        Ok(token.as_str().to_owned())
    }
}

/// Whom it concerns, where it goes, what it says.
type Found = Result<Option<(user::Model, String, Content)>, AccountError>;

/// Whether one more may be mailed after those that were. Another attempt at the same
/// message is not one more.
fn may_mail(
    limit: RateLimit,
    mut mailed: Vec<Asked>,
    row: &outbox::Model,
    now: DateTime<Utc>,
) -> bool {
    mailed.retain(|(message_id, _)| *message_id != row.id);
    limit.check_messages(mailed, now).is_ok()
}
