//! The secrets in messages. They are created when a message is sent, so the outbox never
//! holds them.

use std::time::Duration;

use entity::one_time_token::{self, Purpose};
use entity::outbox;
use uuid::Uuid;

use crate::account::{AccountError, Work};
use crate::store;
use crate::value::{Email, OneTimeToken, TextValue as _};

pub(super) const HOUR: Duration = Duration::from_secs(60 * 60);
pub(super) const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// How long a token is valid after it is sent.
const fn lifetime(purpose: Purpose) -> Duration {
    match purpose {
        Purpose::VerifyEmail => DAY,
        Purpose::ResetPassword => HOUR,
        Purpose::AcceptInvitation | Purpose::Recover => Duration::from_secs(7 * 24 * 60 * 60),
    }
}

/// How long a code is valid after it is sent: OWASP ASVS 5.0, 6.5.5.
pub(super) const CODE_LIFETIME: Duration = Duration::from_secs(10 * 60);

/// Creates a token for a message, and stores its hash.
pub(super) async fn new_token(
    work: &Work,
    message: &outbox::Model,
    user_id: Uuid,
    email: &Email,
    purpose: Purpose,
) -> Result<String, AccountError> {
    let token = OneTimeToken::new(work.random().bytes());
    let row = one_time_token::Model {
        id: work.id(),
        user_id,
        purpose,
        email: email.clone(),
        normalized: email.normalized(),
        token_hash: token.hash().into(),
        message_id: message.id,
        reason: Some(message.kind),
        issued_at: message.created_at,
        since: message.since,
        expires_at: work.now + lifetime(purpose),
    };
    store::one_time_tokens::insert(work, row, work.now - HOUR).await?;
    Ok(token.as_str().to_owned())
}
