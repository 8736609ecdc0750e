//! Composing the messages that wait in the outbox. Each message gets a new secret. Only
//! the hash of the secret is stored.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use entity::event::EventType;
use entity::one_time_token::Purpose;
use entity::outbox::{self, MessageKind};
use entity::user::{self, Status};
use uuid::Uuid;

use super::secrets::{CODE_LIFETIME, HOUR, new_token};
use crate::account::emails::VERIFICATIONS;
use crate::account::{AccountError, RateLimit, Work, may_act};
use crate::message::{Details, Message, Recipient, Template};
use crate::store;
use crate::store::one_time_tokens::MailedTo;
use crate::store::outbox::Requested;
use crate::value::{Email, PhoneCode, TextValue as _};

/// The rate limit of tokens that reset a password, per user. It protects mailboxes from a
/// flood.
const RESETS: RateLimit = RateLimit { max: 5, window: HOUR };

/// Composes the message of a row. Returns `None` if the message is not needed any more.
pub(super) async fn compose(work: &Work, row: &outbox::Model) -> Composed {
    match row.kind {
        MessageKind::VerifyEmail => verify_email(work, row).await,
        MessageKind::ResetPassword => reset_password(work, row).await,
        MessageKind::Invitation => invitation(work, row).await,
        MessageKind::PhoneCode => phone_code(work, row).await,
        MessageKind::AccountDeleted => account_deleted(work, row).await,
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
    let (purpose, since) = (Purpose::VerifyEmail, VERIFICATIONS.since(work.now));
    let to = MailedTo::Address(&claim.normalized);
    let mailed = store::one_time_tokens::mailed(work, to, purpose, since).await?;
    if !may_mail(VERIFICATIONS, mailed, row, work.now) {
        return Ok(None);
    }
    let token = new_token(work, row, user.id, &email, purpose).await?;
    let variables = [("email", row.recipient.clone())].into();
    Ok(Some(mail(row, user, Details { variables, token: Some(token), ..Details::default() })))
}

async fn reset_password(work: &Work, row: &outbox::Model) -> Composed {
    let Ok(email) = Email::parse(&row.recipient) else { return Ok(None) };
    let mut owners = store::passwords::owners(work, &email.normalized(), 1).await?;
    let Some(owner) = owners.pop() else { return Ok(None) };
    let Some(user) = find_active(work, Some(owner.user_id)).await? else { return Ok(None) };
    // Mail the address as its owner wrote it: two addresses that compare equal here may be
    // two mailboxes.
    let email = owner.email;
    let (purpose, since) = (Purpose::ResetPassword, RESETS.since(work.now));
    let to = MailedTo::User(user.id);
    let mailed = store::one_time_tokens::mailed(work, to, purpose, since).await?;
    if !may_mail(RESETS, mailed, row, work.now) {
        return Ok(None);
    }
    let token = new_token(work, row, user.id, &email, purpose).await?;
    if row.attempts == 1 {
        let to = Some(email.as_str());
        work.record(user.id, EventType::PasswordResetMailed, to).await?;
    }
    let details = Details { token: Some(token), ..Details::default() };
    Ok(Some(message(row, user, Recipient::Email(email.as_str().to_owned()), details)))
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

async fn phone_code(work: &Work, row: &outbox::Model) -> Composed {
    let Some(user) = find_active(work, row.user_id).await? else { return Ok(None) };
    let latest = store::phone_verifications::latest(work, user.id).await?;
    let asked_for = |one: &entity::phone_verification::Model| {
        row.subject.as_ref() == Some(&one.id.to_string()) && one.tries_left > 0
    };
    let Some(verification) = latest.filter(asked_for) else { return Ok(None) };
    let code = PhoneCode::new(work.random().bytes());
    let (id, hash) = (verification.id, code.hash(verification.id));
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

/// Composes the notice of a deletion, unless the account was restored in the meantime.
async fn account_deleted(work: &Work, row: &outbox::Model) -> Composed {
    let Some(user_id) = row.user_id else { return Ok(None) };
    let user = store::users::find(work, user_id).await?;
    let erasure = store::erasures::find_of(work, user_id).await?;
    let is_meant = |id: &Uuid| row.subject.as_ref() == Some(&id.to_string());
    let erasure = erasure.filter(|erasure| is_meant(&erasure.id));
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
    let restorable_until = erasure.erase_at.format("%Y-%m-%d %H:%M UTC").to_string();
    let variables = [("restorable_until", restorable_until)].into();
    Ok(Some(mail(row, user, Details { variables, receipt, token: Some(token) })))
}

/// Finds the user, unless they are banned or deleted.
async fn find_active(
    work: &Work,
    user_id: Option<Uuid>,
) -> Result<Option<user::Model>, AccountError> {
    let Some(user_id) = user_id else { return Ok(None) };
    let user = store::users::find(work, user_id).await?;
    Ok(user.filter(|user| may_act(user.status)))
}

/// A message, or `None` if it is not needed any more.
type Composed = Result<Option<Message>, AccountError>;

/// The variables in the texts of a notice.
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
    let (name, locale) = (user.name.as_str().to_owned(), user.locale);
    let locale = locale.map(|locale| locale.as_str().to_owned());
    Message { to, name, locale, template, details }
}

/// Whether the rate limit allows another mail, given the mails that were sent before.
/// Earlier attempts at the same message don't count.
fn may_mail(
    limit: RateLimit,
    mut mailed: Vec<Requested>,
    row: &outbox::Model,
    now: DateTime<Utc>,
) -> bool {
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
