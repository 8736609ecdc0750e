//! Reading and changing one's profile.

use entity::user;

use super::avatar_url::AvatarUrl;
use super::bio::Bio;
use super::locale::Locale;
use super::name::Name;
use super::session::CurrentSession;
use super::timezone::Timezone;
use super::value::TextValue;
use super::{AccountError, Context};
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

/// The user's profile.
///
/// # Errors
/// [`AccountError::SessionEnded`] when the user is gone meanwhile.
pub async fn get(context: &Context, current: CurrentSession) -> Result<Profile, AccountError> {
    let alive = context.sessions.alive(context.clock.now());
    store::users::find_profile(context.store.reader(), current.user_id, &alive)
        .await?
        .ok_or(AccountError::SessionEnded)
}

/// Changes the user's profile, all of `patch` or nothing of it. A patch that
/// changes nothing leaves `updatedAt` as it is.
///
/// # Errors
/// [`AccountError::SessionEnded`] when the user left meanwhile.
pub async fn update(
    context: &Context,
    current: CurrentSession,
    patch: ProfilePatch,
) -> Result<Profile, AccountError> {
    let now = context.clock.now();
    let alive = context.sessions.alive(now);
    context
        .store
        .write(move |txn| {
            Box::pin(async move {
                // Lock the row, so that two patches at once both take effect.
                let before = store::users::lock(txn, current.user_id)
                    .await?
                    .filter(store::users::may_log_in)
                    .ok_or(AccountError::SessionEnded)?;

                let mut after = before.clone();
                patch.apply(&mut after);
                if after != before {
                    after.updated_at = now;
                    store::users::update(txn, after).await?;
                }

                let profile = store::users::find_profile(txn, current.user_id, &alive).await?;
                profile.ok_or(AccountError::SessionEnded)
            })
        })
        .await
}
