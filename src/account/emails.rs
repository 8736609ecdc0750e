//! A user's email addresses: claimed, proved, chosen, removed.

use std::time::Duration;

use chrono::{DateTime, Utc};
use entity::email;
use entity::event::Kind as Event;
use entity::one_time_token::Purpose;
use entity::outbox::MessageKind;
use entity::user::Status;
use uuid::Uuid;

use super::email::Email;
use super::history::History;
use super::limit::Limit;
use super::post::Post;
use super::session::{self, CurrentSession};
use super::status::may_act;
use super::token::OneTimeToken;
use super::value::TextValue as _;
use super::{AccountError, Context};
use crate::store::{self, Profile, Transaction};

/// Most addresses of one user.
pub const MAX_EMAILS: usize = 20;

/// How many tokens that verify an address a user may ask for, and how many are mailed to
/// one address, whoever asks.
pub(super) const VERIFICATIONS: Limit = Limit { most: 10, window: Duration::from_secs(60 * 60) };

/// The user's addresses, oldest first.
///
/// # Errors
/// Only faults of the service.
pub async fn list(
    context: &Context,
    current: CurrentSession,
) -> Result<Vec<email::Model>, AccountError> {
    Ok(store::emails::list(context.store.reader(), current.user_id).await?)
}

/// Adds an address that is not verified yet, and mails a token to it.
///
/// # Errors
/// [`AccountError::EmailTaken`], [`AccountError::TooManyEmails`],
/// [`AccountError::TooMany`], [`AccountError::ReauthenticationRequired`],
/// [`AccountError::SessionEnded`].
pub async fn add(
    context: &Context,
    current: CurrentSession,
    email: Email,
) -> Result<email::Model, AccountError> {
    let now = context.clock.now();
    let (alive, window) = (context.sessions.alive(now), context.reauthentication_window);
    let post = Post::new(&context.random, now);
    let history = History::new(&context.random, now);
    let claim = email::Model {
        id: context.random.uuid(now),
        user_id: current.user_id,
        email: email.as_str().to_owned(),
        normalized: email.normalized().to_owned(),
        verified_at: None,
        is_default: false,
        created_at: now,
        updated_at: now,
    };
    context
        .store
        .write(move |txn| {
            Box::pin(async move {
                let profile = session::lock_authenticated(txn, current, &alive, window).await?;
                if store::emails::is_owned(txn, &claim.normalized).await? {
                    return Err(AccountError::EmailTaken);
                }
                let emails = store::emails::list(txn.read().await?, profile.user.id).await?;
                if emails.len() >= MAX_EMAILS {
                    return Err(AccountError::TooManyEmails);
                }
                limit_verifications(txn, current.user_id, &claim.normalized, now).await?;
                if !store::emails::insert(txn, claim.clone()).await? {
                    return Err(AccountError::EmailTaken);
                }
                post.verify_email(txn, current.user_id, &claim.email).await?;
                let added = Some(&*claim.email);
                history.by(txn, current, Event::EmailAdded, added).await?;
                post.notify(txn, current.user_id, MessageKind::EmailAdded, added, now).await?;
                Ok(claim)
            })
        })
        .await
}

/// Mails another token that verifies an address.
///
/// # Errors
/// [`AccountError::EmailNotFound`], [`AccountError::EmailVerified`],
/// [`AccountError::TooMany`], [`AccountError::SessionEnded`].
pub async fn send_verification(
    context: &Context,
    current: CurrentSession,
    email_id: Uuid,
) -> Result<(), AccountError> {
    let now = context.clock.now();
    let alive = context.sessions.alive(now);
    let post = Post::new(&context.random, now);
    context
        .store
        .write(move |txn| {
            Box::pin(async move {
                session::lock(txn, current, &alive).await?;
                let (email, _) = find(txn, current.user_id, email_id).await?;
                if email.verified_at.is_some() {
                    return Err(AccountError::EmailVerified);
                }
                limit_verifications(txn, current.user_id, &email.normalized, now).await?;
                post.verify_email(txn, current.user_id, &email.email).await
            })
        })
        .await
}

/// Makes a verified address the default, and tells the one that was.
///
/// # Errors
/// [`AccountError::EmailNotFound`], [`AccountError::EmailNotVerified`],
/// [`AccountError::ReauthenticationRequired`], [`AccountError::SessionEnded`].
pub async fn set_default(
    context: &Context,
    current: CurrentSession,
    email_id: Uuid,
) -> Result<Profile, AccountError> {
    let now = context.clock.now();
    let (alive, window) = (context.sessions.alive(now), context.reauthentication_window);
    let post = Post::new(&context.random, now);
    let history = History::new(&context.random, now);
    context
        .store
        .write(move |txn| {
            Box::pin(async move {
                let mut profile = session::lock_authenticated(txn, current, &alive, window).await?;
                let (email, _) = find(txn, current.user_id, email_id).await?;
                if email.verified_at.is_none() {
                    return Err(AccountError::EmailNotVerified);
                }
                if !email.is_default {
                    let (kind, chosen) = (MessageKind::DefaultEmailChanged, Some(&*email.email));
                    history.by(txn, current, Event::DefaultEmailChanged, chosen).await?;
                    post.notify(txn, current.user_id, kind, chosen, email.created_at).await?;
                    store::emails::set_default(txn, current.user_id, email.id, now).await?;
                    profile.default_email = Some(email.email);
                    profile.user.updated_at = now.max(profile.user.updated_at);
                    store::users::update(txn, profile.user.clone()).await?;
                }
                Ok(profile)
            })
        })
        .await
}

/// Removes an address.
///
/// # Errors
/// [`AccountError::EmailNotFound`], [`AccountError::DefaultEmail`],
/// [`AccountError::LastEmail`], [`AccountError::ReauthenticationRequired`],
/// [`AccountError::SessionEnded`].
pub async fn delete(
    context: &Context,
    current: CurrentSession,
    email_id: Uuid,
) -> Result<(), AccountError> {
    let now = context.clock.now();
    let (alive, window) = (context.sessions.alive(now), context.reauthentication_window);
    let post = Post::new(&context.random, now);
    let history = History::new(&context.random, now);
    context
        .store
        .write(move |txn| {
            Box::pin(async move {
                session::lock_authenticated(txn, current, &alive, window).await?;
                let (email, count) = find(txn, current.user_id, email_id).await?;
                if email.is_default {
                    return Err(AccountError::DefaultEmail);
                }
                if count == 1 {
                    return Err(AccountError::LastEmail);
                }
                store::emails::delete(txn, current.user_id, email.id).await?;
                let removed = Some(&*email.email);
                history.by(txn, current, Event::EmailRemoved, removed).await?;
                if email.verified_at.is_some() {
                    post.notify(txn, current.user_id, MessageKind::EmailRemoved, removed, now)
                        .await?;
                }
                Ok(())
            })
        })
        .await
}

/// Uses up a token that was mailed to an address: it is verified, and nobody else's.
///
/// # Errors
/// [`AccountError::OneTimeTokenInvalid`]; [`AccountError::EmailTaken`]: somebody else
/// was first.
pub async fn verify(context: &Context, token: OneTimeToken) -> Result<(), AccountError> {
    let now = context.clock.now();
    let history = History::new(&context.random, now);
    let token = token.hash();
    context
        .store
        .write(move |txn| {
            Box::pin(async move {
                let purposes = [Purpose::VerifyEmail];
                let reader = txn.read().await?;
                let found = store::one_time_tokens::find(reader, &token, &purposes, now).await?;
                let found = found.ok_or(AccountError::OneTimeTokenInvalid)?;
                // In this order everywhere, so that nobody waits for each other.
                lock_claimants(txn, found.user_id, &found.normalized).await?;
                if !store::one_time_tokens::use_up(txn, found.user_id, found.id).await? {
                    return Err(AccountError::OneTimeTokenInvalid);
                }
                prove(txn, &history, found.user_id, &found.normalized, now).await
            })
        })
        .await
}

/// Locks an address, then everybody who claims it.
pub(super) async fn lock_claimants(
    txn: &Transaction,
    user_id: Uuid,
    normalized: &str,
) -> Result<(), AccountError> {
    store::emails::lock_address(txn, normalized).await?;
    let mut claimants = store::emails::other_claimants(txn, user_id, normalized).await?;
    claimants.push(user_id);
    Ok(store::users::lock_all(txn, claimants).await?)
}

/// Notes that a locked address belongs to a locked user: other claims of it fall, and
/// who had proved none before is `active` from now on.
pub(super) async fn prove(
    txn: &Transaction,
    history: &History,
    user_id: Uuid,
    normalized: &str,
    now: DateTime<Utc>,
) -> Result<(), AccountError> {
    let user = store::users::find(txn.read().await?, user_id).await?;
    let user = user.filter(|user| may_act(user.status));
    let mut user = user.ok_or(AccountError::OneTimeTokenInvalid)?;
    let emails = store::emails::list(txn.read().await?, user_id).await?;
    let email = emails.iter().find(|email| email.normalized == normalized);
    let email = email.ok_or(AccountError::OneTimeTokenInvalid)?;

    if email.verified_at.is_none() {
        if !store::emails::verify(txn, user_id, email.id, now).await? {
            return Err(AccountError::EmailTaken);
        }
        history.of(txn, user_id, Event::EmailVerified, Some(&email.email)).await?;
        for other in store::emails::other_claimants(txn, user_id, normalized).await? {
            store::users::lock(txn, other).await?;
            if store::emails::drop_claim(txn, other, normalized).await? {
                history.of(txn, other, Event::EmailLost, Some(normalized)).await?;
            }
        }
    }
    // Whoever has an address that is not proved must not get at the account by it.
    let has_default = emails.iter().any(|email| email.is_default && email.verified_at.is_some());
    if !has_default && !email.is_default {
        store::emails::set_default(txn, user_id, email.id, now).await?;
        history.of(txn, user_id, Event::DefaultEmailChanged, Some(&email.email)).await?;
    }
    if matches!(user.status, Status::Pending | Status::Invited) {
        user.status = Status::Active;
        user.updated_at = now.max(user.updated_at);
        store::users::update(txn, user).await?;
    }
    Ok(())
}

/// One of the user's addresses, and how many there are.
async fn find(
    txn: &Transaction,
    user_id: Uuid,
    email_id: Uuid,
) -> Result<(email::Model, usize), AccountError> {
    let mut emails = store::emails::list(txn.read().await?, user_id).await?;
    let count = emails.len();
    let place = emails.iter().position(|email| email.id == email_id);
    Ok((emails.swap_remove(place.ok_or(AccountError::EmailNotFound)?), count))
}

async fn limit_verifications(
    txn: &Transaction,
    user_id: Uuid,
    normalized: &str,
    now: DateTime<Utc>,
) -> Result<(), AccountError> {
    let since = VERIFICATIONS.since(now);
    // Better refused than dropped when it would be mailed.
    let purpose = Purpose::VerifyEmail;
    let mailed = store::one_time_tokens::mailed(txn, normalized, purpose, since).await?;
    VERIFICATIONS.check_messages(mailed, now)?;
    let mut asked =
        store::one_time_tokens::issued(txn, user_id, Purpose::VerifyEmail, since).await?;
    let reader = txn.read().await?;
    asked.extend(store::outbox::waiting(reader, user_id, MessageKind::VerifyEmail).await?);
    VERIFICATIONS.check_messages(asked, now)
}
