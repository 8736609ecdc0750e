//! Making messages of what waits in the outbox, with fresh secrets, of which only hashes
//! are stored.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{DateTime, Utc};
use entity::event::Kind as Event;
use entity::one_time_token::{self, Purpose};
use entity::outbox::{self, MessageKind};
use entity::user::{self, Status};
use uuid::Uuid;

use super::{DAY, HOUR};
use crate::account::email::Email;
use crate::account::emails::VERIFICATIONS;
use crate::account::history::History;
use crate::account::limit::Limit;
use crate::account::phone_code::PhoneCode;
use crate::account::status::may_act;
use crate::account::token::OneTimeToken;
use crate::account::value::TextValue as _;
use crate::account::{AccountError, Context};
use crate::message::{Details, Message, Recipient, Template};
use crate::random::Random;
use crate::store::outbox::Asked;
use crate::store::{self, Transaction};

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
const RESETS: Limit = Limit { most: 5, window: HOUR };

/// Makes messages of rows.
pub(super) struct Composer<'a> {
    txn: &'a Transaction,
    random: &'a dyn Random,
    history: History,
    now: DateTime<Utc>,
}

impl<'a> Composer<'a> {
    pub(super) fn new(txn: &'a Transaction, context: &'a Context, now: DateTime<Utc>) -> Self {
        let history = History::new(&context.random, now);
        Self { txn, random: &*context.random, history, now }
    }

    /// The message of a row. `None`: there is nothing to say any more.
    pub(super) async fn compose(&self, row: &outbox::Model) -> Composed {
        match row.kind {
            MessageKind::VerifyEmail => self.verify_email(row).await,
            MessageKind::ResetPassword => self.reset_password(row).await,
            MessageKind::Invitation => self.invitation(row).await,
            MessageKind::PhoneCode => self.phone_code(row).await,
            MessageKind::AccountDeleted => self.account_deleted(row).await,
            _ => self.notice(row).await,
        }
    }

    async fn verify_email(&self, row: &outbox::Model) -> Composed {
        let Some(user) = self.user(row.user_id).await? else { return Ok(None) };
        let Ok(email) = Email::parse(&row.recipient) else { return Ok(None) };
        let emails = store::emails::list(self.txn.read().await?, user.id).await?;
        let claim = emails.iter().find(|one| one.normalized == email.normalized());
        if claim.is_none_or(|claim| claim.verified_at.is_some()) {
            return Ok(None);
        }
        let (purpose, since) = (Purpose::VerifyEmail, VERIFICATIONS.since(self.now));
        let mailed = email.normalized();
        let mailed = store::one_time_tokens::mailed(self.txn, mailed, purpose, since).await?;
        if !may_mail(VERIFICATIONS, mailed, row, self.now) {
            return Ok(None);
        }
        let token = self.token(row, user.id, &email, purpose).await?;
        let variables = [("email", row.recipient.clone())].into();
        Ok(Some(mail(row, user, Details { variables, token: Some(token), ..Details::default() })))
    }

    async fn reset_password(&self, row: &outbox::Model) -> Composed {
        let Ok(email) = Email::parse(&row.recipient) else { return Ok(None) };
        let reader = self.txn.read().await?;
        let mut owners = store::passwords::owners(reader, email.normalized(), 1).await?;
        let Some(owner) = owners.pop() else { return Ok(None) };
        let Some(user) = self.user(Some(owner.user_id)).await? else { return Ok(None) };
        // To the address as its owner wrote it: what is the same to us may be two mailboxes.
        let Ok(email) = Email::parse(&owner.email) else { return Ok(None) };
        let (purpose, since) = (Purpose::ResetPassword, RESETS.since(self.now));
        let mailed = store::one_time_tokens::issued(self.txn, user.id, purpose, since).await?;
        if !may_mail(RESETS, mailed, row, self.now) {
            return Ok(None);
        }
        let token = self.token(row, user.id, &email, purpose).await?;
        if row.attempts == 1 {
            let to = Some(&*owner.email);
            self.history.of(self.txn, user.id, Event::PasswordResetMailed, to).await?;
        }
        let details = Details { token: Some(token), ..Details::default() };
        Ok(Some(message(row, user, Recipient::Email(owner.email), details)))
    }

    async fn invitation(&self, row: &outbox::Model) -> Composed {
        let user = self.user(row.user_id).await?;
        let Some(user) = user.filter(|user| user.status == Status::Invited) else {
            return Ok(None);
        };
        let Ok(email) = Email::parse(&row.recipient) else { return Ok(None) };
        let token = self.token(row, user.id, &email, Purpose::AcceptInvitation).await?;
        Ok(Some(mail(row, user, Details { token: Some(token), ..Details::default() })))
    }

    async fn phone_code(&self, row: &outbox::Model) -> Composed {
        let Some(user) = self.user(row.user_id).await? else { return Ok(None) };
        let latest = store::phone_verifications::latest(self.txn, user.id).await?;
        let asked_for = |one: &entity::phone_verification::Model| {
            row.subject.as_ref() == Some(&one.id.to_string()) && one.tries_left > 0
        };
        let Some(verification) = latest.filter(asked_for) else { return Ok(None) };
        let code = PhoneCode::new(self.random);
        let (id, hash) = (verification.id, code.hash(verification.id));
        let until = self.now + CODE_LIFETIME;
        if !store::phone_verifications::set_code(self.txn, user.id, id, hash, until).await? {
            // They do not want the number any more.
            return Ok(None);
        }
        let variables = [("code", code.as_str().to_owned())].into();
        let to = Recipient::Phone(row.recipient.clone());
        Ok(Some(message(row, user, to, Details { variables, ..Details::default() })))
    }

    /// Also to who was banned, or has deleted the account: it tells of what happened
    /// before.
    async fn notice(&self, row: &outbox::Model) -> Composed {
        let Some(user_id) = row.user_id else { return Ok(None) };
        let user = store::users::find(self.txn.read().await?, user_id).await?;
        let (Some(user), Ok(email)) = (user, Email::parse(&row.recipient)) else {
            return Ok(None);
        };
        let token = self.token(row, user_id, &email, Purpose::Recover).await?;
        let subject = row.subject.clone().unwrap_or_default();
        let variables = notice_variables(row.kind, subject);
        Ok(Some(mail(row, user, Details { variables, token: Some(token), ..Details::default() })))
    }

    /// Nothing, if they have come back meanwhile.
    async fn account_deleted(&self, row: &outbox::Model) -> Composed {
        let Some(user_id) = row.user_id else { return Ok(None) };
        let reader = self.txn.read().await?;
        let user = store::users::find(reader, user_id).await?;
        let erasure = store::erasures::find_of(reader, user_id).await?;
        let is_meant = |id: &Uuid| row.subject.as_ref() == Some(&id.to_string());
        let erasure = erasure.filter(|erasure| is_meant(&erasure.id));
        let (Some(user), Some(erasure), Ok(email)) = (user, erasure, Email::parse(&row.recipient))
        else {
            return Ok(None);
        };
        let receipt = Some(erasure.id);
        if erasure.erase_at <= self.now {
            let notice = mail(row, user, Details { receipt, ..Details::default() });
            return Ok(Some(Message { template: Template::AccountErased, ..notice }));
        }
        let token = self.token(row, user_id, &email, Purpose::Recover).await?;
        let restorable_until = erasure.erase_at.format("%Y-%m-%d %H:%M UTC").to_string();
        let variables = [("restorable_until", restorable_until)].into();
        Ok(Some(mail(row, user, Details { variables, receipt, token: Some(token) })))
    }

    /// The user, if they may use their account.
    async fn user(&self, user_id: Option<Uuid>) -> Result<Option<user::Model>, AccountError> {
        let Some(user_id) = user_id else { return Ok(None) };
        let user = store::users::find(self.txn.read().await?, user_id).await?;
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
        let token = OneTimeToken::new(self.random);
        let model = one_time_token::Model {
            id: self.random.uuid(self.now),
            user_id,
            purpose,
            email: email.as_str().to_owned(),
            normalized: email.normalized().to_owned(),
            token_hash: token.hash().into(),
            message_id: row.id,
            issued_at: row.created_at,
            since: row.since,
            expires_at: self.now + lifetime(purpose),
        };
        store::one_time_tokens::insert(self.txn, model, self.now - HOUR).await?;
        Ok(token.as_str().to_owned())
    }
}

/// A message, unless there is nothing to say any more.
type Composed = Result<Option<Message>, AccountError>;

/// What the texts of a notice are filled with.
fn notice_variables(kind: MessageKind, subject: String) -> BTreeMap<&'static str, String> {
    let name = match kind {
        MessageKind::EmailAdded | MessageKind::EmailRemoved | MessageKind::DefaultEmailChanged => {
            "email"
        }
        MessageKind::PhoneNumberChanged => "phone_number",
        _ => return BTreeMap::new(),
    };
    [(name, subject)].into()
}

/// A mail to the recipient of the row.
fn mail(row: &outbox::Model, user: user::Model, details: Details) -> Message {
    message(row, user, Recipient::Email(row.recipient.clone()), details)
}

fn message(row: &outbox::Model, user: user::Model, to: Recipient, details: Details) -> Message {
    let template = Template::Kind(row.kind);
    Message { to, name: user.name, locale: user.locale, template, details }
}

/// Whether one more may be mailed after those that were. Another attempt at the same
/// message is not one more.
fn may_mail(limit: Limit, mut mailed: Vec<Asked>, row: &outbox::Model, now: DateTime<Utc>) -> bool {
    mailed.retain(|(message_id, _)| *message_id != row.id);
    limit.check_messages(mailed, now).is_ok()
}

#[cfg(test)]
mod tests {
    use sea_orm::Iterable as _;

    use super::*;
    use crate::message::{Links, Wording};

    #[test]
    fn every_notice_gets_what_its_texts_use() {
        let account_page = "https://app.example.com/account".parse().unwrap();
        let links = Links { account_page, receipts: String::new() };
        let wording = Wording::new("Example", links).unwrap();
        let composed_otherwise = [
            MessageKind::VerifyEmail,
            MessageKind::ResetPassword,
            MessageKind::Invitation,
            MessageKind::PhoneCode,
            MessageKind::AccountDeleted,
        ];
        for kind in MessageKind::iter().filter(|kind| !composed_otherwise.contains(kind)) {
            let notice = Message {
                to: Recipient::Email("ada@example.com".to_owned()),
                name: "Ada".to_owned(),
                locale: None,
                template: Template::Kind(kind),
                details: Details {
                    variables: notice_variables(kind, "the subject".to_owned()),
                    receipt: None,
                    token: Some("token".to_owned()),
                },
            };
            let rendered = wording.render(&notice);
            assert!(rendered.is_ok(), "{notice:?}: {:?}", rendered.err());
        }
    }
}
