//! Proving who one is, for a token.

use chrono::{DateTime, Utc};
use entity::session;
use entity::user::Status;
use uuid::Uuid;

use super::email::Email;
use super::password::Password;
use super::session::{Device, MAX_SESSIONS};
use super::token::Token;
use super::{AccountError, Context};
use crate::store::passwords::Owner;
use crate::store::{self, Profile};

/// What someone offers as proof of who they are.
#[derive(Clone)]
pub struct Credentials {
    /// An email address of theirs.
    pub email: Email,
    /// Their password.
    pub password: Password,
}

/// A fresh session.
pub struct LoggedIn {
    /// Opens the session. Shown once, stored nowhere.
    pub token: Token,
    /// When the session ends, however much it is used.
    pub expires_at: DateTime<Utc>,
    /// Who is logged in now.
    pub profile: Profile,
}

/// Most accounts that are tried for one address while none of them has proved that
/// it is theirs. Those who signed up last come first.
const MAX_CLAIMS: u64 = 3;

/// Starts a session on `device`.
///
/// Takes as long for an email address that nobody has as for a wrong password, one
/// hash. Only where several signed up with one address, and none of them has
/// verified it, each may take one.
///
/// # Errors
/// [`AccountError::InvalidCredentials`]; only to the right password:
/// [`AccountError::Banned`], [`AccountError::Deleted`]; [`AccountError::Busy`].
pub async fn log_in(
    context: &Context,
    credentials: Credentials,
    device: Device,
) -> Result<LoggedIn, AccountError> {
    let Credentials { email, password } = credentials;

    let (user_id, hash) = prove(context, email, password).await?;
    let now = context.clock.now();
    let alive = context.sessions.alive(now);
    let token = Token::new(&*context.random);
    let expires_at = now + context.sessions.absolute;
    let Device { user_agent, ip_address } = device;
    let session_id = context.random.uuid(now);
    let session = session::Model {
        id: session_id,
        user_id,
        token_hash: token.hash().into(),
        created_at: now,
        authenticated_at: now,
        last_used_at: now,
        expires_at,
        user_agent,
        ip_address: ip_address.map(|address| address.to_string()),
    };
    let profile = context
        .store
        .write(move |txn| {
            Box::pin(async move {
                // The account may have changed while the password was checked.
                store::users::lock(txn, user_id).await?;
                let user = store::users::find(txn.read().await?, user_id).await?;
                let user = user.ok_or(AccountError::InvalidCredentials)?;
                if store::passwords::find(txn.read().await?, user.id).await?.as_ref() != Some(&hash)
                {
                    return Err(AccountError::InvalidCredentials);
                }
                match user.status {
                    Status::Banned => return Err(AccountError::Banned),
                    Status::Deleted => return Err(AccountError::Deleted),
                    Status::Pending | Status::Active | Status::Invited => {}
                }

                // Make room, then let them in.
                store::sessions::delete_dead(txn, user.id, &alive).await?;
                store::sessions::keep_last_used(txn, user.id, MAX_SESSIONS - 1).await?;
                store::sessions::insert(txn, session).await?;
                let seen = store::users::see(txn, user.id, session_id, &alive).await?;
                seen.map(|seen| seen.profile).ok_or(AccountError::InvalidCredentials)
            })
        })
        .await?;
    Ok(LoggedIn { token, expires_at, profile })
}

/// Finds whose address it is, and checks the password, or a decoy. Returns the user
/// with the hash that matched.
async fn prove(
    context: &Context,
    email: Email,
    password: Password,
) -> Result<(Uuid, String), AccountError> {
    let (reader, hasher) = (context.store.reader(), &context.hasher);
    let owners = store::passwords::owners(reader, email.normalized(), MAX_CLAIMS).await?;
    if owners.is_empty() {
        hasher.verify(password.clone(), None).await?;
    }
    for Owner { user_id, hash } in owners {
        if hasher.verify(password.clone(), hash.clone()).await?
            && let Some(hash) = hash
        {
            return Ok((user_id, hash));
        }
    }
    Err(AccountError::InvalidCredentials)
}
