//! Setting a phone number: a code that verifies the number is sent to it.

use std::time::Duration;

use entity::outbox::MessageKind;
use entity::phone_verification;

use crate::account::limits::Limit;
use crate::account::session::Device;
use crate::account::{AccountError, Context, CurrentSession, RateLimit};
use crate::store;
use crate::value::{PhoneNumber, TextValue as _};

/// The rate limit of codes. It applies to the user who requests them, and to the number
/// that they are sent to, even if several users request them. Each code costs money.
const CODES: RateLimit = RateLimit { max: 5, window: Duration::from_secs(60 * 60) };

/// The maximum number of wrong tries per code.
const TRIES: i32 = 5;

/// Sends a code to a phone number. The number becomes the user's when they send the code
/// back.
///
/// # Errors
/// [`AccountError::CountryNotServed`], [`AccountError::EmailNotVerified`],
/// [`AccountError::TooMany`], [`AccountError::ReauthenticationRequired`],
/// [`AccountError::SessionEnded`].
pub async fn set(
    context: &Context,
    session: CurrentSession,
    phone_number: PhoneNumber,
    device: &Device,
) -> Result<(), AccountError> {
    let user_id = session.user_id;
    let country = phone_number.country().ok_or(AccountError::CountryNotServed)?;
    if !context.policy.sms_countries.contains(country) {
        return Err(AccountError::CountryNotServed);
    }
    // Nothing is counted for a user who may not request a code anyway. Otherwise accounts that
    // cost nothing could use up what all users share.
    let emails = store::emails::list(context.store.reader(), user_id).await?;
    if emails.iter().all(|email| email.verified_at.is_none()) {
        return Err(AccountError::EmailNotVerified);
    }
    let budgets = vec![
        context.client_budget(Limit::CodeClient, device),
        // One user must not use up what all share, however many addresses they connect from.
        context.budget(Limit::CodeClient, &[user_id.as_bytes()]),
        context.budget(Limit::CodeCountry, &[country.code().as_bytes()]),
        context.budget(Limit::Code, &[]),
    ];
    context.spend(&device.quotas, budgets).await?;
    let cause = context.cause(device);
    context
        .write(async move |mut work| {
            work.caused_by(cause);
            let (number, since) = (phone_number.as_str(), CODES.since(work.now));
            // Until this unit of work ends, no other one can request a code for this
            // number.
            store::phone_verifications::lock_number(&work, number).await?;
            work.lock_reauthenticated(session).await?;
            for times in
                store::phone_verifications::requested(&work, user_id, number, since).await?
            {
                CODES.check(times, work.now)?;
            }
            let verification = phone_verification::Model {
                id: work.id(),
                user_id,
                phone_number: phone_number.clone(),
                code_hash: None,
                tries_left: TRIES,
                created_at: work.now,
                expires_at: None,
            };
            let id = verification.id.to_string();
            store::phone_verifications::insert(&work, verification, since).await?;
            Ok(work.send(MessageKind::PhoneCode, Some(user_id), number, Some(&id)).await?)
        })
        .await
}
