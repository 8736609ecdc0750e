//! Getting back in: a new password for a token that was mailed.

use chrono::{DateTime, Utc};
use entity::email;
use entity::event::Kind as Event;
use entity::one_time_token::{self, Purpose};
use entity::outbox::MessageKind;
use entity::user::Status;
use uuid::Uuid;

use super::email::Email;
use super::history::History;
use super::password::NewPassword;
use super::post::Post;
use super::session::Device;
use super::token::OneTimeToken;
use super::value::TextValue as _;
use super::{AccountError, Context, deletion, emails};
use crate::store::one_time_tokens::revoke;
use crate::store::{self, Transaction};

/// What a token may be for that sets a password.
const PURPOSES: [Purpose; 3] =
    [Purpose::ResetPassword, Purpose::AcceptInvitation, Purpose::Recover];

/// Mails a token that sets a new password, if the address has an account. Whether it
/// has is looked up later: this does, and takes, the same in both cases.
///
/// # Errors
/// [`AccountError::Busy`].
pub async fn request_password_reset(context: &Context, email: Email) -> Result<(), AccountError> {
    let post = Post::new(&context.random, context.clock.now());
    context
        .store
        .write(move |txn| Box::pin(async move { post.reset_password(txn, email.as_str()).await }))
        .await
}

/// Uses up a token that was mailed: sets a password and ends all sessions. It proves
/// the address that it was mailed to as well, which makes who was invited `active`.
/// The token of a notice also undoes what the notice told of: the address that it was
/// mailed to is the default again, and those added since are gone.
///
/// # Errors
/// [`AccountError::OneTimeTokenInvalid`]; [`AccountError::EmailTaken`]: the address
/// belongs to somebody else by now; [`AccountError::Busy`].
pub async fn reset_password(
    context: &Context,
    token: OneTimeToken,
    new: NewPassword,
    device: Device,
) -> Result<(), AccountError> {
    let token = token.hash();
    // Hashing is dear: not for a token that opens nothing.
    let now = context.clock.now();
    let known = store::one_time_tokens::find(context.store.reader(), &token, &PURPOSES, now);
    known.await?.ok_or(AccountError::OneTimeTokenInvalid)?;
    let hash = context.hasher.hash(new, &*context.random).await?;

    let now = context.clock.now();
    let post = Post::new(&context.random, now);
    let history = History::new(&context.random, now);
    let email_id = context.random.uuid(now);
    context
        .store
        .write(move |txn| {
            Box::pin(async move {
                let reader = txn.read().await?;
                let token = store::one_time_tokens::find(reader, &token, &PURPOSES, now).await?;
                let token = token.ok_or(AccountError::OneTimeTokenInvalid)?;
                let user_id = token.user_id;
                emails::lock_claimants(txn, user_id, &token.normalized).await?;
                if !store::one_time_tokens::use_up(txn, user_id, token.id).await? {
                    return Err(AccountError::OneTimeTokenInvalid);
                }

                let (recovers, event) = match token.purpose {
                    Purpose::Recover => (true, Event::AccountRecovered),
                    Purpose::AcceptInvitation => (false, Event::InvitationAccepted),
                    Purpose::VerifyEmail | Purpose::ResetPassword => (false, Event::PasswordReset),
                };
                let subject = Some(&*token.email);
                history.from(txn, device, user_id, event, subject).await?;
                if recovers {
                    reopen(txn, &post, &history, user_id, now).await?;
                    recover(txn, &history, &token, email_id, now).await?;
                } else {
                    disown(txn, &history, user_id, &token.normalized).await?;
                    emails::prove(txn, &history, user_id, &token.normalized, now).await?;
                    // Nor does anything work that somebody else may have asked for.
                    let others =
                        [Purpose::VerifyEmail, Purpose::ResetPassword, Purpose::AcceptInvitation];
                    revoke(txn, user_id, &others, DateTime::UNIX_EPOCH).await?;
                }
                store::passwords::set(txn, user_id, hash, now).await?;
                store::sessions::delete_all(txn, user_id, None).await?;
                if !recovers {
                    post.notify(txn, user_id, MessageKind::PasswordChanged, None, now).await?;
                }
                Ok(())
            })
        })
        .await
}

/// Undoes the deletion of a locked user, if they are deleted: it may have been somebody
/// else who did that.
async fn reopen(
    txn: &Transaction,
    post: &Post,
    history: &History,
    user_id: Uuid,
    now: DateTime<Utc>,
) -> Result<(), AccountError> {
    let user = store::users::find(txn.read().await?, user_id).await?;
    if let Some(user) = user.filter(|user| user.status == Status::Deleted)
        && deletion::undo(txn, post, user, now).await?
    {
        history.of(txn, user_id, Event::AccountRestored, None).await?;
    }
    Ok(())
}

/// Takes from an account that was made with an address which nobody had proved what
/// whoever made it may get at it by: now it belongs to whom the address does.
async fn disown(
    txn: &Transaction,
    history: &History,
    user_id: Uuid,
    normalized: &str,
) -> Result<(), AccountError> {
    let emails = store::emails::list(txn.read().await?, user_id).await?;
    if emails.iter().any(|email| email.verified_at.is_some()) {
        return Ok(());
    }
    for other in emails.iter().filter(|other| other.normalized != normalized) {
        store::emails::delete(txn, user_id, other.id).await?;
        history.of(txn, user_id, Event::EmailRemoved, Some(&other.email)).await?;
    }
    store::phone_verifications::void(txn, user_id).await?;
    let user = store::users::find(txn.read().await?, user_id).await?;
    if let Some(mut user) = user
        && let Some(number) = user.phone_number.take()
    {
        store::users::update(txn, user).await?;
        history.of(txn, user_id, Event::PhoneNumberRemoved, Some(&number)).await?;
    }
    Ok(())
}

/// Gives the account back to whom the notice was mailed.
async fn recover(
    txn: &Transaction,
    history: &History,
    token: &one_time_token::Model,
    email_id: Uuid,
    now: DateTime<Utc>,
) -> Result<(), AccountError> {
    let one_time_token::Model { user_id, email, normalized, issued_at, .. } = token;
    // Of all notices to that address the first counts, whichever was answered.
    let mailed = store::one_time_tokens::first_since(txn, *user_id, normalized).await?;
    let waiting = store::outbox::first_since(txn, *user_id, normalized).await?;
    let since = [mailed, waiting].into_iter().flatten().fold(token.since, DateTime::min);
    let claim = email::Model {
        id: email_id,
        user_id: *user_id,
        email: email.clone(),
        normalized: normalized.clone(),
        verified_at: None,
        is_default: false,
        created_at: now,
        updated_at: now,
    };
    // Nothing, if it is still there.
    store::emails::insert(txn, claim).await?;
    emails::prove(txn, history, *user_id, normalized, now).await?;

    for other in store::emails::list(txn.read().await?, *user_id).await? {
        if other.normalized == *normalized && !other.is_default {
            history.of(txn, *user_id, Event::DefaultEmailChanged, Some(&other.email)).await?;
            store::emails::set_default(txn, *user_id, other.id, now).await?;
        }
    }
    for other in store::emails::list(txn.read().await?, *user_id).await? {
        if other.normalized != *normalized && other.created_at >= since {
            store::emails::delete(txn, *user_id, other.id).await?;
            history.of(txn, *user_id, Event::EmailRemoved, Some(&other.email)).await?;
        }
    }
    // What was mailed before stays: of two who both hold such a token, the one who was
    // told first had the account first.
    let all =
        [Purpose::VerifyEmail, Purpose::ResetPassword, Purpose::AcceptInvitation, Purpose::Recover];
    store::outbox::revoke(txn, *user_id, *issued_at).await?;
    Ok(revoke(txn, *user_id, &all, *issued_at).await?)
}
