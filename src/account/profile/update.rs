//! Changing the profile of the user of a session.

use entity::user;

use super::precondition::{Precondition, check};
use crate::account::{AccountError, Context, CurrentSession};
use crate::store::Profile;
use crate::value::{AvatarUrl, Bio, Locale, Name, Timezone};

/// The change that a merge patch (RFC 7396) makes to one property.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Patch<T> {
    /// The property is absent: its value stays.
    #[default]
    Keep,
    /// The property is `null`: its value is removed.
    Clear,
    /// The property gets this value.
    Set(T),
}

impl<T> Patch<T> {
    fn apply(self, column: &mut Option<T>) {
        match self {
            Self::Keep => {}
            Self::Clear => *column = None,
            Self::Set(value) => *column = Some(value),
        }
    }
}

/// A merge patch of a profile. The name can be changed, but not removed.
#[derive(Clone, Debug, Default)]
pub struct ProfilePatch {
    /// Display name.
    pub name: Option<Name>,
    /// Free text.
    pub bio: Patch<Bio>,
    /// URL of the avatar.
    pub avatar_url: Patch<AvatarUrl>,
    /// Language and region.
    pub locale: Patch<Locale>,
    /// Time zone.
    pub timezone: Patch<Timezone>,
}

impl ProfilePatch {
    fn apply(self, user: &mut user::Model) {
        let Self { name, bio, avatar_url, locale, timezone } = self;
        if let Some(name) = name {
            user.name = name;
        }
        bio.apply(&mut user.bio);
        if avatar_url != Patch::Keep {
            // A new URL, or `null`, replaces an avatar that was uploaded.
            user.avatar_file = None;
        }
        avatar_url.apply(&mut user.avatar_url);
        locale.apply(&mut user.locale);
        timezone.apply(&mut user.timezone);
    }
}

/// Changes the user's profile: all of `patch`, or nothing. A patch that changes nothing
/// leaves `updatedAt` as it is.
///
/// # Errors
/// [`AccountError::Outdated`], [`AccountError::SessionEnded`].
pub async fn update(
    context: &Context,
    session: CurrentSession,
    precondition: Option<Precondition>,
    patch: ProfilePatch,
) -> Result<Profile, AccountError> {
    context
        .write(async move |mut work| {
            // The user is locked, so that two patches at the same time both take effect.
            let mut me = work.lock(session).await?;
            check(precondition, &me)?;
            work.save(&mut me.user, |user| patch.apply(user)).await?;
            Ok(me)
        })
        .await
}
