//! A user's phone number: asked for, proved by a code, removed.

use std::time::Duration;

use chrono::{DateTime, Utc};
use entity::event::Kind as Event;
use entity::outbox::MessageKind;
use entity::phone_verification;
use uuid::Uuid;

use super::history::History;
use super::limit::Limit;
use super::phone_code::PhoneCode;
use super::phone_number::NewPhoneNumber;
use super::post::Post;
use super::session::{self, CurrentSession};
use super::value::TextValue as _;
use super::{AccountError, Context};
use crate::store::{self, Profile, Transaction};

/// How many codes a user may ask for, and how many may be asked for to one number,
/// whoever asks: each costs somebody money.
const CODES: Limit = Limit { most: 5, window: Duration::from_secs(60 * 60) };

/// How many wrong codes are taken.
const TRIES: i32 = 5;

/// Sends a code to a phone number. It becomes the user's when they send the code back.
///
/// # Errors
/// [`AccountError::TooMany`], [`AccountError::ReauthenticationRequired`],
/// [`AccountError::SessionEnded`].
pub async fn set_phone_number(
    context: &Context,
    current: CurrentSession,
    phone_number: NewPhoneNumber,
) -> Result<(), AccountError> {
    let now = context.clock.now();
    let (alive, window) = (context.sessions.alive(now), context.reauthentication_window);
    let post = Post::new(&context.random, now);
    let row = phone_verification::Model {
        id: context.random.uuid(now),
        user_id: current.user_id,
        phone_number: phone_number.as_str().to_owned(),
        code_hash: None,
        tries_left: TRIES,
        created_at: now,
        expires_at: None,
    };
    context
        .store
        .write(move |txn| {
            Box::pin(async move {
                let (number, since) = (&row.phone_number, CODES.since(now));
                // Nobody else asks for a code to it meanwhile.
                store::emails::lock_address(txn, number).await?;
                session::lock_authenticated(txn, current, &alive, window).await?;
                for times in
                    store::phone_verifications::asked_for(txn, row.user_id, number, since).await?
                {
                    CODES.check(times, now)?;
                }
                store::phone_verifications::insert(txn, row.clone(), since).await?;
                post.phone_code(txn, row.user_id, number, row.id).await
            })
        })
        .await
}

/// Makes the phone number to which the last code was sent the user's. A number is
/// given out again by its operator: who proved it last has it, and who had it is told.
///
/// # Errors
/// [`AccountError::WrongCode`], [`AccountError::CodeExpired`],
/// [`AccountError::SessionEnded`].
pub async fn verify_phone_number(
    context: &Context,
    current: CurrentSession,
    code: PhoneCode,
) -> Result<Profile, AccountError> {
    let now = context.clock.now();
    let alive = context.sessions.alive(now);
    let post = Post::new(&context.random, now);
    let history = History::new(&context.random, now);
    let verified: Option<Profile> = context
        .store
        .write(move |txn| {
            Box::pin(async move {
                // The number before the user, as with addresses, so that nobody waits for
                // each other.
                let asked_for = store::phone_verifications::latest(txn, current.user_id).await?;
                let asked_for = asked_for.ok_or(AccountError::CodeExpired)?.phone_number;
                store::emails::lock_address(txn, &asked_for).await?;
                let other =
                    store::users::other_with_phone_number(txn, current.user_id, &asked_for).await?;
                let both = [Some(current.user_id), other];
                store::users::lock_all(txn, both.into_iter().flatten().collect()).await?;
                let mut profile = session::lock(txn, current, &alive).await?;
                let row = store::phone_verifications::latest(txn, current.user_id).await?;
                let row = row
                    .filter(|row| row.tries_left > 0 && row.phone_number == asked_for)
                    .filter(|row| row.expires_at.is_some_and(|expires_at| now < expires_at))
                    .ok_or(AccountError::CodeExpired)?;
                if row.code_hash != Some(code.hash(row.id)) {
                    store::phone_verifications::count_wrong(txn, row.user_id, row.id).await?;
                    // Not an error here: it would undo the count.
                    return Ok(None);
                }

                store::phone_verifications::void(txn, current.user_id).await?;
                let number = row.phone_number;
                if let Some(other) = other {
                    take_from(txn, &post, &history, other, &number, now).await?;
                }
                if profile.user.phone_number.as_ref() != Some(&number) {
                    let (kind, set) = (MessageKind::PhoneNumberChanged, Some(&*number));
                    post.notify(txn, current.user_id, kind, set, now).await?;
                    history.by(txn, current, Event::PhoneNumberChanged, set).await?;
                    profile.user.phone_number = Some(number);
                    profile.user.updated_at = now.max(profile.user.updated_at);
                    store::users::update(txn, profile.user.clone()).await?;
                }
                Ok::<_, AccountError>(Some(profile))
            })
        })
        .await?;
    verified.ok_or(AccountError::WrongCode)
}

/// Takes a locked number from a locked user, and tells them.
async fn take_from(
    txn: &Transaction,
    post: &Post,
    history: &History,
    other: Uuid,
    number: &str,
    now: DateTime<Utc>,
) -> Result<(), AccountError> {
    let other = store::users::find(txn.read().await?, other).await?;
    // They may have removed it meanwhile.
    if let Some(mut other) = other.filter(|other| other.phone_number.as_deref() == Some(number)) {
        post.notify(txn, other.id, MessageKind::PhoneNumberRemoved, None, now).await?;
        history.of(txn, other.id, Event::PhoneNumberRemoved, Some(number)).await?;
        other.phone_number = None;
        other.updated_at = now.max(other.updated_at);
        store::users::update(txn, other).await?;
    }
    Ok(())
}

/// Removes the user's phone number, and makes codes that were sent useless.
///
/// # Errors
/// [`AccountError::ReauthenticationRequired`], [`AccountError::SessionEnded`].
pub async fn delete_phone_number(
    context: &Context,
    current: CurrentSession,
) -> Result<(), AccountError> {
    let now = context.clock.now();
    let (alive, window) = (context.sessions.alive(now), context.reauthentication_window);
    let post = Post::new(&context.random, now);
    let history = History::new(&context.random, now);
    context
        .store
        .write(move |txn| {
            Box::pin(async move {
                let profile = session::lock_authenticated(txn, current, &alive, window).await?;
                store::phone_verifications::void(txn, current.user_id).await?;
                let mut user = profile.user;
                if let Some(number) = user.phone_number.take() {
                    let removed = Some(&*number);
                    history.by(txn, current, Event::PhoneNumberRemoved, removed).await?;
                    user.updated_at = now.max(user.updated_at);
                    store::users::update(txn, user).await?;
                    let kind = MessageKind::PhoneNumberRemoved;
                    post.notify(txn, current.user_id, kind, None, now).await?;
                }
                Ok(())
            })
        })
        .await
}
