//! Getting back in: a new password for a token that was mailed.

use chrono::{DateTime, Utc};
use entity::email;
use entity::one_time_token::{self, Purpose};
use entity::outbox::Kind;
use uuid::Uuid;

use super::email::Email;
use super::password::NewPassword;
use super::post::Post;
use super::token::OneTimeToken;
use super::value::TextValue as _;
use super::{AccountError, Context, emails};
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
) -> Result<(), AccountError> {
    let token = token.hash();
    // Hashing is dear: not for a token that opens nothing.
    let now = context.clock.now();
    let known = store::one_time_tokens::find(context.store.reader(), &token, &PURPOSES, now);
    known.await?.ok_or(AccountError::OneTimeTokenInvalid)?;
    let hash = context.hasher.hash(new, &*context.random).await?;

    let now = context.clock.now();
    let post = Post::new(&context.random, now);
    let email_id = context.random.uuid(now);
    context
        .store
        .write(move |txn| {
            Box::pin(async move {
                let reader = txn.read().await?;
                let token = store::one_time_tokens::find(reader, &token, &PURPOSES, now).await?;
                let token = token.ok_or(AccountError::OneTimeTokenInvalid)?;
                let user_id = token.user_id;
                store::emails::lock_address(txn, &token.normalized).await?;
                store::users::lock(txn, user_id).await?;
                if !store::one_time_tokens::use_up(txn, user_id, token.id).await? {
                    return Err(AccountError::OneTimeTokenInvalid);
                }

                let recovers = token.purpose == Purpose::Recover;
                if recovers {
                    recover(txn, &token, email_id, now).await?;
                } else {
                    emails::prove(txn, user_id, &token.normalized, now).await?;
                    let others = [Purpose::ResetPassword, Purpose::AcceptInvitation];
                    revoke(txn, user_id, &others, DateTime::UNIX_EPOCH).await?;
                }
                store::passwords::set(txn, user_id, hash, now).await?;
                store::sessions::delete_all(txn, user_id, None).await?;
                if !recovers {
                    post.notify(txn, user_id, Kind::PasswordChanged, None, now).await?;
                }
                Ok(())
            })
        })
        .await
}

/// Gives the account back to whom the notice was mailed.
async fn recover(
    txn: &Transaction,
    token: &one_time_token::Model,
    email_id: Uuid,
    now: DateTime<Utc>,
) -> Result<(), AccountError> {
    let one_time_token::Model { user_id, email, normalized, since, issued_at, .. } = token;
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
    emails::prove(txn, *user_id, normalized, now).await?;

    for other in store::emails::list(txn.read().await?, *user_id).await? {
        if other.normalized == *normalized {
            store::emails::set_default(txn, *user_id, other.id, now).await?;
        }
    }
    for other in store::emails::list(txn.read().await?, *user_id).await? {
        if other.normalized != *normalized && other.created_at >= *since {
            store::emails::delete(txn, *user_id, other.id).await?;
        }
    }
    // What was mailed before stays: of two who both hold such a token, the one who was
    // told first had the account first.
    let all =
        [Purpose::VerifyEmail, Purpose::ResetPassword, Purpose::AcceptInvitation, Purpose::Recover];
    store::outbox::revoke(txn, *user_id, *issued_at).await?;
    Ok(revoke(txn, *user_id, &all, *issued_at).await?)
}
