//! Reading and changing one's profile.

use entity::user;
use sea_orm::DatabaseTransaction;

use super::avatar_url::AvatarUrl;
use super::bio::Bio;
use super::locale::Locale;
use super::name::Name;
use super::session::{self, CurrentSession};
use super::status::may_act;
use super::timezone::Timezone;
use super::value::TextValue;
use super::{AccountError, Context};
use crate::store::sessions::Alive;
use crate::store::{self, Profile};

/// What one property of a merge patch (RFC 7396) does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Change<T> {
    /// Absent: leaves the value as it is.
    #[default]
    Keep,
    /// `null`: removes the value.
    Clear,
    /// Anything else: becomes the value.
    Set(T),
}

impl<T: TextValue> Change<T> {
    fn apply(self, column: &mut Option<String>) {
        match self {
            Self::Keep => {}
            Self::Clear => *column = None,
            Self::Set(value) => *column = Some(value.as_str().to_owned()),
        }
    }
}

/// A merge patch of a profile. A name can be changed, not cleared.
#[derive(Clone, Debug, Default)]
pub struct ProfilePatch {
    /// Display name.
    pub name: Option<Name>,
    /// Free text.
    pub bio: Change<Bio>,
    /// Picture.
    pub avatar_url: Change<AvatarUrl>,
    /// Language and region.
    pub locale: Change<Locale>,
    /// Time zone.
    pub timezone: Change<Timezone>,
}

impl ProfilePatch {
    fn apply(self, user: &mut user::Model) {
        let Self { name, bio, avatar_url, locale, timezone } = self;
        if let Some(name) = name {
            user.name = name.as_str().to_owned();
        }
        bio.apply(&mut user.bio);
        avatar_url.apply(&mut user.avatar_url);
        locale.apply(&mut user.locale);
        timezone.apply(&mut user.timezone);
    }
}

/// What the caller demands of the profile that is about to change.
pub type Demand = Box<dyn Fn(Profile) -> bool + Send>;

/// Refuses a change to a profile that is not what the caller takes it for. Asked
/// inside the transaction of the change, so that of two who took the same profile
/// for granted, one finds it changed.
pub(super) fn check(demand: Option<Demand>, profile: &Profile) -> Result<(), AccountError> {
    match demand {
        Some(demand) if !demand(profile.clone()) => Err(AccountError::Outdated),
        _ => Ok(()),
    }
}

/// The profile of a user who is about to change, locked until the transaction
/// ends.
pub(super) async fn lock(
    txn: &DatabaseTransaction,
    current: CurrentSession,
    alive: &Alive,
) -> Result<Profile, AccountError> {
    session::lock(txn, current, alive).await?;
    let profile = store::users::find_profile(txn, current.user_id, alive).await?;
    profile.ok_or(AccountError::SessionEnded)
}

/// The user's profile.
///
/// # Errors
/// [`AccountError::SessionEnded`] when the user left meanwhile.
pub async fn get(context: &Context, current: CurrentSession) -> Result<Profile, AccountError> {
    let alive = context.sessions.alive(context.clock.now());
    store::users::find_profile(context.store.reader(), current.user_id, &alive)
        .await?
        .filter(|profile| may_act(profile.user.status))
        .ok_or(AccountError::SessionEnded)
}

/// Changes the user's profile, all of `patch` or nothing of it. A patch that
/// changes nothing leaves `updatedAt` as it is.
///
/// # Errors
/// [`AccountError::Outdated`], [`AccountError::SessionEnded`].
pub async fn update(
    context: &Context,
    current: CurrentSession,
    demand: Option<Demand>,
    patch: ProfilePatch,
) -> Result<Profile, AccountError> {
    let now = context.clock.now();
    let alive = context.sessions.alive(now);
    context
        .store
        .write(move |txn| {
            Box::pin(async move {
                // Locked, so that two patches at once both take effect.
                let mut profile = lock(txn, current, &alive).await?;
                check(demand, &profile)?;

                let mut user = profile.user.clone();
                patch.apply(&mut user);
                if user != profile.user {
                    // Who waited longer for the lock has an earlier `now`.
                    user.updated_at = now.max(user.updated_at);
                    store::users::update(txn, user.clone()).await?;
                    profile.user = user;
                }
                Ok(profile)
            })
        })
        .await
}
