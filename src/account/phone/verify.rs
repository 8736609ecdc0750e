//! Verifying a phone number with the code that was sent to it.

use entity::event::EventType;
use entity::outbox::MessageKind;
use entity::phone_verification;
use uuid::Uuid;

use super::code_hash::code_hash;
use crate::account::{AccountError, Context, CurrentSession, Work};
use crate::store::{self, Profile};
use crate::value::{PhoneCode, PhoneNumber, TextValue as _};

/// Gives the user the phone number to which the last code was sent. Telephone companies
/// reassign numbers, so a number belongs to the user who proved it last. The user who had
/// it before is notified.
///
/// # Errors
/// [`AccountError::WrongCode`], [`AccountError::CodeExpired`],
/// [`AccountError::SessionEnded`].
pub async fn verify(
    context: &Context,
    session: CurrentSession,
    code: PhoneCode,
) -> Result<Profile, AccountError> {
    let (user_id, secret) = (session.user_id, context.secret.clone());
    let verified: Option<Profile> = context
        .write(async move |mut work| {
            let (number, other) = lock_number_and_users(&work, user_id).await?;
            let mut me = work.lock(session).await?;
            let verification = find(&work, user_id, &number).await?;
            if verification.code_hash != Some(code_hash(&secret, verification.id, &code)) {
                store::phone_verifications::count_wrong(&work, user_id, verification.id).await?;
                // Return no error, because it would undo the count of wrong tries.
                return Ok(None);
            }

            store::phone_verifications::revoke(&work, user_id).await?;
            if let Some(other) = other {
                take_from(&work, other, &number).await?;
            }
            if me.user.phone_number.as_ref() != Some(&number) {
                let changed = Some(number.as_str());
                work.notify(user_id, MessageKind::PhoneNumberChanged, changed).await?;
                work.record(user_id, EventType::PhoneNumberChanged, changed).await?;
                work.save(&mut me.user, |user| user.phone_number = Some(number)).await?;
            }
            Ok(Some(me))
        })
        .await?;
    verified.ok_or(AccountError::WrongCode)
}

/// Locks the number that the user requested, then this user and the user who has the
/// number. Every unit of work uses this order, as with addresses, so no two of them
/// deadlock.
async fn lock_number_and_users(
    work: &Work,
    user_id: Uuid,
) -> Result<(PhoneNumber, Option<Uuid>), AccountError> {
    let latest = store::phone_verifications::latest(work, user_id).await?;
    let number = latest.ok_or(AccountError::CodeExpired)?.phone_number;
    store::phone_verifications::lock_number(work, number.as_str()).await?;
    let other = store::users::other_with_phone_number(work, user_id, number.as_str()).await?;
    let both = [Some(user_id), other].into_iter().flatten().collect();
    store::users::lock_all(work, both).await?;
    Ok((number, other))
}

/// The verification of a locked number, if its code is still valid.
async fn find(
    work: &Work,
    user_id: Uuid,
    number: &PhoneNumber,
) -> Result<phone_verification::Model, AccountError> {
    let latest = store::phone_verifications::latest(work, user_id).await?;
    latest
        .filter(|latest| latest.tries_left > 0 && latest.phone_number == *number)
        .filter(|latest| latest.expires_at.is_some_and(|expires_at| work.now < expires_at))
        .ok_or(AccountError::CodeExpired)
}

/// Takes a locked number from a locked user, and notifies them.
async fn take_from(work: &Work, other: Uuid, number: &PhoneNumber) -> Result<(), AccountError> {
    let other = store::users::find(work, other).await?;
    // The user may have removed it meanwhile.
    if let Some(mut other) = other.filter(|other| other.phone_number.as_ref() == Some(number)) {
        work.notify(other.id, MessageKind::PhoneNumberRemoved, None).await?;
        work.record(other.id, EventType::PhoneNumberRemoved, Some(number.as_str())).await?;
        work.save(&mut other, |other| other.phone_number = None).await?;
    }
    Ok(())
}
