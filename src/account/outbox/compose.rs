//! Composing the messages that wait in the outbox. Each message gets a new secret. Only
//! the hash of the secret is stored.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use entity::email;
use entity::erasure;
use entity::event::EventType;
use entity::one_time_token::Purpose;
use entity::outbox::{self, MessageKind};
use entity::user::{self, Status};
use uuid::Uuid;

use super::secrets::{CODE_LIFETIME, HOUR, new_token};
use super::unverified;
use crate::account::emails::SIGN_UPS;
use crate::account::phone::code_hash;
use crate::account::{AccountError, RateLimit, Work, may_act};
use crate::message::{Details, Message, Recipient, Template};
use crate::service::ServerSecret;
use crate::store;
use crate::store::one_time_tokens::MailedTo;
use crate::store::outbox::Requested;
use crate::value::{Email, PhoneCode, TextValue as _};

/// The rate limit of tokens that reset a password, per address. It protects mailboxes from a
/// flood.
const RESETS: RateLimit = RateLimit { max: 5, window: HOUR };

/// Composes the message of a row. Returns `None` if the message is not needed any more.
pub(super) async fn compose(work: &Work, secret: &ServerSecret, row: &outbox::Model) -> Composed {
    match row.kind {
        MessageKind::VerifyEmail => verify_email(work, row).await,
        MessageKind::ResetPassword => reset_password(work, row).await,
        MessageKind::Invitation => invitation(work, row).await,
        MessageKind::PhoneCode => phone_code(work, secret, row).await,
        MessageKind::AccountDeleted => account_deleted(work, row).await,
        MessageKind::PasswordReset => password_reset(work, row).await,
        MessageKind::RecoveryRevoked => notice_without_token(work, row).await,
        MessageKind::UnverifiedAccount => unverified::account(work, row).await,
        MessageKind::UnverifiedAccountDeleted => {
            unverified::account_deleted(work, secret, row).await
        }
        MessageKind::UnverifiedPasswordChanged => unverified::notice(work, secret, row, []).await,
        _ => notice(work, row).await,
    }
}

async fn verify_email(work: &Work, row: &outbox::Model) -> Composed {
    let Some(user) = find_active(work, row.user_id).await? else { return Ok(None) };
    let Ok(email) = Email::parse(&row.recipient) else { return Ok(None) };
    let emails = store::emails::list(work, user.id).await?;
    let normalized = email.normalized();
    let claim = emails.iter().find(|one| one.normalized == normalized);
    let Some(claim) = claim.filter(|claim| claim.verified_at.is_none()) else { return Ok(None) };
    let (purpose, since) = (Purpose::VerifyEmail, SIGN_UPS.since(work.now));
    // A user who has not logged in yet has only signed up. Everything else needs a session.
    if claim.is_default && claim.logged_in_at.is_none() {
        let to = MailedTo::Address(&claim.normalized);
        let mailed = store::one_time_tokens::mailed(work, to, purpose, since).await?;
        if !may_mail(SIGN_UPS, mailed, row, work.now) {
            return Ok(None);
        }
    }
    let token = new_token(work, row, user.id, &email, purpose).await?;
    let variables = [
        ("requested_at", minute(row.created_at)),
        ("device", row.device.clone().unwrap_or_default()),
    ]
    .into();
    let details = Details { variables, token: Some(token), ..Details::default() };
    Ok(Some(anonymous(mail(row, user, details))))
}

async fn reset_password(work: &Work, row: &outbox::Model) -> Composed {
    let Ok(email) = Email::parse(&row.recipient) else { return Ok(None) };
    let owners = store::passwords::owners(work, &email.normalized()).await?;
    let Some(owner) = owners.into_iter().next() else { return Ok(None) };
    let Some(user) = find_active(work, Some(owner.user_id)).await? else { return Ok(None) };
    // Mail the address as its owner wrote it: two addresses that compare equal here may be
    // two mailboxes.
    let email = owner.email;
    let (purpose, since) = (Purpose::ResetPassword, RESETS.since(work.now));
    let to = MailedTo::Address(&row.normalized);
    let mailed = store::one_time_tokens::mailed(work, to, purpose, since).await?;
    if !may_mail(RESETS, mailed, row, work.now) {
        return Ok(None);
    }
    let token = new_token(work, row, user.id, &email, purpose).await?;
    if row.attempts == 1 {
        let to = Some(email.as_str());
        work.record(user.id, EventType::PasswordResetMailed, to).await?;
    }
    let emails = store::emails::list(work, user.id).await?;
    let details = Details { token: Some(token), ..Details::default() };
    let message = message(row, user, Recipient::Email(email.as_str().to_owned()), details);
    Ok(Some(if is_proved(&emails, &row.normalized) { message } else { anonymous(message) }))
}

async fn invitation(work: &Work, row: &outbox::Model) -> Composed {
    let user = find_active(work, row.user_id).await?;
    let Some(user) = user.filter(|user| user.status == Status::Invited) else {
        return Ok(None);
    };
    let Ok(email) = Email::parse(&row.recipient) else { return Ok(None) };
    let token = new_token(work, row, user.id, &email, Purpose::AcceptInvitation).await?;
    Ok(Some(mail(row, user, Details { token: Some(token), ..Details::default() })))
}

async fn phone_code(work: &Work, secret: &ServerSecret, row: &outbox::Model) -> Composed {
    let Some(user) = find_active(work, row.user_id).await? else { return Ok(None) };
    let latest = store::phone_verifications::latest(work, user.id).await?;
    let asked_for = |one: &entity::phone_verification::Model| {
        row.subject.as_ref() == Some(&one.id.to_string()) && one.tries_left > 0
    };
    let Some(verification) = latest.filter(asked_for) else { return Ok(None) };
    let code = PhoneCode::new(work.random().bytes());
    let (id, hash) = (verification.id, code_hash(secret, verification.id, &code));
    let until = work.now + CODE_LIFETIME;
    if !store::phone_verifications::set_code(work, user.id, id, hash, until).await? {
        // The user does not want the number any more.
        return Ok(None);
    }
    let variables = [("code", code.as_str().to_owned())].into();
    let to = Recipient::Phone(row.recipient.clone());
    Ok(Some(message(row, user, to, Details { variables, ..Details::default() })))
}

/// Composes a notice. Banned and deleted users get notices too, because a notice is about
/// an earlier change.
async fn notice(work: &Work, row: &outbox::Model) -> Composed {
    let Some(user_id) = row.user_id else { return Ok(None) };
    let user = store::users::find(work, user_id).await?;
    let (Some(user), Ok(email)) = (user, Email::parse(&row.recipient)) else {
        return Ok(None);
    };
    let token = new_token(work, row, user_id, &email, Purpose::Recover).await?;
    let variables = notice_variables(row.kind, row.subject.clone().unwrap_or_default());
    Ok(Some(mail(row, user, Details { variables, token: Some(token), ..Details::default() })))
}

/// Composes the notice of a reset of the password. Only the default address gets a token with it.
async fn password_reset(work: &Work, row: &outbox::Model) -> Composed {
    let emails = match row.user_id {
        Some(user_id) => store::emails::list(work, user_id).await?,
        None => Vec::new(),
    };
    if emails.iter().any(|email| email.is_default && email.normalized == row.normalized) {
        return notice(work, row).await;
    }
    let told = notice_without_token(work, row).await?;
    Ok(told.map(|told| Message { template: Template::PasswordResetWithoutRecovery, ..told }))
}

/// Composes a notice that gives its recipient no power over the account.
async fn notice_without_token(work: &Work, row: &outbox::Model) -> Composed {
    let Some(user_id) = row.user_id else { return Ok(None) };
    let Some(user) = store::users::find(work, user_id).await? else { return Ok(None) };
    let variables = notice_variables(row.kind, row.subject.clone().unwrap_or_default());
    Ok(Some(mail(row, user, Details { variables, ..Details::default() })))
}

/// Composes the notice of a deletion, unless the account was restored in the meantime.
async fn account_deleted(work: &Work, row: &outbox::Model) -> Composed {
    let Some(user_id) = row.user_id else { return Ok(None) };
    let user = store::users::find(work, user_id).await?;
    let erasure = meant_erasure(work, row).await?;
    let (Some(user), Some(erasure), Ok(email)) = (user, erasure, Email::parse(&row.recipient))
    else {
        return Ok(None);
    };
    let receipt = Some(erasure.id);
    if erasure.erase_at <= work.now {
        let notice = mail(row, user, Details { receipt, ..Details::default() });
        return Ok(Some(Message { template: Template::AccountErased, ..notice }));
    }
    let token = new_token(work, row, user_id, &email, Purpose::Recover).await?;
    let variables = [("restorable_until", minute(erasure.erase_at))].into();
    Ok(Some(mail(row, user, Details { variables, receipt, token: Some(token) })))
}

/// The erasure that the message of a row is about, unless the account was restored in the meantime.
pub(super) async fn meant_erasure(
    work: &Work,
    row: &outbox::Model,
) -> Result<Option<erasure::Model>, AccountError> {
    let Some(user_id) = row.user_id else { return Ok(None) };
    let erasure = store::erasures::find_of(work, user_id).await?;
    Ok(erasure.filter(|erasure| row.subject.as_ref() == Some(&erasure.id.to_string())))
}

/// Finds the user, unless they are banned or deleted.
pub(super) async fn find_active(
    work: &Work,
    user_id: Option<Uuid>,
) -> Result<Option<user::Model>, AccountError> {
    let Some(user_id) = user_id else { return Ok(None) };
    let user = store::users::find(work, user_id).await?;
    Ok(user.filter(|user| may_act(user.status)))
}

/// The message without the name of the user. An address that its user has not proved may belong
/// to another person, and the user can have any text as a name.
pub(super) fn anonymous(message: Message) -> Message {
    Message { name: None, ..message }
}

/// Whether the user with these addresses has proved this one.
fn is_proved(emails: &[email::Model], normalized: &str) -> bool {
    emails.iter().any(|email| email.normalized == normalized && email.verified_at.is_some())
}

/// A message, or `None` if it is not needed any more.
pub(super) type Composed = Result<Option<Message>, AccountError>;

/// The variables in the texts of a notice.
fn notice_variables(kind: MessageKind, subject: String) -> BTreeMap<&'static str, String> {
    let name = match kind {
        MessageKind::EmailAdded
        | MessageKind::EmailRemoved
        | MessageKind::DefaultEmailChanged
        | MessageKind::PasswordReset
        | MessageKind::RecoveryRevoked => "email",
        MessageKind::PhoneNumberChanged => "phone_number",
        _ => return BTreeMap::new(),
    };
    [(name, subject)].into()
}

/// A point in time, as messages show it.
pub(super) fn minute(time: DateTime<Utc>) -> String {
    time.format("%Y-%m-%d %H:%M UTC").to_string()
}

/// A mail to the recipient of the row.
pub(super) fn mail(row: &outbox::Model, user: user::Model, details: Details) -> Message {
    message(row, user, Recipient::Email(row.recipient.clone()), details)
}

fn message(row: &outbox::Model, user: user::Model, to: Recipient, details: Details) -> Message {
    let template = Template::Kind(row.kind);
    let (name, locale) = (user.name.as_str().to_owned(), user.locale);
    let locale = locale.map(|locale| locale.as_str().to_owned());
    Message { to, name: Some(name), locale, template, details }
}

/// Whether the rate limit allows another mail, given the mails that were sent before.
/// Earlier attempts at the same message don't count.
fn may_mail(
    limit: RateLimit,
    mailed: Vec<(String, Requested)>,
    row: &outbox::Model,
    now: DateTime<Utc>,
) -> bool {
    let mut mailed: Vec<Requested> = mailed.into_iter().map(|(_, requested)| requested).collect();
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
            MessageKind::UnverifiedAccount,
            MessageKind::UnverifiedAccountDeleted,
        ];
        for kind in MessageKind::iter().filter(|kind| !composed_otherwise.contains(kind)) {
            let notice = Message {
                to: Recipient::Email("ada@example.com".to_owned()),
                name: Some("Ada".to_owned()),
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
