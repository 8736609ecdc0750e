//! Proving who one is, for a token.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use entity::event::Kind as Event;
use entity::session;
use entity::user::{self, Status};
use uuid::Uuid;

use super::deletion;
use super::email::Email;
use super::history::History;
use super::password::Password;
use super::post::Post;
use super::session::{Device, Lifetimes, MAX_SESSIONS};
use super::token::Token;
use super::{AccountError, Context};
use crate::random::Random;
use crate::store::passwords::Owner;
use crate::store::{self, Profile, Transaction};

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
    let (user_id, hash) = prove(context, credentials, &device).await?;
    let now = context.clock.now();
    let start = Start::new(&context.random, now, context.sessions, device);
    context
        .store
        .write(move |txn| {
            Box::pin(async move {
                let user = lock_proved(txn, user_id, &hash).await?;
                match user.status {
                    Status::Banned => Err(AccountError::Banned),
                    Status::Deleted => {
                        // Past its deadline, it is as if it were erased.
                        let until = deletion::restorable_until(txn, user_id, now).await?;
                        let restorable_until = until.ok_or(AccountError::InvalidCredentials)?;
                        Err(AccountError::Deleted { restorable_until })
                    }
                    Status::Pending | Status::Active | Status::Invited => {
                        start.session(txn, user_id, Event::LoggedIn).await
                    }
                }
            })
        })
        .await
}

/// Undoes the deletion of an account, and starts a session on `device`.
///
/// # Errors
/// As [`log_in`]; [`AccountError::NotDeleted`]: there is nothing to undo.
pub async fn restore(
    context: &Context,
    credentials: Credentials,
    device: Device,
) -> Result<LoggedIn, AccountError> {
    let (user_id, hash) = prove(context, credentials, &device).await?;
    let now = context.clock.now();
    let start = Start::new(&context.random, now, context.sessions, device);
    let post = Post::new(&context.random, now);
    context
        .store
        .write(move |txn| {
            Box::pin(async move {
                let user = lock_proved(txn, user_id, &hash).await?;
                match user.status {
                    Status::Banned => return Err(AccountError::Banned),
                    Status::Deleted => {}
                    Status::Pending | Status::Active | Status::Invited => {
                        return Err(AccountError::NotDeleted);
                    }
                }
                if !deletion::undo(txn, &post, user, now).await? {
                    return Err(AccountError::InvalidCredentials);
                }
                start.session(txn, user_id, Event::AccountRestored).await
            })
        })
        .await
}

/// Finds whose address it is, and checks the password, or a decoy. Returns the user
/// with the hash that matched.
async fn prove(
    context: &Context,
    credentials: Credentials,
    device: &Device,
) -> Result<(Uuid, String), AccountError> {
    let Credentials { email, password } = credentials;
    let (reader, hasher) = (context.store.reader(), &context.hasher);
    let owners = store::passwords::owners(reader, email.normalized(), MAX_CLAIMS).await?;
    if owners.is_empty() {
        hasher.verify(password.clone(), None).await?;
    }
    let mut refused = Vec::with_capacity(owners.len());
    for Owner { user_id, hash, is_verified, .. } in owners {
        if hasher.verify(password.clone(), hash.clone()).await?
            && let Some(hash) = hash
        {
            return Ok((user_id, hash));
        }
        // Whoever claims an address that may be another's learns nothing of who uses it.
        let device = if is_verified { device.clone() } else { Device::default() };
        refused.push((user_id, device));
    }
    // Written later: to wait for it would tell that there is such a user.
    let history = History::new(&context.random, context.clock.now());
    for (user_id, device) in refused {
        let failure = history.event(user_id, Event::LoginFailed, None, device);
        context.afterwards.note_failure(failure);
    }
    Err(AccountError::InvalidCredentials)
}

/// Locks the user whose password had this hash, if it still has: the account may have
/// changed while it was checked.
async fn lock_proved(
    txn: &Transaction,
    user_id: Uuid,
    hash: &str,
) -> Result<user::Model, AccountError> {
    store::users::lock(txn, user_id).await?;
    let user = store::users::find(txn.read().await?, user_id).await?;
    let user = user.ok_or(AccountError::InvalidCredentials)?;
    let current = store::passwords::find(txn.read().await?, user_id).await?;
    if current.as_deref() != Some(hash) {
        return Err(AccountError::InvalidCredentials);
    }
    Ok(user)
}

/// What it takes to start a session at one moment, on one device.
struct Start {
    token: Token,
    session_id: Uuid,
    now: DateTime<Utc>,
    lifetimes: Lifetimes,
    device: Device,
    history: History,
}

impl Start {
    fn new(
        random: &Arc<dyn Random>,
        now: DateTime<Utc>,
        lifetimes: Lifetimes,
        device: Device,
    ) -> Self {
        let token = Token::new(&**random);
        let history = History::new(random, now);
        Self { token, session_id: random.uuid(now), now, lifetimes, device, history }
    }

    /// Starts a session of a locked user. Their history says that it came with `event`.
    async fn session(
        self,
        txn: &Transaction,
        user_id: Uuid,
        event: Event,
    ) -> Result<LoggedIn, AccountError> {
        let Self { token, session_id, now, lifetimes, device, history } = self;
        let (alive, expires_at) = (lifetimes.alive(now), now + lifetimes.absolute);
        let session = session::Model {
            id: session_id,
            user_id,
            token_hash: token.hash().into(),
            created_at: now,
            authenticated_at: now,
            last_used_at: now,
            expires_at,
            user_agent: device.user_agent.clone(),
            ip_address: device.ip_address.map(|address| address.to_string()),
        };
        // Make room, then let them in.
        store::sessions::delete_dead(txn, user_id, &alive).await?;
        store::sessions::keep_last_used(txn, user_id, MAX_SESSIONS - 1).await?;
        store::sessions::insert(txn, session).await?;
        history.from(txn, device, user_id, event, None).await?;
        let seen = store::users::see(txn, user_id, session_id, &alive).await?;
        let profile = seen.map(|seen| seen.profile).ok_or(AccountError::InvalidCredentials)?;
        Ok(LoggedIn { token, expires_at, profile })
    }
}
