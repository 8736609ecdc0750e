//! What whoever runs the service may do with any account, through no session.

use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use entity::email;
use uuid::Uuid;

use super::email::Email;
use super::session;
use super::value::{TextValue as _, ValueError};
use crate::clock::Clock;
use crate::random::Random;
use crate::store::profiles::Filter;
use crate::store::sessions::Alive;
use crate::store::{self, Profile, Store, Transaction};

mod error;
mod invitation;
mod sessions;
mod standing;

pub use error::AdministrationError;
pub use invitation::{Invitation, Invited, invite};
pub use sessions::{end_session, end_sessions, list_sessions};
pub use standing::{Outcome, ban, delete, unban};

/// What administering works with. No password is hashed for it.
#[derive(Clone)]
pub struct Administration {
    /// Where accounts are kept.
    pub store: Store,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Where ids come from.
    pub random: Arc<dyn Random>,
    /// How long a session lives without being used.
    pub idle_timeout: Duration,
}

impl Administration {
    fn alive(&self) -> Alive {
        session::alive(self.idle_timeout, self.clock.now())
    }
}

/// How a user is named.
#[derive(Clone, Debug)]
pub enum Whom {
    /// By their id.
    Id(Uuid),
    /// By an address that they have verified, or that nobody else claims.
    Email(Email),
}

impl FromStr for Whom {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        if let Ok(id) = text.parse() {
            return Ok(Self::Id(id));
        }
        let invalid =
            |_| ValueError::new("invalid_user", "must be the id or an email address of a user");
        Email::parse(text).map(Self::Email).map_err(invalid)
    }
}

/// Some users, newest first.
#[derive(Debug)]
pub struct Page {
    /// The users.
    pub profiles: Vec<Profile>,
    /// Where the next page begins, if there is one: after the user with this id.
    pub next: Option<Uuid>,
}

/// Lists at most `most` users.
///
/// # Errors
/// Only faults of the service.
pub async fn list(
    admin: &Administration,
    filter: Filter,
    most: u64,
) -> Result<Page, AdministrationError> {
    // One more tells whether there are more.
    let reader = admin.store.reader();
    let mut profiles = store::profiles::list(reader, filter, most + 1, &admin.alive()).await?;
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    let is_last = profiles.len() <= most;
    profiles.truncate(most);
    let last = profiles.last().map(|profile| profile.user.id);
    Ok(Page { next: last.filter(|_| !is_last), profiles })
}

/// The user who is meant.
///
/// # Errors
/// [`AdministrationError::NoUser`], [`AdministrationError::Several`].
pub async fn find(admin: &Administration, whom: &Whom) -> Result<Profile, AdministrationError> {
    let (reader, alive) = (admin.store.reader(), admin.alive());
    let (user_id, name) = match whom {
        Whom::Id(id) => (Some(*id), id.to_string()),
        Whom::Email(email) => {
            let claims = store::emails::claims(reader, email.normalized()).await?;
            let owner = claims.iter().find(|claim| claim.verified_at.is_some());
            if owner.is_none() && claims.len() > 1 {
                let claimants = claims.into_iter().map(|claim| claim.user_id).collect();
                let claimants = store::profiles::find_all(reader, claimants, &alive).await?;
                let email = email.as_str().to_owned();
                return Err(AdministrationError::Several { email, claimants });
            }
            let user_id = owner.or(claims.first()).map(|claim| claim.user_id);
            (user_id, email.as_str().to_owned())
        }
    };
    let profile = match user_id {
        Some(user_id) => store::profiles::find(reader, user_id, &alive).await?,
        None => None,
    };
    profile.ok_or(AdministrationError::NoUser(name))
}

/// The user's addresses, oldest first.
///
/// # Errors
/// Only faults of the service.
pub async fn list_emails(
    admin: &Administration,
    user_id: Uuid,
) -> Result<Vec<email::Model>, AdministrationError> {
    Ok(store::emails::list(admin.store.reader(), user_id).await?)
}

/// As the database counts.
fn count(rows: i64) -> usize {
    usize::try_from(rows).unwrap_or_default()
}

/// Locks the user until the transaction ends.
async fn lock(
    txn: &Transaction,
    user_id: Uuid,
    alive: &Alive,
) -> Result<Profile, AdministrationError> {
    store::users::lock(txn, user_id).await?;
    let profile = store::profiles::find(txn.read().await?, user_id, alive).await?;
    profile.ok_or_else(|| AdministrationError::NoUser(user_id.to_string()))
}
