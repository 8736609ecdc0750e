//! Recovery tokens, which recover the account and are mailed in notices: listing them, and when
//! they end before they expire.

use chrono::{DateTime, Utc};
use entity::email;
use entity::event::EventType;
use entity::one_time_token::Model;
use entity::outbox::MessageKind;
use uuid::Uuid;

use crate::account::{AccountError, Context, CurrentSession, Work};
use crate::store;
use crate::value::{Email, TextValue as _};

/// A recovery token, without its secret.
#[derive(Debug)]
pub struct RecoveryToken {
    /// The id of the notice that the token was mailed in.
    pub id: Uuid,
    /// The address that the token was mailed to.
    pub email: Email,
    /// The kind of the notice, if it is known.
    pub reason: Option<MessageKind>,
    /// When the change happened that the notice is about.
    pub issued_at: DateTime<Utc>,
    /// When the token expires.
    pub expires_at: DateTime<Utc>,
    /// Whether the user may revoke the token.
    pub revocable: bool,
}

/// Lists the user's recovery tokens that still work, newest first.
///
/// # Errors
/// Only faults of the service.
pub async fn list_recovery_tokens(
    context: &Context,
    session: CurrentSession,
) -> Result<Vec<RecoveryToken>, AccountError> {
    let (reader, now) = (context.store.reader(), context.clock.now());
    let emails = store::emails::list(reader, session.user_id).await?;
    let tokens = store::one_time_tokens::list_recovery(reader, session.user_id, now).await?;
    Ok(of_notices(tokens, &emails))
}

/// Revokes the tokens of one notice, or of all notices whose tokens may be revoked. Tells the
/// addresses that the notices were mailed to.
///
/// The session must have proved the password after the notice, so that nobody with a stolen token
/// of a session takes the way back from the owner.
///
/// # Errors
/// [`AccountError::RecoveryTokenNotFound`], [`AccountError::RecoveryTokenProtected`],
/// [`AccountError::ReauthenticationRequired`], [`AccountError::SessionEnded`].
pub async fn revoke_recovery_tokens(
    context: &Context,
    session: CurrentSession,
    id: Option<Uuid>,
) -> Result<(), AccountError> {
    let user_id = session.user_id;
    context
        .write(async move |mut work| {
            work.lock_reauthenticated(session).await?;
            let emails = store::emails::list(&work, user_id).await?;
            let tokens = store::one_time_tokens::list_recovery(&work, user_id, work.now).await?;
            let mut revoked = of_notices(tokens, &emails);
            match id {
                Some(id) => {
                    revoked.retain(|token| token.id == id);
                    let token = revoked.first().ok_or(AccountError::RecoveryTokenNotFound)?;
                    if !token.revocable {
                        return Err(AccountError::RecoveryTokenProtected);
                    }
                }
                None => revoked.retain(|token| token.revocable),
            }
            if revoked.iter().any(|token| !work.authenticated_after(token.issued_at)) {
                return Err(AccountError::ReauthenticationRequired);
            }
            revoke(&work, user_id, revoked).await
        })
        .await
}

async fn revoke(
    work: &Work,
    user_id: Uuid,
    revoked: Vec<RecoveryToken>,
) -> Result<(), AccountError> {
    let mut recipients: Vec<&str> = revoked.iter().map(|token| token.email.as_str()).collect();
    recipients.sort_unstable();
    recipients.dedup();
    for to in recipients {
        work.record(user_id, EventType::RecoveryTokenRevoked, Some(to)).await?;
        work.send(MessageKind::RecoveryRevoked, Some(user_id), to, Some(to)).await?;
    }
    let ids = revoked.iter().map(|token| token.id).collect();
    Ok(store::one_time_tokens::revoke_mailed_in(work, user_id, ids).await?)
}

/// Revokes the recovery tokens of a locked user that have become needless by a reset of the
/// password. Those with an address to remove stay, because the owner of this address may be an
/// intruder, and may be the one who has reset the password.
pub(super) async fn end_needless(work: &Work, user_id: Uuid) -> Result<(), AccountError> {
    let emails = store::emails::list(work, user_id).await?;
    let tokens = store::one_time_tokens::list_recovery(work, user_id, work.now).await?;
    let would_remove = |token: &Model, email: &email::Model| {
        email.verified_at.is_some()
            && email.normalized != token.normalized
            && email.created_at >= token.since
    };
    let needless =
        tokens.iter().filter(|token| !emails.iter().any(|email| would_remove(token, email)));
    let ids = needless.map(|token| token.message_id).collect();
    Ok(store::one_time_tokens::revoke_mailed_in(work, user_id, ids).await?)
}

/// The tokens by notice, newest first. A notice that was sent in several attempts has several
/// tokens.
fn of_notices(tokens: Vec<Model>, emails: &[email::Model]) -> Vec<RecoveryToken> {
    let mut notices: Vec<RecoveryToken> = Vec::new();
    for token in tokens.into_iter().rev() {
        if notices.iter().all(|notice| notice.id != token.message_id) {
            notices.push(RecoveryToken {
                id: token.message_id,
                revocable: is_revocable(&token, emails),
                email: token.email,
                reason: token.reason,
                issued_at: token.issued_at,
                expires_at: token.expires_at,
            });
        }
    }
    notices
}

/// Whether a user with these addresses may revoke a token. It must have been mailed to the
/// default address, or to another verified address that was added later.
///
/// So an intruder who knows the password can't take the last way back from the owner. They may
/// revoke tokens as long as the address of the owner is the default, but then its owner can reset
/// the password. When they choose another default, the address gets another token, and that one
/// can't be revoked, because the new default address was added later.
fn is_revocable(token: &Model, emails: &[email::Model]) -> bool {
    let mut verified = emails.iter().filter(|email| email.verified_at.is_some());
    let default = verified.clone().find(|email| email.is_default);
    let recipient = verified.find(|email| email.normalized == token.normalized);
    match (default, recipient) {
        (Some(default), Some(recipient)) => {
            recipient.id == default.id || recipient.created_at > default.created_at
        }
        _ => false,
    }
}
