//! Erasing accounts whose users have verified no address for a long time.

use std::time::Duration;

use chrono::{DateTime, Utc};
use entity::email;
use entity::outbox::MessageKind;
use entity::user::{self, Status};
use uuid::Uuid;

use super::delete::schedule_erasure;
use crate::account::{AccountError, Context, Work};
use crate::store;
use crate::value::TextValue as _;

/// The maximum number of users that one query finds.
const BATCH: u64 = 100;

/// How long before the erasure its notice is sent.
const NOTICE: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// The times that decide which users are told and which are erased.
#[derive(Clone, Copy)]
struct Deadlines {
    /// Users who were created at or before this time are told.
    tell: DateTime<Utc>,
    /// Only users who were created at or before this time are erased.
    erase: DateTime<Utc>,
    /// Only users who were told at or before this time are erased.
    told: DateTime<Utc>,
}

/// Tells users who have verified no address that they will be erased, and erases those who were
/// told before. It sends at most one notice per address, because the address may belong to
/// another person. Invited and banned users are left alone.
///
/// # Errors
/// Only faults of the service.
pub async fn expire_unverified(context: &Context) -> Result<(), AccountError> {
    let retention = context.policy.unverified_retention;
    if retention.is_zero() {
        return Ok(());
    }
    // With a short retention, the notice comes after half of it.
    let notice = NOTICE.min(retention / 2);
    let now = context.clock.now();
    let deadlines =
        Deadlines { tell: now - (retention - notice), erase: now - retention, told: now - notice };
    let reader = context.store.reader();
    // A round that changes nothing is the last one.
    let mut told = true;
    while std::mem::take(&mut told) {
        for user_id in store::users::unverified_to_tell(reader, deadlines.tell, BATCH).await? {
            told |= context.write(async move |work| tell(&work, user_id, deadlines).await).await?;
        }
    }
    let mut erased = true;
    while std::mem::take(&mut erased) {
        let Deadlines { erase, told, .. } = deadlines;
        for user_id in store::users::unverified_to_erase(reader, erase, told, BATCH).await? {
            let erase = async move |work| erase_user(work, user_id, deadlines).await;
            erased |= context.write(erase).await?;
        }
    }
    Ok(())
}

/// Tells a user. Returns `false` if they need not be told any more.
async fn tell(work: &Work, user_id: Uuid, deadlines: Deadlines) -> Result<bool, AccountError> {
    let Some((_, emails)) = lock_unverified(work, user_id, deadlines.tell).await? else {
        return Ok(false);
    };
    let default = emails.iter().find(|email| email.is_default);
    let Some(email) = default.filter(|email| email.erasure_notice_at.is_none()) else {
        return Ok(false);
    };
    let (kind, to) = (MessageKind::UnverifiedAccount, email.email.as_str());
    store::emails::note_erasure_notice(work, user_id, email.id, work.now).await?;
    work.send(kind, Some(user_id), to, None).await?;
    Ok(true)
}

/// Schedules the erasure of a user. Returns `false` if they are not to be erased any more.
async fn erase_user(
    mut work: Work,
    user_id: Uuid,
    deadlines: Deadlines,
) -> Result<bool, AccountError> {
    let Some((mut user, emails)) = lock_unverified(&work, user_id, deadlines.erase).await? else {
        return Ok(false);
    };
    // A user who has lost all addresses can't be told.
    let default = emails.iter().find(|email| email.is_default);
    let was_told = |at: DateTime<Utc>| at <= deadlines.told;
    if !default.is_none_or(|email| email.erasure_notice_at.is_some_and(was_told)) {
        return Ok(false);
    }
    // The user was told the deadline, so there is no way back.
    work.policy.deletion_grace = Duration::ZERO;
    schedule_erasure(&work, &mut user).await?;
    Ok(true)
}

/// Locks a user, and returns them with their addresses, if they were created at or before
/// `until` and have verified no address.
async fn lock_unverified(
    work: &Work,
    user_id: Uuid,
    until: DateTime<Utc>,
) -> Result<Option<(user::Model, Vec<email::Model>)>, AccountError> {
    store::users::lock(work, user_id).await?;
    let user = store::users::find(work, user_id).await?;
    let emails = store::emails::list(work, user_id).await?;
    let is_unverified = emails.iter().all(|email| email.verified_at.is_none());
    let user = user.filter(|user| user.status == Status::Pending && user.created_at <= until);
    Ok(user.filter(|_| is_unverified).map(|user| (user, emails)))
}

/// When a user who was told at `told` is erased at the earliest.
pub(in crate::account) fn erase_at(
    user: &user::Model,
    told: DateTime<Utc>,
    retention: Duration,
) -> DateTime<Utc> {
    (user.created_at + retention).max(told + NOTICE.min(retention / 2))
}
